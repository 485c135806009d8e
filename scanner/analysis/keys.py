"""Which KMS keys the estate cannot do without, and under which keys each bucket's objects lie.

A key that is gone takes everything under it along. Names resolve as KMS resolves them: an ARN says where the key is; a
bare id or alias is looked up where it is used, and where that was not seen nothing is decided.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from scanner.analysis.annotation import BucketId, annotate, bucket_id
from scanner.analysis.arns import account_of, partition_of, region_of, resource_of, service_of
from scanner.analysis.blind_spots import blind_accounts
from scanner.analysis.kinds import ALIAS, BUCKET, KEY, TOPIC, TRAIL
from scanner.analysis.reading import at, elements, text
from scanner.analysis.replication_roles import destination_of
from scanner.analysis.truth import first_doubt
from scanner.estate.estate import Estate
from scanner.estate.intent import Intent
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value

MOST_NAMES = 20
"""How many users of a key are named; more add nothing for a reader."""


@dataclass(frozen=True, slots=True)
class KeyUse:
    """A key as something names it: the name, and whose account and which region it is resolved in."""

    user: str
    name: str | Unknown
    account: str
    region: str
    partition: str


@dataclass(frozen=True, slots=True)
class KeyNames:
    """Key ARNs by region and id, and the targets of aliases by account, region and name."""

    estate: Estate
    by_id: Mapping[tuple[str, str], list[str]]
    aliases: Mapping[tuple[str, str, str], Value]

    def arn(self, use: KeyUse) -> str | Unknown | None:
        """The ARN of the key that is meant; None where the name means no key of anybody's own.

        Keys that AWS manages (`alias/aws/...`) are none: nobody can disable or delete them.
        """
        name = use.name
        if isinstance(name, Unknown):
            return name
        place = (account_of(name), region_of(name)) if service_of(name) == "kms" else (use.account, use.region)
        own = resource_of(name) or name
        if own.startswith("alias/"):
            return self._of_alias(use.partition, *place, own)
        if service_of(name) == "kms":
            return name
        found = self.by_id.get((use.region, name), [])
        return found[0] if len(found) == 1 else Unknown(f"which key {name} is could not be told from its id alone")

    def _of_alias(self, partition: str, account: str, region: str, name: str) -> str | Unknown | None:
        if name.startswith("alias/aws/"):
            return None
        target = self.aliases.get((account, region, name))
        if isinstance(target, str) and service_of(target) != "kms":
            return f"arn:{partition}:kms:{region}:{account}:key/{target}"
        return target if target is not None else self.estate.blind(ALIAS, account, region)


def derive_key_users(estate: Estate, _: Intent) -> Estate:
    """Adds `NeededBy` to keys: the buckets, trails and topics (twenty names at most) whose content lies under the key.

    An empty list says that nothing in the estate needs it; an `Unknown` stands where something unseen might, in the
    key's account or in one that the key admits.
    """
    # Here, so that commands that derive nothing need not load the policy engine.
    from scanner.analysis.access.key_reach import KeyReach

    keys, reach = key_names(estate), KeyReach()
    users: dict[str, set[str]] = {}
    doubts = _Doubts(estate)
    for use in _uses(estate):
        match keys.arn(use):
            case str() as arn:
                users.setdefault(arn, set()).add(use.user)
            case Unknown() as unknown:
                doubts.unresolved.setdefault((use.account, use.region), unknown)

    def facts(key: Resource) -> Mapping[str, Value]:
        if key.arn in users:
            return {"NeededBy": sorted(users[key.arn])[:MOST_NAMES]}
        possible = (doubt for account, doubt in doubts.about(key.region) if reach.admits(key, account))
        return {"NeededBy": next(possible, [])}

    return annotate(estate, KEY, facts)


@dataclass(frozen=True, slots=True)
class _Doubts:
    """Why some key may be needed by something unseen: uses that could not be resolved, by account and region (empty for
    any), and places that were not seen.
    """

    estate: Estate
    unresolved: dict[tuple[str, str], Unknown] = field(default_factory=dict)
    _unseen: dict[str, list[tuple[str, Unknown]]] = field(default_factory=dict)

    def about(self, region: str) -> Iterable[tuple[str, Unknown]]:
        """The doubts about keys of a region, each with the account that it comes from."""
        for (account, where), doubt in sorted(self.unresolved.items(), key=lambda entry: entry[0]):
            if where in ("", region):
                yield account, doubt
        if region not in self._unseen:
            # Trails and topics use keys of their own region, unlike replication rules.
            listings = ((BUCKET, ""), (TRAIL, region), (TOPIC, region))
            found = [blind_accounts(self.estate, type_, place) for type_, place in listings]
            self._unseen[region] = [entry for one in found for entry in one.items()]
        yield from self._unseen[region]


def derive_bucket_keys(estate: Estate, _: Intent) -> Estate:
    """Adds `EncryptionKeys` to buckets: the keys that new objects get, by `Arn`, `Account`, `Region` and `By`.

    Those of the default encryption and those that replication rules write replicas with; keys that AWS manages are left
    out. Where replication into a copy could not be read, an `Unknown` stands for its keys.
    """
    keys = key_names(estate)
    arriving: dict[BucketId, list[KeyUse]] = {}
    for bucket in estate.of_type(BUCKET):
        for destination, use in _replica_keys(bucket):
            if isinstance(destination, tuple):
                arriving.setdefault(destination, []).append(use)

    def facts(bucket: Resource) -> Mapping[str, Value]:
        uses = [*_default_keys(bucket), *arriving.get(bucket_id(bucket), ())]
        described = [key for use in uses if (key := _described(keys, use)) is not None]
        written_by_unseen = first_doubt(bucket.properties["Derived"]["IsDestination"])
        return {"EncryptionKeys": [*described, written_by_unseen] if written_by_unseen else described}

    return annotate(estate, BUCKET, facts)


def _described(keys: KeyNames, use: KeyUse) -> Value:
    arn = keys.arn(use)
    if isinstance(use.name, str) and use.name.startswith("alias/") and arn is not None:
        # S3 guide, "Configuring default encryption", read 2026-11-21.
        arn = Unknown(f"{use.name} is resolved in the account of whoever writes, which may be another one")
    match arn:
        case None:
            return None
        case Unknown():
            return dict.fromkeys(("Arn", "Account", "Region"), arn) | {"By": use.user}
        case _:
            return {"Arn": arn, "Account": account_of(arn), "Region": region_of(arn), "By": use.user}


def key_names(estate: Estate) -> KeyNames:
    """The names of all keys that were seen."""
    by_id: dict[tuple[str, str], list[str]] = {}
    for key in estate.of_type(KEY):
        by_id.setdefault((key.region, resource_of(key.arn).removeprefix("key/")), []).append(key.arn)
    aliases: dict[tuple[str, str, str], Value] = {}
    for alias in estate.of_type(ALIAS):
        name = text(alias.properties, "AliasName")
        if isinstance(name, str):
            aliases[alias.account, alias.region, name] = text(alias.properties, "TargetKeyId")
    return KeyNames(estate, by_id, aliases)


def _uses(estate: Estate) -> Iterable[KeyUse]:
    for bucket in estate.of_type(BUCKET):
        yield from _default_keys(bucket)
        yield from (use for _, use in _replica_keys(bucket))
    for trail in estate.of_type(TRAIL):
        yield from _named(trail, "KMSKeyId")
    for topic in estate.of_type(TOPIC):
        yield from _named(topic, "KmsMasterKeyId")


def _named(resource: Resource, path: str) -> Iterable[KeyUse]:
    name = text(resource.properties, path)
    if name is not None:
        yield KeyUse(resource.arn, name, resource.account, resource.region, partition_of(resource.arn))


def _default_keys(bucket: Resource) -> Iterable[KeyUse]:
    """A default of SSE-KMS without a key means the account's own `aws/s3`, which is not a key that one could lose."""
    for rule in elements(at(bucket.properties, "BucketEncryption.ServerSideEncryptionConfiguration")):
        name = text(rule, "ServerSideEncryptionByDefault.KMSMasterKeyID")
        if name is not None and at(rule, "ServerSideEncryptionByDefault.SSEAlgorithm") != "AES256":
            yield KeyUse(bucket.arn, name, bucket.account, bucket.region, partition_of(bucket.arn))


def _replica_keys(bucket: Resource) -> Iterable[tuple[BucketId | Unknown | None, KeyUse]]:
    for rule in elements(at(bucket.properties, "ReplicationConfiguration.Rules")):
        name = text(rule, "Destination.EncryptionConfiguration.ReplicaKmsKeyID")
        if name is not None:
            # A replica key may be in any region until its ARN says which.
            use = KeyUse(f"replication of {bucket.name}", name, bucket.account, "", partition_of(bucket.arn))
            yield destination_of(rule), use
