"""S3's types: buckets with all that provider v3 keeps in them, their policies, and Multi-Region Access Points."""

from collections.abc import Iterable, Mapping

from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value
from scanner.sources.terraform import lifecycle, replication, s3_acl
from scanner.sources.terraform.pieces import (
    Own,
    Piece,
    Target,
    Types,
    account_of,
    of_another,
    resource_of,
    target_of,
    whole,
)
from scanner.sources.terraform.planned import Planned
from scanner.sources.terraform.readers import (
    Reader,
    Values,
    block,
    blocks,
    built,
    first,
    inside,
    known_text,
    plain,
    status,
    tags,
    wrapped,
)
from scanner.sources.terraform.s3_split import DEFAULT_RETENTION, ENCRYPTION_RULES, LOGGING, SWITCHES

BUCKET, BUCKET_POLICY = "AWS::S3::Bucket", "AWS::S3::BucketPolicy"
MRAP, MRAP_POLICY = "AWS::S3::MultiRegionAccessPoint", "AWS::S3::MultiRegionAccessPointPolicy"


NOT_IN_PLAN = Unknown("the bucket is there already, and nothing in the plan sets it")
"""What stands for settings of an existing bucket that Terraform keeps in resources of their own, and has none of."""

_APART = (
    *("PublicAccessBlockConfiguration", "OwnershipControls", "MetricsConfigurations", "InventoryConfigurations"),
    "NotificationConfiguration",
)
"""Settings that the provider never reads as part of a bucket."""

_UNVERSIONED = Unknown("S3 refuses Object Lock for a bucket that is there and not versioned")


def told(resource: Resource) -> Resource:
    """A joined bucket, with Object Lock that is put on it afterwards only where S3 lets it; any other resource."""
    found = resource.properties
    versioning = found.get("VersioningConfiguration")
    status = versioning.get("Status") if isinstance(versioning, Mapping) else versioning
    is_later = isinstance(found.get("ObjectLockConfiguration"), Mapping) and found.get("ObjectLockEnabled") is not True
    if resource.type != BUCKET or not is_later or status == "Enabled":
        return resource
    doubt = status if isinstance(status, Unknown) else _UNVERSIONED
    return resource.with_properties(ObjectLockEnabled=doubt, ObjectLockConfiguration=doubt)


def _bucket(planned: Planned) -> Iterable[Piece]:
    """The bucket, and its policy where it carries one itself."""
    untold = {} if "create" in planned.actions else dict.fromkeys(_APART, NOT_IN_PLAN)
    properties = {**untold, **built(planned.values, _BUCKET), **s3_acl.of_bucket(planned)}
    bucket = resource_of(planned, BUCKET, properties, "BucketName")
    yield Own(planned, bucket)
    policy = plain("policy")(planned.values)
    if policy is not None:
        yield Own(planned, _policy_of(planned, bucket.arn, bucket.name, policy))


def _bucket_policy(planned: Planned) -> Iterable[Piece]:
    target = target_of(planned, BUCKET, "bucket")
    name = known_text(target.name).rpartition(":::")[2]
    arn = f"arn:{planned.partition}:s3:::{name}" if name else ""
    policy = _policy_of(planned, arn, name or target.name, plain("policy")(planned.values))
    yield Own(planned, policy, target)


def _policy_of(planned: Planned, arn: str, bucket: Value, document: Value) -> Resource:
    return of_another(planned, BUCKET_POLICY, arn, known_text(bucket), {"Bucket": bucket, "PolicyDocument": document})


def _is_locked(values: Values) -> Value:
    """Whether Object Lock is on: by the boolean of v4, or by the configuration of v3."""
    on = plain("object_lock_enabled")(values)
    inline = inside("object_lock_configuration", plain("object_lock_enabled"))(values)
    return True if inline == "Enabled" else on


def _access_point_policy(planned: Planned) -> Iterable[Piece]:
    details = first(planned.values, "details")
    inner: Values = details if isinstance(details, Mapping) else {}
    name = known_text(inner.get("name"))
    target = Target(MRAP, name or Unknown("the name of its access point is not known"))
    properties = {"MrapName": name or target.name, "Policy": plain("policy")(inner)}
    yield Own(planned, of_another(planned, MRAP_POLICY, "", name, properties, region=""), target)


def _account_block(planned: Planned) -> Iterable[Piece]:
    block_ = built(planned.values, SWITCHES)
    account = account_of(planned)
    yield Own(planned, of_another(planned, "AWS::S3::AccountPublicAccessBlock", "", account, block_, region=""))


_BUCKET: Mapping[str, Reader] = {
    "BucketName": plain("bucket"),
    "VersioningConfiguration": inside("versioning", wrapped(Status=status("enabled", off=None))),
    "ReplicationConfiguration": replication.of_bucket,
    "BucketEncryption": block(
        "server_side_encryption_configuration", ServerSideEncryptionConfiguration=ENCRYPTION_RULES
    ),
    "LifecycleConfiguration": lifecycle.of_bucket,
    "LoggingConfiguration": block("logging", **LOGGING),
    "ObjectLockEnabled": _is_locked,
    "ObjectLockConfiguration": block(
        "object_lock_configuration", ObjectLockEnabled=plain("object_lock_enabled"), Rule=DEFAULT_RETENTION
    ),
    "Tags": tags,
}

TYPES: Types = {
    "aws_s3_bucket": _bucket,
    "aws_s3_bucket_policy": _bucket_policy,
    "aws_s3_account_public_access_block": _account_block,
    "aws_s3control_multi_region_access_point": whole(
        MRAP,
        "Name",
        PublicAccessBlockConfiguration=inside(
            "details",
            block(
                "public_access_block",
                BlockPublicAcls=plain("block_public_acls", True),
                BlockPublicPolicy=plain("block_public_policy", True),
                IgnorePublicAcls=plain("ignore_public_acls", True),
                RestrictPublicBuckets=plain("restrict_public_buckets", True),
            ),
        ),
        Regions=inside("details", blocks("region", Bucket=plain("bucket"), BucketAccountId=plain("bucket_account_id"))),
    ),
    "aws_s3control_multi_region_access_point_policy": _access_point_policy,
}
