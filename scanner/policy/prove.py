"""Proof that policies grant what is needed and nothing else.

Needs become policies of their own, one statement each and nothing merged, so that a mistake in synthesis cannot
hide in the proof. What is granted is then compared with what is needed, both ways.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from scanner.policy.compare import (
    Contained,
    Exceeds,
    Excess,
    Prepared,
    Scope,
    Undecided,
    compare,
    excess,
    prepare,
)
from scanner.policy.document import parse_policy
from scanner.policy.request import Request
from scanner.policy.statements import PolicyKind
from scanner.policy.synthesise import LANGUAGE, Document, Need


@dataclass(frozen=True, slots=True)
class Missing:
    """A need that is not granted, or not for all its requests: `request` is one that is refused.

    Where that could not be settled `request` is None and `reason` says why.
    """

    need: Need
    request: Request | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """What stands against "all that is needed, and nothing else"."""

    missing: tuple[Missing, ...]
    excess: tuple[Excess, ...]

    @property
    def holds(self) -> bool:
        """Whether everything needed is granted and nothing else is, both for certain."""
        return not self.missing and not self.excess


def prove(
    documents: Iterable[Document],
    needs: Iterable[Need],
    *,
    principals: Iterable[str] = (),
    scope: Scope | None = None,
) -> Proof:
    """Hold policy documents to needs; identity policies, or resource policies when principals are given.

    `principals` are those who need it, by ARN or service principal. `scope` narrows what counts, as in `compare`:
    for a key policy `Scope(resources=(key_arn,))`. PolicyError for a document or need that AWS would refuse.
    """
    wanted, callers = tuple(needs), tuple(principals)
    kind = PolicyKind.RESOURCE if callers else PolicyKind.IDENTITY
    granted = prepare([parse_policy(document) for document in documents], kind)
    found = [_missing(need, granted, callers, scope) for need in wanted]
    beyond = excess(granted, prepare_needs(wanted, principals=callers), scope)
    return Proof(tuple(one for one in found if one is not None), beyond)


def prepare_needs(needs: Iterable[Need], *, principals: Iterable[str] = ()) -> Prepared:
    """Needs as the other side of a comparison: what somebody may do who may do this and nothing else.

    With principals they stand for what a resource policy grants to those. PolicyError for a need that cannot be
    written as a statement.
    """
    callers = tuple(principals)
    statements = [_as_statement(need, callers) for need in needs]
    kind = PolicyKind.RESOURCE if callers else PolicyKind.IDENTITY
    return prepare([parse_policy({"Version": LANGUAGE, "Statement": statements}, name="needs")], kind)


def _as_statement(need: Need, principals: tuple[str, ...]) -> Document:
    statement: Document = {"Effect": "Allow", "Action": need.action, "Resource": need.resource}
    if need.conditions:
        conditions = need.conditions.items()
        statement["Condition"] = {
            operator: {key: list(values) for key, values in keys.items()} for operator, keys in conditions
        }
    if principals:
        arns = [one for one in principals if one.startswith("arn:")]
        services = [one for one in principals if not one.startswith("arn:")]
        named = {"AWS": arns, "Service": services}
        statement["Principal"] = {kind: who for kind, who in named.items() if who}
    return statement


def _missing(need: Need, granted: Prepared, principals: tuple[str, ...], scope: Scope | None) -> Missing | None:
    match compare(prepare_needs([need], principals=principals), granted, scope):
        case Contained():
            return None
        case Exceeds(witness=witness):
            return Missing(need, witness)
        case Undecided(reason=reason):
            return Missing(need, None, reason)
