"""The policies of an estate that can let somebody in, before and after a deployment, and which of them differ.

A resource policy lets in whoever it names. What an identity may do is all of its policies together, within its
permissions boundary.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from scanner.analysis.kinds import ACCESS_POINT, BUCKET, BUCKET_POLICY, KEY, TOPIC, TOPIC_POLICY
from scanner.analysis.reading import at, elements, text
from scanner.analysis.replication.names import MANAGED_POLICY, ROLE
from scanner.estate.estate import Estate
from scanner.estate.recognition import Identity, identity_of
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value

ACCESS_POINT_POLICY = "AWS::S3::MultiRegionAccessPointPolicy"
USER, GROUP, VAULT = "AWS::IAM::User", "AWS::IAM::Group", "AWS::Backup::BackupVault"

Documents: TypeAlias = tuple[tuple[str, Value], ...]
"""Policies by name, in the order in which they are attached."""


@dataclass(frozen=True, slots=True)
class ResourcePolicy:
    """A policy on a resource, before and after; None where there is none, an `Unknown` where it was not seen.

    `name` is what a person calls it. `resources` are patterns for all that it can reach, empty where that has no end.
    `is_of_new` says that its resource comes with the deployment, so that its own account could be given anything.
    `stands_alone` says that nobody gets in whom it does not name: elsewhere an identity's own policy may be enough
    within its account, and what the resource policy denies matters by itself.
    """

    name: str
    arn: str
    account: str
    before: Value
    after: Value
    resources: tuple[str, ...]
    is_of_new: bool
    stands_alone: bool


@dataclass(frozen=True, slots=True)
class IdentityPolicies:
    """All policies of a role, user or group, before and after, and its boundary: None where it has none."""

    name: str
    arn: str
    before: Documents
    after: Documents
    boundary_before: Value
    boundary_after: Value


def changed_resource_policies(before: Estate, after: Estate) -> Iterator[ResourcePolicy]:
    """Every resource policy that is not word for word as it was, those that go while their resource stays included."""
    for kind in _KINDS:
        old, new = _by_identity(before, kind.type), _by_identity(after, kind.type)
        owned_before, owned_after = _owners(before, kind), _owners(after, kind)
        for identity in dict.fromkeys((*new, *old)):
            there, will_be = old.get(identity), new.get(identity)
            was, will = (None if one is None else one.properties.get(kind.property) for one in (there, will_be))
            if was is will or was == will:
                continue
            policy = there if will_be is None else will_be
            assert policy is not None
            place = (policy.account, _owner_name(policy))
            owner = owned_after.get(place, will_be)
            if owner is None or (will_be is None and kind.owner == kind.type):
                continue  # what it belongs to goes, too
            doubt = _hidden(before, kind, owner, was_there=place in owned_before) if there is None else None
            is_of_new = place not in owned_before and not kind.tells_all
            yield _policy(kind, policy, owner, was if doubt is None else doubt, will, is_of_new=is_of_new)


def changed_identities(before: Estate, after: Estate) -> Iterator[IdentityPolicies]:
    """Every identity whose policies, or the policies attached to it, are not word for word what they were.

    New roles and groups are not among them: who may use a new role is up to its trust policy.
    """
    for type_, kind in _IDENTITIES.items():
        old = _by_identity(before, type_)
        for each in after.of_type(type_):
            there = old.get(identity_of(each))
            if there is None and type_ != USER:
                continue
            documents = () if there is None else _documents(before, there)
            now = _documents(after, each)
            bounds = None if there is None else _boundary(before, there), _boundary(after, each)
            if documents != now or bounds[0] != bounds[1]:
                yield IdentityPolicies(f"policies of {kind} {each.name}", each.arn, documents, now, *bounds)


@dataclass(frozen=True, slots=True)
class _Kind:
    """Where a kind of resource policy stands, whose it is, and what it reaches.

    By `tells_all` it is of interest whom it lets in from the resource's own account, even where that is new.
    """

    type: str
    property: str
    name: str
    owner: str
    reaches: Callable[[str], tuple[str, ...]]
    stands_alone: bool = False
    tells_all: bool = False


_KINDS = (
    _Kind(BUCKET_POLICY, "PolicyDocument", "policy of bucket", BUCKET, lambda arn: (arn, f"{arn}/*")),
    _Kind(KEY, "KeyPolicy", "policy of key", KEY, lambda arn: (arn,), True),
    _Kind(ROLE, "AssumeRolePolicyDocument", "trust policy of role", ROLE, lambda arn: (arn,), True, tells_all=True),
    _Kind(TOPIC_POLICY, "PolicyDocument", "policy of topic", TOPIC, lambda arn: (arn,)),
    _Kind(ACCESS_POINT_POLICY, "Policy", "policy of access point", ACCESS_POINT, lambda arn: (arn, f"{arn}/object/*")),
    _Kind(VAULT, "AccessPolicy", "policy of vault", VAULT, lambda arn: ()),
)
_IDENTITIES = {ROLE: "role", USER: "user", GROUP: "group"}


def _by_identity(estate: Estate, type_: str) -> dict[Identity, Resource]:
    return {identity_of(one): one for one in estate.of_type(type_)}


def _owners(estate: Estate, kind: _Kind) -> dict[tuple[str, str], Resource]:
    """What policies of a kind belong to, by account and name: themselves, where they are a property."""
    return {(one.account, one.name): one for one in estate.of_type(kind.owner)}


def _policy(
    kind: _Kind, policy: Resource, owner: Resource, was: Value, will: Value, *, is_of_new: bool
) -> ResourcePolicy:
    arn = owner.arn or policy.arn
    name = f"{kind.name} {owner.name}"
    reach = kind.reaches(arn) if arn else ()
    return ResourcePolicy(name, arn, owner.account, was, will, reach, is_of_new, kind.stands_alone)


def _hidden(before: Estate, kind: _Kind, owner: Resource, *, was_there: bool) -> Unknown | None:
    """Why the policy may have been there although it was not seen."""
    type_ = kind.type if was_there else kind.owner
    return before.blind(type_, owner.account, owner.region, name=owner.name)


def _owner_name(policy: Resource) -> str:
    named = policy.properties.get({BUCKET_POLICY: "Bucket", ACCESS_POINT_POLICY: "MrapName"}.get(policy.type, ""))
    return named if isinstance(named, str) else policy.name


def _documents(estate: Estate, identity: Resource) -> Documents:
    inline = [_inline(each) for each in elements(identity.properties.get("Policies"))]
    attached = [_managed(estate, arn) for arn in elements(identity.properties.get("ManagedPolicyArns"))]
    return (*inline, *attached)


def _inline(policy: Value) -> tuple[str, Value]:
    name = text(policy, "PolicyName")
    return (name if isinstance(name, str) else "inline", at(policy, "PolicyDocument"))


def _managed(estate: Estate, arn: Value) -> tuple[str, Value]:
    if not isinstance(arn, str):
        return "managed", arn if isinstance(arn, Unknown) else Unknown("a managed policy's ARN is not a string")
    found = estate.get(MANAGED_POLICY, arn)
    document = None if found is None else found.properties.get("PolicyDocument")
    return arn.rpartition("/")[2], Unknown(f"managed policy {arn} was not seen") if document is None else document


def _boundary(estate: Estate, identity: Resource) -> Value:
    arn = identity.properties.get("PermissionsBoundary")
    return None if arn is None else _managed(estate, arn)[1]
