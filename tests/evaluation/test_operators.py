"""What each operator says of values that are there, absent, unknown, partly unknown or malformed."""

from typing import Any

import pytest

from scanner.estate.paths import parse_path
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown
from scanner.evaluation.closures import Spot, Subject
from scanner.evaluation.leaves import compile_leaf
from scanner.evaluation.nodes import Leaf, Literal, PathOperand
from scanner.evaluation.operators import OPERATORS, in_words
from scanner.evaluation.truth import FALSE, TRUE, UNKNOWN

GAP = Unknown("refused")
ABSENT = None

LITERAL_CASES = [
    ("equals", "a", "a", TRUE),
    ("equals", "a", "b", FALSE),
    ("equals", 1, 1.0, TRUE),
    ("equals", 1, True, FALSE),
    ("equals", 0, False, FALSE),
    ("equals", "a", ABSENT, FALSE),
    ("equals", "a", GAP, UNKNOWN),
    ("in", ["a", "b"], "b", TRUE),
    ("in", ["a", "b"], "c", FALSE),
    ("in", ["a"], ABSENT, FALSE),
    ("in", ["a"], GAP, UNKNOWN),
    ("exists", True, "", TRUE),
    ("exists", True, [], TRUE),
    ("exists", True, False, TRUE),
    ("exists", True, ABSENT, FALSE),
    ("exists", True, GAP, UNKNOWN),
    ("exists", True, [GAP], TRUE),
    ("exists", False, "a", FALSE),
    ("exists", False, ABSENT, TRUE),
    ("exists", False, GAP, UNKNOWN),
    ("at_least", 35, 35, TRUE),
    ("at_least", 35, 34, FALSE),
    ("at_least", 35, 35.5, TRUE),
    ("at_least", 35, ABSENT, FALSE),
    ("at_least", 35, GAP, UNKNOWN),
    ("at_most", 15, 15, TRUE),
    ("at_most", 15, 16, FALSE),
    ("at_most", 15, ABSENT, FALSE),
    ("matches", "a+", "aaa", TRUE),
    ("matches", "a+", "aab", FALSE),
    ("matches", "a*", ABSENT, FALSE),
    ("matches", "a*", GAP, UNKNOWN),
    ("contains", "a", ["b", "a"], TRUE),
    ("contains", "a", ["b"], FALSE),
    ("contains", "a", ["a", GAP], TRUE),
    ("contains", "a", ["b", GAP], UNKNOWN),
    ("contains", "a", [], FALSE),
    ("contains", "a", [None], FALSE),
    ("contains", "a", ABSENT, FALSE),
    ("contains", "ell", "hello", TRUE),
    ("contains", "elk", "hello", FALSE),
    ("contains", 1, [True], FALSE),
    ("subset_of", ["a", "b"], ["a"], TRUE),
    ("subset_of", ["a", "b"], [], TRUE),
    ("subset_of", ["a", "b"], ["a", "c"], FALSE),
    ("subset_of", ["a", "b"], ["a", GAP], UNKNOWN),
    ("subset_of", ["a", "b"], ["c", GAP], FALSE),
    ("subset_of", ["a"], ABSENT, FALSE),
    ("empty", True, [], TRUE),
    ("empty", True, {}, TRUE),
    ("empty", True, "", TRUE),
    ("empty", True, [None], TRUE),
    ("empty", True, {"A": None}, TRUE),
    ("empty", True, ABSENT, TRUE),
    ("empty", True, ["a"], FALSE),
    ("empty", True, [GAP, "a"], FALSE),
    ("empty", True, [GAP], UNKNOWN),
    ("empty", True, {"A": GAP}, UNKNOWN),
    ("empty", True, GAP, UNKNOWN),
    ("empty", False, ABSENT, FALSE),
    ("empty", False, ["a"], TRUE),
    ("empty", False, [GAP], UNKNOWN),
]
OPPOSITE = {TRUE: FALSE, FALSE: TRUE, UNKNOWN: UNKNOWN}


def truth_of(operator: str, operand: Any, value: Any, types: tuple[str, ...] = ()) -> int:
    leaf = Leaf(parse_path("V"), operator, operand, types or tuple(OPERATORS[operator].kinds), ())
    properties = {"V": value, "W": {"X": 5}}
    subject = Subject(Resource("AWS::S3::Bucket", "", "", "", "b", properties), {})
    return compile_leaf(leaf).test(subject, properties)


@pytest.mark.parametrize(("operator", "operand", "value", "truth"), LITERAL_CASES)
def test_an_operator_on_a_literal(operator: str, operand: Any, value: Any, truth: int) -> None:
    assert truth_of(operator, Literal(operand), value) == truth


@pytest.mark.parametrize(
    ("operator", "operand", "value", "truth"), [case for case in LITERAL_CASES if f"not_{case[0]}" in OPERATORS]
)
def test_a_negated_operator_says_the_opposite(operator: str, operand: Any, value: Any, truth: int) -> None:
    assert truth_of(f"not_{operator}", Literal(operand), value) == OPPOSITE[truth]


