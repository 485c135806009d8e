"""JSON Schema, with sentences for people.

The jsonschema package judges; here each of its errors becomes plain words with the place and, where a name is nearly
right, what was probably meant. Importing it takes longer than a short command does, so that waits for the first schema.
"""

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeAlias

from scanner.estate.paths import kind_of
from scanner.estate.unknown import UNKNOWN_KEY, Unknown, Value

if TYPE_CHECKING:
    from jsonschema import ValidationError
    from jsonschema.protocols import Validator as JsonValidator

Schema: TypeAlias = Mapping[str, Any]
Place: TypeAlias = tuple[str | int, ...]

MAX_PROBLEMS = 50
"""How many problems are told of one document; a hostile one could have a million."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Where a document breaks its schema (`place`), how (`message`), and what to write instead (`hint`, or empty)."""

    place: Place
    message: str
    hint: str = ""


Validator: TypeAlias = Callable[[Value, Place], Iterator[Problem]]
"""Yields the problems of a document that stands at a place, `MAX_PROBLEMS` at most; nothing when it keeps to it."""


def compile_schema(schema: Schema, *, unknowns: bool = False) -> Validator:
    """Compile a schema of draft 2020-12; compile once, for it takes longer than to validate.

    With `unknowns`, an `Unknown` or a `{"$unknown": reason}` is accepted at any place.
    """
    validator = _dialect()(schema)

    def problems(value: Value, place: Place) -> Iterator[Problem]:
        if unknowns:
            yield from _half_unknown(value, place)
        for error in validator.iter_errors(value):
            if not (unknowns and _is_about_unknown(error)):
                yield from _problems(error, place)

    return lambda value, place: islice(_distinct(problems(value, place)), MAX_PROBLEMS)


def nearest(word: str, known: Iterable[str]) -> str:
    """A hint such as `did you mean Status?` when a known word is close to a misspelt one; else empty."""
    by_lower = {name.lower(): name for name in known}
    close = difflib.get_close_matches(word.lower()[:80], list(by_lower), n=1, cutoff=0.6)
    return f"did you mean {by_lower[close[0]]}?" if close else ""


def expected_one_of(word: str, known: Iterable[str]) -> str:
    """A hint that names the nearest known word, or all of them when they are few, or nothing."""
    names = list(known)
    listed = f"expected one of {', '.join(names)}" if 0 < len(names) <= 12 else ""
    return nearest(word, names) or listed


@cache
def _dialect() -> "type[JsonValidator]":
    """Draft 2020-12 but for two things: 1.0 is no whole number, for nobody writes it who means one; and of a list that
    is too long nothing more is said, for looking for twins in a hostile one takes the square of its length.
    """
    from jsonschema import Draft202012Validator, validators

    def bounded(keyword: str) -> Callable[..., Iterable["ValidationError"] | None]:
        check = Draft202012Validator.VALIDATORS[keyword]

        def within(validator: Any, operand: Any, value: Value, schema: Schema) -> Iterable["ValidationError"] | None:
            too_long = isinstance(value, list) and len(value) > schema.get("maxItems", len(value))
            return () if too_long else check(validator, operand, value, schema)

        return within

    types = Draft202012Validator.TYPE_CHECKER.redefine(
        "integer", lambda _, value: isinstance(value, int) and not isinstance(value, bool)
    )
    keywords = {keyword: bounded(keyword) for keyword in ("items", "uniqueItems")}
    dialect: type[JsonValidator] = validators.extend(  # type: ignore[no-untyped-call]
        Draft202012Validator, keywords, type_checker=types
    )
    return dialect


def _distinct(problems: Iterable[Problem]) -> Iterator[Problem]:
    seen: set[Problem] = set()
    for problem in problems:
        if problem not in seen:
            seen.add(problem)
            yield problem


