"""S3's calls on buckets.

ListBuckets names all buckets of an account at once, with their regions when it is asked by pages; GetBucketLocation is
the fallback for emulators that leave them out. Everything else is one call a bucket, in the bucket's own region.
Error codes for "there is none": S3 API reference, 2026-11.
"""

from scanner.sources.aws import s3_answers, s3_rules
from scanner.sources.aws.calls import Call, Pages, Scope, Shape, no_properties

BUCKET = "AWS::S3::Bucket"
_GONE = ("NoSuchBucket",)
_BY_TOKEN = Pages("ContinuationToken", "NextContinuationToken")


def _of_bucket(
    operation: str,
    iam: str,
    *paths: str,
    properties: Shape = no_properties,
    absent: str = "",
    holds: str = "",
    root: str = "",
    pages: Pages | None = None,
) -> Call:
    return Call(
        service="s3",
        operation=operation,
        iam=iam,
        scope=Scope.RESOURCE,
        of=(BUCKET,),
        takes={"Bucket": "name"},
        gives={BUCKET: paths},
        properties=properties,
        absent={absent: ""} if absent else {},
        gone=_GONE,
        holds=holds,
        root=root,
        pages=pages,
    )


CALLS = (
    Call(
        service="s3",
        operation="ListBuckets",
        iam="s3:ListAllMyBuckets",
        scope=Scope.ACCOUNT,
        gives={BUCKET: ("BucketName", "Observed.CreationDate")},
        lists=(BUCKET,),
        fixed={"MaxBuckets": 1000},
        pages=Pages("ContinuationToken", "ContinuationToken"),
        holds="Buckets",
        finds=s3_answers.buckets,
    ),
    Call(
        service="s3",
        operation="GetBucketLocation",
        iam="s3:GetBucketLocation",
        scope=Scope.RESOURCE,
        of=(BUCKET,),
        takes={"Bucket": "name"},
        gone=_GONE,
        root="LocationConstraint",
        properties=s3_answers.location,
        locates=True,
    ),
    _of_bucket(
        "GetBucketVersioning",
        "s3:GetBucketVersioning",
        "VersioningConfiguration",
        "Observed.MFADelete",
        properties=s3_answers.versioning,
        root="Versioning",
    ),
    _of_bucket(
        "GetBucketReplication",
        "s3:GetReplicationConfiguration",
        "ReplicationConfiguration",
        properties=s3_rules.replication,
        absent="ReplicationConfigurationNotFoundError",
        holds="ReplicationConfiguration.Rules",
    ),
    _of_bucket(
        "GetObjectLockConfiguration",
        "s3:GetBucketObjectLockConfiguration",
        "ObjectLockEnabled",
        "ObjectLockConfiguration",
        properties=s3_answers.object_lock,
        absent="ObjectLockConfigurationNotFoundError",
        holds="ObjectLockConfiguration.ObjectLockEnabled",
    ),
    _of_bucket(
        "GetBucketEncryption",
        "s3:GetEncryptionConfiguration",
        "BucketEncryption",
        properties=s3_answers.encryption,
        absent="ServerSideEncryptionConfigurationNotFoundError",
        holds="ServerSideEncryptionConfiguration.Rules",
    ),
    Call(
        service="s3",
        operation="GetBucketPolicy",
        iam="s3:GetBucketPolicy",
        scope=Scope.RESOURCE,
        of=(BUCKET,),
        takes={"Bucket": "name"},
        gives={"AWS::S3::BucketPolicy": ("Bucket", "PolicyDocument")},
        lists=("AWS::S3::BucketPolicy",),
        absent={"NoSuchBucketPolicy": ""},
        gone=_GONE,
        holds="Policy",
        finds=s3_answers.bucket_policy,
        sole=s3_answers.sole_bucket_policy,
    ),
    _of_bucket(
        "GetPublicAccessBlock",
        "s3:GetBucketPublicAccessBlock",
        "PublicAccessBlockConfiguration",
        properties=s3_answers.public_access_block,
        absent="NoSuchPublicAccessBlockConfiguration",
        holds="PublicAccessBlockConfiguration.BlockPublicAcls",
    ),
    _of_bucket(
        "GetBucketOwnershipControls",
        "s3:GetBucketOwnershipControls",
        "OwnershipControls",
        properties=s3_answers.ownership,
        absent="OwnershipControlsNotFoundError",
        holds="OwnershipControls.Rules",
    ),
    _of_bucket(
        "GetBucketAcl",
        "s3:GetBucketAcl",
        "AccessControl",
        "Observed.AclGrants",
        "Observed.OwnerId",
        properties=s3_answers.acl,
        holds="Owner.ID",
    ),
    _of_bucket(
        "GetBucketLogging",
        "s3:GetBucketLogging",
        "LoggingConfiguration",
        properties=s3_answers.logging,
        root="Logging",
    ),
    _of_bucket(
        "GetBucketLifecycleConfiguration",
        "s3:GetLifecycleConfiguration",
        "LifecycleConfiguration",
        properties=s3_rules.lifecycle,
        absent="NoSuchLifecycleConfiguration",
        holds="Rules",
    ),
    _of_bucket(
        "GetBucketTagging",
        "s3:GetBucketTagging",
        "Tags",
        properties=s3_answers.tagging,
        absent="NoSuchTagSet",
        holds="TagSet",
    ),
    _of_bucket(
        "ListBucketMetricsConfigurations",
        "s3:GetMetricsConfiguration",
        "MetricsConfigurations",
        properties=s3_answers.metrics,
        root="MetricsConfigurations",
        pages=_BY_TOKEN,
    ),
    _of_bucket(
        "GetBucketNotificationConfiguration",
        "s3:GetBucketNotification",
        "NotificationConfiguration",
        properties=s3_answers.notifications,
        root="Notification",
    ),
    _of_bucket(
        "ListBucketInventoryConfigurations",
        "s3:GetInventoryConfiguration",
        "InventoryConfigurations",
        properties=s3_answers.inventories,
        root="InventoryConfigurations",
        pages=_BY_TOKEN,
    ),
)
