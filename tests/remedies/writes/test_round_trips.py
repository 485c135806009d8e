"""Every write there and back, on an emulated AWS: what was written is read back as it was meant, and undone as it was.

A case gives the value after; what is there before is made by plain boto3 calls, so that nothing here is proved by the
code that it is to prove.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from scanner.estate.unknown import Value
from scanner.remedies.sameness import is_same
from scanner.remedies.state import Live, is_settled, state_of
from scanner.remedies.step import CREATION, WHOLE, Safety, Step, Target
from scanner.remedies.writes.table import WRITES, write_of

REGION = "us-east-1"
LANGUAGE = "2012-10-17"


def statement(**parts: Value) -> dict[str, Value]:
    return {"Version": LANGUAGE, "Statement": [{"Effect": "Allow", **parts}]}


@dataclass(frozen=True)
class World:
    """The accounts, and the names of what a case is about."""

    aws: Any

    @property
    def account(self) -> str:
        return str(self.aws.account)

    @property
    def name(self) -> str:
        return f"data-{self.account}"

    @property
    def other(self) -> str:
        return f"other-{self.account}"

    def arn(self, service: str, resource: str) -> str:
        return f"arn:aws:{service}:{REGION}:{self.account}:{resource}"

    @property
    def bucket(self) -> Target:
        return Target("AWS::S3::Bucket", f"arn:aws:s3:::{self.name}", self.account, REGION, self.name)

    @property
    def role(self) -> Target:
        return Target("AWS::IAM::Role", f"arn:aws:iam::{self.account}:role/copying", self.account, "", "copying")

    @property
    def topic(self) -> Target:
        return Target("AWS::SNS::Topic", self.arn("sns", "alarms"), self.account, REGION, "alarms")

    @property
    def alarm(self) -> Target:
        return Target("AWS::CloudWatch::Alarm", self.arn("cloudwatch", "alarm:late"), self.account, REGION, "late")

    def of(self, target: Target, type_: str) -> Target:
        """A resource of another type that hangs on this one and bears its name."""
        return Target(type_, target.arn, target.account, target.region, target.name)


Build = Callable[[World], Target]


def a_bucket(world: World) -> Target:
    world.aws.bucket(world.name)
    return world.bucket


def a_versioned_bucket(world: World) -> Target:
    a_bucket(world)
    enabled = {"Status": "Enabled"}
    world.aws.client("s3").put_bucket_versioning(Bucket=world.name, VersioningConfiguration=enabled)
    return world.bucket


def a_locked_bucket(world: World) -> Target:
    world.aws.client("s3").create_bucket(Bucket=world.name, ObjectLockEnabledForBucket=True)
    return world.bucket


def two_versioned_buckets(world: World) -> Target:
    world.aws.bucket(world.other)
    enabled = {"Status": "Enabled"}
    world.aws.client("s3").put_bucket_versioning(Bucket=world.other, VersioningConfiguration=enabled)
    return a_versioned_bucket(world)


def a_bucket_with_measures(world: World) -> Target:
    target = a_bucket(world)
    for name in ("kept", "changed", "gone"):
        world.aws.client("s3").put_bucket_metrics_configuration(
            Bucket=world.name, Id=name, MetricsConfiguration={"Id": name, "Filter": {"Prefix": f"{name}/"}}
        )
    return target


def a_bucket_of_its_own_encryption(world: World) -> Target:
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": world.arn("kms", "key/one")}
    rule = {"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": True}
    a_bucket(world)
    world.aws.client("s3").put_bucket_encryption(Bucket=world.name, ServerSideEncryptionConfiguration={"Rules": [rule]})
    return world.bucket


def a_bucket_that_logs(world: World) -> Target:
    world.aws.bucket(world.other)
    allowed = statement(
        Principal={"Service": "logging.s3.amazonaws.com"},
        Action="s3:PutObject",
        Resource=f"arn:aws:s3:::{world.other}/*",
    )
    world.aws.client("s3").put_bucket_policy(Bucket=world.other, Policy=json.dumps(allowed))
    return a_bucket(world)


def a_bucket_with_events(world: World) -> Target:
    """With what says nothing of ids: those are S3's own."""
    a_topic(world)
    a_bucket(world)
    world.aws.client("s3").put_bucket_notification_configuration(
        Bucket=world.name, NotificationConfiguration={"EventBridgeConfiguration": {}}
    )
    return world.bucket


