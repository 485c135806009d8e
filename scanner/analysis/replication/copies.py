"""The copies that the estate file asks for, held against the replication rules there are.

S3 replicates what rules say, not what anybody meant; so a copy that no rule makes is a link too, and a broken one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from scanner.analysis.annotation import BucketId, bucket_id, buckets_by_id
from scanner.analysis.declarations import declared, named_accounts
from scanner.analysis.replication import vocabulary as why
from scanner.analysis.replication.description import link_resource, missing_link_properties
from scanner.analysis.replication.faults import Doubt, Fault, Trouble
from scanner.analysis.replication.links import View, link_id
from scanner.analysis.replication.neighbours import destination_id
from scanner.analysis.replication.places import End
from scanner.analysis.replication.vocabulary import Hop
from scanner.analysis.truth import Truth
from scanner.estate.estate import Estate
from scanner.estate.intent import Copy, Intent
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown

_NO_RULE = "NoRuleForCopy"


@dataclass(frozen=True, slots=True)
class DeclaredCopies:
    """What the estate file says: the copies of each bucket that must be protected, and all accounts that it names.

    Accounts that were scanned count as named.
    """

    of_bucket: Mapping[BucketId, tuple[Copy, ...]]
    accounts: frozenset[str]

    @classmethod
    def of(cls, estate: Estate, intent: Intent) -> "DeclaredCopies":
        """What an estate file says for an estate."""
        originals = {key: said.originals for key, said in declared(intent).items() if said.originals}
        copies = {key: tuple(copy for entry in group for copy in entry.copies) for key, group in originals.items()}
        return cls(copies, named_accounts(estate, intent))

    def names(self, source: BucketId, destination: End) -> Truth:
        """Whether the file names a bucket as a copy of another."""
        wanted = self.of_bucket.get(source, ())
        if wanted and isinstance(destination.account, Unknown) and not destination.name:
            return destination.account
        return any(copy.bucket == destination.name for copy in wanted)


def missing_copies(view: View, copies: DeclaredCopies) -> Iterator[Resource]:
    """A link for each copy that the estate file asks for and no rule makes, whether enabled or not."""
    buckets = buckets_by_id(view.places.estate)
    for key, wanted in copies.of_bucket.items():
        source = buckets.get(key)
        if source is not None:
            yield from _missing_copies(view, source, wanted)


def _missing_copies(view: View, source: Resource, wanted: tuple[Copy, ...]) -> Iterator[Resource]:
    key, end = bucket_id(source), view.places.source(source)
    rules = view.network.rules_of(key)
    if isinstance(rules, tuple) and not wanted and not rules:
        nowhere = Unknown(f"the estate file names no copy of {source.name}")
        what = f"{source.name} must be protected, and nothing replicates it"
        yield _link(end, source, End("", "", nowhere, nowhere, doubt=nowhere), _no_configuration(what))
    for copy in wanted:
        destination = view.places.destination(f"arn:{key[0]}:s3:::{copy.bucket}", copy.account or None)
        what = f"{copy.bucket} must hold a copy of {source.name}, and no rule of {source.name} leads there"
        if isinstance(rules, Unknown):
            yield _link(end, source, destination, _unseen(rules))
            continue
        if any(destination_id(rule) == (key[0], copy.bucket) for rule in rules):
            continue
        unread = next((rule.destination for rule in rules if isinstance(rule.destination, Unknown)), None)
        trouble = _no_configuration(what) if unread is None else _unseen(unread)
        yield _link(end, source, destination, trouble)


def _no_configuration(what: str) -> Fault:
    return Fault(_NO_RULE, Hop.SOURCE_BUCKET, what, why.NO_CONFIGURATION)


def _unseen(doubt: Unknown) -> Doubt:
    return Doubt(Hop.SOURCE_BUCKET, doubt.reason, about=_NO_RULE)


def _link(end: End, source: Resource, destination: End, trouble: Trouble) -> Resource:
    name = link_id(source.name, "", destination.name)
    return link_resource(name, source, missing_link_properties(name, end, destination, trouble))
