"""The policy of whoever applies: every action of every write, no other, and nothing wider than the plan."""

from typing import Any

import pytest

from scanner.estate.needs import Need
from scanner.policy.actions import exists, find_action
from scanner.remedies.permissions import fix_permissions, plan_permissions
from scanner.remedies.step import CREATION, Plan, Safety, Step, Target
from scanner.remedies.write_actions import ACTIONS, PASS_ROLE, requests_both_ways, taken_by
from scanner.remedies.writes.table import WRITES
from scanner.sources.aws.permissions import permissions_for

ACCOUNT, REGION = "111111111111", "us-east-1"
VERSIONING = Need("AWS::S3::Bucket", "VersioningConfiguration")
ROLE_ARN = "arn:aws:iam::111111111111:role/copier"
DOCUMENT = {"Version": "2012-10-17", "Statement": []}


def target(kind: str, name: str, arn: str, region: str = REGION) -> Target:
    return Target(f"AWS::{kind}", arn, ACCOUNT, region, name)


BUCKET = target("S3::Bucket", "orders", "arn:aws:s3:::orders")
ROLE = target("IAM::Role", "copier", ROLE_ARN, "")
KEY = target("KMS::Key", "{k}", "arn:aws:kms:us-east-1:111111111111:key/{k}")
ALIAS = target("KMS::Alias", "alias/k", "arn:aws:kms:us-east-1:111111111111:alias/k")
TOPIC = target("SNS::Topic", "t", "arn:aws:sns:us-east-1:111111111111:t")
POLICY = target("SNS::TopicPolicy", "t", TOPIC.arn)
ALARM = target("CloudWatch::Alarm", "late", "arn:aws:cloudwatch:us-east-1:111111111111:alarm:late")
RULES = {"Role": ROLE_ARN, "Rules": []}

CHANGES: list[tuple[Target, str, Any, Any]] = [
    (BUCKET, CREATION, None, {"BucketName": "orders", "ObjectLockEnabled": True}),
    (BUCKET, "BucketEncryption", None, {"ServerSideEncryptionConfiguration": []}),
    (BUCKET, "LifecycleConfiguration", None, {"Rules": []}),
    (BUCKET, "LoggingConfiguration", None, {"DestinationBucketName": "logs"}),
    (BUCKET, "MetricsConfigurations", [{"Id": "a"}], [{"Id": "b"}]),
    (BUCKET, "NotificationConfiguration", None, {}),
    (BUCKET, "ObjectLockConfiguration", None, {}),
    (BUCKET, "ObjectLockEnabled", None, True),
    (BUCKET, "OwnershipControls", None, {"Rules": []}),
    (BUCKET, "PublicAccessBlockConfiguration", None, {}),
    (BUCKET, "ReplicationConfiguration", None, RULES),
    (BUCKET, "Tags", None, []),
    (BUCKET, "VersioningConfiguration", None, {"Status": "Enabled"}),
    (
        target("S3::BucketPolicy", "orders", BUCKET.arn),
        CREATION,
        None,
        {"Bucket": "orders", "PolicyDocument": DOCUMENT},
    ),
    (target("S3::BucketPolicy", "orders", BUCKET.arn), "PolicyDocument", None, DOCUMENT),
    (target("S3::AccountPublicAccessBlock", ACCOUNT, "", ""), "*", {}, {"BlockPublicAcls": True}),
    (target("S3::BatchReplicationJob", "j", "{j}"), CREATION, None, {"RoleArn": ROLE_ARN}),
    (KEY, CREATION, None, {"Description": "d"}),
    (KEY, "EnableKeyRotation", False, True),
    (KEY, "KeyPolicy", DOCUMENT, DOCUMENT),
    (ALIAS, CREATION, None, {"AliasName": "alias/k", "TargetKeyId": "{k}"}),
    (ROLE, CREATION, None, {"RoleName": "copier", "AssumeRolePolicyDocument": DOCUMENT}),
    (ROLE, "AssumeRolePolicyDocument", DOCUMENT, DOCUMENT),
    (ROLE, "Policies", [], [{"PolicyName": "p", "PolicyDocument": DOCUMENT}]),
    (ROLE, "ManagedPolicyArns", [], ["arn:aws:iam::aws:policy/X"]),
    (TOPIC, CREATION, None, {"TopicName": "t"}),
    (POLICY, CREATION, None, {"Topics": [TOPIC.arn], "PolicyDocument": DOCUMENT}),
    (POLICY, "PolicyDocument", DOCUMENT, DOCUMENT),
    (
        target("SNS::Subscription", "t:email:a@example.com", ""),
        CREATION,
        None,
        {"TopicArn": TOPIC.arn, "Protocol": "email", "Endpoint": "a@example.com"},
    ),
    (ALARM, CREATION, None, {"AlarmName": "late"}),
    (ALARM, "*", {"AlarmName": "late"}, {"AlarmName": "late", "Threshold": 1.0}),
]


def step(change: tuple[Target, str, Any, Any], safety: Safety = Safety.SAFE) -> Step:
    return Step("01", *change, safety)


def plan(*changes: tuple[Target, str, Any, Any]) -> Plan:
    return Plan("2026-11-21T12:00:00Z", "aws", "0" * 64, tuple(map(step, changes)))


def only(*changes: tuple[Target, str, Any, Any]) -> dict[str, Any]:
    """The statements of the only account's policy that write, by action; each with its resources."""
    (policy,) = plan_permissions(plan(*changes), ()).values()
    writing = [one for one in policy["Statement"] if not one["Sid"].startswith("Read")]
    return {action: one["Resource"] for one in writing for action in one["Action"]}


