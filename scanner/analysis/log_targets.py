"""The buckets that logs go to, joined to the buckets and trails that send them.

S3 accepts a logging configuration whose target it can never deliver to and says nothing about it afterwards, so what
matters about the target is put where the configuration stands.
"""

from collections.abc import Mapping

from scanner.analysis.annotation import BucketId, annotate, bucket_id, buckets_by_id, buckets_elsewhere, unread
from scanner.analysis.arns import partition_of
from scanner.analysis.kinds import BUCKET, TRAIL
from scanner.analysis.reading import at, elements, flag, present, text
from scanner.analysis.roles import access_log_target
from scanner.analysis.truth import Truth, all_true, any_true, equals, negate
from scanner.estate.estate import Estate
from scanner.estate.intent import Intent
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value


def derive_access_log_targets(estate: Estate, _: Intent) -> Estate:
    """Adds `AccessLogTarget` to buckets with server access logging.

    It holds the target's `Name`, whether it `Exists`, `IsItself`, its `Account` and `Region`, its default encryption
    (`SSEAlgorithms`), `ObjectLockEnabled`, and `DeliveryPermitted`: whether its policy or its access control list lets
    S3 deliver. What was not seen of the target is an `Unknown`.
    """
    # Here, so that commands that derive nothing need not load the policy engine.
    from scanner.analysis.access.log_buckets import LogBuckets

    buckets, elsewhere, targets = buckets_by_id(estate), buckets_elsewhere(estate), LogBuckets.of(estate)

    def facts(bucket: Resource) -> Mapping[str, Value]:
        name = access_log_target(bucket)
        if not isinstance(name, str):
            return present(AccessLogTarget=name)
        target = buckets.get((partition_of(bucket.arn), name))
        if target is not None:
            return {
                "AccessLogTarget": {**_seen(bucket, target), "DeliveryPermitted": targets.take_logs_of(bucket, target)}
            }
        outside = elsewhere.get((partition_of(bucket.arn), name))
        if outside is not None:
            placed = {"Exists": True, "Account": outside.account, "Region": outside.region}
            return {"AccessLogTarget": {"Name": name, "IsItself": False, **_missing(unread(outside)), **placed}}
        # S3 delivers only within the account and region: elsewhere the target would be of no use.
        unseen = estate.blind(BUCKET, bucket.account, "")
        return {"AccessLogTarget": {"Name": name, "IsItself": False, **_missing(unseen)}}

    return annotate(estate, BUCKET, facts)


def derive_audit_logs(estate: Estate, _: Intent) -> Estate:
    """Adds `AuditLog` to buckets that trails deliver to.

    `FromElsewhere`: whether those who are watched do not own the record, because every such trail belongs to another
    account than the bucket or to the organization, or because the bucket's account keeps no data to watch over.
    """
    trails: dict[BucketId, list[Resource]] = {}
    for trail in estate.of_type(TRAIL):
        name = text(trail.properties, "S3BucketName")
        if isinstance(name, str):
            trails.setdefault((partition_of(trail.arn), name), []).append(trail)
    holds_data = _accounts_with_data(estate)

    def facts(bucket: Resource) -> Mapping[str, Value]:
        senders = trails.get(bucket_id(bucket), ())
        archive = negate(holds_data[bucket.account])
        elsewhere = all_true(any_true((archive, _from_elsewhere(trail, bucket))) for trail in senders)
        return {"AuditLog": {"FromElsewhere": elsewhere}} if senders else {}

    return annotate(estate, BUCKET, facts)


def encryption_algorithms(bucket: Resource) -> Value:
    """The algorithms of a bucket's default encryption; S3 encrypts with AES256 where nothing is configured."""
    configured = elements(at(bucket.properties, "BucketEncryption.ServerSideEncryptionConfiguration"))
    algorithms = [at(rule, "ServerSideEncryptionByDefault.SSEAlgorithm") for rule in configured]
    return [algorithm for algorithm in algorithms if algorithm is not None] or ["AES256"]


def object_lock(bucket: Resource) -> Truth:
    """Whether Object Lock is on, by either of the two places where it is said."""
    said = equals(at(bucket.properties, "ObjectLockConfiguration.ObjectLockEnabled"), "Enabled")
    return any_true((flag(bucket.properties, "ObjectLockEnabled"), said))


def _accounts_with_data(estate: Estate) -> Mapping[str, Truth]:
    holds: dict[str, Truth] = {}
    for bucket in estate.of_type(BUCKET):
        holds[bucket.account] = any_true((holds.get(bucket.account, False), bucket.properties["Derived"]["HoldsData"]))
    return holds


def _seen(bucket: Resource, target: Resource) -> Mapping[str, Value]:
    return {
        "Name": target.name,
        "Exists": True,
        "IsItself": target is bucket,
        "Account": target.account,
        "Region": target.region,
        "SSEAlgorithms": encryption_algorithms(target),
        "ObjectLockEnabled": object_lock(target),
    }


def _missing(unseen: Unknown | None) -> Mapping[str, Value]:
    if unseen is None:
        return {"Exists": False}
    return dict.fromkeys(
        ("Exists", "Account", "Region", "SSEAlgorithms", "ObjectLockEnabled", "DeliveryPermitted"), unseen
    )


def _from_elsewhere(trail: Resource, bucket: Resource) -> Truth:
    return trail.account != bucket.account or flag(trail.properties, "IsOrganizationTrail")
