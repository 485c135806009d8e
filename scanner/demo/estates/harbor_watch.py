"""What watches over the healthy estate: trails into an immutable bucket of another account, alarms, and Macie.

A trail in each account records management events and every read and write of the buckets there. The audit account
keeps the logs, locked for longer than a year. Alarms reach a confirmed address: failed replication (a metric of the
source's region), replication latency (a metric of the destination's region), refused requests, and any change of what
protects the data.
"""

from collections.abc import Iterator

from scanner.demo.building import Call, Place, given
from scanner.demo.estates.accounts import HARBOR_AUDIT, HARBOR_PRIMARY, HARBOR_RECOVERY, OREGON
from scanner.demo.estates.harbor import (
    LINKS,
    METRICS,
    PRIMARY,
    RECOVERY,
    TOPIC,
    break_glass_role,
    buckets,
    denies_destruction,
)
from scanner.demo.estates.links import Link
from scanner.demo.parts import alarm, allow, bucket, key, macie, only_tls, policy, role, root, service, topic

AUDIT, AUDIT_LOGS, TRAIL, LOG_GROUP = HARBOR_AUDIT.at(OREGON), "harbor-audit-logs", "harbor-trail", "harbor/trail"

_TRAILS = (PRIMARY, RECOVERY, AUDIT)

_PROTECTION_CHANGES = (
    "DeleteBackupPlan",
    "DeleteBackupVaultLockConfiguration",
    "DeleteBucketPolicy",
    "DeleteBucketReplication",
    "DeleteRecoveryPoint",
    "DeleteTrail",
    "DisableKey",
    "ModifyDBClusterSnapshotAttribute",
    "ModifyDBSnapshotAttribute",
    "ModifyImageAttribute",
    "ModifySnapshotAttribute",
    "PutBackupVaultAccessPolicy",
    "PutBucketEncryption",
    "PutBucketLifecycle*",
    "PutBucketObjectLockConfiguration",
    "PutBucketPolicy",
    "PutBucketReplication",
    "PutBucketVersioning",
    "PutEventSelectors",
    "PutKeyPolicy",
    "PutObjectLockConfiguration",
    "ScheduleKeyDeletion",
    "StopLogging",
)
_FILTERS = {
    "harbor-access-denied": ("errorCode", ("*UnauthorizedOperation", "AccessDenied*")),
    "harbor-protection-changed": ("eventName", _PROTECTION_CHANGES),
}


def calls() -> Iterator[Call]:
    """The audit bucket, trails, topics, alarms and Macie; after the estate itself, whose buckets are watched."""
    yield from _audit_bucket()
    for account in (HARBOR_PRIMARY, HARBOR_RECOVERY, HARBOR_AUDIT):
        for region in account.regions:
            place = account.at(region)
            yield macie(place)
            yield from topic(place, TOPIC, "on-call@harbor.example", confirmed=True, publishers=("cloudwatch", "s3"))
    for place in _TRAILS:
        yield from _trail(place)
        yield from _alarms_on_trail(place)
    for link in LINKS:
        yield from _alarms_on_link(link)
        yield _failure_events(link)
    for name, place in buckets().items():
        yield alarm(place, f"{name}-4xx", "4xxErrors", TOPIC, Dimensions={"BucketName": name, "FilterId": METRICS})


def _audit_bucket() -> Iterator[Call]:
    trails = [_trail_arn(place) for place in _TRAILS]
    by_trail = {"StringEquals": {"aws:SourceArn": trails}}
    cloudtrail = service("cloudtrail")
    use_key = allow(["kms:GenerateDataKey*", "kms:DescribeKey"], to=cloudtrail, when=by_trail, sid="TrailsEncrypt")
    yield from key(AUDIT, AUDIT_LOGS, policy(allow("kms:*", to=root(AUDIT), sid="AccountDecides"), use_key))
    yield from break_glass_role(AUDIT)
    yield from bucket(
        AUDIT,
        AUDIT_LOGS,
        lock={"Mode": "COMPLIANCE", "Days": 400},
        key=given(f"key/{AUDIT_LOGS}"),
        bucket_policy=policy(
            allow("s3:GetBucketAcl", AUDIT.bucket(AUDIT_LOGS), to=cloudtrail, when=by_trail, sid="TrailsCheck"),
            allow("s3:PutObject", AUDIT.bucket(f"{AUDIT_LOGS}/*"), to=cloudtrail, when=by_trail, sid="TrailsWrite"),
            denies_destruction(AUDIT, AUDIT_LOGS),
            only_tls(AUDIT, AUDIT_LOGS),
        ),
    )


