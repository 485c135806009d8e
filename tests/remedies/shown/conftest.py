"""A plan with a step of every kind: a bucket gets its copy in another account, and old things are put right.

Everything is made by hand, so that what is shown does not hang on any remedy.
"""

from dataclasses import replace
from typing import Any

import pytest

from scanner.estate.estate import Estate
from scanner.estate.resource import Resource
from scanner.remedies.differences import changes_between
from scanner.remedies.step import Plan, Step, Target, Unfixed
from scanner.remedies.steps import digest_of, steps_of
from scanner.sources.completion import completed

HERE, THERE = ("111111111111", "us-east-1"), ("222222222222", "eu-west-1")
ROLE_ARN = "arn:aws:iam::111111111111:role/drscan/orders-copying"
KEY_ARN = "arn:aws:kms:eu-west-1:222222222222:key/{orders-copy-key}"
OLD_KEY_ARN = "arn:aws:kms:us-east-1:111111111111:key/11111111-2222-3333-4444-555555555555"
TOPIC_ARN = "arn:aws:sns:us-east-1:111111111111:orders-alarms"
HOSTILE = "'; touch owned; echo ' $(touch owned) `touch owned` ${aws_s3_bucket.x} %{if true} \"\\ \n# \x1b[2J\u202e EOF"
"""Text of an account that tries to get out of every kind of quotes."""

