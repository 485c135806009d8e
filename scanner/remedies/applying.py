"""Doing a plan, step by step, so that at any moment it is on record what was done and what it was before.

Nothing is changed that is not as the plan found it: all steps are looked at before the first, and each again right
before it is done. A step that was begun and not finished is looked at, too: it had its effect, or it is done again.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from scanner.errors import DrscanError
from scanner.estate.unknown import Unknown, Value
from scanner.remedies.journal import Entry, Event, Journal
from scanner.remedies.state import Live, WriteError, is_readable, is_same, is_settled, state_of, step_named
from scanner.remedies.step import CREATION, Plan, Safety, Step
from scanner.remedies.writes.table import write_of
from scanner.remedies.writing import Request
from scanner.sources.declared import is_stand_in


class StateChangedError(DrscanError):
    """What is live is not what the plan was made from; nothing (more) was changed."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A step that was not done, and why."""

    step: Step
    why: str


@dataclass(frozen=True, slots=True)
class Decisions:
    """What the operator allows. `agrees` is asked for each step that deserves review; `irreversible` names resources,
    by name or ARN, on which steps that cannot be taken back may be done."""

    agrees: Callable[[Step], bool]
    irreversible: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Done:
    """A step that is done: its property as it was read back. `earlier` says that a former run had done it."""

    step: Step
    now: Value
    earlier: bool = False


def apply(journal: Journal, live: Live, decisions: Decisions) -> Iterator[Done | Skipped]:
    """Do the journal's plan, or what is left of it, and tell of each step as it comes.

    Raises `StateChangedError` where something is not as the plan found it, and `DrscanError` when a call fails; the
    journal then says how far it got, and applying again goes on from there.
    """
    if any(entry.event in (Event.UNDOING, Event.UNDONE) for entry in journal.entries):
        raise DrscanError(f"{journal.file} was undone", hint="name a new file with --journal")
    _check_all(journal, live)
    left_out: set[str] = set()
    for step in journal.plan.steps:
        why = _objection(step, decisions, left_out)
        if why and not _is_done(journal, step):
            left_out.add(step.id)
            yield Skipped(step, why)
        else:
            yield _do(journal, live, step_named(step, journal.made))


def changed(journal: Journal, live: Live, steps: Sequence[Step]) -> list[str]:
    """What is not as the plan found it, one line each."""
    found = []
    for step in steps:
        named = step_named(step, journal.made)
        if is_stand_in(named.target.arn) or not is_readable(named) or is_part_of_new(journal.plan, step):
            continue
        now = state_of(live, named)
        if isinstance(now, Unknown):
            found.append(f"{named.property or 'existence'} of {named.target.name} cannot be read: {now.reason}")
        elif not _is_as_found(named, now):
            found.append(f"{named.property or 'existence'} of {named.target.name} is not as the plan found it")
    return found


def _check_all(journal: Journal, live: Live) -> None:
    lines = changed(journal, live, [step for step in journal.plan.steps if journal.last(step.id) is None])
    if lines:
        raise StateChangedError(
            "the accounts are not as the plan found them: " + "; ".join(lines),
            hint="make a new plan with: drscan fix plan",
        )


def _is_as_found(step: Step, now: Value) -> bool:
    return now is None if step.property == CREATION else is_same(now, step.before)


def _is_done(journal: Journal, step: Step) -> bool:
    last = journal.last(step.id)
    return last is not None and last.event in (Event.DONE, Event.BEGUN)


def _objection(step: Step, decisions: Decisions, left_out: set[str]) -> str:
    """Why a step is not done; empty where it is."""
    missing = sorted(left_out & set(step.needs))
    if missing:
        return f"it needs step {missing[0]}, which was not done"
    match step.safety:
        case Safety.MANUAL:
            return "drscan only shows this one: decide, and do it by hand"
        case Safety.IRREVERSIBLE if not {step.target.name, step.target.arn} & decisions.irreversible:
            return f"it cannot be undone: allow it with --irreversible {step.target.name}"
        case Safety.REVIEW if not decisions.agrees(step):
            return "you said no"
    return ""


