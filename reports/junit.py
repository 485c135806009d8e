"""JUnit XML, which every CI server can show: a test suite for each rule, a test case for each finding.

JUnit knows four endings. A FAIL is a failure; what is waived, or known to the baseline, is skipped with the reason.
What could not be judged is an error, for a skipped test looks as green as one that passed; it is skipped only where the
user said that unknowns are allowed.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from html import escape
from typing import TextIO

from reports import wording
from reports.messages import headline, sentences
from reports.options import Options
from scanner.estate.verdict import Verdict
from scanner.findings.finding import Finding
from scanner.findings.scan import Scan
from scanner.inert import inert

_ATTRIBUTES = {"failure": "failures", "error": "errors", "skipped": "skipped"}


def write(scan: Scan, stream: TextIO, options: Options) -> None:
    """Write the report. `only`, `baseline` and `allow_unknown` of the options matter."""
    suites = _suites(scan.listed(options.only))
    endings = {rule: Counter(_ending(finding, options) for finding in found) for rule, found in suites.items()}
    accounts = wording.account_names(scan)
    total = sum(endings.values(), Counter[str]())
    stream.write('<?xml version="1.0" encoding="UTF-8"?>\n')
    # The common schema has no count of skipped tests for all suites together.
    counts = {key: value for key, value in _counts(total).items() if key != "skipped"}
    stream.write(f"<testsuites{_attributes(name=scan.tool.name, **counts, time=_seconds(scan))}>\n")
    for rule, found in suites.items():
        about = {**_counts(endings[rule]), "timestamp": _timestamp(scan)}
        stream.write(f"<testsuite{_attributes(name=rule, **about)}>\n")
        for finding in found:
            stream.write(_case(finding, scan, accounts, options))
        stream.write("</testsuite>\n")
    stream.write("</testsuites>\n")


def _suites(findings: Iterable[Finding]) -> Mapping[str, list[Finding]]:
    suites: dict[str, list[Finding]] = {}
    for finding in findings:
        suites.setdefault(finding.rule, []).append(finding)
    return suites


def _ending(finding: Finding, options: Options) -> str:
    """The element that tells how a test ended; empty for one that passed."""
    if finding.verdict is Verdict.PASS:
        return ""
    is_known = options.baseline is not None and finding in options.baseline
    if finding.verdict is Verdict.WAIVED or is_known:
        return "skipped"
    if finding.verdict is Verdict.UNKNOWN:
        return "skipped" if options.allow_unknown else "error"
    return "failure"


def _case(finding: Finding, scan: Scan, accounts: Mapping[str, str], options: Options) -> str:
    place = wording.place(finding, accounts)
    start = f"<testcase{_attributes(classname=finding.rule, name=f'{wording.resource_name(finding)} [{place}]')}"
    ending = _ending(finding, options)
    if not ending:
        return f"{start}/>\n"
    told = [*sentences(finding, scan.rules[finding.rule]), place, finding.resource.identity, finding.fingerprint]
    body = escape("\n".join(inert(line) for line in told))
    message = headline(finding)
    if ending == "skipped":
        known = "" if finding.waiver or options.baseline is None else "Known to the baseline: "
        # Some servers show the text of a skipped test, some its message; one element may be read as either.
        return f"{start}>\n<skipped{_attributes(message=known + message)}>{body}</skipped>\n</testcase>\n"
    kind = str(finding.severity) if ending == "failure" else "unknown"
    return f"{start}>\n<{ending}{_attributes(message=message, type=kind)}>{body}</{ending}>\n</testcase>\n"


def _counts(endings: Mapping[str, int]) -> dict[str, str]:
    told = {attribute: str(endings.get(ending, 0)) for ending, attribute in _ATTRIBUTES.items()}
    return {"tests": str(sum(endings.values())), **told}


def _attributes(**values: str) -> str:
    return "".join(f' {key}="{escape(inert(value))}"' for key, value in values.items() if value)


def _seconds(scan: Scan) -> str:
    try:
        took = datetime.fromisoformat(scan.run.finished) - datetime.fromisoformat(scan.run.started)
    except ValueError:
        return ""
    return f"{took.total_seconds():.3f}"


def _timestamp(scan: Scan) -> str:
    return scan.run.started.removesuffix("Z")
