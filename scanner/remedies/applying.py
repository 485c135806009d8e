"""Doing a plan, step by step, so that at any moment it is on record what was done and what it was before.

Nothing is changed that is not as the plan found it: all steps are looked at before the first, and each again right
before it is done. A step that was begun and not finished is looked at, too: it had its effect, or it is done again.
"""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from scanner.errors import DrscanError
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value
from scanner.remedies.decisions import Decisions, left_out
from scanner.remedies.guarding import Run, look, require_as_left, require_untouched
from scanner.remedies.journal import Event, Journal, entry
from scanner.remedies.moved import described
from scanner.remedies.state import (
    Live,
    Seen,
    WriteError,
    is_readable,
    is_settled,
    marked,
    names_of,
    requests_between,
    seen,
    step_named,
)
from scanner.remedies.step import Step
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
    require_as_left(Run(journal, live))
    to_do = [step for step in journal.plan.steps if journal.stands(step.id) is not Event.DONE]
    return left_out(journal.plan, to_do, decisions)


def carried_out(journal: Journal, live: Live, out: Mapping[str, str]) -> Iterator[Done | Skipped]:
    """Do all steps but those left out (by id, with the reason), in their order; see `apply`."""
    run = Run(journal, live)
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


def _do(run: Run, step: Step) -> Done:
    step = run.named(step)
    if not is_readable(step):
        return _written(run, _begun(run, step, None))
    if run.journal.stands(step.id) is not None:
        was_refused = run.journal.latest(step.id).event is Event.REFUSED
        step = _found_again(run, step, () if was_refused else run.live.pauses)
    found = Seen(None, None) if is_stand_in(step.target.arn) else look(run, step)
    require_untouched(run, step, found)
    if run.journal.stands(step.id) is not None and is_settled(step, found.value):
        # It had its effect, and only the record of that was lost.
        return _recorded(run, step, found)
    return _written(run, _begun(run, step, found.value))


def _begun(run: Run, step: Step, now: Value) -> Step:
    if run.journal.stands(step.id) is None:
        run.journal.add(entry(step.id, Event.BEGUN, now))
    return step


def _found_again(run: Run, step: Step, pauses: tuple[float, ...] = ()) -> Step:
    """The step of which an earlier call may have lost what it made: that is found by its mark.

    KMS lists a new key within seconds, not at once; `pauses` are spent on waiting for it.
    """
    if not is_stand_in(step.target.arn):
        return step
    target = marked(step, run.journal.id).target
    made = run.live.made_for(target)
    for pause in pauses:
        if made is not None:
            break
        time.sleep(pause)
        made = run.live.made_for(target)
    if made is None:
        return step
    run.journal.add(entry(step.id, Event.MADE, made=names_of(step.target, made)))
    return run.named(step)


def _written(run: Run, step: Step) -> Done:
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


def _sent(run: Run, step: Step) -> Step:
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


def _done_all_the_same(run: Run, step: Step) -> Done | None:
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


def _settled(run: Run, step: Step) -> Seen:
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


def _again(run: Run) -> str:
    return f"apply again to go on, or go back with: drscan fix undo {run.journal.file}"


def _recorded(run: Run, step: Step, found: Seen) -> Done:
    run.journal.add(entry(step.id, Event.DONE, found.value))
    return Done(step, found.value, found.resource)
