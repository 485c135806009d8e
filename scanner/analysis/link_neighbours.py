"""Links beside other links: what comes back, what should have gone on, and what access points need in all directions.

S3 replicates what is written to a bucket, never what arrived in it as a replica; so whatever is to be in three places
needs a rule from where it is written to each of the others.
"""

from collections.abc import Iterator, Mapping
from itertools import permutations

from scanner.analysis.annotation import BucketId, annotate, buckets_by_id
from scanner.analysis.arns import partition_of
from scanner.analysis.declarations import NOTHING, Declared, declared
from scanner.analysis.kinds import ACCESS_POINT
from scanner.analysis.reading import at, elements, text
from scanner.analysis.replication.features import Features
from scanner.analysis.replication.names import LINK
from scanner.analysis.replication.neighbours import Network
from scanner.analysis.truth import Truth, equals
from scanner.estate.estate import Estate
from scanner.estate.intent import Intent
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value


def derive_link_neighbours(estate: Estate, intent: Intent) -> Estate:
    """Adds `IsTwoWay` (an enabled rule leads back) and `ChainedFrom` to links.

    `ChainedFrom` lists each `Bucket` whose objects arrive in the source as replicas, and would have to go on to the
    destination by a rule of their own, which there is not. A bucket whose copies the estate file names elsewhere is
    not among them.
    """
    network, entries, buckets = Network(estate), declared(intent), buckets_by_id(estate)

    def facts(link: Resource) -> Mapping[str, Value]:
        source, destination = _end(link, "Source"), _end(link, "Destination")
        if isinstance(source, Unknown) or isinstance(destination, Unknown):
            doubt = source if isinstance(source, Unknown) else destination
            return {"IsTwoWay": doubt, "ChainedFrom": [{"Bucket": doubt}]}
        bucket = buckets[source].properties["Derived"]["IsDestination"]
        chained = _chained(network, entries, source, destination)
        return {
            "IsTwoWay": network.leads(destination, source),
            "ChainedFrom": [*chained, *([{"Bucket": bucket}] if isinstance(bucket, Unknown) else [])],
        }

    return annotate(estate, LINK, facts)


def derive_access_point_pairs(estate: Estate, _: Intent) -> Estate:
    """Adds `Pairs` to Multi-Region Access Points: every ordered pair of different member buckets.

    Each has `From`, `To`, `Replicates` (an enabled rule leads there), `SyncsModifications` (one that brings changes of
    replicas' metadata, too) and `Alike` (the rules back select the same objects and treat deletes the same).
    """
    network = Network(estate)

    def facts(point: Resource) -> Mapping[str, Value]:
        names = dict.fromkeys(text(region, "Bucket") for region in elements(point.properties.get("Regions")))
        members = [(partition_of(point.arn), name) for name in names if isinstance(name, str)]
        doubts = [name for name in names if isinstance(name, Unknown)]
        return {"Pairs": [*(_between(network, *pair) for pair in permutations(members, 2)), *doubts]}

    return annotate(estate, ACCESS_POINT, facts)


def _end(link: Resource, which: str) -> BucketId | Unknown:
    arn, name = at(link.properties, f"{which}.Arn"), at(link.properties, f"{which}.Bucket")
    if not arn:
        told = at(link.properties, "Rule.Destination.Bucket")
        return told if isinstance(told, Unknown) else Unknown("which bucket the rule leads to was not seen")
    return partition_of(arn), name


def _chained(
    network: Network, entries: Mapping[BucketId, Declared], source: BucketId, destination: BucketId
) -> Iterator[Value]:
    onward = [rule for rule in _enabled(network, source) if _leads(rule, destination)]
    for first, rule in network.into(source):
        if first in (source, destination) or equals(rule.status, "Enabled") is False:
            continue
        copies = [copy.bucket for entry in entries.get(first, NOTHING).originals for copy in entry.copies]
        if copies and destination[1] not in copies:
            continue
        straight = network.leads(first, destination)
        if straight is not True and any(_overlap(rule, one) for one in onward):
            yield {"Bucket": first[1] if straight is False else straight}


def _enabled(network: Network, bucket: BucketId) -> list[Features]:
    rules = network.rules_of(bucket)
    return [] if isinstance(rules, Unknown) else [rule for rule in rules if equals(rule.status, "Enabled") is not False]


def _leads(rule: Features, destination: BucketId) -> bool:
    arn = rule.destination
    return isinstance(arn, str) and arn == f"arn:{destination[0]}:s3:::{destination[1]}"


def _overlap(one: Features, other: Features) -> bool:
    if isinstance(one.prefix, Unknown) or isinstance(other.prefix, Unknown):
        return True
    return one.prefix.startswith(other.prefix) or other.prefix.startswith(one.prefix)


def _between(network: Network, source: BucketId, destination: BucketId) -> Value:
    return {
        "From": source[1],
        "To": destination[1],
        "Replicates": network.leads(source, destination),
        "SyncsModifications": network.syncs(source, destination),
        "Alike": _alike(network, source, destination),
    }


def _alike(network: Network, one: BucketId, other: BucketId) -> Truth:
    there, back = network.rules_of(one), network.rules_of(other)
    for rules in (there, back):
        if isinstance(rules, Unknown):
            return rules
    return _selections(network, one, other) == _selections(network, other, one)


def _selections(network: Network, source: BucketId, destination: BucketId) -> set[object]:
    rules = (rule for rule in _enabled(network, source) if _leads(rule, destination))
    return {(rule.prefix, rule.tags, rule.delete_markers) for rule in rules}
