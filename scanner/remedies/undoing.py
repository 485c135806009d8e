"""Going back: every step of a journal undone, the last one first, to exactly what it was before.

Where somebody else has changed the same thing since, nothing is undone at all: going back over another's work is no
way back. What AWS does not take back is told, with the reason, and left as it is.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from scanner.errors import DrscanError
from scanner.estate.unknown import Unknown, Value
from scanner.remedies.journal import Event, Journal, entry
from scanner.remedies.moved import Moved, StateChangedError, described
from scanner.remedies.sameness import is_between, is_same
from scanner.remedies.state import (
    Live,
    Seen,
    WriteError,
    is_readable,
    is_settled,
    marked,
    names_of,
    parts_of_new,
    requests_between,
    seen,
    step_named,
)
from scanner.remedies.step import CREATION, Step
from scanner.remedies.writes.kms import KEY
from scanner.remedies.writes.table import write_of
from scanner.remedies.writing import CannotWriteError
from scanner.sources.declared import is_stand_in

_NOT_TAKEN_BACK = frozenset({"BucketNotEmpty", "DeleteConflict", "InvalidBucketState"})
"""What AWS answers where something else is in the way that undoing must not take away, such as objects in a bucket."""


@dataclass(frozen=True, slots=True)
class Undone:
    """A step that is undone: its property as it was read back (None: absent).

    `stays` says what could not be taken back, empty where everything is as it was. `later` says what AWS itself
    finishes only after a while.
    """

    step: Step
    now: Value = None
    stays: str = ""
    later: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that undoing takes back: the property as it is `now`, and as it was before (None: absent)."""

    step: Step
    now: Value
    prior: Value
    is_there: bool = True


def undo(journal: Journal, live: Live) -> Iterator[Undone]:
    """Undo what the journal did, the last step first.

    Raises `StateChangedError` where something was changed since, before anything is undone, and `DrscanError` when a
    call fails; undoing again goes on from there.
    """
    return gone_back(journal, live, to_undo(journal, live))


def to_undo(journal: Journal, live: Live) -> tuple[Taken, ...]:
    """What is to be undone, in that order, as it is now. Raises as `undo` does; nothing is changed."""
    steps = [step for step in reversed(journal.plan.steps) if journal.stands(step.id) not in (None, Event.UNDONE)]
    for account in dict.fromkeys(step.target.account for step in steps):
        live.reach(account)
    parts = parts_of_new(journal.plan)
    taken = tuple(_taken(journal, live, step) for step in steps)
    _check(journal, taken, parts)
    return taken


def gone_back(journal: Journal, live: Live, taken: tuple[Taken, ...]) -> Iterator[Undone]:
    """Undo all this, in this order; see `undo`."""
    parts = parts_of_new(journal.plan)
    for one in taken:
        again = _taken(journal, live, one.step)
        _check(journal, (again,), parts)
        yield _undone(journal, live, again, is_part=one.step.id in parts)


def _taken(journal: Journal, live: Live, step: Step) -> Taken:
    named, prior = step_named(step, journal.made), journal.prior(step.id)
    if not is_readable(named):
        return Taken(named, named.after, prior)
    if is_stand_in(named.target.arn):
        return _found_again(journal, live, named)
    found = seen(live, named)
    if isinstance(found, Unknown):
        raise DrscanError(f"{described(named)} cannot be read: {found.reason}", hint="nothing is changed unseen")
    return Taken(named, found.value, prior, found.is_there)


def _found_again(journal: Journal, live: Live, step: Step) -> Taken:
    """What was begun to be made, and is known by its mark only; nothing where it never was."""
    made = live.made_for(marked(step, journal.id).target)
    if made is None:
        return Taken(step, None, None, is_there=False)
    return Taken(step_named(step, names_of(step.target, made)), step.after, None)


def _check(journal: Journal, taken: tuple[Taken, ...], parts: frozenset[str]) -> None:
    changed = tuple(
        Moved(one.step, _left(journal, one), one.now, not one.is_there)
        for one in taken
        if not _is_ours(journal, one, is_part=one.step.id in parts)
    )
    if changed:
        raise StateChangedError(
            "somebody has changed this since",
            changed,
            hint="nothing of it was overwritten; put it right by hand, then undo again",
        )


