"""How an analysis puts what it found onto resources, and how it finds a bucket that is only named.

Bucket names are unique within a partition, so a name and a partition are an identity; names alone are not, for the same
name may exist in a China partition too.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TypeAlias

from scanner.analysis.arns import partition_of
from scanner.analysis.kinds import BUCKET
from scanner.estate.estate import Estate
from scanner.estate.resource import BUCKET_ELSEWHERE, Resource
from scanner.estate.unknown import Unknown, Value

BucketId: TypeAlias = tuple[str, str]
"""Partition and name."""


def annotate(estate: Estate, type_: str, facts: Callable[[Resource], Mapping[str, Value]]) -> Estate:
    """The estate with `facts(resource)` added under `Derived` of every resource of that type."""
    if not estate.of_type(type_):
        return estate
    annotated = (one.with_derived(**facts(one)) if one.type == type_ else one for one in estate.resources)
    return replace(estate, resources=tuple(annotated))


def bucket_id(bucket: Resource) -> BucketId:
    """The identity of a bucket that was seen."""
    return partition_of(bucket.arn), bucket.name


def buckets_by_id(estate: Estate) -> dict[BucketId, Resource]:
    """Every bucket that was seen, by partition and name."""
    return {bucket_id(bucket): bucket for bucket in estate.of_type(BUCKET)}


def buckets_elsewhere(estate: Estate) -> dict[BucketId, Resource]:
    """Every bucket in a region that was not asked for, by partition and name: it exists, and that is all."""
    return {bucket_id(bucket): bucket for bucket in estate.of_type(BUCKET_ELSEWHERE)}


def unread(bucket: Resource) -> Unknown:
    """Why nothing is known of a bucket that is elsewhere."""
    return Unknown(
        f"bucket {bucket.name} is in region {bucket.region} of account {bucket.account}, which was not scanned"
    )


def grouped(pairs: Iterable[tuple[BucketId, str]]) -> dict[BucketId, set[str]]:
    """The values of equal keys together."""
    groups: dict[BucketId, set[str]] = {}
    for key, value in pairs:
        groups.setdefault(key, set()).add(value)
    return groups
