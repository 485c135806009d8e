"""Is everything that some policies allow also allowed by others? Contained, or not with a witness, or undecided.

The witness is a request, and the compiled statements themselves confirm that it is allowed here and not there.
"Contained" rests on exact subtraction of what the statements reach; where anything stays unclear, the answer is
undecided with the reason, never a guess. Actions that AWS's tables do not know and no policy names do not count,
nor do resources of a kind that an action does not apply to.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TypeAlias

from scanner.policy.actions import action_mask
from scanner.policy.clauses import Clause, Prepared, Strength, given, prepare
from scanner.policy.document import Statement
from scanner.policy.leftovers import Search, leftover, search_for
from scanner.policy.pattern_sets import Effort
from scanner.policy.patterns import is_literal
from scanner.policy.request import Request
from scanner.policy.witnesses import Scope

__all__ = [
    "Comparison",
    "Contained",
    "Effort",
    "Exceeds",
    "Excess",
    "Prepared",
    "Scope",
    "Strength",
    "Undecided",
    "compare",
    "excess",
    "given",
    "prepare",
]


@dataclass(frozen=True, slots=True)
class Contained:
    """Everything that the first policies allow, the others allow too."""


@dataclass(frozen=True, slots=True)
class Exceeds:
    """The witness is a request that the statement, of the policy named, allows and the other policies do not."""

    policy: str
    statement: Statement
    witness: Request


@dataclass(frozen=True, slots=True)
class Undecided:
    """It could not be settled, for the reason; `statement` of `policy` is where, None for the whole."""

    reason: str
    policy: str = ""
    statement: Statement | None = None


Comparison: TypeAlias = Contained | Exceeds | Undecided


@dataclass(frozen=True, slots=True)
class Excess:
    """What one statement grants beyond need by one of the action patterns it lists, or by its NotAction as a whole.

    `action` is the pattern as written. `is_partly_needed` says that some action of the pattern is needed, if not
    as widely as it is granted. `witness` is a request that is allowed without need; where it could not be settled
    whether there is one it is None, and `reason` says why.
    """

    policy: str
    statement: Statement
    action: str
    is_partly_needed: bool
    witness: Request | None
    reason: str = ""


def compare(
    granted: Prepared, allowed: Prepared, scope: Scope | None = None, *, effort: Effort | None = None
) -> Comparison:
    """Whether `granted` allows nothing within the scope that `allowed` does not allow.

    The work is bounded by `effort`; when it runs out the answer is Undecided.
    """
    spared = _spared(allowed)
    clauses = [clause for clause in granted.allows if spared is None or any(map(clause.names, spared))]
    doubt: Undecided | None = None
    search = search_for(granted, allowed, scope or Scope(), effort or Effort()) if clauses else None
    for clause in clauses:
        assert search is not None
        found = leftover(search, clause, clause.patterns)
        if isinstance(found, Request):
            return Exceeds(clause.policy, clause.statement, found)
        if found is not None:
            doubt = doubt or Undecided(found.reason, clause.policy, clause.statement)
    unread = (*granted.unread, *(allowed.unread if granted.allows else ()))
    return doubt or (Undecided(unread[0].reason) if unread else Contained())


def excess(
    granted: Prepared, needed: Prepared, scope: Scope | None = None, *, effort: Effort | None = None
) -> tuple[Excess, ...]:
    """What `granted` allows beyond `needed`: one entry for each statement and each action pattern in it that does.

    Statements that could not be read are not among them; they are in `granted.unread`.
    """
    search = search_for(granted, needed, scope or Scope(), effort or Effort())
    actions = _needed_actions(needed)
    return tuple(found for clause in granted.allows for found in _excess_of(search, clause, actions))


def _spared(allowed: Prepared) -> tuple[str, ...] | None:
    """The actions, in lower case, without which policies allow everything to everybody; None where that is not said.

    Whatever names none of them allows nothing more, and needs no search.
    """
    if allowed.denies:
        return None
    for clause in allowed.allows:
        statement = clause.statement
        is_plain = clause.compiled.means is None and statement.resources == ("*",) and not statement.conditions
        if is_plain and statement.negates_actions and not statement.negates_resources:
            return clause.patterns if all(map(is_literal, clause.patterns)) else None
    return None


def _excess_of(search: Search, clause: Clause, needed: Mapping[str, int]) -> Iterator[Excess]:
    statement = clause.statement
    families: list[tuple[str, tuple[str, ...]]] = [(written, (written.lower(),)) for written in statement.actions]
    if statement.negates_actions:
        families = [("NotAction", clause.patterns)]
    for written, patterns in families:
        found = leftover(search, clause, patterns)
        if found is None:
            continue
        witness, reason = (found, "") if isinstance(found, Request) else (None, found.reason)
        yield Excess(clause.policy, statement, written, _meets(clause, patterns, needed), witness, reason)


def _meets(clause: Clause, patterns: tuple[str, ...], needed: Mapping[str, int]) -> bool:
    """Whether any of the needed actions is among those of the patterns."""
    if clause.statement.negates_actions:
        return any(mask & ~action_mask(service, patterns) for service, mask in needed.items())
    return any(mask & action_mask(service, patterns) for service, mask in needed.items())


def _needed_actions(needed: Prepared) -> dict[str, int]:
    """The known actions that are needed, by service, as bits."""
    masks: dict[str, int] = {}
    for service in needed.vocabulary.services:
        masks[service] = reduce(or_, (need.mask(service) for need in needed.allows), 0)
    return masks