def a_bucket_with_a_policy(world: World) -> Target:
    a_bucket(world)
    world.aws.client("s3").put_bucket_policy(Bucket=world.name, Policy=json.dumps(read_by_root(world)))
    return world.of(world.bucket, "AWS::S3::BucketPolicy")


def a_bucket_without_a_policy(world: World) -> Target:
    a_bucket(world)
    return world.of(world.bucket, "AWS::S3::BucketPolicy")


def nothing(world: World) -> Target:
    return world.bucket


def an_account(world: World) -> Target:
    return Target("AWS::S3::AccountPublicAccessBlock", "", world.account, "", world.account)


def a_key(world: World) -> Target:
    key = world.aws.client("kms").create_key()["KeyMetadata"]
    return Target("AWS::KMS::Key", key["Arn"], world.account, REGION, key["KeyId"])


def an_alias_to_be(world: World) -> Target:
    return Target("AWS::KMS::Alias", world.arn("kms", "alias/data"), world.account, REGION, "alias/data")


def a_role(world: World) -> Target:
    iam = world.aws.client("iam")
    iam.create_role(RoleName="copying", AssumeRolePolicyDocument=json.dumps(trusting("s3")))
    for name in ("kept", "changed", "gone"):
        iam.put_role_policy(RoleName="copying", PolicyName=name, PolicyDocument=json.dumps(reading("a")))
    for name in ("old", "new"):
        iam.create_policy(PolicyName=name, PolicyDocument=json.dumps(reading(name)))
    iam.attach_role_policy(RoleName="copying", PolicyArn=f"arn:aws:iam::{world.account}:policy/old")
    return world.role


def a_topic(world: World) -> Target:
    world.aws.client("sns").create_topic(Name="alarms")
    return world.topic


def a_policy_of_a_topic(world: World) -> Target:
    return world.of(a_topic(world), "AWS::SNS::TopicPolicy")


def a_subscription_to_be(world: World) -> Target:
    a_topic(world)
    return Target("AWS::SNS::Subscription", "", world.account, REGION, "alarms:email:on-call@example.com")


def an_alarm(world: World) -> Target:
    world.aws.client("cloudwatch").put_metric_alarm(**{**late(world), "AlarmDescription": "Too late", "Threshold": 9.0})
    return world.alarm


def trusting(service: str) -> Value:
    return statement(Principal={"Service": f"{service}.amazonaws.com"}, Action="sts:AssumeRole")


def reading(bucket: str) -> Value:
    return statement(Action="s3:GetObject", Resource=f"arn:aws:s3:::{bucket}/*")


def read_by_root(world: World, account: str = "") -> Value:
    root = f"arn:aws:iam::{account or world.account}:root"
    return statement(Principal={"AWS": root}, Action="s3:GetObject", Resource=f"{world.bucket.arn}/*")


def published_by(world: World, service: str) -> Value:
    principal = {"Service": f"{service}.amazonaws.com"}
    return statement(Principal=principal, Action="sns:Publish", Resource=world.topic.arn)


def kept_by(world: World, account: str = "") -> Value:
    root = f"arn:aws:iam::{account or world.account}:root"
    return statement(Sid="Keeper", Principal={"AWS": root}, Action="kms:*", Resource="*")


def late(world: World) -> dict[str, Value]:
    return {
        "AlarmName": "late",
        "ActionsEnabled": True,
        "AlarmActions": [world.topic.arn],
        "ComparisonOperator": "GreaterThanThreshold",
        "Dimensions": [{"Name": "SourceBucket", "Value": world.name}],
        "EvaluationPeriods": 1,
        "MetricName": "ReplicationLatency",
        "Namespace": "AWS/S3",
        "Period": 60,
        "Statistic": "Maximum",
        "Threshold": 900.0,
        "TreatMissingData": "notBreaching",
    }


