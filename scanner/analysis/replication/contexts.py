"""The contexts of the requests that S3 makes when it replicates: what conditions in policies get to see.

S3 works with a session of the role, from inside AWS: no source IP address, no VPC, no endpoint. Keys and when they are
present: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html and, for S3 and KMS,
the Service Authorization Reference (all 2026-11). What nobody documents is `Unseen` rather than guessed at.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from scanner.analysis.arns import partition_of
from scanner.analysis.reading import at, elements, text
from scanner.analysis.replication.documents import unseen
from scanner.analysis.replication.organization import Organizations
from scanner.analysis.replication.places import End
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown
from scanner.policy.request import Context, ContextValue
from scanner.policy.truth import Unseen

SESSION_NAME = "s3-replication"
"""The session name under which S3's calls stand in CloudTrail."""

SERVICE = "s3.amazonaws.com"
"""S3's service principal, the same in every partition."""

BATCH_SERVICE = "batchoperations.s3.amazonaws.com"
"""The service principal of S3 Batch Operations."""

Keys = Mapping[str, ContextValue]
"""Condition keys in lower case, with their values."""

_ON_OBJECTS = Unseen("it depends on the object")
_NOT_DOCUMENTED = Unseen("AWS does not document what S3's own calls have there")
_TAGS_OF_OBJECTS = ("s3:existingobjecttag/", "s3:requestobjecttag/")
# Whether a bucket's tags count for access is a setting of the bucket that is not read.
_TAGS_OF_RESOURCE = ("aws:resourcetag/", "s3:buckettag/")


class GappedKeys(dict[str, ContextValue]):
    """Keys of which whole families (`aws:principaltag/`) may hold members that were not seen."""

    def __init__(self, keys: Keys, gaps: Mapping[str, Unseen]) -> None:
        super().__init__(keys)
        self._gaps = gaps

    def get(self, key: str, default: ContextValue | None = None) -> ContextValue | None:  # type: ignore[override]
        """The value of a key, the family's gap where the key itself is not there."""
        found = super().get(key)
        if found is not None or "/" not in key:
            return default if found is None else found
        return self._gaps.get(key[: key.index("/") + 1], default)


@dataclass(frozen=True, slots=True)
class Caller:
    """The replication role as it calls: its session's ARN, and the keys that every one of its requests has."""

    principal: str
    account: str
    keys: Keys
    gaps: Mapping[str, Unseen]


def caller_of(role: Resource, organizations: Organizations, taken: str) -> Caller:
    """The role as S3 uses it; `taken` is the time of the reading, at which dates are judged."""
    name = role.arn.rsplit("/", 1)[-1]
    place = organizations.membership(role.account)
    role_id = text(role.properties, "Observed.RoleId")
    tags, gap = _tags(role)
    keys: dict[str, ContextValue | None] = {
        **_always(taken),
        **tags,
        "aws:principalarn": role.arn,
        "aws:principalaccount": role.account,
        "aws:principaltype": "AssumedRole",
        "aws:principalisawsservice": "false",
        "aws:viaawsservice": "false",
        "aws:multifactorauthpresent": "false",
        "aws:userid": f"{role_id}:{SESSION_NAME}" if isinstance(role_id, str) else Unseen("the role's id was not seen"),
        "aws:tokenissuetime": _NOT_DOCUMENTED,
        "aws:principalorgid": place.organization,
        "aws:principalorgpaths": place.org_path,
        "aws:principalorgmasteraccountid": _manager(place.organization, place.management_account),
    }
    session = f"arn:{partition_of(role.arn)}:sts::{role.account}:assumed-role/{name}/{SESSION_NAME}"
    gaps = {family: Unseen(f"{family[:-1]} was not read") for family in _TAGS_OF_RESOURCE}
    return Caller(session, role.account, _present(keys), gaps | gap)


def service_context(role: Resource, source: End, organizations: Organizations, taken: str) -> Context:
    """The context in which S3 itself assumes the role for a bucket that was seen."""
    assert isinstance(source.account, str)
    place = organizations.membership(source.account)
    keys: dict[str, ContextValue | None] = {
        **_always(taken),
        "aws:principalisawsservice": "true",
        "aws:principalservicename": SERVICE,
        "aws:principalservicenameslist": (SERVICE,),
        "aws:sourceaccount": source.account,
        "aws:sourcearn": source.arn,
        "aws:sourceorgid": place.organization,
        "aws:sourceorgpaths": place.org_path,
        "aws:requestedregion": _NOT_DOCUMENTED,
        "sts:rolesessionname": SESSION_NAME,
        **resource_keys(role.account, None, organizations),
    }
    return Context(GappedKeys(_present(keys), {"aws:resourcetag/": _NOT_DOCUMENTED}))


def resource_keys(account: str | Unseen, region: str | Unseen | None, organizations: Organizations) -> Keys:
    """The keys about what a request is for: its owner, and the region whose endpoint is called."""
    keys: dict[str, ContextValue | None] = {"aws:resourceaccount": account, "aws:requestedregion": region}
    if isinstance(account, Unseen):
        keys |= dict.fromkeys(("aws:resourceorgid", "aws:resourceorgpaths"), account)
    else:
        place = organizations.membership(account)
        keys |= {"aws:resourceorgid": place.organization, "aws:resourceorgpaths": place.org_path}
    return _present(keys)


