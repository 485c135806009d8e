"""Whatever goes wrong with a call, what it would have told is unknown, listed as unseen, and nothing else changes.

A proxy between boto3 and the emulated AWS refuses, throttles, breaks off and garbles, in each of AWS's protocols.
"""

import dataclasses
import json
import os
from collections.abc import Callable
from typing import Any

import pytest
from fault_proxy import Fault

from scanner.estate.estate import Estate, Unseen
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown

BUCKET, KEY, TOPIC = "AWS::S3::Bucket", "AWS::KMS::Key", "AWS::SNS::Topic"

PROPERTIES = [
    # operation, what it gives, the IAM action it needs
    ("s3:GetBucketReplication", f"{BUCKET}.ReplicationConfiguration", "s3:GetReplicationConfiguration"),
    ("s3:GetBucketVersioning", f"{BUCKET}.VersioningConfiguration", "s3:GetBucketVersioning"),
    ("s3:GetBucketPolicy", "AWS::S3::BucketPolicy.PolicyDocument", "s3:GetBucketPolicy"),
    ("kms:DescribeKey", f"{KEY}.Observed.KeyState", "kms:DescribeKey"),
    ("sns:GetTopicAttributes", f"{TOPIC}.KmsMasterKeyId", "sns:GetTopicAttributes"),
    ("macie2:GetMacieSession", "AWS::Macie::Session.Status", "macie2:GetMacieSession"),
    (
        "s3control:GetPublicAccessBlock",
        "AWS::S3::AccountPublicAccessBlock.BlockPublicAcls",
        "s3:GetAccountPublicAccessBlock",
    ),
]
LISTINGS = [
    ("s3:ListBuckets", BUCKET, "s3:ListAllMyBuckets", ""),
    ("kms:ListKeys", KEY, "kms:ListKeys", "us-east-1"),
    ("sns:ListTopics", TOPIC, "sns:ListTopics", "us-east-1"),
    ("cloudwatch:DescribeAlarms", "AWS::CloudWatch::Alarm", "cloudwatch:DescribeAlarms", "us-east-1"),
    ("iam:GetAccountAuthorizationDetails", "AWS::IAM::Role", "iam:GetAccountAuthorizationDetails", ""),
    ("logs:DescribeMetricFilters", "AWS::Logs::MetricFilter", "logs:DescribeMetricFilters", "us-east-1"),
    ("cloudtrail:DescribeTrails", "AWS::CloudTrail::Trail", "cloudtrail:DescribeTrails", "us-east-1"),
]
FAILURES = ["throttle", "error", "malformed", "truncate", "empty", "reset"]
RETRIED = {"throttle", "error", "reset"}


BUILT: set[str] = set()


@pytest.fixture(scope="module")
def account() -> str:
    """One account for all tests here that change nothing in it."""
    return f"{900_000_000_000 + os.getpid()}"


@pytest.fixture
def things(aws: Any) -> str:
    """A bucket, a key, a topic and Macie in us-east-1; gives the bucket's name."""
    return build(aws)


@pytest.fixture
def elsewhere(aws: Any, new_account: Callable[[], str]) -> Any:
    """An account of its own, for a test that changes something."""
    return dataclasses.replace(aws, account=new_account())


def build(aws: Any) -> str:
    name = f"data-{aws.account}"
    if name not in BUILT:
        BUILT.add(name)
        aws.client("s3").create_bucket(Bucket=name)
        aws.client("kms").create_key()
        aws.client("sns").create_topic(Name="alerts")
        aws.client("macie2").enable_macie()
    return name


def only(estate: Estate, type_: str) -> Resource:
    (found,) = estate.of_type(type_)
    return found


def at(estate: Estate, needed: str) -> Any:
    type_, _, path = needed.partition(".")
    value: Any = only(estate, type_).properties
    for name in path.split("."):
        value = value[name]
    return value