NEIGHBOUR = {
    "Sid": "Neighbour",
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::111111111111:root"},
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::orders-data/${aws:username}/*",
    "Condition": {"StringEquals": {"aws:PrincipalTag/team": HOSTILE}},
}


def policy(*statements: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def trust(service: str) -> dict[str, Any]:
    principal = {"Service": f"{service}.amazonaws.com"}
    return policy({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"})


def bucket(name: str, place: tuple[str, str], **properties: Any) -> Resource:
    given = {"BucketName": name, **properties}
    return completed(Resource("AWS::S3::Bucket", f"arn:aws:s3:::{name}", *place, name, given))


def bucket_policy(of: Resource, document: Any) -> Resource:
    properties = {"Bucket": of.name, "PolicyDocument": document}
    return Resource("AWS::S3::BucketPolicy", of.arn, of.account, of.region, of.name, properties)


def role(name: str, path: str = "/", **properties: Any) -> Resource:
    given = {"RoleName": name, "Path": path, **properties}
    arn = f"arn:aws:iam::{HERE[0]}:role{path}{name}"
    return completed(Resource("AWS::IAM::Role", arn, HERE[0], "", name, given))


def alarm(name: str, threshold: float) -> Resource:
    properties = {
        "AlarmName": name,
        "ActionsEnabled": True,
        "AlarmActions": [TOPIC_ARN],
        "ComparisonOperator": "GreaterThanThreshold",
        "Dimensions": [{"Name": "SourceBucket", "Value": "orders-data"}, {"Name": "RuleId", "Value": "to-dr"}],
        "EvaluationPeriods": 1,
        "MetricName": "OperationsFailedReplication",
        "Namespace": "AWS/S3",
        "Period": 60,
        "Statistic": "Sum",
        "Threshold": threshold,
        "TreatMissingData": "notBreaching",
    }
    arn = f"arn:aws:cloudwatch:us-east-1:111111111111:alarm:{name}"
    return Resource("AWS::CloudWatch::Alarm", arn, *HERE, name, properties)


def account_block(*, blocks: bool) -> Resource:
    four = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
    properties = dict.fromkeys(four, blocks)
    return Resource("AWS::S3::AccountPublicAccessBlock", "", HERE[0], "", HERE[0], properties)


def before() -> Estate:
    data = bucket("orders-data", HERE)
    old_key = Resource(
        "AWS::KMS::Key",
        OLD_KEY_ARN,
        *HERE,
        OLD_KEY_ARN.rpartition("/")[2],
        {"EnableKeyRotation": False, "KeyPolicy": policy(allow("kms:*", Principal={"AWS": "*"}, Sid="Any"))},
    )
    old_role = role(
        "old-copying",
        AssumeRolePolicyDocument=trust("ec2"),
        Policies=[
            {"PolicyName": "copy", "PolicyDocument": policy(allow(["s3:Get*", "s3:List*"], "arn:aws:s3:::a"))},
            {"PolicyName": "gone", "PolicyDocument": policy(allow("s3:*"))},
        ],
        ManagedPolicyArns=["arn:aws:iam::111111111111:policy/writing"],
    )
    rules = bucket_policy(data, policy(NEIGHBOUR))
    ledger = bucket("ledger", HERE, ObjectLockEnabled=True)
    return Estate((data, rules, old_key, old_role, alarm("late", 9.0), account_block(blocks=False), ledger))


def after(estate: Estate) -> Estate:
    return estate.adding([*_here(estate), *_there(), *_watching()])


def _here(estate: Estate) -> list[Resource]:
    data, _rules, old_key, old_role, late, _, ledger = estate.resources
    logs = bucket("orders-logs", HERE, OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]})
    logging = allow("s3:PutObject", f"{logs.arn}/*", Principal={"Service": "logging.s3.amazonaws.com"})
    deny = {
        "Sid": "DenyInsecureTransport",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [data.arn, f"{data.arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    copying = policy(
        allow(["s3:GetReplicationConfiguration", "s3:ListBucket"], data.arn, Sid="SourceBucket"),
        allow("s3:ReplicateObject", "arn:aws:s3:::orders-dr/*", Sid="DestinationObject"),
        allow("kms:Encrypt", KEY_ARN, Sid="DestinationKey"),
    )
    return [
        data.with_properties(
            VersioningConfiguration={"Status": "Enabled"},
            Tags=[{"Key": "owner", "Value": HOSTILE.replace("\x1b", "")}],
            LoggingConfiguration={"DestinationBucketName": "orders-logs", "LogFilePrefix": "data/"},
            MetricsConfigurations=[{"Id": "EntireBucket"}, {"Id": "some", "Prefix": "a/"}],
            PublicAccessBlockConfiguration=dict.fromkeys(data.properties["PublicAccessBlockConfiguration"], True)
            | {"BlockPublicAcls": False},
            LifecycleConfiguration={
                "Rules": [
                    {"Id": "old", "Status": "Enabled", "NoncurrentVersionExpiration": {"NoncurrentDays": 90}},
                    {
                        "Id": "cold",
                        "Status": "Enabled",
                        "Prefix": "a/",
                        "Transitions": [{"StorageClass": "GLACIER", "TransitionInDays": 30}],
                    },
                ],
                "TransitionDefaultMinimumObjectSize": "all_storage_classes_128K",
            },
            NotificationConfiguration={
                "TopicConfigurations": [
                    {
                        "Event": "s3:Replication:OperationFailedReplication",
                        "Topic": TOPIC_ARN,
                        "Filter": {"S3Key": {"Rules": [{"Name": "prefix", "Value": "a/"}]}},
                    }
                ],
                "EventBridgeConfiguration": {"EventBridgeEnabled": True},
            },
            ReplicationConfiguration={"Role": ROLE_ARN, "Rules": [replication_rule()]},
        ),
        logs,
        bucket_policy(logs, policy(logging)),
        ledger.with_properties(ObjectLockConfiguration=lock("COMPLIANCE")),
        bucket_policy(data, policy(NEIGHBOUR, deny)),
        old_key.with_properties(
            EnableKeyRotation=True,
            KeyPolicy=policy(allow("kms:*", Principal={"AWS": "arn:aws:iam::111111111111:root"}, Sid="Any")),
        ),
        old_role.with_properties(
            AssumeRolePolicyDocument=trust("s3"),
            Policies=[
                {"PolicyName": "copy", "PolicyDocument": policy(allow("s3:List*", "arn:aws:s3:::a"))},
                {"PolicyName": "new", "PolicyDocument": policy(allow("kms:Decrypt", OLD_KEY_ARN))},
            ],
            ManagedPolicyArns=["arn:aws:iam::111111111111:policy/reading"],
        ),
        late.with_properties(Threshold=0.0),
        account_block(blocks=True),
        role(
            "orders-copying",
            "/drscan/",
            AssumeRolePolicyDocument=trust("s3"),
            Policies=[{"PolicyName": "replication", "PolicyDocument": copying}],
        ),
        Resource("AWS::S3::BatchReplicationJob", "{orders-job}", *HERE, "job for orders-data", job()),
    ]


def lock(mode: str) -> dict[str, Any]:
    return {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": mode, "Days": 30}}}


def replication_rule() -> dict[str, Any]:
    return {
        "Id": "to-dr",
        "Priority": 1,
        "Status": "Enabled",
        "Filter": {"And": {"Prefix": "a/", "TagFilters": [{"Key": "k", "Value": "v"}]}},
        "DeleteMarkerReplication": {"Status": "Disabled"},
        "SourceSelectionCriteria": {"SseKmsEncryptedObjects": {"Status": "Enabled"}},
        "Destination": {
            "Bucket": "arn:aws:s3:::orders-dr",
            "Account": THERE[0],
            "AccessControlTranslation": {"Owner": "Destination"},
            "EncryptionConfiguration": {"ReplicaKmsKeyID": KEY_ARN},
            "Metrics": {"Status": "Enabled", "EventThreshold": {"Minutes": 15}},
            "ReplicationTime": {"Status": "Enabled", "Time": {"Minutes": 15}},
        },
    }


def job() -> dict[str, Any]:
    return {
        "Operation": {"S3ReplicateObject": {}},
        "Priority": 1,
        "Report": {"Enabled": False},
        "RoleArn": ROLE_ARN,
        "ManifestGenerator": {
            "S3JobManifestGenerator": {"SourceBucket": "arn:aws:s3:::orders-data", "EnableManifestOutput": False}
        },
    }


def _there() -> list[Resource]:
    encrypted = {
        "ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY_ARN},
        "BucketKeyEnabled": True,
    }
    copy = bucket("orders-dr", THERE, ObjectLockEnabled=True).with_properties(
        VersioningConfiguration={"Status": "Enabled"},
        BucketEncryption={"ServerSideEncryptionConfiguration": [encrypted]},
        ObjectLockConfiguration=lock("GOVERNANCE"),
    )
    admitted = allow("s3:ReplicateObject", f"{copy.arn}/*", Principal={"AWS": ROLE_ARN}, Sid="ReplicateInto")
    root = allow("kms:*", Principal={"AWS": "arn:aws:iam::222222222222:root"}, Sid="Owner")
    use = allow("kms:Encrypt", Principal={"AWS": ROLE_ARN}, Sid="ReplicateInto")
    key = Resource("AWS::KMS::Key", KEY_ARN, *THERE, "{orders-copy-key}", {"Description": f"For {HOSTILE}"})
    key = completed(key).with_properties(EnableKeyRotation=True, KeyPolicy=policy(root, use))
    alias_arn = "arn:aws:kms:eu-west-1:222222222222:alias/orders-copy"
    alias = {"AliasName": "alias/orders-copy", "TargetKeyId": key.name}
    return [
        copy,
        bucket_policy(copy, policy(admitted)),
        key,
        Resource("AWS::KMS::Alias", alias_arn, *THERE, "alias/orders-copy", alias),
    ]


def _watching() -> list[Resource]:
    publish = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudwatch.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": TOPIC_ARN,
    }
    subscription = {"TopicArn": TOPIC_ARN, "Protocol": "email", "Endpoint": "on-call@example.com"}
    return [
        Resource("AWS::SNS::Topic", TOPIC_ARN, *HERE, "orders-alarms", {"TopicName": "orders-alarms"}),
        Resource(
            "AWS::SNS::TopicPolicy",
            TOPIC_ARN,
            *HERE,
            "orders-alarms",
            {"Topics": [TOPIC_ARN], "PolicyDocument": policy(publish)},
        ),
        Resource("AWS::SNS::Subscription", "", *HERE, "orders-alarms:email:on-call@example.com", subscription),
        alarm("orders-failed", 0.0),
    ]


@pytest.fixture(scope="session")
def whole() -> Plan:
    """The plan with a step of every kind."""
    return _plan(before(), after(before()))


def _plan(was: Estate, will_be: Estate) -> Plan:
    changes = list(changes_between(was, will_be))
    serves = {(change.target, change.property): _for(change.target) for change in changes}
    steps = tuple(map(_worded, steps_of(changes, serves)))
    left = (
        Unfixed("bucket-versioning-enabled", "f1", "arn:aws:s3:::other", "versioning of other is not known"),
        Unfixed("bucket-versioning-enabled", "f2", "arn:aws:s3:::more", "versioning of other is not known"),
        Unfixed("macie-enabled-where-data-is", "f3", HOSTILE, "there is no remedy for this rule; Enable Macie"),
    )
    return Plan("2026-11-21T12:00:00Z", "aws", digest_of(steps), steps, left, (("a-link-works", "f0"),))


def _worded(step: Step) -> Step:
    """The step with other words where the writes say something: how they put it is not what is tested here."""
    return replace(
        step,
        interrupts=step.interrupts and "somebody who relies on how it is may be stopped",
        costs=step.costs and "storage, and a fee by month",
        undoing=step.undoing and "; ".join(["what was written meanwhile stays as it was written"] * 3),
    )


def _for(target: Target) -> dict[tuple[str, str], None]:
    return {("a-link-works" if "orders" in target.name else "role-has-no-excess", "f0"): None}
