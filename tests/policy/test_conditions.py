"""Every condition operator, with IfExists and set qualifiers, over present, absent, multivalued and unseen keys."""

import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.policy.comparisons import COMPARISONS
from scanner.policy.conditions import compile_conditions
from scanner.policy.document import OPERATORS, parse_policy
from scanner.policy.grammar import PolicyError
from scanner.policy.request import Context, context_of
from scanner.policy.truth import Truth, Unseen, all_true

DOUBT = Unseen("the key was not seen")
NEGATED = [name for name, comparison in COMPARISONS.items() if comparison.negated]


def holds(
    block: dict[str, Any], context: dict[str, Any] | Context, *, effect: str = "Allow", version: str = "2012-10-17"
) -> Truth:
    document = {"Version": version, "Statement": [{"Effect": effect, "Action": "*", "Condition": block}]}
    (statement,) = parse_policy(document).statements
    assert not isinstance(statement, Unseen)
    tests = compile_conditions(statement.conditions, version=version, denies=effect == "Deny")
    seen = context if isinstance(context, Context) else context_of(context)
    return all_true(test(seen) for test in tests)


def test_every_operator_is_implemented() -> None:
    assert {*COMPARISONS, "Null"} == set(OPERATORS)


ARN = "arn:aws:s3:::source"
MATCHES: list[tuple[str, Any, Any, bool]] = [
    ("StringEquals", "a", "a", True),
    ("StringEquals", "a", "A", False),
    ("StringEquals", ["b", "a"], "a", True),
    ("StringEquals", "a*", "ab", False),
    ("StringEquals", "a*", "a*", True),
    ("StringEquals", [], "a", False),
    ("StringNotEquals", ["a", "b"], "c", True),
    ("StringNotEquals", ["a", "b"], "b", False),
    ("StringNotEquals", [], "b", True),
    ("StringEqualsIgnoreCase", "AbC", "aBc", True),
    ("StringEqualsIgnoreCase", "AbC", "ab", False),
    ("StringNotEqualsIgnoreCase", "AbC", "aBc", False),
    ("StringLike", "tax/*", "tax/2025/a", True),
    ("StringLike", "tax/?", "tax/", False),
    ("StringLike", ["hr/*", "tax/*"], "ops/1", False),
    ("StringLike", "", "", True),
    ("StringLike", "T*", "tax", False),
    ("StringNotLike", ["hr/*", "tax/*"], "ops/1", True),
    ("StringNotLike", ["hr/*", "tax/*"], "tax/1", False),
    ("NumericEquals", "10", "10.0", True),
    ("NumericEquals", "10", "ten", False),
    ("NumericEquals", 10, 10, True),
    ("NumericNotEquals", "10", "11", True),
    ("NumericNotEquals", "10", "10", False),
    ("NumericLessThan", "10", "9.5", True),
    ("NumericLessThan", "10", "10", False),
    ("NumericLessThan", ["1", "20"], "10", True),
    ("NumericLessThanEquals", "10", "10", True),
    ("NumericLessThanEquals", "10", "11", False),
    ("NumericGreaterThan", "-1", "0", True),
    ("NumericGreaterThan", "10", "10", False),
    ("NumericGreaterThanEquals", "10", "10", True),
    ("NumericGreaterThanEquals", "x", "10", False),
    ("NumericEquals", "1e2", "100", True),
    ("NumericEquals", "100", "1E+2", True),
    ("NumericEquals", 1e22, "10000000000000000000000", True),
    ("NumericLessThan", ".5", "-.5", True),
    ("NumericEquals", "5.", "5", True),
    ("NumericEquals", ".", ".", False),
    ("NumericEquals", "1e", "1e", False),
    ("NumericEquals", "1e9999", "1e9999", False),
    ("DateEquals", "2025-01-01T00:00:00Z", "2025-01-01T01:00:00+01:00", True),
    ("DateEquals", "2025-01-01", "1735689600", True),
    ("DateEquals", "2025", "2025-01", True),
    ("DateNotEquals", "2025-01-01", "2025-01-02", True),
    ("DateNotEquals", "2025-01-01", "2025-01-01T00:00Z", False),
    ("DateLessThan", "2025-06-01T00:00:00Z", "2025-05-31T23:59:59Z", True),
    ("DateLessThan", "2025-06-01T00:00:00Z", "2025-06-01T00:00:00Z", False),
    ("DateLessThanEquals", "2025-06-01T00:00:00Z", "2025-06-01T00:00:00.000Z", True),
    ("DateGreaterThan", "2025-06-01T00:00:00Z", "2025-06-01T00:00:00.5Z", True),
    ("DateGreaterThan", "2025-06-01T00:00:00Z", "yesterday", False),
    ("DateGreaterThanEquals", "1735689600", "2025-01-01", True),
    ("Bool", "true", "true", True),
    ("Bool", "True", "TRUE", True),
    ("Bool", True, True, True),
    ("Bool", "false", "true", False),
    ("Bool", "yes", "yes", False),
    ("BinaryEquals", "aGVsbG8=", "aGVsbG8=", True),
    ("BinaryEquals", "aGVsbG8=", "hello", True),
    ("BinaryEquals", "aGVsbG8=", "aGVsbG9v", False),
    ("IpAddress", "10.0.0.0/8", "10.1.2.3", True),
    ("IpAddress", "10.0.0.0/8", "11.1.2.3", False),
    ("IpAddress", "203.0.113.5", "203.0.113.5", True),
    ("IpAddress", "203.0.113.5", "203.0.113.6", False),
    ("IpAddress", "203.0.113.9/24", "203.0.113.200", True),
    ("IpAddress", ["10.0.0.0/8", "2001:DB8:1234:5678::/64"], "2001:db8:1234:5678::1", True),
    ("IpAddress", "0.0.0.0/0", "2001:db8::1", False),
    ("IpAddress", "nonsense", "10.0.0.1", False),
    ("NotIpAddress", "10.0.0.0/8", "11.1.2.3", True),
    ("NotIpAddress", "10.0.0.0/8", "10.1.2.3", False),
    ("ArnEquals", "arn:aws:s3:::s*", ARN, True),
    ("ArnLike", ARN, ARN, True),
    ("ArnLike", f"{ARN}/*", ARN, False),
    ("ArnLike", "arn:aws:*:*:111122223333:finance/*", "arn:aws:x:eu:9:store/a:111122223333:finance/d", False),
    ("ArnLike", "arn:aws:logs:*:*:*", "arn:aws:logs:eu-west-1:1:log-group:a:b", True),
    ("ArnLike", "arn:aws:logs:*:*:log-group:a*", "arn:aws:logs:eu-west-1:1:log-group:a:b", True),
    ("ArnLike", "*", ARN, True),
    ("ArnEquals", "**", ARN, True),
    ("ArnLike", "arn:*", ARN, True),
    ("ArnLike", "arn:aws:s3:*", ARN, True),
    ("ArnLike", "arn:aws:s3::*", ARN, True),
    ("ArnLike", "arn:aws:sqs:*", ARN, False),
    ("ArnLike", "arn:aws-cn:*", ARN, False),
    ("ArnLike", "arn:aws:*:source", ARN, False),
    ("ArnLike", "arn:aws:s*", ARN, False),
    ("ArnLike", "arn:aws:s3:", ARN, False),
    ("ArnLike", "*", "not an arn", False),
    ("ArnNotLike", "*", ARN, False),
    ("ArnNotEquals", "arn:aws:s3:*", ARN, False),
    ("ArnNotLike", "arn:aws:iam::*", ARN, True),
    ("ArnLike", ARN, "arn:aws:s3", False),
    ("ArnLike", ARN, "not an arn", False),
    ("ArnNotLike", "arn:aws:s3:::other", ARN, True),
    ("ArnNotEquals", "arn:aws:s3:::s?urce", ARN, False),
    ("ArnNotLike", ARN, "not an arn", True),
]


