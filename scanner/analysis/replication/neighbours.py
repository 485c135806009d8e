"""What is wrong with a link because of others: chains of rules, and traffic in one direction only.

None of it stops what is written to the source itself, so it degrades a link and does not break it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from scanner.analysis.annotation import BucketId, bucket_id
from scanner.analysis.arns import partition_of, resource_of
from scanner.analysis.kinds import ACCESS_POINT, BUCKET
from scanner.analysis.reading import at, elements, number, text
from scanner.analysis.replication import vocabulary as why
from scanner.analysis.replication.demands import Ends
from scanner.analysis.replication.faults import Doubt, Fault, Trouble
from scanner.analysis.replication.features import Features, read_rule
from scanner.analysis.replication.vocabulary import Effect, Hop
from scanner.analysis.truth import Truth, all_true, any_true, equals, negate
from scanner.estate.estate import Estate
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown


@dataclass(frozen=True)
class Network:
    """All replication rules of an estate, from both ends, and the access points above their buckets."""

    estate: Estate

    def rules_of(self, bucket: BucketId) -> tuple[Features, ...] | Unknown:
        """The rules of a bucket, in their order; unknown where its configuration, or the bucket, was not seen."""
        unseen = Unknown(f"the replication rules of bucket {bucket[1]} were not seen")
        return self._rules.get(bucket, unseen)

    def unseen_in(self, account: str) -> Unknown | None:
        """Why a bucket of the account may have rules that were not seen; None when all were."""
        return self._unseen.get(account)

    def into(self, bucket: BucketId) -> Sequence[tuple[BucketId, Features]]:
        """The rules that write to a bucket, with the buckets that have them; only those that were seen."""
        return self._into.get(bucket, ())

    def leads(self, source: BucketId, destination: BucketId) -> Truth:
        """Whether an enabled rule leads from one bucket to the other."""
        return any_true(_holds(rule, equals(rule.status, "Enabled")) for rule in self._between(source, destination))

    def syncs(self, source: BucketId, destination: BucketId) -> Truth:
        """Whether an enabled rule brings changes of replicas' metadata from one bucket to the other."""
        rules = self._between(source, destination)
        enabled = (all_true((equals(rule.status, "Enabled"), rule.replica_modifications)) for rule in rules)
        return any_true(map(_holds, rules, enabled))

    def _between(self, source: BucketId, destination: BucketId) -> list[Features]:
        """The rules that lead, or for all that was seen of them may lead, from one bucket to the other."""
        found = self.rules_of(source)
        if isinstance(found, Unknown):
            return [read_rule(found, 0)]
        return [rule for rule in found if isinstance(rule.destination, Unknown) or destination_id(rule) == destination]

    @cached_property
    def _rules(self) -> Mapping[BucketId, tuple[Features, ...] | Unknown]:
        return {bucket_id(bucket): rules_in(bucket) for bucket in self.estate.of_type(BUCKET)}

    @cached_property
    def _unseen(self) -> Mapping[str, Unknown]:
        found: dict[str, Unknown] = {}
        for bucket in self.estate.of_type(BUCKET):
            rules = self._rules[bucket_id(bucket)]
            unseen = [rules] if isinstance(rules, Unknown) else [rule.destination for rule in rules]
            doubt = next((one for one in unseen if isinstance(one, Unknown)), None)
            if doubt is not None:
                found.setdefault(bucket.account, doubt)
        return found

    @cached_property
    def _into(self) -> Mapping[BucketId, list[tuple[BucketId, Features]]]:
        found: dict[BucketId, list[tuple[BucketId, Features]]] = {}
        for source, rules in self._rules.items():
            for rule in () if isinstance(rules, Unknown) else rules:
                if (destination := destination_id(rule)) is not None:
                    found.setdefault(destination, []).append((source, rule))
        return found

    @cached_property
    def access_points(self) -> Mapping[BucketId, list[Resource]]:
        """The Multi-Region Access Points above each bucket."""
        found: dict[BucketId, list[Resource]] = {}
        for point in self.estate.of_type(ACCESS_POINT):
            for region in elements(point.properties.get("Regions")):
                if isinstance(name := text(region, "Bucket"), str):
                    found.setdefault((partition_of(point.arn), name), []).append(point)
        return found


