"""What roles may do to the protection itself: suspend versioning, shorten a lifecycle, lift a lock, take a key away.

A role that replicates, backs up or shares needs none of it. Were its session stolen, such a permission would turn the
tool of recovery into the means of preventing it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scanner.analysis.access.callers import anybody_of
from scanner.analysis.access.policies import Pins, Policies
from scanner.analysis.access.questions import Answer, Example, Requests, allowed
from scanner.analysis.annotation import annotate
from scanner.analysis.arns import partition_of
from scanner.analysis.reading import at, elements, text
from scanner.analysis.replication.documents import parsed, unseen
from scanner.analysis.replication.names import ROLE
from scanner.analysis.replication.places import Places
from scanner.estate.estate import Estate
from scanner.estate.intent import Intent
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value
from scanner.policy.compare import Strength, given
from scanner.policy.document import Policy
from scanner.policy.statements import PolicyKind
from scanner.policy.truth import Unseen

UNPROTECTING_ACTIONS = (
    "backup:DeleteBackupVaultLockConfiguration",
    "backup:DeleteRecoveryPoint",
    "backup:PutBackupVaultAccessPolicy",
    "kms:DisableKey",
    "kms:PutKeyPolicy",
    "kms:ScheduleKeyDeletion",
    "s3:BypassGovernanceRetention",
    "s3:PutBucketVersioning",
    "s3:PutLifecycleConfiguration",
)
"""What takes protection away, wherever it is allowed at all."""

PASS_ROLE = "iam:PassRole"
"""What lends any role of the account to a service, where it is allowed for all roles."""


@dataclass(frozen=True, slots=True)
class _Powers:
    """The identity policies of a role as parsed, and its permission boundary; None where it has none."""

    role: Resource
    identity: tuple[Policy | Unseen, ...]
    boundary: Policy | Unseen | None

    @property
    def partition(self) -> str:
        return partition_of(self.role.arn) or "aws"


def derive_unprotecting_powers(estate: Estate, _: Intent) -> Estate:
    """Adds to replication roles `UnprotectingPowers`: what their policies let them do to the protection of data.

    An entry has `Action`, `Resource` (one that it may be done to) and `Statement`; an `Unknown` stands for an action of
    which it cannot be told. What service control policies forbid besides is not counted in the role's favour.
    """
    places = Places(estate)

    def facts(role: Resource) -> Mapping[str, Value]:
        if role.properties["Derived"]["IsReplicationRole"] is False:
            return {}
        return {"UnprotectingPowers": list(_unprotecting(_powers(role, places)))}

    return annotate(estate, ROLE, facts)


def _powers(role: Resource, places: Places) -> _Powers:
    inline = tuple(_inline(one) for one in elements(role.properties.get("Policies")))
    attached = tuple(_managed(arn, places) for arn in elements(role.properties.get("ManagedPolicyArns")))
    boundary = role.properties.get("PermissionsBoundary")
    return _Powers(role, (*inline, *attached), None if boundary is None else _managed(boundary, places))


def _inline(policy: Value) -> Policy | Unseen:
    name = text(policy, "PolicyName")
    return parsed(at(policy, "PolicyDocument"), name if isinstance(name, str) else "inline")


def _managed(arn: Value, places: Places) -> Policy | Unseen:
    if not isinstance(arn, str):
        return unseen(arn if isinstance(arn, Unknown) else Unknown("a managed policy's ARN is not a string"))
    return parsed(places.managed_policy(arn), arn.rsplit("/", 1)[-1])


def _unprotecting(powers: _Powers) -> Iterable[Value]:
    role, partition = powers.role, powers.partition
    identity = Policies.of(powers.identity, PolicyKind.IDENTITY)
    unnamed = anybody_of(role.account, partition, identity.prepared()).name
    keys: Pins = {"aws:principalarn": role.arn, "aws:principalaccount": role.account}
    asked = [Requests((action,), partition=partition, keys=keys) for action in UNPROTECTING_ACTIONS]
    for requests in (*asked, Requests((PASS_ROLE,), (unnamed,), partition=partition, keys=keys)):
        match _within(powers, allowed(identity, requests), requests):
            case Unknown() as doubt:
                yield doubt
            case Example(request=request, statement=statement):
                resource = "*" if request.resource == unnamed else request.resource
                yield {"Action": requests.actions[0], "Resource": resource, "Statement": statement}


def _within(powers: _Powers, found: Answer, requests: Requests) -> Answer:
    """The answer with the permission boundary taken into account: it must allow, too."""
    if powers.boundary is None or found is None:
        return found
    boundary = Policies.of([powers.boundary], PolicyKind.BOUNDARY)
    if allowed(boundary, requests) is None:
        return None
    if isinstance(found, Example) and given(boundary.prepared(requests.keys), found.request) is Strength.ACCESS:
        return found
    return Unknown(f"whether the permission boundary leaves {requests.actions[0]} to the role could not be told")
