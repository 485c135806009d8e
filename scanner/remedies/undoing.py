"""Going back: every step of a journal undone, the last one first, to exactly what it was before.

Where somebody else has changed the same thing since, nothing is undone at all: going back over another's work is no
way back. What AWS does not take back is told, with the reason, and left as it is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from scanner.errors import DrscanError
from scanner.estate.unknown import Unknown, Value
from scanner.remedies.applying import StateChangedError, is_part_of_new
from scanner.remedies.journal import Entry, Event, Journal
from scanner.remedies.state import Live, WriteError, is_readable, is_same, is_settled, state_of, step_named
from scanner.remedies.step import CREATION, Step
from scanner.remedies.writes.table import write_of
from scanner.remedies.writing import CannotWriteError, Request
from scanner.sources.declared import is_stand_in


@dataclass(frozen=True, slots=True)
class Undone:
    """A step that is undone. `stays` says what could not be taken back; empty where everything is as it was."""

    step: Step
    stays: str = ""


@dataclass(frozen=True, slots=True)
class _Found:
    """A step to undo, its stand-ins resolved, with its property as it is now and as it was before."""

    step: Step
    now: Value
    prior: Value


def undo(journal: Journal, live: Live) -> Iterator[Undone]:
    """Undo what the journal did, the last step first.

    Raises `StateChangedError` where something was changed since, before anything is undone, and `DrscanError` when a
    call fails; undoing again goes on from there.
    """
    found = [_found(journal, live, step) for step in reversed(journal.plan.steps) if _is_to_undo(journal, step)]
    lines = [_described(one.step) for one in found if not _is_ours(journal, one)]
    if lines:
        raise StateChangedError(
            "somebody has changed this since: " + "; ".join(lines),
            hint="put it right by hand, or leave it: nothing was undone",
        )
    return (_undone(journal, live, one) for one in found)


def _is_to_undo(journal: Journal, step: Step) -> bool:
    last = journal.last(step.id)
    return last is not None and last.event is not Event.UNDONE


def _found(journal: Journal, live: Live, step: Step) -> _Found:
    named, prior = step_named(step, journal.made), journal.prior(step.id)
    if named.property == CREATION and is_stand_in(named.target.arn) and is_readable(named):
        made = live.made_for(named.target)
        if made is None:
            return _Found(named, None, None)
        named = step_named(named, {named.target.arn: made, named.target.name: made.rpartition("/")[2]})
    now = state_of(live, named) if is_readable(named) else named.after
    if isinstance(now, Unknown):
        raise DrscanError(f"{_described(named)} cannot be read: {now.reason}")
    return _Found(named, now, prior)


def _is_ours(journal: Journal, found: _Found) -> bool:
    """Whether the property is as this journal left it, or as it was before: then nobody else has touched it."""
    if found.step.property == CREATION or is_same(found.now, found.prior):
        return True
    last = journal.last(found.step.id)
    assert last is not None
    done = next((one for one in journal.entries if one.step == found.step.id and one.event is Event.DONE), None)
    if done is not None:
        return is_same(found.now, done.value)
    # Begun and never finished: it had its effect, or part of it where it takes several calls.
    return is_settled(found.step, found.now) or len(_requests(found.step, found.step.before, found.step.after)) > 1


def _undone(journal: Journal, live: Live, found: _Found) -> Undone:
    step = found.step
    if is_same(found.now, found.prior) and is_readable(step):
        return _record(journal, step, found.now)
    try:
        requests = _requests(step, found.now, found.prior)
    except CannotWriteError as error:
        # What was made goes as a whole: that a part of it could not be taken back alone means nothing.
        return _record(journal, step, found.now, "" if is_part_of_new(journal.plan, step) else str(error))
    journal.add(Entry(step.id, Event.UNDOING, _now(), value=found.now))
    try:
        for request in requests:
            live.send(step.target, request)
    except WriteError as error:
        if step.property == CREATION:
            return _record(journal, step, found.now, str(error))
        journal.add(Entry(step.id, Event.FAILED, _now(), reason=str(error)))
        hint = f"mend it and go on with: drscan fix undo {journal.file}"
        raise DrscanError(f"undoing step {step.id} failed: {error}", hint=hint) from error
    return _checked(journal, live, step, found.prior)


def _checked(journal: Journal, live: Live, step: Step, prior: Value) -> Undone:
    """The property read back after it was undone."""
    if not is_readable(step) or step.property == CREATION:
        return _record(journal, step, prior, _left_of(step))
    now = state_of(live, step)
    if is_same(now, prior):
        return _record(journal, step, now)
    return _record(journal, step, now, _left_of(step) or "it is not exactly what it was: compare it with the journal")


def _left_of(step: Step) -> str:
    """What stays of something that is undone; most of it goes without a trace."""
    write = write_of(step.target.type, step.property)
    return write.undoing(step.target, step.before, step.after) if write else ""


def _record(journal: Journal, step: Step, now: Value, stays: str = "") -> Undone:
    journal.add(Entry(step.id, Event.UNDONE, _now(), value=now, reason=stays))
    return Undone(step, stays)


def _requests(step: Step, before: Value, after: Value) -> tuple[Request, ...]:
    write = write_of(step.target.type, step.property)
    assert write is not None, "a journal holds only what can be written"
    return write.requests(step.target, before, after)


def _described(step: Step) -> str:
    return f"{step.property or 'existence'} of {step.target.name}"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
