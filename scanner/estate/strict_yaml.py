"""YAML without its surprises, for files that strangers may have written.

Rule files and estate files need mappings, lists and plain values, and errors with the line. Everything else in YAML is
a way to hurt: aliases grow without bound, tags construct objects, duplicate keys hide one another, `no` is a boolean
and 0123 an octal number. This loader reads the events of PyYAML's parser (the C one where present), refuses all of
that, bounds size and depth, and remembers the line of every place.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from scanner.errors import InvalidInputError
from scanner.estate.text_files import read_text
from scanner.estate.unknown import Value

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 48

PlacePath: TypeAlias = Sequence[str | int]
"""A place in a document: mapping keys and 0-based list indexes from the top, such as `("examples", 0, "name")`."""


@dataclass(frozen=True, slots=True)
class _Lines:
    """The 1-based line of a place, and those of the places below it."""

    line: int
    below: "dict[str, _Lines] | list[_Lines] | None" = None


@dataclass(frozen=True, slots=True)
class Node:
    """A YAML document as plain data (`value`: dict, list, str, int, float, bool, None) that knows its lines."""

    file: str
    value: Value
    _lines: _Lines = field(repr=False, compare=False)

    def line_of(self, path: PlacePath = ()) -> int:
        """The 1-based line of a place (of its key, in a mapping); of the nearest place above it if it is missing."""
        lines = self._lines
        for step in path:
            match lines.below:
                case dict() as members if isinstance(step, str) and step in members:
                    lines = members[step]
                case list() as items if isinstance(step, int) and 0 <= step < len(items):
                    lines = items[step]
                case _:
                    break
        return lines.line

    def error(self, path: PlacePath, message: str, *, hint: str = "") -> InvalidInputError:
        """An error about a place of this document, with its file and line."""
        return InvalidInputError(message, file=self.file, line=self.line_of(path), hint=hint)


def load_yaml(path: Path, *, max_bytes: int = MAX_BYTES) -> Node:
    """Read one YAML document from a file. Raises InvalidInputError with file and line for whatever is refused."""
    return parse_yaml(read_text(path, max_bytes=max_bytes), str(path))


def parse_yaml(text: str, file: str) -> Node:
    """Read one YAML document from text; `file` only names it in errors. Raises as `load_yaml` does."""
    try:
        return _Reader(text, file).document()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "cannot be parsed"
        line = mark.line + 1 if mark is not None else None
        raise InvalidInputError(f"is not valid YAML: {problem}", file=file, line=line) from error


_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,30})?(?:[eE][-+]?[0-9]{1,2})?")
_PLAIN: dict[str, Value] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}


class _Reader:
    """Turns parser events into data and lines, one document, one pass."""

    def __init__(self, text: str, file: str) -> None:
        self._events = _LOADER(text)
        self._file = file

    def document(self) -> Node:
        self._events.get_event()  # the start of the stream
        if self._events.check_event(yaml.StreamEndEvent):
            raise InvalidInputError("is empty", file=self._file)
        self._events.get_event()  # the start of the document
        value, lines = self._value(self._events.get_event(), 0)
        self._events.get_event()  # the end of the document
        following = self._events.get_event()
        if not isinstance(following, yaml.StreamEndEvent):
            raise self._refused(following, "holds a second document; one file, one document")
        return Node(self._file, value, lines)

    def _value(self, event: Any, depth: int) -> tuple[Value, _Lines]:
        line = event.start_mark.line + 1
        if isinstance(event, yaml.ScalarEvent):
            self._check_marks(event)
            return (self._plain(event) if event.implicit[0] else event.value), _Lines(line)
        self._check_marks(event)
        if depth == MAX_DEPTH:
            raise self._refused(event, f"is nested deeper than {MAX_DEPTH} levels")
        if isinstance(event, yaml.SequenceStartEvent):
            return self._list(line, depth + 1)
        return self._mapping(line, depth + 1)

    def _list(self, line: int, depth: int) -> tuple[Value, _Lines]:
        values: list[Value] = []
        below: list[_Lines] = []
        while not isinstance(event := self._events.get_event(), yaml.SequenceEndEvent):
            value, lines = self._value(event, depth)
            values.append(value)
            below.append(lines)
        return values, _Lines(line, below)

    def _mapping(self, line: int, depth: int) -> tuple[Value, _Lines]:
        values: dict[str, Value] = {}
        below: dict[str, _Lines] = {}
        while not isinstance(event := self._events.get_event(), yaml.MappingEndEvent):
            key = self._key(event)
            if key in values:
                raise self._refused(event, f"has the key {key!r} twice (first on line {below[key].line})")
            values[key], lines = self._value(self._events.get_event(), depth)
            below[key] = _Lines(event.start_mark.line + 1, lines.below)
        return values, _Lines(line, below)

    def _key(self, event: Any) -> str:
        """A key is its own text, whatever it looks like: account ids and years are names here, not numbers."""
        self._check_marks(event)
        if not isinstance(event, yaml.ScalarEvent):
            raise self._refused(event, "has a list or mapping for a key; a key is a plain word")
        return str(event.value)

    def _plain(self, event: Any) -> Value:
        """A scalar without quotes: null, true, false and decimal numbers are those; all else is text, dates too."""
        text = str(event.value)
        if text in _PLAIN:
            return _PLAIN[text]
        if _INTEGER.fullmatch(text):
            return int(text)
        return float(text) if _FLOAT.fullmatch(text) else text

    def _check_marks(self, event: Any) -> None:
        if isinstance(event, yaml.AliasEvent):
            raise self._refused(event, f"uses an alias (*{event.anchor}); write the value out")
        if event.anchor is not None:
            raise self._refused(event, f"sets an anchor (&{event.anchor}); anchors and aliases are refused")
        if event.tag is not None:
            raise self._refused(event, f"has a tag ({event.tag}); tags are refused")

    def _refused(self, event: Any, message: str) -> InvalidInputError:
        return InvalidInputError(message, file=self._file, line=event.start_mark.line + 1)
