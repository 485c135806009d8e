"""Remedies for keys on the way: which one replicas get, that KMS objects are selected, and that the role may use both.

A key for replicas is one of the destination's account and region that its owner manages: the one the user chose, the
one the destination encrypts with, one that replicas get there already, or a new one with an alias and rotation.
"""

from collections.abc import Iterator

from scanner.analysis.arns import partition_of
from scanner.analysis.kinds import ALIAS, KEY
from scanner.analysis.reading import at
from scanner.analysis.replication.demands import Demand
from scanner.analysis.replication.links import Link
from scanner.analysis.replication.places import End, KeyEnd
from scanner.analysis.replication.vocabulary import Effect, Hop, Side
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown
from scanner.findings.finding import Finding
from scanner.remedies.drafting import CannotError, changed, proposing
from scanner.remedies.link_grants import supplied
from scanner.remedies.link_views import LinkName, examined, link_named, links_in, name_from
from scanner.remedies.new_resources import alias_name, alias_of, new_key
from scanner.remedies.proposals import Remedy, Situation
from scanner.remedies.rule_edits import ON, Rule, edited

KEY_FAULTS = (
    "ReplicaKeyMissing",
    "ReplicaKeyAbsent",
    "ReplicaKeyInOtherRegion",
    "ReplicaKeyManagedByAws",
    "ReplicaKeyUnusable",
)
"""The faults of a link that another key for its replicas mends."""

_HOPS = (Hop.SOURCE_KEY, Hop.DESTINATION_KEY)
_SIDES = (Side.ROLE, Side.KEY, Side.GUARDRAIL)


def with_replica_key(situation: Situation, name: LinkName) -> Situation:
    """The situation in which the rule selects KMS objects and gives their replicas a key that works.

    Raises `CannotError` where it is not known which keys there are, or the key that the user chose cannot be used.
    """
    link = link_named(situation, name)
    if _is_fit(link.ends.replica_key, link):
        key = str(link.features.replica_key)
    else:
        situation, key = _with_key(situation, link)

    def change(rule: Rule) -> None:
        criteria = rule.get("SourceSelectionCriteria") or {}
        rule["SourceSelectionCriteria"] = {**criteria, "SseKmsEncryptedObjects": dict(ON)}
        rule["Destination"] = {**rule["Destination"], "EncryptionConfiguration": {"ReplicaKmsKeyID": key}}

    return edited(situation, name, change)


def can_encrypt(key: Resource | None) -> bool:
    """Whether a key is known to be one of its owner's own that encrypts and decrypts now."""
    if key is None:
        return False
    found = key.properties
    is_own = at(found, "Observed.KeyManager") == "CUSTOMER" and at(found, "Observed.KeyState") == "Enabled"
    return is_own and at(found, "KeySpec") in (None, "SYMMETRIC_DEFAULT")


def _with_key(situation: Situation, link: Link) -> tuple[Situation, str]:
    """A key for the link's replicas, and the situation in which there is one."""
    end = link.ends.destination
    account, region = end.account, end.region
    if not isinstance(account, str) or not isinstance(region, str):
        raise CannotError(f"where bucket {end.name} is was not seen, so that no key can be chosen for its replicas")
    chosen = situation.choices.keys.get((account, region))
    if chosen:
        if not can_encrypt(situation.working.get(KEY, chosen)):
            raise CannotError(f"key {chosen} was chosen for {account} in {region}, and was not seen as one that works")
        return situation, chosen
    found = next((key for key in _used_there(situation, link) if _is_fit(key, link)), None)
    if found is not None:
        return situation, str(found.arn)
    return _with_new_key(situation, end, account, region)


def _used_there(situation: Situation, link: Link) -> Iterator[KeyEnd | None]:
    """The keys that objects in the destination get already."""
    yield link.ends.default_key
    for other in links_in(situation).into(link.ends.destination.arn):
        yield other.ends.replica_key


def _is_fit(key: KeyEnd | None, link: Link) -> bool:
    """Whether replicas may get a key: it works, and is of the destination's own account and region."""
    end = link.ends.destination
    return key is not None and can_encrypt(key.key) and (key.account, key.region) == (end.account, end.region)


def _with_new_key(situation: Situation, end: End, account: str, region: str) -> tuple[Situation, str]:
    estate, alias = situation.working, alias_name(f"{end.name}-replicas")
    doubt = estate.blind(ALIAS, account, region) or estate.blind(KEY, account, region)
    if doubt is not None:
        raise CannotError(f"which keys account {account} has in {region} is not known: {doubt.reason}")
    named = links_in(situation).view.places.key(alias, end)
    if named.key is not None:
        if not can_encrypt(named.key):
            raise CannotError(f"{alias} of account {account} in {region} names a key that does not work: mend it")
        return situation, named.key.arn
    if not isinstance(named.arn, Unknown):
        raise CannotError(f"{alias} of account {account} in {region} names a key that was not seen")
    key = new_key((partition_of(end.arn), account, region), f"{end.name}-replicas", f"replicas in {end.name}")
    return changed(situation, key, alias_of(key, alias)), key.arn


def _selecting(situation: Situation, finding: Finding) -> Situation:
    return with_replica_key(situation, name_from(finding.resource))


def _usable(situation: Situation, finding: Finding) -> Situation:
    def wanted(demand: Demand, side: Side) -> bool:
        return demand.effect is Effect.FAILS and demand.hop in _HOPS and side in _SIDES

    name = name_from(finding.resource)
    found = examined(situation, name)
    if found.link.features.selects_kms is True and any(fault.name in KEY_FAULTS for fault in found.faults):
        situation = with_replica_key(situation, name)
    return supplied(situation, name, wanted)


REMEDIES: tuple[Remedy, ...] = (
    Remedy("set-replica-key", "gives replicas a customer managed key of their own place", proposing(_selecting)),
    Remedy("let-role-use-keys", "lets the role use the keys, in its own policy and theirs", proposing(_usable)),
)
"""The remedies of keys."""
