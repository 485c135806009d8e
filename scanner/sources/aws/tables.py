"""All calls that drscan can make, and which of them a run has to make.

Rules and analyses say what they need; the tables say which call gives it; what is left is to find out which resources
there are to be asked about, and that is again a need of these calls.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from scanner.estate.needs import Need
from scanner.sources.aws import backup, cloudtrail, cloudwatch, iam, kms, macie, organizations, s3, s3control, sns
from scanner.sources.aws.calls import Call, Scope

CALLS: tuple[Call, ...] = (
    *s3.CALLS,
    *s3control.CALLS,
    *iam.CALLS,
    *kms.CALLS,
    *organizations.CALLS,
    *cloudtrail.CALLS,
    *cloudwatch.CALLS,
    *sns.CALLS,
    *macie.CALLS,
    *backup.CALLS,
)
"""Every call, in the order in which a run starts them."""

TYPES: frozenset[str] = frozenset(type_ for call in CALLS for type_ in call.lists)
"""Every resource type that can be read from a live account."""


@dataclass(frozen=True)
class Plan:
    """What a run reads: the calls it makes, and for which needs."""

    calls: tuple[Call, ...]
    needs: frozenset[Need]

    @cached_property
    def types(self) -> frozenset[str]:
        """The types whose resources it lists."""
        return frozenset(type_ for call in self.calls for type_ in call.lists)

    def of(self, type_: str) -> tuple[Call, ...]:
        """The calls it makes for each resource of a type; not the one that only locates."""
        return tuple(call for call in self.calls if type_ in call.of and not call.locates)

    def scoped(self, scope: Scope) -> tuple[Call, ...]:
        """The calls that it makes once an account, or once an account and region."""
        return tuple(call for call in self.calls if call.scope is scope)

    def hidden_by(self, call: Call) -> tuple[str, ...]:
        """The types of which some may stay unseen when this listing is refused: its own, and what hangs on them."""
        hidden = list(call.lists)
        for type_ in hidden:
            hidden += [t for below in self.of(type_) for t in below.lists if t not in hidden]
        return tuple(hidden)

    def asks_for(self, type_: str, path: str) -> bool:
        """Whether a need names this property, or the whole of `Observed` that it is in."""
        return Need(type_, path) in self.needs or ("." in path and Need(type_, path.split(".")[0]) in self.needs)


def plan(needs: Iterable[Need]) -> Plan:
    """The calls that these needs take, in table order. Needs that no call gives (derived ones) take none."""
    wanted = frozenset(needs)
    chosen: set[Call] = set()
    pending = [call for need in wanted for call in calls_for(need)]
    while pending:
        call = pending.pop()
        if call not in chosen:
            chosen.add(call)
            pending += [above for type_ in call.of for above in _listing(type_)]
            pending += [below for type_ in call.lists for below in CALLS if below.locates and type_ in below.of]
    return Plan(tuple(call for call in CALLS if call in chosen), wanted)


def calls_for(need: Need) -> tuple[Call, ...]:
    """The calls that settle a need: those that give the property, and those that list the resources that have it."""
    return (*_listing(need.type), *(call for call in CALLS if need.path and _gives(call, need)))


def operation_for(type_: str, path: str) -> str:
    """The operation that a property comes from (`s3:GetBucketVersioning`), empty where none gives it.

    `path` may go deeper than the tables tell apart, and may hold indexes: `ReplicationConfiguration.Rules[0].Status`.
    """
    need = Need.of(type_, re.sub(r"\[\d+\]", "", path))
    givers = [call for call in CALLS if _gives(call, need)] or ([] if need.path else _listing(type_))
    return givers[0].name if givers else ""


def _gives(call: Call, need: Need) -> bool:
    paths = call.gives.get(need.type, ())
    return need.path in paths or (need.path == "Observed" and any(path.startswith("Observed.") for path in paths))


def _listing(type_: str) -> list[Call]:
    return [call for call in CALLS if type_ in call.lists]
