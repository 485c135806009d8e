"""What AWS sets by itself is filled in; what nobody can know before the deployment is Unknown, and nothing else is."""

from importlib.resources import files
from typing import Any

import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown
from scanner.sources.completion import NOT_YET, complete, completed
from scanner.sources.defaults import BY_PLACE, BY_TYPE

LATER = Unknown("parameter Name has no value")
BUCKET, KEY = "AWS::S3::Bucket", "AWS::KMS::Key"
ALL_ON = dict.fromkeys(("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"), True)
ALL_OFF = dict.fromkeys(ALL_ON, False)


def bucket(**properties: Any) -> dict[str, Any]:
    return complete(BUCKET, properties)


def resource(type_: str, arn: str, name: str = "thing", **properties: Any) -> Resource:
    return completed(Resource(type_, arn, "111111111111", "eu-west-1", name, properties))


@pytest.mark.parametrize(
    ("declared", "enabled", "configuration", "versioning"),
    [
        ({}, False, None, None),
        ({"ObjectLockEnabled": False}, False, None, None),
        ({"ObjectLockEnabled": True}, True, {"ObjectLockEnabled": "Enabled"}, {"Status": "Enabled"}),
        (
            {"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled"}},
            True,
            {"ObjectLockEnabled": "Enabled"},
            None,
        ),
        (
            {"ObjectLockEnabled": True, "ObjectLockConfiguration": {"Rule": {"DefaultRetention": {"Days": 1}}}},
            True,
            {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Days": 1}}},
            {"Status": "Enabled"},
        ),
        (
            {"ObjectLockEnabled": True, "VersioningConfiguration": {"Status": "Suspended"}},
            True,
            {"ObjectLockEnabled": "Enabled"},
            {"Status": "Suspended"},
        ),
        ({"ObjectLockEnabled": LATER}, LATER, LATER, LATER),
        ({"ObjectLockConfiguration": LATER}, LATER, LATER, None),
        ({"ObjectLockEnabled": True, "ObjectLockConfiguration": LATER}, True, LATER, {"Status": "Enabled"}),
        (
            {"ObjectLockEnabled": LATER, "VersioningConfiguration": {"Status": "Enabled"}},
            LATER,
            LATER,
            {"Status": "Enabled"},
        ),
        ({"VersioningConfiguration": {}}, False, None, {"Status": "Suspended"}),
    ],
)
def test_object_lock_and_the_versioning_that_comes_with_it(
    declared: dict[str, Any], enabled: Any, configuration: Any, versioning: Any
) -> None:
    found = bucket(**declared)
    assert found["ObjectLockEnabled"] == enabled
    assert (found.get("ObjectLockConfiguration"), found.get("VersioningConfiguration")) == (configuration, versioning)


