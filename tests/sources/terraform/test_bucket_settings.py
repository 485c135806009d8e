"""A bucket is the same whether provider v3, provider v4 and later, or CloudFormation declares it."""

from typing import Any

import pytest

from scanner.estate.unknown import Unknown
from tests.sources.terraform.instances import BUCKET, like, planned, the_one

NAME = "orders"
KEY = "arn:aws:kms:eu-west-1:111111111111:key/1234"


def inline(**values: Any) -> dict[str, Any]:
    """The properties of a bucket that has these attributes itself."""
    return dict(the_one(BUCKET, planned("aws_s3_bucket", "b", bucket=NAME, **values)).properties)


def split(kind: str, on: dict[str, Any] | None = None, /, **values: Any) -> dict[str, Any]:
    """The properties of a bucket that another resource has these attributes for."""
    bucket = planned("aws_s3_bucket", "b", bucket=NAME, **(on or {}))
    return dict(the_one(BUCKET, bucket, planned(f"aws_s3_bucket_{kind}", "s", bucket=NAME, **values)).properties)


def expected(**properties: Any) -> dict[str, Any]:
    return like(the_one(BUCKET, planned("aws_s3_bucket", "b", bucket=NAME)), BucketName=NAME, **properties)


def test_a_bucket_of_which_nothing_is_said() -> None:
    found = the_one(BUCKET, planned("aws_s3_bucket", "b", bucket=NAME))
    assert (found.arn, found.account, found.region, found.name) == (
        "arn:aws:s3:::orders",
        "111111111111",
        "eu-west-1",
        NAME,
    )
    assert found.properties == expected()
    assert found.stated == {"BucketName"}


@pytest.mark.parametrize(
    ("status", "properties"),
    [
        ("Enabled", {"VersioningConfiguration": {"Status": "Enabled"}}),
        ("Suspended", {"VersioningConfiguration": {"Status": "Suspended"}}),
        ("Disabled", {}),
        (Unknown("variable"), {"VersioningConfiguration": {"Status": Unknown("variable")}}),
    ],
)
def test_versioning(status: Any, properties: dict[str, Any]) -> None:
    assert split("versioning", versioning_configuration=[{"status": status}]) == expected(**properties)


@pytest.mark.parametrize(
    ("enabled", "properties"),
    [
        (True, {"VersioningConfiguration": {"Status": "Enabled"}}),
        (False, {}),
        (Unknown("variable"), {"VersioningConfiguration": {"Status": Unknown("variable")}}),
    ],
)
def test_versioning_of_the_bucket_itself(enabled: Any, properties: dict[str, Any]) -> None:
    assert inline(versioning=[{"enabled": enabled, "mfa_delete": False}]) == expected(**properties)


def test_encryption() -> None:
    default = {"sse_algorithm": "aws:kms", "kms_master_key_id": KEY}
    rule = {"apply_server_side_encryption_by_default": [default], "bucket_key_enabled": True}
    found = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY}
    written = {"ServerSideEncryptionByDefault": found, "BucketKeyEnabled": True}
    wanted = expected(BucketEncryption={"ServerSideEncryptionConfiguration": [written]})
    assert split("server_side_encryption_configuration", rule=[rule]) == wanted
    assert inline(server_side_encryption_configuration=[{"rule": [rule]}]) == wanted
    blocked = split("server_side_encryption_configuration", rule=[{**rule, "blocked_encryption_types": ["SSE-C"]}])
    written["BlockedEncryptionTypes"] = {"EncryptionType": ["SSE-C"]}
    assert blocked == expected(BucketEncryption={"ServerSideEncryptionConfiguration": [written]})


def test_object_lock() -> None:
    rule = [{"default_retention": [{"mode": "COMPLIANCE", "days": 30, "years": 0}]}]
    locked = {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 30}}
    lock = {"ObjectLockEnabled": "Enabled", "Rule": locked}
    wanted = expected(ObjectLockEnabled=True, ObjectLockConfiguration=lock)
    assert wanted["VersioningConfiguration"] == {"Status": "Enabled"}
    on = {"object_lock_enabled": True}
    assert split("object_lock_configuration", on, object_lock_enabled="Enabled", rule=rule) == wanted
    assert split("object_lock_configuration", on, rule=rule) == wanted
    assert inline(object_lock_configuration=[{"object_lock_enabled": "Enabled", "rule": rule}]) == wanted
    assert inline(**on) == expected(ObjectLockEnabled=True)


