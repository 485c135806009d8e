"""Which buckets replicate, which receive replicas, and which of those are the recovery copies.

A disabled rule counts as much as an enabled one: switching it off is how recovery gets inhibited, and must not take the
buckets out of sight. Who replicates is only known of buckets in scope.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from scanner.analysis.annotation import BucketId, annotate, bucket_id, grouped
from scanner.analysis.arns import partition_of, resource_of
from scanner.analysis.blind_spots import blind_accounts
from scanner.analysis.declarations import NOTHING, Declared, declared
from scanner.analysis.kinds import BUCKET
from scanner.analysis.reading import at, elements, text
from scanner.analysis.truth import Truth
from scanner.estate.estate import Estate
from scanner.estate.intent import Intent
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value

REPLICATE = "s3:ReplicateObject"
"""What a bucket's policy must let a role of another account do for that account to replicate into it."""


@dataclass(frozen=True, slots=True)
class Destinations:
    """Who replicates where: the sources' accounts, and those sources for which the file names no copies itself.

    `doubts` says by account why some bucket there might replicate to one that nobody is known to replicate to.
    """

    accounts: Mapping[BucketId, set[str]] = field(default_factory=dict)
    undeclared: Mapping[BucketId, set[str]] = field(default_factory=dict)
    doubts: Mapping[str, Unknown] = field(default_factory=dict)


def derive_sources(estate: Estate, _: Intent) -> Estate:
    """Adds `IsSource`: whether the bucket has replication rules, enabled or not."""
    return annotate(estate, BUCKET, lambda bucket: {"IsSource": _is_source(bucket)})


def derive_replication_roles(estate: Estate, intent: Intent) -> Estate:
    """Adds `IsDestination`, `IsRecoveryCopy` and `SourceAccounts` to every bucket.

    A recovery copy is what the estate file calls one; a destination is one too when the file neither protects it as an
    original nor names other copies for all of its sources. `SourceAccounts` are the accounts whose data it holds.
    """
    # Here, so that commands that derive nothing need not load the policy engine.
    from scanner.analysis.access.reach import Reach

    entries = declared(intent)
    destinations, reach = _destinations(estate, entries), Reach.of(estate)

    def facts(bucket: Resource) -> Mapping[str, Value]:
        key = bucket_id(bucket)
        said = entries.get(key, NOTHING)
        known = key in destinations.accounts
        doubt = None if known else reach.doubt(bucket, destinations.doubts, REPLICATE)
        return {
            "IsDestination": known or doubt or False,
            "IsRecoveryCopy": _is_copy(key, said, destinations, doubt),
            "SourceAccounts": _source_accounts(key, said, destinations, doubt),
        }

    return annotate(estate, BUCKET, facts)


def destination_of(rule: Value) -> BucketId | Unknown | None:
    """The bucket that a replication rule writes to; None where the rule names none."""
    match text(rule, "Destination.Bucket"):
        case str() as arn if partition_of(arn):
            return partition_of(arn), resource_of(arn)
        case str():
            return Unknown("the replication destination is not an ARN")
        case other:
            return other


def _destinations(estate: Estate, entries: Mapping[BucketId, Declared]) -> Destinations:
    accounts: list[tuple[BucketId, str]] = []
    undeclared: list[tuple[BucketId, str]] = []
    # An account's buckets are listed all at once, whatever regions could be entered: hence the empty region.
    doubts = blind_accounts(estate, BUCKET, "")
    for bucket in estate.of_type(BUCKET):
        copies_named = any(entry.copies for entry in entries.get(bucket_id(bucket), NOTHING).originals)
        for destination in _written_to(bucket):
            if isinstance(destination, Unknown):
                doubts.setdefault(bucket.account, destination)
                continue
            accounts.append((destination, bucket.account))
            if not copies_named:
                undeclared.append((destination, bucket.account))
    return Destinations(grouped(accounts), grouped(undeclared), doubts)


def _written_to(bucket: Resource) -> Iterable[BucketId | Unknown]:
    for rule in elements(at(bucket.properties, "ReplicationConfiguration.Rules")):
        destination = destination_of(rule)
        if destination is not None:
            yield destination


def _is_source(bucket: Resource) -> Truth:
    configuration = at(bucket.properties, "ReplicationConfiguration")
    if isinstance(configuration, Unknown):
        return configuration
    return bool(elements(at(configuration, "Rules")))


def _is_copy(key: BucketId, said: Declared, destinations: Destinations, doubt: Unknown | None) -> Truth:
    if said.copies or (key in destinations.undeclared and not said.originals):
        return True
    if said.originals:
        return False
    return doubt or False


def _source_accounts(key: BucketId, said: Declared, destinations: Destinations, doubt: Unknown | None) -> Value:
    certain = destinations.accounts.get(key, set()) | {entry.account for entry in said.copies if entry.account}
    return sorted(certain) if certain or doubt is None else doubt
