"""Permissions gathered before they are given, so that each policy is changed once, by as few statements as will do."""

from collections.abc import Callable
from dataclasses import dataclass, field

from scanner.analysis.arns import account_of
from scanner.analysis.replication.batch import INITIATE
from scanner.analysis.replication.contexts import SERVICE
from scanner.analysis.replication.demands import Demand
from scanner.analysis.replication.links import Link
from scanner.analysis.replication.names import ROLE
from scanner.analysis.replication.synthesis import need_of
from scanner.analysis.replication.vocabulary import Side
from scanner.estate.estate import Estate
from scanner.estate.resource import Resource
from scanner.policy.synthesise import Document, Need, bucket_policy, key_policy, role_policy, trust_policy
from scanner.remedies.drafting import changed
from scanner.remedies.link_views import links_in
from scanner.remedies.policy_edits import Statement
from scanner.remedies.policy_holders import (
    role_of,
    with_bucket_statements,
    with_inline_statements,
    with_key_statements,
    with_trust,
)
from scanner.remedies.proposals import Situation

_Needs = dict[tuple[str, str], list[Need]]
"""Needs by the ARN of a bucket or key and that of the role that has them."""


@dataclass(slots=True)
class Gifts:
    """What is to be given: the needs of roles, those towards buckets and keys, and the roles that have to trust S3."""

    roles: dict[str, list[Need]] = field(default_factory=dict)
    buckets: _Needs = field(default_factory=dict)
    keys: _Needs = field(default_factory=dict)
    trusting: dict[str, None] = field(default_factory=dict)

    def add(self, link: Link, demand: Demand, side: Side, caller: str) -> None:
        """What one link demands of a side; `caller` is the ARN of the role that asks."""
        need, role = need_of(demand, link.ends), str(link.role)
        match side:
            case Side.TRUST:
                self.trusting[role] = None
            case Side.ROLE:
                self.roles.setdefault(caller if demand.action == INITIATE else role, []).append(need)
            case Side.BUCKET:
                self.buckets.setdefault((demand.span.arn, role), []).append(need)
            case Side.KEY:
                self.keys.setdefault((demand.key, role), []).append(need)

    def given(self, situation: Situation) -> Situation:
        """The situation in which all of it is granted. Raises `CannotError` where a policy cannot be changed."""
        for arn in self.trusting:
            role = role_of(situation.working, arn)
            situation = changed(situation, with_trust(role, trust_for(situation, arn)))
        for arn, needs in self.roles.items():
            role = role_of(situation.working, arn)
            situation = changed(situation, with_inline_statements(role, role_policy(needs)["Statement"]))
        for (arn, caller), needs in self.buckets.items():
            situation = _added(situation, with_bucket_statements, arn, bucket_policy(needs, (caller,)))
        for (arn, caller), needs in self.keys.items():
            situation = _added(situation, with_key_statements, arn, key_policy(needs, (caller,)))
        return situation


def trust_for(situation: Situation, role: str) -> list[Statement]:
    """The statement by which a role trusts S3 for the sources of all its links."""
    links = links_in(situation).of_role(role)
    account = links[0].source.account if links else account_of(role)
    sources = sorted({link.ends.source.arn for link in links})
    statements: list[Statement] = trust_policy(SERVICE, account=account, arns=sources)["Statement"]
    return statements


def role_named(estate: Estate, account: str, name: str) -> str:
    """The ARN of the role of that name, which is unique in an account whatever its path; the name where none is."""
    roles = estate.of_type(ROLE)
    return next((one.arn for one in roles if (one.account, one.name) == (account, name)), name)


def _added(
    situation: Situation, add: Callable[[Estate, str, list[Statement]], Resource], arn: str, document: Document
) -> Situation:
    return changed(situation, add(situation.working, arn, document["Statement"]))
