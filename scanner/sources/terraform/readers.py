"""Readers: what takes one value of the one shape out of Terraform's attributes.

A table of types maps property names to readers, so that it reads like the provider's documentation. Terraform writes a
block as a list of one, a set as a list, and nothing at all as null, an empty text or an empty list. Whether a value is
of the kind that a property wants is settled when a resource is completed; blocks, which only Terraform has, are checked
here: a plan is somebody's file.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeAlias

from scanner.estate.unknown import Unknown, Value
from scanner.sources.aws.values import moment

Values: TypeAlias = Mapping[str, Value]
"""Attributes of a resource or of a block, by Terraform's names."""

Reader: TypeAlias = Callable[[Values], Value]
"""Gives a value in the one shape, Unknown where that is not known, None where there is none."""


def built(values: Values, fields: Mapping[str, Reader]) -> dict[str, Value]:
    """The properties that these readers find, without those that are not there."""
    found = ((name, read(values)) for name, read in fields.items())
    return {name: value for name, value in found if value is not None}


def plain(key: str, default: Value = None) -> Reader:
    """The attribute as it is: a text, a number, a list of texts, a policy document."""

    def read(values: Values) -> Value:
        value = values.get(key)
        return default if value is None or value == "" or value == [] else value

    return read


def kept(key: str, default: Value = None) -> Reader:
    """The attribute as it is where even an empty one means something."""

    def read(values: Values) -> Value:
        value = values.get(key)
        return default if value is None else value

    return read


def positive(key: str) -> Reader:
    """A number of which 0 means that there is none."""

    def read(values: Values) -> Value:
        value = values.get(key)
        return None if value in ("", "0", 0) else value

    return read


def date(key: str) -> Reader:
    """A day or a moment in ISO 8601, as `2027-01-31T00:00:00Z`."""

    def read(values: Values) -> Value:
        value = plain(key)(values)
        if value is None or isinstance(value, Unknown):
            return value
        try:
            return moment(datetime.fromisoformat(value))
        except (TypeError, ValueError, OverflowError):
            return _wrong(key, "a date")

    return read


def status(key: str, on: str = "Enabled", off: str | None = "Disabled") -> Reader:
    """A boolean that AWS calls a status; False where it is absent."""

    def read(values: Values) -> Value:
        match values.get(key):
            case True:
                return on
            case False | None:
                return off
            case Unknown() as unknown:
                return unknown
            case _:
                return _wrong(key, "a boolean")

    return read


def pairs(key: str, name: str = "Key", content: str = "Value") -> Reader:
    """A map as the list of its pairs, in the order of the names."""
    return lambda values: _pairs(key, values.get(key), name, content)


def tags(values: Values) -> Value:
    """The tags, with those that the provider configuration adds to every resource where the plan shows them."""
    every = values.get("tags_all")
    return _pairs("tags", every if isinstance(every, Mapping) else values.get("tags"), "Key", "Value")


def block(key: str, **fields: Reader) -> Reader:
    """One nested block; `{}` for one without anything in it."""
    return inside(key, lambda inner: built(inner, fields))


def blocks(key: str, **fields: Reader) -> Reader:
    """Nested blocks in their order."""
    return each(key, lambda inner: built(inner, fields))


def inside(key: str, read: Reader) -> Reader:
    """What the reader finds in a nested block; None without the block."""

    def found(values: Values) -> Value:
        inner = first(values, key)
        return inner if inner is None or isinstance(inner, Unknown) else read(inner)

    return found


def each(key: str, read: Reader) -> Reader:
    """What the reader finds in each nested block that it finds something in; None without any."""
    return lambda values: _each(key, values.get(key), read)


def wrapped(**fields: Reader) -> Reader:
    """Attributes that AWS keeps in an object of their own; None where none of them is there."""
    return lambda values: built(values, fields) or None


def always(value: Value) -> Reader:
    """A value that is the same for all resources of a type."""
    return lambda _values: value


def first(values: Values, key: str) -> Values | Unknown | None:
    """The attributes of the only block under that name, `{}` for a block without any; None where there is none."""
    value = values.get(key)
    if isinstance(value, list | tuple):
        if not value:
            return None
        value = {} if value[0] is None else value[0]
    return value if value is None or isinstance(value, Mapping | Unknown) else _wrong(key, "a block")


def known_text(value: Value) -> str:
    """The text, or an empty one for what is not there, not known, or no text."""
    return value if isinstance(value, str) else ""


def _each(key: str, value: Value, read: Reader) -> Value:
    if value is None or isinstance(value, Unknown):
        return value
    if not isinstance(value, list | tuple):
        return _wrong(key, "a list of blocks")
    found = (_entry(key, entry, read) for entry in value)
    return [entry for entry in found if entry is not None] or None


def _entry(key: str, entry: Value, read: Reader) -> Value:
    match entry:
        case None:
            return read({})
        case Unknown():
            return entry
        case Mapping():
            return read(entry)
        case _:
            return _wrong(key, "a block")


def _pairs(key: str, value: Value, name: str, content: str) -> Value:
    if value is None or isinstance(value, Unknown):
        return value
    if not isinstance(value, Mapping):
        return _wrong(key, "a map")
    return [{name: one, content: value[one]} for one in sorted(value, key=str) if value[one] is not None] or None


def _wrong(key: str, wanted: str) -> Unknown:
    return Unknown(f"{key} is not {wanted}")
