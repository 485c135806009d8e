"""Decides demands: asks the policy evaluator for every object that stands for others, and keeps the worst answer.

What the evaluator says of a request is taken as it is. Here is only what the answers come to together.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import IntEnum

from scanner.analysis.replication.asking import LinkRequests
from scanner.analysis.replication.demands import Demand, Grade
from scanner.analysis.replication.layers import exact_layers, rough_layers
from scanner.analysis.replication.representatives import (
    Representatives,
    cut_by_context,
    cut_by_resource,
    representatives,
)
from scanner.policy.decision import Decision, Verdict
from scanner.policy.document import PolicyError
from scanner.policy.evaluate import PolicySet, evaluate
from scanner.policy.request import Request
from scanner.policy.truth import Unseen


class State(IntEnum):
    """How a demand stands, from the best to the worst."""

    MET = 0
    OPEN = 1
    MISSED = 2


@dataclass(frozen=True, slots=True)
class Asked:
    """One request that was decided. `decision` is `Unseen` where the request itself could not be understood."""

    request: Request
    decision: Decision | Unseen

    @property
    def verdict(self) -> Verdict:
        """The evaluator's verdict."""
        return Verdict.UNKNOWN if isinstance(self.decision, Unseen) else self.decision.verdict

    @property
    def why_open(self) -> tuple[str, ...]:
        """Why the answer is open; empty unless the verdict is Unknown."""
        return (self.decision.reason,) if isinstance(self.decision, Unseen) else self.decision.unseen


@dataclass(frozen=True, slots=True)
class Outcome:
    """A demand decided, by the one request that settles it.

    `on` is what the answer is about: the whole span, or the one object (for keys: encryption context) that stands out.
    """

    demand: Demand
    state: State
    asked: Asked
    on: str
    why_open: tuple[str, ...] = ()

    @property
    def resource(self) -> str:
        """What a grant would have to name: the key for KMS actions, else what the answer is about."""
        return self.demand.key or self.on


def decide(link: LinkRequests, demand: Demand) -> Outcome:
    """Decide one demand for all that it spans."""
    policies = {action: link.policies(demand, action) for action in (demand.action, *demand.instead)}
    found = _representatives(link, demand, policies)
    whole = str(demand.span)
    worst: Outcome | None = None
    for text in found:
        outcome = _outcome(link, demand, policies, text, whole if text == found.ordinary else text)
        if worst is None or outcome.state > worst.state:
            worst = outcome
        if worst.state is State.MISSED:
            break
    if worst is None:
        worst = _outcome(link, demand, policies, whole, whole)
    if worst.state is State.MET and found.doubt is not None:
        return replace(worst, state=State.OPEN, why_open=(found.doubt.reason,))
    if worst.state is State.MISSED and demand.doubt is not None:
        return replace(worst, state=State.OPEN, why_open=(demand.doubt.reason,))
    return worst


def _outcome(link: LinkRequests, demand: Demand, policies: Mapping[str, PolicySet], text: str, on: str) -> Outcome:
    """Ask for one text of the span: for the action or one that does as well, in any form the request may have."""
    asked: list[Asked] = []
    for action, deciding in policies.items():
        for request in link.requests(demand, action, text):
            asked.append(_ask(request, deciding))
            if demand.grade is Grade.UNLESS_DENIED and asked[-1].verdict is not Verdict.ALLOWED:
                asked[-1] = _ask(request, link.granted(deciding))
            if asked[-1].verdict is Verdict.ALLOWED:
                return Outcome(demand, State.MET, asked[-1], on)
    doubtful = next((one for one in asked if one.verdict is Verdict.UNKNOWN), None)
    if doubtful is not None:
        return Outcome(demand, State.OPEN, doubtful, on, doubtful.why_open)
    return Outcome(demand, State.MISSED, asked[0], on)


def _ask(request: Request, policies: PolicySet) -> Asked:
    try:
        return Asked(request, evaluate(request, policies))
    except PolicyError as error:
        return Asked(request, Unseen(error.message))


def _representatives(link: LinkRequests, demand: Demand, policies: Mapping[str, PolicySet]) -> Representatives:
    """Where no pattern at all cuts through the span there is one; else it takes a closer look at who is allowed."""
    arn, prefix = demand.span.arn, demand.span.prefix
    if prefix is None:
        return Representatives(arn)
    cut = cut_by_context if demand.key else cut_by_resource
    rough = representatives(arn, prefix, tuple(layer for one in policies.values() for layer in rough_layers(one, cut)))
    if not rough.others and rough.doubt is None:
        return rough
    asked = ((one, request) for action, one in policies.items() for request in link.requests(demand, action, arn))
    return representatives(arn, prefix, exact_layers(asked, by_context=bool(demand.key)))
