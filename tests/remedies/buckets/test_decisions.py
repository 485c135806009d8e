"""What no remedy decides by itself, and what it leaves because nobody saw it: nothing is changed, and it is told."""

from collections.abc import Callable
from typing import Any

import pytest
from link_blueprint import AWAY, HOME
from planned import planned

from scanner.estate.estate import Unseen
from scanner.estate.unknown import Unknown
from scanner.remedies.proposals import Choices
from tests.remedies.buckets.estates import BREAKS, Break, Drawn, healthy, locked_copy

REFUSED = Unknown("behind a curtain")


def on_copy(name: str, value: Any) -> Break:
    return lambda blueprint: blueprint.copy.update({name: value})


def both(*breaks: Callable[[Drawn], Any]) -> Break:
    def breaking(blueprint: Drawn) -> None:
        for one in breaks:
            one(blueprint)

    return breaking


def as_in(name: str) -> Break:
    return BREAKS[name][0]


def logs_into(target: str, **properties: Any) -> Break:
    def breaking(blueprint: Drawn) -> None:
        blueprint.logging(target)
        blueprint.bucket(target, **properties)

    return breaking


def subscribed(blueprint: Drawn) -> None:
    topic = blueprint.topic(confirmed=0)
    properties = {"TopicArn": topic, "Protocol": "email", "Endpoint": "them@example.com"}
    observed = {"Observed": {"PendingConfirmation": True}}
    blueprint.add("AWS::SNS::Subscription", "", HOME, blueprint.home_region, "pager:email", **properties, **observed)
    blueprint.alarm("failing", "OperationsFailedReplication", AlarmActions=[topic])


def locked_with_logs(blueprint: Drawn) -> None:
    """The source, which would have to be locked along, takes access logs."""
    blueprint.copy["ReplicationConfiguration"] = {"Role": blueprint.role_arn, "Rules": [_onward(blueprint)]}
    blueprint.bucket("third", VersioningConfiguration={"Status": "Enabled"})
    blueprint.bucket("fourth", LoggingConfiguration={"DestinationBucketName": "third"})


def _onward(blueprint: Drawn) -> Any:
    return {**blueprint.rule, "Destination": {"Bucket": blueprint.arn("s3", "", "", "third")}}


def watched(dimensions: dict[str, str], **properties: Any) -> Break:
    named = [{"Name": name, "Value": value} for name, value in dimensions.items()]
    return lambda blueprint: blueprint.alarm("errors", "5xxErrors", Dimensions=named, **properties)


def events_of_others(blueprint: Drawn) -> None:
    as_in("failures as events")(blueprint)
    queue = blueprint.home("sqs", "others")
    blueprint.source["NotificationConfiguration"] = {
        "QueueConfigurations": [{"Event": "s3:ObjectCreated:*", "Queue": queue}]
    }


OTHER_KEY = {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}, "BucketKeyEnabled": True}
KMS: dict[str, Any] = {"BucketEncryption": {"ServerSideEncryptionConfiguration": [OTHER_KEY]}}
LOCK: dict[str, Any] = {"ObjectLockEnabled": True}
GLASS = (f"arn:aws:iam::{AWAY}:role/break-glass",)

