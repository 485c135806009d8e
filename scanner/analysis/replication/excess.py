"""What a role may do beyond replication: its own policies, and what destinations and keys grant it, against all needs.

Needs are those of all links of the role together, the optional ones among them. What a destination's bucket or key
policy grants is held against less: any object of the bucket, any use of the key. There the owner says what may come in
at all, and the role's own policy says which of it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from scanner.analysis.arns import partition_of, resource_of
from scanner.analysis.replication.contexts import BATCH_SERVICE
from scanner.analysis.replication.deciding import State
from scanner.analysis.replication.demands import Grade
from scanner.analysis.replication.documents import parsed, untranslated
from scanner.analysis.replication.examining import Examination
from scanner.analysis.replication.places import End, KeyEnd, Places
from scanner.analysis.replication.policy_book import RoleSide, mentions_service
from scanner.analysis.replication.synthesis import need_of, needs_of
from scanner.analysis.replication.vocabulary import Hop
from scanner.estate.unknown import Unknown, Value
from scanner.policy.clauses import Clause
from scanner.policy.compare import Excess, Scope, excess, prepare
from scanner.policy.document import Policy, Statement
from scanner.policy.statements import PolicyKind
from scanner.policy.synthesise import Document, Need, bucket_policy, key_policy, role_policy
from scanner.policy.truth import Unseen

Entry = dict[str, Value]
"""One thing granted beyond need, as a link's `Excess` lists it."""


@dataclass(slots=True)
class RoleNeeds:
    """What all links of one role need together, gathered link by link.

    `plain` holds the needs without conditions, as action in lower case and resource. `buckets` are written to, `keys`
    used, each with the actions that takes.
    """

    role: RoleSide
    needs: dict[Need, None] = field(default_factory=dict)
    plain: set[tuple[str, str]] = field(default_factory=set)
    sources: set[str] = field(default_factory=set)
    source_keys: set[str] = field(default_factory=set)
    buckets: dict[str, tuple[End, set[str]]] = field(default_factory=dict)
    keys: dict[str, tuple[KeyEnd, set[str]]] = field(default_factory=dict)

    def add(self, found: Examination) -> None:
        """Add what one link of the role needs."""
        ends = found.link.ends
        needs = (*needs_of(found.demands, ends, Grade), *_instead(found))
        self.needs |= dict.fromkeys(needs)
        self.plain |= {(need.action.lower(), need.resource) for need in needs if not need.conditions}
        self.sources.add(ends.source.arn)
        if ends.destination.bucket is not None:
            actions = self.buckets.setdefault(ends.destination.arn, (ends.destination, set()))[1]
            actions.update(one.action for one in found.demands if one.hop is Hop.DESTINATION_OBJECT)
        if ends.source_key is not None and isinstance(ends.source_key.arn, str):
            self.source_keys.add(ends.source_key.arn)
        for key in (ends.source_key, ends.replica_key, ends.default_key):
            if key is not None and key.key is not None and isinstance(key.arn, str):
                actions = self.keys.setdefault(key.arn, (key, set()))[1]
                actions.update(one.action for one in found.demands if one.key == key.arn)


@dataclass(frozen=True, slots=True)
class RoleExcess:
    """The excess of one role: of its own policies, and of each bucket's and key's policy towards it."""

    own: list[Entry | Unknown]
    of_bucket: Mapping[str, list[Entry | Unknown]]
    of_key: Mapping[str, list[Entry | Unknown]]

    def of(self, bucket: str, keys: Iterable[str]) -> list[Entry | Unknown]:
        """What of it concerns a link that writes to this bucket with these keys."""
        named = (entry for key in dict.fromkeys(keys) for entry in self.of_key.get(key, ()))
        return [*self.own, *self.of_bucket.get(bucket, ()), *named]


def excess_of(needs: RoleNeeds, places: Places) -> RoleExcess:
    """Compare what a role has with what it needs."""
    return RoleExcess(
        _own(needs),
        {arn: _of_bucket(needs, end, actions, places) for arn, (end, actions) in needs.buckets.items()},
        {arn: _of_key(needs, key, actions) for arn, (key, actions) in needs.keys.items()},
    )


def _own(needs: RoleNeeds) -> list[Entry | Unknown]:
    role = needs.role
    partition = partition_of(role.role.arn)
    wanted = [*needs.needs, *(_batch_needs(needs.sources, partition) if _runs_batch(role) else ())]
    return _compared(role.documents, role_policy(wanted), PolicyKind.IDENTITY, Scope(partitions=(partition,)), needs)


def _of_bucket(needs: RoleNeeds, end: End, actions: set[str], places: Places) -> list[Entry | Unknown]:
    document = places.bucket_policy(end)
    if document is None:
        return []
    arn, role = end.arn, needs.role.role.arn
    wanted = bucket_policy((Need(action, f"{arn}/*") for action in actions), (role,))
    scope = Scope(resources=(arn, f"{arn}/*"), principals=(role,), partitions=(partition_of(arn),))
    granted = (parsed(document, f"of bucket {end.name}"),)
    return _compared(granted, wanted, PolicyKind.RESOURCE, scope, needs)


