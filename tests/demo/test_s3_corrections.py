"""S3 of the emulated AWS answers as S3 does, where moto does not. Every test here fails on plain moto."""

import json

import pytest
from botocore.exceptions import ClientError

EVERYWHERE = {"LocationConstraint": "eu-west-1"}

V1_RULE = {
    "ID": "old-style",
    "Prefix": "logs/",
    "Status": "Enabled",
    "Destination": {"Bucket": "arn:aws:s3:::copy"},
}
V2_RULE = {
    "ID": "everything",
    "Priority": 7,
    "Status": "Enabled",
    "Filter": {"And": {"Prefix": "data/", "Tags": [{"Key": "dr", "Value": "yes"}, {"Key": "tier", "Value": "1"}]}},
    "SourceSelectionCriteria": {
        "SseKmsEncryptedObjects": {"Status": "Enabled"},
        "ReplicaModifications": {"Status": "Enabled"},
    },
    "ExistingObjectReplication": {"Status": "Enabled"},
    "DeleteMarkerReplication": {"Status": "Enabled"},
    "Destination": {
        "Bucket": "arn:aws:s3:::copy",
        "Account": "222222222222",
        "StorageClass": "STANDARD_IA",
        "AccessControlTranslation": {"Owner": "Destination"},
        "EncryptionConfiguration": {"ReplicaKmsKeyID": "arn:aws:kms:eu-west-1:222222222222:key/k"},
        "ReplicationTime": {"Status": "Enabled", "Time": {"Minutes": 15}},
        "Metrics": {"Status": "Enabled", "EventThreshold": {"Minutes": 15}},
    },
}
TAG_RULE = {
    "ID": "one-tag",
    "Priority": 2,
    "Status": "Disabled",
    "Filter": {"Tag": {"Key": "dr", "Value": "yes"}},
    "DeleteMarkerReplication": {"Status": "Disabled"},
    "Destination": {"Bucket": "arn:aws:s3:::copy"},
}
LIFECYCLE_RULES = [
    {
        "ID": "sizes",
        "Status": "Enabled",
        "Filter": {
            "And": {
                "Prefix": "a/",
                "Tags": [{"Key": "k", "Value": "v"}],
                "ObjectSizeGreaterThan": 5,
                "ObjectSizeLessThan": 500,
            }
        },
        "NoncurrentVersionExpiration": {"NoncurrentDays": 30, "NewerNoncurrentVersions": 3},
    },
    {"ID": "markers", "Status": "Enabled", "Filter": {}, "Expiration": {"ExpiredObjectDeleteMarker": True}},
]
ENCRYPTED = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "k"}}


@pytest.fixture
def s3(aws):
    client = aws("s3")
    client.create_bucket(Bucket="data")
    return client


def error_of(call, **arguments):
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return caught.value.response["Error"]["Code"]


def test_replication_is_read_back_as_it_was_put(s3):
    s3.put_bucket_versioning(Bucket="data", VersioningConfiguration={"Status": "Enabled"})
    configuration = {"Role": "arn:aws:iam::123456789012:role/r", "Rules": [V1_RULE, V2_RULE, TAG_RULE]}
    s3.put_bucket_replication(Bucket="data", ReplicationConfiguration=configuration)
    assert s3.get_bucket_replication(Bucket="data")["ReplicationConfiguration"] == configuration


def test_a_replication_rule_without_an_id_gets_one_and_no_priority(s3):
    s3.put_bucket_versioning(Bucket="data", VersioningConfiguration={"Status": "Enabled"})
    rule = {name: value for name, value in V1_RULE.items() if name != "ID"}
    s3.put_bucket_replication(Bucket="data", ReplicationConfiguration={"Role": "arn:r", "Rules": [rule]})
    read = s3.get_bucket_replication(Bucket="data")["ReplicationConfiguration"]["Rules"][0]
    assert read.pop("ID")
    assert read == rule


def test_deleting_and_replacing_replication_leaves_nothing_behind(s3):
    s3.put_bucket_versioning(Bucket="data", VersioningConfiguration={"Status": "Enabled"})
    for rule in (V2_RULE, TAG_RULE):
        s3.put_bucket_replication(Bucket="data", ReplicationConfiguration={"Role": "arn:r", "Rules": [rule]})
    assert s3.get_bucket_replication(Bucket="data")["ReplicationConfiguration"]["Rules"] == [TAG_RULE]
    s3.delete_bucket_replication(Bucket="data")
    assert error_of(s3.get_bucket_replication, Bucket="data") == "ReplicationConfigurationNotFoundError"


