"""Batch Replication: a second role that starts replication of the objects that were there before the rule.

Jobs are no configuration, so only a role that shows what it is for is looked at: S3 Batch Operations may assume it,
and a statement of it names `s3:InitiateReplication` and the bucket. What it lacks never stops live replication.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from scanner.analysis.replication import vocabulary as why
from scanner.analysis.replication.asking import LinkRequests
from scanner.analysis.replication.contexts import BATCH_SERVICE
from scanner.analysis.replication.deciding import Outcome, decide
from scanner.analysis.replication.demands import Demand, Ends, Span
from scanner.analysis.replication.documents import compiled
from scanner.analysis.replication.names import ROLE
from scanner.analysis.replication.policy_book import PolicyBook, RoleSide, mentions_service
from scanner.analysis.replication.vocabulary import Effect, Hop
from scanner.policy.document import Statement
from scanner.policy.statements import CompiledPolicy, PolicyKind
from scanner.policy.truth import Unseen

INITIATE = "s3:InitiateReplication"


@dataclass(frozen=True)
class BatchRoles:
    """The roles of an estate that Batch Operations may assume, by account; looked for once an account."""

    book: PolicyBook
    _found: dict[str, list[RoleSide]] = field(default_factory=dict, repr=False)

    def outcomes(self, ends: Ends, live: RoleSide) -> Iterator[Outcome]:
        """Whether each batch role of a source may start replication of all its objects."""
        demand = Demand(
            Hop.SOURCE_OBJECT, INITIATE, Span(ends.source.arn, ""), effect=Effect.DEGRADES, reasons=why.INITIATE
        )
        for role in self._of_account(live.role.account):
            if any(_is_for(statement, ends.source.arn) for statement in _statements(role)):
                yield decide(LinkRequests(self.book, role, ends), demand)

    def _of_account(self, account: str) -> list[RoleSide]:
        if account not in self._found:
            sides = map(self.book.role, self._assumable.get(account, ()))
            self._found[account] = [side for side in sides if isinstance(side, RoleSide)]
        return self._found[account]

    @cached_property
    def _assumable(self) -> Mapping[str, list[str]]:
        """The ARNs of the roles that Batch Operations may assume, by account."""
        found: dict[str, list[str]] = {}
        for role in self.book.places.estate.of_type(ROLE):
            trust = compiled(role.properties.get("AssumeRolePolicyDocument"), PolicyKind.RESOURCE, role.name)
            if mentions_service(trust, BATCH_SERVICE):
                found.setdefault(role.account, []).append(role.arn)
        return found


def _statements(role: RoleSide) -> Iterator[Statement]:
    for policy in () if isinstance(role.identity, Unseen) else role.identity:
        if isinstance(policy, CompiledPolicy):
            yield from (one.statement for one in policy.statements if one.allows)


def _is_for(statement: Statement, bucket: str) -> bool:
    """Whether a statement names the action as such, and the bucket or something in it."""
    named = INITIATE.lower() in (action.lower() for action in statement.actions)
    resources = statement.resources if isinstance(statement.resources, tuple) else ()
    return named and any(pattern == bucket or pattern.startswith(f"{bucket}/") for pattern in resources)
