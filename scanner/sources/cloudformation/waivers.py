"""Waivers that a template carries itself, next to the resource whose failing is accepted.

`Metadata: {drscan: {waivers: [{rule, reason, owner, expires}]}}` of a resource. A waiver that nobody signed or that
never ends would hide things, so whatever is not exactly as it should be is an error with its line.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date

from scanner.estate.intent import Waiver
from scanner.estate.paths import kind_of
from scanner.estate.resource import Location
from scanner.estate.schemas import expected_one_of
from scanner.estate.unknown import Value
from scanner.sources.cloudformation.places import PlacePath
from scanner.sources.cloudformation.reading import Source

_KEYS = ("rule", "reason", "owner", "expires")
_RULE = re.compile(r"[a-z0-9][a-z0-9-]{0,99}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LONGEST = 2000


def waivers_at(source: Source, path: PlacePath, resource: str, location: Location) -> Iterator[Waiver]:
    """The waivers of the resource that is declared at a place; `resource` is its ARN, or its name where it has none.

    Raises `InvalidInputError` with file and line for a waiver that lacks something, or says too much.
    """
    for place, entry in _entries(source, (*path, "Metadata"), _value_at(source, (*path, "Metadata"))):
        rule, reason, owner = (_text(source, place, entry, key) for key in ("rule", "reason", "owner"))
        if not _RULE.fullmatch(rule):
            raise source.error((*place, "rule"), f"{rule[:60]!r} is not the id of a rule")
        yield Waiver(rule, resource, reason, owner, _expiry(source, place, entry), source.line_of(place), location)


def check_waivers(source: Source) -> None:
    """Raises `InvalidInputError` for any waiver that is not as it should be, in whatever case its resource exists."""
    metadata = source.value.get("Metadata")
    if isinstance(metadata, Mapping) and "drscan" in metadata:
        hint = "put it into the Metadata of the resource that it is for, or into the estate file"
        raise source.error(("Metadata", "drscan"), "a waiver cannot be for a whole template", hint=hint)
    for name in source.value.get("Resources", {}):
        for _ in waivers_at(source, ("Resources", name), name, Location(source.file, 1)):
            pass


def _entries(source: Source, above: PlacePath, metadata: Value) -> Iterator[tuple[PlacePath, Mapping[str, Value]]]:
    """The waivers under `drscan`: one by itself, a list of them, or either under `waivers`."""
    if not isinstance(metadata, Mapping) or "drscan" not in metadata:
        return
    place: PlacePath = (*above, "drscan")
    value = metadata["drscan"]
    if isinstance(value, Mapping) and "waivers" in value:
        others = [key for key in value if key != "waivers"]
        if others:
            raise source.error((*place, others[0]), f"unknown key {others[0][:60]!r}", hint="expected waivers")
        place, value = (*place, "waivers"), value["waivers"]
    listed = isinstance(value, list)
    for number, entry in enumerate(value if listed else [value]):
        where = (*place, number) if listed else place
        _check_keys(source, where, entry)
        yield where, entry


def _check_keys(source: Source, place: PlacePath, entry: Value) -> None:
    if not isinstance(entry, Mapping):
        expected = f"expected a mapping with the keys {', '.join(_KEYS)}"
        raise source.error(place, f"{kind_of(entry)} where a waiver belongs", hint=expected)
    for key in entry:
        if key not in _KEYS:
            raise source.error((*place, key), f"unknown key {key[:60]!r}", hint=expected_one_of(key, _KEYS))
    for key in _KEYS:
        if key not in entry:
            raise source.error(place, f"the waiver has no {key}")


def _text(source: Source, place: PlacePath, entry: Mapping[str, Value], key: str) -> str:
    value = entry[key]
    if not isinstance(value, str) or not value.strip():
        hint = "a waiver is plain text, without functions"
        raise source.error((*place, key), f"{kind_of(value)} where the waiver's {key} belongs", hint=hint)
    if len(value) > _LONGEST:
        raise source.error((*place, key), f"the waiver's {key} is longer than {_LONGEST} characters")
    return value.strip()


def _expiry(source: Source, place: PlacePath, entry: Mapping[str, Value]) -> date:
    written = _text(source, place, entry, "expires")
    try:
        # Of the notations of ISO 8601 that Python takes, this is the one that everybody reads.
        return date.fromisoformat(written if _DAY.fullmatch(written) else "")
    except ValueError:
        hint = "expected the last day on which it holds, as 2027-01-31"
        raise source.error((*place, "expires"), f"{written[:60]!r} is not a date", hint=hint) from None


def _value_at(source: Source, path: PlacePath) -> Value:
    value: Value = source.value
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value
