"""What writing takes beyond the one action that a request names, and all that each write may take.

Actions: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html, .../API_PutBucketReplication.html,
.../API_control_CreateJob.html, https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html (2026-11).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from scanner.remedies.step import CREATION, WHOLE, Step, Target
from scanner.remedies.writes.alerts import ALARM, SUBSCRIPTION, TOPIC, TOPIC_POLICY
from scanner.remedies.writes.iam import ROLE
from scanner.remedies.writes.kms import ALIAS, KEY
from scanner.remedies.writes.s3 import ACCOUNT_BLOCK, BATCH_JOB, BUCKET, BUCKET_POLICY
from scanner.remedies.writes.table import write_of
from scanner.remedies.writing import CannotWriteError, Request

PASS_ROLE = "iam:PassRole"
REPLICATION_SERVICE, BATCH_SERVICE = "s3.amazonaws.com", "batchoperations.s3.amazonaws.com"


@dataclass(frozen=True, slots=True)
class Taken:
    """An action that a call takes, beside what it is called on: `role` is one that is passed to the service `to`."""

    action: str
    role: str = ""
    to: str = ""


_POLICY = ("s3:DeleteBucketPolicy", "s3:PutBucketPolicy")
_OF_A_BUCKET: Mapping[str, tuple[str, ...]] = {
    CREATION: (
        "s3:CreateBucket",
        "s3:DeleteBucket",
        "s3:PutBucketObjectLockConfiguration",
        "s3:PutBucketOwnershipControls",
        "s3:PutBucketVersioning",
    ),
    "BucketEncryption": ("s3:PutEncryptionConfiguration",),
    "LifecycleConfiguration": ("s3:PutLifecycleConfiguration",),
    "LoggingConfiguration": ("s3:PutBucketLogging",),
    "MetricsConfigurations": ("s3:PutMetricsConfiguration",),
    "NotificationConfiguration": ("s3:PutBucketNotification",),
    "ObjectLockConfiguration": ("s3:PutBucketObjectLockConfiguration",),
    "ObjectLockEnabled": (),
    "OwnershipControls": ("s3:PutBucketOwnershipControls",),
    "PublicAccessBlockConfiguration": ("s3:PutBucketPublicAccessBlock",),
    "ReplicationConfiguration": ("s3:PutReplicationConfiguration", PASS_ROLE),
    "Tags": ("s3:PutBucketTagging",),
    "VersioningConfiguration": ("s3:PutBucketVersioning",),
}

ACTIONS: Mapping[tuple[str, str], tuple[str, ...]] = {
    **{(BUCKET, property_): actions for property_, actions in _OF_A_BUCKET.items()},
    (BUCKET_POLICY, CREATION): _POLICY,
    (BUCKET_POLICY, "PolicyDocument"): _POLICY,
    (ACCOUNT_BLOCK, WHOLE): ("s3:PutAccountPublicAccessBlock",),
    (BATCH_JOB, CREATION): ("s3:CreateJob", PASS_ROLE),
    (KEY, CREATION): ("kms:CreateKey", "kms:ScheduleKeyDeletion", "kms:TagResource"),
    (KEY, "EnableKeyRotation"): ("kms:DisableKeyRotation", "kms:EnableKeyRotation"),
    (KEY, "KeyPolicy"): ("kms:PutKeyPolicy",),
    (ALIAS, CREATION): ("kms:CreateAlias", "kms:DeleteAlias"),
    (ROLE, CREATION): ("iam:CreateRole", "iam:DeleteRole"),
    (ROLE, "AssumeRolePolicyDocument"): ("iam:UpdateAssumeRolePolicy",),
    (ROLE, "Policies"): ("iam:DeleteRolePolicy", "iam:PutRolePolicy"),
    (ROLE, "ManagedPolicyArns"): ("iam:AttachRolePolicy", "iam:DetachRolePolicy"),
    (TOPIC, CREATION): ("sns:CreateTopic", "sns:DeleteTopic"),
    (TOPIC_POLICY, CREATION): ("sns:SetTopicAttributes",),
    (TOPIC_POLICY, "PolicyDocument"): ("sns:SetTopicAttributes",),
    (SUBSCRIPTION, CREATION): ("sns:Subscribe",),
    (ALARM, CREATION): ("cloudwatch:DeleteAlarms", "cloudwatch:PutMetricAlarm"),
    (ALARM, WHOLE): ("cloudwatch:PutMetricAlarm",),
}
"""All actions that a write may take to do it and to undo it, by type and property; tests hold it to the requests."""

FINDING_AGAIN: Mapping[str, tuple[str, ...]] = {KEY: ("kms:DescribeKey", "kms:ListKeys", "kms:ListResourceTags")}
"""What it takes to find what was made when the answer was lost, by type."""


def requests_both_ways(step: Step) -> Iterator[Request]:
    """The requests that do a step and those that undo it, where it can be undone."""
    write = write_of(step.target.type, step.property)
    for before, after in ((step.before, step.after), (step.after, step.before)):
        try:
            yield from write.requests(step.target, before, after) if write else ()
        except CannotWriteError:
            continue


def taken_by(request: Request) -> Iterator[Taken]:
    """The actions that a request takes: its own, and those that come with its parameters."""
    yield Taken(request.action)
    parameters = request.parameters
    match request.name:
        case "s3:CreateBucket":
            if "ObjectOwnership" in parameters:
                yield Taken("s3:PutBucketOwnershipControls")
            if parameters.get("ObjectLockEnabledForBucket"):
                yield Taken("s3:PutBucketObjectLockConfiguration")
                yield Taken("s3:PutBucketVersioning")
        case "s3:PutBucketReplication":
            yield Taken(PASS_ROLE, parameters["ReplicationConfiguration"]["Role"], REPLICATION_SERVICE)
        case "s3control:CreateJob":
            yield Taken(PASS_ROLE, parameters["RoleArn"], BATCH_SERVICE)
        case "kms:CreateKey":
            if parameters.get("Tags"):
                yield Taken("kms:TagResource")


def arns_of(target: Target, step: Step) -> tuple[str, ...]:
    """The ARNs that the calls of a step are made on: the target's, and what an alias or subscription belongs to."""
    value = step.after if isinstance(step.after, dict) else {}
    match target.type:
        case t if t == ALIAS and "TargetKeyId" in value:
            return target.arn, f"{target.arn.partition(':alias/')[0]}:key/{value['TargetKeyId']}"
        case t if t == SUBSCRIPTION and "TopicArn" in value:
            return (value["TopicArn"],)
    return (target.arn,) if target.arn else ()
