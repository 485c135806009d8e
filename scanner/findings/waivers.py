"""Waivers: failures that their owner accepts, for a reason and until a date.

A waiver never hides anything: the finding stays in every report as WAIVED, one that has expired stops working by
itself, and one that matches nothing is reported, so that the list does not rot.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from scanner.estate.intent import Waiver
from scanner.estate.verdict import Verdict
from scanner.findings.finding import Finding


def apply_waivers(findings: Iterable[Finding], waivers: Iterable[Waiver], today: date) -> Iterator[Finding]:
    """The findings, those WAIVED that fail and that a waiver in force covers. UNKNOWN is never waived.

    A waiver is in force through the day it expires.
    """
    in_force = _by_rule(waiver for waiver in waivers if waiver.expires >= today)
    for finding in findings:
        waiver = _covering(finding, in_force) if finding.verdict is Verdict.FAIL else None
        yield replace(finding, verdict=Verdict.WAIVED, waiver=waiver) if waiver else finding


def waiver_messages(
    findings: Sequence[Finding],
    waivers: Sequence[Waiver],
    today: date,
    *,
    file: Path | None,
    ran: Collection[str],
    known: Collection[str],
) -> Iterator[str]:
    """What the user should know of the waivers, given the findings that they were applied to.

    `ran` are the ids of the rules of this run, `known` those of all rules there are: a waiver of a rule that merely was
    not chosen this time is left in peace, and so is one that covers an UNKNOWN, for that may turn out to fail.
    """
    used = {finding.waiver for finding in findings if finding.waiver}
    idle = _by_rule(waiver for waiver in waivers if waiver not in used and waiver.expires >= today)
    unknown = (finding for finding in findings if finding.verdict is Verdict.UNKNOWN)
    used |= {waiver for finding in unknown if (waiver := _covering(finding, idle))}
    for waiver in waivers:
        if trouble := _trouble(waiver, today, waiver in used, ran, known):
            where = f"{file or 'estate'}:{waiver.line}"
            yield f"{where}: the waiver of {waiver.rule} for {waiver.resource} {trouble}"


def arn_matches(pattern: str, arn: str) -> bool:
    """Whether the pattern matches the whole ARN: `*` stands for any run of characters, `?` for exactly one.

    Takes at most pattern times text steps, whatever the pattern: it only ever goes back to the last `*`.
    """
    here = there = 0
    last_star, resume = -1, 0
    while there < len(arn):
        if here < len(pattern) and pattern[here] == "*":
            last_star, resume = here, there
            here += 1
        elif here < len(pattern) and pattern[here] in ("?", arn[there]):
            here, there = here + 1, there + 1
        elif last_star >= 0:
            resume += 1
            here, there = last_star + 1, resume
        else:
            return False
    return not pattern[here:].strip("*")


def _by_rule(waivers: Iterable[Waiver]) -> Mapping[str, list[Waiver]]:
    index: dict[str, list[Waiver]] = {}
    for waiver in waivers:
        index.setdefault(waiver.rule, []).append(waiver)
    return index


def _covering(finding: Finding, waivers: Mapping[str, list[Waiver]]) -> Waiver | None:
    name = finding.resource.arn or finding.resource.name
    return next((waiver for waiver in waivers.get(finding.rule, ()) if arn_matches(waiver.resource, name)), None)


def _trouble(waiver: Waiver, today: date, used: bool, ran: Collection[str], known: Collection[str]) -> str | None:
    if waiver.expires < today:
        return f"expired on {waiver.expires.isoformat()}: what it covered counts again (owner: {waiver.owner})"
    if waiver.rule not in known:
        return "names a rule that does not exist"
    if waiver.rule in ran and not used:
        return "matches nothing that fails: remove it"
    return None
