"""Waivers: failures that their owner accepts, for a reason and until a date.

A waiver never hides anything: the finding stays in every report as WAIVED, one that has expired stops working by
itself, and one that matches nothing is reported, so that the list does not rot.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from scanner.estate.intent import Waiver
from scanner.estate.resource import Location
from scanner.estate.verdict import Verdict
from scanner.findings.finding import Finding


def apply_waivers(findings: Iterable[Finding], waivers: Iterable[Waiver], today: date) -> Iterator[Finding]:
    """The findings, those WAIVED that fail and that a waiver in force covers. UNKNOWN is never waived.

    A waiver is in force through the day it expires. One of the estate file covers resources by ARN (or name, where
    there is none); one of a template covers what is found at the resource that carries it, its links among that.
    """
    in_force = _Index(waiver for waiver in waivers if waiver.expires >= today)
    for finding in findings:
        waiver = in_force.covering(finding) if finding.verdict is Verdict.FAIL else None
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
    idle = _Index(waiver for waiver in waivers if waiver not in used and waiver.expires >= today)
    unknown = (finding for finding in findings if finding.verdict is Verdict.UNKNOWN)
    used |= {waiver for finding in unknown if (waiver := idle.covering(finding))}
    for waiver in waivers:
        if trouble := _trouble(waiver, today, waiver in used, ran, known):
            yield f"{_place(waiver, file)}: the waiver of {waiver.rule} for {waiver.resource} {trouble}"


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


class _Index:
    """Waivers by what they can cover: those of the estate file by rule, those of templates by rule and place."""

    def __init__(self, waivers: Iterable[Waiver]) -> None:
        self._by_rule: dict[str, list[Waiver]] = {}
        self._by_place: dict[tuple[str, str, int], Waiver] = {}
        for waiver in waivers:
            if waiver.location is None:
                self._by_rule.setdefault(waiver.rule, []).append(waiver)
            else:
                self._by_place.setdefault(_at(waiver.rule, waiver.location), waiver)

    def covering(self, finding: Finding) -> Waiver | None:
        """The first waiver that covers a finding, whatever its verdict."""
        place = finding.location
        if place is not None and (waiver := self._by_place.get(_at(finding.rule, place))):
            return waiver
        name = finding.resource.arn or finding.resource.name
        return next((one for one in self._by_rule.get(finding.rule, ()) if arn_matches(one.resource, name)), None)


def _at(rule: str, place: Location) -> tuple[str, str, int]:
    return rule, place.file, place.line


def _place(waiver: Waiver, file: Path | None) -> str:
    if waiver.location is not None:
        return f"{waiver.location.file}:{waiver.line or waiver.location.line}"
    return f"{file or 'estate'}:{waiver.line}"


def _trouble(waiver: Waiver, today: date, used: bool, ran: Collection[str], known: Collection[str]) -> str | None:
    if waiver.expires < today:
        return f"expired on {waiver.expires.isoformat()}: what it covered counts again (owner: {waiver.owner})"
    if waiver.rule not in known:
        return "names a rule that does not exist"
    if waiver.rule in ran and not used:
        return "matches nothing that fails: remove it"
    return None
