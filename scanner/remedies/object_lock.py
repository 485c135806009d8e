"""Remedies for Object Lock: that it is on, locks by default, for long enough, and nowhere less than at the other end.

A lock is never made weaker, and compliance mode, which nobody can take back, is only ever set where the user asked for
it: in the estate file, or for this plan. S3 takes Object Lock on buckets that exist, once they are versioned; a default
retention holds for new versions only.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-configure.html (2026-11)
"""

from collections.abc import Mapping

from scanner.analysis.annotation import buckets_by_id
from scanner.analysis.arns import partition_of
from scanner.analysis.kinds import BUCKET, needs
from scanner.analysis.reading import at
from scanner.analysis.replication.links import Link
from scanner.analysis.replication.names import LINK
from scanner.analysis.retention import DAYS_A_YEAR
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value
from scanner.findings.finding import Finding
from scanner.remedies.asked_copies import has_object_lock, lockable
from scanner.remedies.drafting import CannotError, changed, known, proposing
from scanner.remedies.link_grants import supplied
from scanner.remedies.link_mending import LOCK_ACTIONS
from scanner.remedies.link_views import link_named, links_in, name_of
from scanner.remedies.policy_holders import bucket_of
from scanner.remedies.proposals import Remedy, Situation

COMPLIANCE = "COMPLIANCE"


def locked(situation: Situation, bucket: Resource) -> Situation:
    """The situation in which objects of the bucket can be locked, and those of every bucket that it replicates to.

    S3 replicates from a bucket with Object Lock to none without. Raises `CannotError` where one of them is not known,
    or takes access logs, which S3 delivers to none with Object Lock.
    """
    if has_object_lock(situation, situation.current(bucket)):
        return situation
    _require_no_access_logs(situation, bucket)
    situation = lockable(situation, situation.current(bucket))
    for name in [name_of(link) for link in _links_out_of(situation, bucket)]:
        destination = bucket_of(situation.working, link_named(situation, name).ends.destination.arn)
        situation = locked(situation, destination)
        situation = supplied(situation, name, lambda demand, _: demand.action in LOCK_ACTIONS)
    return situation


def retained(situation: Situation, bucket: Resource, mode: str, days: int) -> Situation:
    """The situation in which new versions are locked by default, at least so: nothing there is made weaker."""
    bucket = situation.current(bucket)
    had = known(bucket.properties.get("ObjectLockConfiguration"), f"the Object Lock of bucket {bucket.name}") or {}
    retention = at(had, "Rule.DefaultRetention") or {}
    stricter = {**retention, "Mode": mode if retention.get("Mode") != COMPLIANCE else COMPLIANCE}
    if _days(retention) < days:
        stricter = {name: value for name, value in stricter.items() if name != "Years"} | {"Days": days}
    lock = {**had, "ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": stricter}}
    return changed(situation, bucket.with_properties(ObjectLockEnabled=True, ObjectLockConfiguration=lock))


def default_days(bucket: Resource) -> int:
    """For how many days the bucket, with what analyses derived of it, locks new versions by default."""
    return _number(at(bucket.properties, "Derived.DefaultRetentionDays"))


def _enabling(situation: Situation, finding: Finding) -> Situation:
    return locked(situation, situation.current(finding.resource))


def _retaining(situation: Situation, finding: Finding) -> Situation:
    """A default retention as the estate file asks for it, else as the user chose, and no shorter than rules ask."""
    bucket = finding.resource
    longest = situation.params.get("object-lock-retention-meets-policy", {}).get("maximum_days")
    if longest is not None and default_days(bucket) > longest:
        raise CannotError(f"a lock is never made shorter: decide whether bucket {bucket.name} means so many days")
    return retained(situation, bucket, _mode(situation, bucket), _wanted_days(situation, bucket))


def _in_compliance(situation: Situation, finding: Finding) -> Situation:
    bucket = finding.resource
    return retained(situation, bucket, _compliance(situation, bucket), default_days(bucket))


def _immutable(situation: Situation, finding: Finding) -> Situation:
    """The lock that evidence needs. Who owns the record, and who is watched, is nothing that a setting could change."""
    bucket = finding.resource
    if at(bucket.properties, "Derived.AuditLog.FromElsewhere") is not True:
        raise CannotError(
            f"account {bucket.account} keeps the record of itself: "
            "deliver the trail into a bucket of a log archive account"
        )
    mode, days = _compliance(situation, bucket), situation.params[finding.rule]["days"]
    situation = locked(situation, situation.current(bucket))
    return retained(situation, bucket, mode, max(days, default_days(bucket)))