def s3_context(caller: Caller, resource: Keys, action: str) -> Context:
    """The context of one of the role's requests to S3."""
    keys = {**caller.keys, **resource, **_S3_KEYS, **_S3_BY_ACTION.get(action, {})}
    keys["s3:resourceaccount"] = resource["aws:resourceaccount"]
    return Context(GappedKeys(keys, {**caller.gaps, **dict.fromkeys(_TAGS_OF_OBJECTS, _ON_OBJECTS)}))


def kms_context(caller: Caller, resource: Keys, key: Resource | None, via: str, encryption_context: str) -> Context:
    """The context of a request to KMS that S3 makes with the role's session; `via` is the value of kms:ViaService."""
    keys: dict[str, ContextValue] = {
        **caller.keys,
        **resource,
        "kms:calleraccount": caller.account,
        "kms:viaservice": via,
        "kms:encryptioncontext:aws:s3:arn": encryption_context,
        "kms:encryptioncontextkeys": ("aws:s3:arn",),
        "kms:encryptionalgorithm": "SYMMETRIC_DEFAULT",
        "kms:requestalias": _NOT_DOCUMENTED,
        "kms:resourcealiases": Unseen("the aliases of the key were not followed"),
        # Whether S3's calls to KMS count as forwarded is documented for neither key.
        **dict.fromkeys(("aws:viaawsservice", "aws:calledvia", "aws:calledviafirst"), _NOT_DOCUMENTED),
        **dict.fromkeys(("aws:calledvialast", "aws:useragent"), _NOT_DOCUMENTED),
    }
    for name in ("KeySpec", "KeyUsage", "MultiRegion", "Origin"):
        found = None if key is None else at(key.properties, name)
        value = _NOT_DOCUMENTED if found is None or isinstance(found, Unknown) else str(found)
        keys["kms:keyorigin" if name == "Origin" else f"kms:{name.lower()}"] = (
            value.lower() if name == "MultiRegion" and isinstance(value, str) else value
        )
    return Context(GappedKeys(keys, caller.gaps))


def via_services(region: str, partition: str) -> tuple[str, ...]:
    """What kms:ViaService may be for S3 in a region. For China neither form is documented, so both are accepted."""
    plain = f"s3.{region}.amazonaws.com"
    return (plain, f"{plain}.cn") if partition == "aws-cn" else (plain,)


_S3_KEYS: Keys = MappingProxyType(
    {
        "s3:authtype": "REST-HEADER",
        "s3:signatureversion": "AWS4-HMAC-SHA256",
        "s3:tlsversion": "1.3",
        **dict.fromkeys(("s3:signatureage", "s3:x-amz-content-sha256", "aws:useragent"), _NOT_DOCUMENTED),
    }
)
_ENCRYPTION = (
    "s3:x-amz-server-side-encryption",
    "s3:x-amz-server-side-encryption-aws-kms-key-id",
    "s3:x-amz-server-side-encryption-customer-algorithm",
)
_VERSION: Keys = {"s3:versionid": _ON_OBJECTS}
_S3_BY_ACTION: Mapping[str, Keys] = {
    "s3:ListBucket": dict.fromkeys(("s3:prefix", "s3:delimiter", "s3:max-keys"), _NOT_DOCUMENTED),
    "s3:GetObjectVersion": _VERSION,
    "s3:GetObjectVersionAcl": _VERSION,
    "s3:GetObjectVersionTagging": _VERSION,
    "s3:ReplicateObject": dict.fromkeys(_ENCRYPTION, _NOT_DOCUMENTED),
    "s3:PutObjectRetention": dict.fromkeys(
        ("s3:object-lock-mode", "s3:object-lock-retain-until-date", "s3:object-lock-remaining-retention-days"),
        _ON_OBJECTS,
    ),
    "s3:PutObjectLegalHold": {"s3:object-lock-legal-hold": _ON_OBJECTS},
}


def _always(taken: str) -> dict[str, ContextValue | None]:
    """The keys of every request."""
    try:
        now = datetime.fromisoformat(taken)
    except ValueError:
        unclear = Unseen("when the estate was read is not known")
        return {"aws:securetransport": "true", "aws:currenttime": unclear, "aws:epochtime": unclear}
    return {"aws:securetransport": "true", "aws:currenttime": taken, "aws:epochtime": str(int(now.timestamp()))}


def _present(keys: Mapping[str, ContextValue | None]) -> Keys:
    return {key: value for key, value in keys.items() if value is not None}


def _manager(organization: str | Unseen | None, manager: str | Unseen | None) -> str | Unseen | None:
    if organization is None or manager is not None:
        return manager
    return Unseen("the organization's management account was not seen")


def _tags(role: Resource) -> tuple[dict[str, ContextValue], dict[str, Unseen]]:
    """The role's tags as keys, and the gap where not all of them were seen."""
    keys: dict[str, ContextValue] = {}
    family = "aws:principaltag/"
    for tag in elements(at(role.properties, "Tags")):
        name, value = text(tag, "Key"), text(tag, "Value")
        if not isinstance(name, str):
            doubt = name if isinstance(name, Unknown) else Unknown("a tag has no key")
            return {}, {family: unseen(doubt)}
        keys[family + name.lower()] = unseen(value) if isinstance(value, Unknown) else value or ""
    return keys, {}
