"""What the estate file wants protected, as resources of its own: a bucket that is gone can be judged no other way."""

from collections.abc import Iterable, Mapping

from scanner.analysis.annotation import BucketId, buckets_by_id, buckets_elsewhere
from scanner.analysis.arns import partition_of
from scanner.analysis.declarations import bucket_named
from scanner.analysis.kinds import BUCKET, PROTECTED_BUCKET
from scanner.analysis.reading import at, present
from scanner.analysis.replication.names import LINK
from scanner.analysis.truth import Truth, all_true, any_true, equals
from scanner.estate.estate import Estate
from scanner.estate.intent import Copy, Intent, Protected
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value

_Links = Mapping[tuple[BucketId, Value], list[Resource]]


def derive_protected_buckets(estate: Estate, intent: Intent) -> Estate:
    """Adds a `DR::ProtectedBucket` for each entry of the estate file that protects a bucket.

    `Copies` has one element for each copy that the entry asks for: `Bucket`, whether a link to it `Works`, and whether
    it `IsInPlace`, in the account and region that are asked for.
    """
    # Both kinds together: of one elsewhere it is known only that it exists.
    buckets, links = buckets_elsewhere(estate) | buckets_by_id(estate), _by_route(estate)
    entries = (entry for entry in intent.protect if entry.bucket)
    return estate.adding([_protected(estate, intent, entry, buckets, links) for entry in entries])


def _by_route(estate: Estate) -> _Links:
    found: dict[tuple[BucketId, Value], list[Resource]] = {}
    for link in estate.of_type(LINK):
        source = partition_of(at(link.properties, "Source.Arn")), at(link.properties, "Source.Bucket")
        found.setdefault((source, at(link.properties, "Destination.Bucket")), []).append(link)
    return found


def _protected(
    estate: Estate, intent: Intent, entry: Protected, buckets: Mapping[BucketId, Resource], links: _Links
) -> Resource:
    key = bucket_named(intent, entry.bucket, entry.account)
    bucket = buckets.get(key)
    if bucket is not None and entry.account not in ("", bucket.account):
        bucket = None
    exists: Truth = bucket is not None or estate.blind(BUCKET, entry.account or None, "") or False
    copies = [_copy(copy, links.get((key, copy.bucket), []), exists) for copy in entry.copies]
    properties = {"Bucket": entry.bucket, "Exists": exists, "Copies": copies}
    account, region = (entry.account, "") if bucket is None else (bucket.account, bucket.region)
    return Resource(PROTECTED_BUCKET, "", account, region, entry.name, properties)


def _copy(copy: Copy, links: Iterable[Resource], exists: Truth) -> Value:
    links = list(links)
    if not links:
        # Every copy that is asked for has a link, working or not, unless the original itself is not there.
        missing = exists if isinstance(exists, Unknown) else False
        return {"Bucket": copy.bucket, "Works": missing, "IsInPlace": missing}
    return present(
        Bucket=copy.bucket,
        Works=any_true(_works(link) for link in links),
        IsInPlace=all_true(_is_in_place(copy, links[0])),
    )


def _works(link: Resource) -> Truth:
    verdict = link.properties["Verdict"]
    if verdict != "unknown":
        return bool(verdict == "works")
    reasons = [doubt["Reason"] for doubt in link.properties["Unknown"]]
    return Unknown(reasons[0] if reasons else "it could not be decided")


def _is_in_place(copy: Copy, link: Resource) -> Iterable[Truth]:
    for name, wanted in (("Account", copy.account), ("Region", copy.region)):
        if wanted:
            yield equals(at(link.properties, f"Destination.{name}"), wanted)
