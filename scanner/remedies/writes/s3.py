"""How buckets are written: one entry a property, each with what S3 does and does not take back.

What S3's API calls otherwise than CloudFormation is translated in `s3_requests`. Facts on what can be undone: S3 user
guide and API reference, 2026-11.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from scanner.estate.unknown import Value
from scanner.remedies.step import CREATION, WHOLE, Safety, Target
from scanner.remedies.writes import s3_requests as api
from scanner.remedies.writes.documents import document, interrupted_by_policy, policy_safety, statements
from scanner.remedies.writing import CannotWriteError, Request, Requests, Write

BUCKET = "AWS::S3::Bucket"
BUCKET_POLICY = "AWS::S3::BucketPolicy"
ACCOUNT_BLOCK = "AWS::S3::AccountPublicAccessBlock"
BATCH_JOB = "AWS::S3::BatchReplicationJob"
"""Not CloudFormation's: a job has no type there. Its properties are the parameters of `s3control:CreateJob`."""

_OF_JOB = (
    *("ConfirmationRequired", "Description", "ManifestGenerator", "Operation", "Priority", "Report", "RoleArn", "Tags"),
)
_COMPLIANCE = "until its time is over, nobody can delete a version that is locked in COMPLIANCE mode, not even AWS"
_LOCK_STAYS = "Object Lock cannot be switched off again; its default retention can be removed"
_GRANTS = "permissions on log files that the former configuration granted by itself are not known, and not restored"
_LIFECYCLE = "S3 deletes what the new rules say, also of what is there already"


def _of_bucket(
    put: str, key: str, action: str, shape: Callable[[Value], Any], *, delete: str = "", empty: Any = None
) -> Requests:
    """Requests that put a whole configuration, and delete it (or put an empty one) where it should be absent."""

    def requests(target: Target, _before: Value, after: Value) -> tuple[Request, ...]:
        bucket = {"Bucket": target.name, "ExpectedBucketOwner": target.account}
        if after is None and delete:
            return (Request("s3", delete, action, bucket),)
        return (Request("s3", put, action, {**bucket, key: empty if after is None else shape(after)}),)

    return requests


def _encryption(target: Target, before: Value, after: Value) -> tuple[Request, ...]:
    bucket = {"Bucket": target.name, "ExpectedBucketOwner": target.account}
    if after is None:
        return (Request("s3", "DeleteBucketEncryption", "s3:PutEncryptionConfiguration", bucket),)
    configuration = api.encryption(after, unblocking="SSE-C" in str(before))
    parameters = {**bucket, "ServerSideEncryptionConfiguration": configuration}
    return (Request("s3", "PutBucketEncryption", "s3:PutEncryptionConfiguration", parameters),)


def _notification(target: Target, before: Value, after: Value) -> tuple[Request, ...]:
    """Event notifications. Each has an id, which the one shape does not keep and writing would lose."""
    had, has = (_destinations(value) for value in (before, after))
    if had and has and had != has:
        raise CannotWriteError(
            f"bucket {target.name} has event notifications, whose ids drscan does not know and would lose: "
            "add the new one by hand"
        )
    parameters = {
        "Bucket": target.name,
        "ExpectedBucketOwner": target.account,
        "NotificationConfiguration": api.notification(after or {}),
    }
    request = Request("s3", "PutBucketNotificationConfiguration", "s3:PutBucketNotification", parameters)
    return (request,)


def _destinations(value: Value) -> dict[str, Value]:
    return {name: part for name, part in (value or {}).items() if name != "EventBridgeConfiguration"}


def _lifecycle(target: Target, _before: Value, after: Value) -> tuple[Request, ...]:
    bucket = {"Bucket": target.name, "ExpectedBucketOwner": target.account}
    if after is None:
        return (Request("s3", "DeleteBucketLifecycle", "s3:PutLifecycleConfiguration", bucket),)
    parameters = {**bucket, "LifecycleConfiguration": api.lifecycle(after)}
    size = after.get("TransitionDefaultMinimumObjectSize")
    parameters |= {"TransitionDefaultMinimumObjectSize": size} if size else {}
    return (Request("s3", "PutBucketLifecycleConfiguration", "s3:PutLifecycleConfiguration", parameters),)


