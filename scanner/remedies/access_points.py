"""Remedy for the members of a Multi-Region Access Point: each is brought to the level of the best one, none to less."""

from collections.abc import Mapping, Sequence

from scanner.analysis.annotation import buckets_by_id
from scanner.analysis.arns import partition_of
from scanner.analysis.kinds import ACCESS_POINT, ALIAS, BUCKET, KEY, needs
from scanner.analysis.public_access import SETTINGS
from scanner.analysis.reading import at, elements
from scanner.analysis.replication.names import LINK
from scanner.estate.resource import Resource
from scanner.estate.unknown import Value
from scanner.findings.finding import Finding
from scanner.remedies.asked_copies import versioned
from scanner.remedies.drafting import CannotError, changed, known, proposing
from scanner.remedies.encryption import with_own_default_key
from scanner.remedies.object_lock import COMPLIANCE, default_days, locked, retained
from scanner.remedies.proposals import Remedy, Situation


def _equal(situation: Situation, finding: Finding) -> Situation:
    point = finding.resource
    members = known(elements(at(point.properties, "Derived.Members")), f"the members of access point {point.name}")
    names = [(partition_of(point.arn), member["Bucket"]) for member in members]
    seen = buckets_by_id(situation.derived)
    if at(point.properties, "Derived.RegionCount") < 2 or not all(name in seen for name in names):
        raise CannotError("an access point keeps the members that it was made with: make another one")
    buckets = [seen[name] for name in names]
    for bucket in buckets:
        situation = versioned(situation, situation.current(bucket))
    situation = _locked_alike(situation, buckets)
    situation = _encrypted_alike(situation, members, buckets)
    return _blocked_alike(situation, members, buckets)


def _locked_alike(situation: Situation, buckets: Sequence[Resource]) -> Situation:
    retentions = [_retention(bucket) for bucket in buckets]
    if all(one == retentions[0] for one in retentions):
        return situation
    for bucket in buckets:
        situation = locked(situation, situation.current(bucket))
    days = max(map(default_days, buckets))
    modes = {at(one, "Rule.DefaultRetention.Mode") for one in retentions} - {None}
    if not modes:
        return situation
    if len(modes) > 1 and situation.choices.lock_mode != COMPLIANCE:
        raise CannotError(
            "some members are locked in compliance mode and some are not: allow it by --lock-mode COMPLIANCE"
        )
    for bucket in buckets:
        situation = retained(situation, bucket, COMPLIANCE if COMPLIANCE in modes else "GOVERNANCE", days)
    return situation


def _encrypted_alike(
    situation: Situation, members: Sequence[Mapping[str, Value]], buckets: Sequence[Resource]
) -> Situation:
    algorithms = {member["Encryption"] for member in members}
    if len(algorithms) < 2:
        return situation
    if algorithms != {"AES256", "aws:kms"}:
        raise CannotError(f"members are encrypted by {', '.join(sorted(algorithms))}: decide for one")
    for member, bucket in zip(members, buckets, strict=True):
        if member["Encryption"] == "AES256":
            situation = with_own_default_key(situation, bucket)
    return situation


def _blocked_alike(
    situation: Situation, members: Sequence[Mapping[str, Value]], buckets: Sequence[Resource]
) -> Situation:
    if len({member["PublicAccessBlocked"] for member in members}) < 2:
        return situation
    for member, bucket in zip(members, buckets, strict=True):
        if not member["PublicAccessBlocked"]:
            block = dict.fromkeys(SETTINGS, True)
            current = situation.current(bucket)
            situation = changed(situation, current.with_properties(PublicAccessBlockConfiguration=block))
    return situation


def _retention(bucket: Resource) -> Value:
    return known(bucket.properties.get("ObjectLockConfiguration"), f"the Object Lock of bucket {bucket.name}")


_BUCKET = (
    *("VersioningConfiguration", "ObjectLockEnabled", "ObjectLockConfiguration", "BucketEncryption"),
    *("PublicAccessBlockConfiguration", "ReplicationConfiguration"),
    *("Derived.DefaultRetentionDays", "Derived.IsAccessLogTarget"),
)

REMEDIES: tuple[Remedy, ...] = (
    Remedy(
        "equal-members",
        "brings every member of the access point to the level of the best",
        proposing(_equal),
        needs(ACCESS_POINT, "Regions")
        | needs(BUCKET, *_BUCKET)
        | needs(KEY, "KeyPolicy", "EnableKeyRotation", "KeySpec", "Observed.KeyState", "Observed.KeyManager")
        | needs(ALIAS, "AliasName", "TargetKeyId")
        | needs(LINK, "", "Derived.Shortfalls", "Derived.Faults"),
    ),
)
"""The remedies of access points."""
