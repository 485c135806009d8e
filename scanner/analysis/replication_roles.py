"""Which buckets replicate, which receive replicas, and which of those are the recovery copies.

A disabled rule counts as much as an enabled one: switching it off is how recovery gets inhibited, and must not take the
buckets out of sight. Who replicates is only known of buckets in scope.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from scanner.analysis.annotation import BucketId, annotate, bucket_id, grouped
from scanner.analysis.arns import partition_of, resource_of
from scanner.analysis.declarations import NOTHING, Declared, declared
from scanner.analysis.kinds import BUCKET
from scanner.analysis.reading import at, elements, text
from scanner.analysis.truth import Truth
from scanner.estate.estate import Estate
from scanner.estate.intent import Intent
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value


@dataclass(frozen=True, slots=True)
class Destinations:
    """Who replicates where: the sources' accounts, and those sources for which the file names no copies itself.

    `doubt` says why a bucket that is not among them might still be a destination.
    """

    accounts: Mapping[BucketId, set[str]] = field(default_factory=dict)
    undeclared: Mapping[BucketId, set[str]] = field(default_factory=dict)
    doubt: Unknown | None = None


def derive_replication_roles(estate: Estate, intent: Intent) -> Estate:
    """Adds `IsSource`, `IsDestination`, `IsRecoveryCopy` and `SourceAccounts` to every bucket.

    A recovery copy is what the estate file calls one; a destination is one too when the file neither protects it as an
    original nor names other copies for all of its sources. `SourceAccounts` are the accounts whose data it holds.
    """
    entries = declared(intent)
    destinations = _destinations(estate, entries)

    def facts(bucket: Resource) -> Mapping[str, Value]:
        key = bucket_id(bucket)
        said = entries.get(key, NOTHING)
        return {
            "IsSource": _is_source(bucket),
            "IsDestination": key in destinations.accounts or destinations.doubt or False,
            "IsRecoveryCopy": _is_copy(key, said, destinations),
            "SourceAccounts": _source_accounts(key, said, destinations),
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
    doubt = estate.blind(BUCKET)
    for bucket in estate.of_type(BUCKET):
        copies_named = any(entry.copies for entry in entries.get(bucket_id(bucket), NOTHING).originals)
        for destination in _written_to(bucket):
            if isinstance(destination, Unknown):
                doubt = doubt or destination
                continue
            accounts.append((destination, bucket.account))
            if not copies_named:
                undeclared.append((destination, bucket.account))
    return Destinations(grouped(accounts), grouped(undeclared), doubt)


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


def _is_copy(key: BucketId, said: Declared, destinations: Destinations) -> Truth:
    if said.copies or (key in destinations.undeclared and not said.originals):
        return True
    if said.originals:
        return False
    return destinations.doubt or False


def _source_accounts(key: BucketId, said: Declared, destinations: Destinations) -> Value:
    certain = destinations.accounts.get(key, set()) | {entry.account for entry in said.copies if entry.account}
    if not certain and destinations.doubt is not None:
        return destinations.doubt
    return sorted(certain)
