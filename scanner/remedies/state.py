"""What a step's property is now, in the account itself, and whether that is what it should be."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value, to_json
from scanner.remedies.step import CREATION, WHOLE, Step, Target
from scanner.remedies.writes.table import write_of
from scanner.remedies.writing import Request
from scanner.sources.aws.tables import TYPES


class Live(Protocol):
    """The accounts that a plan changes.

    `pauses` are the seconds to wait, one after the other, for a change to be seen by whoever reads it back.
    """

    @property
    def pauses(self) -> tuple[float, ...]: ...  # noqa: D102

    def read(self, resource: Resource, names: tuple[str, ...]) -> Resource | Unknown | None:
        """A resource as it is now, with these properties; None where there is none; `Unknown` where nobody can tell."""
        ...

    def made_for(self, target: Target) -> str | None:
        """The ARN of what was made earlier for a target that is known by a stand-in only; None where nothing was."""
        ...

    def send(self, target: Target, request: Request) -> Mapping[str, str]:
        """Make the call; what it made, by stand-in. Raises `WriteError`."""
        ...


class WriteError(Exception):
    """A call that changes something was refused or failed; the message says which and why."""


def state_of(live: Live, step: Step) -> Value:
    """The value of the step's property now: None where it, or the resource itself, is absent.

    Of a resource that is made, what counts are the properties that its making took.
    """
    after = step.after if isinstance(step.after, dict) else {}
    target = step.target
    resource = Resource(target.type, target.arn, target.account, target.region, target.name, after)
    found = live.read(resource, _names(step))
    if found is None or isinstance(found, Unknown):
        return found
    match step.property:
        case p if p == CREATION:
            return {name: found.properties[name] for name in after if name in found.properties}
        case p if p == WHOLE:
            return {name: value for name, value in found.properties.items() if name not in ("Observed", "Derived")}
    return found.properties.get(step.property)


def is_settled(step: Step, now: Value) -> bool:
    """Whether the step's property is what the step wanted; what AWS added by itself does not matter."""
    return _holds(now, step.after)


def is_readable(step: Step) -> bool:
    """Whether the tables can read what the step changes; a job, once made, is only on record."""
    return step.target.type in TYPES


def is_same(now: Value, then: Value) -> bool:
    """Whether a property is exactly what it was.

    The order of a list is AWS's own: services give back policies, dimensions and rules in another one than they took.
    Forms of one policy that mean the same letter by letter are one.
    """
    return bool(_plain(now) == _plain(then))


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


def _names(step: Step) -> tuple[str, ...]:
    if step.property == WHOLE:
        return tuple(step.after or step.before)
    if step.property == CREATION:
        write = write_of(step.target.type, CREATION)
        return write.takes if write else ()
    return (step.property,)


def _holds(now: Value, wanted: Value) -> bool:
    """Whether everything wanted is there; of a list each element, and no other."""
    now, wanted = _plain(now), _plain(wanted)
    if isinstance(wanted, dict) and isinstance(now, dict):
        return all(name in now and _holds(now[name], value) for name, value in wanted.items())
    if isinstance(wanted, list) and isinstance(now, list):
        return len(now) == len(wanted) and _all_held(list(now), wanted)
    return bool(now == wanted)


def _all_held(now: list[Value], wanted: list[Value]) -> bool:
    """Whether each wanted element has one of its own, in whatever order."""
    for one in wanted:
        place = next((at for at, found in enumerate(now) if _holds(found, one)), None)
        if place is None:
            return False
        del now[place]
    return True


def _plain(value: Value) -> Value:
    """One form for what may be written in several: a list of one is the one, and no list has an order.

    A block that blocks nothing is none: S3 never forgets that there was one.
    """
    match value:
        case list() if len(value) == 1:
            return _plain(value[0])
        case list():
            return sorted((_plain(item) for item in value), key=lambda item: json.dumps(to_json(item), sort_keys=True))
        case dict():
            return {name: _plain(member) for name, member in value.items() if (name, member) != _BLOCKS_NOTHING}
    return value


_BLOCKS_NOTHING = ("BlockedEncryptionTypes", {"EncryptionType": ["NONE"]})
