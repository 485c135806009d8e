"""What each bucket is to the estate: the roles that decide which rules concern it.

Roles are separate three-valued properties, so that not knowing one (a refused trail listing) leaves the others certain.
`Roles` lists them for people, with an `Unknown` for each that could not be told.
"""

from collections.abc import Mapping

from scanner.analysis.annotation import BucketId, annotate, bucket_id
from scanner.analysis.arns import partition_of
from scanner.analysis.blind_spots import blind_accounts
from scanner.analysis.kinds import ACCESS_POINT, BUCKET, TRAIL
from scanner.analysis.reading import at, elements, text
from scanner.analysis.truth import Truth, any_true
from scanner.estate.estate import Estate
from scanner.estate.intent import Intent
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value

DATA_ROLES = {
    "IsSource": "source",
    "IsDestination": "destination",
    "IsAccessPointMember": "access-point-member",
    "IsProtected": "protected",
    "IsRecoveryCopy": "recovery-copy",
}
"""The properties that say a bucket holds data to recover, and what each role is called."""

LOG_ROLES = {"IsAccessLogTarget": "access-log-target", "IsAuditLogTarget": "audit-log-target"}
"""The properties that say a bucket holds the evidence of what was done to that data."""


def derive_access_point_roles(estate: Estate, _: Intent) -> Estate:
    """Adds `IsAccessPointMember`: whether a Multi-Region Access Point in scope routes to the bucket.

    One of another account is of no use where the bucket's policy admits nobody of that account.
    """
    from scanner.analysis.access.reach import Reach

    members: set[BucketId] = set()
    doubts, reach = blind_accounts(estate, ACCESS_POINT, ""), Reach.of(estate)
    for point in estate.of_type(ACCESS_POINT):
        for region in elements(point.properties.get("Regions")):
            match text(region, "Bucket"):
                case str() as name:
                    members.add((partition_of(point.arn), name))
                case Unknown() as unknown:
                    doubts.setdefault(point.account, unknown)

    def facts(bucket: Resource) -> Mapping[str, Value]:
        return {"IsAccessPointMember": _among(bucket, members, reach.doubt(bucket, doubts))}

    return annotate(estate, BUCKET, facts)


def derive_access_log_roles(estate: Estate, _: Intent) -> Estate:
    """Adds `IsAccessLogTarget`: whether a bucket in scope has its server access logs delivered here.

    S3 delivers only within an account and region, so a bucket whose logging could not be read casts doubt there alone.
    """
    targets: set[BucketId] = set()
    doubts: dict[tuple[str, str], Unknown] = {}
    for bucket in estate.of_type(BUCKET):
        match access_log_target(bucket):
            case str() as name:
                targets.add((partition_of(bucket.arn), name))
            case Unknown() as unknown:
                doubts.setdefault((bucket.account, bucket.region), unknown)

    def facts(bucket: Resource) -> Mapping[str, Value]:
        place = bucket.account, bucket.region
        doubt = doubts.get(place) or estate.blind(BUCKET, bucket.account, "")
        return {"IsAccessLogTarget": _among(bucket, targets, doubt)}

    return annotate(estate, BUCKET, facts)


def derive_audit_log_roles(estate: Estate, _: Intent) -> Estate:
    """Adds `IsAuditLogTarget`: whether a trail in scope delivers to the bucket.

    CloudTrail writes to no bucket whose policy does not let it, so a trail that was not seen casts doubt only on
    buckets that admit CloudTrail for its account.
    """
    from scanner.analysis.access.reach import Reach

    targets: set[BucketId] = set()
    doubts, reach = blind_accounts(estate, TRAIL), Reach.of(estate)
    for trail in estate.of_type(TRAIL):
        match text(trail.properties, "S3BucketName"):
            case str() as name:
                targets.add((partition_of(trail.arn), name))
            case Unknown() as unknown:
                doubts.setdefault(trail.account, unknown)

    def facts(bucket: Resource) -> Mapping[str, Value]:
        return {"IsAuditLogTarget": _among(bucket, targets, reach.trail_doubt(bucket, doubts))}

    return annotate(estate, BUCKET, facts)


def derive_data_roles(estate: Estate, _: Intent) -> Estate:
    """Adds `HoldsData`: whether the bucket holds data to recover, as an original or as a copy."""
    return annotate(estate, BUCKET, lambda bucket: {"HoldsData": any_true(_roles(bucket, DATA_ROLES).values())})


def derive_roles(estate: Estate, _: Intent) -> Estate:
    """Adds `HasRole` (any role at all) and `Roles`, the list of them by name."""

    def facts(bucket: Resource) -> Mapping[str, Value]:
        roles = _roles(bucket, DATA_ROLES | LOG_ROLES)
        named = [name if held is True else held for name, held in roles.items() if held is not False]
        return {"HasRole": any_true(roles.values()), "Roles": named}

    return annotate(estate, BUCKET, facts)


def access_log_target(bucket: Resource) -> str | Unknown | None:
    """The bucket that server access logs go to; None where logging is off.

    A template that switches logging on without naming a bucket means the bucket itself (CloudFormation's reference of
    `LoggingConfiguration`, read 2026-11-21).
    """
    configuration = at(bucket.properties, "LoggingConfiguration")
    if configuration is None or isinstance(configuration, Unknown):
        return configuration
    target = text(configuration, "DestinationBucketName")
    return bucket.name if target is None else target


def _among(bucket: Resource, named: set[BucketId], doubt: Unknown | None) -> Truth:
    return bucket_id(bucket) in named or doubt or False


def _roles(bucket: Resource, table: Mapping[str, str]) -> dict[str, Truth]:
    known = bucket.properties["Derived"]
    return {name: known[property_] for property_, name in table.items()}
