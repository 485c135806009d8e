"""Declared properties cut down to a shape, and every value of the kind that the shape wants.

Templates hold more than drscan reads, and hold it loosely: numbers and truth values as text, policies as JSON text.
What is not of the kind that AWS asks for becomes Unknown: the deployment would stop there, so nothing follows from it.
"""

import math
from collections.abc import Callable, Mapping

from scanner.estate.paths import kind_of
from scanner.estate.schemas import Schema
from scanner.estate.unknown import Unknown, Value
from scanner.sources.aws.values import policy_document

SAYS_BY_BEING_THERE = frozenset(
    {
        *("Filter", "SimplePrefix", "PartitionedPrefix", "Values", "EventBridgeConfiguration"),
        *("VersioningConfiguration", "PublicAccessBlockConfiguration", "LoggingConfiguration"),
    }
)
"""Properties that mean something even when they are empty; every other empty object or list means nothing."""

_DERIVED = "Derived"
_MOST_DIGITS = 32


def conform(schema: Schema, value: Value, name: str = "") -> Value:
    """The value as the schema of a shape wants it; None where nothing of it is left.

    `name` is that of the property, for people. An `Unknown` stays where it is; what cannot be of the wanted kind
    becomes one. The inside of an open object (a policy document) is left alone.
    """
    if value is None or isinstance(value, Unknown):
        return value
    conformed = _KINDS.get(str(schema.get("type")), _as_it_is)(schema, value, name)
    if "enum" in schema and not isinstance(conformed, Unknown) and conformed not in schema["enum"]:
        return Unknown(f"{_short(conformed)} is none of the values that {name or 'it'} may have")
    return conformed


def _object(schema: Schema, value: Value, name: str) -> Value:
    if "properties" not in schema and "additionalProperties" not in schema:
        document = policy_document(value) if isinstance(value, Mapping | str) else _misfit(value, name, "an object")
        return dict(document) if isinstance(document, Mapping) else document
    if not isinstance(value, Mapping):
        return _misfit(value, name, "an object")
    members = _members(schema, value)
    return {key: item for key, item in members.items() if _says_something(key, item)}


def _members(schema: Schema, value: Mapping[str, Value]) -> dict[str, Value]:
    if "properties" not in schema:
        other = schema["additionalProperties"]
        inner: Schema = other if isinstance(other, Mapping) else {}
        return {str(key): conform(inner, item, str(key)) for key, item in value.items()}
    known = schema["properties"]
    return {key: conform(known[key], value[key], key) for key in known if key in value and key != _DERIVED}


def _says_something(name: str, value: Value) -> bool:
    return value is not None and ((value != {} and value != []) or name in SAYS_BY_BEING_THERE)


def _array(schema: Schema, value: Value, name: str) -> Value:
    if not isinstance(value, list | tuple):
        return _misfit(value, name, "a list")
    items: Schema = schema.get("items", {})
    conformed = (conform(items, item, name) for item in value)
    return [item for item in conformed if item is not None]


def _string(_schema: Schema, value: Value, name: str) -> Value:
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int():
            return str(value) if value.bit_length() < 64 else _misfit(value, name, "text")
        case float():
            return str(int(value)) if value.is_integer() else repr(value)
        case _:
            return _misfit(value, name, "text")


def _boolean(_schema: Schema, value: Value, name: str) -> Value:
    if isinstance(value, bool):
        return value
    told = {"true": True, "false": False}.get(value.lower()) if isinstance(value, str) else None
    return _misfit(value, name, "true or false") if told is None else told


def _integer(schema: Schema, value: Value, name: str) -> Value:
    number = _number(schema, value, name)
    if isinstance(number, float) and number.is_integer():
        return int(number)
    return number if isinstance(number, int | Unknown) else _misfit(value, name, "a whole number")


def _number(_schema: Schema, value: Value, name: str) -> Value:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    text = value.strip() if isinstance(value, str) and len(value) <= _MOST_DIGITS else ""
    if text.removeprefix("-").isdecimal():
        return int(text)
    try:
        number = float(text)
    except ValueError:
        return _misfit(value, name, "a number")
    return number if math.isfinite(number) else _misfit(value, name, "a number")


def _as_it_is(_schema: Schema, value: Value, _name: str) -> Value:
    return value


def _misfit(value: Value, name: str, wanted: str) -> Unknown:
    return Unknown(f"{kind_of(value)} where {wanted} was expected{f' for {name}' if name else ''}")


def _short(value: Value) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."


_KINDS: Mapping[str, Callable[[Schema, Value, str], Value]] = {
    "object": _object,
    "array": _array,
    "string": _string,
    "boolean": _boolean,
    "integer": _integer,
    "number": _number,
}
