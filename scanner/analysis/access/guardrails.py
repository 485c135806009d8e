"""What an organization keeps the accounts in it from, and which accounts with recovery copies have such guardrails.

Service control policies bind everybody in a member account, its root user included, and nobody there can lift them. So
they are what still holds when the recovery account's own administrator is the attacker.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from scanner.analysis.access.callers import anybody_of
from scanner.analysis.access.policies import NO_POLICIES, Policies
from scanner.analysis.access.questions import Requests, undenied
from scanner.analysis.annotation import annotate
from scanner.analysis.arns import partition_of
from scanner.analysis.kinds import BUCKET
from scanner.analysis.reading import at, elements, text
from scanner.analysis.replication.documents import parsed, unseen
from scanner.analysis.replication.names import ORG_ACCOUNT, ORG_POLICY
from scanner.analysis.replication.organization import TYPE_OF_KIND, Organizations
from scanner.analysis.truth import Truth, any_true
from scanner.estate.estate import Estate
from scanner.estate.intent import Intent
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value
from scanner.policy.document import Policy
from scanner.policy.evaluate import Level
from scanner.policy.statements import PolicyKind
from scanner.policy.truth import Unseen

GUARDED_ACTIONS = (
    "organizations:LeaveOrganization",
    "backup:DeleteBackupVaultLockConfiguration",
    "cloudtrail:DeleteTrail",
    "cloudtrail:StopLogging",
    "kms:ScheduleKeyDeletion",
    "s3:PutBucketVersioning",
)
"""What an account that keeps recovery copies should not be able to do to itself, one for each way of inhibiting
recovery: leave the guardrails behind, lift a vault's lock, stop the record, lose the keys, lose old versions."""


@dataclass(frozen=True)
class Guardrails:
    """The service and resource control policies over each account. Make one for each estate; it remembers."""

    estate: Estate
    organizations: Organizations
    _kept: dict[tuple[str, PolicyKind], Policies] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, estate: Estate) -> "Guardrails":
        """Those of an estate."""
        return cls(estate, Organizations(estate))

    def policies(self, account: str, *kinds: PolicyKind) -> Policies:
        """All policies of these kinds over the account, for questions about what they deny."""
        for kind in kinds:
            if (account, kind) not in self._kept:
                self._kept[account, kind] = Policies.of(self._over(account, kind), kind)
        return sum((self._kept[account, kind] for kind in kinds), NO_POLICIES)

    def never_allow(self, account: str, action: str) -> bool:
        """Whether some level of service control policies allows nobody in the account this action."""
        if self._is_exempt(account):
            return False
        levels = self.organizations.levels(account, PolicyKind.SCP)
        return any(_allows_nothing(level, action) for level in (() if isinstance(levels, Unseen) else levels))

    def _over(self, account: str, kind: PolicyKind) -> Iterator[Policy | Unseen]:
        levels = self.organizations.levels(account, kind)
        if isinstance(levels, Unseen):
            yield levels
        elif levels and not self._is_exempt(account):
            path = self.organizations.membership(account).path
            # Where levels are known, so is the way up to the root.
            targets = {account, "", *(() if isinstance(path, Unseen) else path)}
            for target in sorted(targets):
                yield from self._attached.get((kind, target), ())

    def _is_exempt(self, account: str) -> bool:
        """Guardrails do not reach the account that manages the organization.

        https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html (2026-11)
        """
        return self.organizations.membership(account).management_account == account

    @cached_property
    def _attached(self) -> Mapping[tuple[PolicyKind, str], list[Policy | Unseen]]:
        """Policies by what they are attached to; "" where that was not seen."""
        found: dict[tuple[PolicyKind, str], list[Policy | Unseen]] = {}
        for policy in self.estate.of_type(ORG_POLICY):
            type_, name = at(policy.properties, "Type"), text(policy.properties, "Name")
            for kind, wanted in TYPE_OF_KIND.items():
                if type_ != wanted and not isinstance(type_, Unknown):
                    continue
                shown = name if isinstance(name, str) else policy.name
                document = parsed(policy.properties.get("Content"), shown)
                for target in elements(at(policy.properties, "TargetIds")):
                    doubt = next((part for part in (type_, target) if isinstance(part, Unknown)), None)
                    place = "" if isinstance(target, Unknown) else str(target)
                    found.setdefault((kind, place), []).append(document if doubt is None else unseen(doubt))
        return found


def derive_guardrails(estate: Estate, _: Intent) -> Estate:
    """Adds to the accounts of an organization `HoldsRecoveryCopies`, and `NotGuarded`: those of the actions that a
    recovery account should not be able to do to itself which no service control policy keeps everybody there from.

    An `Unknown` in the list stands for an action of which it cannot be told.
    """
    guardrails, holds = Guardrails.of(estate), _accounts_with_copies(estate)

    def facts(entry: Resource) -> Mapping[str, Value]:
        account = text(entry.properties, "AccountId")
        account = account if isinstance(account, str) else entry.name
        copies = holds.get(account, estate.blind(BUCKET, account, "") or False)
        return {
            "HoldsRecoveryCopies": copies,
            "NotGuarded": [] if copies is False else _not_guarded(guardrails, account, entry),
        }

    return annotate(estate, ORG_ACCOUNT, facts)


def _accounts_with_copies(estate: Estate) -> Mapping[str, Truth]:
    holds: dict[str, Truth] = {}
    for bucket in estate.of_type(BUCKET):
        copy = bucket.properties["Derived"]["IsRecoveryCopy"]
        holds[bucket.account] = any_true((holds.get(bucket.account, False), copy))
    return holds


def _not_guarded(guardrails: Guardrails, account: str, entry: Resource) -> list[Value]:
    partition = partition_of(entry.arn) or "aws"
    policies = guardrails.policies(account, PolicyKind.SCP)
    caller = anybody_of(account, partition, policies.prepared())
    found: list[Value] = []
    for action in GUARDED_ACTIONS:
        answer = undenied(policies, Requests((action,), callers=(caller,), partition=partition))
        if answer is not None and not guardrails.never_allow(account, action):
            found.append(answer if isinstance(answer, Unknown) else action)
    return found


def _allows_nothing(level: Level | Unseen, action: str) -> bool:
    """Whether the level allows some actions and this one not. One that allows nothing at all was hardly seen whole."""
    if isinstance(level, Unseen) or isinstance(level.policies, Unseen):
        return False
    if any(isinstance(policy, Unseen) or policy.unread for policy in level.policies):
        return False
    statements = (each for policy in level.policies if not isinstance(policy, Unseen) for each in policy.statements)
    allowing = [each for each in statements if each.allows]
    return bool(allowing) and not any(each.action(action.lower()) for each in allowing)
