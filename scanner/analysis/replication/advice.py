"""What to do about a request that is not allowed: the statement to add, and to which policy, or the one to remove."""

from collections.abc import Iterator
from dataclasses import dataclass

from scanner.analysis.arns import account_of
from scanner.analysis.replication.contexts import SERVICE
from scanner.analysis.replication.deciding import Outcome
from scanner.analysis.replication.examining import Examination
from scanner.analysis.replication.synthesis import need_of, text_of
from scanner.analysis.replication.vocabulary import Hop
from scanner.policy.decision import Part, Reason
from scanner.policy.statements import PolicyKind
from scanner.policy.synthesise import Document, Need, bucket_policy, key_policy, role_policy, trust_policy
from scanner.policy.truth import Unseen


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing to do, in words; `statement` is what to add to the policy named, None where nothing is to be added."""

    what: str
    statement: Document | None = None


def advice_on(found: Examination, outcome: Outcome) -> Iterator[Advice]:
    """What would make a demand that is missed, or open, be met: every reason that stands against it has its answer."""
    for reason in _answerable(outcome):
        match reason.part:
            case Part.DENIES:
                yield Advice(
                    f"remove {_statement(reason)} of {_where(found, outcome, reason)}, or exempt the role in it"
                )
            case Part.SILENT:
                yield Advice(
                    f"add this statement to {_where(found, outcome, reason)}", _addition(found, outcome, reason)
                )
            case Part.UNSEEN:
                yield Advice(f"let this be seen: {reason.note or 'what was not read'}")
            case Part.ALLOWS:
                pass


def _answerable(outcome: Outcome) -> tuple[Reason, ...]:
    """The reasons that need an answer. Within an account one side is enough: the role's, if it counts there at all."""
    request, decision = outcome.asked.request, outcome.asked.decision
    if isinstance(decision, Unseen):
        return ()
    silent = {reason.kind: reason for reason in decision.because if reason.part is Part.SILENT}
    role, resource = silent.get(PolicyKind.IDENTITY), silent.get(PolicyKind.RESOURCE)
    if role is None or resource is None or request.resource_account != account_of(request.principal):
        return decision.because
    spare = role if resource.note else resource
    return tuple(reason for reason in decision.because if reason is not spare)


def _statement(reason: Reason) -> str:
    statement = reason.statement
    if statement is None:
        return "what denies it"
    return f"statement {statement.sid or statement.index + 1}"


def _where(found: Examination, outcome: Outcome, reason: Reason) -> str:
    """The policy that a reason is about, as a person finds it."""
    named = " or ".join(reason.policies)
    on = f" on {reason.place}" if reason.place else ""
    match reason.kind:
        case PolicyKind.IDENTITY:
            role = found.role.role.name if found.role is not None else ""
            return f"the policy {named} of role {role}" if named else f"a policy of role {role}"
        case PolicyKind.RESOURCE:
            return f"the policy {named}" if named else f"the policy of {_owner(found, outcome.demand.hop)}"
        case _:
            return f"the {reason.kind} {named}{on}".rstrip()


def _owner(found: Examination, hop: Hop) -> str:
    ends = found.link.ends
    match hop:
        case Hop.SOURCE_BUCKET | Hop.SOURCE_OBJECT:
            return f"bucket {ends.source.name}"
        case Hop.DESTINATION_OBJECT:
            return f"bucket {ends.destination.name}"
        case Hop.SOURCE_KEY | Hop.DESTINATION_KEY:
            return "the key"
        case Hop.ASSUME:
            return "the role"


def _addition(found: Examination, outcome: Outcome, reason: Reason) -> Document:
    """The least statement for the policy that a reason is about."""
    demand, ends = outcome.demand, found.link.ends
    role = outcome.asked.request.principal if found.role is None else found.role.role.arn
    if demand.hop is Hop.ASSUME:
        account = ends.source.account if isinstance(ends.source.account, str) else None
        return _first(trust_policy(SERVICE, account=account, arns=(ends.source.arn,)))
    if reason.kind != PolicyKind.RESOURCE:
        return _first(role_policy((need_of(demand, ends),)))
    if demand.key:
        return _first(key_policy((Need(demand.action, demand.key, hop=str(demand.hop)),), (role,)))
    return _first(bucket_policy((Need(demand.action, text_of(demand.span), hop=str(demand.hop)),), (role,)))


def _first(document: Document) -> Document:
    statement: Document = document["Statement"][0]
    return statement
