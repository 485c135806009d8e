"""Differences of values: what goes, what comes, and how little of the rest has to be read."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.remedies.shown.value_diff import difference


def lines(before: Any, after: Any, name: str = "") -> list[str]:
    return [str(line) for line in difference(before, after, name)]


def allow(action: Any, sid: str = "", **more: Any) -> dict[str, Any]:
    return {**({"Sid": sid} if sid else {}), "Effect": "Allow", "Action": action, "Resource": "*", **more}


READ, LIST = allow("s3:GetObject"), allow("s3:ListBucket")


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (None, {"Status": "Enabled"}, ['+ Status: "Enabled"']),
        ({"Status": "Suspended"}, {"Status": "Enabled"}, ['- Status: "Suspended"', '+ Status: "Enabled"']),
        (False, True, ["- false", "+ true"]),
        ({"a": 1, "b": 2}, {"b": 2}, ["- a: 1"]),
        ({"a": {"b": {"c": 1}}}, {"a": {"b": {"c": 2}}}, ["  a > b:", "-   c: 1", "+   c: 2"]),
        ({"Action": ["a", "b"]}, {"Action": ["b"]}, ["  Action:", '-   "a"', "    (1 other unchanged)"]),
        ({"Action": "a"}, {"Action": ["a", "b"]}, ['- Action: "a"', '+ Action: ["a", "b"]']),
        (["a", "b"], ["b", "a"], ["  (the same in another order)"]),
    ],
)
def test_members_and_entries(before: Any, after: Any, expected: list[str]) -> None:
    assert lines(before, after) == expected


def test_a_statement_that_is_added_is_shown_and_the_others_are_counted() -> None:
    new = allow("s3:PutObject", "Write", Condition={"Bool": {"aws:SecureTransport": "true"}})
    assert lines({"Statement": [READ, LIST]}, {"Statement": [READ, LIST, new]}) == [
        "  Statement:",
        '+   Statement Sid "Write":',
        '+     Effect: "Allow"',
        '+     Action: "s3:PutObject"',
        '+     Resource: "*"',
        '+     Condition: {"Bool": {"aws:SecureTransport": "true"}}',
        "    (2 others unchanged)",
    ]


def test_statements_are_told_by_their_sid() -> None:
    before = [allow("s3:*", "A", NotAction="x"), allow("kms:*", "B")]
    after = [allow("kms:Decrypt", "B"), allow("s3:*", "C")]
    assert lines(before, after, "Statement") == [
        '- Statement Sid "A":',
        '-   Effect: "Allow"',
        '-   Action: "s3:*"',
        '-   Resource: "*"',
        '-   NotAction: "x"',
        '  Statement Sid "B":',
        '-   Action: "kms:*"',
        '+   Action: "kms:Decrypt"',
        '+ Statement Sid "C":',
        '+   Effect: "Allow"',
        '+   Action: "s3:*"',
        '+   Resource: "*"',
    ]


def test_statements_without_a_sid_are_told_by_what_they_have_in_common() -> None:
    before = [READ, allow(["a", "b"])]
    assert lines(before, [READ, allow(["a"])], "Statement") == [
        "  Statement 2 > Action:",
        '-   "b"',
        "    (1 other unchanged)",
        "  (1 other unchanged)",
    ]
    unlike = {"Effect": "Deny", "NotAction": "a", "NotResource": "b"}
    assert lines([READ], [unlike], "Statement")[0] == "- Statement:"


def test_two_of_one_name_are_not_taken_for_each_other() -> None:
    before = [allow("a", "S"), allow("b", "S")]
    assert lines(before, [allow("b", "S")], "Statement")[0] == '- Statement Sid "S":'


def test_long_values_are_broken_where_they_have_parts() -> None:
    arns = [f"arn:aws:s3:::{'a' * 60}{number}" for number in range(2)]
    assert lines(None, {"Resource": arns}) == ["+ Resource:", *(f'+   "{arn}"' for arn in arns)]


SMALL = st.recursive(
    st.none() | st.booleans() | st.text("ab", max_size=2),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abS"), inner, max_size=3),
    max_leaves=12,
)


@given(SMALL, SMALL)
def test_what_differs_is_shown_and_only_that(before: Any, after: Any) -> None:
    shown = list(difference(before, after))
    if before == after and isinstance(before, dict):
        assert not shown
    signs = {line.sign for line in shown}
    assert signs <= {"+", "-", " "}
    if before is None:
        assert "-" not in signs
    if after is None:
        assert "+" not in signs


@given(st.lists(st.sampled_from("abc"), max_size=6), st.lists(st.sampled_from("abc"), max_size=6))
def test_every_entry_is_accounted_for(before: list[str], after: list[str]) -> None:
    """Each is unchanged as often as it is on both sides, and gone or come as often as it is on one side more."""
    shown = Counter(line.lstrip() for line in lines(before, after) if not line.startswith(" "))
    gone, come = Counter(before) - Counter(after), Counter(after) - Counter(before)
    assert shown == Counter({f'- "{one}"': count for one, count in gone.items()}) + Counter(
        {f'+ "{one}"': count for one, count in come.items()}
    )


def test_thousands_of_entries_are_not_compared_each_with_each() -> None:
    before = [allow(f"s3:a{number}") for number in range(3000)]
    after = [allow(f"s3:b{number}") for number in range(3000)]
    assert sum(line.startswith("- Statement") for line in lines(before, after, "Statement")) == 3000
