"""A policy document is read as AWS would accept it, or the error says where and what."""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.policy.document import (
    OPERATORS,
    Condition,
    Policy,
    PolicyError,
    Principal,
    Statement,
    Unseen,
    parse_policy,
    read_policy,
)
from scanner.policy.grammar import MAX_TEXT

ALLOW = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}


def policy(**statement: object) -> dict[str, object]:
    return {"Version": "2012-10-17", "Statement": [{**ALLOW, **statement}]}


def only(document: object) -> Statement:
    (statement,) = parse_policy(document).statements
    assert isinstance(statement, Statement)
    return statement


def test_reads_every_element() -> None:
    statement = only(
        {
            "Version": "2012-10-17",
            "Id": "a",
            "Statement": {
                "Sid": "Write",
                "Effect": "Deny",
                "NotPrincipal": {"AWS": ["111122223333", "*"], "Service": "s3.amazonaws.com"},
                "NotAction": "s3:Put*",
                "NotResource": ["arn:aws:s3:::a", "arn:aws:s3:::a/*"],
                "Condition": {"ForAnyValue:StringLikeIfExists": {"aws:TagKeys": ["a*", "b"]}, "Bool": {"k": True}},
            },
        }
    )
    assert (statement.index, statement.sid, statement.effect) == (0, "Write", "Deny")
    assert (statement.actions, statement.negates_actions) == (("s3:Put*",), True)
    assert (statement.resources, statement.negates_resources) == (("arn:aws:s3:::a", "arn:aws:s3:::a/*"), True)
    assert statement.negates_principals
    assert statement.principals == (
        Principal("AWS", "111122223333"),
        Principal("*", "*"),
        Principal("Service", "s3.amazonaws.com"),
    )
    assert statement.conditions == (
        Condition("StringLike", "ForAnyValue", True, "aws:TagKeys", ("a*", "b")),
        Condition("Bool", "", False, "k", ("true",)),
    )


def test_keeps_the_statement_as_written_for_quoting() -> None:
    assert only(policy(Sid="a")).source == {**ALLOW, "Sid": "a"}


def test_json_text_reads_like_its_value() -> None:
    assert parse_policy(json.dumps(policy())) == parse_policy(policy())


def test_without_a_version_the_old_language_is_meant() -> None:
    assert parse_policy({"Statement": []}).version == "2008-10-17"


def test_yaml_dates_and_numbers_are_understood() -> None:
    document = {"Version": date(2012, 10, 17), "Statement": [{**ALLOW, "Sid": 1, "Principal": {"AWS": 111122223333}}]}
    statement = only(document)
    assert (statement.sid, statement.principals) == ("1", (Principal("AWS", "111122223333"),))


@pytest.mark.parametrize(
    ("value", "text"),
    [(True, "true"), (False, "false"), (443, "443"), (1.5, "1.5"), (1.0, "1.0"), ("x", "x")],
)
def test_condition_values_become_text(value: object, text: str) -> None:
    conditions = only(policy(Condition={"StringEquals": {"k": value}})).conditions
    assert isinstance(conditions, tuple)
    assert conditions[0].values == (text,)


def test_a_condition_that_is_null_is_no_condition() -> None:
    assert only(policy(Condition=None)) == only(policy())


@pytest.mark.parametrize("operator", OPERATORS)
def test_operators_are_known_in_any_letter_case(operator: str) -> None:
    for written in (operator, operator.upper(), operator.lower()):
        conditions = only(policy(Condition={written: {"k": "v"}})).conditions
        assert isinstance(conditions, tuple)
        assert conditions[0].operator == operator