def _left(journal: Journal, taken: Taken) -> Value:
    """What the property is expected to be: as the journal left it."""
    last, done = journal.last(taken.step.id), journal.done(taken.step.id)
    if last is not None and last.event is Event.STAYS:
        return last.value
    return done.value if done else taken.step.after


def _is_ours(journal: Journal, taken: Taken, *, is_part: bool) -> bool:
    """Whether the property is as this journal left it, or as it was before: then nobody else has touched it.

    While calls are on their way, in either direction, it may be halfway.
    """
    if not is_readable(taken.step) or is_same(taken.now, taken.prior):
        return True
    if not taken.is_there:
        return is_part or taken.step.property == CREATION
    left = _left(journal, taken)
    if journal.stands(taken.step.id) in (Event.DONE, Event.STAYS):
        return is_same(taken.now, left)
    return is_settled(taken.step, taken.now) or is_between(taken.now, taken.prior, left)


def _undone(journal: Journal, live: Live, taken: Taken, *, is_part: bool) -> Undone:
    step = taken.step
    if is_readable(step) and (is_same(taken.now, taken.prior) or not taken.is_there):
        return _recorded(journal, Undone(step, taken.now))
    try:
        requests = requests_between(step, taken.now, taken.prior)
    except CannotWriteError as error:
        # What was made goes as a whole: that a part of it could not be taken back alone means nothing.
        return _recorded(journal, Undone(step, taken.now, "" if is_part else str(error)))
    journal.add(entry(step.id, Event.UNDOING, taken.now, made=_found_by_mark(journal, step)))
    try:
        for request in requests:
            live.send(step.target, request)
    except WriteError as error:
        if error.code in _NOT_TAKEN_BACK:
            return _recorded(journal, Undone(step, taken.now, str(error)))
        journal.add(entry(step.id, Event.REFUSED if error.is_certain else Event.FAILED, reason=str(error)))
        hint = f"mend it and go on with: drscan fix undo {journal.file}"
        raise DrscanError(f"undoing step {step.id} failed: {error}", hint=hint) from error
    return _checked(journal, live, taken, is_part=is_part)


def _found_by_mark(journal: Journal, step: Step) -> dict[str, str]:
    """What the journal does not know yet of something that was made."""
    planned = next(one for one in journal.plan.steps if one.id == step.id)
    target = step_named(planned, journal.made).target
    return names_of(target, step.target.arn) if is_stand_in(target.arn) else {}


def _checked(journal: Journal, live: Live, taken: Taken, *, is_part: bool) -> Undone:
    """What came of it, by what is read back."""
    step = taken.step
    if not is_readable(step):
        return _recorded(journal, Undone(step, taken.prior, _note(step)))
    if _is_slow(step):
        return _recorded(journal, Undone(step, later=_note(step)))
    found = _read_back(live, taken)
    if is_same(found.value, taken.prior) or is_part:
        return _recorded(journal, Undone(step, found.value))
    stays = _note(step) or "it is not exactly what it was: compare it with the journal"
    return _recorded(journal, Undone(step, found.value, stays))


def _read_back(live: Live, taken: Taken) -> Seen:
    """The property as it is once what was undone can be seen, be it no more than a part of it."""
    found = seen(live, taken.step)
    for pause in live.pauses:
        if isinstance(found, Seen) and _is_back(taken, found.value):
            break
        time.sleep(pause)
        found = seen(live, taken.step)
    if isinstance(found, Unknown):
        raise DrscanError(
            f"step {taken.step.id} was undone, and cannot be read back: {found.reason}", hint="undo again"
        )
    return found


def _is_back(taken: Taken, now: Value) -> bool:
    return is_same(now, taken.prior) or (bool(_note(taken.step)) and not is_same(now, taken.now))


def _is_slow(step: Step) -> bool:
    """Whether AWS takes days to take the thing away."""
    return step.property == CREATION and step.target.type == KEY


def _note(step: Step) -> str:
    """What stays of something that is undone; most of it goes without a trace."""
    write = write_of(step.target.type, step.property)
    return write.undoing(step.target, step.before, step.after) if write else ""


def _recorded(journal: Journal, undone: Undone) -> Undone:
    event = Event.STAYS if undone.stays else Event.UNDONE
    journal.add(entry(undone.step.id, event, undone.now, reason=undone.stays or undone.later))
    return undone
