"""Doing a plan, step by step, so that at any moment it is on record what was done and what it was before.

Nothing is changed that is not as the plan found it: all steps are looked at before the first, and each again right
before it is done. A step that was begun and not finished is looked at, too: it had its effect, or it is done again.
"""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from scanner.errors import DrscanError
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value
from scanner.remedies.decisions import Decisions, left_out
from scanner.remedies.journal import Event, Journal, entry
from scanner.remedies.moved import Moved, StateChangedError, described
from scanner.remedies.state import (
    Live,
    Seen,
    WriteError,
    is_between,
    is_readable,
    is_same,
    is_settled,
    marked,
    names_of,
    parts_of_new,
    requests_between,
    seen,
    step_named,
)
from scanner.remedies.step import CREATION, Safety, Step
from scanner.remedies.writing import Request
from scanner.sources.declared import is_stand_in


@dataclass(frozen=True, slots=True)
class Skipped:
    """A step that was not done, and why."""

    step: Step
    why: str


@dataclass(frozen=True, slots=True)
class Done:
    """A step that is done: its property as it was read back, and whatever of the resource was read along with it.

    `earlier` says that a former run had done it; then nothing was read, and of what cannot be read nothing ever is.
    """

    step: Step
    now: Value
    resource: Resource | None = None
    earlier: bool = False


def apply(journal: Journal, live: Live, decisions: Decisions) -> Iterator[Done | Skipped]:
    """Do the journal's plan, or what is left of it, and tell of each step as it comes.

    Raises `StateChangedError` where something is not as the plan found it, and `DrscanError` when a call fails; the
    journal then says how far it got, and applying again goes on from there.
    """
    return carried_out(journal, live, prepared(journal, live, decisions))


def prepared(journal: Journal, live: Live, decisions: Decisions) -> Mapping[str, str]:
    """Everything that may be in the way, found out before anything is changed: which steps are left out, and why.

    Raises `DrscanError` where the plan cannot be done, and `StateChangedError` where it should not.
    """
    if journal.is_going_back:
        raise DrscanError(
            f"what {journal.file} tells of was undone, or is being undone",
            hint=f"finish that with: drscan fix undo {journal.file}; then apply with another --journal",
        )
    for account in dict.fromkeys(step.target.account for step in journal.plan.steps):
        live.reach(account)
    run = _Run(journal, live)
    moved = tuple(filter(None, (_moved(run, step) for step in journal.plan.steps)))
    if moved:
        raise _not_as_left(moved)
    to_do = [step for step in journal.plan.steps if journal.stands(step.id) is not Event.DONE]
    return left_out(journal.plan, to_do, decisions)


def carried_out(journal: Journal, live: Live, out: Mapping[str, str]) -> Iterator[Done | Skipped]:
    """Do all steps but those left out (by id, with the reason), in their order; see `apply`."""
    run = _Run(journal, live)
    for step in journal.plan.steps:
        last = journal.last(step.id)
        if step.id in out:
            yield Skipped(step, out[step.id] + (" (it was begun before: undo takes back what it did)" if last else ""))
        elif last is not None and last.event is Event.DONE:
            yield Done(run.named(step), last.value, earlier=True)
        else:
            yield _do(run, step)


def requests_of(step: Step) -> tuple[Request, ...]:
    """The calls that a step of a plan makes."""
    return requests_between(step, step.before, step.after)


@dataclass(frozen=True)
class _Run:
    """What all steps of a run share."""

    journal: Journal
    live: Live

    @cached_property
    def parts(self) -> frozenset[str]:
        """The steps that change what the plan itself makes."""
        return parts_of_new(self.journal.plan)

    def named(self, step: Step) -> Step:
        return step_named(step, self.journal.made)


def _moved(run: _Run, step: Step) -> Moved | None:
    """What somebody else has changed of a step's property, before the first step of a run is done."""
    named_step, stands = run.named(step), run.journal.stands(step.id)
    if step.safety is Safety.MANUAL or not is_readable(step) or is_stand_in(named_step.target.arn):
        return None
    if stands is None and step.id in run.parts:
        return None
    found = _look(run, named_step)
    if stands is Event.DONE:
        done = run.journal.last(step.id)
        is_left = done is None or (found.is_there and is_same(found.value, done.value))
        return None if is_left else Moved(named_step, done and done.value, found.value, not found.is_there)
    return None if _may_be_written(run, named_step, found) else _not_found(run, named_step, found)


def _look(run: _Run, step: Step) -> Seen:
    found = seen(run.live, step)
    if isinstance(found, Unknown):
        raise DrscanError(f"{described(step)} cannot be read: {found.reason}", hint="nothing is changed unseen")
    return found