def test_object_lock_is_refused_for_a_bucket_without_versioning() -> None:
    rule = [{"default_retention": [{"mode": "GOVERNANCE", "years": 1}]}]
    found = split("object_lock_configuration", rule=rule)
    assert "VersioningConfiguration" not in found or isinstance(found["VersioningConfiguration"], Unknown)
    assert isinstance(found["ObjectLockEnabled"], Unknown)
    later = split("object_lock_configuration", {"versioning": [{"enabled": True}]}, rule=rule)
    assert later["ObjectLockEnabled"] is True


def test_public_access_and_ownership() -> None:
    on = {"BlockPublicAcls": True, "BlockPublicPolicy": True, "IgnorePublicAcls": False, "RestrictPublicBuckets": False}
    found = split("public_access_block", block_public_acls=True, block_public_policy=True, ignore_public_acls=False)
    assert found == expected(PublicAccessBlockConfiguration=on)
    off = dict.fromkeys(on, False)
    assert split("public_access_block") == expected(PublicAccessBlockConfiguration=off)
    rules = [{"ObjectOwnership": "ObjectWriter"}]
    assert split("ownership_controls", rule=[{"object_ownership": "ObjectWriter"}]) == expected(
        OwnershipControls={"Rules": rules}
    )


@pytest.mark.parametrize(("prefix", "shown"), [("s3/", "s3/"), ("", ""), (None, "")])
def test_logging(prefix: str | None, shown: str) -> None:
    target = {"target_bucket": "logs", "target_prefix": prefix}
    wanted = expected(LoggingConfiguration={"DestinationBucketName": "logs", "LogFilePrefix": shown})
    assert split("logging", **target) == inline(logging=[target]) == wanted


@pytest.mark.parametrize(
    ("key_format", "shown"),
    [
        ({"simple_prefix": [{}], "partitioned_prefix": []}, {"SimplePrefix": {}}),
        (
            {"partitioned_prefix": [{"partition_date_source": "EventTime"}]},
            {"PartitionedPrefix": {"PartitionDateSource": "EventTime"}},
        ),
    ],
)
def test_the_names_of_access_logs(key_format: dict[str, Any], shown: dict[str, Any]) -> None:
    found = split("logging", target_bucket="logs", target_prefix="", target_object_key_format=[key_format])
    assert found["LoggingConfiguration"]["TargetObjectKeyFormat"] == shown


def test_request_metrics_add_up() -> None:
    bucket = planned("aws_s3_bucket", "b", bucket=NAME)
    whole = planned("aws_s3_bucket_metric", "all", bucket=NAME, name="all", filter=[])
    tax = {"prefix": "tax/", "tags": {"b": "2", "a": "1"}}
    some = planned("aws_s3_bucket_metric", "tax", bucket=NAME, name="tax", filter=[tax])
    tags = [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]
    metrics = [{"Id": "all"}, {"Id": "tax", "Prefix": "tax/", "TagFilters": tags}]
    assert the_one(BUCKET, bucket, whole, some).properties == expected(MetricsConfigurations=metrics)


def test_notifications_have_one_entry_an_event() -> None:
    topic, function = "arn:aws:sns:eu-west-1:111111111111:t", "arn:aws:lambda:eu-west-1:111111111111:function:f"
    events = ["s3:Replication:OperationFailedReplication", "s3:ObjectRemoved:*"]
    found = split(
        "notification",
        eventbridge=True,
        topic=[{"topic_arn": topic, "events": events, "filter_prefix": "tax/", "filter_suffix": ""}],
        lambda_function=[{"lambda_function_arn": function, "events": events[:1]}],
        queue=[],
    )
    filter_ = {"S3Key": {"Rules": [{"Name": "prefix", "Value": "tax/"}]}}
    topics = [{"Event": event, "Filter": filter_, "Topic": topic} for event in events]
    assert found == expected(
        NotificationConfiguration={
            "TopicConfigurations": topics,
            "LambdaConfigurations": [{"Event": events[0], "Function": function}],
            "EventBridgeConfiguration": {"EventBridgeEnabled": True},
        }
    )
    assert split("notification", eventbridge=False) == expected()


