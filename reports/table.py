"""The table: what a person reads in the terminal, the worst first and the next step with it.

Failures stand by severity and rule, one row a finding; unknown findings follow with what would settle them; the last
lines say how much was seen, what came of it and what the exit code means. What passes is counted, and listed if asked.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from textwrap import wrap
from typing import TextIO

from tabulate import tabulate

from reports import wording
from reports.change_view import ChangeView, change_view
from reports.link_view import LinkRow, link_rows, links_line
from reports.options import Options
from scanner.estate.verdict import Severity, Verdict
from scanner.findings.finding import Finding
from scanner.findings.lifts import lifts
from scanner.findings.scan import Scan
from scanner.inert import inert, one_line

MAX_LINES = 10
"""How many gaps in coverage, and things that would close them, are listed."""
MIN_WIDTH = 50
"""Columns below which lines are left to the terminal to break."""

_LISTED = (Verdict.FAIL, Verdict.UNKNOWN, Verdict.WAIVED)
_HEADINGS = {
    Verdict.UNKNOWN: "undecided",
    Verdict.WAIVED: "failing, and accepted by their owner",
    Verdict.PASS: "passed",
}
_BOLD = "1"
_COLORS: Mapping[Verdict | Severity, str] = {
    Severity.CRITICAL: "1;31",
    Severity.HIGH: "31",
    Severity.MEDIUM: "33",
    Severity.LOW: "36",
    Severity.INFO: "2",
    Verdict.FAIL: "31",
    Verdict.UNKNOWN: "35",
    Verdict.WAIVED: "2",
    Verdict.PASS: "32",
}


def write(scan: Scan, stream: TextIO, options: Options) -> None:
    """Write the table for a terminal of `options.width` columns; in colour only when `options.color` says so.

    What the stream's encoding does not have is written as an escape sequence.
    """
    encoding = getattr(stream, "encoding", None) or "utf-8"
    style = _Style(max(options.width, MIN_WIDTH), options.color)
    for line in _lines(scan, options, style):
        stream.write(line.encode(encoding, "backslashreplace").decode(encoding) + "\n")


@dataclass(frozen=True, slots=True)
class _Style:
    width: int
    color: bool

    def paint(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.color else text

    def wrapped(self, text: str, first: str = "  ", then: str = "    ") -> list[str]:
        return wrap(text, self.width, initial_indent=first, subsequent_indent=then, break_on_hyphens=False)


def _lines(scan: Scan, options: Options, style: _Style) -> Iterator[str]:
    accounts = wording.account_names(scan)
    for verdict, found in groupby(scan.listed(options.only or _LISTED), key=lambda finding: finding.verdict):
        if verdict is Verdict.FAIL:
            for severity, findings in groupby(found, key=lambda finding: finding.severity):
                yield from _heading(f"{severity.upper()}: {scan.failing[severity]:,} failing", _COLORS[severity], style)
                yield from _rules(scan, findings, accounts, options, style)
        else:
            yield from _heading(f"{verdict}: {scan.counts[verdict]:,} {_HEADINGS[verdict]}", _COLORS[verdict], style)
            yield from _lifts(scan, accounts, style) if verdict is Verdict.UNKNOWN else ()
            yield from _rules(scan, found, accounts, options, style)
    changes = change_view(scan.changes)
    if changes:
        yield from _changes(changes, options, style)
    if scan.links:
        yield from _links(scan, options, style)
    yield from _footer(scan, accounts, options, style)


def _heading(text: str, color: str, style: _Style) -> Iterator[str]:
    yield style.paint(text, color if color.startswith("1") else f"1;{color}")
    yield ""


def _rules(
    scan: Scan, findings: Iterable[Finding], accounts: Mapping[str, str], options: Options, style: _Style
) -> Iterator[str]:
    for rule_id, found in groupby(findings, key=lambda finding: finding.rule):
        rule, group = scan.rules[rule_id], list(found)
        title = one_line(rule.title)
        yield from (style.paint(line, _BOLD) for line in style.wrapped(title))
        yield f"  {inert(rule_id)} ({rule.severity})"
        yield from _table(group[: options.rows], accounts, options, style)
        if len(group) > options.rows:
            yield f"  and {len(group) - options.rows:,} more; --format json lists all"
        if rule.fix and group[0].verdict is Verdict.FAIL:
            yield from style.wrapped(f"Next step: {one_line(rule.fix)}")
        yield ""


def _table(findings: list[Finding], accounts: Mapping[str, str], options: Options, style: _Style) -> Iterator[str]:
    verdicts = [_verdict(finding, options) for finding in findings]
    names = [_name(finding, accounts) for finding in findings]
    # What is left of the width beside the indent, the verdict and the gaps between columns goes to name and evidence.
    left = style.width - 6 - max(map(len, verdicts), default=0)
    narrow = min(max((len(text) for name in names for text in name), default=0), left * 2 // 5)
    rows = [
        (
            style.paint(verdict, _COLORS[finding.verdict]),
            "\n".join(_folded(text, narrow) for text in name),
            _folded(_evidence(finding), left - narrow),
        )
        for finding, verdict, name in zip(findings, verdicts, names, strict=True)
    ]
    return (f"  {line}" for line in tabulate(rows, tablefmt="plain", disable_numparse=True).splitlines())


def _name(finding: Finding, accounts: Mapping[str, str]) -> list[str]:
    lines = (wording.resource_name(finding), wording.place(finding, accounts), wording.condition(finding))
    return [line for line in lines if line]


def _folded(text: str, width: int) -> str:
    # Not by tabulate, which would break regions and names at their hyphens.
    lines = " ".join(_divided(word, width) for word in text.split(" ")).split("\n")
    return "\n".join(part for line in lines for part in wrap(line, width, break_on_hyphens=False))


def _divided(word: str, width: int) -> str:
    """A word too long for its column, broken where a path or an ARN has a joint."""
    if len(word) <= width:
        return word
    cut = max(word.rfind(joint, 0, width) for joint in "./:") + 1 or width
    return f"{word[:cut]}\n{_divided(word[cut:], width)}"


def _verdict(finding: Finding, options: Options) -> str:
    known = options.baseline is not None and finding in options.baseline
    return f"{finding.verdict} (known)" if known else str(finding.verdict)


def _evidence(finding: Finding) -> str:
    return wording.evidence_line(finding) if finding.waiver is None else wording.waiver_line(finding.waiver)


def _changes(changes: ChangeView, options: Options, style: _Style) -> Iterator[str]:
    """What templates would change of what is live: each link but those that stay as they are, and each new grant."""
    yield from style.wrapped(f"CHANGES: this {changes.line}", "", "  ")
    yield ""
    for row in changes.links[: options.rows]:
        first, *rest = style.wrapped(f"{row.name}: {row.states}", f"  {row.effect:<8} ", " " * 11)
        yield first.replace(row.effect, style.paint(row.effect, _COLORS[row.looks]), 1)
        yield from rest
        for reason in row.because[:MAX_LINES]:
            yield from style.wrapped(reason, " " * 11, " " * 13)
    for grant in changes.access[: options.rows]:
        yield from style.wrapped(grant.line, f"  {'grants':<8} ", " " * 11)
    for doubt in changes.doubts[: options.rows]:
        yield from style.wrapped(doubt, f"  {'unclear':<8} ", " " * 11)
    if changes.more(options.rows):
        yield f"  and {changes.more(options.rows):,} more; --format json lists all"
    yield ""


def _links(scan: Scan, options: Options, style: _Style) -> Iterator[str]:
    """Every link that does not work as it should, and how many do."""
    yield from _heading(f"REPLICATION LINKS: {links_line(scan)}", _BOLD, style)
    rows = [row for row in link_rows(scan, len(scan.links)) if row.causes]
    for row in rows[: options.rows]:
        yield from _link(row, style)
    if len(rows) > options.rows:
        yield from (f"  and {len(rows) - options.rows:,} more; --format json lists all", "")


def _link(row: LinkRow, style: _Style) -> Iterator[str]:
    first, *rest = style.wrapped(row.name, f"  {row.verdict:<8} ", " " * 11)
    yield first.replace(row.verdict, style.paint(row.verdict, _COLORS[row.looks]), 1)
    yield from rest
    if row.reasons:
        yield from style.wrapped(f"S3 would say {', '.join(row.reasons)}", " " * 11, " " * 13)
    for cause in row.causes[:MAX_LINES]:
        yield from style.wrapped(cause.line, " " * 11, " " * 13)
    if len(row.causes) > MAX_LINES:
        yield f"{' ' * 11}and {len(row.causes) - MAX_LINES:,} more; --format json lists all"
    yield ""


def _lifts(scan: Scan, accounts: Mapping[str, str], style: _Style) -> Iterator[str]:
    """What would settle the unknown findings, the most useful first."""
    useful = [lift for lift in lifts(scan) if lift.settles or lift.helps]
    for lift in useful[:MAX_LINES]:
        yield from style.wrapped(wording.lift_line(lift, accounts), "  * ")
    if len(useful) > MAX_LINES:
        yield f"  * and {len(useful) - MAX_LINES:,} more reasons"
    if useful:
        yield ""


def _footer(scan: Scan, accounts: Mapping[str, str], options: Options, style: _Style) -> Iterator[str]:
    pairs = [("Seen", wording.coverage_line(scan))]
    gaps = scan.coverage.unseen
    pairs += [("Not seen", wording.unseen_line(gap, accounts)) for gap in gaps[:MAX_LINES]]
    if len(gaps) > MAX_LINES:
        pairs.append(("", f"and {len(gaps) - MAX_LINES:,} more; --format json lists all"))
    if not scan.run.complete:
        pairs.append(("Incomplete", "the scan stopped before its end: this is what it saw until then"))
    pairs += [("Note", inert(message)) for message in scan.messages]
    pairs.append(("Result", wording.summary_line(scan)))
    if options.ending is not None:
        code, told = options.ending
        pairs.append((f"Exit {code}", told))
    width = style.width - 2 - max(len(name) for name, _ in pairs)
    rows = [(name, _folded(text, width)) for name, text in pairs]
    yield from tabulate(rows, tablefmt="plain", disable_numparse=True).splitlines()
