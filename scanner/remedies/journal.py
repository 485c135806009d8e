"""The journal of an apply: what was about to be done, what it was before, and what came of it.

Every line is on disk before the next call is made, so that whatever stops the program (a power cut, `kill -9`) leaves
a record from which to go on or back. It begins with the whole plan, so that undoing needs nothing else.
"""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import IO, Any

from scanner.errors import DrscanError, InvalidInputError
from scanner.estate.unknown import Value, to_json
from scanner.remedies.plan_file import MAX_BYTES, plan_document, plan_of
from scanner.remedies.step import Plan


class Event(StrEnum):
    """What happened to a step."""

    BEGUN = "begun"
    DONE = "done"
    FAILED = "failed"
    UNDOING = "undoing"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: `value` is the property before it was begun, or as it was read back after it was done (or undone).

    `made` maps stand-ins to what they turned out to be; `reason` says why it failed.
    """

    step: str
    event: Event
    at: str
    value: Value = None
    made: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""


@dataclass(slots=True)
class Journal:
    """An open journal: its plan, what stands in it so far, and the file that takes more."""

    plan: Plan
    entries: list[Entry]
    file: Path
    _stream: IO[str]

    def add(self, entry: Entry) -> None:
        """Add a line; when this returns, it is on disk."""
        self.entries.append(entry)
        line = {**asdict(entry), "value": to_json(entry.value)}
        self._stream.write(json.dumps({name: part for name, part in line.items() if part not in ("", {})}) + "\n")
        self._stream.flush()
        os.fsync(self._stream.fileno())

    def last(self, step: str) -> Entry | None:
        """The latest entry of a step."""
        return next((entry for entry in reversed(self.entries) if entry.step == step), None)

    def prior(self, step: str) -> Value:
        """What a step's property was before the step was first begun."""
        return next(entry.value for entry in self.entries if entry.step == step and entry.event is Event.BEGUN)

    @property
    def made(self) -> dict[str, str]:
        """Everything that stand-ins turned out to be."""
        return {stand_in: text for entry in self.entries for stand_in, text in entry.made.items()}


@contextmanager
def opened(file: Path, plan: Plan | None = None) -> Iterator[Journal]:
    """The journal in a file, for this program alone: a second one that opens it is refused.

    With a plan a new journal is begun, or one of the same plan gone on with; without, it must exist. Raises
    `InvalidInputError` for a file that is no journal, or one of another plan, and `DrscanError` where it is in use.
    """
    flags = os.O_RDWR | os.O_APPEND | os.O_NOFOLLOW | (os.O_CREAT if plan is not None else 0)
    try:
        handle = os.open(file, flags, 0o600)
    except OSError as error:
        raise InvalidInputError(f"cannot be opened: {error.strerror}", file=file) from error
    with os.fdopen(handle, "r+", encoding="utf-8") as stream:
        _lock(stream, file)
        yield _journal(stream, file, plan)


def _lock(stream: IO[str], file: Path) -> None:
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise DrscanError(f"{file} is in use by another drscan", hint="wait until it has ended") from error


def _journal(stream: IO[str], file: Path, plan: Plan | None) -> Journal:
    lines = _lines(stream, file)
    if not lines:
        if plan is None:
            raise InvalidInputError("is empty", file=file)
        stream.write(json.dumps({"drscan_journal": 1, "plan": plan_document(plan)}) + "\n")
        stream.flush()
        os.fsync(stream.fileno())
        return Journal(plan, [], file, stream)
    known = _plan(lines[0], file)
    if plan is not None and known.digest != plan.digest:
        raise InvalidInputError(
            "is the journal of another plan", file=file, hint="name another file with --journal, or undo it first"
        )
    ids = {step.id for step in known.steps}
    return Journal(known, [_entry(line, number, file, ids) for number, line in enumerate(lines[1:], 2)], file, stream)


def _lines(stream: IO[str], file: Path) -> list[Any]:
    """The lines as data. A last line that was cut off says nothing, and is taken away before more is written."""
    if os.fstat(stream.fileno()).st_size > MAX_BYTES:
        raise InvalidInputError(f"is larger than {MAX_BYTES >> 20} MiB", file=file)
    stream.seek(0)
    try:
        texts = stream.read().split("\n")
    except UnicodeDecodeError as error:
        raise InvalidInputError("is no journal: it is not UTF-8 text", file=file) from error
    whole, rest = texts[:-1], texts[-1]
    found = []
    for number, text in enumerate(whole, 1):
        try:
            found.append(json.loads(text))
        except (ValueError, RecursionError) as error:
            raise InvalidInputError("is no journal: not JSON", file=file, line=number) from error
    if rest:
        _truncate(stream, sum(len(text.encode()) + 1 for text in whole))
    return found


def _truncate(stream: IO[str], size: int) -> None:
    with suppress(OSError):
        stream.seek(0)
        stream.truncate(size)
    stream.seek(0, os.SEEK_END)


def _plan(head: Any, file: Path) -> Plan:
    if not isinstance(head, dict) or head.get("drscan_journal") != 1 or "plan" not in head:
        raise InvalidInputError("is no journal of drscan", file=file, line=1)
    return plan_of(head["plan"], file)


def _entry(line: Any, number: int, file: Path, steps: set[str]) -> Entry:
    match line:
        case {"step": str(step), "event": str(event), "at": str(at), **rest} if step in steps and event in set(Event):
            made: Any = rest.get("made", {})
            reason: Any = rest.get("reason", "")
            texts = [*made, *made.values()] if isinstance(made, dict) else [None]
            if all(isinstance(text, str) for text in (*texts, reason)) and set(rest) <= {"value", "made", "reason"}:
                return Entry(step, Event(event), at, rest.get("value"), made, reason)
    raise InvalidInputError("is no line of a journal", file=file, line=number)
