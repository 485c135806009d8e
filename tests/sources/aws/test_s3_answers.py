"""S3's answers in CloudFormation's words, on answers as S3's API reference documents them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from scanner.estate.unknown import Unknown
from scanner.sources.aws import s3_answers
from scanner.sources.aws.calls import Found, Place

HERE = Place("111111111111", "eu-west-1", "aws")
OWNER = {"ID": "owner", "DisplayName": "me"}
OWNERS_GRANT = {"Grantee": {"ID": "owner", "Type": "CanonicalUser"}, "Permission": "FULL_CONTROL"}


def group(name: str, permission: str) -> dict[str, Any]:
    return {
        "Grantee": {"URI": f"http://acs.amazonaws.com/groups/{name}", "Type": "Group"},
        "Permission": permission,
    }


def test_buckets_come_with_region_and_creation_date() -> None:
    created = datetime(2026, 11, 21, 9, 30, 15, tzinfo=UTC)
    answer = {"Buckets": [{"Name": "data", "CreationDate": created, "BucketRegion": "eu-west-1"}, {"Name": "odd"}]}
    data, odd = s3_answers.buckets(answer, Place("1", "us-gov-west-1", "aws-us-gov"), None)
    assert (data.arn, data.region) == ("arn:aws-us-gov:s3:::data", "eu-west-1")
    assert data.properties == {"BucketName": "data", "Observed.CreationDate": "2026-11-21T09:30:15Z"}
    assert odd.region is None


@pytest.mark.parametrize(
    ("constraint", "region"), [(None, "us-east-1"), ("EU", "eu-west-1"), ("ap-southeast-2", "ap-southeast-2")]
)
def test_location_has_two_historic_names(constraint: str | None, region: str) -> None:
    assert s3_answers.location({"LocationConstraint": constraint}) == {"region": region}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({}, {}),
        ({"Status": "Suspended"}, {"VersioningConfiguration": {"Status": "Suspended"}}),
        (
            {"Status": "Enabled", "MFADelete": "Disabled"},
            {"VersioningConfiguration": {"Status": "Enabled"}, "Observed.MFADelete": "Disabled"},
        ),
    ],
)
def test_versioning(answer: dict[str, Any], expected: dict[str, Any]) -> None:
    assert s3_answers.versioning(answer) == expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({}, {"ObjectLockEnabled": False}),
        (
            {"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled"}},
            {"ObjectLockEnabled": True, "ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled"}},
        ),
        (
            {
                "ObjectLockConfiguration": {
                    "ObjectLockEnabled": "Enabled",
                    "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Years": 1}},
                }
            },
            {
                "ObjectLockEnabled": True,
                "ObjectLockConfiguration": {
                    "ObjectLockEnabled": "Enabled",
                    "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Years": 1}},
                },
            },
        ),
    ],
)
def test_object_lock(answer: dict[str, Any], expected: dict[str, Any]) -> None:
    assert s3_answers.object_lock(answer) == expected


def test_encryption_keeps_bucket_key_and_blocked_types() -> None:
    key = "arn:aws:kms:eu-west-1:111111111111:key/k"
    rule = {
        "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key},
        "BucketKeyEnabled": False,
        "BlockedEncryptionTypes": {"EncryptionType": ["SSE-C"]},
    }
    assert s3_answers.encryption({"ServerSideEncryptionConfiguration": {"Rules": [rule]}}) == {
        "BucketEncryption": {
            "ServerSideEncryptionConfiguration": [
                {
                    "ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key},
                    "BucketKeyEnabled": False,
                    "BlockedEncryptionTypes": {"EncryptionType": ["SSE-C"]},
                }
            ]
        }
    }
    assert s3_answers.encryption({}) == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"Statement": []}', {"Statement": []}),
        ("not json", Unknown("the policy is not JSON")),
        ('{"Statement": NaN}', Unknown("the policy is not JSON")),
        ("[" * 100_000, Unknown("the policy is not JSON")),
        ('"text"', Unknown("the policy is not a JSON object")),
    ],
)
def test_a_policy_is_an_object_or_unknown(text: str, expected: Any) -> None:
    bucket = Found("AWS::S3::Bucket", "arn:aws:s3:::data", "data", "eu-west-1")
    (policy,) = s3_answers.bucket_policy({"Policy": text}, HERE, bucket)
    assert policy.properties == {"Bucket": "data", "PolicyDocument": expected}
    assert (policy.type, policy.arn, policy.region) == ("AWS::S3::BucketPolicy", "arn:aws:s3:::data", "eu-west-1")


def test_no_policy_is_no_resource() -> None:
    assert list(s3_answers.bucket_policy({}, HERE, Found("AWS::S3::Bucket", "a", "data"))) == []


@pytest.mark.parametrize(
    ("grants", "canned"),
    [
        ([OWNERS_GRANT], "Private"),
        ([OWNERS_GRANT, group("global/AllUsers", "READ")], "PublicRead"),
        ([OWNERS_GRANT, group("global/AllUsers", "READ"), group("global/AllUsers", "WRITE")], "PublicReadWrite"),
        ([OWNERS_GRANT, group("global/AuthenticatedUsers", "READ")], "AuthenticatedRead"),
        ([OWNERS_GRANT, group("s3/LogDelivery", "WRITE"), group("s3/LogDelivery", "READ_ACP")], "LogDeliveryWrite"),
        ([OWNERS_GRANT, group("global/AllUsers", "WRITE_ACP")], None),
        ([group("global/AllUsers", "READ")], None),
        ([], None),
    ],
)
def test_acl_has_a_canned_name_only_when_it_is_one(grants: list[dict[str, Any]], canned: str | None) -> None:
    found = s3_answers.acl({"Owner": OWNER, "Grants": grants})
    if canned is None:
        assert isinstance(found["AccessControl"], Unknown)
    else:
        assert found["AccessControl"] == canned
    assert len(found["Observed.AclGrants"]) == len(grants)
    assert found["Observed.OwnerId"] == "owner"


def test_logging_off_is_nothing_and_an_empty_prefix_is_kept() -> None:
    assert s3_answers.logging({}) == {}
    on = {"TargetBucket": "logs", "TargetPrefix": "", "TargetObjectKeyFormat": {"SimplePrefix": {}}}
    assert s3_answers.logging({"LoggingEnabled": on}) == {
        "LoggingConfiguration": {
            "DestinationBucketName": "logs",
            "LogFilePrefix": "",
            "TargetObjectKeyFormat": {"SimplePrefix": {}},
        }
    }


@pytest.mark.parametrize(
    ("filter_", "expected"),
    [
        ({}, {}),
        ({"Prefix": "tax/"}, {"Prefix": "tax/"}),
        ({"Tag": {"Key": "a", "Value": "b"}}, {"TagFilters": [{"Key": "a", "Value": "b"}]}),
        ({"AccessPointArn": "arn"}, {"AccessPointArn": "arn"}),
        (
            {"And": {"Prefix": "tax/", "Tags": [{"Key": "a", "Value": "b"}]}},
            {"Prefix": "tax/", "TagFilters": [{"Key": "a", "Value": "b"}]},
        ),
    ],
)
def test_metrics_by_filter(filter_: dict[str, Any], expected: dict[str, Any]) -> None:
    entry = {"Id": "dr", **({"Filter": filter_} if filter_ else {})}
    found = s3_answers.metrics({"MetricsConfigurationList": [entry]})
    assert found == {"MetricsConfigurations": [{"Id": "dr", **expected}]}


def test_notifications_have_one_entry_an_event() -> None:
    topic = {
        "Id": "x",
        "TopicArn": "arn:topic",
        "Events": ["s3:Replication:OperationFailedReplication", "s3:ObjectRemoved:*"],
        "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": "tax/"}]}},
    }
    function = {"LambdaFunctionArn": "arn:function", "Events": ["s3:ObjectCreated:*"]}
    answer = {
        "TopicConfigurations": [topic],
        "LambdaFunctionConfigurations": [function],
        "EventBridgeConfiguration": {},
    }
    filter_ = {"S3Key": {"Rules": [{"Name": "prefix", "Value": "tax/"}]}}
    assert s3_answers.notifications(answer) == {
        "NotificationConfiguration": {
            "TopicConfigurations": [
                {"Event": event, "Filter": filter_, "Topic": "arn:topic"} for event in topic["Events"]
            ],
            "LambdaConfigurations": [{"Event": "s3:ObjectCreated:*", "Function": "arn:function"}],
            "EventBridgeConfiguration": {"EventBridgeEnabled": True},
        }
    }
    assert s3_answers.notifications({}) == {}


def test_inventories() -> None:
    target = {
        "AccountId": "1",
        "Bucket": "arn:aws:s3:::inv",
        "Format": "CSV",
        "Prefix": "i",
        "Encryption": {"SSES3": {}},
    }
    entry = {
        "Id": "daily",
        "IsEnabled": True,
        "Destination": {"S3BucketDestination": target},
        "IncludedObjectVersions": "All",
        "Schedule": {"Frequency": "Daily"},
        "OptionalFields": ["ReplicationStatus"],
        "Filter": {"Prefix": "tax/"},
    }
    assert s3_answers.inventories({"InventoryConfigurationList": [entry]}) == {
        "InventoryConfigurations": [
            {
                "Id": "daily",
                "Enabled": True,
                "Destination": {
                    "BucketArn": "arn:aws:s3:::inv",
                    "BucketAccountId": "1",
                    "Format": "CSV",
                    "Prefix": "i",
                },
                "IncludedObjectVersions": "All",
                "ScheduleFrequency": "Daily",
                "OptionalFields": ["ReplicationStatus"],
                "Prefix": "tax/",
            }
        ]
    }
