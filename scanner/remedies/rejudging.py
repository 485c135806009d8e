"""Judging again what steps were for, as soon as they are done: a plan proves its fixes on paper, this in the accounts.

The estate that the rules need is read once, before the first step. After each step what was read back takes the place
of what was there, and the rules that the step serves are judged on that.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from scanner import audit
from scanner.audit import Question
from scanner.cycles import unsearched
from scanner.estate.estate import Estate
from scanner.estate.resource import Resource
from scanner.estate.unknown import Value
from scanner.estate.verdict import Verdict
from scanner.findings.assembly import coverage_of
from scanner.findings.finding import Finding
from scanner.remedies.applying import Done
from scanner.remedies.journal import Event, Journal
from scanner.remedies.state import Live, step_named
from scanner.remedies.step import CREATION, WHOLE, Plan, Step, Target

_Served = tuple[str, str]
_Identity = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Proof:
    """What a rule says now of a resource for which a step was done.

    `verdict` is None where the rule has nothing to judge any more. `needs` are the steps still to come that serve it.
    """

    rule: str
    resource: str
    verdict: Verdict | None
    needs: tuple[str, ...] = ()


def served_question(asked: Question, plan: Plan) -> Question:
    """The question narrowed to the rules that the plan serves, those of them that it knows."""
    ids = {rule for step in plan.steps for rule, _ in step.serves}
    return replace(asked, rules=tuple(rule for rule in asked.rules if rule.id in ids))


class Rejudging:
    """Follows an apply: the estate as it becomes, and what the served rules say of it."""

    def __init__(self, asked: Question, estate: Estate, journal: Journal, live: Live) -> None:
        """`estate` is as it was read just now, with all that `asked` needs; parts of the plan may be done already."""
        self._asked, self._estate, self._live = asked, estate, live
        self._plan = journal.plan
        self._about = _resources(asked, _rewound(estate, journal), self._plan)
        self._left = [step.id for step in self._plan.steps if journal.stands(step.id) is not Event.DONE]

    def after(self, done: Done) -> tuple[Proof, ...]:
        """What the rules that a step serves say now that it is done."""
        self._left = [id_ for id_ in self._left if id_ != done.step.id]
        self._estate = _with(self._estate, done, self._live, self._asked)
        return self._proofs(done.step.serves)

    def leave_out(self, step: Step) -> None:
        """Nothing is to wait for this step any more."""
        self._left = [id_ for id_ in self._left if id_ != step.id]

    def summary(self) -> tuple[Proof, ...]:
        """What the served rules say of everything that the plan is for."""
        return self._proofs(tuple(self._about))

    def _proofs(self, serves: Sequence[_Served]) -> tuple[Proof, ...]:
        known = [served for served in serves if served in self._about]
        if not known:
            return ()
        verdicts = _verdicts(self._asked, self._estate, {rule for rule, _ in known})
        return tuple(self._proof(served, verdicts) for served in dict.fromkeys(known))

    def _proof(self, served: _Served, verdicts: Mapping[_Identity, Verdict]) -> Proof:
        rule, resource = served[0], self._about[served]
        verdict = verdicts.get((rule, resource.identity))
        left = (step for step in self._plan.steps if step.id in self._left and served in step.serves)
        return Proof(rule, resource.name or resource.arn, verdict, tuple(step.id for step in left))


def _resources(asked: Question, before: Estate, plan: Plan) -> dict[_Served, Resource]:
    """What the findings that the plan serves are about."""
    served = {one for step in plan.steps for one in step.serves}
    failing = (one for one in _findings(asked, before) if one.verdict is Verdict.FAIL)
    return {(one.rule, one.fingerprint): one.resource for one in failing if (one.rule, one.fingerprint) in served}


def _verdicts(asked: Question, estate: Estate, rules: Collection[str]) -> dict[_Identity, Verdict]:
    narrowed = replace(asked, rules=tuple(rule for rule in asked.rules if rule.id in rules))
    return {(one.rule, one.resource.identity): one.verdict for one in _findings(narrowed, estate)}


def _findings(asked: Question, estate: Estate) -> Iterable[Finding]:
    if not asked.rules:
        return ()
    clock = audit.Clock()
    with unsearched():
        derived = audit.derived(asked, estate)
        return audit.judge_derived(asked, derived, lambda: clock.run("apply", estate), coverage_of(estate)).findings


def _rewound(estate: Estate, journal: Journal) -> Estate:
    """The estate as the plan found it, by what the journal says of the steps that were done or begun since."""
    made: set[str] = set()
    back: list[Resource] = []
    for step in reversed(journal.plan.steps):
        if journal.last(step.id) is None:
            continue
        target = step_named(step, journal.made).target
        found = _found(estate, target)
        if step.property == CREATION:
            made.add(_resource(target).identity)
        elif found is not None:
            earlier = next((one for one in back if one.identity == found.identity), found)
            back = [*(one for one in back if one is not earlier), _set(earlier, step.property, step.before)]
    kept = (one for one in estate.adding(back).resources if one.identity not in made)
    return replace(estate, resources=tuple(kept))


def _with(estate: Estate, done: Done, live: Live, asked: Question) -> Estate:
    """The estate with what was read back; of something new, with all that the rules look at."""
    target, read = done.step.target, done.resource
    if done.step.property == CREATION:
        names = tuple(_names(asked, target.type))
        fresh = live.read(replace(_resource(target), properties=done.now or {}), names)
        read = fresh if isinstance(fresh, Resource) else read
        return estate.adding([read]) if read is not None else estate
    found = _found(estate, target)
    if read is None or found is None:
        return estate
    observed = {**found.properties.get("Observed", {}), **read.properties.get("Observed", {})}
    merged = replace(
        found, properties={**found.properties, **read.properties, **({"Observed": observed} if observed else {})}
    )
    return estate.adding([_set(merged, done.step.property, done.now)])


def _resource(target: Target) -> Resource:
    return Resource(target.type, target.arn, target.account, target.region, target.name)


def _found(estate: Estate, target: Target) -> Resource | None:
    if target.arn:
        return estate.get(target.type, target.arn)
    identity = _resource(target).identity
    return next((one for one in estate.of_type(target.type) if one.identity == identity), None)


def _set(resource: Resource, name: str, value: Value) -> Resource:
    if name == WHOLE:
        observed = {key: part for key, part in resource.properties.items() if key == "Observed"}
        return replace(resource, properties={**(value or {}), **observed})
    kept = {key: part for key, part in resource.properties.items() if key != name}
    return replace(resource, properties=kept if value is None else {**kept, name: value})


def _names(asked: Question, type_: str) -> Iterator[str]:
    """The top-level properties of a type that the rules look at."""
    yield from dict.fromkeys(
        need.path.split(".")[0] for need in sorted(asked.needs) if need.type == type_ and need.path
    )