@pytest.mark.parametrize(("operator", "wanted", "value", "expected"), MATCHES)
def test_compares(operator: str, wanted: object, value: object, expected: bool) -> None:
    assert holds({operator: {"some:Key": wanted}}, {"some:key": value}) is expected
    assert holds({f"{operator}IfExists": {"some:Key": wanted}}, {"some:key": value}) is expected


@pytest.mark.parametrize("operator", [name for name in OPERATORS if name != "Null"])
def test_an_absent_key(operator: str) -> None:
    negated = operator in NEGATED
    assert holds({operator: {"k": "1"}}, {}) is negated
    assert holds({f"{operator}IfExists": {"k": "1"}}, {}) is True
    assert holds({f"ForAllValues:{operator}": {"k": "1"}}, {}) is True
    assert holds({f"ForAnyValue:{operator}": {"k": "1"}}, {}) is False
    assert holds({f"ForAnyValue:{operator}IfExists": {"k": "1"}}, {}) is True


@pytest.mark.parametrize("operator", OPERATORS)
def test_an_unseen_key_leaves_every_operator_open(operator: str) -> None:
    assert holds({operator: {"k": "true"}}, {"k": DOUBT}) is DOUBT
    assert holds({operator: {"k": "true"}}, Context({}, others=DOUBT)) is DOUBT


NULLS = [("true", {}, True), ("true", {"k": "v"}, False), ("false", {}, False), ("false", {"k": ""}, True)]