def test_lifecycle_keeps_sizes_and_numbers_of_versions(s3):
    s3.put_bucket_lifecycle_configuration(Bucket="data", LifecycleConfiguration={"Rules": LIFECYCLE_RULES})
    assert s3.get_bucket_lifecycle_configuration(Bucket="data")["Rules"] == LIFECYCLE_RULES


def test_notifications_keep_eventbridge(s3):
    s3.put_bucket_notification_configuration(Bucket="data", NotificationConfiguration={"EventBridgeConfiguration": {}})
    assert s3.get_bucket_notification_configuration(Bucket="data")["EventBridgeConfiguration"] == {}


def test_a_default_retention_has_days_or_years_and_not_both(s3):
    s3.create_bucket(Bucket="locked", ObjectLockEnabledForBucket=True)
    lock = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 7}}}
    s3.put_object_lock_configuration(Bucket="locked", ObjectLockConfiguration=lock)
    assert s3.get_object_lock_configuration(Bucket="locked")["ObjectLockConfiguration"] == lock


def test_mfa_delete_is_kept(s3):
    versioning = {"Status": "Enabled", "MFADelete": "Enabled"}
    s3.put_bucket_versioning(Bucket="data", MFA="arn:aws:iam::1:mfa/root 123456", VersioningConfiguration=versioning)
    assert s3.get_bucket_versioning(Bucket="data")["MFADelete"] == "Enabled"


def test_a_new_bucket_has_what_s3_gives_new_buckets(s3):
    encryption = s3.get_bucket_encryption(Bucket="data")["ServerSideEncryptionConfiguration"]["Rules"]
    assert encryption == [
        {
            "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"},
            "BucketKeyEnabled": False,
            "BlockedEncryptionTypes": {"EncryptionType": ["SSE-C"]},
        }
    ]
    block = s3.get_public_access_block(Bucket="data")["PublicAccessBlockConfiguration"]
    assert set(block.values()) == {True}
    controls = s3.get_bucket_ownership_controls(Bucket="data")["OwnershipControls"]
    assert controls == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}


@pytest.mark.parametrize(
    ("blocked", "then"), [({}, ["SSE-C"]), ({"BlockedEncryptionTypes": {"EncryptionType": ["NONE"]}}, ["NONE"])]
)
def test_sse_c_stays_blocked_until_somebody_says_none(s3, blocked, then):
    rule = {**ENCRYPTED, **blocked}
    s3.put_bucket_encryption(Bucket="data", ServerSideEncryptionConfiguration={"Rules": [rule]})
    read = s3.get_bucket_encryption(Bucket="data")["ServerSideEncryptionConfiguration"]["Rules"][0]
    assert read["BlockedEncryptionTypes"]["EncryptionType"] == then
    assert read["ApplyServerSideEncryptionByDefault"] == ENCRYPTED["ApplyServerSideEncryptionByDefault"]


