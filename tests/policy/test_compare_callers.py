"""Comparing resource policies: who may call is told apart as the policies tell it, and no further."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.policy.clauses import Strength
from scanner.policy.clauses import given as given_by
from scanner.policy.compare import Contained, Exceeds, Prepared, Scope, Undecided, compare, prepare
from scanner.policy.document import parse_policy
from scanner.policy.request import Request, context_of
from scanner.policy.statements import PolicyKind

Raw = dict[str, Any]
ROLE = "arn:aws:iam::111122223333:role/service-role/r"
OTHER = "arn:aws:iam::111122223333:role/other"
ROOT = "arn:aws:iam::111122223333:root"


def to(principal: object, condition: Raw | None = None, effect: str = "Allow", element: str = "Principal") -> Raw:
    statement = {"Effect": effect, element: principal, "Action": "s3:ReplicateObject", "Resource": "arn:aws:s3:::d/*"}
    return statement | ({"Condition": condition} if condition else {})


def policies(*statements: Raw) -> Prepared:
    return prepare([parse_policy({"Version": "2012-10-17", "Statement": list(statements)})], PolicyKind.RESOURCE)


@pytest.mark.parametrize(
    ("granted", "allowed"),
    [
        (to({"AWS": ROLE}), to({"AWS": [ROLE, OTHER]})),
        (to({"AWS": ROLE}), to("*")),
        (to({"AWS": ROOT}), to({"AWS": "111122223333"})),
        (to({"Service": "s3.amazonaws.com"}), to({"Service": ["s3.amazonaws.com", "ec2.amazonaws.com"]})),
        (to("*", {"ArnEquals": {"aws:PrincipalArn": ROLE}}), to({"AWS": ROLE})),
        (to({"AWS": ROLE}), to("*", {"StringEquals": {"aws:PrincipalAccount": "111122223333"}})),
        (to("*", {"Bool": {"aws:PrincipalIsAWSService": "true"}}), to("*")),
        (to({"CanonicalUser": "79a5"}), to({"CanonicalUser": "79a5"})),
        ([to({"AWS": ROLE}), to({"AWS": ROOT}, effect="Deny")], to({"AWS": OTHER})),
    ],
)
def test_contained(granted: Raw | list[Raw], allowed: Raw) -> None:
    assert compare(policies(*both(granted)), policies(allowed)) == Contained()


def both(statements: Raw | list[Raw]) -> list[Raw]:
    return statements if isinstance(statements, list) else [statements]


@pytest.mark.parametrize(
    ("granted", "allowed", "caller"),
    [
        (to({"AWS": [ROLE, OTHER]}), to({"AWS": ROLE}), OTHER),
        (to({"AWS": ROOT}), to({"AWS": ROLE}), ROOT),
        (to({"AWS": ROLE}), to({"AWS": ROOT}), ROLE),
        (to("*"), to({"AWS": [ROLE, OTHER]}), "arn:aws:iam::123456789012:role/example"),
        (to("*"), to("*", {"ArnEquals": {"aws:PrincipalArn": ROLE}}), "arn:aws:iam::123456789012:role/example"),
        (
            to({"Service": "s3.amazonaws.com"}),
            to({"AWS": "*"}, {"Null": {"aws:SourceArn": "false"}}),
            "s3.amazonaws.com",
        ),
        (
            to("*", {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::444455556666:role/x*"}}),
            to({"AWS": ROLE}),
            "arn:aws:iam::444455556666:role/xexample",
        ),
        (to({"AWS": ROLE}), [to("*"), to({"AWS": ROOT}, effect="Deny")], ROLE),
        (to({"AWS": ROLE}), [to("*"), to({"AWS": ROOT}, effect="Deny") | {"Resource": "*/x"}], ROLE),
        (
            to({"AWS": ROOT}, element="NotPrincipal"),
            to({"AWS": ROLE}),
            "arn:aws:iam::123456789012:role/example",
        ),
        (
            to({"AWS": ROOT}, {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:user/*"}}),
            to({"AWS": ROLE}),
            "arn:aws:iam::111122223333:user/example",
        ),
        (
            [to({"AWS": "arn:aws-cn:iam::444455556666:role/r"}), to({"AWS": "111122223333"})],
            [
                to({"AWS": "arn:aws-cn:iam::444455556666:role/r"}),
                to({"AWS": "111122223333"}, {"StringNotLike": {"aws:PrincipalArn": "arn:aws-cn:*:role/*"}}),
            ],
            "arn:aws-cn:iam::111122223333:role/example",
        ),
        (to({"AWS": "arn:aws-cn:iam::111122223333:role/r"}), to({"AWS": ROLE}), "arn:aws-cn:iam::111122223333:role/r"),
    ],
)
def test_not_contained_and_for_whom(granted: Raw | list[Raw], allowed: Raw | list[Raw], caller: str) -> None:
    found = compare(policies(*both(granted)), policies(*both(allowed)))
    assert isinstance(found, Exceeds)
    assert found.witness.principal == caller


def test_scope_narrows_callers_resources_and_context() -> None:
    wide, narrow = policies(to("*", {"Bool": {"aws:SecureTransport": "true"}})), policies(to({"AWS": ROLE}))
    assert compare(wide, narrow, Scope(principals=(ROLE,))) == Contained()
    assert isinstance(compare(wide, narrow, Scope(principals=(ROLE, OTHER))), Exceeds)
    assert compare(wide, policies(), Scope(context={"aws:SecureTransport": "false"})) == Contained()
    assert compare(wide, policies(), Scope(context={"aws:SecureTransport": None})) == Contained()
    assert compare(wide, policies(), Scope(resources=("arn:aws:s3:::e", "arn:aws:s3:::e/*"))) == Contained()
    everywhere = policies(to({"AWS": ROLE}) | {"Resource": "*"})
    assert compare(everywhere, narrow, Scope(resources=("arn:aws:s3:::d", "arn:aws:s3:::d/*"))) == Contained()


USER = "arn:aws:iam::111122223333:user/u"
CALLERS = {
    USER: {"aws:PrincipalArn": USER, "aws:PrincipalAccount": "111122223333"},
    ROLE: {"aws:PrincipalArn": ROLE, "aws:PrincipalAccount": "111122223333"},
    OTHER: {"aws:PrincipalArn": OTHER, "aws:PrincipalAccount": "111122223333"},
    "arn:aws:iam::444455556666:role/r": {
        "aws:PrincipalArn": "arn:aws:iam::444455556666:role/r",
        "aws:PrincipalAccount": "444455556666",
    },
    "arn:aws:iam::777788889999:role/r": {
        "aws:PrincipalArn": "arn:aws:iam::777788889999:role/r",
        "aws:PrincipalAccount": "777788889999",
    },
    ROOT: {"aws:PrincipalArn": ROOT, "aws:PrincipalAccount": "111122223333"},
    "s3.amazonaws.com": {"aws:PrincipalIsAWSService": "true"},
    "*": {},
}
NO_SERVICE = {"aws:PrincipalIsAWSService": "false"}
WORLD = [
    Request(caller, "s3:ReplicateObject", "arn:aws:s3:::d/x", "444455556666", context_of(NO_SERVICE | keys))
    for caller, keys in CALLERS.items()
]
UNLIKE_ANY = {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/break-glass"}}
OUTSIDE = {"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}


@pytest.mark.parametrize(
    ("condition", "scope"),
    [
        (UNLIKE_ANY, Scope(principals=(OTHER,))),
        (OUTSIDE, Scope(principals=(OTHER,), context={"aws:SourceIp": "203.0.113.7"})),
    ],
)
def test_a_witness_keeps_to_the_keys_that_are_known(condition: Raw, scope: Scope) -> None:
    """A caller has its own ARN, and the scope's address, whatever a condition kept whole would like them to be."""
    denied = policies(to("*"), to("*", condition, "Deny"))
    assert isinstance(compare(denied, policies(), scope), Undecided)


