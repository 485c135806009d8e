"""Remedies for the keys that a bucket's objects lie under: a copy's are of its own account and region.

The key is the one that the user chose for the place, one that replicas get there already, or a new one, rotated, with
an alias. Whoever lets another account's key go has to see that nobody loses access: replication roles get theirs.
"""

from scanner.analysis.arns import account_of, partition_of, region_of
from scanner.analysis.kinds import ALIAS, BUCKET, KEY, needs
from scanner.analysis.reading import at
from scanner.analysis.replication.names import LINK
from scanner.analysis.replication.vocabulary import Hop
from scanner.estate.resource import Resource
from scanner.estate.unknown import Value
from scanner.findings.finding import Finding
from scanner.remedies.asked_copies import BLOCKED
from scanner.remedies.drafting import CannotError, changed, known, proposing
from scanner.remedies.link_grants import supplied
from scanner.remedies.link_keys import can_encrypt, with_replica_key
from scanner.remedies.link_views import links_in, name_of
from scanner.remedies.new_resources import alias_name, alias_of, new_key
from scanner.remedies.proposals import Remedy, Situation

_KEY_HOPS = (Hop.SOURCE_KEY, Hop.DESTINATION_KEY)


def with_own_default_key(situation: Situation, bucket: Resource) -> Situation:
    """The situation in which new objects of the bucket get a customer managed key of its account and region.

    Roles that replicate into it may use the key. Raises `CannotError` where it is not known which keys there are.
    """
    situation, key = _own_key(situation, bucket)
    current = situation.current(bucket)
    had = known(current.properties.get("BucketEncryption"), f"the default encryption of bucket {bucket.name}")
    situation = changed(situation, current.with_properties(BucketEncryption=_under(key, had)))
    for name in [name_of(link) for link in links_in(situation).into(bucket.arn)]:
        situation = supplied(situation, name, lambda demand, _: demand.hop in _KEY_HOPS)
    return situation


def _owned(situation: Situation, finding: Finding) -> Situation:
    bucket = finding.resource
    for link in links_in(situation).into(bucket.arn):
        key = link.ends.replica_key
        if key is not None and (key.account, key.region) != (bucket.account, bucket.region):
            situation = with_replica_key(situation, name_of(link))
    if _is_foreign(_default_key(situation.current(bucket)), bucket):
        situation = with_own_default_key(situation, bucket)
    return situation


def _default_key(bucket: Resource) -> Value:
    rules = at(bucket.properties, "BucketEncryption.ServerSideEncryptionConfiguration")
    known(rules, f"the default encryption of bucket {bucket.name}")
    return next((at(rule, "ServerSideEncryptionByDefault.KMSMasterKeyID") for rule in rules or ()), None)


def _is_foreign(key: Value, bucket: Resource) -> bool:
    """Whether a key's name says that it is of another place. A bare id or alias is one of the bucket's own."""
    return isinstance(key, str) and (account_of(key) or bucket.account, region_of(key) or bucket.region) != (
        bucket.account,
        bucket.region,
    )


def _own_key(situation: Situation, bucket: Resource) -> tuple[Situation, str]:
    chosen = situation.choices.keys.get((bucket.account, bucket.region))
    if chosen:
        if not can_encrypt(situation.working.get(KEY, chosen)):
            raise CannotError(f"key {chosen} was chosen for bucket {bucket.name}, and was not seen as one that works")
        return situation, chosen
    for link in links_in(situation).into(bucket.arn):
        key = link.ends.replica_key
        if key and can_encrypt(key.key) and (key.account, key.region) == (bucket.account, bucket.region):
            return situation, str(key.arn)
    return _new_key(situation, bucket)


def _new_key(situation: Situation, bucket: Resource) -> tuple[Situation, str]:
    alias = alias_name(f"{bucket.name}-objects")
    doubt = situation.working.blind(ALIAS, bucket.account, bucket.region)
    place = (bucket.account, bucket.region, alias)
    if doubt is not None:
        raise CannotError(f"which keys account {bucket.account} has in {bucket.region} is not known: {doubt.reason}")
    if any((one.account, one.region, one.name) == place for one in situation.working.of_type(ALIAS)):
        raise CannotError(f"{alias} exists in account {bucket.account}: choose its key with --key, or another one")
    partition = partition_of(bucket.arn)
    key = new_key((partition, bucket.account, bucket.region), f"{bucket.name}-objects", f"objects in {bucket.name}")
    return changed(situation, key, alias_of(key, alias)), key.arn


def _under(key: str, had: Value) -> Value:
    """The default encryption under another key. With a bucket key, for each object would be a request to KMS."""
    rules = (had or {}).get("ServerSideEncryptionConfiguration") or [{"BlockedEncryptionTypes": BLOCKED}]
    return {"ServerSideEncryptionConfiguration": [_rule_under(key, rule) for rule in rules]}


def _rule_under(key: str, rule: dict[str, Value]) -> dict[str, Value]:
    had = rule.get("ServerSideEncryptionByDefault") or {}
    algorithm = had.get("SSEAlgorithm")
    default = {"SSEAlgorithm": algorithm if algorithm == "aws:kms:dsse" else "aws:kms", "KMSMasterKeyID": key}
    return {**rule, "ServerSideEncryptionByDefault": default, "BucketKeyEnabled": algorithm != "aws:kms:dsse"}


REMEDIES: tuple[Remedy, ...] = (
    Remedy(
        "own-recovery-key",
        "puts the copy under a key of its own account and region",
        proposing(_owned),
        needs(BUCKET, "BucketEncryption", "ReplicationConfiguration")
        | needs(KEY, "KeyPolicy", "EnableKeyRotation", "KeySpec", "Observed.KeyState", "Observed.KeyManager")
        | needs(ALIAS, "AliasName", "TargetKeyId")
        | needs(LINK, "", "Derived.Shortfalls", "Derived.Faults"),
    ),
)
"""The remedies of encryption."""