def _create_bucket(target: Target, before: Value, after: Value) -> tuple[Request, ...]:
    if after is None:
        delete = {"Bucket": target.name, "ExpectedBucketOwner": target.account}
        return (Request("s3", "DeleteBucket", "s3:DeleteBucket", delete, done=("NoSuchBucket",)),)
    parameters: dict[str, Any] = {"Bucket": target.name, "ObjectOwnership": "BucketOwnerEnforced"}
    if target.region != "us-east-1":
        parameters["CreateBucketConfiguration"] = {"LocationConstraint": target.region}
    if after.get("ObjectLockEnabled"):
        parameters["ObjectLockEnabledForBucket"] = True
    return (Request("s3", "CreateBucket", "s3:CreateBucket", parameters, done=("BucketAlreadyOwnedByYou",)),)


def _versioning(target: Target, before: Value, after: Value) -> tuple[Request, ...]:
    """Versioning on or off. Going back to none at all suspends it, which is as near as S3 comes."""
    if after is None and (before or {}).get("Status") != "Enabled":
        raise CannotWriteError("a bucket that once had versioning can only suspend it, never be without it again")
    configuration = after or {"Status": "Suspended"}
    parameters = {
        "Bucket": target.name,
        "ExpectedBucketOwner": target.account,
        "VersioningConfiguration": configuration,
    }
    return (Request("s3", "PutBucketVersioning", "s3:PutBucketVersioning", parameters),)


def _object_lock_enabled(_target: Target, _before: Value, after: Value) -> tuple[Request, ...]:
    """Nothing of its own: the configuration that comes with it says so."""
    if after is not True:
        raise CannotWriteError(_LOCK_STAYS)
    return ()


def _object_lock(target: Target, before: Value, after: Value) -> tuple[Request, ...]:
    """The lock with its default retention. Going back to none at all takes the retention away and leaves the lock."""
    if after is None and "Rule" not in (before or {}):
        raise CannotWriteError(_LOCK_STAYS)
    rule = (after or {}).get("Rule")
    parameters = {
        "Bucket": target.name,
        "ExpectedBucketOwner": target.account,
        "ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled", **({"Rule": rule} if rule else {})},
    }
    return (Request("s3", "PutObjectLockConfiguration", "s3:PutBucketObjectLockConfiguration", parameters),)


def _metrics(target: Target, before: Value, after: Value) -> tuple[Request, ...]:
    """One request for each configuration that comes, changes or goes."""
    had, has = _by_id(before), _by_id(after)
    bucket = {"Bucket": target.name, "ExpectedBucketOwner": target.account}
    gone = [{**bucket, "Id": id_} for id_ in had if id_ not in has]
    put = [
        {**bucket, "Id": id_, "MetricsConfiguration": api.metrics(entry)}
        for id_, entry in has.items()
        if had.get(id_) != entry
    ]
    action = "s3:PutMetricsConfiguration"
    return (
        *(Request("s3", "PutBucketMetricsConfiguration", action, each) for each in put),
        *(Request("s3", "DeleteBucketMetricsConfiguration", action, each) for each in gone),
    )


def _by_id(entries: Sequence[Mapping[str, Value]] | None) -> dict[str, Mapping[str, Value]]:
    return {entry["Id"]: entry for entry in entries or ()}


def _bucket_policy(target: Target, _before: Value, after: Value) -> tuple[Request, ...]:
    bucket = {"Bucket": target.name, "ExpectedBucketOwner": target.account}
    if after is None:
        return (Request("s3", "DeleteBucketPolicy", "s3:DeleteBucketPolicy", bucket),)
    return (Request("s3", "PutBucketPolicy", "s3:PutBucketPolicy", {**bucket, "Policy": document(after)}),)


def _new_bucket_policy(target: Target, before: Value, after: Value) -> tuple[Request, ...]:
    return _bucket_policy(target, before, None if after is None else after["PolicyDocument"])


