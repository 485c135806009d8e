"""What the operator allows, settled before anything is done: nobody is asked in the middle of a change."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scanner.errors import InvalidInputError
from scanner.remedies.step import Plan, Safety, Step


@dataclass(frozen=True, slots=True)
class Decisions:
    """What the operator allows. `agrees` is asked for each step that deserves review; `irreversible` names resources,
    by name or ARN, on which steps that cannot be taken back may be done."""

    agrees: Callable[[Step], bool]
    irreversible: frozenset[str] = frozenset()


def left_out(plan: Plan, steps: Sequence[Step], decisions: Decisions) -> dict[str, str]:
    """Which of the steps are not to be done, by id, and why: what is not allowed, and what needs one of those.

    Raises `InvalidInputError` where a resource is named that no such step changes, or more than one.
    """
    _check_names(plan, decisions.irreversible)
    out: dict[str, str] = {}
    for step in steps:
        why = _objection(step, decisions, out)
        if why:
            out[step.id] = why
    return out


def _objection(step: Step, decisions: Decisions, out: dict[str, str]) -> str:
    """Why a step is not done; empty where it is."""
    missing = [needed for needed in step.needs if needed in out]
    if missing:
        return f"it needs step {missing[0]}, which is not done"
    match step.safety:
        case Safety.MANUAL:
            return "drscan only shows this one: decide, and do it by hand"
        case Safety.IRREVERSIBLE if not {step.target.name, step.target.arn} & decisions.irreversible:
            return f"it cannot be undone: allow it with --irreversible {step.target.name}"
        case Safety.REVIEW if not decisions.agrees(step):
            return "you said no"
    return ""


def _check_names(plan: Plan, names: frozenset[str]) -> None:
    targets = {step.target for step in plan.steps if step.safety is Safety.IRREVERSIBLE}
    for name in sorted(names):
        # One bucket's policy, lock and encryption are of one and the same thing.
        arns = {target.arn or target.name for target in targets if name in (target.name, target.arn)}
        if not arns:
            known = ", ".join(sorted(target.name for target in targets))
            raise InvalidInputError(
                f"--irreversible {name}: no step that cannot be undone is about it",
                hint=f"such steps are about: {known}" if known else "this plan has no such step",
            )
        if len(arns) > 1:
            raise InvalidInputError(
                f"--irreversible {name}: that may be any of {', '.join(sorted(arns))}", hint="give the ARN"
            )
