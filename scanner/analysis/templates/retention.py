"""Which resources of a template recovery depends on, so that deleting a stack must not delete them.

A stack that is deleted, or replaces a resource, deletes data as thoroughly as an attacker, and with the permissions of
whoever deploys. Most resources may go with their stack; copies, logs, the keys that they lie under, vaults and
databases may not.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from scanner.analysis.annotation import annotate
from scanner.analysis.kinds import BACKUP_VAULT, BUCKET, KEY, TEMPLATE_RESOURCE
from scanner.analysis.reading import at, elements, text
from scanner.analysis.roles import DATA_ROLES, LOG_ROLES
from scanner.analysis.truth import Truth, any_true
from scanner.estate.estate import Estate
from scanner.estate.intent import Intent
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value

NEEDED_ROLES = {
    name: role for name, role in (DATA_ROLES | LOG_ROLES).items() if name not in ("IsSource", "IsProtected")
}
"""The roles of buckets that must outlive their stack: copies and logs. Of an original there is a copy."""

_ALWAYS = {
    BACKUP_VAULT: "vault",
    "AWS::Backup::LogicallyAirGappedBackupVault": "vault",
    "AWS::RDS::DBCluster": "database",
    "AWS::RDS::DBInstance": "database",
}
_KEY_TYPES = (KEY, "AWS::KMS::ReplicaKey")


@dataclass(frozen=True, slots=True)
class _Keys:
    """Whether keys are needed, by ARN; and by region, why some key there may be."""

    needed: dict[str, Truth] = field(default_factory=dict)
    doubts: dict[str, Unknown] = field(default_factory=dict)


def derive_template_roles(estate: Estate, _: Intent) -> Estate:
    """Adds to resources of templates which `Roles` they have in recovery, and whether that `IsNeeded` at all.

    `MayBeNeeded` is true as well where nobody knows: what is kept in any case need not wait for the answer.
    """
    keys = _keys(estate)

    def facts(resource: Resource) -> Mapping[str, Value]:
        roles = dict(_roles(estate, keys, resource))
        named = [name if held is True else held for name, held in roles.items() if held is not False]
        needed = any_true(roles.values())
        return {"Roles": named, "IsNeeded": needed, "MayBeNeeded": needed is not False}

    return annotate(estate, TEMPLATE_RESOURCE, facts)


def _roles(estate: Estate, keys: _Keys, resource: Resource) -> Iterable[tuple[str, Truth]]:
    type_, arn = text(resource.properties, "Type"), text(resource.properties, "ResourceArn")
    if type_ in _ALWAYS:
        yield _ALWAYS[type_], True
    elif type_ == BUCKET:
        bucket = estate.get(BUCKET, arn) if isinstance(arn, str) else None
        if bucket is not None:
            yield from _bucket_roles(bucket)
        else:
            yield "recovery-copy", Unknown("which bucket this becomes is not known")
    elif type_ in _KEY_TYPES:
        needed = keys.needed.get(arn, False) if isinstance(arn, str) else Unknown("which key this becomes is not known")
        yield "encryption-key", any_true((needed, keys.doubts.get(resource.region, False)))


def _bucket_roles(bucket: Resource) -> Iterable[tuple[str, Truth]]:
    known = bucket.properties["Derived"]
    return ((role, known[name]) for name, role in NEEDED_ROLES.items())


def _keys(estate: Estate) -> _Keys:
    """The keys of vaults, and of buckets that are needed. A key is in the region of what lies under it."""
    keys = _Keys()
    for vault in estate.of_type(BACKUP_VAULT):
        match text(vault.properties, "EncryptionKeyArn"):
            case str() as arn:
                keys.needed[arn] = True
            case Unknown() as unknown:
                keys.doubts.setdefault(vault.region, unknown)
    for bucket in estate.of_type(BUCKET):
        needed = any_true(held for _, held in _bucket_roles(bucket))
        if needed is False:
            continue
        for key in elements(bucket.properties["Derived"]["EncryptionKeys"]):
            match at(key, "Arn"):
                case str() as arn:
                    keys.needed[arn] = any_true((keys.needed.get(arn, False), needed))
                case Unknown() as unknown:
                    keys.doubts.setdefault(bucket.region, unknown)
    return keys
