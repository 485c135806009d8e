"""Whatever text an account gives, Terraform reads back the same text, and nothing around it changes."""

from typing import Any

import pytest
from hcl_reading import Name, read
from hypothesis import given
from hypothesis import strategies as st

from scanner.remedies.shown.hcl import Blocks, Json, Mixed, Note, Raw, block, comment

TEXTS = st.text(st.sampled_from('${}%"\\\n\r\t#a u0024é\u202e\x1b\U0001f600'), max_size=12) | st.text(max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


def written(body: dict[str, Any]) -> str:
    return "\n".join(block('resource "type" "label"', body)) + "\n"


def attributes(body: dict[str, Any]) -> dict[str, Any]:
    return read(written(body)).one("resource", "type", "label").attributes


@given(VALUES)
def test_values_are_read_back_as_they_are(value: Any) -> None:
    assert attributes({"a": Json(value), "b": 1}) == {"a": value, "b": 1}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("${aws:username}", '"$${aws:username}"'),
        ("%{if}", '"%%{if}"'),
        ("$${a}", '"\\u0024\\u0024{a}"'),
        ("$a %", '"$a %"'),
        ('"\\', '"\\"\\\\"'),
        ("\x1b\u202e", '"\\u001b\\u202e"'),
    ],
)
def test_what_would_begin_a_template_is_escaped(text: str, expected: str) -> None:
    assert written({"a": text}) == f'resource "type" "label" {{\n  a = {expected}\n}}\n'


@given(TEXTS, TEXTS)
def test_references_stand_by_themselves_or_inside_texts(before: str, after: str) -> None:
    reference = Name("x.y.arn")
    mixed = attributes({"a": Raw("x.y.arn"), "b": Mixed((before, Raw("x.y.arn"), after))})
    assert mixed["a"] == reference
    at = mixed["b"].index(reference)
    assert ("".join(mixed["b"][:at]), "".join(mixed["b"][at + 1 :])) == (before, after)


def test_what_is_none_is_left_out_and_an_empty_block_stays() -> None:
    body = {"a": None, "filter": Blocks(({},)), "none": Blocks(())}
    assert written(body) == 'resource "type" "label" {\n  filter {}\n}\n'


def test_signs_of_neighbours_are_aligned_as_terraform_does() -> None:
    assert written({"a": 1, "long": [1, 2], "policy": Json({"x": {"y": 1, "zz": 2}}), "b": 1}) == (
        'resource "type" "label" {\n'
        "  a    = 1\n"
        "  long = [1, 2]\n"
        "  policy = jsonencode({\n"
        '    "x" = {\n'
        '      "y"  = 1\n'
        '      "zz" = 2\n'
        "    }\n"
        "  })\n"
        "  b = 1\n"
        "}\n"
    )


@given(TEXTS)
def test_comments_stay_on_their_line(text: str) -> None:
    assert read(written({"a": 1, "note": Note(text), "b": 2}) + comment(text) + "\n").blocks[0][1].attributes == {
        "a": 1,
        "b": 2,
    }