principals = st.one_of(
    st.just("*"),
    st.lists(st.sampled_from([ROLE, OTHER, ROOT, "444455556666"]), min_size=1, max_size=2).map(
        lambda one: {"AWS": one}
    ),
    st.just({"Service": "s3.amazonaws.com"}),
)
conditions = st.sampled_from(
    [
        None,
        {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/*"}},
        {"StringNotEquals": {"aws:PrincipalAccount": "111122223333"}},
        {"Bool": {"aws:PrincipalIsAWSService": "false"}},
        {"ArnNotEquals": {"aws:PrincipalArn": ROLE}},
    ]
)
grants = st.builds(to, principals, conditions, st.just("Allow"))
denials = st.builds(to, principals, conditions, st.just("Deny"), st.sampled_from(["Principal", "NotPrincipal"]))
sides = st.lists(st.one_of(grants, grants, denials), min_size=1, max_size=3)


@settings(max_examples=200, deadline=None)
@given(sides, sides)
def test_what_is_said_of_callers_is_so(granted: list[Raw], allowed: list[Raw]) -> None:
    first, second = policies(*granted), policies(*allowed)
    match compare(first, second):
        case Contained():
            for request in WORLD:
                more, less = given_by(first, request), given_by(second, request)
                assert isinstance(more, Strength)
                assert isinstance(less, Strength)
                assert more <= less
        case Exceeds(witness=witness):
            more, less = given_by(first, witness), given_by(second, witness)
            assert isinstance(more, Strength)
            assert isinstance(less, Strength)
            assert more > less
        case Undecided(reason=reason):
            pytest.fail(reason)
