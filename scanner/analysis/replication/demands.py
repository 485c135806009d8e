"""What one rule needs to replicate, as requests that S3 will make: the permission matrix of S3 replication as data.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html and
https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html (both 2026-11). Where
AWS's own pages disagree on whether something is needed, it is `OPTIONAL`: never missed, and never too much.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from scanner.analysis.arns import partition_of
from scanner.analysis.replication import vocabulary as why
from scanner.analysis.replication.features import Features
from scanner.analysis.replication.places import End, KeyEnd
from scanner.analysis.replication.vocabulary import Effect, Hop, Reasons
from scanner.analysis.truth import Truth, all_true, any_true, negate
from scanner.estate.unknown import Unknown


class Grade(StrEnum):
    """When a request that is not allowed counts."""

    REQUIRED = "required"
    KEY_POLICY = "required in the key policy"
    UNLESS_DENIED = "unless denied"
    """Comes along with another permission, and only an explicit Deny takes it away."""
    OPTIONAL = "optional"


@dataclass(frozen=True, slots=True)
class Span:
    """A bucket or role by its ARN, or with a prefix all objects of the bucket whose key starts with it."""

    arn: str
    prefix: str | None = None

    def __str__(self) -> str:
        return self.arn if self.prefix is None else f"{self.arn}/{self.prefix}*"


@dataclass(frozen=True, slots=True)
class Demand:
    """One action that the role must be allowed, on all of a span.

    `key` is the ARN of the key for KMS actions, whose span is the encryption context (a pattern of ARNs where the
    demand is optional). Any action of `instead` does as
    well. `doubt` says why it is not certain that the action is needed.
    """

    hop: Hop
    action: str
    span: Span
    grade: Grade = Grade.REQUIRED
    effect: Effect = Effect.FAILS
    reasons: Reasons = ()
    key: str = ""
    instead: tuple[str, ...] = ()
    doubt: Unknown | None = None


@dataclass(frozen=True, slots=True)
class Ends:
    """What a rule joins: two buckets, and the keys on both sides where there are any.

    `source_key` encrypts the source's objects, `replica_key` is what the rule names for their replicas, and
    `default_key` is that of the destination's default encryption.
    """

    source: End
    destination: End
    source_key: KeyEnd | None = None
    replica_key: KeyEnd | None = None
    default_key: KeyEnd | None = None


def demands_of(features: Features, ends: Ends, role: str) -> tuple[Demand, ...]:
    """Everything that the rule needs, in the order of the way from source to destination."""
    doubt = features.prefix if isinstance(features.prefix, Unknown) else None
    prefix = "" if isinstance(features.prefix, Unknown) else features.prefix
    found = (
        Demand(Hop.ASSUME, "sts:AssumeRole", Span(role), reasons=why.ASSUME_ROLE),
        *_at_source_bucket(ends.source),
        *_at_source_objects(features, ends.source, prefix),
        *_at_source_key(features, ends, prefix),
        *_at_destination_objects(features, ends, prefix),
        *_at_destination_keys(features, ends, prefix),
    )
    return tuple(replace(one, doubt=doubt) if doubt and one.span.prefix is not None else one for one in found)


def _if(needed: Truth, *demands: Demand) -> Iterable[Demand]:
    """The demands where they are needed, with the doubt where that is not known."""
    if isinstance(needed, Unknown):
        return (replace(demand, doubt=needed) for demand in demands)
    return demands if needed else ()


def _at_source_bucket(source: End) -> Iterator[Demand]:
    whole = Span(source.arn)
    # No failure reason speaks of these two; without them S3 finds no configuration, and is told 403 for what is absent.
    yield Demand(Hop.SOURCE_BUCKET, "s3:GetReplicationConfiguration", whole, reasons=why.NO_CONFIGURATION)
    yield Demand(Hop.SOURCE_BUCKET, "s3:ListBucket", whole, reasons=why.SOURCE_HEAD)


def _at_source_objects(features: Features, source: End, prefix: str) -> Iterator[Demand]:
    objects, hop = Span(source.arn, prefix), Hop.SOURCE_OBJECT
    # Only plain and SSE-S3 objects can be read for replication with the ordinary action.
    any_kms = any_true((features.selects_kms, source.uses_kms))
    read = Demand(hop, "s3:GetObjectVersionForReplication", objects, reasons=why.SOURCE_READ)
    if any_kms is not True:
        yield replace(read, instead=("s3:GetObjectVersion",))
    yield from _if(any_kms, read)
    yield Demand(hop, "s3:GetObjectVersionAcl", objects, reasons=why.SOURCE_ACL)
    yield Demand(hop, "s3:GetObjectVersionTagging", objects, effect=Effect.DEGRADES, reasons=why.SOURCE_TAGS)
    yield from _if(
        source.has_object_lock,
        Demand(hop, "s3:GetObjectRetention", objects, reasons=why.SOURCE_RETENTION),
        Demand(hop, "s3:GetObjectLegalHold", objects, reasons=why.SOURCE_LEGAL_HOLD),
    )
    yield Demand(hop, "s3:GetObjectVersionAnnotationForReplication", objects, Grade.OPTIONAL)


def _at_source_key(features: Features, ends: Ends, prefix: str) -> Iterator[Demand]:
    source, key = ends.source, ends.source_key
    decrypt = Demand(Hop.SOURCE_KEY, "kms:Decrypt", Span(""), reasons=why.SOURCE_READ)
    if key is not None and isinstance(key.arn, str):
        needed = all_true((source.uses_kms, features.selects_kms))
        yield from _in_context(replace(decrypt, key=key.arn), source, prefix, source, needed=needed)
    elif key is not None or features.selects_kms is not False:
        # The key is not known by its ARN, or single objects are under whatever key their writers chose.
        yield from _in_context(replace(decrypt, key=_any_key(source)), source, prefix, source, needed=False)


def _at_destination_objects(features: Features, ends: Ends, prefix: str) -> Iterator[Demand]:
    destination, hop = ends.destination, Hop.DESTINATION_OBJECT
    objects = Span(destination.arn, prefix)
    yield Demand(hop, "s3:ReplicateObject", objects, reasons=why.REPLICATE_OBJECT)
    yield from _if(
        features.delete_markers,
        Demand(hop, "s3:ReplicateDelete", objects, reasons=why.DESTINATION_DELETE),
    )
    yield from _if(
        all_true((features.owner_override, negate(destination.is_owner_enforced))),
        Demand(hop, "s3:ObjectOwnerOverrideToBucketOwner", objects, reasons=why.DESTINATION_WRITE),
    )
    yield Demand(hop, "s3:ReplicateTags", objects, Grade.UNLESS_DENIED, Effect.DEGRADES, why.DESTINATION_TAGS)
    yield from _if(
        ends.source.has_object_lock,
        Demand(hop, "s3:PutObjectRetention", objects, Grade.UNLESS_DENIED, reasons=why.DESTINATION_RETENTION),
        Demand(hop, "s3:PutObjectLegalHold", objects, Grade.UNLESS_DENIED, reasons=why.DESTINATION_LEGAL_HOLD),
    )


def _at_destination_keys(features: Features, ends: Ends, prefix: str) -> Iterator[Demand]:
    """The replica keeps the bucket-key setting of its source object; plain objects get the destination's own."""
    source, destination = ends.source, ends.destination
    if ends.replica_key is not None:
        replica = _arn(ends.replica_key, destination)
        is_known = isinstance(ends.replica_key.arn, str)
        yield from _writing(replica, "kms:Encrypt", ends, prefix, source, needed=is_known and features.selects_kms)
        yield from _writing(replica, "kms:GenerateDataKey", ends, prefix, source, needed=False)
    if ends.default_key is not None:
        default = _arn(ends.default_key, destination)
        is_known = isinstance(ends.default_key.arn, str)
        needed = is_known and all_true((_is_plain(source), destination.uses_kms))
        yield from _writing(default, "kms:GenerateDataKey", ends, prefix, destination, needed=needed)
        yield from _writing(default, "kms:Encrypt", ends, prefix, destination, needed=False)


