"""One link, examined: its faults, its demands decided, and the verdict that follows."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from scanner.analysis.replication import vocabulary as why
from scanner.analysis.replication.asking import LinkRequests
from scanner.analysis.replication.deciding import Outcome, State, decide
from scanner.analysis.replication.demands import Demand, Grade, Span, demands_of
from scanner.analysis.replication.faults import (
    Doubt,
    Fault,
    Trouble,
    faults_of_buckets,
    faults_of_keys,
    faults_of_rule,
    faults_of_selection,
)
from scanner.analysis.replication.lifecycle import faults_of_lifecycle
from scanner.analysis.replication.links import Link, View
from scanner.analysis.replication.neighbours import faults_of_neighbours
from scanner.analysis.replication.policy_book import RoleSide
from scanner.analysis.replication.public_policies import doubts_of_public_policy
from scanner.analysis.replication.sides import sides_of
from scanner.analysis.replication.vocabulary import Effect, Hop, LinkVerdict, Side
from scanner.estate.unknown import Unknown
from scanner.policy.decision import describe
from scanner.policy.truth import Unseen

_AT_DESTINATION = (Hop.DESTINATION_OBJECT, Hop.DESTINATION_KEY)
_MAX_REASONS = 5


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A permission that is missing. `outcome` is the request that shows it, None where there is no role to ask for."""

    demand: Demand
    resource: str
    decided_by: str
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True)
class Examination:
    """What is to be said of a link. `demands` are all there are; `outcomes` those that were decided, in their order.

    `role` is None where there is none, or where it was not seen.
    """

    link: Link
    role: RoleSide | None
    demands: tuple[Demand, ...]
    outcomes: tuple[Outcome, ...]
    faults: tuple[Fault, ...]
    doubts: tuple[Doubt, ...]
    missing: tuple[Shortfall, ...]

    @property
    def verdict(self) -> LinkVerdict:
        """Broken if anything fails for certain, unknown if anything that could fail was not seen."""
        effects = [*(fault.effect for fault in self.faults), *(short.demand.effect for short in self.missing)]
        if Effect.FAILS in effects:
            return LinkVerdict.BROKEN
        return LinkVerdict.UNKNOWN if any(doubt.decisive for doubt in self.doubts) else LinkVerdict.WORKS

    @property
    def failure_reasons(self) -> list[str]:
        """What S3 would say of an object, in AWS's own words."""
        faults, missing = (fault.reasons for fault in self.faults), (short.demand.reasons for short in self.missing)
        return why.in_order((*faults, *missing))


def examine(view: View, link: Link) -> Examination:
    """Look at everything that a link hangs on."""
    troubles = list(_troubles(view, link))
    role = view.book.role(link.role) if isinstance(link.role, str) else link.role
    if isinstance(role, Unknown):
        troubles.append(Doubt(Hop.ASSUME, role.reason))
    demands = demands_of(link.features, link.ends, link.role if isinstance(link.role, str) else "")
    seen = role if isinstance(role, RoleSide) else None
    if seen is not None and isinstance(link.features.destination, Unknown):
        troubles.extend(_unasked(link.features.destination, demands))
    outcomes = () if seen is None else tuple(_outcomes(view, link, seen, demands, troubles))
    return Examination(
        link=link,
        role=seen,
        demands=demands,
        outcomes=outcomes,
        faults=tuple(one for one in troubles if isinstance(one, Fault)),
        doubts=_distinct((*(one for one in troubles if isinstance(one, Doubt)), *_open(outcomes))),
        missing=(_without_role(link),) if role is None else tuple(_missing(outcomes)),
    )


