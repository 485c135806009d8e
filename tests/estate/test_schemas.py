"""Our schema checker says yes and no as the jsonschema package does, and says why in plain words."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from scanner.estate.schemas import Problem, compile_schema, expected_one_of, nearest

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
WORDS = st.sampled_from([*"abcdefghi", "x", "aab", "aabb"])
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(-1, 6), st.sampled_from([0.5, 2.5]), WORDS)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4), max_leaves=8
)


@given(st.one_of(VALUES, st.dictionaries(WORDS, VALUES, max_size=3).map(lambda members: {"a": 2, **members})))
def test_the_verdict_is_that_of_jsonschema(value: Any) -> None:
    ours = list(compile_schema(SCHEMA)(value, ()))
    assert (ours == []) == Draft202012Validator(SCHEMA).is_valid(value), ours


@pytest.mark.parametrize(
    ("schema", "value", "message", "hint"),
    [
        ({"type": "string"}, 5, "a number where text was expected", "put it in quotes"),
        ({"type": "boolean"}, "yes", "text where true or false was expected", "write true or false, without quotes"),
        ({"type": "array"}, {}, "an object where a list was expected", ""),
        ({"enum": ["high", "low"]}, "hihg", "'hihg' is not allowed here", "did you mean high?"),
        ({"enum": ["high", "low"]}, "zzz", "'zzz' is not allowed here", "expected one of high, low"),
        ({"required": ["id"]}, {}, "the key 'id' is missing", ""),
        ({"minimum": 1}, 0, "0 is less than 1", ""),
        ({"maxItems": 1}, [1, 2], "has too many entries: 2, at most 1", ""),
        ({"uniqueItems": True}, ["a", "a"], "'a' stands here twice", ""),
        ({"oneOf": [{"type": "string"}], "description": "a word"}, 5, "is not a word", ""),
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


def test_a_keyword_that_we_do_not_know_is_never_ignored() -> None:
    with pytest.raises(ValueError, match="anyOf"):
        compile_schema({"properties": {"a": {"anyOf": []}}})


def test_suggestions_are_near_or_not_made() -> None:
    assert nearest("statsu", ["Status", "Days"]) == "did you mean Status?"
    assert nearest("zebra", ["Status", "Days"]) == ""
    assert expected_one_of("zebra", [str(number) for number in range(13)]) == ""