def encrypted(world: World, *blocked: str) -> Value:
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": world.arn("kms", "key/two")}
    rule = {"ServerSideEncryptionByDefault": default, "BucketKeyEnabled": True}
    block = {"BlockedEncryptionTypes": {"EncryptionType": list(blocked)}} if blocked else {}
    return {"ServerSideEncryptionConfiguration": [{**rule, **block}]}


def replicating(world: World) -> Value:
    destination = {"Bucket": f"arn:aws:s3:::{world.other}"}
    rich = {
        **destination,
        "Account": world.account,
        "StorageClass": "STANDARD_IA",
        "EncryptionConfiguration": {"ReplicaKmsKeyID": world.arn("kms", "key/two")},
        "Metrics": {"Status": "Enabled", "EventThreshold": {"Minutes": 15}},
        "ReplicationTime": {"Status": "Enabled", "Time": {"Minutes": 15}},
    }
    tagged = {"And": {"Prefix": "a/", "TagFilters": [{"Key": "k", "Value": "v"}]}}
    decided = {"Status": "Enabled", "DeleteMarkerReplication": {"Status": "Disabled"}}
    return {
        "Role": world.role.arn,
        "Rules": [
            {"Id": "all", "Priority": 1, **decided, "Filter": {}, "Destination": destination},
            {"Id": "some", "Priority": 2, **decided, "Filter": {"Prefix": "b/"}, "Destination": destination},
            {
                "Id": "tag",
                "Priority": 3,
                **decided,
                "Filter": {"TagFilter": {"Key": "k", "Value": "v"}},
                "Destination": destination,
            },
            {
                "Id": "rich",
                "Priority": 4,
                **decided,
                "Filter": tagged,
                "Destination": rich,
                "SourceSelectionCriteria": {
                    "SseKmsEncryptedObjects": {"Status": "Enabled"},
                    "ReplicaModifications": {"Status": "Enabled"},
                },
            },
        ],
    }


