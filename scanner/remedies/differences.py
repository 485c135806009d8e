"""What differs between an estate and the estate as it should be, property by property."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from scanner.estate.estate import Estate
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value
from scanner.remedies.step import CREATION, WHOLE, Target
from scanner.remedies.writes.table import write_of
from scanner.sources.completion import completed

_NOT_WRITTEN = frozenset({"Observed", "Derived"})


@dataclass(frozen=True, slots=True)
class Change:
    """A property of a resource from one value to another; None is absent. A new resource has a change `CREATION`."""

    target: Target
    property: str
    before: Value
    after: Value


def changes_between(before: Estate, after: Estate) -> Iterator[Change]:
    """Every change from one estate to the other, resource by resource. Nothing is ever taken away."""
    known = {resource.identity: resource for resource in before.resources}
    for resource in after.resources:
        was = known.get(resource.identity)
        if was is None:
            yield from _creation(resource)
        elif was is not resource:
            yield from _properties(Target.of(resource), was, resource)


def _creation(resource: Resource) -> Iterator[Change]:
    """The creation with what the creating call takes, then everything that AWS does not give it by itself.

    What AWS gives it and nobody can tell before is none of its own: there is nothing to lose.
    """
    target, write = Target.of(resource), write_of(resource.type, CREATION)
    takes = write.takes if write else ()
    taken = {name: resource.properties[name] for name in takes if resource.properties.get(name, False) is not False}
    yield Change(target, CREATION, None, taken)
    given = completed(replace(resource, properties=taken))
    given = replace(given, properties={**taken, **given.properties})  # a job is of no type that completion knows
    for change in _properties(target, given, resource):
        yield replace(change, before=None) if _has_unknown(change.before) else change


def _properties(target: Target, was: Resource, now: Resource) -> Iterator[Change]:
    if write_of(target.type, WHOLE):
        whole = Change(target, WHOLE, _written(was), _written(now))
        yield from (whole,) if whole.before != whole.after else ()
        return
    for name in dict.fromkeys((*was.properties, *now.properties)):
        before, after = was.properties.get(name), now.properties.get(name)
        if name not in _NOT_WRITTEN and before != after:
            yield Change(target, name, before, after)


def _has_unknown(value: Value) -> bool:
    match value:
        case dict():
            return any(map(_has_unknown, value.values()))
        case list() | tuple():
            return any(map(_has_unknown, value))
    return isinstance(value, Unknown)


def _written(resource: Resource) -> dict[str, Value]:
    return {name: value for name, value in resource.properties.items() if name not in _NOT_WRITTEN}
