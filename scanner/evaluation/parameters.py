"""Parameters of rules: typed, with defaults, and overridden by the user's estate file.

A parameter is the one thing of a rule that a user may change without writing a rule, so a misspelt name or a wrong type
is an error and never silently the default.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from scanner.estate.paths import kind_of
from scanner.estate.unknown import Value


@dataclass(frozen=True, slots=True)
class Param:
    """A declared parameter. `type` is integer, number, string, boolean or list (of strings)."""

    name: str
    type: str
    default: Value
    description: str
    minimum: float | None = None
    maximum: float | None = None

    def problem(self, value: Value) -> str:
        """What is wrong with a value for this parameter; empty when nothing is."""
        if not _fits(self.type, value):
            return f"{kind_of(value)} where {_WORDS[self.type]} was expected"
        if self.minimum is not None and value < self.minimum:
            return f"{value} is less than {_plain(self.minimum)}"
        if self.maximum is not None and value > self.maximum:
            return f"{value} is more than {_plain(self.maximum)}"
        return ""

    @property
    def bounded(self) -> bool:
        """Whether a minimum or maximum is declared, which only numbers may have."""
        return self.minimum is not None or self.maximum is not None


def with_defaults(params: Mapping[str, Param], given: Mapping[str, Value]) -> Mapping[str, Value]:
    """Every parameter's value: the given one, or its default. The given ones must have been checked."""
    return {name: given.get(name, param.default) for name, param in params.items()}


_WORDS = {
    "integer": "a whole number",
    "number": "a number",
    "string": "text",
    "boolean": "true or false",
    "list": "a list of text",
}


def _fits(type_: str, value: Value) -> bool:
    match type_:
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "string":
            return isinstance(value, str)
        case "boolean":
            return isinstance(value, bool)
        case _:
            return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _plain(bound: float) -> str:
    return f"{bound:g}"