def _of_key(needs: RoleNeeds, key: KeyEnd, actions: set[str]) -> list[Entry | Unknown]:
    assert key.key is not None
    arn, role = str(key.arn), needs.role.role
    granted = parsed(key.key.properties.get("KeyPolicy"), f"of key {key.key.name}")
    own_account = key.account == role.account
    if own_account and _only_delegates(granted, role.account):
        return []
    wanted = key_policy((Need(action, arn) for action in actions), (role.arn,))
    if own_account:
        # Within an account, a key policy leaves it to identity policies, and those are compared by themselves.
        wanted["Statement"].append(_delegation(partition_of(arn), role.account))
    scope = Scope(resources=(arn,), principals=(role.arn,), partitions=(partition_of(arn),))
    return _compared((granted,), wanted, PolicyKind.RESOURCE, scope, needs)


def _compared(
    granted: Iterable[Policy | Unseen], wanted: Document, kind: PolicyKind, scope: Scope, needs: RoleNeeds
) -> list[Entry | Unknown]:
    has, should = prepare(granted, kind), prepare((parsed(wanted, "needed"),), kind)
    beyond = replace(has, allows=tuple(one for one in has.allows if not _is_plainly_needed(one, needs)))
    found = [_entry(one, needs) for one in excess(beyond, should, scope)]
    # What was remembered refers back to the policies; while nobody searches for cycles, that would keep both.
    beyond.memory.clear()
    return [*found, *(Unknown(gap.reason) for gap in has.unread)]


def _is_plainly_needed(clause: Clause, needs: RoleNeeds) -> bool:
    """Whether a role's statement grants just what is needed, word for word; most do, and comparing takes its time."""
    one = clause.statement
    if one.principals is not None or one.conditions or one.negates_actions or one.negates_resources:
        return False
    resources = one.resources if isinstance(one.resources, tuple) else ("",)
    return all((action.lower(), resource) in needs.plain for action in one.actions for resource in resources)


def _entry(found: Excess, needs: RoleNeeds) -> Entry | Unknown:
    if found.witness is None:
        return Unknown(f"whether policy {found.policy} grants {found.action} beyond need: {found.reason}")
    witness = found.witness
    context = {key: value for key, value in witness.context.values.items() if not isinstance(value, Unseen)}
    return {
        "Hop": str(_hop(witness.action, witness.resource, needs)),
        "Action": found.action,
        "Resource": witness.resource,
        "Policy": found.policy,
        "Statement": untranslated(found.statement.source),
        "IsPartlyNeeded": found.is_partly_needed,
        "Witness": {"Action": witness.action, "Resource": witness.resource, "Context": untranslated(context)},
    }


def _hop(action: str, resource: str, needs: RoleNeeds) -> Hop:
    """The hop that a request is nearest to: by the bucket or key it reaches for, else by its kind."""
    if action.lower().startswith("kms:"):
        return Hop.SOURCE_KEY if resource in needs.source_keys else Hop.DESTINATION_KEY
    if not action.lower().startswith("s3"):
        return Hop.ASSUME
    name, slash, _ = resource_of(resource).partition("/")
    bucket = f"arn:{partition_of(resource)}:s3:::{name}"
    if bucket in needs.buckets and bucket not in needs.sources:
        return Hop.DESTINATION_OBJECT
    return Hop.SOURCE_OBJECT if slash else Hop.SOURCE_BUCKET


def _instead(found: Examination) -> Iterator[Need]:
    """Actions that do in place of those demanded, where a link lives by them."""
    for outcome in found.outcomes:
        used = outcome.asked.request.action
        if outcome.state is State.MET and used != outcome.demand.action:
            yield need_of(replace(outcome.demand, action=used), found.link.ends)


def _runs_batch(role: RoleSide) -> bool:
    return mentions_service(role.trust, BATCH_SERVICE)


def _batch_needs(sources: Iterable[str], partition: str) -> Iterator[Need]:
    """What Batch Replication needs besides; manifests and reports may be in any bucket.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-batch-replication-policies.html (2026-11)
    """
    for source in sorted(sources):
        yield Need("s3:InitiateReplication", f"{source}/*")
        yield Need("s3:GetReplicationConfiguration", source)
        yield Need("s3:PutInventoryConfiguration", source)
    for action in ("s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"):
        yield Need(action, f"arn:{partition}:s3:::*/*")


def _only_delegates(policy: Policy | Unseen, account: str) -> bool:
    """Whether a key policy allows nothing to anybody but, as a whole, the account."""
    statements = () if isinstance(policy, Unseen) else policy.statements
    return bool(statements) and all(isinstance(one, Statement) and _is_for_account(one, account) for one in statements)


def _is_for_account(statement: Statement, account: str) -> bool:
    principals = statement.principals
    if statement.effect == "Deny" or not isinstance(principals, tuple) or statement.negates_principals:
        return statement.effect == "Deny"
    return all(
        one.kind == "AWS" and (one.value == account or one.value.endswith(f":iam::{account}:root"))
        for one in principals
    )


def _delegation(partition: str, account: str) -> Document:
    root = f"arn:{partition}:iam::{account}:root"
    return {"Sid": "Delegation", "Effect": "Allow", "Principal": {"AWS": root}, "Action": "kms:*", "Resource": "*"}
