"""What would settle the UNKNOWN findings: their reasons turned round into a list of things to do.

A person who reads "12 unknown" wants one line that says which permission to grant where, not twelve reasons.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from scanner.estate.estate import Unseen
from scanner.estate.unknown import Unknown, Value
from scanner.estate.verdict import Verdict
from scanner.findings.finding import Finding
from scanner.findings.scan import Scan

_NEEDED_ACTION = re.compile(r"; needs ([a-z0-9-]+:[A-Za-z0-9*]+)")


@dataclass(frozen=True, slots=True)
class Lift:
    """One thing that stands between UNKNOWN findings and a verdict.

    Either `iam_action` is set, to be granted to the scanner's role in each of `accounts` (ids), or `reason` tells what
    else it is. `settles` counts the findings that lack nothing else, `helps` those that lack this among other things,
    and `unseen` the gaps in coverage that it would close.
    """

    iam_action: str
    reason: str
    accounts: tuple[str, ...]
    settles: int
    helps: int
    unseen: int


def lifts(scan: Scan) -> tuple[Lift, ...]:
    """What would lift the scan's unknowns and gaps in coverage, the most useful first."""
    tallies: dict[tuple[str, str], _Tally] = {}
    for finding in scan.listed({Verdict.UNKNOWN}):
        causes = {_cause(reason) for reason in _reasons(finding)}
        alone = len(causes) == 1 and not finding.more
        for cause in causes:
            tallies.setdefault(cause, _Tally()).add_finding(finding, alone)
    for gap in scan.coverage.unseen:
        tallies.setdefault(_cause_of_gap(gap), _Tally()).add_gap(gap)
    found = (tally.lift(action, reason) for (action, reason), tally in tallies.items())
    return tuple(
        sorted(found, key=lambda lift: (-lift.settles, -lift.helps, -lift.unseen, lift.iam_action, lift.reason))
    )


def needed_action(reason: str) -> str:
    """The IAM action that the reason of an `Unknown` names, empty where it names none."""
    found = _NEEDED_ACTION.search(reason)
    return found.group(1) if found else ""


class _Tally:
    def __init__(self) -> None:
        self.accounts: set[str] = set()
        self.settles = self.helps = self.unseen = 0

    def add_finding(self, finding: Finding, alone: bool) -> None:
        self.accounts.add(finding.resource.account)
        self.settles += alone
        self.helps += not alone

    def add_gap(self, gap: Unseen) -> None:
        self.accounts.add(gap.account)
        self.unseen += 1

    def lift(self, action: str, reason: str) -> Lift:
        accounts = tuple(sorted(account for account in self.accounts if account))
        return Lift(action, reason, accounts, self.settles, self.helps, self.unseen)


def _cause(reason: str) -> tuple[str, str]:
    action = needed_action(reason)
    return (action, "") if action else ("", reason)


def _cause_of_gap(gap: Unseen) -> tuple[str, str]:
    action = gap.iam_action or needed_action(gap.reason)
    return (action, "") if action else ("", gap.reason)


def _reasons(finding: Finding) -> Iterator[str]:
    for evidence in finding.evidence:
        yield from _unknowns(evidence.observed)


def _unknowns(value: Value) -> Iterable[str]:
    if isinstance(value, Unknown):
        return (value.reason,)
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return (reason for item in items for reason in _unknowns(item))
