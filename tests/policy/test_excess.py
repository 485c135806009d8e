"""What is granted beyond need: one row for each statement and action pattern, with a request that shows it."""

from typing import Any

import pytest

from scanner.policy.compare import Excess, Prepared, Scope, excess, prepare
from scanner.policy.document import PolicyError, read_policy
from scanner.policy.prove import prepare_needs
from scanner.policy.statements import PolicyKind
from scanner.policy.synthesise import Need

Raw = dict[str, Any]
ROLE = "arn:aws:iam::111122223333:role/r"
NEEDS = prepare_needs(
    [
        Need("s3:ListBucket", "arn:aws:s3:::src"),
        Need("s3:GetObjectVersionForReplication", "arn:aws:s3:::src/tax/*"),
        Need("s3:ReplicateObject", "arn:aws:s3:::dst/tax/*"),
        Need("kms:Decrypt", "arn:aws:kms:us-east-1:111122223333:key/k", {"StringEquals": {"kms:ViaService": ["s3.a"]}}),
    ]
)


def policy(*statements: Raw, kind: PolicyKind = PolicyKind.IDENTITY) -> Prepared:
    return prepare([read_policy({"Version": "2012-10-17", "Statement": list(statements)}, name="role policy")], kind)


def allow(action: object, resource: object, **condition: object) -> Raw:
    return {"Effect": "Allow", "Action": action, "Resource": resource, "Condition": condition}


def shown(rows: tuple[Excess, ...]) -> list[tuple[int, str, str, str, bool]]:
    return [
        (row.statement.index, row.action, row.witness.action, row.witness.resource, row.is_partly_needed)
        for row in rows
        if row.witness is not None
    ]


def test_nothing_beyond_need() -> None:
    exact = policy(
        allow(["s3:ListBucket", "s3:GetObjectVersionForReplication"], ["arn:aws:s3:::src", "arn:aws:s3:::src/tax/*"]),
        allow("s3:ReplicateObject", "arn:aws:s3:::dst/tax/2025/*"),
        allow(
            "kms:Decrypt",
            "arn:aws:kms:us-east-1:111122223333:key/k",
            StringLike={"kms:ViaService": "s3.a"},
            StringEquals={"kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::src"},
        ),
    )
    assert excess(exact, NEEDS) == ()


def test_a_star_is_one_row() -> None:
    (row,) = excess(policy(allow("s3:*", "*")), NEEDS)
    assert (row.policy, row.statement.index, row.action, row.is_partly_needed) == ("role policy", 0, "s3:*", True)
    assert row.witness is not None
    assert row.witness.action == "s3:BypassGovernanceRetention"


def test_each_pattern_has_its_row_and_each_row_its_witness() -> None:
    granted = policy(
        allow(["s3:ListBucket", "s3:PutBucketVersioning"], ["arn:aws:s3:::src", "arn:aws:s3:::dst"]),
        allow(["s3:GetObject*", "s3:ReplicateObject"], ["arn:aws:s3:::src/tax/*", "arn:aws:s3:::dst/*"]),
        allow("kms:Decrypt", "arn:aws:kms:us-east-1:111122223333:key/k"),
        allow("iam:PassRole", "*"),
    )
    assert shown(excess(granted, NEEDS)) == [
        (0, "s3:ListBucket", "s3:ListBucket", "arn:aws:s3:::dst", True),
        (0, "s3:PutBucketVersioning", "s3:PutBucketVersioning", "arn:aws:s3:::src", False),
        (1, "s3:GetObject*", "s3:GetObject", "arn:aws:s3:::src/tax/example", True),
        (1, "s3:ReplicateObject", "s3:ReplicateObject", "arn:aws:s3:::src/tax/example", True),
        (2, "kms:Decrypt", "kms:Decrypt", "arn:aws:kms:us-east-1:111122223333:key/k", True),
        (3, "iam:PassRole", "iam:PassRole", "arn:aws:iam::example:role/example", False),
    ]


