"""The calls that a drill makes and the IAM actions that they take: one table for the plan, the run and the policies.

Actions by operation: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html. A version's
checksum takes kms:Decrypt where it is encrypted with KMS, and whoever may not list a bucket is told 403 of what is not
there: https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html (all 2026-11).
"""

from dataclasses import dataclass
from enum import StrEnum

from scanner.sources.aws.calls import Call, Scope


class Stage(StrEnum):
    """When in the drill, in its order."""

    WRITE = "write"
    WAIT = "wait"
    COMPARE = "compare"
    DELETE = "delete"


class Side(StrEnum):
    """At which end of the link."""

    SOURCE = "source"
    DESTINATION = "destination"


class When(StrEnum):
    """What a call depends on."""

    ALWAYS = ""
    KMS = "objects there are encrypted with KMS"
    LOCK = "the bucket has Object Lock"


@dataclass(frozen=True, slots=True)
class DrillAction:
    """One IAM action at one end: the operation that takes it (`s3:HeadObject`), on what, and when.

    `on` is `object`, `bucket` or `key` (of KMS). Without an `optional` one the drill says less, and works.
    """

    stage: Stage
    side: Side
    operation: str
    action: str
    on: str = "object"
    when: When = When.ALWAYS
    optional: bool = False


def _call(operation: str, iam: str, **meaning: dict[str, str] | tuple[str, ...]) -> Call:
    absent, gone = meaning.get("absent", {}), meaning.get("gone", ())
    assert isinstance(absent, dict)
    assert isinstance(gone, tuple)
    return Call(service="s3", operation=operation, iam=iam, scope=Scope.RESOURCE, absent=absent, gone=gone)


_NOT_THERE = ("404", "NoSuchKey", "NoSuchVersion", "NoSuchBucket")

PUT = _call("PutObject", "s3:PutObject")
HEAD = _call("HeadObject", "s3:GetObject", gone=_NOT_THERE)
HEAD_VERSION = _call("HeadObject", "s3:GetObjectVersion", gone=_NOT_THERE)
CHECKSUM = _call("HeadObject", "kms:Decrypt", gone=_NOT_THERE)
TAGS = _call("GetObjectTagging", "s3:GetObjectVersionTagging", gone=_NOT_THERE)
RETENTION = _call(
    "GetObjectRetention",
    "s3:GetObjectRetention",
    absent={"NoSuchObjectLockConfiguration": "", "InvalidRequest": "Object Lock"},
    gone=_NOT_THERE,
)
OWNER = _call("GetObjectAcl", "s3:GetObjectVersionAcl", gone=_NOT_THERE)
BUCKET_OWNER = _call("GetBucketAcl", "s3:GetBucketAcl")
DELETE = _call("DeleteObject", "s3:DeleteObjectVersion", gone=_NOT_THERE)


def drill_actions(side: Side | None = None) -> tuple[DrillAction, ...]:
    """Every IAM action that a drill takes, in the order of the drill; of one end only, if one is named."""
    return tuple(one for one in _ACTIONS if side in (None, one.side))


def _at(stage: Stage, side: Side, call: Call, **more: object) -> DrillAction:
    return DrillAction(stage, side, call.name, call.iam, **more)  # type: ignore[arg-type]


def _compared(side: Side) -> tuple[DrillAction, ...]:
    return (
        _at(Stage.COMPARE, side, TAGS),
        _at(Stage.COMPARE, side, RETENTION, when=When.LOCK),
        _at(Stage.COMPARE, side, OWNER, optional=True),
    )


_ACTIONS: tuple[DrillAction, ...] = (
    _at(Stage.WRITE, Side.SOURCE, PUT),
    DrillAction(Stage.WRITE, Side.SOURCE, PUT.name, "s3:PutObjectTagging"),
    DrillAction(Stage.WRITE, Side.SOURCE, PUT.name, "kms:GenerateDataKey", "key", When.KMS),
    _at(Stage.WAIT, Side.SOURCE, HEAD_VERSION),
    # Only to find the version of a canary whose writing was interrupted.
    _at(Stage.WAIT, Side.SOURCE, HEAD, optional=True),
    _at(Stage.WAIT, Side.DESTINATION, HEAD),
    DrillAction(Stage.WAIT, Side.DESTINATION, HEAD.name, "s3:ListBucket", "bucket", optional=True),
    *_compared(Side.SOURCE),
    *_compared(Side.DESTINATION),
    _at(Stage.COMPARE, Side.DESTINATION, BUCKET_OWNER, on="bucket", optional=True),
    _at(Stage.COMPARE, Side.DESTINATION, CHECKSUM, on="key", when=When.KMS),
    _at(Stage.DELETE, Side.SOURCE, DELETE),
    _at(Stage.DELETE, Side.DESTINATION, DELETE),
)
