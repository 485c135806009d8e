"""What jsonschema finds is said in plain words, at its place, with what was probably meant, and not without end."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import rules
import scanner.estate
from scanner.estate.schemas import MAX_PROBLEMS, Problem, compile_schema, expected_one_of, nearest
from scanner.estate.unknown import Unknown

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["a"],
    "additionalProperties": False,
    "maxProperties": 3,
    "properties": {
        "a": {"type": ["string", "integer"], "minLength": 2, "maxLength": 3, "minimum": 1, "maximum": 5},
        "b": {"type": "array", "minItems": 1, "maxItems": 2, "uniqueItems": True, "items": {"type": "boolean"}},
        "c": {"$ref": "#/$defs/node"},
        "d": {"enum": ["x", 1, True, None]},
        "e": {"const": 1},
        "f": {"type": "object", "propertyNames": {"pattern": "^[ab]+$"}, "additionalProperties": {"type": "number"}},
        "g": {
            "oneOf": [{"type": "string"}, {"required": ["a"], "type": "object"}, {"required": ["b"], "type": "object"}]
        },
        "h": {"type": "string", "pattern": "^a+b$"},
        "i": {"type": "null"},
    },
    "$defs": {"node": {"type": "object", "minProperties": 1, "properties": {"c": {"$ref": "#/$defs/node"}}}},
}
VALIDATE = compile_schema(SCHEMA)
WORDS = st.sampled_from([*"abcdefghi", "x", "aab", "aabb"])
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(-1, 6), st.sampled_from([0.5, 2.5]), WORDS)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4), max_leaves=8
)


@given(st.one_of(VALUES, st.dictionaries(WORDS, VALUES, max_size=3).map(lambda members: {"a": 2, **members})))
def test_whatever_jsonschema_finds_is_said(value: Any) -> None:
    said = list(VALIDATE(value, ()))
    assert (said == []) == Draft202012Validator(SCHEMA).is_valid(value), said
    assert len(said) == len(set(said))


@pytest.mark.parametrize(
    ("schema", "value", "message", "hint"),
    [
        ({"type": "string"}, 5, "a number where text was expected", "put it in quotes"),
        ({"type": "boolean"}, "yes", "text where true or false was expected", "write true or false, without quotes"),
        ({"type": "array"}, {}, "an object where a list was expected", ""),
        ({"enum": ["high", "low"]}, "hihg", "'hihg' is not allowed here", "did you mean high?"),
        ({"enum": ["high", "low"]}, "zzz", "'zzz' is not allowed here", "expected one of high, low"),
        ({"required": ["id"]}, {}, "the key 'id' is missing", ""),
        ({"type": "integer"}, 1.0, "a number where a whole number was expected", ""),
        ({"type": ["string", "null"]}, [], "a list where text or nothing was expected", ""),
        ({"const": 1}, True, "True where 1 was expected", ""),
        ({"minimum": 1}, 0, "0 is less than 1", ""),
        ({"maximum": 1}, 2.5, "2.5 is more than 1", ""),
        ({"minLength": 2}, "a", "is too short: at least 2 characters", ""),
        ({"maxLength": 2}, "abc", "is too long: 3 characters, at most 2", ""),
        ({"minItems": 1}, [], "has too few entries: at least 1", ""),
        ({"maxItems": 1}, [1, 2], "has too many entries: 2, at most 1", ""),
        ({"minProperties": 1}, {}, "has too few keys: at least 1", ""),
        ({"maxProperties": 1}, {"a": 1, "b": 2}, "has too many keys: 2, at most 1", ""),
        ({"multipleOf": 2}, 3, "3 is not a multiple of 2", ""),
        ({"uniqueItems": True}, ["a", "a"], "'a' stands here twice", ""),
        ({"oneOf": [{"type": "string"}], "description": "a word"}, 5, "is not a word", ""),
        ({"anyOf": [{"type": "string"}], "description": "a word"}, 5, "is not a word", ""),
        ({"anyOf": [{"type": "string"}]}, 5, "is not what is described", ""),
        ({"pattern": "^a$"}, "b" * 99, f"'{'b' * 56}... does not look as expected", "expected to match ^a$"),
    ],
)
def test_the_message_is_for_people(schema: dict[str, Any], value: Any, message: str, hint: str) -> None:
    (problem,) = compile_schema(schema)(value, ())
    assert (problem.message, problem.hint) == (message, hint)


def test_a_problem_says_where_it_is() -> None:
    schema = {"properties": {"a": {"items": {"additionalProperties": False, "properties": {"bee": {}}}}}}
    problems = list(compile_schema(schema)({"a": [{}, {"bea": 1}]}, ("top",)))
    assert problems == [Problem(("top", "a", 1, "bea"), "unknown key 'bea'", "did you mean bee?")]


def test_a_name_that_may_not_be_is_told_at_its_own_place() -> None:
    (problem,) = compile_schema({"propertyNames": {"maxLength": 2}})({"abc": 1}, ("top",))
    assert problem == Problem(("top", "abc"), "is too long: 3 characters, at most 2")


def test_all_missing_keys_are_told_once_each() -> None:
    problems = compile_schema({"required": ["a", "b", "c"]})({"b": 1}, ())
    assert [problem.message for problem in problems] == ["the key 'a' is missing", "the key 'c' is missing"]


def test_the_twin_is_told_and_not_the_first() -> None:
    (problem,) = compile_schema({"uniqueItems": True})([1, [2], {"a": 3}, [2]], ())
    assert problem == Problem((3,), "[2] stands here twice")


def test_a_hostile_document_is_told_of_in_part_and_at_once() -> None:
    schema = {"additionalProperties": False, "properties": {"a": {"items": {"type": "string"}}}}
    assert len(list(compile_schema(schema)({"a": [1] * 100_000}, ()))) == MAX_PROBLEMS
    assert len(list(compile_schema(schema)(dict.fromkeys(map(str, range(100_000))), ()))) == MAX_PROBLEMS


def test_of_a_list_that_is_too_long_nothing_more_is_said() -> None:
    schema = {"maxItems": 3, "uniqueItems": True, "items": {"type": "string"}}
    twins = [item for number in range(100_000) for item in (number, str(number))]
    assert [problem.message for problem in compile_schema(schema)(twins, ())] == [
        "has too many entries: 200000, at most 3"
    ]


TREE: dict[str, Any] = {
    "type": "object",
    "required": ["a"],
    "properties": {
        "a": {"type": "string", "enum": ["x"]},
        "b": {"type": "array", "items": {"type": "object", "properties": {}, "additionalProperties": False}},
        "c": {"type": "object", "additionalProperties": {"type": "integer"}},
    },
    "additionalProperties": False,
}


@pytest.mark.parametrize(
    ("value", "problems"),
    [
        ({"$unknown": "refused"}, []),
        (Unknown("refused"), []),
        ({"a": {"$unknown": "refused"}, "b": {"$unknown": "refused"}, "c": {"$unknown": "refused"}}, []),
        ({"a": Unknown("refused"), "b": [Unknown("refused")], "c": {"d": Unknown("refused")}}, []),
        ({"a": "x", "b": [{"$unknown": "refused"}, 5]}, [(("b", 1), "a number where an object was expected")]),
        ({"b": {"$unknown": "refused"}}, [((), "the key 'a' is missing")]),
        ({"a": {"$unknown": 5}}, [(("a",), "$unknown stands alone, with its reason as text")]),
        ({"a": "x", "c": {"$unknown": "r", "d": 1}}, [(("c",), "$unknown stands alone, with its reason as text")]),
    ],
)
def test_an_unknown_may_stand_anywhere_and_has_a_reason(value: Any, problems: list[tuple[Any, str]]) -> None:
    found = compile_schema(TREE, unknowns=True)(value, ())
    assert [(problem.place, problem.message) for problem in found] == problems


def test_elsewhere_an_unknown_is_an_object_like_any_other() -> None:
    (problem,) = compile_schema({"type": "string"})({"$unknown": "refused"}, ())
    assert problem.message == "an object where text was expected"


def keywords(schema: Any) -> Iterator[str]:
    if isinstance(schema, list):
        for option in schema:
            yield from keywords(option)
    elif isinstance(schema, dict):
        for keyword, operand in schema.items():
            yield keyword
            if keyword in ("properties", "$defs"):
                yield from keywords(list(operand.values()))
            elif keyword in ("oneOf", "anyOf", "items", "additionalProperties", "propertyNames"):
                yield from keywords(operand)


OURS = [
    Path(rules.__path__[0]) / "rule.schema.json",
    *sorted(Path(scanner.estate.__path__[0]).rglob("*.json")),
]


@pytest.mark.parametrize("file", OURS, ids=lambda file: file.name)
def test_our_schemas_are_schemas_without_misspelt_keywords(file: Path) -> None:
    schema = json.loads(file.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    notes = {"$schema", "$id", "$defs", "$comment", "title", "description"}
    assert set(keywords(schema)) <= {*Draft202012Validator.VALIDATORS, *notes}


def test_suggestions_are_near_or_not_made() -> None:
    assert nearest("statsu", ["Status", "Days"]) == "did you mean Status?"
    assert nearest("zebra", ["Status", "Days"]) == ""
    assert expected_one_of("zebra", [str(number) for number in range(13)]) == ""