@pytest.mark.parametrize(("operation", "needed", "action"), PROPERTIES)
def test_a_refused_property_is_unknown_and_names_what_it_needs(
    aws: Any, things: str, operation: str, needed: str, action: str
) -> None:
    with aws.behind(Fault("refuse", operation)) as proxy:
        estate = aws.read(needed)
    value = at(estate, needed)
    assert isinstance(value, Unknown)
    assert value.reason.startswith(f"{operation} refused: AccessDenied")
    assert value.reason.endswith(f"; needs {action}")
    type_, _, path = needed.partition(".")
    (gap,) = estate.unseen
    assert (gap.account, gap.reason, gap.iam_action) == (aws.account, value.reason, action)
    assert gap.what == f"{type_} {only(estate, type_).name} {path}"
    assert proxy.calls[operation] == 1
    assert estate.complete


@pytest.mark.parametrize("kind", FAILURES)
@pytest.mark.parametrize(("operation", "needed"), [(operation, needed) for operation, needed, _ in PROPERTIES])
def test_a_failed_property_is_unknown_and_no_permission_would_help(
    aws: Any, things: str, operation: str, needed: str, kind: Any
) -> None:
    with aws.behind(Fault(kind, operation)) as proxy:
        estate = aws.read(needed)
    value = at(estate, needed)
    assert isinstance(value, Unknown)
    if (operation, kind) == ("s3:GetBucketPolicy", "malformed"):
        assert value.reason == "the policy is not JSON"
        return
    assert value.reason.startswith(f"{operation} failed: ")
    assert [(gap.reason, gap.iam_action) for gap in estate.unseen] == [(value.reason, "")]
    if kind in RETRIED:
        assert proxy.calls[operation] == aws.haste.attempts


@pytest.mark.parametrize("kind", ["refuse", *FAILURES])
@pytest.mark.parametrize(("operation", "type_", "action", "region"), LISTINGS)
def test_a_listing_that_fails_leaves_its_type_blind(
    aws: Any, things: str, operation: str, type_: str, action: str, region: str, kind: Any
) -> None:
    with aws.behind(Fault(kind, operation)):
        estate = aws.read(type_)
    assert list(estate.of_type(type_)) == []
    (gap,) = estate.unseen
    assert (gap.account, gap.region, gap.what) == (aws.account, region, type_)
    assert gap.iam_action == (action if kind == "refuse" else "")
    assert estate.blind(type_, aws.account, region or "us-east-1") == Unknown(gap.reason)


@pytest.mark.parametrize("kind", ["throttle", "error", "reset"])
def test_what_goes_well_at_the_second_attempt_is_known(aws: Any, things: str, kind: Any) -> None:
    with aws.behind(Fault(kind, "s3:GetBucketVersioning", times=1)) as proxy:
        estate = aws.read(f"{BUCKET}.VersioningConfiguration")
    assert "VersioningConfiguration" not in only(estate, BUCKET).properties
    assert proxy.calls["s3:GetBucketVersioning"] == 2
    assert estate.unseen == ()


def test_attempts_are_bounded(aws: Any, things: str) -> None:
    patient = dataclasses.replace(aws.haste, attempts=4)
    with aws.behind(Fault("error", "s3:GetBucketVersioning")) as proxy:
        aws.read(f"{BUCKET}.VersioningConfiguration", patience=patient)
    assert proxy.calls["s3:GetBucketVersioning"] == 4


def test_adaptive_mode_retries_too(aws: Any, things: str) -> None:
    adaptive = dataclasses.replace(aws.haste, mode="adaptive")
    with aws.behind(Fault("throttle", "s3:GetBucketVersioning", times=1)) as proxy:
        estate = aws.read(f"{BUCKET}.VersioningConfiguration", patience=adaptive)
    assert proxy.calls["s3:GetBucketVersioning"] == 2
    assert estate.unseen == ()


def test_an_answer_that_does_not_come_is_unknown(aws: Any, things: str) -> None:
    hasty = dataclasses.replace(aws.haste, read_timeout=0.2, attempts=1)
    with aws.behind(Fault("delay", "s3:GetBucketVersioning", seconds=1)):
        estate = aws.read(f"{BUCKET}.VersioningConfiguration", patience=hasty)
    reason = "s3:GetBucketVersioning failed: ReadTimeoutError"
    assert at(estate, f"{BUCKET}.VersioningConfiguration") == Unknown(reason)


