"""The journal of an apply: what was about to be done, what it was before, and what came of it.

Every line is on disk before the next call is made, so that whatever stops the program (a power cut, `kill -9`) leaves
a record from which to go on or back. It begins with the whole plan, so that undoing needs nothing else.
"""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from scanner.errors import DrscanError
from scanner.estate.unknown import Value, to_json
from scanner.remedies.step import Plan


class Event(StrEnum):
    """What happened to a step.

    `begun`: its calls may have been made from here on. `made`: a call has made something, and what. `done`: the
    property was read back. `refused`: AWS said no to a call; `failed`: nobody knows whether a call had its effect.
    `undoing`: calls that take it back may have been made. `undone`, or `stays`: AWS does not take it back.
    """

    BEGUN = "begun"
    MADE = "made"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"
    UNDOING = "undoing"
    UNDONE = "undone"
    STAYS = "stays"


ERRORS = frozenset({Event.REFUSED, Event.FAILED})
"""Events that tell of a call and leave the step where it was."""

GOING_BACK = frozenset({Event.UNDOING, Event.UNDONE, Event.STAYS})
"""Events of undoing."""

_LONGEST_REASON = 2000


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: `value` is the property before it was begun, or as it was read back after it was done (or undone).

    `made` maps stand-ins to what they turned out to be; `reason` says why it failed, or what stays. `at` is ISO time.
    """

    step: str
    event: Event
    at: str
    value: Value = None
    made: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""


def entry(
    step: str, event: Event, value: Value = None, *, made: Mapping[str, str] | None = None, reason: str = ""
) -> Entry:
    """An entry of now."""
    at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return Entry(step, event, at, value, dict(made or {}), reason[:_LONGEST_REASON])


@dataclass(slots=True)
class Journal:
    """An open journal: its plan, what stands in it so far, and the file that takes more.

    `id` tells this apply from every other, also of the same plan. `head` is the first line where it is still to be
    written, `size` where the next line goes. `has_grown` says that this run added to it.
    """

    plan: Plan
    entries: list[Entry]
    file: Path
    id: str
    handle: int
    head: bytes
    size: int
    has_grown: bool = False
    _first: dict[str, Entry] = field(init=False, default_factory=dict)
    _last: dict[str, Entry] = field(init=False, default_factory=dict)
    _latest: dict[str, Entry] = field(init=False, default_factory=dict)
    _done: dict[str, Entry] = field(init=False, default_factory=dict)
    _made: dict[str, str] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        for known in self.entries:
            self._index(known)

    def add(self, new: Entry) -> None:
        """Add a line; when this returns, it is on disk. Raises `DrscanError` where it cannot be written."""
        line = {**asdict(new), "value": to_json(new.value)}
        text = json.dumps({name: part for name, part in line.items() if part not in ("", {}, None)})
        try:
            self._write(self.head + text.encode() + b"\n")
        except OSError as error:
            raise DrscanError(
                f"the journal {self.file} cannot be written: {error.strerror}",
                hint="nothing is done that is not on record; mend that, and go on with the same command",
            ) from error
        self.entries.append(new)
        self._index(new)
        self.has_grown = True

    def last(self, step: str) -> Entry | None:
        """The latest entry of a step; those that only tell of an error do not count."""
        return self._last.get(step)

    def latest(self, step: str) -> Entry:
        """The latest entry of a step that was begun, be it of an error."""
        return self._latest[step]

    def stands(self, step: str) -> Event | None:
        """Where a step stands; None where it was never begun."""
        last = self._last.get(step)
        return last.event if last else None

    def prior(self, step: str) -> Value:
        """What a step's property was before the step was first begun."""
        return self._first[step].value

    def done(self, step: str) -> Entry | None:
        """The entry by which a step was done; None where it was not."""
        return self._done.get(step)

    @property
    def made(self) -> Mapping[str, str]:
        """Everything that stand-ins turned out to be."""
        return self._made

    @property
    def is_going_back(self) -> bool:
        """Whether it was undone, or was begun to be."""
        return any(one.event in GOING_BACK for one in self._last.values())

    def _index(self, new: Entry) -> None:
        self._first.setdefault(new.step, new)
        self._latest[new.step] = new
        if new.event not in ERRORS:
            self._last[new.step] = new
        if new.event is Event.DONE:
            self._done[new.step] = new
        self._made |= new.made

    def _write(self, data: bytes) -> None:
        """Append whole lines. What a failed or interrupted write left behind is cut off first."""
        os.ftruncate(self.handle, self.size)
        try:
            done = 0
            while done < len(data):
                done += os.pwrite(self.handle, data[done:], self.size + done)
            os.fsync(self.handle)
            if self.head:
                _sync_folder(self.file)
        except OSError:
            with suppress(OSError):
                os.ftruncate(self.handle, self.size)
            raise
        self.size += len(data)
        self.head = b""


def _sync_folder(file: Path) -> None:
    """A new file is only safe once its folder is."""
    handle = os.open(file.resolve().parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
