"""The words a link is described with: its hops, what a shortfall does to it, and AWS's names for failures.

S3 names a failure reason on each object that it could not replicate. The names and what leads to each:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-failure-codes.html (2026-11). Those that only an
object or a Batch job can have (SrcObjectNotFound, DstBucketInvalidRegion) are not here: no configuration shows them.
"""

from collections.abc import Iterable
from enum import StrEnum


class Hop(StrEnum):
    """Where on the way from source to destination something is needed, in the order of the way."""

    ASSUME = "assume"
    SOURCE_BUCKET = "source-bucket"
    SOURCE_OBJECT = "source-object"
    SOURCE_KEY = "source-key"
    DESTINATION_OBJECT = "destination-object"
    DESTINATION_KEY = "destination-key"


class Effect(StrEnum):
    """What a shortfall does: nothing arrives, or it arrives with less than it had."""

    FAILS = "fails"
    DEGRADES = "degrades"


class Side(StrEnum):
    """Whose policy decides: where a permission has to be given, or what takes it away."""

    TRUST = "trust policy"
    ROLE = "role"
    BUCKET = "bucket policy"
    KEY = "key policy"
    GUARDRAIL = "guardrail"
    """A permission boundary, an SCP or an RCP: it gives nothing and limits everything."""


class LinkVerdict(StrEnum):
    """Whether objects would arrive. `UNKNOWN` when nothing fails for certain, but something needed was not seen."""

    WORKS = "works"
    BROKEN = "broken"
    UNKNOWN = "unknown"


Reasons = tuple[str, ...]
"""AWS's failure reasons, the likeliest first."""

ASSUME_ROLE: Reasons = ("AssumeRoleNotPermitted",)
NO_CONFIGURATION: Reasons = ("SrcBucketReplicationConfigMissing",)
SOURCE_READ: Reasons = ("SrcGetObjectNotPermitted", "SrcHeadObjectNotPermitted")
SOURCE_HEAD: Reasons = ("SrcHeadObjectNotPermitted",)
SOURCE_ACL: Reasons = ("SrcGetAclNotPermitted",)
SOURCE_TAGS: Reasons = ("SrcGetTaggingNotPermitted",)
SOURCE_RETENTION: Reasons = ("SrcGetRetentionNotPermitted",)
SOURCE_LEGAL_HOLD: Reasons = ("SrcGetLegalHoldNotPermitted",)
SOURCE_KEY_STATE: Reasons = ("SrcKmsKeyInvalidState",)
NOT_ELIGIBLE: Reasons = ("SrcObjectNotEligible",)
DESTINATION_ABSENT: Reasons = ("DstBucketNotFound",)
UNVERSIONED: Reasons = ("DstBucketUnversioned",)
NO_OBJECT_LOCK: Reasons = ("DstBucketObjectLockConfigMissing",)
REPLICA_KEY_ABSENT: Reasons = ("DstKmsKeyNotFound",)
REPLICA_KEY_STATE: Reasons = ("DstKmsKeyInvalidState",)
DESTINATION_WRITE: Reasons = ("DstPutObjectNotPermitted",)
# ReplicateObject carries ACLs and tags, and stands behind every call of a multipart upload.
REPLICATE_OBJECT: Reasons = (
    *DESTINATION_WRITE,
    "DstMultipartInitNotPermitted",
    "DstMultipartUploadNotPermitted",
    "DstMultipartCompleteNotPermitted",
    "DstPutAclNotPermitted",
    "DstPutTaggingNotPermitted",
)
DESTINATION_TAGS: Reasons = ("DstPutTaggingNotPermitted",)
DESTINATION_DELETE: Reasons = ("DstDelObjNotPermitted",)
DESTINATION_RETENTION: Reasons = ("DstPutRetentionNotPermitted",)
DESTINATION_LEGAL_HOLD: Reasons = ("DstPutLegalHoldNotPermitted",)
INITIATE: Reasons = ("InitiateReplicationNotPermitted",)


def in_order(groups: Iterable[Iterable[str]]) -> list[str]:
    """All reasons of the groups, each once, in the order in which they came."""
    return list(dict.fromkeys(reason for group in groups for reason in group))