def _not_weakened(situation: Situation, finding: Finding) -> Situation:
    """The original's own lock, which replicas bring along, is as strict as the copy's."""
    link = finding.resource.properties
    source = buckets_by_id(situation.working)[partition_of(link["Source"]["Arn"]), link["Source"]["Bucket"]]
    derived = situation.derived.get(BUCKET, source.arn) or source
    wanted = ("SourceRetentionDays", "DestinationRetentionDays", "RequiredRetentionDays")
    days = max(_number(at(link, f"Derived.{name}")) for name in wanted)
    is_strict = at(link, "Destination.DefaultRetention.Mode") == COMPLIANCE
    return retained(situation, source, _compliance(situation, derived) if is_strict else "GOVERNANCE", days)


def _links_out_of(situation: Situation, bucket: Resource) -> list[Link]:
    rules = situation.current(bucket).properties.get("ReplicationConfiguration")
    known(rules, f"where bucket {bucket.name} replicates to")
    links = links_in(situation).by_name.values()
    return [link for link in links if link.ends.source.arn == bucket.arn and link.features.status == "Enabled"]


def _require_no_access_logs(situation: Situation, bucket: Resource) -> None:
    derived = situation.derived.get(BUCKET, bucket.arn)
    takes = at(derived.properties, "Derived.IsAccessLogTarget") if derived else False
    if takes is False or takes is None:
        return
    if isinstance(takes, Unknown):
        raise CannotError(f"whether access logs go to bucket {bucket.name} is not known: {takes.reason}")
    raise CannotError(
        f"access logs go to bucket {bucket.name}, and S3 delivers none to a bucket with Object Lock: "
        "send them to a bucket of their own first"
    )


def _mode(situation: Situation, bucket: Resource) -> str:
    return str(at(bucket.properties, "Derived.RequiredLockMode") or situation.choices.lock_mode)


def _compliance(situation: Situation, bucket: Resource) -> str:
    """Compliance mode, where the user asked for it."""
    if _mode(situation, bucket) != COMPLIANCE:
        raise CannotError(
            "nobody can take back compliance mode: "
            f"ask for it by object_lock in estate.yaml, or by --lock-mode {COMPLIANCE}"
        )
    return COMPLIANCE


def _wanted_days(situation: Situation, bucket: Resource) -> int:
    params: Mapping[str, Value] = situation.params.get("object-lock-retention-meets-policy", {})
    required = at(bucket.properties, "Derived.RequiredRetentionDays")
    asked = [situation.choices.lock_days if required is None else _number(required)]
    if required is None and at(bucket.properties, "Derived.IsRecoveryCopy") is True:
        asked.append(_number(params.get("days")))
    if at(bucket.properties, "Derived.IsAuditLogTarget") is True:
        asked.append(_number(params.get("audit_days")))
    return max(asked)


def _days(retention: Mapping[str, Value]) -> int:
    return _number(retention.get("Days")) or _number(retention.get("Years")) * DAYS_A_YEAR


def _number(value: Value) -> int:
    """A number of days, none where there is none. Raises `CannotError` where it is not known."""
    found = known(value, "for how long objects are locked")
    return int(found) if isinstance(found, int | float) else 0


_LOCK = needs(BUCKET, "VersioningConfiguration", "ObjectLockEnabled", "ObjectLockConfiguration")
_WANTED = needs(
    BUCKET,
    *("Derived.RequiredLockMode", "Derived.RequiredRetentionDays", "Derived.DefaultRetentionDays"),
    *("Derived.IsRecoveryCopy", "Derived.IsAuditLogTarget", "Derived.IsAccessLogTarget"),
)
_LINKS = needs(BUCKET, "ReplicationConfiguration") | needs(LINK, "", "Derived.Shortfalls", "Derived.Faults")

REMEDIES: tuple[Remedy, ...] = (
    Remedy("enable-object-lock", "switches Object Lock on", proposing(_enabling), _LOCK | _WANTED | _LINKS),
    Remedy("set-default-retention", "locks new versions by default", proposing(_retaining), _LOCK | _WANTED),
    Remedy("set-compliance-mode", "takes the lock out of anybody's hands", proposing(_in_compliance), _LOCK | _WANTED),
    Remedy("make-log-immutable", "locks the record against everybody", proposing(_immutable), _LOCK | _WANTED | _LINKS),
    Remedy(
        "align-source-retention",
        "locks originals as strictly as their copies",
        proposing(_not_weakened),
        _LOCK | _WANTED | _LINKS,
    ),
)
"""The remedies of Object Lock."""