def _arn(key: KeyEnd, end: End) -> str:
    return key.arn if isinstance(key.arn, str) else _any_key(end)


def _any_key(end: End) -> str:
    """A pattern of all keys that a bucket may use: those in its region."""
    region = end.region if isinstance(end.region, str) else "*"
    return f"arn:{partition_of(end.arn)}:kms:{region}:*:key/*"


def _is_plain(source: End) -> Truth:
    """Whether new objects are stored in plain text; SSE-S3 objects stay SSE-S3 whatever the destination's default."""
    found = source.algorithm
    return found if isinstance(found, Unknown) else found is None


def _writing(key: str, action: str, ends: Ends, prefix: str, setting: End, *, needed: Truth) -> Iterator[Demand]:
    write = Demand(Hop.DESTINATION_KEY, action, Span(""), reasons=why.DESTINATION_WRITE, key=key)
    yield from _in_context(write, ends.destination, prefix, setting, needed=needed)
    # S3 verifies a bucket key by decrypting it: "the AWS KMS key policy ... must include kms:Decrypt".
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html (2026-11)
    decrypt = replace(write, action="kms:Decrypt")
    with_bucket_key = all_true((needed, setting.uses_bucket_key))
    grade = Grade.KEY_POLICY if with_bucket_key is not False else Grade.OPTIONAL
    doubt = with_bucket_key if isinstance(with_bucket_key, Unknown) else None
    yield replace(decrypt, span=Span(ends.destination.arn), grade=grade, doubt=doubt)
    yield replace(decrypt, span=Span(ends.destination.arn, prefix), grade=Grade.OPTIONAL)


def _in_context(demand: Demand, end: End, prefix: str, setting: End, *, needed: Truth) -> Iterator[Demand]:
    """A KMS demand in the encryption context that the bucket-key setting leads to, and optionally in the other.

    Objects from before the setting was changed keep theirs, so the other context is never too much.
    """
    whole, objects = Span(end.arn), Span(end.arn, prefix)
    by_bucket = setting.uses_bucket_key
    for span, is_used in ((whole, by_bucket), (objects, negate(by_bucket))):
        wanted = all_true((needed, is_used))
        if wanted is False:
            yield replace(demand, span=span, grade=Grade.OPTIONAL)
        else:
            yield replace(demand, span=span, doubt=wanted if isinstance(wanted, Unknown) else None)