def lasting(_: World) -> Value:
    return {
        "Rules": [
            {
                "Id": "old",
                "Status": "Enabled",
                "Prefix": "a/",
                "TagFilters": [{"Key": "k", "Value": "v"}],
                "ObjectSizeGreaterThan": "1024",
                "ExpirationInDays": 400,
                "NoncurrentVersionExpiration": {"NoncurrentDays": 90, "NewerNoncurrentVersions": 3},
                "Transitions": [{"StorageClass": "GLACIER", "TransitionInDays": 30}],
                "NoncurrentVersionTransitions": [{"StorageClass": "GLACIER", "TransitionInDays": 31}],
            },
            {"Id": "rest", "Status": "Disabled", "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}},
        ],
        "TransitionDefaultMinimumObjectSize": "all_storage_classes_128K",
    }


FOUR = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")


@dataclass(frozen=True)
class Case:
    """One write from what `build` makes to `after`. `stays` says that it cannot be undone to just what it was."""

    build: Build
    property: str
    after: Callable[[World], Value]
    stays: bool = False
    named: str = ""


CASES: dict[str, list[Case]] = {
    "AWS::S3::Bucket": [
        Case(nothing, CREATION, lambda world: {"BucketName": world.name}),
        Case(nothing, CREATION, lambda world: {"BucketName": world.name, "ObjectLockEnabled": True}, named="locked"),
        Case(a_bucket, "VersioningConfiguration", lambda _: {"Status": "Enabled"}, stays=True),
        Case(a_versioned_bucket, "VersioningConfiguration", lambda _: {"Status": "Suspended"}, named="suspended"),
        Case(a_bucket, "ObjectLockEnabled", lambda _: True, stays=True, named="says nothing alone"),
        Case(
            a_versioned_bucket,
            "ObjectLockConfiguration",
            lambda _: {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 3}}},
            stays=True,
        ),
        Case(
            a_locked_bucket,
            "ObjectLockConfiguration",
            lambda _: {
                "ObjectLockEnabled": "Enabled",
                "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Years": 1}},
            },
            named="retention",
        ),
        Case(
            a_bucket_with_measures,
            "MetricsConfigurations",
            lambda _: [
                {"Id": "changed"},
                {"Id": "kept", "Prefix": "kept/"},
                {"Id": "new", "Prefix": "a/", "TagFilters": [{"Key": "k", "Value": "v"}]},
                {"Id": "tag", "TagFilters": [{"Key": "k", "Value": "v"}]},
            ],
        ),
        Case(a_bucket, "MetricsConfigurations", lambda _: [{"Id": "EntireBucket"}], named="first"),
        Case(a_bucket, "PublicAccessBlockConfiguration", lambda _: {**dict.fromkeys(FOUR, True), FOUR[0]: False}),
        Case(a_bucket, "OwnershipControls", lambda _: {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}),
        Case(a_bucket, "BucketEncryption", lambda world: encrypted(world, "SSE-C"), named="from new"),
        Case(
            a_bucket_of_its_own_encryption,
            "BucketEncryption",
            lambda world: encrypted(world, "SSE-C"),
            named="of its own",
        ),
        Case(
            a_bucket_of_its_own_encryption,
            "BucketEncryption",
            lambda world: encrypted(world, "NONE"),
            named="unblocked",
        ),
        Case(
            a_bucket_that_logs,
            "LoggingConfiguration",
            lambda world: {"DestinationBucketName": world.other, "LogFilePrefix": "data/"},
        ),
        Case(
            a_bucket_that_logs,
            "LoggingConfiguration",
            lambda world: {
                "DestinationBucketName": world.other,
                "LogFilePrefix": "",
                "TargetObjectKeyFormat": {"PartitionedPrefix": {"PartitionDateSource": "EventTime"}},
            },
            named="partitioned",
        ),
        Case(two_versioned_buckets, "ReplicationConfiguration", replicating),
        Case(
            two_versioned_buckets,
            "ReplicationConfiguration",
            lambda world: {
                "Role": world.role.arn,
                "Rules": [
                    {
                        "Id": "v1",
                        "Prefix": "",
                        "Status": "Enabled",
                        "Destination": {"Bucket": f"arn:aws:s3:::{world.other}"},
                    }
                ],
            },
            named="first version",
        ),
        Case(
            a_bucket_with_events,
            "NotificationConfiguration",
            lambda world: {
                "TopicConfigurations": [
                    {
                        "Event": "s3:Replication:OperationFailedReplication",
                        "Topic": world.topic.arn,
                        "Filter": {"S3Key": {"Rules": [{"Name": "prefix", "Value": "a/"}]}},
                    }
                ],
                "EventBridgeConfiguration": {"EventBridgeEnabled": True},
            },
        ),
        Case(a_bucket, "LifecycleConfiguration", lasting),
        Case(a_bucket, "Tags", lambda _: [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]),
    ],
    "AWS::S3::BucketPolicy": [
        Case(
            a_bucket_without_a_policy,
            CREATION,
            lambda world: {"Bucket": world.name, "PolicyDocument": read_by_root(world)},
        ),
        Case(a_bucket_with_a_policy, "PolicyDocument", lambda world: read_by_root(world, "111111111111")),
    ],
    "AWS::S3::AccountPublicAccessBlock": [
        Case(an_account, WHOLE, lambda _: dict.fromkeys(FOUR, True)),
    ],
    "AWS::KMS::Key": [
        Case(a_key, "EnableKeyRotation", lambda _: True),
        Case(a_key, "KeyPolicy", kept_by),
    ],
    "AWS::KMS::Alias": [
        Case(an_alias_to_be, CREATION, lambda world: {"AliasName": "alias/data", "TargetKeyId": a_key(world).name}),
    ],
    "AWS::IAM::Role": [
        Case(
            lambda world: world.role,
            CREATION,
            lambda _: {"RoleName": "copying", "Path": "/", "AssumeRolePolicyDocument": trusting("s3")},
            named="a role",
        ),
        Case(a_role, "AssumeRolePolicyDocument", lambda _: trusting("batchoperations.s3")),
        Case(
            a_role,
            "Policies",
            lambda _: [
                {"PolicyName": "changed", "PolicyDocument": reading("b")},
                {"PolicyName": "kept", "PolicyDocument": reading("a")},
                {"PolicyName": "new", "PolicyDocument": reading("c")},
            ],
        ),
        Case(a_role, "ManagedPolicyArns", lambda world: [f"arn:aws:iam::{world.account}:policy/new"]),
    ],
    "AWS::SNS::Topic": [
        Case(lambda world: world.topic, CREATION, lambda _: {"TopicName": "alarms"}, named="a topic"),
    ],
    "AWS::SNS::TopicPolicy": [
        Case(
            a_policy_of_a_topic,
            CREATION,
            lambda world: {"Topics": [world.topic.arn], "PolicyDocument": published_by(world, "cloudwatch")},
            named="of a topic",
        ),
        Case(a_policy_of_a_topic, "PolicyDocument", lambda world: published_by(world, "s3")),
    ],
    "AWS::SNS::Subscription": [
        Case(
            a_subscription_to_be,
            CREATION,
            lambda world: {"TopicArn": world.topic.arn, "Protocol": "email", "Endpoint": "on-call@example.com"},
            stays=True,
        ),
    ],
    "AWS::CloudWatch::Alarm": [
        Case(lambda world: world.alarm, CREATION, late, named="an alarm"),
        Case(an_alarm, WHOLE, lambda world: {**late(world), "AlarmDescription": "Too late"}),
    ],
}


