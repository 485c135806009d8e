"""Opening journals: for one program at a time, and never trusting what stands in them.

A journal decides what is written into accounts when it is undone. So its plan has to pass every check of a plan, every
line has to follow from the lines before it, and what it says of the time before has to be what the plan says.
"""

import errno
import fcntl
import json
import os
import re
import secrets
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from scanner.errors import DrscanError, InvalidInputError
from scanner.remedies.journal import ERRORS, Entry, Event, Journal
from scanner.remedies.json_files import MAX_DEPTH, parsed, read_bounded
from scanner.remedies.plan_checks import says_unknown
from scanner.remedies.plan_file import is_same_plan, plan_document, plan_of
from scanner.remedies.sameness import is_same
from scanner.remedies.state import parts_of_new
from scanner.remedies.step import CREATION, Plan, Step
from scanner.sources.declared import is_stand_in

MAX_BYTES = 256 << 20
"""How much a journal may hold: the largest plan, with every value before and after, there and back."""

_FOLLOWS: Mapping[Event | None, frozenset[Event]] = {
    None: frozenset({Event.BEGUN}),
    Event.BEGUN: frozenset({*ERRORS, Event.MADE, Event.DONE, Event.UNDOING, Event.UNDONE, Event.STAYS}),
    Event.MADE: frozenset({*ERRORS, Event.DONE, Event.UNDOING, Event.UNDONE, Event.STAYS}),
    Event.DONE: frozenset({Event.UNDOING, Event.UNDONE, Event.STAYS}),
    Event.UNDOING: frozenset({*ERRORS, Event.UNDOING, Event.UNDONE, Event.STAYS}),
    Event.STAYS: frozenset({Event.UNDOING, Event.UNDONE, Event.STAYS}),
    Event.UNDONE: frozenset(),
}
"""What may happen to a step after what."""

_KEYS = frozenset({"step", "event", "at", "value", "made", "reason"})
_LONGEST_ID = 64
_MAX_DEPTH = 2 * MAX_DEPTH
"""A journal holds a whole plan, and must never be too deep to be read where the plan was not."""


@contextmanager
def opened(file: Path, plan: Plan | None = None) -> Iterator[Journal]:
    """The journal in a file, for this program alone: a second one that opens it is refused.

    With a plan a new journal is begun, or one of the same plan gone on with; without, it must exist. Raises
    `InvalidInputError` for a file that is no journal, or one of another plan, and `DrscanError` where it is in use.
    What was made for nothing is taken away again.
    """
    handle, is_new = _open(file, create=plan is not None)
    try:
        _lock(handle, file)
        journal = _journal(handle, file, plan)
        with suppress(OSError):
            os.fchmod(handle, 0o600)
        yield journal
    finally:
        if is_new and os.fstat(handle).st_size == 0 and _is_still(handle, file):
            with suppress(OSError):
                file.unlink()
        os.close(handle)


@contextmanager
def held(file: Path) -> Iterator[None]:
    """A plan file that no other drscan applies meanwhile, whichever journal it names."""
    try:
        handle = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise InvalidInputError(f"cannot be opened: {error.strerror}", file=file) from error
    try:
        _lock(handle, file)
        yield
    finally:
        os.close(handle)


def _open(file: Path, *, create: bool) -> tuple[int, bool]:
    """The file, which is a plain one of its own, and whether it is new."""
    flags = os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        try:
            handle, is_new = os.open(file, flags), False
        except FileNotFoundError:
            if not create:
                raise
            handle, is_new = os.open(file, flags | os.O_CREAT, 0o600), True
    except OSError as error:
        why = "is a symbolic link" if error.errno == errno.ELOOP else f"cannot be opened: {error.strerror}"
        raise InvalidInputError(why, file=file) from error
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise InvalidInputError("is no plain file", file=file)
    return handle, is_new


