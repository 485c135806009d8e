"""Whom the policies of recovery buckets let in from the accounts whose data they keep: to write copies, and to do more.

Where the copy lies in another account, its policy is the wall between whoever took over the source and the copy. What
the policy grants is asked about; whether the other side's own policies allow it, too, is up to whoever holds that side.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scanner.analysis.access.bucket_statements import BucketStatements, Statements
from scanner.analysis.access.callers import (
    Caller,
    anybody_of,
    named_accounts,
    named_callers,
    shown,
    strangers_to,
)
from scanner.analysis.access.questions import Example, Requests, allowed, enough, truth_of
from scanner.analysis.annotation import BucketId, annotate, bucket_id, grouped
from scanner.analysis.arns import account_of
from scanner.analysis.kinds import BUCKET
from scanner.analysis.reading import at, elements, text
from scanner.analysis.replication_roles import destination_of
from scanner.analysis.truth import Truth, first_doubt
from scanner.estate.estate import Estate
from scanner.estate.intent import Intent
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value
from scanner.policy.clauses import Prepared

CONTROL_ACTIONS = (
    "s3:BypassGovernanceRetention",
    "s3:DeleteBucket",
    "s3:DeleteBucketPolicy",
    "s3:DeleteObject",
    "s3:DeleteObjectVersion",
    "s3:PutBucketAcl",
    "s3:PutBucketObjectLockConfiguration",
    "s3:PutBucketOwnershipControls",
    "s3:PutBucketPolicy",
    "s3:PutBucketVersioning",
    "s3:PutEncryptionConfiguration",
    "s3:PutLifecycleConfiguration",
    "s3:PutReplicationConfiguration",
)
"""What replication never needs on its destination, and what would undo or redirect the copy."""

REPLICATING_ACTIONS = (
    "s3:ObjectOwnerOverrideToBucketOwner",
    "s3:ReplicateDelete",
    "s3:ReplicateObject",
    "s3:ReplicateTags",
)
"""What only S3 does, in a replication role's name."""


def derive_source_control(estate: Estate, _: Intent) -> Estate:
    """Adds `ForeignSourceAccounts`, those of the accounts whose data the bucket keeps that do not own it, and to
    recovery copies `ControlGrantedToSource`: what the bucket's policy lets principals of those accounts do to it.

    An entry has `Action`, `Principal` and `Statement`; an `Unknown` stands for an action of which it cannot be told.
    """
    policies = BucketStatements.of(estate)

    def facts(bucket: Resource) -> Mapping[str, Value]:
        accounts = _foreign_sources(bucket)
        if isinstance(accounts, Unknown):
            return {"ForeignSourceAccounts": accounts, "ControlGrantedToSource": accounts}
        granted = _control(policies, policies.all(bucket), accounts) if accounts else []
        return {"ForeignSourceAccounts": list(accounts), "ControlGrantedToSource": granted}

    return annotate(estate, BUCKET, facts)


def derive_other_replicators(estate: Estate, _: Intent) -> Estate:
    """Adds `OtherReplicators`: principals of other accounts that the bucket's policy lets write replicas though they
    are the role of no replication into it; an account's id where it is anybody of it, `*` where it is anybody at all.

    An `Unknown` stands for a role of which it was not seen whether it replicates.
    """
    policies, replications = BucketStatements.of(estate), _replications(estate)

    def facts(bucket: Resource) -> Mapping[str, Value]:
        said = policies.all(bucket)
        if said.document is None:
            return {"OtherReplicators": []}
        accounts = _foreign_sources(bucket)
        known = () if isinstance(accounts, Unknown) else accounts
        question = ("replicators", bucket.account, known)
        found = policies.once(said, question, lambda: list(_replicators(said, bucket.account, known)))
        return {"OtherReplicators": replications.others(bucket, found)}

    return annotate(estate, BUCKET, facts)


