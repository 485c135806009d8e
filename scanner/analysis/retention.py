"""How long versions of objects last: what Object Lock keeps by default, and what lifecycle rules take away.

S3 counts a lock from the creation of a version and a lifecycle's noncurrent days from the moment it was replaced (S3
guide, "Object Lock" and "How Amazon S3 calculates how long an object has been noncurrent", read 2026-11-21). So a
version that was current for long is out of its lock when it is overwritten, and the lock does not make up for a short
lifecycle.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scanner.analysis.annotation import annotate, bucket_id
from scanner.analysis.declarations import NOTHING, declared
from scanner.analysis.kinds import BUCKET
from scanner.analysis.reading import at, elements, number, present, text
from scanner.analysis.truth import Truth, all_true, equals, first_doubt
from scanner.estate.estate import Estate
from scanner.estate.intent import Intent
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value

DAYS_A_YEAR = 365


def derive_default_retention(estate: Estate, _: Intent) -> Estate:
    """Adds `DefaultRetentionDays`: how many days a new version is locked for; absent where it is not locked at all.

    Years count 365 days. A default event hold alone gives an `Unknown`: it protects until someone releases it.
    """
    return annotate(estate, BUCKET, lambda bucket: present(DefaultRetentionDays=_default_days(bucket)))


def derive_lifecycle(estate: Estate, intent: Intent) -> Estate:
    """Adds `Lifecycle` to buckets that have lifecycle rules.

    `Rules` has one entry for each rule in its order: `Id`, `Enabled`, `TouchesData` (some protected prefix),
    `CoversData` (the whole of one), `ExpirationDays`, `NoncurrentDays`. `EmptiedAfterDays` is the age at which
    nothing is left of an object that nobody touched, by the rules that cover data; absent where something is always
    left.
    """
    by_bucket = declared(intent)

    def facts(bucket: Resource) -> Mapping[str, Value]:
        configuration = bucket.properties.get("LifecycleConfiguration")
        if configuration is None or isinstance(configuration, Unknown):
            return present(Lifecycle=configuration)
        prefixes = by_bucket.get(bucket_id(bucket), NOTHING).prefixes
        rules = [_rule(rule, prefixes) for rule in elements(at(configuration, "Rules"))]
        return {"Lifecycle": present(Rules=rules, EmptiedAfterDays=_emptied_after(bucket, rules))}

    return annotate(estate, BUCKET, facts)


def _default_days(bucket: Resource) -> Value:
    retention = at(bucket.properties, "ObjectLockConfiguration.Rule.DefaultRetention")
    days, years = number(retention, "Days"), number(retention, "Years")
    if days is not None:
        return days
    if years is not None:
        return years if isinstance(years, Unknown) else years * DAYS_A_YEAR
    if at(retention, "DefaultEventHold") is not None:
        return Unknown("a default event hold locks each version until the hold is released, whenever that is")
    return None


@dataclass(frozen=True, slots=True)
class _Reach:
    """Whether a rule can touch an object under the prefixes that matter, and whether it takes all under one of them."""

    touches: Truth
    covers: Truth


def _rule(rule: Value, prefixes: tuple[str, ...]) -> Value:
    if isinstance(rule, Unknown):
        return rule
    reach = _reach(rule, prefixes)
    return present(
        Id=at(rule, "Id"),
        Enabled=equals(at(rule, "Status"), "Enabled"),
        TouchesData=reach.touches,
        CoversData=reach.covers,
        ExpirationDays=expiration_days(rule),
        NoncurrentDays=noncurrent_days(rule),
        KeepsNewerVersions=number(rule, "NoncurrentVersionExpiration.NewerNoncurrentVersions"),
    )


def _reach(rule: Value, prefixes: tuple[str, ...]) -> _Reach:
    prefix = text(rule, "Prefix")
    if isinstance(prefix, Unknown):
        return _Reach(prefix, prefix)
    start = prefix or ""
    touches = any(one.startswith(start) or start.startswith(one) for one in prefixes)
    covers = any(one.startswith(start) for one in prefixes)
    return _Reach(touches, all_true((covers, *unfiltered(rule))))


def unfiltered(rule: Value) -> Iterable[Truth]:
    """Whether nothing but its prefix narrows a lifecycle rule, filter by filter."""
    yield from (tag if isinstance(tag, Unknown) else False for tag in elements(at(rule, "TagFilters")))
    for bound in ("ObjectSizeGreaterThan", "ObjectSizeLessThan"):
        size = at(rule, bound)
        # "Larger than 0" takes everything but empty objects; it must not serve to look filtered.
        yield (
            size if isinstance(size, Unknown) else size is None or (bound.endswith("GreaterThan") and str(size) == "0")
        )


def expiration_days(rule: Value) -> Value:
    """After how many days a lifecycle rule expires current versions; None where it does not."""
    # A date spares nothing: what was written the day before goes too.
    date = at(rule, "ExpirationDate")
    if date is not None:
        return date if isinstance(date, Unknown) else 0
    return number(rule, "ExpirationInDays")


def noncurrent_days(rule: Value) -> Value:
    """After how many days a lifecycle rule removes superseded versions; None where it does not."""
    days = number(rule, "NoncurrentVersionExpiration.NoncurrentDays")
    return number(rule, "NoncurrentVersionExpirationInDays") if days is None else days


def _emptied_after(bucket: Resource, rules: list[Value]) -> Value:
    expired = _soonest(rules, "ExpirationDays")
    if expired is None or isinstance(expired, Unknown):
        return expired
    removed = _noncurrent_removed_after(rules)
    status = at(bucket.properties, "VersioningConfiguration.Status")
    match status:
        case Unknown():
            return status
        case "Enabled":
            # Expiring only hides the current version; something must take the noncurrent ones as well.
            return removed if removed is None or isinstance(removed, Unknown) else expired + removed
        case _:
            return expired


def _noncurrent_removed_after(rules: list[Value]) -> Value:
    kept = [at(rule, "KeepsNewerVersions") for rule in rules]
    # A rule that keeps the newest noncurrent versions never takes the last one.
    emptying = [rule for rule, newer in zip(rules, kept, strict=True) if newer is None or isinstance(newer, Unknown)]
    return first_doubt(*kept) or _soonest(emptying, "NoncurrentDays")


def _soonest(rules: list[Value], which: str) -> Value:
    days: list[int | float] = []
    for rule in rules:
        after = at(rule, which)
        applies = all_true((_known(rule, "Enabled"), _known(rule, "CoversData")))
        if after is None or applies is False:
            continue
        if isinstance(applies, Unknown) or isinstance(after, Unknown):
            return applies if isinstance(applies, Unknown) else after
        days.append(after)
    return min(days, default=None)


def _known(rule: Value, which: str) -> Truth:
    found = at(rule, which)
    return found if isinstance(found, Unknown) else bool(found)
