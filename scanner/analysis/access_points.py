"""Multi-Region Access Points joined to their member buckets.

An access point sends a client to whichever member is near or left. A member that is protected less than the others is
where data leaks or gets lost, and nothing in the access point itself shows it.
"""

from collections.abc import Mapping

from scanner.analysis.annotation import BucketId, annotate, buckets_by_id, buckets_elsewhere, unread
from scanner.analysis.arns import partition_of
from scanner.analysis.kinds import ACCESS_POINT, BUCKET
from scanner.analysis.log_targets import encryption_algorithms, object_lock
from scanner.analysis.public_access import SETTINGS
from scanner.analysis.reading import at, elements, present, text
from scanner.analysis.truth import Truth, all_true, first_doubt
from scanner.estate.estate import Estate
from scanner.estate.intent import Intent
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value

COMPARED = ("ObjectLock", "Encryption", "PublicAccessBlocked")
"""What must be the same for all members."""


def derive_access_point_members(estate: Estate, _: Intent) -> Estate:
    """Adds `Members`, `Alike` and `RegionCount` (of different regions) to Multi-Region Access Points.

    A member has `Bucket`, `Exists`, `Account`, `NamedAccount` (the owner that the access point names), `Region`,
    `Versioning`, `ObjectLock` (mode and days in words), `Encryption` and `PublicAccessBlocked`. `Alike` says of each
    of the last three whether all members agree.
    """
    buckets, elsewhere = buckets_by_id(estate), buckets_elsewhere(estate)

    def facts(point: Resource) -> Mapping[str, Value]:
        regions = elements(point.properties.get("Regions"))
        members = [_member(estate, point, region, buckets, elsewhere) for region in regions]
        alike = {name: _alike([at(member, name) for member in members]) for name in COMPARED}
        count = _different([at(member, "Region") for member in members])
        return {"Members": members, "Alike": alike, "RegionCount": count}

    return annotate(estate, ACCESS_POINT, facts)


def _member(
    estate: Estate,
    point: Resource,
    region: Value,
    buckets: Mapping[BucketId, Resource],
    elsewhere: Mapping[BucketId, Resource],
) -> Value:
    name, named = text(region, "Bucket"), text(region, "BucketAccountId")
    if not isinstance(name, str):
        return name or Unknown("the access point names a region without a bucket")
    owner = named if named is not None else point.account
    bucket = buckets.get((partition_of(point.arn), name))
    common = {"Bucket": name, "NamedAccount": owner}
    if bucket is None:
        outside = elsewhere.get((partition_of(point.arn), name))
        if outside is not None:
            placed = {"Exists": True, "Account": outside.account, "Region": outside.region}
            return {**common, **_unseen(unread(outside)), **placed}
        doubt = owner if isinstance(owner, Unknown) else estate.blind(BUCKET, owner, "")
        return {**common, **_unseen(doubt)}
    return {**common, **_seen(bucket)}


def _seen(bucket: Resource) -> Mapping[str, Value]:
    block = bucket.properties["Derived"]["PublicAccessBlock"]
    return present(
        Exists=True,
        Account=bucket.account,
        Region=bucket.region,
        Versioning=at(bucket.properties, "VersioningConfiguration.Status"),
        ObjectLock=_lock(bucket),
        Encryption=_joined(encryption_algorithms(bucket)),
        PublicAccessBlocked=all_true(block[name] for name in SETTINGS),
    )


def _unseen(doubt: Unknown | None) -> Mapping[str, Value]:
    if doubt is None:
        return {"Exists": False}
    return dict.fromkeys(("Exists", "Account", "Region", "Versioning", *COMPARED), doubt)


def _lock(bucket: Resource) -> Value:
    locked = object_lock(bucket)
    if locked is not True:
        return locked or "off"
    mode = at(bucket.properties, "ObjectLockConfiguration.Rule.DefaultRetention.Mode")
    days = bucket.properties["Derived"].get("DefaultRetentionDays")
    return first_doubt(mode, days) or (f"{mode} {days} days" if mode is not None else "on, nothing by default")


def _joined(algorithms: list[Value]) -> Value:
    return first_doubt(*algorithms) or "+".join(str(algorithm) for algorithm in algorithms)


def _different(regions: list[Value]) -> Value:
    """How many different regions there are; where some are not known, only if the others make two without them."""
    certain = {region for region in regions if isinstance(region, str)}
    doubt = first_doubt(*regions)
    return len(certain) if doubt is None or len(certain) > 1 else doubt


def _alike(values: list[Value]) -> Truth:
    certain = {value for value in values if value is not None and not isinstance(value, Unknown)}
    if len(certain) > 1 or (certain and None in values):
        return False
    return first_doubt(*values) or True
