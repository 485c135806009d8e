"""Denials that a resource policy no longer has: whoever is allowed by policies of their own gets through then.

In the account of a bucket, topic or access point nobody needs its policy's leave, so what that denies is often all that
stands between an administrator and the copies.
"""

from collections.abc import Iterator
from dataclasses import replace

from scanner.analysis.access.callers import anybody_of, named_callers
from scanner.analysis.access.policies import statement_name
from scanner.analysis.arns import partition_of
from scanner.analysis.changes.granting import prepared
from scanner.analysis.changes.policies import ResourcePolicy
from scanner.analysis.changes.telling import Told, access, partitions_of
from scanner.policy.clauses import NOTHING, Clause, question_of
from scanner.policy.compare import Contained, Effort, Exceeds, Prepared, Scope, compare
from scanner.policy.principals import Reach
from scanner.policy.statements import applies


def lifted(policy: ResourcePolicy, effort: Effort) -> Iterator[Told]:
    """Requests within the resource's account that were denied and no longer are, one for each statement."""
    if policy.stands_alone or policy.before is None:
        return
    new, old = prepared(policy.after, policy.name), prepared(policy.before, policy.name)
    kept = [clause.statement.source for clause in new.denies]
    gone = [clause for clause in old.denies if clause.statement.source not in kept]
    scope = _scope(policy, old) if gone else Scope()
    for clause in gone:
        told = _lifted(policy, clause, new, scope, effort)
        if told is not None:
            yield told


def _scope(policy: ResourcePolicy, old: Prepared) -> Scope:
    partition = partition_of(policy.arn) or "aws"
    named = (caller.name for caller in named_callers(old, policy.account) if caller.account == policy.account)
    callers = (anybody_of(policy.account, partition, old).name, *named)
    return Scope(resources=policy.resources, principals=callers, partitions=partitions_of(policy.arn))


def _lifted(policy: ResourcePolicy, denial: Clause, new: Prepared, scope: Scope, effort: Effort) -> Told | None:
    name = statement_name(denial.statement)
    turned = _turned(denial, policy)
    words = turned.vocabulary | new.vocabulary
    found = compare(replace(turned, denies=new.denies, vocabulary=words, memory={}), NOTHING, scope, effort=effort)
    if isinstance(found, Contained):
        return None
    if not isinstance(found, Exceeds):
        return f"{policy.name}: whether all that {name} denied stays denied: {found.reason}"
    if applies(denial.compiled, question_of(found.witness)) in (Reach.CALLER, Reach.ROLE, Reach.ACCOUNT):
        return access(policy.name, f"{name} no longer denies it", found.witness, {policy.account})
    return f"{policy.name}: whether all that {name} denied stays denied: no request could be built that shows it"


def _turned(denial: Clause, policy: ResourcePolicy) -> Prepared:
    """The denial as if it allowed what it denies."""
    statement = {**denial.statement.source, "Effect": "Allow"}
    return prepared({"Version": "2012-10-17", "Statement": [statement]}, policy.name)