def test_a_slow_answer_is_an_answer(aws: Any, things: str) -> None:
    with aws.behind(Fault("delay", seconds=0.05)):
        estate = aws.read(f"{BUCKET}.VersioningConfiguration")
    assert estate.unseen == ()


def test_nothing_else_changes(aws: Any, things: str) -> None:
    needs = (f"{BUCKET}.VersioningConfiguration", f"{BUCKET}.BucketEncryption", f"{KEY}.KeyPolicy")
    whole = aws.read(*needs)
    with aws.behind(Fault("refuse", "s3:GetBucketVersioning")):
        partly = aws.read(*needs)
    (changed,) = [new for old, new in zip(whole.resources, partly.resources, strict=True) if old != new]
    assert changed.type == BUCKET
    reason = "s3:GetBucketVersioning refused: AccessDenied; needs s3:GetBucketVersioning"
    observed = {**changed.properties["Observed"], "MFADelete": Unknown(reason)}
    before = only(whole, BUCKET).properties
    assert changed.properties == {**before, "VersioningConfiguration": Unknown(reason), "Observed": observed}


def test_one_bucket_refused_is_one_bucket_unknown(elsewhere: Any) -> None:
    aws, things = elsewhere, build(elsewhere)
    aws.client("s3").create_bucket(Bucket=f"other-{aws.account}")
    with aws.behind(Fault("refuse", "s3:GetBucketVersioning", path=f"/{things}")):
        estate = aws.read(f"{BUCKET}.VersioningConfiguration")
    unknown = {
        b.name for b in estate.of_type(BUCKET) if isinstance(b.properties.get("VersioningConfiguration"), Unknown)
    }
    assert unknown == {things}
    assert estate.blind(BUCKET, aws.account) is None


def test_a_refused_policy_is_a_policy_of_unknown_content(aws: Any, things: str) -> None:
    """No policy and an unreadable one are opposites for whoever asks what is allowed."""
    with aws.behind(Fault("refuse", "s3:GetBucketPolicy")):
        estate = aws.read("AWS::S3::BucketPolicy.PolicyDocument")
    policy = only(estate, "AWS::S3::BucketPolicy")
    assert policy.arn == only(estate, BUCKET).arn
    assert policy.properties["Bucket"] == things
    assert list(aws.read("AWS::S3::BucketPolicy.PolicyDocument").of_type("AWS::S3::BucketPolicy")) == []


def test_a_refused_policy_whose_existence_alone_was_needed_leaves_policies_blind(aws: Any, things: str) -> None:
    with aws.behind(Fault("refuse", "s3:GetBucketPolicy")):
        estate = aws.read("AWS::S3::BucketPolicy")
    assert [gap.what for gap in estate.unseen] == ["AWS::S3::BucketPolicy"]


def test_a_refused_list_of_buckets_leaves_their_policies_unseen_too(aws: Any, things: str) -> None:
    with aws.behind(Fault("refuse", "s3:ListBuckets")):
        estate = aws.read("AWS::S3::BucketPolicy.PolicyDocument")
    assert {gap.what for gap in estate.unseen} == {BUCKET, "AWS::S3::BucketPolicy"}


def test_refused_subscriptions_of_a_topic_leave_the_region_blind_for_subscriptions(aws: Any, things: str) -> None:
    with aws.behind(Fault("refuse", "sns:ListSubscriptionsByTopic")):
        estate = aws.read("AWS::SNS::Subscription.Protocol")
    (gap,) = estate.unseen
    assert (gap.what, gap.region, gap.iam_action) == (
        "AWS::SNS::Subscription",
        "us-east-1",
        "sns:ListSubscriptionsByTopic",
    )


@pytest.mark.parametrize("status", [404, 501])
@pytest.mark.parametrize("code", ["NotImplemented", "UnknownOperationException", "404"])
def test_an_unimplemented_call_is_unknown_never_absent(aws: Any, things: str, status: int, code: str) -> None:
    fault = Fault("error", "s3:ListBucketMetricsConfigurations", code=code, status=status)
    with aws.behind(fault):
        estate = aws.read(f"{BUCKET}.MetricsConfigurations")
    assert isinstance(at(estate, f"{BUCKET}.MetricsConfigurations"), Unknown)


