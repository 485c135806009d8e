"""Lifecycle rules of both ends held against each other, for lifecycle is not replicated.

A copy that forgets sooner than its original is no copy of what the original still has. Read 2026-11:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-what-is-isnot-replicated.html
"""

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from scanner.analysis.annotation import BucketId, annotate, buckets_by_id
from scanner.analysis.arns import partition_of
from scanner.analysis.reading import at, elements, number, present, text
from scanner.analysis.replication.features import read_rule
from scanner.analysis.replication.names import LINK
from scanner.analysis.retention import expiration_days, noncurrent_days, unfiltered
from scanner.analysis.truth import Truth, all_true, equals, first_doubt
from scanner.estate.estate import Estate
from scanner.estate.intent import Intent
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value

_Days: TypeAlias = Callable[[Value], Value]
_VERSIONS: Mapping[str, _Days] = {"current": expiration_days, "noncurrent": noncurrent_days}


def derive_link_lifecycles(estate: Estate, _: Intent) -> Estate:
    """Adds `SoonerExpiry` to links: what the destination's lifecycle takes away sooner than the source's does.

    Each entry has the destination's lifecycle `Rule`, the `Versions` that go (`current` or `noncurrent`), after how
    many `Days`, and the `SourceDays` of the source; those are absent where the source keeps them for ever.
    """
    buckets = buckets_by_id(estate)

    def facts(link: Resource) -> Mapping[str, Value]:
        rule, arn = link.properties.get("Rule"), at(link.properties, "Destination.Arn")
        if rule is None:
            return {"SoonerExpiry": []}
        source = buckets[_id(link, "Source")]
        destination = buckets.get(_id(link, "Destination")) if arn else None
        if destination is None:
            return {"SoonerExpiry": list(_unseen(estate, link))}
        return {"SoonerExpiry": list(_sooner(read_rule(rule, 1).prefix, _rules(source), _rules(destination)))}

    return annotate(estate, LINK, facts)


def _id(link: Resource, which: str) -> BucketId:
    return partition_of(at(link.properties, f"{which}.Arn")), at(link.properties, f"{which}.Bucket")


def _unseen(estate: Estate, link: Resource) -> Iterator[Unknown]:
    """Nothing expires in a bucket that does not exist; whether it exists is asked in the account that is named."""
    exists = at(link.properties, "Destination.Exists")
    if exists is not False:
        yield exists if isinstance(exists, Unknown) else Unknown("the destination was not seen")


def _rules(bucket: Resource) -> list[Value]:
    return elements(at(bucket.properties, "LifecycleConfiguration.Rules"))


def _sooner(prefix: str | Unknown, kept: list[Value], taken: list[Value]) -> Iterator[Value]:
    for rule in taken:
        scope = _scope(rule, prefix)
        enabled = equals(at(rule, "Status"), "Enabled")
        if scope is None or enabled is False:
            continue
        for versions, days_of in _VERSIONS.items():
            days = days_of(rule)
            if days is None:
                continue
            doubt = first_doubt(scope, enabled, days)
            if doubt is not None:
                yield doubt
            else:
                yield from _entry(rule, versions, days, _source_days(kept, str(scope), rule, days_of))


def _entry(rule: Value, versions: str, days: int | float, source_days: Value) -> Iterator[Value]:
    if isinstance(source_days, Unknown):
        yield source_days
    elif source_days is None or days < source_days:
        yield present(Rule=at(rule, "Id"), Versions=versions, Days=days, SourceDays=source_days)


def _scope(rule: Value, prefix: str | Unknown) -> str | Unknown | None:
    """The narrower of two prefixes, under which a lifecycle rule meets replicas; None where it meets none."""
    own = text(rule, "Prefix")
    if isinstance(own, Unknown) or isinstance(prefix, Unknown):
        return own if isinstance(own, Unknown) else prefix
    own = own or ""
    if own.startswith(prefix):
        return own
    return prefix if prefix.startswith(own) else None


def _source_days(kept: list[Value], scope: str, taken: Value, days_of: _Days) -> Value:
    """After how many days the source takes the same versions away, all of them; None where it keeps some for ever."""
    found: list[int | float] = []
    for rule in kept:
        days = days_of(rule)
        applies = all_true((equals(at(rule, "Status"), "Enabled"), *_takes_all(rule, scope, taken)))
        if days is None or applies is False:
            continue
        doubt = first_doubt(applies, days)
        if doubt is not None:
            return doubt
        found.append(days)
    return min(found, default=None)


def _takes_all(rule: Value, scope: str, taken: Value) -> Iterator[Truth]:
    prefix = text(rule, "Prefix")
    yield prefix if isinstance(prefix, Unknown) else scope.startswith(prefix or "")
    same = all(
        at(rule, name) == at(taken, name) for name in ("TagFilters", "ObjectSizeGreaterThan", "ObjectSizeLessThan")
    )
    yield same or all_true(unfiltered(rule))
    kept = "NoncurrentVersionExpiration.NewerNoncurrentVersions"
    yield _at_most(number(rule, kept), number(taken, kept))


def _at_most(one: int | float | Unknown | None, other: int | float | Unknown | None) -> Truth:
    if isinstance(one, Unknown):
        return one
    if isinstance(other, Unknown):
        return other
    return (one or 0) <= (other or 0)