CANNOT: dict[str, tuple[Break, str, Choices, str]] = {
    "versions that MFA guards": (
        both(as_in("suspended"), on_copy("Observed", {"MFADelete": "Enabled"})),
        "bucket-versioning-not-suspended",
        Choices(),
        "only the root user",
    ),
    "nobody to spare": (healthy, "recovery-bucket-policy-denies-destruction", Choices(), "--break-glass"),
    "somebody to spare who is not there": (
        healthy,
        "recovery-bucket-policy-denies-destruction",
        Choices(break_glass=GLASS),
        "was not seen",
    ),
    "somebody of another account to spare": (
        healthy,
        "recovery-bucket-policy-denies-destruction",
        Choices(break_glass=(f"arn:aws:iam::{HOME}:role/break-glass",)),
        f"somebody of account {AWAY}",
    ),
    "compliance that nobody asked for": (
        locked_copy("GOVERNANCE", 35),
        "object-lock-mode-compliance",
        Choices(),
        "--lock-mode COMPLIANCE",
    ),
    "a log of oneself": (
        lambda blueprint: blueprint.trail(AWAY),
        "audit-log-bucket-immutable",
        Choices(lock_mode="COMPLIANCE"),
        "keeps the record of itself",
    ),
    "a lock where access logs go": (
        locked_with_logs,
        "recovery-bucket-object-lock-enabled",
        Choices(),
        "access logs go",
    ),
    "no bucket for logs": (healthy, "object-access-is-recorded", Choices(), "--log-bucket"),
    "a bucket for logs elsewhere": (
        healthy,
        "object-access-is-recorded",
        Choices(log_bucket="ledger-copy"),
        f"it is in account {AWAY}",
    ),
    "a bucket for logs under a key": (
        lambda blueprint: blueprint.bucket("logs", **KMS),
        "object-access-is-recorded",
        Choices(log_bucket="logs"),
        "KMS key",
    ),
    "a bucket for logs with a lock": (
        logs_into("logs", **LOCK),
        "access-log-target-deliverable",
        Choices(log_bucket="logs"),
        "Object Lock",
    ),
    "no name for a bucket": (
        healthy,
        "object-access-is-recorded",
        Choices(log_bucket="Logs_{account}"),
        "no name for a bucket",
    ),
    "nobody to tell": (healthy, "replication-failure-alarm", Choices(), "--topic ARN"),
    "no such topic": (
        healthy,
        "replication-failure-alarm",
        Choices(topics=(f"arn:aws:sns:us-east-1:{HOME}:gone",)),
        "there is no topic",
    ),
    "notifications of others": (events_of_others, "replication-failure-alarm", Choices(failure_events=True), "ids"),
    "a subscriber who has not confirmed": (subscribed, "alarm-reaches-a-human", Choices(), "them@example.com has to"),
    "a topic under AWS's key": (
        lambda blueprint: blueprint.alarm(
            "failing",
            "OperationsFailedReplication",
            AlarmActions=[blueprint.topic(KmsMasterKeyId="alias/aws/sns")],
        ),
        "alarm-reaches-a-human",
        Choices(),
        "key of your own",
    ),
    "an alarm on no bucket": (
        watched({"BucketName": "gone", "FilterId": "all"}),
        "request-metric-alarm-can-fire",
        Choices(),
        "there is no bucket gone",
    ),
    "an alarm in the wrong region": (
        watched({"BucketName": "ledger-copy", "FilterId": "all"}),
        "request-metric-alarm-can-fire",
        Choices(),
        "make the alarm there",
    ),
    "an alarm without filter": (
        watched({"BucketName": "ledger"}),
        "request-metric-alarm-can-fire",
        Choices(),
        "names no FilterId",
    ),
    "a chosen key that is not there": (
        as_in("foreign default key"),
        "recovery-key-owned-by-recovery-account",
        Choices(keys={(AWAY, "eu-west-1"): f"arn:aws:kms:eu-west-1:{AWAY}:key/gone"}),
        "not seen as one that works",
    ),
}
"""What is somebody's decision: the rule that fails all the same, and what is said of it."""


@pytest.mark.parametrize("name", CANNOT)
def test_what_is_not_decided_is_told_and_nothing_is_planned(name: str) -> None:
    breaking, rule, choices, told = CANNOT[name]
    blueprint = Drawn()
    breaking(blueprint)
    found = planned(blueprint.estate, blueprint.intent, [rule], choices)
    assert "FAIL" in found.verdicts(rule)
    assert told in found.why()
    assert found.plan.fixes == ()
    assert {step.target.arn for step in found.plan.steps}.isdisjoint({one.resource for one in found.plan.unfixed})


def policies_unread(blueprint: Drawn) -> None:
    blueprint.unseen += [Unseen(account, "", "AWS::S3::BucketPolicy", "behind a curtain") for account in (HOME, AWAY)]
    blueprint.source_policy = blueprint.destination_policy = None


