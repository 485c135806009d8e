"""What a policy newly grants, each time shown by one request: allowed afterwards, and not before.

Comparing policies is exact or undecided (`scanner.policy.compare`), and its witnesses are confirmed by the statements
themselves. The work for one policy is bounded, whatever it holds.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from itertools import zip_longest
from typing import TypeAlias

from scanner.analysis.access.callers import named_accounts, strangers_to
from scanner.analysis.access.policies import Policies, statement_name
from scanner.analysis.changes.policies import Documents, IdentityPolicies, ResourcePolicy
from scanner.analysis.changes.telling import Told, access, partitions_of
from scanner.analysis.replication.documents import parsed
from scanner.estate.unknown import Unknown, Value
from scanner.policy.callers import named_candidates
from scanner.policy.clauses import NOTHING, Strength
from scanner.policy.compare import Effort, Excess, Prepared, Scope, excess, given
from scanner.policy.document import Principal, Statement
from scanner.policy.request import Request
from scanner.policy.statements import PolicyKind
from scanner.policy.truth import Unseen

_Place: TypeAlias = tuple[str, int, str]
"""Where something is granted: policy, statement, action pattern."""

_ANYBODY = Principal("*", "*")


def granted_by_resource(policy: ResourcePolicy, effort: Effort) -> Iterator[Told]:
    """What a resource policy newly grants.

    That of a new resource is held against one that gives everything to the resource's own account, for that account
    decides itself what it does with what it makes.
    """
    new, old = prepared(policy.after, policy.name), prepared(policy.before, policy.name)
    if policy.is_of_new:
        old = _everything_for(policy.account)
    yield from (f"{policy.name}: {gap.reason}" for gap in new.unread)
    if new.unread:
        return
    scope = Scope(resources=policy.resources, partitions=partitions_of(policy.arn))
    found = excess(new, old, scope, effort=effort)
    strangers = _by_strangers(new, old, scope, policy, found, effort)
    known = {policy.account, *named_accounts(new), *named_accounts(old)}
    for one in _mixed(found):
        witness = strangers.get(_place(one), one.witness)
        if witness is None:
            yield _undecided(policy.name, one, one.reason)
        else:
            yield access(policy.name, statement_name(one.statement), witness, known)


def granted_to_identity(identity: IdentityPolicies, effort: Effort) -> Iterator[Told]:
    """What an identity may newly do by its own policies, within its permissions boundary.

    A policy that was seen on neither side is left out of both, and named among the doubts.
    """
    unread = [each for each in identity.after if isinstance(each[1], Unknown) and each in identity.before]
    new, old = (_together(each, unread) for each in (identity.after, identity.before))
    yield from (f"{identity.name}: {gap.reason}" for gap in new.unread)
    if new.unread:
        return
    found = {_place(one): one for one in _identity_excess(identity, new, old, effort)}
    if found and unread:
        names = ", ".join(name for name, _ in unread)
        yield f"{identity.name}: whether {names} allows the same already was not seen"
    limit = (
        None if identity.boundary_after is None else prepared(identity.boundary_after, "the boundary", identity=True)
    )
    for one in _mixed(found.values()):
        held = _within(limit, one)
        if isinstance(held, str):
            yield _undecided(identity.name, one, held)
        else:
            yield access(identity.name, f"{one.policy}: {statement_name(one.statement)}", held, {identity.arn})


def prepared(document: Value, name: str, *, identity: bool = False) -> Prepared:
    """A document ready for comparing, as a resource policy or one of an identity; no document gives nothing."""
    if document is None:
        return NOTHING
    kind = PolicyKind.IDENTITY if identity else PolicyKind.RESOURCE
    return Policies.of([parsed(document, name)], kind).prepared()


def _identity_excess(identity: IdentityPolicies, new: Prepared, old: Prepared, effort: Effort) -> Iterator[Excess]:
    """What is beyond the old policies, and what was beyond the old boundary and no longer is."""
    callers = (identity.arn,) if named_candidates((identity.arn,)) else ()
    scope = Scope(principals=callers, partitions=partitions_of(identity.arn))
    if identity.boundary_before is not None and identity.boundary_before != identity.boundary_after:
        limit = prepared(identity.boundary_before, "the boundary", identity=True)
        yield from excess(new, limit, scope, effort=effort)
    if identity.before != identity.after:
        yield from excess(new, old, scope, effort=effort)


def _together(documents: Documents, leaving: Iterable[tuple[str, Value]]) -> Prepared:
    left = [each for each in documents if each not in tuple(leaving)]
    return Policies.of([parsed(document, name) for name, document in left], PolicyKind.IDENTITY).prepared()


def _within(limit: Prepared | None, found: Excess) -> Request | str:
    """The witness, where the boundary lets it through; else why nothing can be said."""
    if found.witness is None:
        return found.reason
    passes = Strength.ACCESS if limit is None else given(limit, found.witness)
    if isinstance(passes, Unseen):
        return passes.reason
    return found.witness if passes is Strength.ACCESS else "its permissions boundary denies some of it, if not all"


def _by_strangers(
    new: Prepared, old: Prepared, scope: Scope, policy: ResourcePolicy, found: Iterable[Excess], effort: Effort
) -> Mapping[_Place, Request]:
    """Witnesses by somebody of any account, where statements are for anybody: nobody else shows it so well."""
    open_ = tuple(clause for clause in new.allows if _is_for_anybody(clause.statement))
    if not open_ or not any(_is_for_anybody(one.statement) for one in found):
        return {}
    partition = next(iter(scope.partitions), "aws")
    stranger = strangers_to(new, partition, policy.account, *named_accounts(old))[0]
    theirs = excess(
        replace(new, allows=open_, memory={}), old, replace(scope, principals=(stranger.name,)), effort=effort
    )
    return {_place(one): one.witness for one in theirs if one.witness is not None}


def _is_for_anybody(statement: Statement) -> bool:
    principals = statement.principals
    return statement.negates_principals or (isinstance(principals, tuple) and _ANYBODY in principals)


def _mixed(found: Iterable[Excess]) -> Iterator[Excess]:
    """One of each statement first, then a second of each."""
    groups: dict[tuple[str, int], list[Excess]] = {}
    for one in found:
        groups.setdefault((one.policy, one.statement.index), []).append(one)
    for row in zip_longest(*groups.values()):
        yield from (one for one in row if one is not None)


def _place(found: Excess) -> _Place:
    return (found.policy, found.statement.index, found.action)


def _undecided(name: str, found: Excess, reason: str) -> str:
    return f"{name}: whether {statement_name(found.statement)} newly grants {found.action}: {reason}"


@lru_cache(maxsize=64)
def _everything_for(account: str) -> Prepared:
    condition = {"StringEquals": {"aws:PrincipalAccount": account}}
    statement = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", "Condition": condition}
    return prepared({"Version": "2012-10-17", "Statement": [statement]}, "own account")
