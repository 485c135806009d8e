"""Which roles replicate, and whom they trust: S3 for their own sources, and nobody else.

A role that S3 uses reads every object of its sources. Whoever else may assume it has the same, and can write into the
copies besides. A trust policy that names the wrong source is the opposite mistake: S3 may not assume it, either.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from scanner.analysis.access.callers import (
    anybody_of,
    named_accounts,
    named_callers,
    named_services,
    shown,
    strangers_to,
)
from scanner.analysis.access.deliveries import Delivery, Judged, Sender, may
from scanner.analysis.access.policies import Policies
from scanner.analysis.access.questions import Requests, beyond, enough
from scanner.analysis.annotation import annotate
from scanner.analysis.arns import partition_of
from scanner.analysis.kinds import BUCKET
from scanner.analysis.reading import text
from scanner.analysis.replication.contexts import BATCH_SERVICE, SERVICE
from scanner.analysis.replication.documents import parsed, ready
from scanner.analysis.replication.names import ROLE
from scanner.estate.estate import Estate
from scanner.estate.intent import Intent
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value
from scanner.policy.compare import Prepared, prepare
from scanner.policy.document import Policy, parse_policy
from scanner.policy.statements import PolicyKind
from scanner.policy.truth import Unseen

ASSUMING = ("sts:AssumeRole", "sts:SetContext", "sts:SetSourceIdentity", "sts:TagSession")
"""What S3 may be allowed when it takes the role; it needs no more than the first."""


@dataclass(frozen=True, slots=True)
class _Uses:
    """The buckets that name each role for their replication, and by account why there may be more such buckets."""

    estate: Estate
    sources: Mapping[str, list[Resource]]
    doubts: Mapping[str, Unknown] = field(default_factory=dict)

    def doubt(self, role: Resource) -> Unknown | None:
        """Why a role that no bucket is seen to name might replicate all the same."""
        return self.doubts.get(role.account) or self.estate.blind(BUCKET, role.account, "")


def derive_replication_role_use(estate: Estate, _: Intent) -> Estate:
    """Adds to roles `IsReplicationRole`: whether some bucket names the role for its replication.

    Where one does, also what the trust policy says: `TrustsOthers` (`Principal` and `Statement` of whoever else may
    assume the role) and `RefusesSources` (the buckets for which S3 may not assume it). An `Unknown` in a list stands
    for what cannot be told. A bucket that was not seen could only use a role that S3 may assume.
    """
    uses = _uses(estate)

    def facts(role: Resource) -> Mapping[str, Value]:
        sources, doubt = uses.sources.get(role.arn, []), uses.doubt(role)
        if not sources and doubt is None:
            return {"IsReplicationRole": False}
        trust = parsed(role.properties.get("AssumeRolePolicyDocument"), f"of role {role.name}")
        used = True if sources else doubt if _may_be_used(trust, role) else False
        if used is False:
            return {"IsReplicationRole": False}
        return {
            "IsReplicationRole": used,
            "TrustsOthers": enough(_others(trust, role)),
            "RefusesSources": enough(_refused(ready(trust, PolicyKind.RESOURCE), role, sources)),
        }

    return annotate(estate, ROLE, facts)


def _uses(estate: Estate) -> _Uses:
    sources: dict[str, list[Resource]] = {}
    doubts: dict[str, Unknown] = {}
    for bucket in estate.of_type(BUCKET):
        match text(bucket.properties, "ReplicationConfiguration.Role"):
            case str() as arn:
                sources.setdefault(arn, []).append(bucket)
            case Unknown() as doubt:
                doubts.setdefault(bucket.account, doubt)
    return _Uses(estate, sources, doubts)


def _may_be_used(trust: Policy | Unseen, role: Resource) -> bool:
    """Whether S3 might assume the role for some bucket of its account; which one is just what was not seen."""
    keys: Mapping[str, str | Unseen] = {"aws:sourcearn": Unseen("the bucket was not seen")}
    delivery = Delivery("sts:AssumeRole", role.arn, role.account, keys)
    return may(ready(trust, PolicyKind.RESOURCE), Sender(SERVICE, "", role.account), delivery) is not False


def _others(trust: Policy | Unseen, role: Resource) -> Iterable[Value]:
    policies = Policies.of([trust], PolicyKind.RESOURCE)
    known, partition = policies.prepared(), partition_of(role.arn) or "aws"
    accounts = {*named_accounts(known), role.account}
    callers = (
        *strangers_to(known, partition, *accounts),
        *(anybody_of(account, partition, known) for account in sorted(accounts)),
        *named_callers(known, *accounts),
        *named_services(known),
    )
    for found in beyond(policies, _by_s3(), Requests(callers=callers, partition=partition)):
        if isinstance(found, Unknown):
            yield found
        else:
            yield {"Principal": shown(found.request.principal), "Statement": found.statement}


def _refused(trust: Judged, role: Resource, sources: Iterable[Resource]) -> Iterable[Value]:
    for bucket in sources:
        sender = Sender(SERVICE, bucket.arn, bucket.account)
        admitted = may(trust, sender, Delivery("sts:AssumeRole", role.arn, role.account))
        if admitted is not True:
            yield admitted if isinstance(admitted, Unknown) else bucket.name


@lru_cache(maxsize=1)
def _by_s3() -> Prepared:
    services = {"Service": [SERVICE, BATCH_SERVICE]}
    statement = {"Effect": "Allow", "Principal": services, "Action": list(ASSUMING)}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    return prepare([parse_policy(document, name="for S3")], PolicyKind.RESOURCE)
