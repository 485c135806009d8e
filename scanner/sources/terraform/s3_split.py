"""What provider v4 and later keep of a bucket in resources of their own, each a part of the bucket."""

from collections.abc import Iterable, Mapping

from scanner.estate.unknown import Value
from scanner.sources.terraform import lifecycle, replication, s3_acl
from scanner.sources.terraform.pieces import Maker, Part, Piece, Types, part, target_of
from scanner.sources.terraform.planned import Planned
from scanner.sources.terraform.readers import (
    Reader,
    Values,
    block,
    blocks,
    built,
    inside,
    kept,
    plain,
    positive,
    wrapped,
)

BUCKET = "AWS::S3::Bucket"

ENCRYPTION_RULES: Reader = blocks(
    "rule",
    ServerSideEncryptionByDefault=block(
        "apply_server_side_encryption_by_default",
        SSEAlgorithm=plain("sse_algorithm"),
        KMSMasterKeyID=plain("kms_master_key_id"),
    ),
    BucketKeyEnabled=plain("bucket_key_enabled"),
    BlockedEncryptionTypes=wrapped(EncryptionType=plain("blocked_encryption_types")),
)
"""The rules of default encryption, inside whatever holds them."""

DEFAULT_RETENTION: Reader = block(
    "rule",
    DefaultRetention=block("default_retention", Mode=plain("mode"), Days=positive("days"), Years=positive("years")),
)
"""The rule of an Object Lock configuration, inside whatever holds it."""

LOGGING: Mapping[str, Reader] = {
    "DestinationBucketName": plain("target_bucket"),
    "LogFilePrefix": kept("target_prefix", ""),
    "TargetObjectKeyFormat": block(
        "target_object_key_format",
        SimplePrefix=block("simple_prefix"),
        PartitionedPrefix=block("partitioned_prefix", PartitionDateSource=plain("partition_date_source")),
    ),
}
"""Server access logging."""

SWITCHES: Mapping[str, Reader] = {
    "BlockPublicAcls": plain("block_public_acls", False),
    "BlockPublicPolicy": plain("block_public_policy", False),
    "IgnorePublicAcls": plain("ignore_public_acls", False),
    "RestrictPublicBuckets": plain("restrict_public_buckets", False),
}
"""Block Public Access of a bucket or an account: all off where nothing is said."""


def _acl(planned: Planned) -> Iterable[Piece]:
    yield Part(planned, target_of(planned, BUCKET, "bucket"), s3_acl.of_resource(planned.values))


def _versioning(values: Values) -> Value:
    """Nothing for a bucket that never had versioning, which the provider calls Disabled."""
    status = plain("status")(values)
    return None if status is None or status == "Disabled" else {"Status": status}


def _together(fields: Mapping[str, Reader]) -> Reader:
    return lambda values: built(values, fields)


def _set(**fields: Reader) -> Maker:
    return part(BUCKET, "bucket", **fields)


TYPES: Types = {
    "aws_s3_bucket_versioning": _set(VersioningConfiguration=inside("versioning_configuration", _versioning)),
    "aws_s3_bucket_replication_configuration": _set(ReplicationConfiguration=replication.of_resource),
    "aws_s3_bucket_server_side_encryption_configuration": _set(
        BucketEncryption=wrapped(ServerSideEncryptionConfiguration=ENCRYPTION_RULES)
    ),
    "aws_s3_bucket_lifecycle_configuration": _set(LifecycleConfiguration=lifecycle.of_resource),
    "aws_s3_bucket_logging": _set(LoggingConfiguration=_together(LOGGING)),
    "aws_s3_bucket_object_lock_configuration": _set(
        ObjectLockConfiguration=_together(
            {"ObjectLockEnabled": plain("object_lock_enabled", "Enabled"), "Rule": DEFAULT_RETENTION}
        ),
    ),
    "aws_s3_bucket_public_access_block": _set(PublicAccessBlockConfiguration=_together(SWITCHES)),
    "aws_s3_bucket_ownership_controls": _set(
        OwnershipControls=wrapped(Rules=blocks("rule", ObjectOwnership=plain("object_ownership")))
    ),
    "aws_s3_bucket_acl": _acl,
    "aws_s3_bucket_accelerate_configuration": _set(),
    "aws_s3_bucket_analytics_configuration": _set(),
    "aws_s3_bucket_cors_configuration": _set(),
    "aws_s3_bucket_intelligent_tiering_configuration": _set(),
    "aws_s3_bucket_request_payment_configuration": _set(),
    "aws_s3_bucket_website_configuration": _set(),
}
"""The last ones say nothing that the one shape holds, but must reach their bucket as well."""
