"""Permissions that links miss, given to whom they are missing from: the role, its trust, the bucket's or key's policy.

What is given is the least that does, under the conditions that every such request fulfils. A Deny, a boundary or an
organization's policy is somebody's decision, so that nothing is given against one.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias

from scanner.analysis.arns import account_of
from scanner.analysis.replication.asking import LinkRequests
from scanner.analysis.replication.deciding import Outcome, State, decide
from scanner.analysis.replication.demands import Demand, Grade, demands_of
from scanner.analysis.replication.examining import decided_by
from scanner.analysis.replication.links import Link
from scanner.analysis.replication.policy_book import RoleSide
from scanner.analysis.replication.sides import is_denied, sides_of
from scanner.analysis.replication.vocabulary import Effect, Hop, Side
from scanner.remedies.drafting import CannotError
from scanner.remedies.gifts import Gifts, role_named
from scanner.remedies.link_views import LinkName, examined, link_named, links_in, name_of
from scanner.remedies.proposals import Situation

Wanted: TypeAlias = Callable[[Demand, Side], bool]
"""Which missing permissions are to be given, by what they are for and whose policy has to give them."""

_PASSES = 6
"""What is missing shows hop by hop, and a key's policy matters only once the role has what it needs."""


def without_loss(demand: Demand, _side: Side) -> bool:
    """Whatever keeps objects from arriving."""
    return demand.effect is Effect.FAILS


def supplied(
    situation: Situation, name: LinkName, wanted: Wanted = without_loss, *, with_batch: bool = False
) -> Situation:
    """The situation in which a link, and if asked for the role of its Batch job, has the wanted permissions.

    Raises `CannotError` where one of them is denied, or limited by what only its keeper may change.
    """
    for _ in range(_PASSES):
        found = examined(situation, name, with_batch=with_batch)
        if found.role is None:
            return situation
        after = _gifts(situation, found.link, found.outcomes, wanted).given(situation)
        if after is situation:
            break
        situation = after
    return situation


def check_all_known(situation: Situation, name: LinkName) -> None:
    """Raises `CannotError` where a policy that would have to let the link through was not seen.

    What an organization's policies were not seen to say is no reason: that is for whoever keeps them.
    """
    for outcome in examined(situation, name).outcomes:
        sides = set(sides_of(outcome)) - {Side.GUARDRAIL}
        if outcome.state is State.OPEN and sides and outcome.demand.effect is Effect.FAILS:
            raise CannotError(f"whether {outcome.demand.action} is allowed is not known: {'; '.join(outcome.why_open)}")


def restored(
    before: Situation, after: Situation, names: Iterable[LinkName], side: Side, named: Collection[str] = ()
) -> Situation:
    """The later situation with everything that links need, and had on one side, and lost in between.

    What may be needed is kept, too, where it was granted by its own name (`named`, in lower case), and so are keys
    for objects from before or after bucket keys were switched on. Raises `CannotError` where it is not known what a
    link needs.
    """
    gifts = Gifts()
    for name in names:
        link = link_named(before, name)
        if link.role is None or links_in(before).view.book.role(str(link.role)) is None:
            continue
        for demand in _lost(before, after, link, side, named):
            gifts.add(link, demand, side, str(link.role))
    return gifts.given(after)


def _gifts(situation: Situation, link: Link, outcomes: Iterable[Outcome], wanted: Wanted) -> Gifts:
    gifts = Gifts()
    for outcome in outcomes:
        if outcome.state is not State.MISSED:
            continue
        for side in _silent(link, outcome):
            if not wanted(outcome.demand, side):
                continue
            if is_denied(outcome) or side is Side.GUARDRAIL or outcome.demand.grade is Grade.UNLESS_DENIED:
                raise CannotError(
                    f"{outcome.demand.action} on {outcome.resource} is not left to the role: {decided_by(outcome)}; "
                    "whoever keeps that policy has to exempt the role"
                )
            gifts.add(link, outcome.demand, side, role_named(situation.working, link.source.account, _caller(outcome)))
    return gifts


def _silent(link: Link, outcome: Outcome) -> Sequence[Side]:
    """The sides that have to speak. Within an account the role's own policy is enough, wherever it counts at all."""
    sides = sides_of(outcome)
    own = account_of(outcome.asked.request.principal) or link.source.account
    if outcome.asked.request.resource_account == own and Side.ROLE in sides:
        return [side for side in sides if side in (Side.ROLE, Side.GUARDRAIL)]
    return sides


def _caller(outcome: Outcome) -> str:
    """The name of the role that asked; empty for S3 itself."""
    principal = outcome.asked.request.principal
    return principal.split("/")[1] if ":assumed-role/" in principal else ""


def _lost(before: Situation, after: Situation, link: Link, side: Side, named: Collection[str]) -> Iterator[Demand]:
    then, now = _requests(before, link), _requests(after, link)
    demands = demands_of(link.features, link.ends, str(link.role))
    on_keys = {(one.action, one.key) for one in demands if one.key and one.grade is not Grade.OPTIONAL}
    for demand in demands:
        is_kept = demand.action.lower() in named or (demand.action, demand.key) in on_keys
        if not _concerns(demand, side) or (demand.grade is Grade.OPTIONAL and not is_kept):
            continue
        if demand.doubt is not None:
            raise CannotError(f"whether link {link.id} needs {demand.action} is not known: {demand.doubt.reason}")
        # What only the key's policy must allow is asked of the role as anything else that it may have.
        asked = replace(demand, grade=Grade.OPTIONAL) if side is Side.ROLE else demand
        had = decide(then, asked)
        if not (had.state is State.MISSED and side in sides_of(had)) and _is_silent(decide(now, asked), side):
            yield demand


def _requests(situation: Situation, link: Link) -> LinkRequests:
    view = links_in(situation).view
    role = view.book.role(str(link.role))
    if not isinstance(role, RoleSide):
        raise CannotError(f"role {link.role} was not seen")
    return LinkRequests(view.book, role, link_named(situation, name_of(link)).ends)


def _concerns(demand: Demand, side: Side) -> bool:
    """Whether a side has a say on a demand. Keys that are not known by their ARN have no policy to ask."""
    if demand.hop is Hop.ASSUME or demand.grade is Grade.UNLESS_DENIED or "*" in demand.key:
        return False
    match side:
        case Side.BUCKET:
            return demand.hop is Hop.DESTINATION_OBJECT
        case Side.KEY:
            return bool(demand.key)
    return True


def _is_silent(outcome: Outcome, side: Side) -> bool:
    return outcome.state is not State.MET and side in sides_of(outcome)