def _account_block(target: Target, _before: Value, after: Value) -> tuple[Request, ...]:
    """Every account has a block to read; one that blocks nothing is none to S3."""
    action, account = "s3:PutAccountPublicAccessBlock", {"AccountId": target.account}
    if not any(after.values()):
        return (Request("s3control", "DeletePublicAccessBlock", action, account),)
    four = {name: after.get(name, False) for name in api.FOUR_BLOCKS}
    return (Request("s3control", "PutPublicAccessBlock", action, {**account, "PublicAccessBlockConfiguration": four}),)


def _batch_job(target: Target, before: Value, after: Value) -> tuple[Request, ...]:
    if after is None:
        raise CannotWriteError("a job that was made stays on record; cancel it in the S3 console while it runs")
    # The same token twice is the same job: it may be asked for again after an answer was lost.
    parameters = {"AccountId": target.account, "ClientRequestToken": api.token(after), **after}
    return (Request("s3control", "CreateJob", "s3:CreateJob", parameters, gives={target.arn: "JobId"}),)


def _lock_safety(_target: Target, before: Value, after: Value) -> Safety:
    if "COMPLIANCE" in str(after):
        return Safety.IRREVERSIBLE
    return Safety.IRREVERSIBLE if before is None else Safety.REVIEW


def _versioning_safety(_target: Target, _before: Value, after: Value) -> Safety:
    return Safety.SAFE if (after or {}).get("Status") == "Enabled" else Safety.REVIEW


def _rekeyed(before: Value, after: Value) -> bool:
    """Whether new objects get another encryption than they got."""
    return [_default(rule) for rule in _rules(before)] != [_default(rule) for rule in _rules(after)]


def _interrupted_by_encryption(_target: Target, before: Value, after: Value) -> str:
    notes = ["whoever reads or writes new objects needs permission on the key"] if _rekeyed(before, after) else []
    if "SSE-C" in str(after) and "SSE-C" not in str(before):
        notes.append("writes under keys that callers bring along (SSE-C) are refused")
    return "; ".join(notes)


def _rules(encryption: Value) -> list[Value]:
    return list((encryption or {}).get("ServerSideEncryptionConfiguration", ()))


def _default(rule: Mapping[str, Value]) -> Value:
    return rule.get("ServerSideEncryptionByDefault")


def _policy_undoing(_target: Target, before: Value, after: Value) -> str:
    """Who can take a denial back that denies just that."""
    had = statements(before)
    denied = [one for one in statements(after) if one not in had and one.get("Effect") == "Deny"]
    if any("s3:PutBucketPolicy" in str(one) or "s3:DeleteBucketPolicy" in str(one) for one in denied):
        return "only whom the denial spares can take it back: undo it as one of them"
    return ""


def _new_policy_safety(target: Target, _before: Value, after: Value) -> Safety:
    return policy_safety(target, None, (after or {}).get("PolicyDocument"))


def _review(_target: Target, _before: Value, _after: Value) -> Safety:
    return Safety.REVIEW


def _manual(_target: Target, _before: Value, _after: Value) -> Safety:
    return Safety.MANUAL


def _says(text: str) -> Callable[[Target, Value, Value], str]:
    return lambda _target, _before, _after: text


