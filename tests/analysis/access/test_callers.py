"""Whom policies name, and who stands for those whom they do not."""

import pytest

from scanner.analysis.access.callers import (
    any_user_of,
    anybody_of,
    named_accounts,
    named_callers,
    named_services,
    shown,
    strangers_to,
)
from scanner.analysis.access.policies import Policies
from scanner.policy.document import parse_policy
from scanner.policy.statements import PolicyKind

ONE, TWO = "111111111111", "222222222222"
ROLE = f"arn:aws:iam::{ONE}:role/service-role/r"


def policy(principal="*", effect="Allow", **condition):
    statement = {"Effect": effect, "Principal": principal, "Action": "s3:*", "Resource": "*", "Condition": condition}
    parsed = parse_policy({"Version": "2012-10-17", "Statement": [statement]})
    return Policies.of([parsed], PolicyKind.RESOURCE).prepared()


def names(found):
    return [caller.name for caller in found]


def test_callers_are_named_as_principals_and_by_their_arn():
    found = policy({"AWS": [ROLE, TWO], "Service": "s3.amazonaws.com"}, ArnEquals={"aws:PrincipalArn": ROLE + "2"})
    assert names(named_callers(found)) == [ROLE, f"arn:aws:iam::{TWO}:root", ROLE + "2"]
    assert names(named_services(found)) == ["s3.amazonaws.com"]
    assert named_accounts(found) == (ONE, TWO)


def test_a_deleted_principal_is_nobody():
    assert named_callers(policy({"AWS": "AROAEXAMPLE"})) == ()


def test_accounts_are_named_by_themselves_too():
    found = policy("*", StringEquals={"kms:CallerAccount": ONE, "aws:PrincipalAccount": [TWO, "1234"]})
    assert named_accounts(found) == (ONE, TWO)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (f"arn:aws:iam::{ONE}:role/team-*", f"arn:aws:iam::{ONE}:role/team-*"),
        ("arn:aws:iam::*:role/admin", "arn:aws:iam::*:role/admin"),
        ("arn:*:iam::*:role/admin?", "arn:aws:iam::*:role/adminx"),
        ("*admin*", "arn:aws:iam::*:role/admin"),
    ],
)
def test_a_pattern_stands_for_a_caller_that_it_matches(pattern, expected):
    [caller] = named_callers(policy("*", StringLike={"aws:PrincipalArn": pattern}))[:1]
    assert shown(caller.name) == expected


def test_a_pattern_that_leaves_the_account_open_is_looked_for_in_each():
    found = policy("*", ArnLike={"aws:PrincipalArn": "arn:aws:iam::*:role/admin"})
    assert f"arn:aws:iam::{TWO}:role/admin" in names(named_callers(found, ONE, TWO))
    assert named_accounts(found) == ()


def test_anybody_is_somebody_whom_the_policy_does_not_name():
    first = anybody_of(ONE, "aws-cn", policy())
    assert first.name.startswith(f"arn:aws-cn:iam::{ONE}:role/")
    assert anybody_of(ONE, "aws-cn", policy({"AWS": first.name})).name != first.name
    assert first.keys["aws:principalarn"] == first.name
    assert first.keys["aws:principalaccount"] == ONE


def test_ids_are_not_anybodys_to_choose_but_names_of_sessions_are():
    by_id = policy("*", "Deny", StringNotLike={"aws:userId": "AROAEXAMPLE:*"})
    by_session = policy("*", "Deny", StringNotLike={"aws:userId": "*:break-glass"})
    assert "aws:userid" in anybody_of(ONE, "aws", by_id).keys
    assert "aws:userid" in any_user_of(ONE, "aws", by_id).keys
    assert "aws:userid" not in anybody_of(ONE, "aws", by_session).keys


def test_strangers_are_of_accounts_that_nobody_names():
    first = strangers_to(policy(), "aws")[0]
    again = strangers_to(policy({"AWS": first.account}), "aws", ONE)[0]
    assert len({first.account, again.account, ONE}) == 3
    assert "aws:username" not in first.keys


def test_strangers_choose_their_own_names():
    found = policy("*", ArnLike={"aws:PrincipalArn": "arn:aws:iam::*:user/admin"})
    assert [shown(caller.name) for caller in strangers_to(found, "aws")] == ["*", "arn:aws:iam::*:user/admin"]


def test_callers_are_shown_as_people_know_them():
    assert shown(anybody_of(ONE, "aws", policy()).name) == ONE
    assert shown(ROLE) == ROLE
    assert shown("s3.amazonaws.com") == "s3.amazonaws.com"