OBJECTS = "<ListBucketResult><Name>data</Name><IsTruncated>false</IsTruncated></ListBucketResult>"


@pytest.mark.parametrize(
    ("operation", "path"),
    [
        ("s3:ListBucketMetricsConfigurations", "MetricsConfigurations"),
        ("s3:ListBucketInventoryConfigurations", "InventoryConfigurations"),
        ("s3:GetBucketNotificationConfiguration", "NotificationConfiguration"),
        ("s3:GetBucketLogging", "LoggingConfiguration"),
        ("s3:GetBucketVersioning", "VersioningConfiguration"),
        ("s3:GetBucketReplication", "ReplicationConfiguration"),
        ("s3:GetBucketLifecycleConfiguration", "LifecycleConfiguration"),
        ("s3:GetBucketTagging", "Tags"),
        ("s3:GetPublicAccessBlock", "PublicAccessBlockConfiguration"),
        ("s3:GetObjectLockConfiguration", "ObjectLockConfiguration"),
        ("s3:GetBucketEncryption", "BucketEncryption"),
        ("s3:GetBucketOwnershipControls", "OwnershipControls"),
        ("s3:GetBucketAcl", "AccessControl"),
    ],
)
def test_an_answer_to_another_question_is_unknown(aws: Any, things: str, operation: str, path: str) -> None:
    """Emulators that do not know a sub-resource list the bucket's objects instead, with success."""
    with aws.behind(Fault("answer", operation, body=OBJECTS)):
        estate = aws.read(f"{BUCKET}.{path}")
    assert isinstance(at(estate, f"{BUCKET}.{path}"), Unknown)


@pytest.mark.parametrize("body", ["{}", "[]", "null", '{"Keys": null}'])
def test_a_json_answer_without_its_content_is_unknown(aws: Any, things: str, body: str) -> None:
    with aws.behind(Fault("answer", "kms:ListKeys", body=body)):
        estate = aws.read(KEY)
    assert estate.blind(KEY, aws.account, "us-east-1") is not None


def test_a_listing_that_breaks_off_keeps_what_it_found_and_stays_blind(aws: Any, things: str) -> None:
    page = json.dumps({"Keys": [{"KeyId": "k", "KeyArn": "arn:aws:kms:us-east-1:1:key/k"}], "NextMarker": "more"})
    faults = (Fault("answer", "kms:ListKeys", body=page, times=1), Fault("refuse", "kms:ListKeys"))
    with aws.behind(*faults):
        estate = aws.read(KEY)
    assert only(estate, KEY).name == "k"
    assert estate.blind(KEY, aws.account, "us-east-1") is not None


def test_a_list_that_turns_in_circles_ends(aws: Any, things: str) -> None:
    page = json.dumps({"Keys": [], "NextMarker": "again", "Truncated": True})
    with aws.behind(Fault("answer", "kms:ListKeys", body=page)) as proxy:
        estate = aws.read(KEY)
    assert proxy.calls["kms:ListKeys"] == 2
    assert "the same page twice" in estate.unseen[0].reason


@pytest.mark.parametrize(
    ("operation", "code", "needed", "type_"),
    [
        ("s3:GetBucketVersioning", "NoSuchBucket", f"{BUCKET}.VersioningConfiguration", BUCKET),
        ("kms:DescribeKey", "NotFoundException", f"{KEY}.Observed.KeyState", KEY),
        ("sns:GetTopicAttributes", "NotFound", f"{TOPIC}.KmsMasterKeyId", TOPIC),
    ],
)
def test_what_is_deleted_while_we_read_is_gone_without_a_word(
    aws: Any, things: str, operation: str, code: str, needed: str, type_: str
) -> None:
    seen: list[Any] = []
    with aws.behind(Fault("error", operation, code=code, status=404)):
        estate = aws.read(needed, progress=seen.append)
    assert list(estate.of_type(type_)) == []
    assert estate.unseen == ()
    assert seen[-1].vanished == 1