@pytest.mark.parametrize(("wanted", "context", "expected"), NULLS)
def test_null_asks_whether_the_key_is_there(wanted: str, context: dict[str, Any], expected: bool) -> None:
    assert holds({"Null": {"k": wanted}}, context) is expected
    assert holds({"Null": {"k": wanted == "true"}}, context) is expected


def test_null_of_both_ways_always_holds() -> None:
    assert holds({"Null": {"k": ["true", "false"]}}, {"k": DOUBT}) is True


SETS: list[tuple[str, Any, Any, bool]] = [
    ("ForAllValues:StringEquals", ["a", "b"], ["a"], True),
    ("ForAllValues:StringEquals", ["a", "b"], ["a", "b"], True),
    ("ForAllValues:StringEquals", ["a", "b"], ["a", "c"], False),
    ("ForAllValues:StringNotEquals", ["a", "b"], ["c", "d"], True),
    ("ForAllValues:StringNotEquals", ["a", "b"], ["c", "a"], False),
    ("ForAllValues:StringLike", "a*", ["ab", "ac"], True),
    ("ForAllValues:StringEquals", ["a"], "a", True),
    ("ForAllValues:StringEquals", ["a"], "", True),
    ("ForAllValues:StringEquals", ["a"], [], True),
    ("ForAnyValue:StringEquals", ["a", "b"], ["c", "b"], True),
    ("ForAnyValue:StringEquals", ["a", "b"], ["c", "d"], False),
    ("ForAnyValue:StringNotEquals", ["a", "b"], ["a", "c"], True),
    ("ForAnyValue:StringNotEquals", ["a", "b"], ["a", "b"], False),
    ("ForAnyValue:StringEquals", ["a"], "a", True),
    ("ForAnyValue:StringLike", ["*"], "", False),
    ("ForAnyValue:StringEquals", ["a"], [], False),
    ("ForAnyValue:ArnLike", "arn:aws:s3:::s*", [ARN, "x"], True),
    ("StringEquals", "a", ["a"], True),
]


@pytest.mark.parametrize(("operator", "wanted", "value", "expected"), SETS)
def test_sets_of_values(operator: str, wanted: object, value: object, expected: bool) -> None:
    assert holds({operator: {"k": wanted}}, {"k": value}) is expected


def test_several_values_without_a_qualifier_are_an_open_question() -> None:
    found = holds({"StringEquals": {"aws:TagKeys": "a"}}, {"aws:tagkeys": ["a", "b"]})
    assert isinstance(found, Unseen)
    assert "no qualifier" in found.reason


# As a simulation takes several values, in an Allow and in a Deny alike.
SEVERAL: list[tuple[str, Any, bool]] = [
    ("StringEquals", "a", True),
    ("StringEquals", "c", False),
    ("StringLike", ["x", "b*"], True),
    ("StringNotEquals", "a", False),
    ("StringNotEquals", "c", True),
    ("StringNotLike", ["x", "b*"], False),
    ("StringEqualsIfExists", "b", True),
    ("StringEquals", "${one}", True),
    ("StringNotEquals", "${one}", False),
]


@pytest.mark.parametrize(("operator", "wanted", "expected"), SEVERAL)
def test_where_any_of_several_values_counts(operator: str, wanted: object, expected: bool) -> None:
    context = replace(context_of({"k": ["a", "b"], "one": "b"}), any_of_several=True)
    for effect in ("Allow", "Deny"):
        assert holds({operator: {"k": wanted}}, context, effect=effect) is expected


def test_where_any_counts_an_unseen_variable_matters_unless_another_value_decides() -> None:
    context = replace(context_of({"k": ["a", "b"], "v": DOUBT}), any_of_several=True)
    assert holds({"StringEquals": {"k": "${v}"}}, context) is DOUBT
    assert holds({"StringEquals": {"k": ["b", "${v}"]}}, context) is True
    assert holds({"StringNotEquals": {"k": ["b", "${v}"]}}, context) is False


JOINED = [({"a": "1", "b": "2"}, True), ({"a": "1", "b": "3"}, False), ({"b": "2"}, False)]


@pytest.mark.parametrize(("context", "expected"), JOINED)
def test_keys_and_operators_are_joined_by_and(context: dict[str, Any], expected: bool) -> None:
    assert holds({"StringEquals": {"a": "1", "b": "2"}}, context) is expected
    assert holds({"StringEquals": {"a": "1"}, "NumericLessThan": {"b": "3"}}, context) is expected


def test_a_false_condition_outweighs_an_unseen_one() -> None:
    assert holds({"StringEquals": {"a": "1", "b": "2"}}, {"a": DOUBT, "b": "3"}) is False
    assert holds({"StringEquals": {"a": "1", "b": "2"}}, {"a": DOUBT, "b": "2"}) is DOUBT


