"""Remedies for replication roles: one that is missing is made, what it lacks is added, and S3 alone may assume it."""

from collections.abc import Iterator

from scanner.analysis.kinds import BUCKET
from scanner.analysis.reading import elements
from scanner.analysis.replication.contexts import BATCH_SERVICE, SERVICE
from scanner.analysis.replication.demands import Demand
from scanner.analysis.replication.needed_reads import READS
from scanner.analysis.replication.vocabulary import Effect, Hop, Side
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value
from scanner.findings.finding import Finding
from scanner.remedies.drafting import CannotError, changed, known, proposing
from scanner.remedies.gifts import trust_for
from scanner.remedies.link_grants import supplied
from scanner.remedies.link_views import name_from
from scanner.remedies.policy_edits import (
    Statement,
    listed,
    one_or_all,
    principals_of,
    statement_called,
    statements_in,
    with_principals,
)
from scanner.remedies.policy_holders import role_of, with_trust, with_trust_policy
from scanner.remedies.proposals import Remedy, Situation
from scanner.remedies.replication_roles import with_role

_OWN = (("Service", SERVICE), ("Service", BATCH_SERVICE))
"""Who may assume a replication role: S3 itself, and S3 Batch Operations where it runs jobs with the role."""

_SIDES = (Side.ROLE, Side.TRUST, Side.GUARDRAIL)
_HOPS = (Hop.ASSUME, Hop.SOURCE_BUCKET, Hop.SOURCE_OBJECT, Hop.DESTINATION_OBJECT)


def trusts_only_s3(role: Resource) -> bool:
    """Whether every statement of the trust policy, as far as it was seen, is for S3 and S3 Batch Operations alone."""
    document = role.properties.get("AssumeRolePolicyDocument")
    if isinstance(document, Unknown):
        return False
    statements = statements_in(document, f"the trust policy of role {role.name}")
    return all(
        one.get("Effect") == "Deny" or set(principals_of(one) or [("AWS", "*")]) <= set(_OWN) for one in statements
    )


def _completed(situation: Situation, finding: Finding) -> Situation:
    name = name_from(finding.resource)

    def wanted(demand: Demand, side: Side) -> bool:
        return demand.effect is Effect.FAILS and demand.hop in _HOPS and side in _SIDES

    return supplied(with_role(situation, name), name, wanted)


def _carrying_tags(situation: Situation, finding: Finding) -> Situation:
    """What degrades a link: tags that are lost, and Batch jobs that cannot start."""
    name = name_from(finding.resource)
    return supplied(situation, name, lambda demand, _: demand.effect is Effect.DEGRADES, with_batch=True)


def _limited(situation: Situation, finding: Finding) -> Situation:
    """Trust taken from everybody but S3, and given to S3 for the sources that it was refused for."""
    role = role_of(situation.working, finding.resource.arn)
    doubt = situation.working.blind(BUCKET, role.account, "")
    if doubt is not None:
        raise CannotError(f"which buckets use role {role.name} is not known: {doubt.reason}")
    what = f"the trust policy of role {role.name}"
    derived = finding.resource.properties["Derived"]
    said = finding.resource.properties.get("AssumeRolePolicyDocument")
    others = known(elements(derived.get("TrustsOthers")), what)
    beyond = [statement_called(said, one["Statement"], what) for one in others]
    document = known(role.properties.get("AssumeRolePolicyDocument"), what)
    kept = [left for one in statements_in(document, what) for left in (_for_s3(one) if one in beyond else [one])]
    after = with_trust_policy(role, {**document, "Statement": kept})
    if elements(derived.get("RefusesSources")) or not _lets_s3_in(kept):
        after = with_trust(after, trust_for(situation, role.arn))
    return changed(situation, after)


def _for_s3(statement: Statement) -> Iterator[Statement]:
    """What is left of a statement of a trust policy: S3's part of it, and of that no more than assuming the role."""
    own = [entry for entry in principals_of(statement) or () if entry in _OWN]
    actions = [one for one in listed(statement.get("Action")) if one.lower() == "sts:assumerole"]
    if own:
        yield {
            **{name: part for name, part in with_principals(statement, own).items() if name != "NotAction"},
            "Action": one_or_all(actions) if actions else "sts:AssumeRole",
        }


def _lets_s3_in(statements: list[Value]) -> bool:
    return any(
        one.get("Effect") == "Allow" and ("Service", SERVICE) in (principals_of(one) or ()) for one in statements
    )


REMEDIES: tuple[Remedy, ...] = (
    Remedy(
        "complete-replication-role",
        "makes the replication role, or gives it and its trust policy what its links lack",
        proposing(_completed),
    ),
    Remedy("carry-tags", "lets the replication role read the tags of the source's objects", proposing(_carrying_tags)),
    Remedy(
        "limit-role-trust", "lets S3 assume the role for its own buckets, and nobody else", proposing(_limited), READS
    ),
)
"""The remedies of replication roles but for their excess."""
