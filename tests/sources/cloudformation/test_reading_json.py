"""JSON is read as the standard says, with the lines that Python's own reader forgets."""

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scanner.errors import InvalidInputError
from scanner.sources.cloudformation.json_text import parse_json
from scanner.sources.cloudformation.places import MAX_DEPTH


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("-0", 0),
        ("35", 35),
        ("1.5", 1.5),
        ("1E3", 1000.0),
        ("-1.5e-3", -0.0015),
        ("true", True),
        ("false", False),
        ("null", None),
        ('"no"', "no"),
        ('"a\tb"'.replace("\t", "\\t"), "a\tb"),
        ('"\\u00e9\\ud83d\\ude00/\\/\\"\\\\"', 'é😀//"\\'),
        ('"é😀"', "é😀"),
        ("123456789012", "123456789012"),
        ('"012345678901"', "012345678901"),
        ("9" * 5000, "9" * 5000),
        ("1e999", "1e999"),
        ("[ ]", []),
        ("{\t}", {}),
        ("[1,\t[2] , {}]", [1, [2], {}]),
        ('{"Fn::GetAtt": "A.B.C"}', {"Fn::GetAtt": ["A", "B.C"]}),
        ('{"Fn::GetAtt": ["A", "B.C"]}', {"Fn::GetAtt": ["A", "B.C"]}),
    ],
)
def test_a_value_is_what_it_says(text: str, value: object) -> None:
    found = parse_json(text, "f").value
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "line", "complaint"),
    [
        ('{"a": 1,}', 1, r"is not valid JSON: .*\(column \d\)"),
        ('{\n "a": 1\n "b": 2}', 3, r"Expecting ',' delimiter \(column 2\)"),
        ('{"a" 1}', 1, r"Expecting ':' delimiter \(column 6\)"),
        ('{"a": }', 1, r"Expecting value \(column 7\)"),
        ('{\n\n"a": [1, 2}', 3, r"delimiter \(column 11\)"),
        ('{"a": [1, 2', 1, "delimiter"),
        ('{"a": "x', 1, "Unterminated string"),
        ('{"a": "x\ny"}', 1, "Invalid control character"),
        ('{"a": "\\x"}', 1, "Invalid .*escape"),
        ('{"a": "\\u12"}', 1, "Invalid .*escape"),
        ('{"a": 01}', 1, "delimiter"),
        ('{"a": 1} x', 1, r"Extra data \(column 10\)"),
        ('{"a": 1}\n{"a": 1}', 2, "Extra data"),
        ("[1,]", 1, "not valid JSON"),
        ("[,1]", 1, "Expecting value"),
        ("[1}", 1, "not valid JSON"),
        ("[1,\nNaN]", 2, r"is not valid JSON: NaN is no number \(column 1\)"),
        ('{"a":\n-Infinity}', 2, "-Infinity is no number"),
        ("[NaN, " + "[" * 100_000, 1, "NaN is no number"),
        ("[" + "9" * 5000 + ",\n nonsense]", 2, r"Expecting value \(column 2\)"),
        ('{"a": 1, // why\n"b": 2}', 1, "not valid JSON"),
        ('{"a": 1,\n"b": 2,\n  "a": 3}', 3, r"has the key 'a' twice \(first on line 1\) \(column 3\)"),
        ('{"a": 1, "\\u0061": 3}', 1, "'a' twice"),
        ('["\\ud800"]', 1, r"half of a surrogate pair.*\(column 2\)"),
        ('{"\\udc00x": 1}', 1, "half of a surrogate pair"),
        ("[" * (MAX_DEPTH + 1), 1, rf"deeper than {MAX_DEPTH} levels \(column {MAX_DEPTH + 1}\)"),
        ("[" * 1_000_000, 1, "deeper"),
        ('{"a":' * 100_000, 1, "deeper"),
    ],
)  # fmt: skip
def test_what_is_not_json_is_refused_with_its_place(text: str, line: int, complaint: str) -> None:
    with pytest.raises(InvalidInputError, match=complaint) as caught:
        parse_json(text, "f.json")
    assert (caught.value.file, caught.value.line) == ("f.json", line)


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError
    return dict(pairs)


def _unlike(constant: str) -> None:
    raise ValueError(constant)


PIECES = [
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    '"',
    "\\",
    "\n",
    "\t",
    " ",
    '"a"',
    '"b":',
    "0",
    "-1",
    ".5",
    "e2",
    "null",
    "\\u00e9",
]


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
@example('{"a":1 , "b":[null,{}]}')
def test_it_takes_exactly_what_pythons_reader_takes(text: str) -> None:
    try:
        expected = [json.loads(text, object_pairs_hook=_distinct, parse_constant=_unlike)]
    except ValueError:
        expected = []
    try:
        found = [parse_json(text, "f").value]
    except InvalidInputError:
        found = []
    assert found == expected