ALICE = {"aws:username": "alice", "s3:prefix": "home/alice/x", "acct": "1", "same": "1", "team": "a*"}
VARIABLES: list[tuple[dict[str, Any], bool]] = [
    ({"StringLike": {"s3:prefix": "home/${aws:username}/*"}}, True),
    ({"StringLike": {"s3:prefix": "home/${aws:userid}/*"}}, False),
    ({"StringLike": {"s3:prefix": "home/${aws:userid, 'alice'}/*"}}, True),
    ({"StringLike": {"s3:prefix": ["home/${aws:userid}/*", "home/*"]}}, True),
    ({"StringEquals": {"acct": "${same}"}}, True),
    ({"StringNotEquals": {"acct": "${same}"}}, False),
    ({"StringEqualsIgnoreCase": {"aws:username": "${aws:UserName}"}}, True),
    ({"StringLike": {"aws:username": "${team}"}}, False),
    ({"StringLike": {"team": "a${*}"}}, True),
    ({"StringLike": {"aws:username": "a${*}"}}, False),
    ({"StringEquals": {"team": "a${*}"}}, True),
    ({"ArnLike": {"arn": "arn:aws:s3:::${aws:username}/*"}}, True),
    ({"Bool": {"flag": "${flag}"}}, True),
    ({"NumericEquals": {"acct": "${same}"}}, False),
    ({"StringEqualsIfExists": {"absent": "${aws:userid}"}}, True),
    ({"StringNotEquals": {"absent": "${aws:userid}"}}, True),
]


@pytest.mark.parametrize(("block", "expected"), VARIABLES)
def test_policy_variables(block: dict[str, Any], expected: bool) -> None:
    assert holds(block, {**ALICE, "arn": "arn:aws:s3:::alice/x", "flag": "true"}) is expected


def test_in_older_documents_a_variable_is_text() -> None:
    block = {"StringEquals": {"k": "${aws:username}"}}
    assert holds(block, {"k": "${aws:username}"}, version="2008-10-17") is True
    assert holds(block, {"k": "alice", **ALICE}, version="2008-10-17") is False


@pytest.mark.parametrize(("effect", "expected"), [("Deny", True), ("Allow", False)])
def test_a_negated_operator_whose_variable_has_no_value_decides_towards_denial(effect: str, expected: bool) -> None:
    assert holds({"StringNotEquals": {"acct": "${aws:SourceVpc}"}}, ALICE, effect=effect) is expected
    assert holds({"StringNotLike": {"acct": ["9", "${aws:SourceVpc}"]}}, ALICE, effect=effect) is expected


def test_an_unseen_variable_matters_unless_another_value_decides() -> None:
    context = {"k": "a", "v": DOUBT}
    assert holds({"StringEquals": {"k": "${v}"}}, context) is DOUBT
    assert holds({"StringEquals": {"k": ["a", "${v}"]}}, context) is True
    assert holds({"StringNotEquals": {"k": ["a", "${v}"]}}, context) is False
    assert holds({"StringNotEquals": {"k": ["b", "${v}"]}}, context) is DOUBT


@pytest.mark.parametrize("pairs", [{"k": {"a": "b"}}, {"k": [["a"]]}, {"K": "1", "k": "2"}, {"k": object()}])
def test_a_context_holds_texts_only(pairs: dict[str, Any]) -> None:
    with pytest.raises(PolicyError, match="the context"):
        context_of(pairs)


def test_a_date_without_offset_is_utc_wherever_the_scan_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        assert holds({"DateEquals": {"k": "2025-01-01T00:00:00Z"}}, {"k": "2025-01-01"}) is True
    finally:
        monkeypatch.undo()
        time.tzset()


def test_hostile_patterns_take_bounded_time() -> None:
    started = time.process_time()
    assert holds({"StringLike": {"k": ["*a*?a" * 3000 + "b"] * 20}}, {"k": "a" * 50_000}) is False
    assert holds({"StringEquals": {"k": "${v" + " " * 50_000 + ",'" + " " * 50_000 + "}"}}, {"k": "a"}) is False
    assert holds({"NumericEquals": {"k": "9" * 100_000}}, {"k": "9" * 100_000}) is False
    assert time.process_time() - started < 5


@settings(deadline=None)
@given(st.sampled_from(sorted(COMPARISONS)), st.text(max_size=8), st.text(max_size=8))
def test_no_value_breaks_an_operator_and_negation_is_exact(operator: str, wanted: str, value: str) -> None:
    found = holds({operator: {"k": wanted}}, {"k": value}, version="2008-10-17")
    assert isinstance(found, bool)
    opposite = operator.replace("Not", "") if "Not" in operator else f"{operator[:-6]}NotEquals"
    if opposite in COMPARISONS and COMPARISONS[opposite].negated is not COMPARISONS[operator].negated:
        assert holds({opposite: {"k": wanted}}, {"k": value}, version="2008-10-17") is not found
