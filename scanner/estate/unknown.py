"""Unknown is a value.

A refused call, an unresolved parameter or an account that was not scanned leaves an `Unknown` at the very place where
the value would stand. Everything downstream has to deal with it; nothing may take it for absent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

Value: TypeAlias = Any
"""What a property may hold: JSON (dict, list, str, int, float, bool, None) with an `Unknown` at any place."""

UNKNOWN_KEY = "$unknown"


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that exists or not, we cannot tell; `reason` names the operation, the error and the IAM action needed."""

    reason: str


def from_json(value: Value) -> Value:
    """The value with every `{"$unknown": reason}` turned into an `Unknown`."""
    if isinstance(value, dict):
        if len(value) == 1 and isinstance(value.get(UNKNOWN_KEY), str):
            return Unknown(value[UNKNOWN_KEY])
        return {key: from_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [from_json(item) for item in value]
    return value


def to_json(value: Value) -> Value:
    """The value with every `Unknown` turned into `{"$unknown": reason}`: the inverse of `from_json`."""
    if isinstance(value, Unknown):
        return {UNKNOWN_KEY: value.reason}
    if isinstance(value, Mapping):
        return {key: to_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_json(item) for item in value]
    return value