REFUSED: list[tuple[str, Any, str]] = [
    ("no object", [], "the document is a list"),
    ("no statement", {"Version": "2012-10-17"}, "Statement is missing"),
    ("strange element", {"Statement": [], "Foo": 1}, "no element 'Foo'"),
    ("strange version", {"Version": "2012-10-18", "Statement": []}, "Version is '2012-10-18'"),
    ("effect in small letters", policy(Effect="allow"), "Effect is 'allow'"),
    ("no action", {"Statement": [{"Effect": "Allow", "Resource": "*"}]}, "neither Action nor NotAction"),
    ("two actions", policy(NotAction="s3:*"), "both Action and NotAction"),
    ("two resources", policy(NotResource="*"), "both Resource and NotResource"),
    ("two principals", policy(Principal="*", NotPrincipal="*"), "both Principal and NotPrincipal"),
    ("misspelt element", policy(Actions="s3:*"), "no element 'Actions'"),
    ("no service", policy(Action="GetObject"), "'GetObject' has no service prefix"),
    ("action not text", policy(Action=[["s3:*"]]), "Action holds a list"),
    ("resource null", policy(Resource=None), "Resource holds absent"),
    ("strange principal", policy(Principal={"User": "a"}), "no element 'User'"),
    ("principal text", policy(Principal="arn:aws:iam::111122223333:root"), "not an object"),
    ("unknown operator", policy(Condition={"StringEqual": {"k": "v"}}), "no condition operator 'StringEqual'"),
    ("unknown qualifier", policy(Condition={"ForNone:StringEquals": {"k": "v"}}), "no condition operator"),
    ("null if exists", policy(Condition={"NullIfExists": {"k": "v"}}), "no condition operator"),
    ("condition list", policy(Condition=[]), "Condition is a list"),
    ("condition nested", policy(Condition={"Bool": {"k": {"a": "b"}}}), "the value of 'k' holds an object"),
    ("condition null", policy(Condition={"Bool": {"k": None}}), "the value of 'k' holds absent"),
    ("condition huge", policy(Condition={"NumericEquals": {"k": 10**400}}), "a huge number"),
    ("sid object", policy(Sid={}), "Sid is an object"),
    ("not JSON", "{", "not JSON"),
    ("duplicate key", '{"Statement": [], "Statement": []}', "'Statement' occurs twice"),
    ("NaN", '{"Statement": [NaN]}', "NaN is not JSON"),
    ("too long", " " * (MAX_TEXT + 1), "at most"),
    ("too deep", "[" * 200_000, "nested too deeply"),
    ("long integer", '{"Version": ' + "1" * 10_000 + "}", "not JSON"),
]


@pytest.mark.parametrize(("document", "what"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_refuses_what_aws_refuses_and_says_what(document: object, what: str) -> None:
    with pytest.raises(PolicyError, match="policy 'bucket policy'") as caught:
        parse_policy(document, name="bucket policy")
    assert what in caught.value.what


def test_the_error_names_policy_statement_and_sid() -> None:
    with pytest.raises(PolicyError) as caught:
        parse_policy({"Statement": [ALLOW, {**ALLOW, "Sid": "B", "Effect": "x"}]}, name="p")
    assert caught.value.where == "policy 'p', statement 2 (Sid 'B')"


def test_errors_stay_short_whatever_they_complain_about() -> None:
    with pytest.raises(PolicyError) as caught:
        parse_policy(policy(Effect="x" * 100_000))
    assert len(caught.value.message) < 300


def test_lenient_reading_keeps_what_can_be_understood() -> None:
    found = read_policy({"Statement": [ALLOW, {"Effect": "Maybe"}, ALLOW]}, name="p")
    assert isinstance(found, Policy)
    assert [type(each) for each in found.statements] == [Statement, Unseen, Statement]
    assert "AWS accepts no policy with such a statement" in repr(found.statements[1])


@pytest.mark.parametrize(
    ("element", "value"),
    [("Resource", {"Ref": "Bucket"}), ("Principal", {"User": "a"}), ("Condition", {"NoOperator": {}})],
)
def test_lenient_reading_loses_one_element_not_the_statement(element: str, value: object) -> None:
    found = read_policy(policy(**{element: value}), name="p")
    assert isinstance(found, Policy)
    (statement,) = found.statements
    assert isinstance(statement, Statement)
    lost = {"Resource": statement.resources, "Principal": statement.principals, "Condition": statement.conditions}
    assert isinstance(lost.pop(element), Unseen)
    assert not any(isinstance(kept, Unseen) for kept in lost.values())


@pytest.mark.parametrize(
    "document",
    [Unseen("why"), {"Statement": Unseen("why")}, policy(Resource=Unseen("why")), policy(Action=Unseen("why"))],
)
def test_unseen_parts_keep_their_reason(document: object) -> None:
    assert "why" in repr(read_policy(document))
    assert "AWS accepts no" not in repr(read_policy(document))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)
PIECES = st.sampled_from(
    ["Allow", "Deny", "*", "s3:*", "arn:aws:s3:::b", "AWS", "Service", "StringLike", "ForAnyValue:Bool", "${a}", "k"]
)
NEARLY = st.dictionaries(
    st.sampled_from(["Sid", "Effect", "Action", "NotAction", "Resource", "Principal", "NotPrincipal", "Condition"]),
    st.recursive(PIECES | JSON, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(PIECES, inner, max_size=3)),
)


@settings(max_examples=200, deadline=None)
@given(JSON | st.fixed_dictionaries({"Statement": NEARLY | st.lists(NEARLY, max_size=3)}))
def test_nothing_but_a_policy_error_ever_comes_out(document: object) -> None:
    lenient = read_policy(document)
    try:
        strict = parse_policy(document)
    except PolicyError:
        return
    assert lenient == strict


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40) | JSON.map(lambda value: json.dumps(value)))
def test_no_text_breaks_the_reader(text: str) -> None:
    assert isinstance(read_policy(text), Policy | Unseen)
