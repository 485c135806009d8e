"""Plans on disk: JSON that a person can review, that a machine can check, and that carries no secrets.

What comes from a file is hostile until checked: the schema, its checksum, then each step against the tables of writes,
for a plan may only hold changes that drscan would plan itself. The checksum finds what was changed after the review; it
is no signature.
"""

import json
import os
import stat
from collections.abc import Mapping
from dataclasses import asdict, fields
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from scanner.errors import InvalidInputError
from scanner.estate.replacing import replacing
from scanner.estate.schemas import Validator, compile_schema
from scanner.estate.unknown import to_json
from scanner.remedies.json_files import parsed, read_bounded
from scanner.remedies.plan_checks import problems_of
from scanner.remedies.step import Plan, Safety, Step, Target, Unfixed
from scanner.remedies.steps import digest_of

MAX_BYTES = 32 << 20
"""How much a plan may hold: some 10,000 steps with whole policies."""

_HINT = "make a new one with: drscan fix plan --plan FILE"


def plan_document(plan: Plan) -> dict[str, Any]:
    """The plan as the file has it."""
    document = {
        "drscan_plan": 1,
        "created": plan.created,
        "source": plan.source,
        "digest": plan.digest,
        "steps": [_step_document(step) for step in plan.steps],
        "unfixed": [asdict(one) for one in plan.unfixed],
        "fixes": [_served_document(one) for one in plan.fixes],
    }
    return {**document, "checksum": _checksum(document)}


def is_same_plan(one: Plan, other: Plan) -> bool:
    """Whether two plans are the same to the last letter."""
    return one == other or bool(plan_document(one) == plan_document(other))


def write_plan(plan: Plan, file: Path) -> None:
    """Write the plan, readable by its owner only; the file is whole or not there. Raises `InvalidInputError`.

    Nothing is ever written through a symbolic link.
    """
    try:
        if file.is_symlink():
            raise InvalidInputError("is a symbolic link", file=file, hint="name the file itself")
        with replacing(file) as stream:
            stream.write((json.dumps(plan_document(plan), indent=1) + "\n").encode())
    except OSError as error:
        raise InvalidInputError(f"cannot be written: {error.strerror}", file=file) from error


def read_plan(file: Path) -> Plan:
    """The plan in a file. Raises `InvalidInputError` for whatever drscan would not have written."""
    try:
        handle = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise InvalidInputError(f"cannot be read: {error.strerror}", file=file) from error
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise InvalidInputError("is no plain file", file=file)
        data = read_bounded(handle, MAX_BYTES, file)
    finally:
        os.close(handle)
    return plan_of(parsed(data, file, hint=_HINT), file)


def plan_of(document: Any, file: Path) -> Plan:
    """The plan that a document holds; `file` only names it in errors. Raises `InvalidInputError`."""
    problem = next(_schema()(document, ()), None)
    if problem is not None:
        where = ".".join(map(str, problem.place))
        raise _invalid(f"is no plan that drscan made: {f'{where}: ' if where else ''}{problem.message}", file)
    if _checksum({name: part for name, part in document.items() if name != "checksum"}) != document["checksum"]:
        raise _invalid("was changed after it was made: its checksum does not fit", file)
    steps = tuple(_step(entry) for entry in document["steps"])
    wrong = next(problems_of(steps), None)
    if wrong is not None:
        raise _invalid(f"is no plan that drscan made: {wrong}", file)
    if digest_of(steps) != document["digest"]:
        raise _invalid("was changed after it was made: its digest does not fit", file)
    return Plan(
        created=document["created"],
        source=document["source"],
        digest=document["digest"],
        steps=steps,
        unfixed=tuple(Unfixed(**entry) for entry in document["unfixed"]),
        fixes=tuple(_served(entry) for entry in document["fixes"]),
    )


def _invalid(message: str, file: Path) -> InvalidInputError:
    return InvalidInputError(message, file=file, hint=_HINT)


def _checksum(document: Mapping[str, Any]) -> str:
    return sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


def _step_document(step: Step) -> dict[str, Any]:
    return {
        **{field.name: getattr(step, field.name) for field in fields(step)},
        "target": asdict(step.target),
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
