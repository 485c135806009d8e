"""Properties that several resources of Terraform declare, add to, set, or no longer set once they are destroyed.

Paths are names of properties, or `Observed.` and a name.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value
from scanner.sources.terraform.pieces import Part

_TELLING = ("PolicyName", "Id", "GrantId")
"""What tells the elements of such a list apart."""

_TWICE = Unknown("the plan declares it twice, and not alike")

_AFTERWARDS: Mapping[str, Value] = {
    "VersioningConfiguration": {"Status": "Suspended"},
    "ReplicationConfiguration": None,
    "LifecycleConfiguration": None,
    "LoggingConfiguration": None,
    "NotificationConfiguration": None,
}
"""What a bucket has once the resource that set it is destroyed: provider documentation, 2026-11."""


def flat(properties: Mapping[str, Value]) -> Iterator[tuple[str, Value]]:
    """Properties by path."""
    for name, value in properties.items():
        if name == "Observed" and isinstance(value, Mapping):
            yield from ((f"Observed.{inner}", found) for inner, found in value.items())
        else:
            yield name, value


def nested(values: Iterable[tuple[str, Value]]) -> dict[str, Value]:
    """Properties from values by path; those that are None are left out."""
    properties: dict[str, Value] = {}
    for path, value in values:
        above, _, name = path.rpartition(".")
        if value is not None:
            (properties.setdefault(above, {}) if above else properties)[name] = value
    return properties


def united(present: Value, more: Iterable[Value]) -> list[Value]:
    """A list with more elements; one that is called like another takes its place."""
    known = {_called(element): element for element in (*_elements(present), *more)}
    return list(known.values())


def each_once(resources: Iterable[Resource]) -> Iterable[Resource]:
    """The resources; of those that cannot be two (a bucket's name is taken once) one, with what they agree on."""
    found: dict[tuple[str, str, str], Resource] = {}
    for one in resources:
        key = one.identity, one.account, one.region
        other = found.get(key)
        found[key] = one if other is None else replace(other, properties=_agreed(other.properties, one.properties))
    return found.values()


def without(properties: Mapping[str, Value], part: Part) -> dict[str, Value]:
    """Properties as they were read, after a part of them was destroyed."""
    before = dict(flat(properties))
    after = {path: _left(before.get(path), value, path, part) for path, value in flat(part.properties)}
    return nested({**before, **after}.items())


def _agreed(one: Mapping[str, Value], other: Mapping[str, Value]) -> dict[str, Value]:
    return {name: one[name] if name in one and one[name] == other.get(name) else _TWICE for name in {**one, **other}}


def _left(present: Value, gone: Value, path: str, part: Part) -> Value:
    if part.adds:
        names = {_called(element) for element in _elements(gone)}
        return [element for element in _elements(present) if _called(element) not in names] or None
    if path in _AFTERWARDS:
        return _AFTERWARDS[path]
    return Unknown(f"{part.planned.address} is destroyed, and what holds afterwards is not known")


def _elements(value: Value) -> list[Value]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _called(element: Value) -> object:
    if isinstance(element, Mapping):
        named = next((element[key] for key in _TELLING if isinstance(element.get(key), str)), None)
        return id(element) if named is None else ("named", named)
    return element if isinstance(element, str | Unknown) else id(element)
