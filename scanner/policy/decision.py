"""What was decided, and why: the statements that decided, or the policies by whose silence a request is denied.

A reason holds the statement itself, so that whoever explains a decision can quote the policy as it was written.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from scanner.policy.document import Statement
from scanner.policy.truth import Truth, Unseen

MAX_REASONS = 50
"""Reasons kept in one decision; a policy of ten thousand broken statements needs no more to be understood."""


class Verdict(StrEnum):
    """The answer to a request. `UNKNOWN` only where something unseen could change the answer.

    `IMPLICITLY_DENIED` says that the request is denied for certain and that no Deny was seen.
    """

    ALLOWED = "Allowed"
    IMPLICITLY_DENIED = "ImplicitlyDenied"
    EXPLICITLY_DENIED = "ExplicitlyDenied"
    UNKNOWN = "Unknown"


class Part(StrEnum):
    """What a policy contributed."""

    ALLOWS = "allows"
    DENIES = "denies"
    SILENT = "silent"
    UNSEEN = "unseen"


@dataclass(frozen=True, slots=True)
class Reason:
    """One policy's part in a decision.

    `kind` says what the policy is, in words ("permission boundary"); `policies` are the names concerned, several
    where several were silent together; `place` is what an SCP or RCP is attached to; `note` adds what the rest does
    not say. `statement` is the deciding one, None for silence, grants and documents nobody read.
    """

    part: Part
    kind: str
    policies: tuple[str, ...] = ()
    statement: Statement | None = None
    place: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict on one request, and the reasons for it (never empty). `action` is the action asked for."""

    verdict: Verdict
    because: tuple[Reason, ...]
    action: str

    @property
    def unseen(self) -> tuple[str, ...]:
        """Why the answer is open, for people; empty unless the verdict is Unknown."""
        return tuple(dict.fromkeys(each.note for each in self.because if each.part is Part.UNSEEN))


def describe(reason: Reason, action: str) -> str:
    """One reason as a sentence without its first capital, such as `permission boundary B has no statement that ...`."""
    who = _who(reason)
    match reason.part:
        case Part.ALLOWS:
            text = f"{who} allows {action}{_by(reason.statement)}"
        case Part.DENIES:
            text = f"{who} denies {action}{_by(reason.statement)}"
        case Part.SILENT:
            text = f"{who} has no statement that allows {action}" if reason.policies else f"{who} allows {action}"
        case Part.UNSEEN:
            text = f"{who} was not seen{_by(reason.statement)}"
    return f"{text}: {reason.note}" if reason.note else text


def quote(reason: Reason) -> str | None:
    """The deciding statement as JSON, as it was written; None where no statement decided."""
    return None if reason.statement is None else json.dumps(reason.statement.source, indent=2, default=str)


def _who(reason: Reason) -> str:
    on = f" on {reason.place}" if reason.place else ""
    if not reason.policies:
        return f"{'no ' if reason.part is Part.SILENT else ''}{reason.kind}{on}"
    return f"{reason.kind} {' and '.join(reason.policies)}{on}"


def _by(statement: Statement | None) -> str:
    if statement is None:
        return ""
    return f" by statement {statement.sid}" if statement.sid else f" by statement {statement.index + 1}"


@dataclass(frozen=True, slots=True)
class Vote:
    """A truth with the reasons that made it so; votes combine as truths do and keep only the reasons that count."""

    truth: Truth
    because: tuple[Reason, ...] = ()


def all_of(votes: Iterable[Vote]) -> Vote:
    """Kleene's and: denied by every vote against, open by the open ones, else carried by all together."""
    return _combine(tuple(votes), decisive=False)


def any_of(votes: Iterable[Vote]) -> Vote:
    """Kleene's or: carried by the first vote in favour, open by the open ones, else denied by all together."""
    return _combine(tuple(votes), decisive=True)


def _combine(votes: tuple[Vote, ...], *, decisive: bool) -> Vote:
    decided = [vote for vote in votes if vote.truth is decisive]
    if decided:
        return decided[0] if decisive else Vote(False, _join(decided))
    opened = [vote for vote in votes if isinstance(vote.truth, Unseen)]
    if opened:
        return Vote(opened[0].truth, _join(opened))
    return Vote(not decisive, _join(votes))


def _join(votes: Iterable[Vote]) -> tuple[Reason, ...]:
    return tuple(reason for vote in votes for reason in vote.because)
