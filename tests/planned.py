"""Plans of remedies, done on the estate itself: what every step says becomes so, as AWS would have it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from scanner import audit
from scanner.estate.estate import Estate
from scanner.estate.intent import Intent
from scanner.estate.resource import Resource
from scanner.evaluation.pack import RulePack, builtin_directory, load_pack
from scanner.findings.assembly import coverage_of
from scanner.findings.scan import Scan
from scanner.remedies.planning import plan
from scanner.remedies.proposals import Choices
from scanner.remedies.step import CREATION, WHOLE, Plan, Step
from scanner.remedies.table import REMEDIES
from scanner.sources.completion import completed


@dataclass(frozen=True)
class Planned:
    """A plan, the estate that it makes, and what the same rules say of that."""

    asked: audit.Question
    choices: Choices
    before: Scan
    plan: Plan
    estate: Estate
    after: Scan

    @property
    def again(self) -> Plan:
        """The plan for what the first one leaves."""
        return made(self.asked, self.estate, self.choices)

    def verdicts(self, rule: str) -> list[str]:
        """What a rule says after the plan, of each resource."""
        return [str(one.verdict) for one in self.after.findings if one.rule == rule]

    def fails(self) -> set[str]:
        """The rules that still fail."""
        return {one.rule for one in self.after.findings if str(one.verdict) == "FAIL"}

    def why(self) -> str:
        """Why what is left is left."""
        return "\n".join(one.why for one in self.plan.unfixed)

    def step(self, type_: str, property_: str, name: str = "") -> Step:
        """The only step that changes this property (of the resource of that name)."""
        (found,) = (
            one
            for one in self.plan.steps
            if (one.target.type, one.property) == (type_, property_) and name in ("", one.target.name)
        )
        return found


def planned(estate: Estate, intent: Intent, rules: Collection[str], choices: Choices | None = None) -> Planned:
    """The plan for these rules, done."""
    choices = choices or Choices()
    asked = audit.Question(pack(), tuple(rule for rule in pack().rules if rule.id in rules), intent)
    assert len(asked.rules) == len(set(rules)), "every rule exists"
    found = made(asked, estate, choices)
    done = doing(estate, found.steps)
    return Planned(asked, choices, judged(asked, estate), found, done, judged(asked, done))


def made(asked: audit.Question, estate: Estate, choices: Choices) -> Plan:
    return plan(asked, estate, choices, REMEDIES, source="a test", clock=audit.Clock())


def judged(asked: audit.Question, estate: Estate) -> Scan:
    clock = audit.Clock()
    derived = audit.derived(asked, estate)
    return audit.judge_derived(asked, derived, lambda: clock.run("test", estate), coverage_of(estate))


@cache
def pack() -> RulePack:
    """The built-in rules."""
    return load_pack(builtin_directory(), examples=False)


def remedied(*kinds: str) -> frozenset[str]:
    """The rules about these kinds of resources that have a remedy."""
    return frozenset(rule.id for rule in pack().rules if rule.remedy and rule.kind in kinds)


def doing(estate: Estate, steps: Iterable[Step]) -> Estate:
    """The estate after all steps, with nothing of the plan but what the steps say."""
    for step in steps:
        estate = estate.adding([_done(estate, step)])
    return estate


def _done(estate: Estate, step: Step) -> Resource:
    target = step.target
    fresh = Resource(target.type, target.arn, target.account, target.region, target.name)
    if step.property == CREATION:
        return completed(replace(fresh, properties=step.after))
    was = next(one for one in estate.resources if one.identity == fresh.identity)
    if step.property == WHOLE:
        return replace(was, properties=step.after)
    properties: Mapping[str, Any] = {**was.properties, step.property: step.after}
    return replace(was, properties={name: value for name, value in properties.items() if value is not None})
