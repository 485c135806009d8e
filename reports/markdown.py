"""Markdown for a comment on a pull request and for the summary of a job: the verdict first, details folded away.

GitHub refuses a comment of more than 65,536 characters. So what matters most is written first, every table is cut where
it has to be, and says by how much; what has no room at all is named at the end.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TextIO

from reports import wording
from reports.change_view import ChangeView, change_view
from reports.link_view import link_rows, links_line
from reports.markup import code, prose
from reports.messages import new_first
from reports.options import Options
from reports.places import place_of
from scanner.estate.verdict import Severity, Verdict
from scanner.findings.exit_codes import ExitCode
from scanner.findings.finding import Finding
from scanner.findings.lifts import lifts
from scanner.findings.scan import Scan
from scanner.inert import shortened

MAX_CHARACTERS = 65_536
"""How long a comment on GitHub may be (its API says so when it refuses one, 2026-11)."""

MAX_ROWS = 50
"""How many entries of a kind are listed, however much room there is."""

MARK = "<!-- drscan -->"
"""Stands at the end, so that a later run can find the comment of an earlier one."""

_RESERVE = 1000
_TEXT_LIMIT = 400


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of the report: `entries` are lines of a table or list between `head` and `foot`.

    `total` counts the entries that there are, listed or not; `name` is what the reader misses without the part.
    """

    name: str
    head: tuple[str, ...]
    entries: tuple[str, ...] = ()
    total: int = 0
    foot: tuple[str, ...] = ()

    def text(self, room: int) -> str:
        """The part in at most `room` characters, with as many entries as fit; empty where not even one does."""
        cut = max(0, self.total - len(self.entries))
        text = self._text(len(self.entries), cut)
        if len(text) <= room:
            return text
        left = room - len(self._text(0, self.total))
        fitting = 0
        for entry in self.entries:
            left -= len(entry) + 1
            if left < 0:
                break
            fitting += 1
        return self._text(fitting, self.total - fitting) if fitting else ""

    def _text(self, number: int, cut: int) -> str:
        more = (("- " if self.entries[0].startswith("- ") else "\n") + f"and {cut:,} more",) if cut else ()
        return "\n".join((*self.head, *self.entries[:number], *more, *self.foot)) + "\n\n"


def write(scan: Scan, stream: TextIO, options: Options) -> None:
    """Write the report. `only`, `baseline`, `exit_code`, `fail_on` and `root` of the options matter."""
    room = MAX_CHARACTERS - _RESERVE
    missed = []
    for part in _parts(scan, options):
        text = part.text(room)
        room -= len(text)
        stream.write(text)
        if not text:
            missed.append(part.name)
    if missed:
        stream.write(f"There was no room left for: {', '.join(missed)}. The other reports have everything.\n\n")
    stream.write(MARK + "\n")


def _parts(scan: Scan, options: Options) -> Iterator[_Part]:
    findings = list(new_first(scan.listed(options.only), options.baseline))
    failing = [finding for finding in findings if finding.verdict is Verdict.FAIL]
    known = [finding for finding in failing if options.baseline is not None and finding in options.baseline]
    new = failing[: len(failing) - len(known)]
    unknown = [finding for finding in findings if finding.verdict is Verdict.UNKNOWN]
    waived = [finding for finding in findings if finding.verdict is Verdict.WAIVED]
    changes = change_view(scan.changes)
    yield _head(scan, new, options)
    if scan.messages:
        yield _list("messages", (), scan.messages)
    if changes:
        yield from _change_parts(changes)
    if new:
        yield from _failure_parts(scan, new, options)
    if scan.links:
        yield _links_part(scan)
    yield from _blind_parts(scan, unknown, options)
    if known:
        yield _folded(_findings("known failures", scan, known, options), f"{len(known):,} known to the baseline")
    if waived:
        yield _folded(_waived(waived), f"{len(waived):,} waived")


def _head(scan: Scan, new: Sequence[Finding], options: Options) -> _Part:
    word = _word(options)
    lines = [f"### drscan {word}: {_verdict(scan, new, options)}", ""]
    if options.ending is not None:
        number, told = options.ending
        lines += [f"Exit code {number}: {told}.", ""]
    lines += [f"{wording.summary_line(scan)}.", "", f"Seen: {wording.coverage_line(scan)}.", ""]
    if not scan.run.complete:
        lines += ["**Incomplete:** the run stopped before its end; this is what it saw until then.", ""]
    return _Part("the head", tuple(lines[:-1]))


def _word(options: Options) -> str:
    match options.exit_code:
        case ExitCode.FAILING:
            return "failed"
        case ExitCode.INTERRUPTED:
            return "was interrupted"
        case ExitCode.INCOMPLETE:
            return "passed, but did not see everything" if options.allow_unknown else "could not see everything"
        case ExitCode.CLEAN:
            return "passed"
    return "report"


def _verdict(scan: Scan, new: Sequence[Finding], options: Options) -> str:
    by_severity = {severity: sum(finding.severity is severity for finding in new) for severity in Severity}
    told = ", ".join(f"{number:,} {severity}" for severity, number in by_severity.items() if number)
    fresh = "new " if options.baseline is not None else ""
    line = f"{wording.plural(len(new), f'{fresh}failure')} ({told})" if new else f"no {fresh}failures"
    unknown = scan.counts[Verdict.UNKNOWN]
    return f"{line}, {unknown:,} undecided" if unknown else line


