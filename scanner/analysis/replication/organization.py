"""Where accounts stand in their organization, and which of its policies reach them, level by level.

An account that no organization in sight knows is taken for one without an organization, but only where every question
about organizations was answered: SCPs that could not be read may deny anything.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from scanner.analysis.arns import resource_of
from scanner.analysis.reading import at, elements, text
from scanner.analysis.replication.documents import compiled, unseen
from scanner.analysis.replication.names import ORG_ACCOUNT, ORG_MEMBERSHIP, ORG_POLICY, ORGANIZATION, ROOT, UNIT
from scanner.estate.estate import Estate
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value
from scanner.policy.evaluate import Level, Levels, Policies
from scanner.policy.statements import CompiledPolicy, PolicyKind
from scanner.policy.truth import Unseen

__all__ = ["ORG_ACCOUNT", "ORG_POLICY", "TYPE_OF_KIND", "Membership", "Organizations"]

TYPE_OF_KIND = {PolicyKind.SCP: "SERVICE_CONTROL_POLICY", PolicyKind.RCP: "RESOURCE_CONTROL_POLICY"}

_LISTINGS = (ORGANIZATION, ROOT, UNIT, ORG_ACCOUNT)

_MAX_DEPTH = 12
"""Levels followed upwards. AWS allows five levels of units below a root:
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html (2026-11)."""


@dataclass(frozen=True, slots=True)
class Membership:
    """One account's place. `path` holds the ids from the root down to the account's parent.

    `organization` is its id, None for an account in none. An `Unseen` says why that, or the way up, is not known.
    """

    organization: str | Unseen | None
    management_account: str | Unseen | None
    path: tuple[str, ...] | Unseen

    @property
    def org_path(self) -> tuple[str, ...] | Unseen | None:
        """The value of `aws:PrincipalOrgPaths` (`o-1/r-root/ou-1/`); None for an account in no organization."""
        if self.organization is None or isinstance(self.organization, Unseen):
            return self.organization
        if isinstance(self.path, Unseen):
            return self.path
        return ("/".join((self.organization, *self.path, "")),)


@dataclass(frozen=True)
class Organizations:
    """The organizations in sight. Look-ups are indexed on first use; make one for each estate."""

    estate: Estate

    def lists(self, account: str) -> bool:
        """Whether an organization in sight has the account."""
        return account in self._accounts

    def membership(self, account: str) -> Membership:
        """Where an account stands."""
        entry = self._accounts.get(account)
        if entry is None:
            doubt = self._gap(*_LISTINGS, ORG_MEMBERSHIP)
            nothing = None if doubt is None else unseen(doubt)
            return Membership(nothing, nothing, nothing or ())
        manager = text(entry.properties, "Observed.ManagementAccountId")
        path = self._path(entry)
        return Membership(
            _organization_of(entry),
            unseen(manager) if isinstance(manager, Unknown) else manager,
            unseen(path) if isinstance(path, Unknown) else path,
        )

    def levels(self, account: str, kind: PolicyKind) -> Levels:
        """The SCPs (or RCPs) from the root down to the account; () where none apply."""
        if not self.lists(account):
            gap = self._gap(*_LISTINGS, ORG_POLICY)
            return () if gap is None else unseen(gap)
        place = self.membership(account)
        if isinstance(place.organization, Unseen):
            return place.organization
        gap = self._gap(ORG_POLICY)
        if gap is not None:
            return unseen(gap)
        attached = self._attached[kind]
        if isinstance(place.path, Unseen):
            return place.path if attached else ()
        if not attached or self._is_switched_off(place.path, kind):
            return ()
        return tuple(self._level(target, attached) for target in (*place.path, account))

    def _level(self, target: str, attached: Mapping[str, list[CompiledPolicy | Unseen]]) -> Level:
        # What is attached nobody knows where (target "") may be attached here.
        found: Policies = (*attached.get(target, ()), *attached.get("", ()))
        return Level(target, found)

    def _gap(self, *types: str) -> Unknown | None:
        """Why the listing of one of these types may not be complete."""
        read = self.estate.types
        for type_ in types:
            # Accounts and policies hold the answer; the types above them only lead there.
            if read is not None and type_ in (ORG_ACCOUNT, ORG_POLICY) and type_ not in read:
                return Unknown(f"{type_} was not read by this scan")
        gaps = (gap for gap in self.estate.unseen if gap.what in types and self._matters(gap.account))
        return next((Unknown(gap.reason) for gap in gaps), None)

    def _matters(self, account: str) -> bool:
        """A member's refusal says nothing once the account that manages the organization has answered."""
        return not account or not self._answering or account in self._answering

    @cached_property
    def _answering(self) -> frozenset[str]:
        return frozenset(entry.account for entry in self._accounts.values())

    @cached_property
    def _accounts(self) -> dict[str, Resource]:
        entries = self.estate.of_type(ORG_ACCOUNT)
        named = ((text(entry.properties, "AccountId"), entry) for entry in entries)
        return {account if isinstance(account, str) else entry.name: entry for account, entry in named}

    @cached_property
    def _parents(self) -> dict[str, Value]:
        units = self.estate.of_type(UNIT)
        named = ((text(unit.properties, "Id"), unit) for unit in units)
        return {id_: at(unit.properties, "ParentId") for id_, unit in named if isinstance(id_, str)}

    def _path(self, entry: Resource) -> tuple[str, ...] | Unknown:
        """From the root down. Where a source lists all ancestors of an account itself, there is nothing to climb."""
        path: list[str] = []
        for parent in elements(at(entry.properties, "ParentIds")):
            if not isinstance(parent, str):
                return parent if isinstance(parent, Unknown) else Unknown("a parent's id is not a string")
            path.append(parent)
        while path and not any(id_.startswith("r-") for id_ in path):
            parent = self._parents.get(path[0])
            if not isinstance(parent, str) or len(path) > _MAX_DEPTH:
                doubt = self._gap(UNIT, ROOT)
                return parent if isinstance(parent, Unknown) else doubt or Unknown(f"what {path[0]} is in was not seen")
            path.insert(0, parent)
        return tuple(dict.fromkeys(path)) or Unknown(f"where account {entry.name} is in its organization was not seen")

    @cached_property
    def _attached(self) -> dict[PolicyKind, dict[str, list[CompiledPolicy | Unseen]]]:
        """Policies of each kind by what they are attached to; "" for those of which that was not seen."""
        found: dict[PolicyKind, dict[str, list[CompiledPolicy | Unseen]]] = {kind: {} for kind in TYPE_OF_KIND}
        for policy in self.estate.of_type(ORG_POLICY):
            for kind, document in _kinds_of(policy):
                for target in elements(at(policy.properties, "TargetIds")):
                    place, held = ("", unseen(target)) if isinstance(target, Unknown) else (str(target), document)
                    found[kind].setdefault(place, []).append(held)
        return found

    def _is_switched_off(self, path: tuple[str, ...], kind: PolicyKind) -> bool:
        """Whether the root was seen and says that policies of this kind are not in force."""
        for root in self.estate.of_type(ROOT):
            if at(root.properties, "Id") in path:
                types = elements(at(root.properties, "PolicyTypes"))
                named = [one for one in types if isinstance(one, Unknown) or at(one, "Type") == TYPE_OF_KIND[kind]]
                return not any(isinstance(one, Unknown) or at(one, "Status") == "ENABLED" for one in named)
        return False


def _organization_of(entry: Resource) -> str | Unseen:
    """The organization's id, from the account's ARN: `arn:aws:organizations::MANAGEMENT:account/o-ID/ACCOUNT`."""
    parts = resource_of(entry.arn).split("/")
    return parts[1] if len(parts) == 3 else Unseen(f"the organization of account {entry.name} was not seen")


def _kinds_of(policy: Resource) -> Iterable[tuple[PolicyKind, CompiledPolicy | Unseen]]:
    """The kind of a policy beside its document; both kinds, unseen, where not even its type was."""
    type_ = at(policy.properties, "Type")
    for kind, name in TYPE_OF_KIND.items():
        if isinstance(type_, Unknown):
            yield kind, unseen(type_)
        elif type_ == name:
            shown = text(policy.properties, "Name")
            yield (
                kind,
                compiled(policy.properties.get("Content"), kind, shown if isinstance(shown, str) else policy.name),
            )
