"""Whose policies decided what becomes of a demand, so that each shortfall can be told to whoever can mend it."""

from collections.abc import Iterable

from scanner.analysis.replication.deciding import Outcome
from scanner.analysis.replication.vocabulary import Hop, Side
from scanner.policy.decision import Part, Reason, Verdict
from scanner.policy.statements import PolicyKind
from scanner.policy.truth import Unseen

_AT_KEYS = (Hop.SOURCE_KEY, Hop.DESTINATION_KEY)
_LIMITS = (PolicyKind.BOUNDARY, PolicyKind.SESSION, PolicyKind.SCP, PolicyKind.RCP)


def sides_of(outcome: Outcome | None) -> tuple[Side, ...]:
    """The sides that are silent, deny, or were not seen, each once.

    Without an outcome there is no role; a request that nobody could understand is in doubt on every side.
    """
    if outcome is None:
        return (Side.TRUST, Side.ROLE)
    decision = outcome.asked.decision
    if isinstance(decision, Unseen):
        return tuple(Side)
    return tuple(dict.fromkeys(_sides(outcome.demand.hop, decision.because))) or tuple(Side)


def is_denied(outcome: Outcome | None) -> bool:
    """Whether an explicit Deny decided."""
    return outcome is not None and outcome.asked.verdict is Verdict.EXPLICITLY_DENIED


def _sides(hop: Hop, because: Iterable[Reason]) -> Iterable[Side]:
    for reason in because:
        if reason.part is Part.ALLOWS:
            continue
        if reason.kind in _LIMITS:
            yield Side.GUARDRAIL
        elif reason.kind == PolicyKind.IDENTITY:
            yield Side.ROLE
        elif hop in _AT_KEYS:
            yield Side.KEY
        else:
            yield Side.TRUST if hop is Hop.ASSUME else Side.BUCKET