def test_a_retention_that_nothing_switches_on_is_a_doubt() -> None:
    found = bucket(ObjectLockConfiguration={"Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 30}}})
    assert found["ObjectLockEnabled"] == Unknown("ObjectLockConfiguration does not say that Object Lock is on")


@pytest.mark.parametrize(
    ("declared", "effective"),
    [
        (None, ALL_ON),
        ({"BlockPublicAcls": True}, {**ALL_OFF, "BlockPublicAcls": True}),
        ({"BlockPublicAcls": LATER}, {**ALL_OFF, "BlockPublicAcls": LATER}),
        (ALL_ON, ALL_ON),
        (LATER, LATER),
    ],
)
@pytest.mark.parametrize("type_", [BUCKET, "AWS::S3::MultiRegionAccessPoint"])
def test_public_access_is_blocked_until_somebody_says_otherwise(type_: str, declared: Any, effective: Any) -> None:
    assert complete(type_, {"PublicAccessBlockConfiguration": declared})["PublicAccessBlockConfiguration"] == effective


def test_a_block_or_logging_that_says_nothing_is_a_doubt() -> None:
    found = bucket(PublicAccessBlockConfiguration={}, LoggingConfiguration={})
    assert {type(value) for value in found["PublicAccessBlockConfiguration"].values()} == {Unknown}
    assert isinstance(found["LoggingConfiguration"], Unknown)


@pytest.mark.parametrize(
    ("declared", "algorithm", "bucket_key"),
    [
        (None, "AES256", False),
        ({"ServerSideEncryptionConfiguration": [{"BucketKeyEnabled": True}]}, "AES256", True),
        (
            {"ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}]},
            "aws:kms",
            False,
        ),
    ],
)
def test_every_bucket_is_encrypted_by_default(declared: Any, algorithm: str, bucket_key: bool) -> None:
    (rule,) = bucket(BucketEncryption=declared)["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": algorithm}
    assert rule["BucketKeyEnabled"] is bucket_key
    assert isinstance(rule["BlockedEncryptionTypes"], Unknown)


@pytest.mark.parametrize("declared", [LATER, {"ServerSideEncryptionConfiguration": LATER}])
def test_an_encryption_that_is_not_known_stays_so(declared: Any) -> None:
    assert bucket(BucketEncryption=declared)["BucketEncryption"] == declared


@pytest.mark.parametrize(
    ("declared", "shown"),
    [
        (None, "Private"),
        ("BucketOwnerFullControl", "Private"),
        ("LogDeliveryWrite", "LogDeliveryWrite"),
        (LATER, LATER),
    ],
)
def test_a_canned_acl_is_shown_as_s3_would_report_it(declared: Any, shown: Any) -> None:
    found = bucket(AccessControl=declared)
    assert found["AccessControl"] == shown
    assert "AclGrants" not in found["Observed"]


@pytest.mark.parametrize(
    ("bridge", "shown"),
    [
        ({}, {"EventBridgeEnabled": True}),
        ({"EventBridgeEnabled": "true"}, {"EventBridgeEnabled": True}),
        ({"EventBridgeEnabled": False}, None),
        ({"EventBridgeEnabled": LATER}, {"EventBridgeEnabled": LATER}),
        (LATER, LATER),
    ],
)
def test_events_for_eventbridge(bridge: Any, shown: Any) -> None:
    found = bucket(NotificationConfiguration={"EventBridgeConfiguration": bridge})
    assert found.get("NotificationConfiguration", {}).get("EventBridgeConfiguration") == shown


@pytest.mark.parametrize(
    ("declared", "shown"),
    [
        ({"ExpirationDate": "2027-01-01"}, {"ExpirationDate": "2027-01-01T00:00:00Z"}),
        ({"ExpirationDate": "2027-01-01T02:00:00.000+02:00"}, {"ExpirationDate": "2027-01-01T00:00:00Z"}),
        ({"ExpirationDate": "soon"}, {"ExpirationDate": Unknown("the date is not one")}),
        ({"NoncurrentVersionExpirationInDays": LATER}, {"NoncurrentVersionExpiration": {"NoncurrentDays": LATER}}),
        (
            {"NoncurrentVersionExpirationInDays": 1, "NoncurrentVersionExpiration": {"NoncurrentDays": 9}},
            {"NoncurrentVersionExpiration": {"NoncurrentDays": 9}},
        ),
        (
            {"Transition": {"TransitionInDays": 1}, "Transitions": [{"TransitionInDays": 2}]},
            {"Transitions": [{"TransitionInDays": 2}, {"TransitionInDays": 1}]},
        ),
        ({"Transitions": LATER, "Transition": {"TransitionInDays": 1}}, {"Transitions": LATER}),
        ({"Transition": LATER}, {"Transitions": [LATER]}),
    ],
)
def test_older_spellings_of_lifecycle_rules(declared: dict[str, Any], shown: dict[str, Any]) -> None:
    found = bucket(LifecycleConfiguration={"Rules": [{"Id": "a", "Status": "Enabled", **declared}]})
    assert found["LifecycleConfiguration"]["Rules"] == [{"Id": "a", "Status": "Enabled", **shown}]


def test_a_lifecycle_without_rules_is_none() -> None:
    assert "LifecycleConfiguration" not in bucket(LifecycleConfiguration={"Rules": []})
    assert bucket(LifecycleConfiguration=LATER)["LifecycleConfiguration"] == LATER


@pytest.mark.parametrize(
    ("declared", "state", "enabled"),
    [
        ({}, "Enabled", True),
        ({"Enabled": "false"}, "Disabled", False),
        ({"Enabled": LATER}, LATER, LATER),
        ({"Origin": "EXTERNAL"}, "PendingImport", False),
    ],
)
def test_the_state_that_a_key_would_have(declared: dict[str, Any], state: Any, enabled: Any) -> None:
    found = complete(KEY, declared)
    assert (found["Observed"]["KeyState"], found["Enabled"]) == (state, enabled)
    assert (found["Observed"]["KeyManager"], found["Observed"]["Grants"]) == ("CUSTOMER", [])


@pytest.mark.parametrize(
    ("declared", "rotation", "period"),
    [
        ({}, False, None),
        ({"EnableKeyRotation": True}, True, 365),
        ({"EnableKeyRotation": True, "RotationPeriodInDays": "90"}, True, 90),
        ({"EnableKeyRotation": False, "RotationPeriodInDays": 90}, False, None),
        ({"KeySpec": "RSA_2048", "KeyUsage": "SIGN_VERIFY"}, None, None),
        ({"KeySpec": LATER}, LATER, None),
        ({"EnableKeyRotation": LATER}, LATER, None),
    ],
)
def test_the_rotation_that_a_key_would_have(declared: dict[str, Any], rotation: Any, period: Any) -> None:
    found = complete(KEY, declared)
    assert (found.get("EnableKeyRotation"), found.get("RotationPeriodInDays")) == (rotation, period)


def test_the_family_that_a_key_would_have() -> None:
    arn = "arn:aws-cn:kms:cn-north-1:111111111111:key/{Key}"
    assert resource(KEY, arn, MultiRegion=True).properties["Observed"]["PrimaryKeyArn"] == arn
    assert "PrimaryKeyArn" not in resource(KEY, arn).properties["Observed"]
    assert complete(KEY, {"MultiRegion": LATER})["Observed"]["MultiRegionKeyType"] == NOT_YET


def test_a_key_without_a_policy_gets_the_one_that_leaves_everything_to_its_account() -> None:
    policy = resource(KEY, "arn:aws-cn:kms:cn-north-1:111111111111:key/{Key}").properties["KeyPolicy"]
    assert policy["Statement"][0]["Principal"] == {"AWS": "arn:aws-cn:iam::111111111111:root"}
    assert resource(KEY, "arn:aws:kms:::key/k", KeyPolicy=LATER).properties["KeyPolicy"] == LATER


@pytest.mark.parametrize(
    ("protocol", "endpoint", "pending"),
    [
        ("email", "dr@example.com", NOT_YET),
        ("https", "https://example.com/hook", NOT_YET),
        ("lambda", "arn:aws:lambda:eu-west-1:222222222222:function:f", False),
        ("sqs", "arn:aws:sqs:eu-west-1:111111111111:q", False),
        ("sqs", "arn:aws:sqs:eu-west-1:222222222222:q", NOT_YET),
        ("sqs", LATER, NOT_YET),
        (LATER, "dr@example.com", NOT_YET),
    ],
)
def test_a_subscription_waits_for_whoever_has_to_confirm_it(protocol: Any, endpoint: Any, pending: Any) -> None:
    topic = "arn:aws:sns:eu-west-1:111111111111:alerts"
    found = complete("AWS::SNS::Subscription", {"TopicArn": topic, "Protocol": protocol, "Endpoint": endpoint})
    assert found["Observed"]["PendingConfirmation"] == pending


def test_an_endpoint_keeps_no_secrets() -> None:
    declared = {"Protocol": "https", "Endpoint": "https://hooks.example.com/T0K3N"}
    assert complete("AWS::SNS::Subscription", declared)["Endpoint"] == "https://hooks.example.com/..."


@pytest.mark.parametrize("written", ["1234", "arn:aws:kms:eu-west-1:111111111111:key/1234", "alias/trail"])
def test_a_trail_knows_its_home_and_its_key_by_arn(written: str) -> None:
    found = resource("AWS::CloudTrail::Trail", "arn:aws:cloudtrail:eu-west-1:111111111111:trail/t", KMSKeyId=written)
    whole = written if written == "alias/trail" else "arn:aws:kms:eu-west-1:111111111111:key/1234"
    assert (found.properties["KMSKeyId"], found.properties["Observed"]["HomeRegion"]) == (whole, "eu-west-1")
    assert found.properties["Observed"]["LatestDeliveryError"] == NOT_YET


def test_a_bucket_logs_to_itself_where_it_names_no_other() -> None:
    found = resource(BUCKET, "arn:aws:s3:::data", "data", LoggingConfiguration={"LogFilePrefix": "self/"})
    assert found.properties["LoggingConfiguration"] == {"DestinationBucketName": "data", "LogFilePrefix": "self/"}


def test_members_of_an_access_point_are_the_accounts_own_unless_it_says_otherwise() -> None:
    members = [{"Bucket": "a"}, {"Bucket": "b", "BucketAccountId": "222222222222"}, LATER]
    found = resource("AWS::S3::MultiRegionAccessPoint", "arn:aws:s3::1:accesspoint/p", Regions=members)
    assert found.properties["Regions"] == [{"Bucket": "a", "BucketAccountId": "111111111111"}, *members[1:]]


@pytest.mark.parametrize(("lock", "locked", "date"), [(None, False, None), ({"MinRetentionDays": 1}, True, None)])
def test_the_lock_that_a_vault_would_have(lock: Any, locked: bool, date: Any) -> None:
    observed = complete("AWS::Backup::BackupVault", {"LockConfiguration": lock})["Observed"]
    assert (observed["Locked"], observed.get("LockDate")) == (locked, date)


def test_what_the_caller_observed_counts_more_than_what_follows() -> None:
    assert complete(KEY, {"Observed": {"KeyState": "Creating"}})["Observed"]["KeyState"] == "Creating"
    assert complete(KEY, {"Observed": [1]})["Observed"]["KeyState"] == "Enabled"


def test_what_a_template_states_is_told_from_what_aws_fills_in() -> None:
    found = resource(BUCKET, "arn:aws:s3:::data", "data", BucketName="data", Tags=None, Observed={})
    assert found.stated == {"BucketName"}
    assert "OwnershipControls" in found.properties


def test_a_type_without_a_shape_has_no_properties() -> None:
    assert complete("AWS::EC2::Instance", {"InstanceType": "t3.micro"}) == {}


def test_nothing_that_was_declared_is_changed_in_place() -> None:
    rule = {"Status": "Enabled", "NoncurrentVersionExpirationInDays": "1"}
    declared = {"LifecycleConfiguration": {"Rules": [rule]}}
    complete(BUCKET, declared)
    assert declared == {"LifecycleConfiguration": {"Rules": [rule]}}
    assert rule["NoncurrentVersionExpirationInDays"] == "1"


def default_in_schema(type_: str, name: str) -> Any:
    schema = dict(PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", type_).schema)
    return schema["properties"].get(name, {}).get("default")


NOT_IN_SCHEMAS = {"AWS::S3::AccountPublicAccessBlock"}


@pytest.mark.parametrize("type_", sorted(set(BY_TYPE) - NOT_IN_SCHEMAS))
def test_defaults_are_those_of_cloudformations_schemas_where_they_have_any(type_: str) -> None:
    found = complete(type_, {"EnableKeyRotation": True} if type_ == KEY else {})
    stated = {name: default_in_schema(type_, name) for name in found}
    known = {name: value for name, value in stated.items() if value is not None and name != "KeyPolicy"}
    assert {name: found[name] for name in known} == known


def test_every_completion_is_for_a_type_that_has_a_shape() -> None:
    shapes = {path.name for path in files("scanner.estate").joinpath("shapes").iterdir()}
    for type_ in {*BY_TYPE, *BY_PLACE}:
        assert f"{type_.lower().replace('::', '-')}.json" in shapes