@pytest.mark.parametrize(
    ("operator", "value", "other", "truth"),
    [
        ("equals", "a", "a", TRUE),
        ("equals", "a", GAP, UNKNOWN),
        ("equals", "a", ABSENT, FALSE),
        ("equals", ABSENT, ABSENT, FALSE),
        ("not_equals", "a", ABSENT, TRUE),
        ("equals", {"A": 1, "B": GAP}, {"A": 2}, FALSE),
        ("equals", {"A": 1, "B": GAP}, {"A": 1}, UNKNOWN),
        ("equals", {"A": 1, "B": None}, {"A": 1}, TRUE),
        ("equals", {"L": ["a", GAP]}, {"L": ["a"]}, UNKNOWN),
        ("equals", {"L": ["a", GAP]}, {"L": ["b"]}, FALSE),
        ("equals", {"L": ["a", GAP, "c"]}, {"L": ["a", "b", "c"]}, UNKNOWN),
        ("equals", {"L": ["a", GAP, "c"]}, {"L": ["a", "b", "b", "c"]}, FALSE),
        ("equals", {"L": [{"A": GAP}]}, {"L": [{"A": 1}]}, UNKNOWN),
        ("equals", {"L": [{"A": GAP}]}, {"L": []}, FALSE),
        ("equals", {"L": []}, {"L": [GAP]}, UNKNOWN),
        ("equals", {"L": []}, {"L": {}}, FALSE),
        ("at_least", 5, 5, TRUE),
        ("at_least", 5, "5", UNKNOWN),
        ("at_least", 5, GAP, UNKNOWN),
        ("at_least", 5, ABSENT, FALSE),
        ("in", "a", ["b", "a"], TRUE),
        ("in", "a", ["b", GAP], UNKNOWN),
        ("in", "a", GAP, UNKNOWN),
        ("in", "a", "a", UNKNOWN),
        ("in", "a", ABSENT, FALSE),
        ("not_in", "a", ABSENT, TRUE),
        ("contains", ["a"], ABSENT, FALSE),
        ("contains", ["a"], GAP, UNKNOWN),
        ("contains", [], GAP, FALSE),
        ("contains", "text", 5, UNKNOWN),
        ("subset_of", ["a"], ["a", "b"], TRUE),
        ("subset_of", ["a"], ["b", GAP], UNKNOWN),
        ("subset_of", ["a"], ABSENT, FALSE),
        ("subset_of", [], GAP, TRUE),
        ("subset_of", ["a"], GAP, UNKNOWN),
        ("subset_of", [GAP], ABSENT, UNKNOWN),
    ],
)
def test_an_operator_on_another_value(operator: str, value: Any, other: Any, truth: int) -> None:
    leaf = Leaf(parse_path("V"), operator, PathOperand(parse_path("W")), tuple(OPERATORS[operator].kinds), ())
    properties = {"V": value, "W": other}
    subject = Subject(Resource("AWS::S3::Bucket", "", "", "", "b", properties), {})
    assert compile_leaf(leaf).test(subject, properties) == truth


@pytest.mark.parametrize(
    ("operator", "operand", "value", "types"),
    [
        ("at_least", 35, "35", ("integer",)),
        ("at_least", 35, True, ("integer",)),
        ("equals", True, "true", ("boolean",)),
        ("not_equals", "a", ["a"], ("string",)),
        ("matches", "a", ["a"], ()),
        ("subset_of", ["a"], "a", ()),
        ("not_contains", "a", {"a": 1}, ()),
        ("matches", "a*", "a" * 2049, ()),
        ("not_matches", "b", "a" * 2049, ()),
    ],
)
def test_a_value_that_cannot_be_judged_is_unknown_and_says_why(
    operator: str, operand: Any, value: Any, types: tuple[str, ...]
) -> None:
    assert truth_of(operator, Literal(operand), value, types) == UNKNOWN
    leaf = Leaf(parse_path("V"), operator, Literal(operand), types or tuple(OPERATORS[operator].kinds), ())
    subject = Subject(Resource("AWS::S3::Bucket", "", "", "", "b", {"V": value}), {})
    (observation,) = compile_leaf(leaf).explain(subject, Spot({"V": value}), UNKNOWN, False)
    assert isinstance(observation.observed, Unknown)
    assert "malformed" in observation.observed.reason or "too long" in observation.observed.reason


@pytest.mark.parametrize(
    ("operator", "operand", "opposite", "words"),
    [
        ("equals", '"a"', False, 'equals "a"'),
        ("equals", '"a"', True, 'does not equal "a"'),
        ("not_in", '["a"]', False, 'is none of ["a"]'),
        ("not_in", '["a"]', True, 'is one of ["a"]'),
        ("exists", "true", False, "exists"),
        ("exists", "false", False, "is absent"),
        ("exists", "true", True, "is absent"),
        ("exists", "false", True, "exists"),
        ("empty", "false", False, "is not empty"),
    ],
)
def test_what_was_asked_for_is_told_in_words(operator: str, operand: str, opposite: bool, words: str) -> None:
    assert in_words(operator, operand, opposite) == words
