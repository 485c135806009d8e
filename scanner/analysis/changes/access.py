"""Who would be let in by a deployment that is not today: every policy that changes, held against what it was.

Of a new role only its trust policy is told (who may use it), of other new resources what their policies give to others
than the resource's own account; of everything that exists already, all that its policies newly grant. New denials, and
access that is taken away, are not told: links show what that breaks.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain
from typing import TypeAlias

from scanner.analysis.changes.granting import granted_by_resource, granted_to_identity
from scanner.analysis.changes.lifting import lifted
from scanner.analysis.changes.policies import (
    IdentityPolicies,
    ResourcePolicy,
    changed_identities,
    changed_resource_policies,
)
from scanner.analysis.changes.telling import Told
from scanner.estate.changes import AccessChange
from scanner.estate.estate import Estate
from scanner.estate.unknown import Unknown
from scanner.policy.compare import Effort

MOST_SHOWN = 5
"""How many requests show what one policy newly grants; how many more there are is said."""

MOST_STEPS_EACH, MOST_STEPS = 200_000, 3_000_000
"""What comparing may take for one policy, and for all of them."""

_MOST_DOUBTS = 100

_Compare: TypeAlias = Callable[[Effort], Iterable[Told]]


def access_changes(
    before: Estate, after: Estate, *, steps: int = MOST_STEPS
) -> tuple[tuple[AccessChange, ...], tuple[str, ...]]:
    """What is newly granted, and which policies could not be compared, or not as a whole, with the reasons.

    `steps` is what comparing all of them may take, in steps of about a microsecond; what is left then is a doubt.
    """
    shown: list[AccessChange] = []
    doubts: list[str] = []
    left = Effort(steps)
    untried = 0
    for name, compare in _comparisons(before, after):
        if left.left <= 0:
            untried += 1
            continue
        effort = Effort(min(MOST_STEPS_EACH, left.left))
        told = list(_limited(name, compare(effort)))
        shown += (one for one in told if not isinstance(one, str))
        doubts += (one for one in told if isinstance(one, str))
        left.spend(effort.spent)
    if untried:
        doubts.append(f"{untried} more policies change, and were not compared: there are too many")
    return tuple(shown), _enough(doubts)


def _comparisons(before: Estate, after: Estate) -> Iterator[tuple[str, _Compare]]:
    for policy in changed_resource_policies(before, after):
        yield policy.name, partial(_of_resource, policy)
    for identity in changed_identities(before, after):
        yield identity.name, partial(_of_identity, identity)


def _of_resource(policy: ResourcePolicy, effort: Effort) -> Iterable[Told]:
    for document, when in ((policy.before, "today"), (policy.after, "after the deployment")):
        if isinstance(document, Unknown):
            return [f"{policy.name}: what it says {when} is not known: {document.reason}"]
    return chain(granted_by_resource(policy, effort), lifted(policy, effort))


def _of_identity(identity: IdentityPolicies, effort: Effort) -> Iterable[Told]:
    for boundary in (identity.boundary_before, identity.boundary_after):
        if isinstance(boundary, Unknown):
            return [f"{identity.name}: the permissions boundary is not known: {boundary.reason}"]
    return granted_to_identity(identity, effort)


def _limited(name: str, told: Iterable[Told]) -> Iterator[Told]:
    """As much as a reader needs of one policy, with the number of what is left out."""
    found = list(told)
    shown = [one for one in found if not isinstance(one, str)]
    doubts = list(dict.fromkeys(one for one in found if isinstance(one, str)))
    yield from shown[:MOST_SHOWN]
    yield from doubts[:MOST_SHOWN]
    for kind, count in (("newly grants", len(shown)), ("may newly grant", len(doubts))):
        if count > MOST_SHOWN:
            yield f"{name}: {kind} {count - MOST_SHOWN} more things, which are not listed"


def _enough(doubts: list[str]) -> tuple[str, ...]:
    distinct = list(dict.fromkeys(doubts))
    more = [f"and {len(distinct) - _MOST_DOUBTS} more"] if len(distinct) > _MOST_DOUBTS else []
    return (*distinct[:_MOST_DOUBTS], *more)
