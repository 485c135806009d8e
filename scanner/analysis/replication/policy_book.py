"""Every policy that has a say on a link, compiled once for all links: of roles, buckets, keys and organizations.

A role with fifty statements is asked a dozen questions for each of its links, so the statements that name an action at
all are picked out once for each action.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeVar

from scanner.analysis.reading import at, elements, text
from scanner.analysis.replication.contexts import Caller, caller_of
from scanner.analysis.replication.documents import compiled, parsed, ready, translated, unseen
from scanner.analysis.replication.organization import Organizations
from scanner.analysis.replication.places import End, KeyEnd, Places
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value
from scanner.policy.document import Policy, PolicyError, Principal
from scanner.policy.evaluate import Level, Levels, Policies
from scanner.policy.grants import Grant, read_grant
from scanner.policy.statements import CompiledPolicy, PolicyKind
from scanner.policy.truth import Unseen

One = CompiledPolicy | Unseen | None
"""A policy of which there is one at most; None says that there is none."""

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class RoleSide:
    """A role with everything that bounds it, and the context in which it calls.

    `documents` are its identity policies as parsed, `identity` the same made ready for judging.
    """

    role: Resource
    caller: Caller
    trust: CompiledPolicy | Unseen
    documents: tuple[Policy | Unseen, ...]
    identity: Policies
    boundary: One
    scps: Levels
    management_account: str | None


@dataclass(frozen=True, slots=True)
class KeySide:
    """A key's policy and grants."""

    policy: One
    grants: tuple[Grant | Unseen, ...] | Unseen


@dataclass(frozen=True)
class PolicyBook:
    """Policies by what they belong to. Make one for each estate; it grows while it is asked."""

    places: Places
    organizations: Organizations
    _kept: dict[tuple[str, ...], object] = field(default_factory=dict, repr=False)

    def _once(self, key: tuple[str, ...], make: Callable[[], _T]) -> _T:
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]  # type: ignore[return-value]

    def role(self, arn: str) -> RoleSide | Unknown | None:
        """The role with that ARN; None where there is none."""
        return self._once(("role", arn), lambda: self._role(arn))

    def _role(self, arn: str) -> RoleSide | Unknown | None:
        role = self.places.role(arn)
        if role is None or isinstance(role, Unknown):
            return role
        documents = tuple(self._identity(role))
        manager = self.organizations.membership(role.account).management_account
        return RoleSide(
            role=role,
            caller=caller_of(role, self.organizations, self.places.estate.taken),
            trust=compiled(
                role.properties.get("AssumeRolePolicyDocument"), PolicyKind.RESOURCE, f"of role {role.name}"
            ),
            documents=documents,
            identity=tuple(ready(document, PolicyKind.IDENTITY) for document in documents),
            boundary=self._boundary(role),
            scps=self.organizations.levels(role.account, PolicyKind.SCP),
            management_account=manager if isinstance(manager, str) else None,
        )

    def _identity(self, role: Resource) -> list[Policy | Unseen]:
        inline = [_inline(policy) for policy in elements(role.properties.get("Policies"))]
        return [*inline, *(self._managed(arn) for arn in elements(role.properties.get("ManagedPolicyArns")))]

    def _managed(self, arn: Value) -> Policy | Unseen:
        if not isinstance(arn, str):
            return unseen(arn if isinstance(arn, Unknown) else Unknown("a managed policy's ARN is not a string"))
        return self._once(("managed", arn), lambda: parsed(self.places.managed_policy(arn), arn.rsplit("/", 1)[-1]))

    def _boundary(self, role: Resource) -> One:
        arn = text(role.properties, "PermissionsBoundary")
        return None if arn is None else ready(self._managed(arn), PolicyKind.BOUNDARY)

    def bucket(self, end: End) -> One:
        """The policy of a bucket."""
        return self._once(("bucket", end.arn, str(end.account)), lambda: self._bucket(end))

    def _bucket(self, end: End) -> One:
        document = self.places.bucket_policy(end)
        return None if document is None else compiled(document, PolicyKind.RESOURCE, f"of bucket {end.name}")

    def key(self, end: KeyEnd) -> KeySide:
        """The policy and grants of a key whose ARN is known."""
        return self._once(("key", str(end.arn)), lambda: _key(end))

    def rcps(self, account: str | Unknown) -> Levels:
        """The RCPs over an account's resources."""
        if isinstance(account, Unknown):
            return unseen(account)
        return self._once(("rcps", account), lambda: self._rcps(account))

    def _rcps(self, account: str) -> Levels:
        """An account that was neither scanned nor listed may be in an organization of its own."""
        if not self.organizations.lists(account) and all(one.id != account for one in self.places.estate.accounts):
            return Unseen(f"account {account} was not scanned")
        return self.organizations.levels(account, PolicyKind.RCP)

    def narrowed(self, owner: str, policies: Policies, action: str) -> Policies:
        """Policies with just the statements that name an action. `owner` tells equal look-ups from others."""
        if isinstance(policies, Unseen):
            return policies
        return self._once(
            (owner, action),
            lambda: tuple(each if isinstance(each, Unseen) else narrow(each, action) for each in policies),
        )

    def narrowed_levels(self, owner: str, levels: Levels, action: str) -> Levels:
        """The same for the levels of an organization."""
        if isinstance(levels, Unseen):
            return levels
        return self._once((owner, "levels", action), lambda: tuple(_narrow_level(level, action) for level in levels))


def narrow(policy: CompiledPolicy, action: str) -> CompiledPolicy:
    """The policy with just the statements that name an action."""
    wanted = action.lower()
    return replace(policy, statements=tuple(each for each in policy.statements if each.action(wanted)))


def _narrow_level(level: Level | Unseen, action: str) -> Level | Unseen:
    if isinstance(level, Unseen) or isinstance(level.policies, Unseen):
        return level
    return Level(level.name, tuple(one if isinstance(one, Unseen) else narrow(one, action) for one in level.policies))


def mentions_service(trust: CompiledPolicy | Unseen, service: str) -> bool:
    """Whether an Allow of a trust policy names a service principal, on whatever conditions."""
    named = Principal("Service", service)
    statements = () if isinstance(trust, Unseen) else trust.statements
    principals = (one.statement.principals for one in statements if one.allows and not one.spares)
    return any(isinstance(group, tuple) and named in group for group in principals)


def _inline(policy: Value) -> Policy | Unseen:
    if isinstance(policy, Unknown):
        return unseen(policy)
    name = text(policy, "PolicyName")
    return parsed(at(policy, "PolicyDocument"), name if isinstance(name, str) else "inline")


def _key(end: KeyEnd) -> KeySide:
    if end.key is None:
        doubt = Unseen("there is no such key") if end.doubt is None else unseen(end.doubt)
        return KeySide(doubt, doubt)
    policy = compiled(end.key.properties.get("KeyPolicy"), PolicyKind.RESOURCE, f"of key {end.key.name}")
    return KeySide(policy, tuple(_grant(raw) for raw in elements(at(end.key.properties, "Observed.Grants"))))


def _grant(raw: Value) -> Grant | Unseen:
    if isinstance(raw, Unknown):
        return unseen(raw)
    try:
        return read_grant(translated(raw))
    except PolicyError as error:
        return Unseen(error.message)
