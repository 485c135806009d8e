"""The links of an estate: one for each replication rule of each bucket, with both ends looked up."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scanner.analysis.annotation import bucket_id
from scanner.analysis.kinds import BUCKET
from scanner.analysis.reading import text
from scanner.analysis.replication.batch import BatchRoles
from scanner.analysis.replication.demands import Ends
from scanner.analysis.replication.features import Features
from scanner.analysis.replication.neighbours import Network
from scanner.analysis.replication.organization import Organizations
from scanner.analysis.replication.places import End, KeyEnd, Places
from scanner.analysis.replication.policy_book import PolicyBook
from scanner.estate.estate import Estate
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown


@dataclass(frozen=True)
class View:
    """An estate as links see it: its places, its policies, its batch roles, and all replication rules in it."""

    places: Places
    book: PolicyBook
    batch: BatchRoles
    network: Network

    @classmethod
    def of(cls, estate: Estate) -> "View":
        """The view of an estate; nothing is looked up before it is asked for."""
        places = Places(estate)
        book = PolicyBook(places, Organizations(estate))
        return cls(places, book, BatchRoles(book), Network(estate))


@dataclass(frozen=True, slots=True)
class Link:
    """One rule with its ends. `role` is as the bucket's configuration names it, `siblings` are all its rules."""

    source: Resource
    features: Features
    siblings: Sequence[Features]
    ends: Ends
    role: str | Unknown | None

    @property
    def id(self) -> str:
        """Source bucket, rule and destination bucket: what a person calls the link."""
        return link_id(self.source.name, self.features.id, self.ends.destination.name)


def link_id(source: str, rule: str, destination: str) -> str:
    """What a link is called."""
    return "/".join((source, rule, destination))


def links_from(view: View, source: Resource) -> list[Link]:
    """The links of a bucket, one for each of its rules; none where its rules were not seen."""
    rules = view.network.rules_of(bucket_id(source))
    if isinstance(rules, Unknown):
        return []
    role = text(source.properties, "ReplicationConfiguration.Role")
    return [Link(source, rule, rules, _ends(view.places, source, rule), role) for rule in rules]


def all_links(view: View) -> Iterator[Link]:
    """The links of all buckets."""
    for bucket in view.places.estate.of_type(BUCKET):
        yield from links_from(view, bucket)


def _ends(places: Places, bucket: Resource, rule: Features) -> Ends:
    source, destination = places.source(bucket), _destination(places, rule)
    encrypts, encrypts_there = source.uses_kms is True, destination.uses_kms is True
    return Ends(
        source=source,
        destination=destination,
        source_key=places.default_key(source) if encrypts else None,
        replica_key=_replica_key(places, rule, destination, bucket.account),
        default_key=places.default_key(destination) if encrypts_there else None,
    )


def _destination(places: Places, rule: Features) -> End:
    if isinstance(rule.destination, str):
        return places.destination(rule.destination, rule.account)
    doubt = rule.destination or Unknown(f"rule {rule.id} names no destination")
    return End("", "", doubt, doubt, doubt=doubt)


def _replica_key(places: Places, rule: Features, destination: End, account: str) -> KeyEnd | None:
    written = rule.replica_key
    if isinstance(written, Unknown):
        return KeyEnd(written, destination.account, destination.region, doubt=written)
    return None if written is None else places.key(written, destination, requester=account)