def test_inventories() -> None:
    target = {"bucket_arn": "arn:aws:s3:::lists", "format": "Parquet", "account_id": "222222222222", "prefix": "x"}
    found = split(
        "inventory",
        name="weekly",
        included_object_versions="All",
        schedule=[{"frequency": "Weekly"}],
        destination=[{"bucket": [target]}],
        filter=[{"prefix": "tax/"}],
        optional_fields=["ReplicationStatus"],
    )
    destination = {
        "BucketArn": "arn:aws:s3:::lists",
        "BucketAccountId": "222222222222",
        "Format": "Parquet",
        "Prefix": "x",
    }
    inventory = {
        "Id": "weekly",
        "Enabled": True,
        "Destination": destination,
        "IncludedObjectVersions": "All",
        "ScheduleFrequency": "Weekly",
        "OptionalFields": ["ReplicationStatus"],
        "Prefix": "tax/",
    }
    assert found == expected(InventoryConfigurations=[inventory])


def test_tags_with_those_of_the_provider() -> None:
    tags = [{"Key": "a", "Value": "1"}, {"Key": "z", "Value": "2"}]
    assert inline(tags={"z": "2"}, tags_all={"z": "2", "a": "1"}) == expected(Tags=tags)
    assert inline(tags={"z": "2"}, tags_all=Unknown("known after apply")) == expected(Tags=tags[1:])
    assert inline(tags=None, tags_all={}) == expected()


OWNER, OTHER = "1f2e", "99aa"
LOGS = "http://acs.amazonaws.com/groups/s3/LogDelivery"


@pytest.mark.parametrize(
    ("acl", "name"), [("private", "Private"), ("log-delivery-write", "LogDeliveryWrite"), ("public-read", "PublicRead")]
)
def test_canned_acls(acl: str, name: str) -> None:
    assert split("acl", acl=acl) == inline(acl=acl) == expected(AccessControl=name)


def grant(permission: str, **grantee: str) -> dict[str, Any]:
    return {"grantee": [grantee], "permission": permission}


def test_grants_one_by_one() -> None:
    mine = grant("FULL_CONTROL", type="CanonicalUser", id=OWNER)
    delivery = [grant(permission, type="Group", uri=LOGS) for permission in ("WRITE", "READ_ACP")]

    def set_to(*grants: dict[str, Any]) -> dict[str, Any]:
        return split("acl", access_control_policy=[{"owner": [{"id": OWNER}], "grant": list(grants)}])

    assert set_to(mine)["AccessControl"] == "Private"
    assert set_to(mine, *delivery)["AccessControl"] == "LogDeliveryWrite"
    foreign = set_to(mine, grant("READ", type="CanonicalUser", id=OTHER))
    assert isinstance(foreign["AccessControl"], Unknown)
    assert foreign["Observed"]["AclGrants"][1] == {
        "Grantee": OTHER,
        "GranteeType": "CanonicalUser",
        "Permission": "READ",
    }


def test_grants_of_the_bucket_itself_tell_the_canned_acl_only_once_it_is_there() -> None:
    grants = [
        {"type": "CanonicalUser", "id": OWNER, "permissions": ["FULL_CONTROL"], "uri": ""},
        {"type": "Group", "id": "", "permissions": ["WRITE", "READ_ACP"], "uri": LOGS},
    ]
    new = inline(grant=grants)
    assert isinstance(new["AccessControl"], Unknown)
    assert len(new["Observed"]["AclGrants"]) == 3
    there = the_one(BUCKET, planned("aws_s3_bucket", "b", bucket=NAME, grant=grants, actions=("no-op",)))
    assert there.properties["AccessControl"] == "LogDeliveryWrite"


@pytest.mark.parametrize("actions", [("no-op",), ("update",)])
def test_of_a_bucket_that_is_there_nothing_is_claimed_that_the_plan_does_not_show(actions: tuple[str, ...]) -> None:
    bucket = planned("aws_s3_bucket", "b", bucket=NAME, actions=actions)
    apart = ("PublicAccessBlockConfiguration", "OwnershipControls", "NotificationConfiguration")
    found = the_one(BUCKET, bucket)
    assert all(isinstance(found.properties[name], Unknown) for name in apart)
    assert found.stated == {"BucketName"}
    block = planned("aws_s3_bucket_public_access_block", "b", bucket=NAME, block_public_acls=True)
    assert the_one(BUCKET, bucket, block).properties["PublicAccessBlockConfiguration"]["BlockPublicAcls"] is True
    replaced = planned("aws_s3_bucket", "b", bucket=NAME, actions=("delete", "create"))
    assert the_one(BUCKET, replaced).properties == expected()