def _foreign_sources(bucket: Resource) -> tuple[str, ...] | Unknown:
    accounts = bucket.properties["Derived"]["SourceAccounts"]
    if isinstance(accounts, Unknown):
        return accounts
    return tuple(account for account in accounts if account != bucket.account)


def _control(policies: BucketStatements, said: Statements, accounts: tuple[str, ...]) -> list[Value]:
    return policies.once(said, ("control", accounts), lambda: list(_controlling(said, accounts)))


def _controlling(said: Statements, accounts: tuple[str, ...]) -> Iterable[Value]:
    policies = said.policies
    callers = tuple(_callers_of(accounts, policies.prepared(), said.partition))
    for action in CONTROL_ACTIONS:
        match allowed(policies, Requests((action,), said.resources, callers, said.partition)):
            case Unknown() as doubt:
                yield doubt
            case Example(request=request, statement=statement):
                yield {"Action": action, "Principal": shown(request.principal), "Statement": statement}


def _callers_of(accounts: tuple[str, ...], policy: Prepared, partition: str) -> Iterable[Caller]:
    yield from (anybody_of(account, partition, policy) for account in accounts)
    yield from (caller for caller in named_callers(policy, *accounts) if caller.account in accounts)


def _replicators(said: Statements, owner: str, sources: tuple[str, ...]) -> Iterable[str | Unknown]:
    """Everybody of other accounts who may write replicas, the widest first; whoever is wider makes others needless."""
    policies = said.policies
    known = policies.prepared()

    def may(caller: Caller) -> Truth:
        return truth_of(allowed(policies, Requests(REPLICATING_ACTIONS, said.resources, (caller,), said.partition)))

    everybody, *strangers = strangers_to(known, said.partition, owner, *sources)
    if (found := may(everybody)) is not False:
        yield found if isinstance(found, Unknown) else shown(everybody.name)
        return
    for account in sorted({*named_accounts(known), *sources} - {owner}):
        anybody = anybody_of(account, said.partition, known)
        if (found := may(anybody)) is not False:
            yield found if isinstance(found, Unknown) else shown(anybody.name)
        else:
            strangers += (caller for caller in named_callers(known, account) if caller.account == account)
    for caller in dict.fromkeys(strangers):
        if (found := may(caller)) is not False:
            yield found if isinstance(found, Unknown) else shown(caller.name)


@dataclass(frozen=True, slots=True)
class _Replications:
    """The roles that replicate into each bucket, and by account why there may be more of them there."""

    estate: Estate
    roles: Mapping[BucketId, set[str]]
    doubts: Mapping[str, Unknown]

    def others(self, bucket: Resource, replicators: Iterable[str | Unknown]) -> list[Value]:
        """Those that are not the role of a replication into the bucket, an `Unknown` where that was not seen."""
        own = self.roles.get(bucket_id(bucket), set())
        return enough(one if isinstance(one, Unknown) else self._judged(one) for one in replicators if one not in own)

    def _judged(self, replicator: str) -> str | Unknown:
        account = account_of(replicator)
        if ":role/" not in replicator or "*" in replicator:
            return replicator
        doubt = self.doubts.get(account) or self.estate.blind(BUCKET, account, "")
        if doubt is None:
            return replicator
        return Unknown(f"whether {replicator} is the role of a replication into this bucket: {doubt.reason}")


def _replications(estate: Estate) -> _Replications:
    pairs: list[tuple[BucketId, str]] = []
    doubts: dict[str, Unknown] = {}
    for bucket in estate.of_type(BUCKET):
        role = text(bucket.properties, "ReplicationConfiguration.Role")
        for rule in elements(at(bucket.properties, "ReplicationConfiguration.Rules")):
            destination = destination_of(rule)
            if isinstance(role, str) and isinstance(destination, tuple):
                pairs.append((destination, role))
            elif doubt := first_doubt(role, destination):
                doubts.setdefault(bucket.account, doubt)
    return _Replications(estate, grouped(pairs), doubts)