def actions(policy: dict[str, Any], start: str = "") -> set[str]:
    return {action for one in policy["Statement"] if one["Sid"].startswith(start) for action in one["Action"]}


def test_every_write_is_changed_here() -> None:
    assert [(target.type, name) for target, name, _, _ in CHANGES] == list(
        dict.fromkeys((t.type, n) for t, n, _, _ in CHANGES)
    )
    assert {(target.type, name) for target, name, _, _ in CHANGES} == {(one.type, one.property) for one in WRITES}


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: f"{change[0].type} {change[1]}")
def test_the_table_says_what_the_requests_of_a_write_take_there_and_back(change: tuple[Target, str, Any, Any]) -> None:
    taken = {one.action for request in requests_both_ways(step(change)) for one in taken_by(request)}
    assert taken == set(ACTIONS[change[0].type, change[1]])


def test_all_actions_exist_and_only_those_that_write_are_called_writing() -> None:
    policy = fix_permissions([VERSIONING])
    for action in actions(policy):
        assert exists(action), action
    levels = {find_action(action).access_level for action in actions(policy, "Write")}
    assert levels <= {"Write", "Permissions management", "Tagging"}
    assert {find_action(action).access_level for action in actions(policy, "Read")} <= {"Read", "List"}


def test_what_can_write_anything_can_do_what_any_plan_can() -> None:
    everything, one = fix_permissions([VERSIONING]), plan_permissions(plan(*CHANGES), [VERSIONING])[ACCOUNT]
    assert actions(one) <= actions(everything)
    assert actions(permissions_for([VERSIONING])) <= actions(one, "Read")


def test_roles_are_passed_to_the_two_services_alone() -> None:
    for policy in (fix_permissions(()), plan_permissions(plan(*CHANGES), ())[ACCOUNT]):
        passing = [one for one in policy["Statement"] if PASS_ROLE in one["Action"]]
        assert all(one["Action"] == [PASS_ROLE] for one in passing)
        assert sorted(one["Condition"]["StringEquals"]["iam:PassedToService"] for one in passing) == [
            "batchoperations.s3.amazonaws.com",
            "s3.amazonaws.com",
        ]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            (BUCKET, CREATION, None, {"BucketName": "orders"}),
            {
                "s3:CreateBucket": BUCKET.arn,
                "s3:DeleteBucket": BUCKET.arn,
                "s3:PutBucketOwnershipControls": BUCKET.arn,
            },
        ),
        (
            (BUCKET, "ReplicationConfiguration", {"Role": f"{ROLE_ARN}-old", "Rules": []}, RULES),
            {"s3:PutReplicationConfiguration": BUCKET.arn, PASS_ROLE: [ROLE_ARN, f"{ROLE_ARN}-old"]},
        ),
        (
            (KEY, "EnableKeyRotation", False, True),
            dict.fromkeys(("kms:DisableKeyRotation", "kms:EnableKeyRotation"), KEY.arn.replace("{k}", "*")),
        ),
        (
            (ALIAS, CREATION, None, {"AliasName": "alias/k", "TargetKeyId": "1-2"}),
            {name: [ALIAS.arn, KEY.arn.replace("{k}", "1-2")] for name in ("kms:CreateAlias", "kms:DeleteAlias")},
        ),
        ((TOPIC, CREATION, None, {"TopicName": "t"}), dict.fromkeys(("sns:CreateTopic", "sns:DeleteTopic"), TOPIC.arn)),
        (CHANGES[-3], {"sns:Subscribe": TOPIC.arn}),
        ((ALARM, "*", {}, {"Threshold": 1.0}), {"cloudwatch:PutMetricAlarm": ALARM.arn}),
        (
            (target("S3::AccountPublicAccessBlock", ACCOUNT, "", ""), "*", {}, {"BlockPublicAcls": True}),
            {"s3:PutAccountPublicAccessBlock": "*"},
        ),
    ],
)
def test_writing_is_limited_to_what_the_plan_names(
    change: tuple[Target, str, Any, Any], expected: dict[str, Any]
) -> None:
    assert only(change) == expected


def test_every_account_gets_its_own() -> None:
    there = Target("AWS::S3::Bucket", "arn:aws-cn:s3:::copy", "222222222222", "cn-north-1", "copy")
    policies = plan_permissions(plan(CHANGES[-1], (there, "Tags", None, [])), ())
    assert list(policies) == [ACCOUNT, "222222222222"]
    assert actions(policies["222222222222"], "Write") == {"s3:PutBucketTagging"}
    assert actions(policies[ACCOUNT], "Write") == {"cloudwatch:PutMetricAlarm"}


def test_what_is_looked_at_before_and_after_may_be_read() -> None:
    (policy,) = plan_permissions(plan((BUCKET, "Tags", None, []), (KEY, CREATION, None, {})), ()).values()
    assert actions(policy, "Read") == {
        "s3:GetBucketTagging",
        "kms:DescribeKey",
        "kms:ListKeys",
        "kms:ListResourceTags",
    }


def test_what_drscan_never_does_takes_nothing() -> None:
    manual = Plan("2026-11-21T12:00:00Z", "aws", "0" * 64, (step(CHANGES[0], Safety.MANUAL),))
    assert plan_permissions(manual, [VERSIONING]) == {}


def test_sids_are_unique_and_letters_and_digits_only() -> None:
    for policy in (fix_permissions([VERSIONING]), plan_permissions(plan(*CHANGES), [VERSIONING])[ACCOUNT]):
        sids = [one["Sid"] for one in policy["Statement"]]
        assert len(set(sids)) == len(sids)
        assert all(sid.isalnum() for sid in sids)