def _may_be_written(run: _Run, step: Step, found: Seen) -> bool:
    """Whether nobody else's change would be lost.

    What this plan has made is its own until it is read for the first time. A step that was begun may have had all or,
    when it takes several calls, a part of its effect.
    """
    stands = run.journal.stands(step.id)
    if stands is None and step.id in run.parts:
        return True
    before = _before(run, step)
    if step.property == CREATION:
        return found.value is None or (stands is not None and is_settled(step, found.value))
    if not found.is_there and step.id not in run.parts:
        return False
    if stands is None:
        return is_same(found.value, before)
    return is_between(found.value, before, step.after) or is_settled(step, found.value)


def _before(run: _Run, step: Step) -> Value:
    if step.property == CREATION:
        return None
    return step.before if run.journal.stands(step.id) is None else run.journal.prior(step.id)


def _not_found(run: _Run, step: Step, found: Seen) -> Moved:
    is_gone = step.property != CREATION and not found.is_there
    return Moved(step, _before(run, step), found.value, is_gone)


def _not_as_left(moved: tuple[Moved, ...]) -> StateChangedError:
    return StateChangedError(
        "the accounts are not as the plan found them",
        moved,
        hint="nothing of it was overwritten; make a new plan with: drscan fix plan",
    )


def _do(run: _Run, step: Step) -> Done:
    step = run.named(step)
    if not is_readable(step):
        return _written(run, _begun(run, step, None))
    if run.journal.stands(step.id) is not None:
        step = _found_again(run, step)
    found = Seen(None, None) if is_stand_in(step.target.arn) else _look(run, step)
    if not _may_be_written(run, step, found):
        raise _not_as_left((_not_found(run, step, found),))
    if run.journal.stands(step.id) is not None and is_settled(step, found.value):
        # It had its effect, and only the record of that was lost.
        return _recorded(run, step, found)
    return _written(run, _begun(run, step, found.value))


def _begun(run: _Run, step: Step, now: Value) -> Step:
    if run.journal.stands(step.id) is None:
        run.journal.add(entry(step.id, Event.BEGUN, now))
    return step


def _found_again(run: _Run, step: Step) -> Step:
    """The step of which an earlier run may have lost what it made: that is found by its mark."""
    if not is_stand_in(step.target.arn):
        return step
    made = run.live.made_for(marked(step, run.journal.id).target)
    if made is None:
        return step
    run.journal.add(entry(step.id, Event.MADE, made=names_of(step.target, made)))
    return run.named(step)


def _written(run: _Run, step: Step) -> Done:
    try:
        step = _sent(run, step)
    except WriteError as error:
        done = None if error.is_certain else _done_all_the_same(run, step)
        if done is not None:
            return done
        event = Event.REFUSED if error.is_certain else Event.FAILED
        run.journal.add(entry(step.id, event, reason=str(error)))
        raise DrscanError(
            f"step {step.id} failed: {error}",
            hint=f"mend it and apply again to go on, or go back with: drscan fix undo {run.journal.file}",
        ) from error
    return _recorded(run, step, _settled(run, step))


def _sent(run: _Run, step: Step) -> Step:
    """Make the step's calls. What they made is on record before anything else happens."""
    to_send = marked(step, run.journal.id)
    made: dict[str, str] = {}
    for request in requests_of(to_send):
        made |= run.live.send(step.target, request)
    if not made:
        return step
    own = {to_send.target.arn: step.target.arn, to_send.target.name: step.target.name}
    names = {own[mark]: real for mark, real in made.items()}
    run.journal.add(entry(step.id, Event.MADE, made=names))
    return step_named(step, names)


def _done_all_the_same(run: _Run, step: Step) -> Done | None:
    """A step of which only the answer was lost; None where it had no effect, or nobody can tell."""
    if not is_readable(step):
        return None
    try:
        step = _found_again(run, step)
        found = seen(run.live, step) if not is_stand_in(step.target.arn) else None
    except DrscanError:
        return None
    if not isinstance(found, Seen) or not is_settled(step, found.value):
        return None
    return _recorded(run, step, found)


def _settled(run: _Run, step: Step) -> Seen:
    """The property read back. Raises `DrscanError` where it did not become what the step wanted."""
    if not is_readable(step):
        return Seen(step.after, None)
    found = seen(run.live, step)
    for pause in run.live.pauses:
        if isinstance(found, Seen) and is_settled(step, found.value):
            break
        time.sleep(pause)
        found = seen(run.live, step)
    if isinstance(found, Unknown):
        raise DrscanError(f"step {step.id} was done, and cannot be read back: {found.reason}", hint=_again(run))
    if not is_settled(step, found.value):
        raise DrscanError(
            f"step {step.id} was done, and {described(step)} is not what was meant",
            hint=f"AWS may need a moment: {_again(run)}",
        )
    return found


def _again(run: _Run) -> str:
    return f"apply again to go on, or go back with: drscan fix undo {run.journal.file}"


def _recorded(run: _Run, step: Step, found: Seen) -> Done:
    run.journal.add(entry(step.id, Event.DONE, found.value))
    return Done(step, found.value, found.resource)