def test_everything_but_is_one_row() -> None:
    (row,) = excess(policy({"Effect": "Allow", "NotAction": ["iam:*", "sts:*"], "Resource": "*"}), NEEDS)
    assert (row.action, row.is_partly_needed) == ("NotAction", True)


def test_what_the_own_deny_takes_away_is_no_excess() -> None:
    deny = {"Effect": "Deny", "NotAction": "s3:ListBucket", "Resource": "*"}
    narrow = allow("s3:*", ["arn:aws:s3:::src", "arn:aws:s3:::src/*"])
    assert excess(policy(narrow, deny), NEEDS) == ()


def test_a_role_of_several_links_is_held_to_all_their_needs() -> None:
    granted = policy(allow("s3:ReplicateObject", ["arn:aws:s3:::a/*", "arn:aws:s3:::b/*"]))
    first, second = (Need("s3:ReplicateObject", f"arn:aws:s3:::{name}/*") for name in "ab")
    assert len(excess(granted, prepare_needs([first]))) == 1
    assert excess(granted, prepare_needs([first, second])) == ()
    assert len(excess(granted, prepare_needs([second]))) == 1


def test_a_destination_policy_that_admits_more_than_the_role() -> None:
    needs = [Need("s3:ReplicateObject", "arn:aws:s3:::dst/*")]
    scope = Scope(resources=("arn:aws:s3:::dst", "arn:aws:s3:::dst/*"))
    granted = policy(
        {"Effect": "Allow", "Principal": {"AWS": [ROLE]}, "Action": "s3:Replicate*", "Resource": "*"},
        {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "s3:ReplicateObject", "Resource": "*"},
        kind=PolicyKind.RESOURCE,
    )
    rows = excess(granted, prepare_needs(needs, principals=[ROLE]), scope)
    assert shown(rows) == [
        (0, "s3:Replicate*", "s3:ReplicateDelete", "arn:aws:s3:::dst/example", True),
        (1, "s3:ReplicateObject", "s3:ReplicateObject", "arn:aws:s3:::dst/example", True),
    ]
    assert [row.witness.principal for row in rows if row.witness] == [ROLE, "arn:aws:iam::111122223333:root"]


@pytest.mark.parametrize("fixed", ["true", "false"])
def test_a_key_whose_value_is_known_beforehand(fixed: str) -> None:
    granted = policy(allow("s3:ListBucket", "arn:aws:s3:::src", Bool={"aws:SecureTransport": fixed}))
    needs = prepare_needs([Need("s3:ListBucket", "arn:aws:s3:::src", {"Bool": {"aws:SecureTransport": ["true"]}})])
    rows = excess(granted, needs, Scope(context={"aws:SecureTransport": "true"}))
    assert rows == ()


def test_a_key_that_no_request_carries() -> None:
    tagged = {"ForAnyValue:StringLike": {"aws:TagKeys": "x*"}}
    granted = policy(allow("s3:PutObject", "arn:aws:s3:::src/*", **tagged))
    assert len(excess(granted, prepare_needs([]))) == 1
    (row,) = excess(granted, prepare_needs([]), Scope(context={"aws:TagKeys": None}))
    assert row.witness is None


def test_what_cannot_be_settled_is_a_row_without_witness() -> None:
    granted = policy(allow("s3:ListBucket", "arn:aws:s3:::src", DateLessThan={"aws:CurrentTime": "2030-01-01"}))
    date = {"DateLessThan": {"aws:CurrentTime": ["2031-01-01"]}}
    (row,) = excess(granted, prepare_needs([Need("s3:ListBucket", "arn:aws:s3:::src", date)]))
    assert row.witness is None
    assert "aws:currenttime" in row.reason


def test_a_policy_with_an_unread_statement_proves_nothing() -> None:
    granted = policy(allow("s3:*", "*"), {"Effect": "Deny", "Action": 7, "Resource": "*"})
    (row,) = excess(granted, NEEDS)
    assert row.witness is None
    assert "Action" in row.reason
    assert granted.unread


def test_needs_are_held_to_the_grammar_of_policies() -> None:
    with pytest.raises(PolicyError, match="service prefix"):
        prepare_needs([Need("ListBucket", "*")])