def _lock(handle: int, file: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise DrscanError(f"{file} is in use by another drscan", hint="wait until it has ended") from error
    if not _is_still(handle, file):
        raise DrscanError(f"{file} was replaced this very moment", hint="try again")


def _is_still(handle: int, file: Path) -> bool:
    """Whether the open file is the one of that name: a lock on any other would keep nobody out."""
    try:
        return os.path.samestat(os.fstat(handle), file.stat())
    except OSError:
        return False


def _journal(handle: int, file: Path, plan: Plan | None) -> Journal:
    data = read_bounded(handle, MAX_BYTES, file)
    *whole, torn = data.split(b"\n")
    if len(whole) < 2:
        # No step was ever begun: at most the first line is there.
        return _begun(handle, file, plan, whole[0] if whole else torn)
    known, id_ = _head(parsed(whole[0], file, line=1, depth=_MAX_DEPTH), file)
    if plan is not None and not is_same_plan(known, plan):
        raise _of_another(file)
    entries = _entries(whole[1:], known, file)
    return Journal(known, entries, file, id_, handle, b"", len(data) - len(torn))


def _begun(handle: int, file: Path, plan: Plan | None, data: bytes) -> Journal:
    """A journal with nothing in it. Only the beginning of one, or an empty file, is written over."""
    start = b'{"drscan_journal": 1, '
    if data and not data.startswith(start[: len(data)]):
        raise InvalidInputError("is no journal of drscan", file=file, line=1)
    if plan is None:
        raise InvalidInputError("is empty: nothing was ever done by it", file=file)
    id_ = secrets.token_hex(6)
    head = start + f'"id": "{id_}", "plan": {json.dumps(plan_document(plan))}}}\n'.encode()
    return Journal(plan, [], file, id_, handle, head, 0)


def _head(head: Any, file: Path) -> tuple[Plan, str]:
    match head:
        case {"drscan_journal": 1, "id": str(id_), "plan": dict(plan)} if len(head) == 3 and _is_id(id_):
            return plan_of(plan, file), id_
    raise InvalidInputError("is no journal of drscan", file=file, line=1)


def _is_id(text: str) -> bool:
    return re.fullmatch("[0-9a-f]{12}", text) is not None


def _of_another(file: Path) -> InvalidInputError:
    return InvalidInputError(
        "is the journal of another plan", file=file, hint="name another file with --journal, or undo that one first"
    )


def _entries(lines: list[bytes], plan: Plan, file: Path) -> list[Entry]:
    steps, parts = {step.id: step for step in plan.steps}, parts_of_new(plan)
    stands: dict[str, Event] = {}
    found = []
    for number, line in enumerate(lines, 2):
        entry = _entry(parsed(line, file, line=number, depth=_MAX_DEPTH))
        step = steps.get(entry.step) if entry else None
        problem = (
            _problem(entry, step, stands.get(step.id), is_part=step.id in parts)
            if entry and step
            else "is no line of a journal"
        )
        if problem or entry is None:
            raise InvalidInputError(problem, file=file, line=number)
        if entry.event not in ERRORS:
            stands[entry.step] = entry.event
        found.append(entry)
    return found


def _entry(line: Any) -> Entry | None:
    match line:
        case {"step": str(step), "event": str(event), "at": str(at), **rest} if event in set(Event):
            made: Any = rest.get("made", {})
            reason: Any = rest.get("reason", "")
            is_text = isinstance(made, dict) and all(isinstance(one, str) for one in (*made.values(), reason, at))
            if is_text and line.keys() <= _KEYS:
                return Entry(step, Event(event), at, rest.get("value"), made, reason)
    return None


def _problem(entry: Entry, step: Step, stands: Event | None, *, is_part: bool) -> str:
    """Why an entry is none that drscan would have written; empty where it may be."""
    if entry.event not in _FOLLOWS[stands]:
        return f"step {step.id} cannot be {entry.event} here"
    if says_unknown(entry.value):
        return f"step {step.id} has a value that is not known"
    before = None if step.property == CREATION else step.before
    if entry.event is Event.BEGUN and not is_part and not is_same(entry.value, before):
        return f"step {step.id} did not begin from what the plan found"
    if not all(_is_what(stand_in, real, step) for stand_in, real in entry.made.items()):
        return f"step {step.id} made something else than it was to make"
    return ""


def _is_what(stand_in: str, real: str, step: Step) -> bool:
    """Whether a stand-in may have turned out to be this: the same ARN but for an id in place of the braces."""
    if step.property != CREATION or stand_in not in (step.target.arn, step.target.name) or not is_stand_in(stand_in):
        return False
    pattern = re.sub(r"\\\{[^}]*\\\}", f"[A-Za-z0-9-]{{1,{_LONGEST_ID}}}", re.escape(stand_in))
    return re.fullmatch(pattern, real) is not None
