"""JSON Schema, as much of it as drscan's own schemas use, compiled to closures.

Start-up has no time for a general validator (importing one takes longer than reading the whole rule pack), and people
deserve better sentences than it gives. A keyword outside the subset is an error when the schema is compiled, never
silently ignored; the tests hold the verdicts against the jsonschema package. One difference is meant: 1.0 is not a
whole number, for nobody writes it who means one.
"""

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from scanner.estate.paths import kind_of
from scanner.estate.unknown import UNKNOWN_KEY, Value

Schema: TypeAlias = Mapping[str, Any]
Place: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """Where a document breaks its schema (`place`), how (`message`), and what to write instead (`hint`, or empty)."""

    place: Place
    message: str
    hint: str = ""


Validator: TypeAlias = Callable[[Value, Place], Iterator[Problem]]
"""Yields the problems of a value that stands at a place; nothing when the value keeps to the schema."""


def compile_schema(schema: Schema, *, unknowns: bool = False) -> Validator:
    """Compile a schema. Raises ValueError for a keyword that is not supported.

    With `unknowns`, a `{"$unknown": reason}` is accepted at any place.
    """
    return _Compiler(schema, unknowns).compile(schema)


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


_TYPES: Mapping[str, Callable[[Value], bool]] = {
    "object": lambda value: isinstance(value, Mapping),
    "array": lambda value: isinstance(value, list | tuple),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "null": lambda value: value is None,
}
_WORDS = {
    "object": "an object",
    "array": "a list",
    "string": "text",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "null": "nothing",
}
_ANNOTATIONS = frozenset({"$schema", "$id", "$defs", "$comment", "title", "description", "default", "examples"})


class _Compiler:
    """Compiles the schemas of one document; `$ref` may point into its `$defs` only, and may be recursive."""

    def __init__(self, root: Schema, unknowns: bool) -> None:
        self._definitions: Mapping[str, Schema] = root.get("$defs", {})
        self._unknowns = unknowns
        self._compiled: dict[str, Validator] = {}

    def compile(self, schema: Schema) -> Validator:
        checks = [check for check in self._checks(schema) if check is not None]
        unknowns = self._unknowns

        def validate(value: Value, place: Place) -> Iterator[Problem]:
            if unknowns and isinstance(value, Mapping) and UNKNOWN_KEY in value:
                yield from _check_unknown(value, place)
                return
            for check in checks:
                found = False
                for problem in check(value, place):
                    found = True
                    yield problem
                if found and check is checks[0]:
                    return  # of the wrong type: nothing else said about it would help

        return validate

    def _checks(self, schema: Schema) -> Iterator[Validator | None]:
        unsupported = set(schema) - set(_KEYWORDS) - _ANNOTATIONS - _TOGETHER
        if unsupported:
            raise ValueError(f"schema keywords {sorted(unsupported)} are not supported")
        yield _check_type(schema)
        for keyword, operand in schema.items():
            if keyword in _SIMPLE:
                yield _SIMPLE[keyword](operand)
        if "$ref" in schema:
            yield self._reference(schema["$ref"])
        if not _TOGETHER.isdisjoint(schema):
            yield self._members(schema)
        if "items" in schema:
            yield _check_items(self.compile(schema["items"]))
        if "oneOf" in schema:
            title = schema.get("description", "what is described")
            yield _check_one_of([self.compile(option) for option in schema["oneOf"]], title)

    def _reference(self, reference: str) -> Validator:
        name = reference.removeprefix("#/$defs/")

        def validate(value: Value, place: Place) -> Iterator[Problem]:
            if name not in self._compiled:
                self._compiled[name] = self.compile(self._definitions[name])
            return self._compiled[name](value, place)

        return validate

    def _members(self, schema: Schema) -> Validator:
        members = {name: self.compile(member) for name, member in schema.get("properties", {}).items()}
        additional = schema.get("additionalProperties", True)
        others = self.compile(additional) if isinstance(additional, Mapping) else None
        names = schema.get("propertyNames")
        check_name = self.compile(names) if names is not None else None

        def validate(value: Value, place: Place) -> Iterator[Problem]:
            if not isinstance(value, Mapping):
                return
            for name, item in value.items():
                if check_name is not None:
                    yield from check_name(name, (*place, name))
                member = members.get(name, others)
                if member is not None:
                    yield from member(item, (*place, name))
                elif additional is False:
                    yield Problem((*place, name), f"unknown key {name!r}", expected_one_of(name, members))

        return validate


_TOGETHER = frozenset({"properties", "additionalProperties", "propertyNames"})


def _check_unknown(value: Mapping[str, Value], place: Place) -> Iterator[Problem]:
    if len(value) != 1 or not isinstance(value[UNKNOWN_KEY], str):
        yield Problem(place, f"{UNKNOWN_KEY} stands alone, with its reason as text")