_PLAIN: tuple[tuple[str, int, Requests, dict[str, Any]], ...] = (
    (
        "PublicAccessBlockConfiguration",
        25,
        _of_bucket(
            "PutPublicAccessBlock",
            "PublicAccessBlockConfiguration",
            "s3:PutBucketPublicAccessBlock",
            api.four_blocks,
            delete="DeletePublicAccessBlock",
        ),
        {"safety": _review, "interrupts": _says("public access that somebody relies on ends")},
    ),
    (
        "OwnershipControls",
        25,
        _of_bucket(
            "PutBucketOwnershipControls",
            "OwnershipControls",
            "s3:PutBucketOwnershipControls",
            api.as_is,
            delete="DeleteBucketOwnershipControls",
        ),
        {"safety": _review, "interrupts": _says("access that only ACLs grant ends")},
    ),
    (
        "BucketEncryption",
        70,
        _encryption,
        {
            "safety": _review,
            "interrupts": _interrupted_by_encryption,
            "costs": lambda _target, before, after: (
                "requests to KMS, few with a bucket key" if _rekeyed(before, after) else ""
            ),
            "undoing": lambda _target, before, after: (
                "objects written meanwhile keep the encryption that they got" if _rekeyed(before, after) else ""
            ),
        },
    ),
    (
        "LoggingConfiguration",
        75,
        _of_bucket("PutBucketLogging", "BucketLoggingStatus", "s3:PutBucketLogging", api.logging, empty={}),
        {
            "costs": _says("storage of the access logs"),
            "undoing": lambda _target, before, _after: _GRANTS if before else "",
        },
    ),
    (
        "ReplicationConfiguration",
        80,
        _of_bucket(
            "PutBucketReplication",
            "ReplicationConfiguration",
            "s3:PutReplicationConfiguration",
            api.replication,
            delete="DeleteBucketReplication",
        ),
        {
            "safety": _review,
            "costs": _says("storage of the replicas and transfer between regions, for objects written from now on"),
            "undoing": _says("replicas made meanwhile stay where they are"),
        },
    ),
    (
        "NotificationConfiguration",
        90,
        _notification,
        {},
    ),
    (
        "LifecycleConfiguration",
        85,
        _lifecycle,
        {"safety": _manual, "interrupts": _says(_LIFECYCLE)},
    ),
    (
        "Tags",
        25,
        _of_bucket("PutBucketTagging", "Tagging", "s3:PutBucketTagging", api.tagging, delete="DeleteBucketTagging"),
        {},
    ),
)

WRITES: tuple[Write, ...] = (
    Write(
        type=BUCKET,
        property=CREATION,
        rank=20,
        requests=_create_bucket,
        takes=("BucketName", "ObjectLockEnabled"),
        costs=_says("storage of whatever is put into it"),
        undoing=_says("only an empty bucket can be deleted"),
    ),
    Write(
        type=BUCKET,
        property="VersioningConfiguration",
        rank=30,
        requests=_versioning,
        safety=_versioning_safety,
        costs=_says("storage of the versions that are kept from now on"),
        undoing=_says("a bucket that never had versioning can only suspend it afterwards"),
    ),
    Write(type=BUCKET, property="ObjectLockEnabled", rank=35, requests=_object_lock_enabled),
    Write(
        type=BUCKET,
        property="ObjectLockConfiguration",
        rank=36,
        requests=_object_lock,
        safety=_lock_safety,
        interrupts=lambda _target, _before, after: _COMPLIANCE if "COMPLIANCE" in str(after) else "",
        costs=_says("storage of every version until its retention is over"),
        undoing=_says(_LOCK_STAYS),
    ),
    Write(
        type=BUCKET,
        property="MetricsConfigurations",
        rank=85,
        requests=_metrics,
        costs=_says("CloudWatch charges request metrics as custom metrics"),
    ),
    *(Write(type=BUCKET, property=name, rank=rank, requests=requests, **more) for name, rank, requests, more in _PLAIN),
    Write(
        type=BUCKET_POLICY,
        property=CREATION,
        rank=60,
        requests=_new_bucket_policy,
        takes=("Bucket", "PolicyDocument"),
        safety=_new_policy_safety,
        undoing=lambda target, _before, after: _policy_undoing(target, None, (after or {}).get("PolicyDocument")),
        interrupts=lambda target, before, after: interrupted_by_policy(
            target, None, (after or {}).get("PolicyDocument")
        ),
    ),
    Write(
        type=BUCKET_POLICY,
        property="PolicyDocument",
        rank=60,
        requests=_bucket_policy,
        safety=policy_safety,
        interrupts=interrupted_by_policy,
        undoing=_policy_undoing,
    ),
    Write(
        type=ACCOUNT_BLOCK,
        property=WHOLE,
        rank=25,
        requests=_account_block,
        safety=_review,
        interrupts=_says("public access in the whole account ends"),
    ),
    Write(
        type=BATCH_JOB,
        property=CREATION,
        rank=100,
        requests=_batch_job,
        takes=_OF_JOB,
        safety=_review,
        costs=_says("Batch Operations charges by job and by object; transfer and storage of every replica"),
        undoing=_says("objects that were copied stay copied"),
    ),
)
"""The writes of S3."""
