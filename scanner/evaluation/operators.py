"""The operators of leaves, on three-valued values.

Each base operator is a pure function of a value that is there and an operand; negations swap true and false. What is
absent has its own, fixed answer. A value of a kind that the operator cannot judge is Unknown, not false: a number given
as text must not look like a failed comparison.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from scanner.estate.paths import kind_of
from scanner.estate.unknown import Unknown, Value
from scanner.evaluation.comparison import among, elements, same
from scanner.evaluation.patterns import MAX_TEXT, Pattern
from scanner.evaluation.truth import FALSE, TRUE, UNKNOWN

Test: TypeAlias = Callable[[Value, Value], int]


@dataclass(frozen=True, slots=True)
class Operator:
    """How a leaf compares.

    `test` takes a known, present value and the operand (which may be Unknown, or None where absent). `absent` is the
    truth for an absent value. `words` and `opposite` are for people. `kinds` are the JSON Schema types of values it
    can judge, empty for all; `operand` says what may stand in the rule: scalar, list, number, flag or pattern.
    """

    test: Test
    absent: int
    words: str
    opposite: str
    kinds: frozenset[str]
    operand: str


def malformed(value: Value, types: Sequence[str]) -> Unknown | None:
    """An Unknown that says so when a value is of none of these types; None when it is, or when any type will do."""
    if not types or any(_IS[name](value) for name in types):
        return None
    words = " or ".join(dict.fromkeys(_WORDS[name] for name in types))
    return Unknown(f"malformed: {kind_of(value)} where {words} was expected")


def first_unknown(value: Value) -> Unknown | None:
    """The first Unknown in a value, itself included; what made a comparison with it undecidable."""
    if isinstance(value, Unknown):
        return value
    if isinstance(value, Mapping):
        return next((found for item in value.values() if (found := first_unknown(item))), None)
    if isinstance(value, list | tuple):
        return next((found for item in value if (found := first_unknown(item))), None)
    return None


def in_words(operator: str, operand: str, opposite: bool) -> str:
    """What a leaf asks for, for people; `opposite` when it stands under a `not`. `operand` is already in words."""
    known = OPERATORS[operator]
    words = known.opposite if opposite else known.words
    if known.operand == "flag":
        return words if operand == "true" else known.words if opposite else known.opposite
    return f"{words} {operand}"


def shown(value: Value) -> str:
    """A value as a rule would write it, cut to a readable length."""
    if isinstance(value, Unknown):
        return "unknown"
    text = json.dumps(value, ensure_ascii=False, default=lambda item: "unknown") if value is not None else "absent"
    return text if len(text) <= 200 else f"{text[:197]}..."


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_IS: Mapping[str, Callable[[Value], bool]] = {
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": _is_number,
    "number": _is_number,
    "array": lambda value: isinstance(value, list | tuple),
    "object": lambda value: isinstance(value, Mapping),
}
_WORDS = {
    "string": "text",
    "boolean": "true or false",
    "integer": "a number",
    "number": "a number",
    "array": "a list",
    "object": "an object",
}


def _equals(value: Value, operand: Value) -> int:
    return FALSE if operand is None else same(value, operand)


def _in(value: Value, operand: Value) -> int:
    if operand is None:
        return FALSE
    if not isinstance(operand, list | tuple):
        return UNKNOWN
    return among(value, operand)


def _exists(_value: Value, operand: Value) -> int:
    return TRUE if operand else FALSE


def _compared(value: Value, operand: Value, wanted: Callable[[float, float], bool]) -> int:
    if operand is None:
        return FALSE
    if not _is_number(operand):
        return UNKNOWN
    return TRUE if wanted(value, operand) else FALSE


def _at_least(value: Value, operand: Value) -> int:
    return _compared(value, operand, lambda left, right: left >= right)


def _at_most(value: Value, operand: Value) -> int:
    return _compared(value, operand, lambda left, right: left <= right)


def _matches(value: Value, operand: Value) -> int:
    if len(value) > MAX_TEXT:
        return UNKNOWN
    assert isinstance(operand, Pattern)
    return TRUE if operand.matches(value) else FALSE


def _contains(value: Value, operand: Value) -> int:
    if operand is None:
        return FALSE
    if isinstance(value, str):
        return (TRUE if operand in value else FALSE) if isinstance(operand, str) else UNKNOWN
    return among(operand, elements(value))


def _subset_of(value: Value, operand: Value) -> int:
    """An element that is Unknown may turn out to be absent, so it cannot make a subset fail for sure."""
    present = elements(value)
    if present and not (operand is None or isinstance(operand, list | tuple)):
        return UNKNOWN
    truth = TRUE
    for element in present:
        if isinstance(element, Unknown):
            truth |= FALSE
        elif (found := among(element, elements(operand or ()))) == FALSE:
            return FALSE
        else:
            truth |= found
    return truth


def _empty(value: Value, operand: Value) -> int:
    members: Sequence[Value] = list(value.values()) if isinstance(value, Mapping) else value
    present = elements(members)
    if not present:
        truth = TRUE
    elif all(isinstance(member, Unknown) for member in present):
        return UNKNOWN
    else:
        truth = FALSE
    return truth if operand else TRUE + FALSE - truth


def _negated(test: Test) -> Test:
    def negated(value: Value, operand: Value) -> int:
        truth = test(value, operand)
        return truth if truth == UNKNOWN else TRUE + FALSE - truth

    return negated


_SCALARS = frozenset({"string", "boolean", "integer", "number"})
_NUMBERS = frozenset({"integer", "number"})
_TEXT = frozenset({"string"})
_LISTS = frozenset({"array"})
_ANY: frozenset[str] = frozenset()

_BASE = {
    "equals": Operator(_equals, FALSE, "equals", "does not equal", _SCALARS | {"object"}, "scalar"),
    "in": Operator(_in, FALSE, "is one of", "is none of", _SCALARS, "list"),
    "exists": Operator(_exists, FALSE, "exists", "is absent", _ANY, "flag"),
    "at_least": Operator(_at_least, FALSE, "is at least", "is less than", _NUMBERS, "number"),
    "at_most": Operator(_at_most, FALSE, "is at most", "is more than", _NUMBERS, "number"),
    "matches": Operator(_matches, FALSE, "matches", "does not match", _TEXT, "pattern"),
    "contains": Operator(_contains, FALSE, "contains", "does not contain", _LISTS | _TEXT, "scalar"),
    "subset_of": Operator(_subset_of, FALSE, "is a subset of", "is no subset of", _LISTS, "list"),
    "empty": Operator(_empty, TRUE, "is empty", "is not empty", _LISTS | _TEXT | {"object"}, "flag"),
}


def _opposite(base: Operator) -> Operator:
    absent = TRUE + FALSE - base.absent
    return Operator(_negated(base.test), absent, base.opposite, base.words, base.kinds, base.operand)


_NEGATIONS = {
    "not_equals": "equals",
    "not_in": "in",
    "not_matches": "matches",
    "not_contains": "contains",
    "not_subset_of": "subset_of",
}

OPERATORS: Mapping[str, Operator] = {
    **_BASE,
    **{name: _opposite(_BASE[base]) for name, base in _NEGATIONS.items()},
}
"""Every operator of the rule language by its name."""
