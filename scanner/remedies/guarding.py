"""Whether a step may be done: nobody else's change is ever lost by it."""

from dataclasses import dataclass
from functools import cached_property

from scanner.errors import DrscanError
from scanner.estate.unknown import Unknown, Value
from scanner.remedies.journal import Event, Journal
from scanner.remedies.moved import Moved, StateChangedError, described
from scanner.remedies.sameness import is_between, is_same
from scanner.remedies.state import Live, Seen, is_readable, is_settled, parts_of_new, seen, step_named
from scanner.remedies.step import CREATION, Safety, Step
from scanner.sources.declared import is_stand_in


@dataclass(frozen=True)
class Run:
    """What all steps of a run share."""

    journal: Journal
    live: Live

    @cached_property
    def parts(self) -> frozenset[str]:
        """The steps that change what the plan itself makes."""
        return parts_of_new(self.journal.plan)

    def named(self, step: Step) -> Step:
        """The step with the names of what was made already."""
        return step_named(step, self.journal.made)


def require_as_left(run: Run) -> None:
    """Look at everything before the first step of a run.

    Raises `StateChangedError` where something is not as the plan found it, or an earlier run left it.
    """
    changes = tuple(filter(None, (_moved(run, step) for step in run.journal.plan.steps)))
    if changes:
        raise _not_as_left(changes)


def look(run: Run, step: Step) -> Seen:
    """The step's property as it is now. Raises `DrscanError` where that cannot be told."""
    found = seen(run.live, step)
    if isinstance(found, Unknown):
        raise DrscanError(f"{described(step)} cannot be read: {found.reason}", hint="nothing is changed unseen")
    return found


def require_untouched(run: Run, step: Step, found: Seen) -> None:
    """Raises `StateChangedError` where somebody else's change would be lost, were the step done now."""
    if not _may_be_written(run, step, found):
        raise _not_as_left((_not_found(run, step, found),))


def _moved(run: Run, step: Step) -> Moved | None:
    """What somebody else has changed of a step's property, before the first step of a run is done."""
    named_step, stands = run.named(step), run.journal.stands(step.id)
    if step.safety is Safety.MANUAL or not is_readable(step) or is_stand_in(named_step.target.arn):
        return None
    if stands is None and step.id in run.parts:
        return None
    found = look(run, named_step)
    if stands is Event.DONE:
        done = run.journal.last(step.id)
        is_left = done is None or (found.is_there and is_same(found.value, done.value))
        return None if is_left else Moved(named_step, done and done.value, found.value, not found.is_there)
    return None if _may_be_written(run, named_step, found) else _not_found(run, named_step, found)


def _may_be_written(run: Run, step: Step, found: Seen) -> bool:
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


def _before(run: Run, step: Step) -> Value:
    if step.property == CREATION:
        return None
    return step.before if run.journal.stands(step.id) is None else run.journal.prior(step.id)


def _not_found(run: Run, step: Step, found: Seen) -> Moved:
    is_gone = step.property != CREATION and not found.is_there
    return Moved(step, _before(run, step), found.value, is_gone)


def _not_as_left(moved: tuple[Moved, ...]) -> StateChangedError:
    return StateChangedError(
        "the accounts are not as the plan found them",
        moved,
        hint="nothing of it was overwritten; make a new plan with: drscan fix plan",
    )
