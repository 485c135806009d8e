"""Why a link works or does not, hop by hop, as plain data: what `drscan explain` prints.

Every request that S3 would make is there with its verdict, the statements that decided it as they were written, and
what to add or remove where it is not allowed.
"""

from dataclasses import dataclass

from scanner.analysis.replication.advice import Advice, advice_on
from scanner.analysis.replication.deciding import Outcome, State
from scanner.analysis.replication.documents import untranslated
from scanner.analysis.replication.examining import Examination, Shortfall, examine
from scanner.analysis.replication.faults import Doubt, Fault
from scanner.analysis.replication.links import Link, View, all_links
from scanner.analysis.replication.vocabulary import Hop
from scanner.estate.estate import Estate
from scanner.estate.unknown import Value
from scanner.policy.decision import Reason, describe
from scanner.policy.truth import Unseen

TITLES = {
    Hop.ASSUME: "S3 assumes the role",
    Hop.SOURCE_BUCKET: "the role reads the source bucket's configuration",
    Hop.SOURCE_OBJECT: "the role reads objects of the source bucket",
    Hop.SOURCE_KEY: "the role decrypts objects with the source key",
    Hop.DESTINATION_OBJECT: "the role writes replicas into the destination bucket",
    Hop.DESTINATION_KEY: "the role encrypts replicas with the destination key",
}
"""What happens at each hop, in words."""


@dataclass(frozen=True, slots=True)
class Because:
    """One reason for a decision: a sentence, and the deciding statement as it was written, None where none decided.

    `policies` are the names of the policies concerned, `kind` says what they are.
    """

    text: str
    kind: str
    policies: tuple[str, ...]
    statement: Value


@dataclass(frozen=True, slots=True)
class Step:
    """One request, decided. `verdict` is the evaluator's; `state` is `met`, `open` or `missed`.

    `resource` is what the request is for, `on` all that the answer is about (for keys: the encryption context).
    `principal` is who asks. `advice` says what to do, and is empty where the demand is met.
    """

    action: str
    resource: str
    on: str
    principal: str
    grade: str
    effect: str
    state: str
    verdict: str
    because: tuple[Because, ...]
    advice: tuple[Advice, ...] = ()


@dataclass(frozen=True, slots=True)
class HopStory:
    """One hop of a link: what happens there, its requests, its faults, and what was not seen of it."""

    hop: Hop
    title: str
    steps: tuple[Step, ...]
    faults: tuple[Fault, ...]
    doubts: tuple[Doubt, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """A link explained. `hops` are in the order of the way, without those at which nothing happens."""

    link: Link
    verdict: str
    failure_reasons: tuple[str, ...]
    hops: tuple[HopStory, ...]


def explain_links(estate: Estate, name: str) -> tuple[Explanation, ...]:
    """Explain every link of that name, or of the bucket (source or destination) of that name.

    Looks at replication rules only: a copy that the estate file asks for and no rule makes has no hops.
    """
    view = View.of(estate)
    return tuple(explain(view, link) for link in all_links(view) if _is_named(link, name))


def explain(view: View, link: Link) -> Explanation:
    """Explain one link."""
    found = examine(view, link)
    stories = (_story(found, hop) for hop in Hop)
    told = tuple(story for story in stories if story.steps or story.faults or story.doubts)
    return Explanation(link, str(found.verdict), tuple(found.failure_reasons), told)


def _is_named(link: Link, name: str) -> bool:
    return name in (link.id, link.source.name, link.ends.destination.name)


def _story(found: Examination, hop: Hop) -> HopStory:
    steps = [_step(found, outcome) for outcome in found.outcomes if outcome.demand.hop is hop]
    steps += [_without_role(short) for short in found.missing if short.outcome is None and short.demand.hop is hop]
    # What a request leaves open is told with the request.
    asked = {(outcome.demand.hop, outcome.demand.action) for outcome in found.outcomes}
    doubts = tuple(doubt for doubt in found.doubts if doubt.hop is hop and (hop, doubt.about) not in asked)
    faults = tuple(fault for fault in found.faults if fault.hop is hop)
    return HopStory(hop, TITLES[hop], tuple(steps), faults, doubts)


def _step(found: Examination, outcome: Outcome) -> Step:
    demand, request, decision = outcome.demand, outcome.asked.request, outcome.asked.decision
    if isinstance(decision, Unseen):
        because: tuple[Because, ...] = (Because(decision.reason, "", (), None),)
    else:
        because = tuple(_because(reason, request.action) for reason in decision.because)
    if outcome.state is State.OPEN and demand.doubt is not None:
        because = (*because, Because(f"whether it is needed is not known: {demand.doubt.reason}", "", (), None))
    return Step(
        action=request.action,
        resource=outcome.resource,
        on=outcome.on,
        principal=request.principal,
        grade=str(demand.grade),
        effect=str(demand.effect),
        state=outcome.state.name.lower(),
        verdict=str(outcome.asked.verdict),
        because=because,
        advice=() if outcome.state is State.MET else tuple(advice_on(found, outcome)),
    )


def _because(reason: Reason, action: str) -> Because:
    statement = None if reason.statement is None else untranslated(reason.statement.source)
    return Because(describe(reason, action), reason.kind, reason.policies, statement)


def _without_role(short: Shortfall) -> Step:
    demand = short.demand
    advice = Advice("create the role, or name one that exists in the replication configuration")
    because = Because(short.decided_by, "", (), None)
    where = (demand.action, short.resource, short.resource)
    return Step(*where, "", str(demand.grade), str(demand.effect), "missed", "", (because,), (advice,))