def _troubles(view: View, link: Link) -> Iterator[Trouble]:
    features, ends = link.features, link.ends
    yield from faults_of_rule(features, link.siblings)
    if features.destination is None:
        what = f"rule {features.id} names no destination"
        yield Fault("NoDestination", Hop.SOURCE_BUCKET, what, why.NO_CONFIGURATION)
    elif isinstance(features.destination, Unknown):
        yield Doubt(Hop.DESTINATION_OBJECT, features.destination.reason, about="NoDestination")
    else:
        yield from faults_of_buckets(features, ends)
        yield from faults_of_neighbours(features, ends, view.network)
        yield from doubts_of_public_policy(ends, view.book)
    yield from faults_of_selection(features, ends)
    yield from faults_of_keys(features, ends)
    yield from faults_of_lifecycle(features, ends.source)


def _outcomes(
    view: View, link: Link, role: RoleSide, demands: Iterable[Demand], troubles: Iterable[Trouble]
) -> Iterator[Outcome]:
    moot = {hop for one in troubles if isinstance(one, Fault) for hop in one.moot}
    if not isinstance(link.features.destination, str):
        moot.update(_AT_DESTINATION)
    asker = LinkRequests(view.book, role, link.ends)
    for demand in demands:
        if demand.grade is not Grade.OPTIONAL and demand.hop not in moot:
            yield decide(asker, demand)
    yield from view.batch.outcomes(link.ends, role)


def _unasked(why_unknown: Unknown, demands: Iterable[Demand]) -> Iterator[Doubt]:
    """What could not even be asked: whether the role may write to a destination that is not known."""
    for demand in demands:
        if demand.hop in _AT_DESTINATION and demand.grade is not Grade.OPTIONAL:
            policy = Side.BUCKET if demand.hop is Hop.DESTINATION_OBJECT else Side.KEY
            told = f"{demand.action}: {why_unknown.reason}"
            sides = (Side.ROLE, policy, Side.GUARDRAIL)
            yield Doubt(demand.hop, told, demand.effect is Effect.FAILS, demand.action, sides)


def _without_role(link: Link) -> Shortfall:
    name = link.role if isinstance(link.role, str) else ""
    demand = Demand(Hop.ASSUME, "sts:AssumeRole", Span(name), reasons=why.ASSUME_ROLE)
    return Shortfall(demand, name, f"there is no role {name}" if name else "the configuration names no role")


def _missing(outcomes: Iterable[Outcome]) -> Iterator[Shortfall]:
    """The first outcome for each hop and action that is missed.

    What comes along with another permission is not missed beside it: without ReplicateObject there are no tags to lose.
    """
    missed = [one for one in outcomes if one.state is State.MISSED]
    writes_nothing = any(one.demand.action == "s3:ReplicateObject" for one in missed)
    named: set[tuple[Hop, str]] = set()
    for outcome in missed:
        demand = outcome.demand
        key = (demand.hop, demand.action)
        comes_along = demand.grade is Grade.UNLESS_DENIED and writes_nothing
        if key not in named and not comes_along:
            named.add(key)
            yield Shortfall(demand, outcome.resource, decided_by(outcome), outcome)


def decided_by(outcome: Outcome) -> str:
    """Which statements, or whose silence, decided: a sentence for people."""
    decision = outcome.asked.decision
    if isinstance(decision, Unseen):
        return decision.reason
    told = list(dict.fromkeys(describe(reason, decision.action) for reason in decision.because))
    more = [f"and {len(told) - _MAX_REASONS} more"] if len(told) > _MAX_REASONS else []
    return "; ".join((*told[:_MAX_REASONS], *more))


def _open(outcomes: Iterable[Outcome]) -> Iterator[Doubt]:
    for outcome in outcomes:
        if outcome.state is State.OPEN:
            for reason in outcome.why_open or ("it could not be decided",):
                told = f"{outcome.demand.action}: {reason}"
                decisive = outcome.demand.effect is Effect.FAILS
                yield Doubt(outcome.demand.hop, told, decisive, outcome.demand.action, sides_of(outcome))


def _distinct(doubts: Iterable[Doubt]) -> tuple[Doubt, ...]:
    return tuple(dict.fromkeys(doubts))
