"""Plans on disk: JSON that a person can review, that a machine can check, and that carries no secrets.

What comes from a file is hostile until checked: the schema, then each step against the tables of writes, for a plan may
only hold changes that drscan would plan itself.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from scanner.errors import InvalidInputError
from scanner.estate.replacing import replacing
from scanner.estate.schemas import Validator, compile_schema
from scanner.estate.unknown import to_json
from scanner.remedies.step import Plan, Safety, Step, Target, Unfixed
from scanner.remedies.steps import digest_of
from scanner.remedies.writes.table import write_of
from scanner.remedies.writing import CannotWriteError

MAX_BYTES = 64 * 1024 * 1024

_HINT = "make a new one with: drscan fix plan --plan FILE"


def plan_document(plan: Plan) -> dict[str, Any]:
    """The plan as the file has it."""
    return {
        "drscan_plan": 1,
        "created": plan.created,
        "source": plan.source,
        "digest": plan.digest,
        "steps": [_step_document(step) for step in plan.steps],
        "unfixed": [asdict(one) for one in plan.unfixed],
        "fixes": [_served_document(one) for one in plan.fixes],
    }


def write_plan(plan: Plan, file: Path) -> None:
    """Write the plan, readable by its owner only; the file is whole or not there. Raises `InvalidInputError`."""
    try:
        with replacing(file) as stream:
            stream.write((json.dumps(plan_document(plan), indent=1) + "\n").encode())
    except OSError as error:
        raise InvalidInputError(f"cannot be written: {error.strerror}", file=file) from error


def read_plan(file: Path) -> Plan:
    """The plan in a file. Raises `InvalidInputError` for whatever drscan would not have written."""
    try:
        if file.stat().st_size > MAX_BYTES:
            raise InvalidInputError(f"is larger than {MAX_BYTES >> 20} MiB", file=file)
        document = json.loads(file.read_bytes())
    except OSError as error:
        raise InvalidInputError(f"cannot be read: {error.strerror}", file=file) from error
    except (ValueError, RecursionError) as error:
        raise InvalidInputError("is no plan: it is not JSON", file=file, hint=_HINT) from error
    return plan_of(document, file)


def plan_of(document: Any, file: Path) -> Plan:
    """The plan that a document holds; `file` only names it in errors. Raises `InvalidInputError`."""
    problem = next(_schema()(document, ()), None)
    if problem is not None:
        raise InvalidInputError(f"is no plan that drscan made: {problem.message}", file=file, hint=_HINT)
    steps = tuple(_step(entry) for entry in document["steps"])
    for step in steps:
        _check(step, steps, file)
    if digest_of(steps) != document["digest"]:
        raise InvalidInputError("was changed after it was made: its digest does not fit", file=file, hint=_HINT)
    return Plan(
        created=document["created"],
        source=document["source"],
        digest=document["digest"],
        steps=steps,
        unfixed=tuple(Unfixed(**entry) for entry in document["unfixed"]),
        fixes=tuple(_served(entry) for entry in document["fixes"]),
    )


def _check(step: Step, steps: tuple[Step, ...], file: Path) -> None:
    """Whether the step is one that the tables know, under the name and with the safety that they give it."""
    write = write_of(step.target.type, step.property)
    known = {one.id for one in steps[: steps.index(step)]}
    try:
        requests = write.requests(step.target, step.before, step.after) if write else ()
    except (CannotWriteError, LookupError, TypeError, ValueError, AttributeError) as error:
        raise InvalidInputError(f"step {step.id} cannot be done: {error}", file=file, hint=_HINT) from error
    if write is None or not requests:
        raise InvalidInputError(f"step {step.id} changes what drscan does not write", file=file, hint=_HINT)
    if not set(step.needs) <= known:
        raise InvalidInputError(f"step {step.id} needs a step that does not come before it", file=file, hint=_HINT)
    if step.safety is not write.safety(step.target, step.before, step.after):
        raise InvalidInputError(f"step {step.id} is not as safe as it says", file=file, hint=_HINT)


def _step_document(step: Step) -> dict[str, Any]:
    return {
        **asdict(step),
        "before": to_json(step.before),
        "after": to_json(step.after),
        "serves": [_served_document(one) for one in step.serves],
    }


def _served_document(served: tuple[str, str]) -> dict[str, str]:
    return {"rule": served[0], "fingerprint": served[1]}


def _served(entry: Mapping[str, str]) -> tuple[str, str]:
    return entry["rule"], entry["fingerprint"]


def _step(entry: Mapping[str, Any]) -> Step:
    return Step(
        id=entry["id"],
        target=Target(**entry["target"]),
        property=entry["property"],
        before=entry["before"],
        after=entry["after"],
        safety=Safety(entry["safety"]),
        operations=tuple(entry["operations"]),
        actions=tuple(entry["actions"]),
        serves=tuple(_served(one) for one in entry["serves"]),
        interrupts=entry.get("interrupts", ""),
        costs=entry.get("costs", ""),
        undoing=entry.get("undoing", ""),
        needs=tuple(entry["needs"]),
    )


@cache
def _schema() -> Validator:
    return compile_schema(json.loads((Path(__file__).parent / "plan.schema.json").read_text(encoding="utf-8")))
