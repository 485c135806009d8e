"""What bucket policies keep everybody from, and the gaps by which a denial protects nobody."""

import pytest

from scanner.analysis.access.bucket_denials import DESTRUCTIVE_ACTIONS, derive_plain_http
from scanner.analysis.access.bucket_statements import BucketStatements
from scanner.analysis.access.policies import Policies
from scanner.analysis.access.questions import Requests, truth_of, undenied
from scanner.estate.intent import Intent
from scanner.estate.unknown import Unknown
from scanner.policy.document import read_policy
from scanner.policy.statements import PolicyKind

PRIMARY, RECOVERY = "111111111111", "222222222222"
REFUSED = Unknown("refused")
HTTP = {"Bool": {"aws:SecureTransport": "false"}}


@pytest.fixture
def fact(world, document):
    """Asks for a fact of a bucket with these statements in its policy, or with that policy."""

    def ask(name, *statements):
        world.bucket("b")
        if statements:
            world.policy("b", statements[0] if isinstance(statements[0], Unknown) else document(*statements))
        return world.ask("b", name)

    return ask


GAPS = {
    "no statement about it": ("Deny", "*", "s3:*", {"Bool": {"aws:SecureTransport": "true"}}),
    "some actions only": ("Deny", "*", ["s3:GetObject", "s3:PutObject"], HTTP),
    "one account only": ("Deny", {"AWS": PRIMARY}, "s3:*", HTTP),
    "only those without a second factor": (
        "Deny",
        "*",
        "s3:*",
        HTTP | {"Bool": {"aws:SecureTransport": "false", "aws:MultiFactorAuthPresent": "false"}},
    ),
    "all but one role": (
        "Deny",
        "*",
        "s3:*",
        HTTP | {"ArnNotEquals": {"aws:PrincipalArn": f"arn:aws:iam::{PRIMARY}:role/r"}},
    ),
    "all but one network": ("Deny", "*", "s3:*", HTTP | {"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}),
    "old versions of TLS, of which plain HTTP is none": (
        "Deny",
        "*",
        "s3:*",
        {"NumericLessThan": {"s3:TlsVersion": "1.2"}},
    ),
    "an Allow under TLS, which denies nothing": ("Allow", "*", "s3:*", {"Bool": {"aws:SecureTransport": "true"}}),
}


@pytest.mark.parametrize("gap", GAPS)
def test_a_denial_with_a_gap_lets_plain_http_through(fact, on, gap):
    effect, principal, actions, condition = GAPS[gap]
    assert fact("AllowsPlainHttp", on(effect, principal, actions, **condition)) is True


def test_a_denial_for_objects_alone_leaves_the_bucket_open(fact, on):
    assert fact("AllowsPlainHttp", on("Deny", "*", "s3:*", **HTTP) | {"Resource": "arn:aws:s3:::b/*"}) is True


def test_nobody_is_spared_by_name(fact, on):
    spared = on("Deny", "*", "s3:*", **HTTP)
    del spared["Principal"]
    assert fact("AllowsPlainHttp", spared | {"NotPrincipal": {"AWS": f"arn:aws:iam::{PRIMARY}:root"}}) is True


TIGHT = {
    "the statement of the guides": [("*", "s3:*", HTTP)],
    "every service": [({"AWS": "*"}, "*", HTTP)],
    "if the key is there": [("*", "s3:*", {"BoolIfExists": {"aws:SecureTransport": "false"}})],
    "as text": [("*", "s3:*", {"StringEquals": {"aws:SecureTransport": "false"}})],
    "two halves": [
        ("*", "s3:*", HTTP | {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}),
        ("*", "s3:*", HTTP | {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}),
    ],
    "everything, whatever the transport": [("*", "s3:*", {})],
}


@pytest.mark.parametrize("name", TIGHT)
def test_a_denial_without_a_gap(fact, on, name):
    statements = [on("Deny", principal, actions, **condition) for principal, actions, condition in TIGHT[name]]
    assert fact("AllowsPlainHttp", *statements) is False


def test_a_bucket_without_a_policy_and_one_whose_policy_was_not_read(world, fact):
    assert fact("AllowsPlainHttp") is True
    world.resources.clear()
    assert fact("AllowsPlainHttp", REFUSED) == REFUSED


def test_a_statement_that_cannot_be_read_matters_only_where_the_others_leave_something(fact, on):
    broken = on("Deny", "*", "s3:*", NoSuchOperator={"aws:SecureTransport": "false"})
    assert isinstance(fact("AllowsPlainHttp", broken), Unknown)
    assert fact("AllowsPlainHttp", broken, on("Deny", "*", "s3:*", **HTTP)) is False


KEY = "s3:x-amz-server-side-encryption-customer-algorithm"


@pytest.mark.parametrize(
    ("actions", "condition", "expected"),
    [
        ("s3:PutObject", {"Null": {KEY: "false"}}, True),
        ("s3:*", {"StringLike": {KEY: "*"}}, True),
        ("s3:PutObject", {"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}}, True),
        ("s3:PutObject", {"Null": {KEY: "true"}}, False),
        ("s3:PutObject", {"StringEquals": {KEY: "AES128"}}, False),
        ("s3:GetObject", {"Null": {KEY: "false"}}, False),
        ("s3:PutObject", {"Null": {KEY: "false"}, "StringEquals": {"aws:PrincipalAccount": PRIMARY}}, False),
    ],
)
def test_who_may_bring_a_key_along(fact, on, actions, condition, expected):
    assert fact("PolicyDeniesSseC", on("Deny", "*", actions, **condition)) is expected


ALL = list(DESTRUCTIVE_ACTIONS)


@pytest.mark.parametrize(
    ("condition", "left"),
    [
        ({}, []),
        ({"ArnNotEquals": {"aws:PrincipalArn": f"arn:aws:iam::{PRIMARY}:role/break-glass"}}, []),
        ({"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/break-glass-*"}}, []),
        ({"StringNotLike": {"aws:userId": ["AROAEXAMPLE:*", PRIMARY]}}, []),
        ({"ArnNotLike": {"aws:PrincipalArn": f"arn:aws:iam::{PRIMARY}:role/*"}}, ALL),
        ({"ArnNotLike": {"aws:PrincipalArn": f"arn:aws:iam::{PRIMARY}:user/*"}}, ALL),
        ({"StringNotLike": {"aws:userId": "*:break-glass"}}, ALL),
        ({"StringNotEquals": {"aws:PrincipalAccount": PRIMARY}}, ALL),
        ({"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}, ALL),
    ],
)
def test_destruction_is_denied_to_all_who_are_not_spared_by_name(fact, on, condition, left):
    assert fact("DestructionNotDenied", on("Deny", "*", ALL, **condition)) == left


def test_what_a_denial_does_not_name_is_left(fact, on):
    assert fact("DestructionNotDenied", on("Deny", "*", ALL[1:])) == ALL[:1]


def test_without_a_policy_nothing_is_denied(fact):
    assert fact("DestructionNotDenied") == ALL


def test_what_was_not_read_may_deny_destruction(fact):
    assert fact("DestructionNotDenied", REFUSED) == [REFUSED] * len(ALL)


def organization(world, *documents, manager="333333333333"):
    world.accounts = (*world.accounts, type(world.accounts[0])(manager, "manager"))
    entry = {"AccountId": PRIMARY, "ParentIds": ["r-1"], "Observed": {"ManagementAccountId": manager}}
    arn = f"arn:aws:organizations::{manager}:account/o-1/{PRIMARY}"
    world.add("AWS::Organizations::Account", arn, manager, "", PRIMARY, **entry)
    for number, (type_, content) in enumerate(documents):
        policy = {"Type": type_, "Name": "guard", "Content": content, "TargetIds": ["r-1"]}
        world.add("AWS::Organizations::Policy", f"arn:p{number}", manager, "", "guard", **policy)


def test_an_organization_may_deny_it_instead(world, fact, document):
    denied = {"Effect": "Deny", "Action": ALL, "Resource": "*"}
    organization(world, ("SERVICE_CONTROL_POLICY", document(denied)))
    assert fact("DestructionNotDenied") == []


def test_bucket_and_organization_deny_it_together(world, fact, on, document):
    half = {"Effect": "Deny", "Principal": "*", "Action": ALL[:3], "Resource": "*"}
    organization(world, ("RESOURCE_CONTROL_POLICY", document(half)))
    assert fact("DestructionNotDenied", on("Deny", "*", ALL[3:])) == []


def test_a_level_of_which_no_policy_was_listed_denies_nothing(world, fact, document):
    elsewhere = {"Effect": "Deny", "Action": "ec2:*", "Resource": "*"}
    organization(world, ("SERVICE_CONTROL_POLICY", document(elsewhere)))
    assert fact("DestructionNotDenied") == ALL


def test_a_level_that_allows_none_of_it_denies_all(world, fact, document):
    reading = {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}
    organization(world, ("SERVICE_CONTROL_POLICY", document(reading)))
    assert fact("DestructionNotDenied") == []


def test_the_account_that_manages_the_organization_is_bound_by_nothing(world, fact, document):
    denied = {"Effect": "Deny", "Action": ALL, "Resource": "*"}
    organization(world, ("SERVICE_CONTROL_POLICY", document(denied)), manager=PRIMARY)
    assert fact("DestructionNotDenied") == ALL


def test_policies_of_the_organization_that_were_not_read_may_deny_it(world, fact, on):
    organization(world, ("SERVICE_CONTROL_POLICY", REFUSED))
    assert fact("DestructionNotDenied", on("Deny", "*", ALL[1:])) == [REFUSED]


def test_buckets_that_differ_in_their_names_alone_are_judged_alike(world, on, document):
    for name in ("b", "c", "d"):
        world.bucket(name)
    world.policy("b", document(on("Deny", "*", "s3:*", "b", **HTTP)))
    world.policy("c", document(on("Deny", "*", "s3:*", "c", **HTTP)))
    world.policy("d", document(on("Deny", "*", "s3:*", "b", **HTTP)))
    assert [world.ask(name, "AllowsPlainHttp") for name in "bcd"] == [False, False, True]


@pytest.mark.parametrize(
    "resource", ["*", "arn:aws:s3:::b", "arn:aws:s3:::b*", "arn:aws:s3:::?/*", ["arn:aws:s3:::b", "arn:aws:s3:::*/*"]]
)
def test_a_policy_says_the_same_by_any_name_of_the_bucket(world, on, document, resource):
    world.bucket("b")
    world.policy("b", document(on("Deny", "*", "s3:*", **HTTP) | {"Resource": resource}))
    said = BucketStatements.of(world.estate).denials(world.resources[0])
    [bucket] = derive_plain_http(world.estate, Intent()).of_type("AWS::S3::Bucket")
    whole = Requests(("s3:*",), ("arn:aws:s3:::b", "arn:aws:s3:::b/*"), keys={"aws:securetransport": "false"})
    written = Policies.of([read_policy(world.resources[1].properties["PolicyDocument"])], PolicyKind.RESOURCE)
    assert said.document is not None
    assert bucket.properties["Derived"]["AllowsPlainHttp"] is truth_of(undenied(written, whole))
