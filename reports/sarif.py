"""SARIF 2.1.0 with one run: what code scanning on GitHub and other viewers of static analysis read.

GitHub rejects a whole file for one result without a physical location, for one result too many, and for size. So what
stands in no file gets a path that names the resource, the worst results come first, and what is cut is told as a
notification of the run. FAIL and WAIVED are listed, UNKNOWN unless it is allowed, PASS only when it is asked for.
"""

import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, TextIO

from reports import wording
from reports.json_text import dumped, write_dumped
from reports.messages import new_first, pipeline_findings, sentences
from reports.options import Options
from reports.places import Place, place_of
from reports.sarif_rules import LEVELS, MAX_TAGS, all_tags, descriptor, descriptor_id
from scanner.estate.verdict import Verdict
from scanner.findings.finding import Finding
from scanner.findings.lifts import lifts
from scanner.findings.scan import Scan
from scanner.inert import inert

MAX_RESULTS = 25_000
"""How many results GitHub takes in a run; it shows the first 5,000 (docs.github.com, SARIF limits, 2026-11)."""

MAX_PACKED = 9_000_000
"""How many bytes the results may take when they are packed as for an upload: GitHub takes 10 MB for a file."""

MAX_NOTIFICATIONS = 1000
"""How many things that were not seen are listed."""

_KINDS = {Verdict.FAIL: "fail", Verdict.UNKNOWN: "open", Verdict.WAIVED: "fail", Verdict.PASS: "pass"}
_LEVELS = {"error": 0, "warning": 1, "note": 2}
_SEMANTIC = re.compile(r"\d+\.\d+\.\d+([-+][0-9A-Za-z.+-]*)?")
_Document = Mapping[str, Any]


def write(scan: Scan, stream: TextIO, options: Options) -> None:
    """Write the log. `only`, `baseline`, `exit_code`, `allow_unknown` and `root` of the options matter."""
    log = _log_of(scan, options)
    stream.write('{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[{\n"tool":')
    stream.write(dumped({"driver": log.driver}))
    stream.write(',\n"results":')
    written = write_dumped(stream, _fitting(dumped(result) for result in log.results()))
    for key, value in log.tail(written).items():
        stream.write(f",\n{dumped(key)}:{dumped(value)}")
    stream.write("\n}]}\n")


@dataclass(frozen=True, slots=True)
class _Log:
    """What has to be known before the first result is written.

    `indexes` are the places of descriptors by rule and verdict; `shared` counts the results of one rule in one line;
    `total` is how many results there would be.
    """

    scan: Scan
    options: Options
    indexes: Mapping[tuple[str, Verdict], int]
    shared: Mapping[tuple[str, str, int], int]
    total: int

    @property
    def driver(self) -> _Document:
        """The tool with its rules."""
        tool, rules = self.scan.tool, self.scan.rules
        semantic = {"semanticVersion": tool.version} if _SEMANTIC.fullmatch(tool.version) else {}
        return {
            "name": inert(tool.name),
            "version": inert(tool.version),
            **semantic,
            "rules": [descriptor(rules[id_], verdict, self.scan.frameworks) for id_, verdict in self.indexes],
        }

    def results(self) -> Iterator[_Document]:
        """The results, the worst and new ones first."""
        return (self._result(finding) for finding in new_first(_listed(self.scan, self.options), self.options.baseline))

    def tail(self, written: int) -> _Document:
        """What stands in the run after its results, given how many were written."""
        return {
            "invocations": [self._invocation(written)],
            "automationDetails": {"id": f"drscan/{inert(self.scan.run.id).replace('/', '-')}"},
            "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The top of the repository."}}},
            "columnKind": "unicodeCodePoints",
        }

    def _result(self, finding: Finding) -> _Document:
        rule = self.scan.rules[finding.rule]
        place = place_of(finding, self.options.root)
        return {
            "ruleId": descriptor_id(rule, finding.verdict),
            "ruleIndex": self.indexes[(finding.rule, finding.verdict)],
            "kind": _KINDS[finding.verdict],
            "level": _level(finding),
            "message": {"text": _without_links("\n".join(sentences(finding, rule)))},
            "locations": [_location(finding, place)],
            "partialFingerprints": self._fingerprints(finding, place),
            **self._baseline_state(finding),
            **_suppressions(finding),
        }

    def _fingerprints(self, finding: Finding, place: Place) -> _Document:
        """Our own, and GitHub's only where GitHub could not tell results apart by the line that they stand in.

        Elsewhere the upload works it out from the file, and warns of a value that it would not have chosen itself.
        """
        ours = finding.fingerprint
        is_needed = not place.is_file or self.shared[(finding.rule, place.path, place.line)] > 1
        return {"drscan/v1": ours, **({"primaryLocationLineHash": f"{ours}:1"} if is_needed else {})}

    def _baseline_state(self, finding: Finding) -> _Document:
        baseline = self.options.baseline
        if baseline is None:
            return {}
        if finding in baseline:
            return {"baselineState": "unchanged"}
        was_there = finding.fingerprint in baseline.failing or finding.fingerprint in baseline.unknown
        return {"baselineState": "updated" if was_there else "new"}

    def _invocation(self, written: int) -> _Document:
        run = self.scan.run
        times = {"startTimeUtc": run.started, "endTimeUtc": run.finished}
        ending: dict[str, Any] = {}
        if self.options.ending is not None:
            ending = dict(zip(("exitCode", "exitCodeDescription"), self.options.ending, strict=True))
        return {
            "executionSuccessful": run.complete,
            **{key: inert(time) for key, time in times.items() if time},
            **ending,
            "toolExecutionNotifications": list(self._notifications(written)),
        }

    def _notifications(self, written: int) -> Iterator[_Document]:
        accounts = wording.account_names(self.scan)
        if written < self.total:
            text = f"{self.total - written:,} results are left out, for GitHub takes no more; the JSON report has all"
            yield _notification("cut", "error", text)
        tagged = sum(len(all_tags(rule)) > MAX_TAGS for rule in self.scan.rules.values())
        if tagged:
            text = f"{wording.plural(tagged, 'rule')} would have more than {MAX_TAGS} tags: the rest is in their help"
            yield _notification("tags", "note", text)
        yield from (_notification("message", "warning", inert(message)) for message in self.scan.messages)
        if self.options.allow_unknown:
            for lift in lifts(self.scan)[:MAX_NOTIFICATIONS]:
                yield _notification(
                    "undecided", "note", f"In the way of a verdict: {wording.lift_line(lift, accounts)}"
                )
        unseen = self.scan.coverage.unseen
        for gap in unseen[:MAX_NOTIFICATIONS]:
            yield _notification("unseen", "warning", f"Not seen: {wording.unseen_line(gap, accounts)}")
        if len(unseen) > MAX_NOTIFICATIONS:
            text = f"{len(unseen) - MAX_NOTIFICATIONS:,} more things were not seen; JSON has all"
            yield _notification("unseen", "warning", text)