UNSEEN: dict[str, tuple[Break, str, Choices]] = {
    "versioning": (on_copy("VersioningConfiguration", REFUSED), "bucket-versioning-enabled", Choices()),
    "MFA Delete": (
        both(as_in("suspended"), on_copy("Observed", {"MFADelete": REFUSED})),
        "bucket-versioning-enabled",
        Choices(),
    ),
    "a switch of the block": (
        on_copy("PublicAccessBlockConfiguration", {"BlockPublicAcls": REFUSED, "BlockPublicPolicy": False}),
        "bucket-blocks-public-access",
        Choices(),
    ),
    "encryption": (on_copy("BucketEncryption", REFUSED), "bucket-blocks-sse-c", Choices()),
    "bucket policies": (policies_unread, "bucket-denies-insecure-transport", Choices()),
    "a statement": (
        lambda blueprint: blueprint.destination_policy["Statement"].append(REFUSED),
        "bucket-denies-insecure-transport",
        Choices(),
    ),
    "versioning under a lock": (
        on_copy("VersioningConfiguration", REFUSED),
        "recovery-bucket-object-lock-enabled",
        Choices(),
    ),
    "where a copy goes on to": (
        on_copy("ReplicationConfiguration", REFUSED),
        "recovery-bucket-object-lock-enabled",
        Choices(),
    ),
    "the lock": (on_copy("ObjectLockConfiguration", REFUSED), "object-lock-default-retention-set", Choices()),
    "logging": (
        lambda blueprint: blueprint.source.update(LoggingConfiguration=REFUSED),
        "object-access-is-recorded",
        Choices(log_bucket="logs-{account}-{region}"),
    ),
    "buckets of the account": (
        lambda blueprint: blueprint.unseen.append(Unseen(HOME, "", "AWS::S3::Bucket", "behind a curtain")),
        "object-access-is-recorded",
        Choices(log_bucket="logs-{account}-{region}"),
    ),
    "alarms": (
        lambda blueprint: blueprint.unseen.append(
            Unseen(HOME, "us-east-1", "AWS::CloudWatch::Alarm", "behind a curtain")
        ),
        "replication-failure-alarm",
        Choices(email="on-call@example.com"),
    ),
    "topics": (
        lambda blueprint: blueprint.unseen.append(Unseen(HOME, "us-east-1", "AWS::SNS::Topic", "behind a curtain")),
        "replication-failure-alarm",
        Choices(email="on-call@example.com"),
    ),
    "an alarm's threshold": (
        lambda blueprint: blueprint.alarm("failing", "OperationsFailedReplication", Threshold=REFUSED),
        "alarm-reaches-a-human",
        Choices(email="on-call@example.com"),
    ),
    "request metrics": (
        both(as_in("metric that nobody publishes"), lambda one: one.source.update(MetricsConfigurations=REFUSED)),
        "request-metric-alarm-can-fire",
        Choices(),
    ),
    "a lifecycle rule": (
        lambda one: one.copy.update(
            LifecycleConfiguration={
                "Rules": [
                    {"Id": "a", "Status": "Enabled", "NoncurrentVersionExpiration": {"NoncurrentDays": 3}},
                    REFUSED,
                ]
            }
        ),
        "lifecycle-keeps-noncurrent-versions",
        Choices(),
    ),
}
"""What was not seen, a rule that hangs on it, or whose remedy would have to change it."""


@pytest.mark.parametrize("name", UNSEEN)
def test_what_was_not_seen_is_not_changed(name: str) -> None:
    breaking, rule, choices = UNSEEN[name]
    blueprint = Drawn()
    breaking(blueprint)
    found = planned(blueprint.estate, blueprint.intent, [rule], choices)
    open_ = {one.resource.name for one in found.after.findings if str(one.verdict) in ("FAIL", "UNKNOWN")}
    assert open_
    for step in found.plan.steps:
        assert step.target.name not in open_
        assert "behind a curtain" not in str(step)