def test_a_vanished_bucket_takes_its_policy_along(elsewhere: Any) -> None:
    aws, things = elsewhere, build(elsewhere)
    aws.client("s3").put_bucket_policy(Bucket=things, Policy='{"Version": "2012-10-17", "Statement": []}')
    with aws.behind(Fault("error", "s3:GetBucketVersioning", code="NoSuchBucket", status=404)):
        estate = aws.read(f"{BUCKET}.VersioningConfiguration", "AWS::S3::BucketPolicy.PolicyDocument")
    assert estate.resources == ()


def test_macie_that_is_off_is_not_macie_that_may_not_be_read(elsewhere: Any) -> None:
    aws = elsewhere
    off = aws.read("AWS::Macie::Session.Status")
    assert (dict(only(off, "AWS::Macie::Session").properties), off.unseen) == ({}, ())
    denied = Fault("refuse", "macie2:GetMacieSession", message="User is not authorized")
    with aws.behind(denied):
        refused = aws.read("AWS::Macie::Session.Status")
    assert isinstance(only(refused, "AWS::Macie::Session").properties["Status"], Unknown)


@pytest.mark.parametrize("type_", ["AWS::Macie::Session", "AWS::S3::MultiRegionAccessPoint"])
def test_what_a_partition_does_not_have_is_absent_and_not_asked_for(aws: Any, type_: str) -> None:
    with aws.behind() as proxy:
        estate = aws.read(type_, targets=(aws.target("cn-north-1", partition="aws-cn"),))
    assert list(estate.of_type(type_)) == []
    assert estate.unseen == ()
    assert estate.blind(type_, aws.account) is None
    assert set(proxy.calls) == {"sts:AssumeRole"}


def test_an_explicit_deny_says_where_it_is(aws: Any, things: str) -> None:
    message = "User x is not authorized with an explicit deny in a service control policy: arn:aws:organizations::1:p"
    with aws.behind(Fault("refuse", "s3:GetBucketVersioning", message=message)):
        estate = aws.read(f"{BUCKET}.VersioningConfiguration")
    value = at(estate, f"{BUCKET}.VersioningConfiguration")
    assert "(explicit deny in a service control policy); needs s3:GetBucketVersioning" in value.reason


@pytest.mark.parametrize("code", ["<script>alert(1)</script>", "Line\nBreak", "X" * 5000])
def test_hostile_error_codes_are_inert(aws: Any, things: str, code: str) -> None:
    with aws.behind(Fault("error", "kms:ListKeys", code=code, status=400)):
        estate = aws.read(KEY)
    assert len(estate.unseen[0].reason) < 200
    assert not set("<>\n") & set(estate.unseen[0].reason)


def test_regions_where_a_bucket_is_are_found_out_one_by_one_if_need_be(aws: Any, things: str) -> None:
    listing = (
        f"<ListAllMyBucketsResult><Buckets><Bucket><Name>{things}</Name></Bucket></Buckets></ListAllMyBucketsResult>"
    )
    unlocated = Fault("answer", "s3:ListBuckets", body=listing)
    with aws.behind(unlocated) as proxy:
        estate = aws.read(f"{BUCKET}.VersioningConfiguration")
        assert only(estate, BUCKET).region == "us-east-1"
        assert proxy.calls["s3:GetBucketLocation"] == 1
        assert list(aws.read(BUCKET, regions=("eu-west-1",)).of_type(BUCKET)) == []
    with aws.behind(unlocated, Fault("refuse", "s3:GetBucketLocation")):
        estate = aws.read(f"{BUCKET}.VersioningConfiguration")
    assert only(estate, BUCKET).region == ""
    assert at(estate, f"{BUCKET}.VersioningConfiguration") == Unknown(
        "s3:GetBucketLocation refused: AccessDenied; needs s3:GetBucketLocation"
    )
    assert estate.unseen == (
        Unseen(
            aws.account,
            "",
            f"{BUCKET} {things} VersioningConfiguration",
            "s3:GetBucketLocation refused: AccessDenied; needs s3:GetBucketLocation",
            "s3:GetBucketLocation",
        ),
    )
