"""Steps on buckets as resources of Terraform's AWS provider, which keeps most of a bucket in resources of their own.

Provider documentation of hashicorp/aws, 5.100 and 6.x, 2026-11.
"""

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from scanner.remedies.shown.hcl import Blocks, Json, Note
from scanner.remedies.shown.terraform_s3_rules import lifecycle, notification, one, replication, tags
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


def _bucket(scope: Scope, step: Step) -> Iterator[Made]:
    body = {
        "bucket": step.after["BucketName"],
        "object_lock_enabled": step.after.get("ObjectLockEnabled") or None,
        "tags": tags(scope.after(step.target, "Tags")),
        "lifecycle": KEPT,
    }
    yield Block("aws_s3_bucket", scope.label(step.target), body)


def _bucket_tags(scope: Scope, step: Step) -> Iterator[Made]:
    if not scope.is_new(BUCKET, step.target):
        yield Advice("the tags of the bucket", {"tags": tags(step.after) or {}})


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


def _metrics(scope: Scope, step: Step) -> Iterator[Made]:
    had = {entry["Id"]: entry for entry in step.before or ()}
    has = {entry["Id"]: entry for entry in step.after or ()}
    for id_, entry in has.items():
        if had.get(id_) != entry:
            filter_ = {
                "prefix": entry.get("Prefix"),
                "access_point": entry.get("AccessPointArn"),
                "tags": tags(entry.get("TagFilters")),
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


_PARTS: Mapping[str, tuple[str, Any]] = {
    "VersioningConfiguration": ("aws_s3_bucket_versioning", _versioning),
    "ObjectLockConfiguration": ("aws_s3_bucket_object_lock_configuration", _object_lock),
    "PublicAccessBlockConfiguration": ("aws_s3_bucket_public_access_block", _switches),
    "OwnershipControls": ("aws_s3_bucket_ownership_controls", _ownership),
    "BucketEncryption": ("aws_s3_bucket_server_side_encryption_configuration", _encryption),
    "LoggingConfiguration": ("aws_s3_bucket_logging", _logging),
    "ReplicationConfiguration": ("aws_s3_bucket_replication_configuration", replication),
    "LifecycleConfiguration": ("aws_s3_bucket_lifecycle_configuration", lifecycle),
    "NotificationConfiguration": ("aws_s3_bucket_notification", notification),
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