def _trail(place: Place) -> Iterator[Call]:
    group = place.arn("logs", f"log-group:{LOG_GROUP}:*")
    yield Call(place, "logs", "create_log_group", {"logGroupName": LOG_GROUP})
    deliver = policy(allow(["logs:CreateLogStream", "logs:PutLogEvents"], group))
    trust = policy(allow("sts:AssumeRole", "", to=service("cloudtrail")))
    yield from role(place, "harbor-trail-to-logs", trust, {"deliver": deliver})
    trail = {
        "Name": TRAIL,
        "S3BucketName": AUDIT_LOGS,
        "IsMultiRegionTrail": True,
        "IncludeGlobalServiceEvents": True,
        "EnableLogFileValidation": True,
        "KmsKeyId": given(f"key/{AUDIT_LOGS}"),
        "CloudWatchLogsLogGroupArn": group,
        "CloudWatchLogsRoleArn": place.iam("role/harbor-trail-to-logs"),
    }
    yield Call(place, "cloudtrail", "create_trail", trail)
    yield Call(place, "cloudtrail", "put_event_selectors", {"TrailName": TRAIL, "EventSelectors": [_events(place)]})
    yield Call(place, "cloudtrail", "start_logging", {"Name": TRAIL})


def _events(place: Place) -> dict[str, object]:
    # Not the log bucket itself: recording the delivery of records would never end.
    values = [at.bucket(f"{name}/") for name, at in buckets().items() if at == place]
    data = [{"Type": "AWS::S3::Object", "Values": values}] if values else []
    return {"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": data}


def _trail_arn(place: Place) -> str:
    return place.arn("cloudtrail", f"trail/{TRAIL}")


def _alarms_on_trail(place: Place) -> Iterator[Call]:
    for name, (field, values) in _FILTERS.items():
        pattern = " || ".join(f'($.{field} = "{value}")' for value in values)
        count = {"metricName": name, "metricNamespace": "Harbor", "metricValue": "1"}
        arguments = {
            "logGroupName": LOG_GROUP,
            "filterName": name,
            "filterPattern": f"{{ {pattern} }}",
            "metricTransformations": [count],
        }
        yield Call(place, "logs", "put_metric_filter", arguments)
        yield alarm(place, name, name, TOPIC, Namespace="Harbor", TreatMissingData="notBreaching")


def _alarms_on_link(link: Link) -> Iterator[Call]:
    dimensions = {"SourceBucket": link.source, "DestinationBucket": link.copy, "RuleId": link.rule_id}
    yield alarm(link.here, f"{link.rule_id}-failed", "OperationsFailedReplication", TOPIC, Dimensions=dict(dimensions))
    yield alarm(
        Place(link.here.account, link.there.region),
        f"{link.rule_id}-late",
        "ReplicationLatency",
        TOPIC,
        Dimensions=dict(dimensions),
        Statistic="Maximum",
        Threshold=900.0,
    )


def _failure_events(link: Link) -> Call:
    events = ["s3:Replication:OperationFailedReplication", "s3:Replication:OperationMissedThreshold"]
    tell = {"TopicArn": link.here.arn("sns", TOPIC), "Events": events, "Id": "replication-failed"}
    arguments = {"Bucket": link.source, "NotificationConfiguration": {"TopicConfigurations": [tell]}}
    return Call(link.here, "s3", "put_bucket_notification_configuration", arguments)