def _do(journal: Journal, live: Live, step: Step) -> Done:
    last = journal.last(step.id)
    if last is not None and last.event is Event.DONE:
        return Done(step, last.value, earlier=True)
    step, now = _looked_at(journal, live, step)
    if last is not None and is_settled(step, now) and is_readable(step):
        # It had its effect, and only the record of that was lost.
        return _record(journal, step, now, {})
    if not _may_be_written(journal, step, now, begun=last is not None):
        raise StateChangedError(
            f"{step.property or 'existence'} of {step.target.name} is not as the plan found it",
            hint="make a new plan with: drscan fix plan",
        )
    if last is None:
        journal.add(Entry(step.id, Event.BEGUN, _now(), value=now))
    return _written(journal, live, step)


def _may_be_written(journal: Journal, step: Step, now: Value, *, begun: bool) -> bool:
    """Whether nobody else's change would be lost.

    What this plan has made is its own. A step of several calls that was begun may have had part of its effect.
    """
    if not is_readable(step) or _is_as_found(step, now) or is_part_of_new(journal.plan, step):
        return True
    return begun and len(requests_of(step)) > 1


def is_part_of_new(plan: Plan, step: Step) -> bool:
    """Whether the plan makes the resource itself: then it is as the creation left it, and not as anybody found it.

    So is what AWS makes along with something and calls by the same ARN: no topic is ever without a policy.
    """
    original = next(one for one in plan.steps if one.id == step.id)
    made = {one.target for one in plan.steps if one.property == CREATION and one.id != original.id}
    arns = {one.arn for one in made if one.arn}
    return original.target in made or (original.property == CREATION and original.target.arn in arns)


def requests_of(step: Step) -> tuple[Request, ...]:
    """The calls that a step of a plan makes."""
    write = write_of(step.target.type, step.property)
    assert write is not None, "a plan holds only what can be written"
    return write.requests(step.target, step.before, step.after)


def _looked_at(journal: Journal, live: Live, step: Step) -> tuple[Step, Value]:
    """The step and its property as it is now. What an interrupted step made is found again by its mark."""
    if not is_readable(step):
        return step, None
    if step.property == CREATION and is_stand_in(step.target.arn):
        made = live.made_for(step.target)
        if made is None:
            return step, None
        names = {step.target.arn: made, step.target.name: made.rpartition("/")[2]}
        journal.add(Entry(step.id, Event.BEGUN, _now(), made=names))
        step = step_named(step, names)
    now = state_of(live, step)
    if isinstance(now, Unknown):
        raise DrscanError(f"{step.property or 'existence'} of {step.target.name} cannot be read: {now.reason}")
    return step, now


def _written(journal: Journal, live: Live, step: Step) -> Done:
    made: dict[str, str] = {}
    try:
        for request in requests_of(step):
            made |= live.send(step.target, request)
    except WriteError as error:
        journal.add(Entry(step.id, Event.FAILED, _now(), reason=str(error)))
        hint = f"mend it and apply again, or go back with: drscan fix undo {journal.file}"
        raise DrscanError(f"step {step.id} failed: {error}", hint=hint) from error
    if made:
        # Before anything is read: what was made must never be lost.
        journal.add(Entry(step.id, Event.BEGUN, _now(), value=journal.prior(step.id), made=made))
    step = step_named(step, made)
    return _record(journal, step, _settled(live, step), made)


def _settled(live: Live, step: Step) -> Value:
    """The property read back. Raises `DrscanError` where it did not become what the step wanted."""
    if not is_readable(step):
        return step.after
    now = state_of(live, step)
    for pause in live.pauses:
        if not isinstance(now, Unknown) and is_settled(step, now):
            break
        time.sleep(pause)
        now = state_of(live, step)
    if isinstance(now, Unknown):
        raise DrscanError(
            f"step {step.id} was done, and cannot be read back: {now.reason}", hint="apply again to go on"
        )
    if not is_settled(step, now):
        raise DrscanError(
            f"step {step.id} was done, and {step.property or 'existence'} of {step.target.name} is not what was meant",
            hint="AWS may need a moment: apply again to go on, or undo",
        )
    return now


def _record(journal: Journal, step: Step, now: Value, made: dict[str, str]) -> Done:
    journal.add(Entry(step.id, Event.DONE, _now(), value=now, made=made))
    return Done(step, now)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def is_complete(plan: Plan, journal: Journal) -> bool:
    """Whether every step of the plan is on record as done."""
    return all((last := journal.last(step.id)) is not None and last.event is Event.DONE for step in plan.steps)
