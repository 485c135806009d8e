"""Remedies for the policy of a destination: that it admits the replication role, and nobody of the source to more."""

from collections.abc import Iterable, Iterator

from scanner.analysis.access.bucket_grants import REPLICATING_ACTIONS
from scanner.analysis.arns import account_of
from scanner.analysis.reading import elements
from scanner.analysis.replication.demands import Demand
from scanner.analysis.replication.needed_reads import READS
from scanner.analysis.replication.vocabulary import Effect, Hop, Side
from scanner.estate.estate import Estate
from scanner.estate.unknown import Value
from scanner.findings.finding import Finding
from scanner.remedies.drafting import known, proposing
from scanner.remedies.link_excess import narrowed_bucket
from scanner.remedies.link_grants import supplied
from scanner.remedies.link_views import name_from
from scanner.remedies.policy_edits import (
    Named,
    Statement,
    by_statement,
    listed,
    principals_of,
    statement_called,
    statements_in,
    without,
)
from scanner.remedies.policy_holders import bucket_of, bucket_policy_of
from scanner.remedies.proposals import Remedy, Situation
from scanner.remedies.role_excess import names_action


def _admitting(situation: Situation, finding: Finding) -> Situation:
    def wanted(demand: Demand, side: Side) -> bool:
        at_bucket = demand.hop is Hop.DESTINATION_OBJECT and side in (Side.BUCKET, Side.GUARDRAIL)
        return demand.effect is Effect.FAILS and at_bucket

    return supplied(situation, name_from(finding.resource), wanted)


def _without_control(situation: Situation, finding: Finding) -> Situation:
    """The actions by which the source's account could undo the copy go from the statements that grant them."""
    derived = finding.resource.properties["Derived"]
    accounts = set(known(elements(derived["ForeignSourceAccounts"]), "whose data the bucket keeps"))
    granted = [one for one in elements(derived["ControlGrantedToSource"]) if isinstance(one, dict)]
    said, what = _policy(situation.derived, finding), f"the policy of bucket {finding.resource.name}"
    taken = [(statement_called(said, one["Statement"], what), (one["Action"],)) for one in granted]
    return _taking(situation, finding, taken, lambda kind, value: kind == "AWS" and _account(value) in accounts)


def _without_other_replicators(situation: Situation, finding: Finding) -> Situation:
    """Nobody but the replication roles keeps the actions by which replicas are written."""
    others = set(elements(finding.resource.properties["Derived"]["OtherReplicators"]))

    def concerned(kind: str, value: str) -> bool:
        return kind == "AWS" and (value in others or (_is_whole(value) and _account(value) in others))

    said = _policy(situation.working, finding)
    statements = statements_in(said, f"the policy of bucket {finding.resource.name}")
    admitting = [one for one in statements if one.get("Effect") == "Allow" and any(_naming(one, REPLICATING_ACTIONS))]
    named = [one for one in admitting if any(concerned(*entry) for entry in principals_of(one) or ())]
    # Where nobody of them is named, what is for everybody is meant; whom that should be for, nobody else can say.
    meant = named or [one for one in admitting if ("AWS", "*") in (principals_of(one) or [("AWS", "*")])]
    return _taking(situation, finding, [(one, REPLICATING_ACTIONS) for one in meant], concerned)


def _taking(
    situation: Situation, finding: Finding, taken: Iterable[tuple[Statement, Iterable[str]]], concerned: Named
) -> Situation:
    """Actions taken out of statements, by whichever pattern names them there; what links need is granted anew."""
    policy = bucket_policy_of(situation.working, bucket_of(situation.working, finding.resource.arn))
    what = f"the policy of bucket {policy.name}"
    document = policy.properties.get("PolicyDocument")
    patterns = ((statement, list(_naming(statement, actions))) for statement, actions in taken)
    for statement, named in by_statement(patterns):
        document = without(document, statement, named, what, concerned)
    return narrowed_bucket(situation, policy, document)


def _policy(estate: Estate, finding: Finding) -> Value:
    return bucket_policy_of(estate, bucket_of(estate, finding.resource.arn)).properties.get("PolicyDocument")


def _naming(statement: Statement, actions: Iterable[str]) -> Iterator[str]:
    patterns = ["NotAction"] if "NotAction" in statement else listed(statement.get("Action"))
    for pattern in patterns:
        if any(names_action(pattern, action) for action in actions):
            yield pattern


def _account(principal: str) -> str:
    """The account of a principal, which may be written as its id alone."""
    return account_of(principal) or principal


def _is_whole(principal: str) -> bool:
    return principal.isdigit() or principal.endswith(":root")


REMEDIES: tuple[Remedy, ...] = (
    Remedy("admit-replication-role", "lets the replication role into the destination", proposing(_admitting)),
    Remedy(
        "grant-no-control", "takes control of the copy from the source's account", proposing(_without_control), READS
    ),
    Remedy("admit-role-only", "leaves replicas to the replication role", proposing(_without_other_replicators), READS),
)
"""The remedies of destination policies."""
