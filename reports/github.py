"""Workflow commands for GitHub Actions: annotations beside the lines of a pull request.

GitHub shows ten annotations of a level for a step and drops the others without a word, so no more are written, the
worst and new ones first, and one of them tells how many there are. The last line sums up. (docs.github.com, workflow
commands, 2026-11)
"""

from collections.abc import Iterator
from itertools import islice
from typing import TextIO

from reports.messages import new_first, sentences
from reports.options import Options
from reports.places import place_of
from reports.wording import account_names, coverage_line, lift_line, plural, summary_line
from scanner.estate.verdict import Verdict
from scanner.findings.finding import Finding
from scanner.findings.lifts import lifts
from scanner.findings.scan import Scan
from scanner.inert import inert, one_line, shortened

MAX_ANNOTATIONS = 10
"""How many annotations of each level GitHub shows of a step."""

MAX_REASONS = 5
"""How many of the things that keep findings undecided are named."""

MAX_TITLE = 255


def write(scan: Scan, stream: TextIO, options: Options) -> None:
    """Write the commands, one a line. `only`, `baseline`, `fail_on` and `root` of the options matter.

    A failure that breaks the build is an error, any other new one a warning, and what the baseline knows a notice. What
    is undecided is summed up by what keeps it so.
    """
    listed = list(new_first(scan.listed(options.only or (Verdict.FAIL,)), options.baseline))
    # One notice is kept for the last line.
    for level, limit in (("error", MAX_ANNOTATIONS), ("warning", MAX_ANNOTATIONS), ("notice", MAX_ANNOTATIONS - 1)):
        chosen = [finding for finding in listed if _level(finding, options) == level]
        for line in _lines(chosen, level, limit, scan, options):
            stream.write(line + "\n")
    stream.write(command("notice", "\n".join(_summary(scan, options)), title="drscan") + "\n")


def command(name: str, message: str, **properties: str | int) -> str:
    """One workflow command, its message and properties escaped so that they can be nothing else."""
    told = ",".join(f"{key}={_escaped_property(str(value))}" for key, value in properties.items())
    return f"::{name} {told}::{_escaped(message)}"


def _summary(scan: Scan, options: Options) -> Iterator[str]:
    yield f"{summary_line(scan)}."
    yield f"Seen: {coverage_line(scan)}."
    lifted, accounts = lifts(scan), account_names(scan)
    yield from (f"In the way: {lift_line(lift, accounts)}." for lift in lifted[:MAX_REASONS])
    if len(lifted) > MAX_REASONS:
        yield f"In the way: {len(lifted) - MAX_REASONS:,} more reasons."
    if options.ending is not None:
        code, told = options.ending
        yield f"Exit code {code}: {told}."


def _lines(findings: list[Finding], level: str, limit: int, scan: Scan, options: Options) -> Iterator[str]:
    shown = len(findings) if len(findings) <= limit else limit - 1
    yield from (_annotation(finding, level, scan, options) for finding in islice(findings, shown))
    if shown < len(findings):
        left = plural(len(findings) - shown, "finding")
        yield command(level, f"{left} more like these; the other reports list all.", title="drscan")


def _annotation(finding: Finding, level: str, scan: Scan, options: Options) -> str:
    rule, place = scan.rules[finding.rule], place_of(finding, options.root)
    where: dict[str, str | int] = {}
    if place.is_file:
        where = {"file": inert(place.path), "line": place.line, "endLine": place.end_line or place.line}
    title = shortened(f"{finding.severity}: {one_line(rule.id)}", MAX_TITLE)
    return command(level, "\n".join(sentences(finding, rule)), **where, title=title)


def _level(finding: Finding, options: Options) -> str:
    known = options.baseline is not None and finding in options.baseline
    if finding.verdict is not Verdict.FAIL or known:
        return "notice"
    return "error" if finding.severity.rank <= options.fail_on.rank else "warning"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escaped_property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