def _change_parts(changes: ChangeView) -> Iterator[_Part]:
    yield _Part("changes", ("#### What this would change", "", f"Laid over what is live, this {changes.line}."))
    if changes.links:
        rows = ((row.effect, code(row.name), row.states, prose(_short(row.because))) for row in changes.links)
        columns = ("", "Link", "Before and after", "Because")
        yield _table("links that would change", columns, rows, len(changes.links))
    if changes.access:
        cells = ((each.policy, each.principal, each.action, each.resource, each.context) for each in changes.access)
        rows_of_code = (tuple(code(cell) for cell in row) for row in cells)
        columns_of_code = ("Policy", "Would newly let", "Do", "On", "Given")
        yield _table("access newly granted", columns_of_code, rows_of_code, len(changes.access))
    if changes.doubts:
        yield _list("what could not be compared", ("Could not be compared:", ""), changes.doubts)


def _failure_parts(scan: Scan, new: Sequence[Finding], options: Options) -> Iterator[_Part]:
    title = "New failures" if options.baseline is not None else "Failures"
    part = _findings("failures", scan, new, options)
    yield _Part(part.name, (f"#### {title}", "", *part.head), part.entries, part.total)
    rules = [scan.rules[id_] for id_ in dict.fromkeys(finding.rule for finding in new)]
    steps = (f"- **{prose(rule.title)}** ({code(rule.id)}): {prose(rule.fix or rule.why)}" for rule in rules)
    part = _Part("next steps", (), tuple(islice(steps, MAX_ROWS)), len(rules))
    yield _folded(part, f"Next steps for {wording.plural(len(rules), 'rule')}")


def _links_part(scan: Scan) -> _Part:
    told = f"Replication links: {links_line(scan)}"
    rows = [row for row in link_rows(scan, len(scan.links)) if row.causes]
    if not rows:
        return _Part("replication links", (f"{told}.",))
    cells = ((row.verdict, code(row.name), code(row.rule), prose(row.line)) for row in rows)
    return _folded(_table("replication links", ("", "Link", "Rule", "Why"), cells, len(rows)), told)


def _blind_parts(scan: Scan, unknown: Sequence[Finding], options: Options) -> Iterator[_Part]:
    accounts = wording.account_names(scan)
    lifted = [wording.lift_line(lift, accounts) for lift in lifts(scan)]
    if lifted:
        yield _folded(_list("what stands in the way", (), lifted), "What stands in the way of a verdict")
    if unknown:
        yield _folded(_findings("undecided findings", scan, unknown, options), f"{len(unknown):,} undecided")
    unseen = scan.coverage.unseen
    if unseen:
        gaps = (wording.unseen_line(gap, accounts) for gap in unseen)
        part = _list("what was not seen", (), gaps, len(unseen))
        yield _folded(part, f"{wording.plural(len(unseen), 'thing')} not seen")


def _findings(name: str, scan: Scan, findings: Sequence[Finding], options: Options) -> _Part:
    accounts = wording.account_names(scan)
    rows = (
        (
            str(finding.severity),
            code(wording.resource_name(finding)),
            code(_where(finding, options) or wording.place(finding, accounts)),
            " ".join(filter(None, (code(wording.evidence_line(finding)), prose(wording.condition(finding))))),
            code(finding.rule),
        )
        for finding in findings
    )
    return _table(name, ("Severity", "Resource", "Where", "What", "Rule"), rows, len(findings))


def _where(finding: Finding, options: Options) -> str:
    place = place_of(finding, options.root)
    return f"{place.path}:{place.line}" if place.is_file else ""


def _waived(waived: Sequence[Finding]) -> _Part:
    rows = (
        (code(wording.resource_name(each)), code(each.rule), prose(_short([wording.waiver_line(each.waiver)])))
        for each in waived
        if each.waiver
    )
    return _table("waived failures", ("Resource", "Rule", "Accepted"), rows, len(waived))


def _table(name: str, heads: tuple[str, ...], rows: Iterable[tuple[str, ...]], total: int) -> _Part:
    lines = tuple(f"| {' | '.join(cells)} |" for cells in islice(rows, MAX_ROWS))
    return _Part(name, (f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"), lines, total)


def _list(name: str, head: tuple[str, ...], texts: Iterable[str], total: int | None = None) -> _Part:
    """A list of sentences. `total` is needed where the texts cannot be counted."""
    kept = list(texts) if total is None else list(islice(texts, MAX_ROWS))
    entries = tuple(f"- {prose(shortened(text, _TEXT_LIMIT))}" for text in kept[:MAX_ROWS])
    return _Part(name, head, entries, len(kept) if total is None else total)


def _folded(part: _Part, title: str) -> _Part:
    """The part so that it unfolds. The title is HTML: only numbers and our own words may stand in it."""
    head = ("<details>", f"<summary>{title}</summary>", "", *part.head)
    return _Part(part.name, head, part.entries, part.total, ("", "</details>"))


def _short(texts: Sequence[str]) -> str:
    return shortened("; ".join(texts), _TEXT_LIMIT)
