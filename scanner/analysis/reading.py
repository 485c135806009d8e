"""Reading properties that may be absent, not known, or (in a snapshot that someone edited) not what they should be.

The last is treated as not known: an analysis never guesses, and never falls over a value of the wrong type.
"""

from collections.abc import Mapping
from functools import cache

from scanner.estate.unknown import Unknown, Value


def at(value: Value, path: str) -> Value:
    """The value at a dotted path: None where it is absent, the `Unknown` where the way to it is not known."""
    for step in _steps(path):
        if value is None or isinstance(value, Unknown):
            return value
        if not isinstance(value, dict | Mapping):
            return Unknown(f"{step} was looked for in something that has no properties")
        value = value.get(step)
    return value


def elements(value: Value) -> list[Value]:
    """The elements of a list that may be absent (none) or not known (one element, which is that `Unknown`)."""
    match value:
        case None:
            return []
        case Unknown():
            return [value]
        case list() | tuple():
            return list(value)
        case _:
            return [Unknown("a list was expected here")]


def text(value: Value, path: str) -> str | Unknown | None:
    """The string at a dotted path; None where absent."""
    found = at(value, path)
    if found is None or isinstance(found, str | Unknown):
        return found
    return Unknown(f"{path} is not a string")


def number(value: Value, path: str) -> int | float | Unknown | None:
    """The number at a dotted path; None where absent."""
    found = at(value, path)
    if found is None or isinstance(found, Unknown):
        return found
    if isinstance(found, int | float) and not isinstance(found, bool):
        return found
    return Unknown(f"{path} is not a number")


def flag(value: Value, path: str) -> bool | Unknown:
    """The boolean at a dotted path; False where absent, for that is what AWS means by leaving one out."""
    found = at(value, path)
    if found is None:
        return False
    return found if isinstance(found, bool | Unknown) else Unknown(f"{path} is not a boolean")


@cache
def _steps(path: str) -> tuple[str, ...]:
    return tuple(path.split("."))


def present(**facts: Value) -> dict[str, Value]:
    """The facts that are not None: what is absent must be absent from a resource, not null."""
    return {name: value for name, value in facts.items() if value is not None}