def _half_unknown(value: Value, place: Place) -> Iterator[Problem]:
    """The places where `$unknown` has company or no reason."""
    if isinstance(value, Mapping):
        if UNKNOWN_KEY in value and (len(value) != 1 or not isinstance(value[UNKNOWN_KEY], str)):
            yield Problem(place, f"{UNKNOWN_KEY} stands alone, with its reason as text")
        for name, item in value.items():
            yield from _half_unknown(item, (*place, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _half_unknown(item, (*place, index))


def _is_about_unknown(error: "ValidationError") -> bool:
    value = error.instance
    marked = isinstance(value, Unknown) or (isinstance(value, Mapping) and UNKNOWN_KEY in value)
    return marked or UNKNOWN_KEY in error.absolute_path


def _problems(error: "ValidationError", above: Place) -> Iterable[Problem]:
    """One error in words. Keywords that are in no table speak as jsonschema words them."""
    keyword = str(error.validator)
    operand: Any = error.validator_value
    value: Any = error.instance
    place = (*above, *error.absolute_path)
    if "propertyNames" in list(error.schema_path)[-2:]:
        place = (*place, value)
    if keyword in _SIZES:
        size = value if keyword in ("minimum", "maximum") else len(value)
        return [Problem(place, _SIZES[keyword].format(bound=operand, size=size))]
    if keyword in _WORDED:
        schema: Schema = error.schema  # type: ignore[assignment]  # true and false have no keywords
        return _WORDED[keyword](value, operand, schema, place)
    return [Problem(place, _cut(error.message))]


def _wrong_type(value: Value, operand: Any, _schema: Schema, place: Place) -> Iterator[Problem]:
    types = [operand] if isinstance(operand, str) else list(operand)
    words = " or ".join(_TYPES[name] for name in types)
    yield Problem(place, f"{kind_of(value)} where {words} was expected", _quoting_hint(value, types))


def _quoting_hint(value: Value, types: Sequence[str]) -> str:
    if "string" in types and isinstance(value, int | float) and not isinstance(value, bool):
        return "put it in quotes"
    if "boolean" in types and isinstance(value, str):
        return "write true or false, without quotes"
    return ""


def _not_allowed(value: Value, operand: Any, _schema: Schema, place: Place) -> Iterator[Problem]:
    hint = expected_one_of(str(value), [str(option) for option in operand])
    yield Problem(place, f"{_shown(value)} is not allowed here", hint)


def _not_the_one(value: Value, operand: Any, _schema: Schema, place: Place) -> Iterator[Problem]:
    yield Problem(place, f"{_shown(value)} where {_shown(operand)} was expected")


def _no_match(value: Value, operand: Any, _schema: Schema, place: Place) -> Iterator[Problem]:
    yield Problem(place, f"{_shown(value)} does not look as expected", f"expected to match {operand}")


def _missing(value: Value, operand: Any, _schema: Schema, place: Place) -> Iterator[Problem]:
    """All that are missing at once; jsonschema tells each, without its name but in prose."""
    return (Problem(place, f"the key {name!r} is missing") for name in operand if name not in value)


def _unknown_keys(value: Value, _operand: Any, schema: Schema, place: Place) -> Iterator[Problem]:
    known = schema.get("properties", {})
    for name in value:
        if name not in known:
            yield Problem((*place, name), f"unknown key {_shown(name)}", expected_one_of(name, known))


def _twice(value: Value, _operand: Any, _schema: Schema, place: Place) -> Iterator[Problem]:
    index = next(index for index, item in enumerate(value) if item in value[:index])
    yield Problem((*place, index), f"{_shown(value[index])} stands here twice")


def _not_as_described(_value: Value, _operand: Any, schema: Schema, place: Place) -> Iterator[Problem]:
    yield Problem(place, f"is not {schema.get('description', 'what is described')}")


_TYPES = {
    "object": "an object",
    "array": "a list",
    "string": "text",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "null": "nothing",
}
_SIZES = {
    "minimum": "{size} is less than {bound}",
    "maximum": "{size} is more than {bound}",
    "minLength": "is too short: at least {bound} characters",
    "maxLength": "is too long: {size} characters, at most {bound}",
    "minItems": "has too few entries: at least {bound}",
    "maxItems": "has too many entries: {size}, at most {bound}",
    "minProperties": "has too few keys: at least {bound}",
    "maxProperties": "has too many keys: {size}, at most {bound}",
}
_WORDED: Mapping[str, Callable[[Value, Any, Schema, Place], Iterator[Problem]]] = {
    "type": _wrong_type,
    "enum": _not_allowed,
    "const": _not_the_one,
    "pattern": _no_match,
    "required": _missing,
    "additionalProperties": _unknown_keys,
    "uniqueItems": _twice,
    "oneOf": _not_as_described,
    "anyOf": _not_as_described,
}


def _shown(value: Value) -> str:
    return _cut(repr(value))


def _cut(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."
