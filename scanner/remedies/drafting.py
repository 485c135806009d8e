"""How remedies of several steps are put together: each step takes a situation to the next one.

A step that must not be taken raises, from however deep, and the remedy then proposes nothing but the reason.
"""

from collections.abc import Callable
from typing import TypeAlias

from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value
from scanner.findings.finding import Finding
from scanner.remedies.proposals import Proposal, Propose, Situation


class CannotError(Exception):
    """A remedy must not go on: something is not known, or somebody has to decide. The message names the next step."""


Edit: TypeAlias = Callable[[Situation, Finding], Situation]
"""What a remedy does to the situation. Raises `CannotError`."""


def proposing(edit: Edit) -> Propose:
    """The remedy's function that an edit makes: it proposes whatever resources the edit changed or added."""

    def propose(situation: Situation, finding: Finding) -> Proposal:
        try:
            after = edit(situation, finding)
        except CannotError as error:
            return Proposal(cannot=str(error))
        return Proposal(_differing(situation, after))

    return propose


def changed(situation: Situation, *resources: Resource) -> Situation:
    """The situation with these resources as they are given."""
    return situation.having(Proposal(resources)) if resources else situation


def known(value: Value, what: str) -> Value:
    """The value. Raises `CannotError` where it is, or has anywhere in it, something that was not seen."""
    left = [value]
    while left:
        match left.pop():
            case Unknown(reason=reason):
                raise CannotError(f"{what} is not known: {reason}")
            case dict() as members:
                left.extend(members.values())
            case list() | tuple() as items:
                left.extend(items)
    return value


def with_list(resource: Resource, name: str, items: list[Value]) -> Resource:
    """The resource with a list as its property; an empty one is absent, as whoever reads accounts has it."""
    if items:
        return resource.with_properties(**{name: items})
    kept = {key: value for key, value in resource.properties.items() if key != name}
    return Resource(resource.type, resource.arn, resource.account, resource.region, resource.name, kept)


def _differing(before: Situation, after: Situation) -> tuple[Resource, ...]:
    """What is in the later situation and not in the earlier one. New resources always come last."""
    had, has = before.working.resources, after.working.resources
    same = zip(had, has, strict=False)
    return (*(now for was, now in same if was is not now), *has[len(had) :])
