"""What a step's property is now, in the account itself, and whether that is what it should be."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value
from scanner.remedies.sameness import holds, unknown_in
from scanner.remedies.step import CREATION, WHOLE, Plan, Step, Target
from scanner.remedies.writes.alerts import TOPIC, TOPIC_POLICY
from scanner.remedies.writes.table import write_of
from scanner.remedies.writing import Request
from scanner.sources.aws.tables import TYPES
from scanner.sources.declared import is_stand_in


class Live(Protocol):
    """The accounts that a plan changes.

    `pauses` are the seconds to wait, one after the other, for a change to be seen by whoever reads it back.
    """

    @property
    def pauses(self) -> tuple[float, ...]: ...  # noqa: D102

    def reach(self, account: str) -> None:
        """Get into the account. Raises `DrscanError` where there is no way into it."""
        ...

    def read(self, resource: Resource, names: tuple[str, ...]) -> Resource | Unknown | None:
        """A resource as it is now, with these properties; None where there is none; `Unknown` where nobody can tell."""
        ...

    def made_for(self, target: Target) -> str | None:
        """The ARN of what was made earlier for a target that is known by a stand-in only; None where nothing was.

        Raises `DrscanError` where nobody can tell.
        """
        ...

    def send(self, target: Target, request: Request) -> Mapping[str, str]:
        """Make the call; what it made, by stand-in. Raises `WriteError`."""
        ...


class WriteError(Exception):
    """A call that changes something came to nothing; the message says which and why.

    `code` is AWS's own for the error. `is_certain` says that AWS refused it: otherwise it may have had its effect, and
    only the answer was lost.
    """

    def __init__(self, message: str, *, code: str = "", is_certain: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.is_certain = is_certain


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look at a step's property found: its value (None: absent), and the resource as far as it was read.

    `resource` is None where there is no such thing at all.
    """

    value: Value
    resource: Resource | None

    @property
    def is_there(self) -> bool:
        """Whether the resource is there, with the property or without."""
        return self.resource is not None


def seen(live: Live, step: Step) -> Seen | Unknown:
    """The step's property as it is now; `Unknown` where all or a part of it cannot be told.

    Of a resource that is made, what counts are the properties that its making took.
    """
    after = step.after if isinstance(step.after, dict) else {}
    target = step.target
    resource = Resource(target.type, target.arn, target.account, target.region, target.name, after)
    found = live.read(resource, _names(step))
    if found is None:
        return Seen(None, None)
    if isinstance(found, Unknown):
        return found
    value = _value(step, found, after)
    return unknown_in(value) or Seen(value, found)


def state_of(live: Live, step: Step) -> Value:
    """The value of the step's property now (see `seen`): None where it, or the resource itself, is absent."""
    found = seen(live, step)
    return found if isinstance(found, Unknown) else found.value


def is_settled(step: Step, now: Value) -> bool:
    """Whether the step's property is what the step wanted; what AWS added by itself does not matter."""
    return holds(now, step.after)


def is_readable(step: Step) -> bool:
    """Whether the tables can read what the step changes; a job, once made, is only on record."""
    return step.target.type in TYPES


def parts_of_new(plan: Plan) -> frozenset[str]:
    """The ids of the steps that change what the plan itself makes, and what nobody can have found, therefore.

    So is the policy of a topic that the plan makes: no topic is ever without one.
    """
    made: set[Target] = set()
    parts = set()
    for step in plan.steps:
        topic = replace(step.target, type=TOPIC) if step.target.type == TOPIC_POLICY else step.target
        if made & {step.target, topic}:
            parts.add(step.id)
        elif step.property == CREATION:
            made.add(step.target)
    return frozenset(parts)


def named(value: Value, made: Mapping[str, str]) -> Value:
    """The value with every stand-in replaced by what it turned out to be, the longest ones first."""
    match value:
        case str():
            for stand_in in sorted(made, key=len, reverse=True):
                value = value.replace(stand_in, made[stand_in])
            return value
        case dict():
            return {named(key, made): named(member, made) for key, member in value.items()}
        case list():
            return [named(item, made) for item in value]
    return value


def step_named(step: Step, made: Mapping[str, str]) -> Step:
    """The step with every stand-in replaced by what it turned out to be."""
    if not made:
        return step
    target = replace(step.target, arn=named(step.target.arn, made), name=named(step.target.name, made))
    return replace(step, target=target, before=named(step.before, made), after=named(step.after, made))


def marked(step: Step, apply: str) -> Step:
    """The step with its own stand-ins made such as no other apply has: what it makes is found again by them."""
    own = {part for part in (step.target.arn, step.target.name) if is_stand_in(part)}
    return step_named(step, {part: part.replace("}", f".{apply}}}") for part in own})


def names_of(target: Target, arn: str) -> dict[str, str]:
    """What the stand-ins of a target turned out to be, by the ARN of what was made for it."""
    return {target.arn: arn, target.name: arn.rpartition("/")[2]}


def requests_between(step: Step, before: Value, after: Value) -> tuple[Request, ...]:
    """The calls that take the step's property from one value to another. Raises `CannotWriteError`."""
    write = write_of(step.target.type, step.property)
    assert write is not None, "a plan holds only what can be written"
    return write.requests(step.target, before, after)


def _names(step: Step) -> tuple[str, ...]:
    if step.property == WHOLE:
        return tuple(step.after or step.before)
    if step.property == CREATION:
        write = write_of(step.target.type, CREATION)
        return write.takes if write else ()
    return (step.property,)


def _value(step: Step, found: Resource, after: Mapping[str, Value]) -> Value:
    match step.property:
        case p if p == CREATION:
            return {name: found.properties[name] for name in after if name in found.properties}
        case p if p == WHOLE:
            return {name: value for name, value in found.properties.items() if name not in ("Observed", "Derived")}
    return found.properties.get(step.property)