def test_deleting_the_encryption_brings_back_that_of_a_new_bucket(s3):
    s3.put_bucket_encryption(Bucket="data", ServerSideEncryptionConfiguration={"Rules": [ENCRYPTED]})
    s3.delete_bucket_encryption(Bucket="data")
    read = s3.get_bucket_encryption(Bucket="data")["ServerSideEncryptionConfiguration"]["Rules"][0]
    assert read["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}


def test_metrics_configurations_live_and_die_by_themselves(s3):
    filtered = {"Id": "m", "Filter": {"Prefix": "a/"}}
    s3.put_bucket_metrics_configuration(Bucket="data", Id="m", MetricsConfiguration=filtered)
    assert s3.get_bucket_metrics_configuration(Bucket="data", Id="m")["MetricsConfiguration"] == filtered
    assert s3.list_bucket_metrics_configurations(Bucket="data")["MetricsConfigurationList"] == [filtered]
    s3.delete_bucket_metrics_configuration(Bucket="data", Id="m")
    assert error_of(s3.get_bucket_metrics_configuration, Bucket="data", Id="m") == "NoSuchConfiguration"
    assert "MetricsConfigurationList" not in s3.list_bucket_metrics_configurations(Bucket="data")
    s3.head_bucket(Bucket="data")


def test_more_than_a_hundred_metrics_configurations_come_in_pages(s3):
    for number in range(101):
        name = f"m{number:03}"
        s3.put_bucket_metrics_configuration(Bucket="data", Id=name, MetricsConfiguration={"Id": name})
    first = s3.list_bucket_metrics_configurations(Bucket="data")
    rest = s3.list_bucket_metrics_configurations(Bucket="data", ContinuationToken=first["NextContinuationToken"])
    assert (len(first["MetricsConfigurationList"]), first["IsTruncated"]) == (100, True)
    assert (rest["MetricsConfigurationList"], rest["IsTruncated"]) == ([{"Id": "m100"}], False)


def test_inventory_keeps_versions_and_fields(s3):
    inventory = {
        "Id": "daily",
        "IsEnabled": True,
        "IncludedObjectVersions": "Current",
        "Schedule": {"Frequency": "Daily"},
        "Destination": {"S3BucketDestination": {"Bucket": "arn:aws:s3:::lists", "Format": "CSV"}},
        "OptionalFields": ["ReplicationStatus", "ObjectLockMode"],
    }
    s3.put_bucket_inventory_configuration(Bucket="data", Id="daily", InventoryConfiguration=inventory)
    assert s3.list_bucket_inventory_configurations(Bucket="data")["InventoryConfigurationList"] == [inventory]


def test_who_pays_is_kept(s3):
    assert s3.get_bucket_request_payment(Bucket="data")["Payer"] == "BucketOwner"
    s3.put_bucket_request_payment(Bucket="data", RequestPaymentConfiguration={"Payer": "Requester"})
    assert s3.get_bucket_request_payment(Bucket="data")["Payer"] == "Requester"


@pytest.mark.parametrize("operation", ["get_bucket_abac", "get_bucket_metadata_configuration"])
def test_an_unknown_sub_resource_is_refused_and_not_called_empty(s3, operation):
    assert error_of(getattr(s3, operation), Bucket="data") == "NotImplemented"


def test_a_listing_tells_regions_when_it_has_a_parameter(aws, s3):
    aws("s3", "eu-west-1").create_bucket(Bucket="elsewhere", CreateBucketConfiguration=EVERYWHERE)
    assert [set(bucket) for bucket in s3.list_buckets()["Buckets"]] == [{"Name", "CreationDate"}] * 2
    asked = s3.list_buckets(MaxBuckets=10)["Buckets"]
    assert [(bucket["Name"], bucket["BucketRegion"]) for bucket in asked] == [
        ("data", "us-east-1"),
        ("elsewhere", "eu-west-1"),
    ]


def test_a_listing_comes_in_pages_and_in_order_of_name(s3):
    for name in ("zzz", "bbb", "ccc"):
        s3.create_bucket(Bucket=name)
    pages = s3.get_paginator("list_buckets").paginate(PaginationConfig={"PageSize": 3})
    assert [[bucket["Name"] for bucket in page["Buckets"]] for page in pages] == [["bbb", "ccc", "data"], ["zzz"]]


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("get_bucket_policy_status", {}),
        ("get_bucket_versioning", {}),
        ("list_objects_v2", {}),
        ("get_object", {"Key": "k"}),
    ],
)
def test_the_bucket_of_another_account_is_refused(aws, s3, operation, arguments):
    s3.put_object(Bucket="data", Key="k", Body=b"")
    stranger = aws("s3", account=aws.other_account)
    assert error_of(getattr(stranger, operation), Bucket="data", **arguments) == "AccessDenied"


def test_a_wrong_expected_owner_is_refused(aws, s3):
    assert error_of(s3.get_bucket_acl, Bucket="data", ExpectedBucketOwner=aws.other_account) == "AccessDenied"
    s3.get_bucket_acl(Bucket="data", ExpectedBucketOwner=aws.account)


def test_a_request_in_the_wrong_region_is_redirected_once(aws):
    aws("s3", "eu-west-1").create_bucket(Bucket="elsewhere", CreateBucketConfiguration=EVERYWHERE)
    statuses = []
    s3 = aws("s3")
    s3.meta.events.register("response-received.s3", lambda parsed_response, **_: statuses.append(parsed_response))
    s3.get_bucket_versioning(Bucket="elsewhere")
    assert [status["ResponseMetadata"]["HTTPStatusCode"] for status in statuses] == [301, 200]


def test_access_logs_are_allowed_by_policy_beside_a_deny_for_everybody(s3):
    s3.create_bucket(Bucket="log-target")
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::log-target/*"}
    allow = {**deny, "Effect": "Allow", "Principal": {"Service": "logging.s3.amazonaws.com"}, "Action": "s3:PutObject"}
    s3.put_bucket_policy(Bucket="log-target", Policy=json.dumps({"Version": "2012-10-17", "Statement": [deny, allow]}))
    target = {
        "TargetBucket": "log-target",
        "TargetPrefix": "data/",
        "TargetObjectKeyFormat": {"PartitionedPrefix": {"PartitionDateSource": "EventTime"}},
    }
    s3.put_bucket_logging(Bucket="data", BucketLoggingStatus={"LoggingEnabled": target})
    assert s3.get_bucket_logging(Bucket="data")["LoggingEnabled"] == target