def changing(target: Target, property_: str, before: Value, after: Value) -> Step:
    return Step("01", target, property_, before, after, Safety.SAFE)


def send(live: Live, target: Target, property_: str, before: Value, after: Value) -> int:
    """Make the calls of a write; how many there were."""
    write = write_of(target.type, property_)
    assert write is not None
    requests = write.requests(target, before, after)
    for request in requests:
        live.send(target, request)
    return len(requests)


def name_of(case: Case) -> str:
    build = getattr(case.build, "__name__", "").replace("<lambda>", "")
    return " ".join(filter(None, (build, case.property, case.named)))


@pytest.mark.parametrize("case", [case for cases in CASES.values() for case in cases], ids=name_of)
def test_there_and_back(aws: Any, case: Case) -> None:
    world, live = World(aws), aws.accounts()
    target, after = case.build(world), case.after(world)
    step = changing(target, case.property, None, after)
    before = state_of(live, step)
    assert not is_same(before, after), "the case changes nothing"
    if send(live, target, case.property, before, after):
        assert is_settled(step, state_of(live, step))
        assert is_same(state_of(live, step), after)
    if not case.stays:
        send(live, target, case.property, after, before)
        assert is_same(state_of(live, step), before)


def test_a_key_is_made_and_goes_after_a_while(aws: Any) -> None:
    live, stand_in = aws.accounts(), "{data-key}"
    arn = f"arn:aws:kms:{REGION}:{aws.account}:key/{stand_in}"
    target = Target("AWS::KMS::Key", arn, aws.account, REGION, stand_in)
    (create,) = write_of(target.type, CREATION).requests(target, None, {"Description": "of the data"})
    made = live.send(target, create)
    key = Target("AWS::KMS::Key", made[arn], aws.account, REGION, made[stand_in])
    assert state_of(live, changing(key, CREATION, None, {"Description": ""})) == {"Description": "of the data"}
    assert live.made_for(target) == made[arn]
    send(live, key, CREATION, {"Description": "of the data"}, None)
    described = aws.client("kms").describe_key(KeyId=key.arn)["KeyMetadata"]
    assert described["KeyState"] == "PendingDeletion"
    assert live.made_for(target) is None
    send(live, key, CREATION, {"Description": "of the data"}, None)


def test_all_writes_are_tried_here() -> None:
    tried = {(type_, case.property) for type_, cases in CASES.items() for case in cases}
    elsewhere = {("AWS::KMS::Key", CREATION), ("AWS::S3::BatchReplicationJob", CREATION)}
    assert tried | elsewhere == {(write.type, write.property) for write in WRITES}
