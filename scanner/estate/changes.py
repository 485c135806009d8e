"""What templates would change of what is live: which links, and who would be let in that is not today."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from scanner.estate.unknown import Value


class LinkEffect(StrEnum):
    """What a change does to one link: `unclear` where either side of the comparison is not known."""

    BREAKS = "breaks"
    MENDS = "mends"
    ADDS = "adds"
    REMOVES = "removes"
    LEAVES = "leaves"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class LinkChange:
    """One link before and after: verdicts (`works`, `broken`, `unknown`), empty where there is no such link.

    `because` says what is missing or at fault afterwards (or before, of what is mended), one short line each.
    """

    id: str
    before: str
    after: str
    effect: LinkEffect
    because: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AccessChange:
    """Access that a policy would newly grant, shown by one request that it allows afterwards and not before.

    `policy` names the policy as a person would (`policy of bucket orders-dr`); `statement` is the Sid or number of the
    statement that grants it, or says of the one that denied it that it no longer does. `principal` is `*` where it may
    be anybody of any account. `context` are the condition keys of the witness.
    """

    policy: str
    statement: str
    principal: str
    action: str
    resource: str
    context: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Changes:
    """Everything that templates would change. `doubts` are policies that could not be compared, and why."""

    links: tuple[LinkChange, ...] = ()
    access: tuple[AccessChange, ...] = ()
    doubts: tuple[str, ...] = ()