def _log_of(scan: Scan, options: Options) -> _Log:
    kinds = {(id_, Verdict.FAIL) for id_ in scan.rules}
    shared: Counter[tuple[str, str, int]] = Counter()
    total = 0
    for finding in _listed(scan, options):
        total += 1
        place = place_of(finding, options.root)
        kinds.add((finding.rule, finding.verdict))
        shared[(finding.rule, place.path, place.line)] += 1
    return _Log(scan, options, {kind: number for number, kind in enumerate(sorted(kinds))}, shared, total)


def _listed(scan: Scan, options: Options) -> Iterator[Finding]:
    return pipeline_findings(scan, options, waived=True)


def _fitting(results: Iterable[str]) -> Iterator[str]:
    """As many results as GitHub takes, by number and by size."""
    packer, packed = zlib.compressobj(), 0
    for text in islice(results, MAX_RESULTS):
        packed += len(packer.compress(text.encode("ascii")))
        if packed > MAX_PACKED:
            return
        yield text


def _notification(id_: str, level: str, text: str) -> _Document:
    return {"descriptor": {"id": id_}, "level": level, "message": {"text": _without_links(text)}}


def _location(finding: Finding, place: Place) -> _Document:
    resource = finding.resource
    base = {"uriBaseId": "%SRCROOT%"} if place.is_inside else {}
    last = {"endLine": place.end_line} if place.end_line else {}
    name = inert(resource.arn or resource.identity)
    document: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": place.uri, **base},
            "region": {"startLine": place.line, "startColumn": 1, **last},
        },
        "logicalLocations": [{"name": wording.resource_name(finding), "fullyQualifiedName": name, "kind": "resource"}],
    }
    if not place.is_file:
        document["message"] = {"text": "This is no file: the path names a resource of an account."}
    return document


def _level(finding: Finding) -> str:
    if finding.verdict is Verdict.FAIL:
        return LEVELS[finding.severity]
    # SARIF 2.1.0, 3.27.10: what is of another kind than fail has no level. A waived failure has one that blocks nobody.
    return "note" if finding.verdict is Verdict.WAIVED else "none"


def _suppressions(finding: Finding) -> _Document:
    waiver = finding.waiver
    if waiver is None:
        return {}
    suppression: dict[str, Any] = {
        "kind": "inSource" if waiver.location else "external",
        "status": "accepted",
        "justification": wording.waiver_line(waiver),
    }
    return {"suppressions": [suppression]}


def _without_links(text: str) -> str:
    """A message in which `[text](place)` is no link, as SARIF would have it."""
    return text.replace("](", "] (")
