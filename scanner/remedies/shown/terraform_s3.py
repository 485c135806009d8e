"""Steps on buckets as resources of Terraform's AWS provider, which keeps most of a bucket in resources of their own.

Provider documentation of hashicorp/aws, 5.100 and 6.x, 2026-11.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from scanner.remedies.shown.hcl import Blocks, Json, Note
from scanner.remedies.shown.terraform_scope import Advice, Block, Body, Made, Scope, Shape
from scanner.remedies.step import CREATION, WHOLE, Step
from scanner.remedies.writes.s3 import ACCOUNT_BLOCK, BATCH_JOB, BUCKET, BUCKET_POLICY
from scanner.remedies.writes.s3_requests import FOUR_BLOCKS

_SWITCHES = dict(
    zip(
        FOUR_BLOCKS,
        ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"),
        strict=True,
    )
)


KEPT = Blocks(({"prevent_destroy": True},))
"""What must not go with its configuration: the data, and what it can be read with."""


def one(body: Body | None) -> Blocks | None:
    """A nested block that is there at most once; none for None."""
    return None if body is None else Blocks((body,))


def _bucket(scope: Scope, step: Step) -> Iterator[Made]:
    body = {
        "bucket": step.after["BucketName"],
        "object_lock_enabled": step.after.get("ObjectLockEnabled") or None,
        "tags": _tags(scope.after(step.target, "Tags")),
        "lifecycle": KEPT,
    }
    yield Block("aws_s3_bucket", scope.label(step.target), body)


def _bucket_tags(scope: Scope, step: Step) -> Iterator[Made]:
    if not scope.is_new(BUCKET, step.target):
        yield Advice("the tags of the bucket", {"tags": _tags(step.after) or {}})


def _part(type_: str, shape: Any) -> Shape:
    """A resource for one property of a bucket; where the property goes, so has the resource to go."""

    def made(scope: Scope, step: Step) -> Iterator[Made]:
        if step.after is None:
            yield Advice(f"take away the {type_} of this bucket")
            return
        is_there = step.before is not None and not scope.is_new(BUCKET, step.target)
        body = {"bucket": scope.named(BUCKET, step.target), **shape(step.after)}
        yield Block(type_, scope.label(step.target), body, step.target.name if is_there else "")

    return made


def _versioning(value: Any) -> Body:
    return {"versioning_configuration": one({"status": value["Status"]})}


def _object_lock(value: Any) -> Body:
    retention = value.get("Rule", {}).get("DefaultRetention")
    period = retention and {
        "mode": retention["Mode"],
        "days": retention.get("Days"),
        "years": retention.get("Years"),
    }
    return {"rule": one({"default_retention": one(period)}) if period else None}


def _switches(value: Any) -> Body:
    return {argument: bool(value.get(name, False)) for name, argument in _SWITCHES.items()}


def _ownership(value: Any) -> Body:
    return {"rule": Blocks(tuple({"object_ownership": rule["ObjectOwnership"]} for rule in value["Rules"]))}


def _encryption(value: Any) -> Body:
    return {"rule": Blocks(tuple(map(_encryption_rule, value["ServerSideEncryptionConfiguration"])))}


def _encryption_rule(rule: Mapping[str, Any]) -> Body:
    default = rule.get("ServerSideEncryptionByDefault")
    blocked = rule.get("BlockedEncryptionTypes", {}).get("EncryptionType")
    return {
        "apply_server_side_encryption_by_default": one(
            default and {"sse_algorithm": default["SSEAlgorithm"], "kms_master_key_id": default.get("KMSMasterKeyID")}
        ),
        "bucket_key_enabled": rule.get("BucketKeyEnabled"),
        "": blocked and Note(f"blocked_encryption_types = {blocked}, from provider 6.22 on"),
    }


def _logging(value: Any) -> Body:
    key_format = value.get("TargetObjectKeyFormat")
    partitioned = (key_format or {}).get("PartitionedPrefix")
    formats = {
        "partitioned_prefix": one(partitioned and {"partition_date_source": partitioned.get("PartitionDateSource")}),
        "simple_prefix": None if partitioned else one({}),
    }
    return {
        "target_bucket": value["DestinationBucketName"],
        "target_prefix": value.get("LogFilePrefix", ""),
        "target_object_key_format": one(key_format and formats),
    }


def _replication(value: Any) -> Body:
    return {"role": value["Role"], "rule": Blocks(tuple(map(_replication_rule, value["Rules"])))}


def _replication_rule(rule: Mapping[str, Any]) -> Body:
    criteria = rule.get("SourceSelectionCriteria")
    return {
        "id": rule.get("Id"),
        "priority": rule.get("Priority"),
        "prefix": rule.get("Prefix"),
        "status": rule["Status"],
        "filter": one(_filter(rule["Filter"]) if "Filter" in rule else None),
        "delete_marker_replication": one(_status(rule.get("DeleteMarkerReplication"))),
        "existing_object_replication": one(_status(rule.get("ExistingObjectReplication"))),
        "source_selection_criteria": one(
            criteria
            and {
                "sse_kms_encrypted_objects": one(_status(criteria.get("SseKmsEncryptedObjects"))),
                "replica_modifications": one(_status(criteria.get("ReplicaModifications"))),
            }
        ),
        "destination": one(_destination(rule["Destination"])),
    }


def _destination(value: Mapping[str, Any]) -> Body:
    translation, encryption = value.get("AccessControlTranslation"), value.get("EncryptionConfiguration")
    metrics, time = value.get("Metrics"), value.get("ReplicationTime")
    return {
        "bucket": value["Bucket"],
        "account": value.get("Account"),
        "storage_class": value.get("StorageClass"),
        "access_control_translation": one(translation and {"owner": translation["Owner"]}),
        "encryption_configuration": one(encryption and {"replica_kms_key_id": encryption.get("ReplicaKmsKeyID")}),
        "metrics": one(
            metrics and {"status": metrics["Status"], "event_threshold": one(_minutes(metrics.get("EventThreshold")))}
        ),
        "replication_time": one(time and {"status": time["Status"], "time": one(_minutes(time["Time"]))}),
    }


def _status(value: Mapping[str, Any] | None) -> Body | None:
    return value and {"status": value["Status"]}


def _minutes(value: Mapping[str, Any] | None) -> Body | None:
    return value and {"minutes": value["Minutes"]}


def _filter(value: Mapping[str, Any]) -> Body:
    """A filter of replication: everything, a prefix, a tag, or several of them."""
    if "And" in value:
        both = value["And"]
        return {"and": one({"prefix": both.get("Prefix"), "tags": _tags(both.get("TagFilters"))})}
    tag = value.get("TagFilter")
    return {"prefix": value.get("Prefix"), "tag": one(tag and {"key": tag["Key"], "value": tag["Value"]})}


def _lifecycle(value: Any) -> Body:
    return {
        "transition_default_minimum_object_size": value.get("TransitionDefaultMinimumObjectSize"),
        "rule": Blocks(tuple(map(_lifecycle_rule, value["Rules"]))),
    }


def _lifecycle_rule(rule: Mapping[str, Any]) -> Body:
    days, date = rule.get("ExpirationInDays"), rule.get("ExpirationDate")
    marker = rule.get("ExpiredObjectDeleteMarker")
    expiration = {"days": days, "date": date, "expired_object_delete_marker": marker}
    noncurrent, abort = rule.get("NoncurrentVersionExpiration"), rule.get("AbortIncompleteMultipartUpload")
    return {
        "id": rule.get("Id"),
        "status": rule["Status"],
        "filter": one(_lifecycle_filter(rule)),
        "expiration": one(expiration if any(part is not None for part in expiration.values()) else None),
        "transition": Blocks(tuple(_transition(each, "days") for each in rule.get("Transitions", ()))),
        "noncurrent_version_expiration": one(
            noncurrent
            and {
                "noncurrent_days": noncurrent.get("NoncurrentDays"),
                "newer_noncurrent_versions": noncurrent.get("NewerNoncurrentVersions"),
            }
        ),
        "noncurrent_version_transition": Blocks(
            tuple(_transition(each, "noncurrent_days") for each in rule.get("NoncurrentVersionTransitions", ()))
        ),
        "abort_incomplete_multipart_upload": one(abort and {"days_after_initiation": abort["DaysAfterInitiation"]}),
    }


def _lifecycle_filter(rule: Mapping[str, Any]) -> Body:
    tags = rule.get("TagFilters") or []
    parts = {
        "prefix": rule.get("Prefix"),
        "object_size_greater_than": _number(rule.get("ObjectSizeGreaterThan")),
        "object_size_less_than": _number(rule.get("ObjectSizeLessThan")),
    }
    if len(tags) + sum(part is not None for part in parts.values()) > 1:
        return {"and": one({**parts, "tags": _tags(tags)})}
    return {**parts, "tag": one({"key": tags[0]["Key"], "value": tags[0]["Value"]} if tags else None)}


def _transition(entry: Mapping[str, Any], days: str) -> Body:
    return {
        "storage_class": entry["StorageClass"],
        "date": entry.get("TransitionDate"),
        days: entry.get("TransitionInDays"),
        "newer_noncurrent_versions": entry.get("NewerNoncurrentVersions"),
    }


def _number(text: Any) -> int | None:
    return None if text is None else int(text)


def _notification(value: Any) -> Body:
    return {
        "eventbridge": True if value.get("EventBridgeConfiguration", {}).get("EventBridgeEnabled") else None,
        "topic": _events(value.get("TopicConfigurations"), "Topic", "topic_arn"),
        "queue": _events(value.get("QueueConfigurations"), "Queue", "queue_arn"),
        "lambda_function": _events(value.get("LambdaConfigurations"), "Function", "lambda_function_arn"),
    }


def _events(entries: Sequence[Mapping[str, Any]] | None, named: str, argument: str) -> Blocks:
    return Blocks(tuple(_event(entry, named, argument) for entry in entries or ()))


def _event(entry: Mapping[str, Any], named: str, argument: str) -> Body:
    rules = entry.get("Filter", {}).get("S3Key", {}).get("Rules", ())
    filters = {f"filter_{rule['Name'].lower()}": rule["Value"] for rule in rules}
    return {argument: entry[named], "events": [entry["Event"]], **filters}


def _metrics(scope: Scope, step: Step) -> Iterator[Made]:
    had = {entry["Id"]: entry for entry in step.before or ()}
    has = {entry["Id"]: entry for entry in step.after or ()}
    for id_, entry in has.items():
        if had.get(id_) != entry:
            filter_ = {
                "prefix": entry.get("Prefix"),
                "access_point": entry.get("AccessPointArn"),
                "tags": _tags(entry.get("TagFilters")),
            }
            selects = any(part is not None for part in filter_.values())
            body = {
                "bucket": scope.named(BUCKET, step.target),
                "name": id_,
                "filter": one(filter_ if selects else None),
            }
            import_id = f"{step.target.name}:{id_}" if id_ in had else ""
            yield Block("aws_s3_bucket_metric", scope.label(step.target, id_), body, import_id)
    for id_ in had.keys() - has.keys():
        yield Advice(f"take away the aws_s3_bucket_metric {id_} of this bucket")


def _policy(scope: Scope, step: Step) -> Iterator[Made]:
    document = step.after["PolicyDocument"] if step.property == CREATION else step.after
    body = {"bucket": scope.named(BUCKET, step.target), "policy": Json(scope.resolved(document))}
    import_id = "" if step.property == CREATION else step.target.name
    yield Block("aws_s3_bucket_policy", scope.label(step.target), body, import_id)


def _account_block(scope: Scope, step: Step) -> Iterator[Made]:
    body = {"account_id": step.target.account, **_switches(step.after)}
    is_there = any((step.before or {}).values())
    import_id = step.target.account if is_there else ""
    yield Block("aws_s3_account_public_access_block", scope.label(step.target), body, import_id)


def _job(_scope: Scope, _step: Step) -> Iterator[Made]:
    yield Advice("Terraform has no resource for this; the call is shown by: drscan fix plan --format cli")


def _tags(tags: Sequence[Mapping[str, Any]] | None) -> dict[str, Any] | None:
    return {tag["Key"]: tag["Value"] for tag in tags} if tags else None


_PARTS: Mapping[str, tuple[str, Any]] = {
    "VersioningConfiguration": ("aws_s3_bucket_versioning", _versioning),
    "ObjectLockConfiguration": ("aws_s3_bucket_object_lock_configuration", _object_lock),
    "PublicAccessBlockConfiguration": ("aws_s3_bucket_public_access_block", _switches),
    "OwnershipControls": ("aws_s3_bucket_ownership_controls", _ownership),
    "BucketEncryption": ("aws_s3_bucket_server_side_encryption_configuration", _encryption),
    "LoggingConfiguration": ("aws_s3_bucket_logging", _logging),
    "ReplicationConfiguration": ("aws_s3_bucket_replication_configuration", _replication),
    "LifecycleConfiguration": ("aws_s3_bucket_lifecycle_configuration", _lifecycle),
    "NotificationConfiguration": ("aws_s3_bucket_notification", _notification),
}

SHAPES: Mapping[tuple[str, str], Shape] = dict(
    chain(
        {
            (BUCKET, CREATION): _bucket,
            (BUCKET, "Tags"): _bucket_tags,
            (BUCKET, "MetricsConfigurations"): _metrics,
            (BUCKET_POLICY, CREATION): _policy,
            (BUCKET_POLICY, "PolicyDocument"): _policy,
            (ACCOUNT_BLOCK, WHOLE): _account_block,
            (BATCH_JOB, CREATION): _job,
        }.items(),
        (((BUCKET, name), _part(type_, shape)) for name, (type_, shape) in _PARTS.items()),
    )
)
"""What S3's steps become."""