def rules_in(bucket: Resource) -> tuple[Features, ...] | Unknown:
    """The rules of a bucket in their order, none where it does not replicate."""
    rules = elements(at(bucket.properties, "ReplicationConfiguration.Rules"))
    configuration = bucket.properties.get("ReplicationConfiguration")
    if isinstance(configuration, Unknown):
        return configuration
    read = [read_rule(rule, position) for position, rule in enumerate(rules, 1)]
    return tuple(read if len({rule.id for rule in read}) == len(read) else _with_distinct_ids(read))


def _with_distinct_ids(rules: Iterable[Features]) -> Iterator[Features]:
    """S3 refuses two rules of one id; where there are some all the same, their position tells them apart."""
    seen: set[str] = set()
    for position, rule in enumerate(rules, 1):
        yield replace(rule, id=f"{rule.id}#{position}") if rule.id in seen else rule
        seen.add(rule.id)


def destination_id(rule: Features) -> BucketId | None:
    """The bucket that a rule writes to, where the rule says so."""
    arn = rule.destination
    return (partition_of(arn), resource_of(arn)) if isinstance(arn, str) else None


def faults_of_neighbours(features: Features, ends: Ends, network: Network) -> Iterator[Trouble]:
    """What is wrong with a rule because of other buckets' rules, and of access points above its own."""
    source, destination = _id(ends.source.arn), _id(ends.destination.arn)
    yield from _chains(source, destination, network)
    if features.replica_modifications is not False:
        synced = all_true((features.replica_modifications, negate(network.syncs(destination, source))))
        what = f"changes of replicas in {destination[1]} are not brought back: it has no such rule for {source[1]}"
        yield from degrading(synced, Fault("ModificationsOneWay", Hop.DESTINATION_OBJECT, what, why.NO_CONFIGURATION))
    for point in network.access_points.get(source, ()):
        takes_writes = _takes_writes(point, destination[1])
        one_way = all_true((takes_writes, negate(network.leads(destination, source))))
        what = f"access point {point.name} sends writes to {destination[1]} too, which no rule brings to {source[1]}"
        yield from degrading(one_way, Fault("OneWayUnderAccessPoint", Hop.SOURCE_BUCKET, what, why.NO_CONFIGURATION))


def _chains(source: BucketId, destination: BucketId, network: Network) -> Iterator[Trouble]:
    """Replicas that arrive in the source are not replicated again, wherever they come from."""
    for first, rule in network.into(source):
        if first in (source, destination) or equals(rule.status, "Enabled") is not True:
            continue
        straight = network.leads(first, destination)
        what = f"replicas that {source[1]} has from {first[1]} go no further, and {first[1]} has no rule for "
        fault = Fault("ReplicasGoNoFurther", Hop.SOURCE_OBJECT, what + destination[1], why.NOT_ELIGIBLE)
        yield from degrading(negate(straight), fault)


def _takes_writes(point: Resource, bucket: str) -> Truth:
    """Whether an access point sends requests to a bucket: a member, unless its dial is at zero."""
    members = elements(point.properties.get("Regions"))
    member = any_true(equals(at(one, "Bucket"), bucket) for one in members)
    if member is not True:
        return member
    for route in elements(at(point.properties, "Observed.Routes")):
        if isinstance(route, Unknown):
            return route
        if at(route, "Bucket") == bucket:
            dial = number(route, "TrafficDialPercentage")
            return dial if isinstance(dial, Unknown) else dial is None or dial > 0
    return True


def _id(arn: str) -> BucketId:
    return partition_of(arn), resource_of(arn)


def degrading(holds: Truth, fault: Fault) -> Iterator[Trouble]:
    """The fault as one that only degrades, where it holds; a doubt that decides nothing where that is not known."""
    if isinstance(holds, Unknown):
        yield Doubt(fault.hop, holds.reason, decisive=False, about=fault.name)
    elif holds:
        yield replace(fault, effect=Effect.DEGRADES)


def _holds(rule: Features, holds: Truth) -> Truth:
    """What holds of a rule counts only in so far as the rule leads where it is asked about."""
    doubt = rule.destination if isinstance(rule.destination, Unknown) else True
    return all_true((doubt, holds))