def _check_type(schema: Schema) -> Validator | None:
    wanted = schema.get("type")
    if wanted is None:
        return None
    types = [wanted] if isinstance(wanted, str) else list(wanted)
    tests = [_TYPES[name] for name in types]
    words = " or ".join(_WORDS[name] for name in types)

    def validate(value: Value, place: Place) -> Iterator[Problem]:
        if not any(test(value) for test in tests):
            yield Problem(place, f"{kind_of(value)} where {words} was expected", _quoting_hint(value, types))

    return validate


def _quoting_hint(value: Value, types: list[str]) -> str:
    if "string" in types and isinstance(value, int | float) and not isinstance(value, bool):
        return "put it in quotes"
    if "boolean" in types and isinstance(value, str):
        return "write true or false, without quotes"
    return ""


def _check_enum(allowed: list[Value]) -> Validator:
    def validate(value: Value, place: Place) -> Iterator[Problem]:
        if not any(value == option and type(value) is type(option) for option in allowed):
            names = [str(option) for option in allowed]
            yield Problem(place, f"{_shown(value)} is not allowed here", expected_one_of(str(value), names))

    return validate


def _check_const(wanted: Value) -> Validator:
    def validate(value: Value, place: Place) -> Iterator[Problem]:
        if value != wanted or type(value) is not type(wanted):
            yield Problem(place, f"{_shown(value)} where {_shown(wanted)} was expected")

    return validate


def _check_pattern(pattern: str) -> Validator:
    compiled = re.compile(pattern)

    def validate(value: Value, place: Place) -> Iterator[Problem]:
        if isinstance(value, str) and not compiled.search(value):
            yield Problem(place, f"{_shown(value)} does not look as expected", f"expected to match {pattern}")

    return validate


def _check_required(names: list[str]) -> Validator:
    def validate(value: Value, place: Place) -> Iterator[Problem]:
        if isinstance(value, Mapping):
            for name in names:
                if name not in value:
                    yield Problem(place, f"the key {name!r} is missing")

    return validate


def _bound(kind: type, measure: Callable[[Value], float], smallest: bool, words: str) -> Callable[[float], Validator]:
    """A check of a size or number against a bound, for the keywords that come in minimum and maximum."""

    def keyword(bound: float) -> Validator:
        def validate(value: Value, place: Place) -> Iterator[Problem]:
            if not isinstance(value, kind) or isinstance(value, bool):
                return
            size = measure(value)
            if size < bound if smallest else size > bound:
                yield Problem(place, words.format(bound=bound, size=size))

        return validate

    return keyword


def _check_unique(wanted: bool) -> Validator:
    def validate(value: Value, place: Place) -> Iterator[Problem]:
        if wanted and isinstance(value, list):
            seen: set[str] = set()
            for index, item in enumerate(value):
                if repr(item) in seen:
                    yield Problem((*place, index), f"{_shown(item)} stands here twice")
                seen.add(repr(item))

    return validate


def _check_items(item: Validator) -> Validator:
    def validate(value: Value, place: Place) -> Iterator[Problem]:
        if isinstance(value, list | tuple):
            for index, element in enumerate(value):
                yield from item(element, (*place, index))

    return validate


def _check_one_of(options: list[Validator], description: str) -> Validator:
    def validate(value: Value, place: Place) -> Iterator[Problem]:
        fitting = sum(next(option(value, place), None) is None for option in options)
        if fitting != 1:
            yield Problem(place, f"is not {description}")

    return validate


def _shown(value: Value) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _number(value: Value) -> float:
    return value  # type: ignore[no-any-return]


_SIMPLE: Mapping[str, Callable[[Any], Validator]] = {
    "enum": _check_enum,
    "const": _check_const,
    "pattern": _check_pattern,
    "required": _check_required,
    "uniqueItems": _check_unique,
    "minimum": _bound((int, float), _number, True, "{size} is less than {bound}"),  # type: ignore[arg-type]
    "maximum": _bound((int, float), _number, False, "{size} is more than {bound}"),  # type: ignore[arg-type]
    "minLength": _bound(str, len, True, "is too short: at least {bound} characters"),
    "maxLength": _bound(str, len, False, "is too long: {size} characters, at most {bound}"),
    "minItems": _bound(list, len, True, "has too few entries: at least {bound}"),
    "maxItems": _bound(list, len, False, "has too many entries: {size}, at most {bound}"),
    "minProperties": _bound(dict, len, True, "has too few keys: at least {bound}"),
    "maxProperties": _bound(dict, len, False, "has too many keys: {size}, at most {bound}"),
}
_KEYWORDS = (*_SIMPLE, "type", "$ref", "items", "oneOf")
