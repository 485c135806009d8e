"""YAML text as plain data that knows its lines.

Reads the events of PyYAML's parser (the C one where present) rather than let it construct anything. What
CloudFormation refuses is refused here, and so is what only serves to hurt: aliases, merge keys, tags of any language.
"""

import re
from typing import Any

import yaml

from scanner.errors import InvalidInputError
from scanner.estate.unknown import Value
from scanner.inert import shortened
from scanner.sources.cloudformation.long_form import KEYS, long_form
from scanner.sources.cloudformation.places import (
    MAX_DEPTH,
    MAX_PLACES,
    MAX_QUOTED,
    Document,
    Place,
    first_line,
    from_line,
    last_line,
    spanning,
)
from scanner.sources.cloudformation.scalars import misread_account_id, plain_word


def parse_yaml(text: str, file: str, *, max_places: int = MAX_PLACES) -> Document:
    """Read one YAML document. Raises `InvalidInputError` with the line, and the column in the message, for what is
    not YAML, is refused, is nested deeper than `MAX_DEPTH` in the long form or holds more than `max_places` values."""
    if text.count("%TAG") > _MAX_DIRECTIVES:
        raise InvalidInputError(f"holds more than {_MAX_DIRECTIVES} %TAG directives", file=file)
    try:
        return _Reader(text, file, max_places).document()
    except yaml.reader.ReaderError as error:
        raise _unprintable(text, file) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = " ".join(part for part in (error.problem, error.context) if part)
        where = (mark.line, mark.column) if mark is not None else (0, 0)
        raise _error(f"is not valid YAML: {problem}", file, *where) from error


_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TEXT_TAGS = ("!", "tag:yaml.org,2002:str")
_BLOCKS = ("|", ">")
_MAX_DIRECTIVES = 100
"""The parser compares each with all before it, so that many would take it hours. Templates need none."""
_MAX_MESSAGES = 20
_NO_ALIASES = "CloudFormation takes no aliases; write the value out, or let `aws cloudformation package` do it"


class _Reader:
    """Turns parser events into data and places, one document, one pass."""

    def __init__(self, text: str, file: str, max_places: int) -> None:
        self._text = text
        self._file = file
        self._next = _LOADER(text).get_event
        self._max_places = max_places
        self._count = 0
        self._messages: list[str] = []

    def document(self) -> Document:
        self._next()  # the start of the stream
        if isinstance(self._next(), yaml.StreamEndEvent):
            raise InvalidInputError("is empty", file=self._file, line=1)
        value, place = self._value(self._next(), 0)
        self._next()  # the end of the document
        following = self._next()
        if not isinstance(following, yaml.StreamEndEvent):
            raise self._refused(following, "holds a second document; one file, one template")
        return Document(value, place, tuple(self._messages))

    def _value(self, event: Any, depth: int) -> tuple[Value, Place]:
        if isinstance(event, yaml.AliasEvent):
            raise self._refused(event, f"uses an alias (*{_short(str(event.anchor))})", hint=_NO_ALIASES)
        tag = event.tag
        if tag is None or (tag in _TEXT_TAGS and isinstance(event, yaml.ScalarEvent)):
            return self._untagged(event, depth)
        if tag not in KEYS:
            raise self._refused(event, f"has the tag {_short(tag)}, which is none of CloudFormation's functions")
        argument, place = self._untagged(event, depth + 1)
        below = {KEYS[tag]: place}
        return long_form({KEYS[tag]: argument}), spanning(first_line(place), last_line(place), below)

    def _untagged(self, event: Any, depth: int) -> tuple[Value, Place]:
        self._count += 1
        if self._count > self._max_places:
            raise self._refused(event, f"holds more than {self._max_places:,} values")
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        if depth >= MAX_DEPTH:
            raise self._refused(event, f"is nested deeper than {MAX_DEPTH} levels")
        read = self._list if isinstance(event, yaml.SequenceStartEvent) else self._mapping
        return read(event, depth + 1)

    def _list(self, start: Any, depth: int) -> tuple[Value, Place]:
        values: list[Value] = []
        below: list[Place] = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            value, place = self._value(event, depth)
            values.append(value)
            below.append(place)
        return values, self._around(start, event, below, below[-1] if below else None)

    def _mapping(self, start: Any, depth: int) -> tuple[Value, Place]:
        values: dict[str, Value] = {}
        below: dict[str, Place] = {}
        place: Place | None = None
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            key = self._key(event)
            if key in values:
                raise self._refused(
                    event, f"has the key {_short(key)!r} twice (first on line {first_line(below[key])})"
                )
            values[key], place = self._value(self._next(), depth)
            below[key] = place = from_line(event.start_mark.line + 1, place)
        return long_form(values), self._around(start, event, below, place)

    def _around(self, start: Any, end: Any, below: Any, last: "Place | None") -> Place:
        """The place of a list or mapping. What has no closing bracket ends with its last member: the parser notices
        only at the next word that it is over."""
        first = start.start_mark.line + 1
        if start.flow_style:
            return spanning(first, end.end_mark.line + 1, below)
        return spanning(first, first if last is None else last_line(last), below)

    def _key(self, event: Any) -> str:
        """A key is its own text, whatever it looks like: account ids and years are names here, not numbers."""
        if isinstance(event, yaml.AliasEvent):
            raise self._refused(event, f"uses an alias (*{_short(str(event.anchor))})", hint=_NO_ALIASES)
        if not isinstance(event, yaml.ScalarEvent):
            raise self._refused(event, "has a list or mapping for a key; a key is a plain word")
        if event.tag is not None and event.tag not in _TEXT_TAGS:
            raise self._refused(event, f"has the tag {_short(event.tag)} on a key; a key is a plain word")
        text = str(event.value)
        if event.implicit[0]:
            if text == "<<":
                raise self._refused(event, "merges mappings (<<)", hint=_NO_ALIASES)
            self._note_account_id(text, event)
        return text

    def _scalar(self, event: Any) -> tuple[Value, Place]:
        if not event.implicit[0]:
            return event.value, self._lines(event)
        self._note_account_id(event.value, event)
        return plain_word(event.value), self._lines(event)

    def _lines(self, event: Any) -> Place:
        """The place of a word or text. The parser gives a block of text the blank lines after it, too."""
        first, last = event.start_mark.line + 1, event.end_mark.line + 1
        if event.style in _BLOCKS:
            block = self._text[event.start_mark.index : event.end_mark.index].rstrip()
            last = first + len(_BREAK.findall(block))
        return spanning(first, last, ())

    def _note_account_id(self, text: str, event: Any) -> None:
        number = misread_account_id(text) if text.startswith("0") else None
        if number is not None and len(self._messages) < _MAX_MESSAGES:
            self._messages.append(
                f"{self._file}:{event.start_mark.line + 1}: CloudFormation reads {text} without quotes as the octal "
                f"number {number}; put quotes around an account id"
            )

    def _refused(self, event: Any, message: str, *, hint: str = "") -> InvalidInputError:
        return _error(message, self._file, event.start_mark.line, event.start_mark.column, hint=hint)


def _short(name: str) -> str:
    return shortened(name, MAX_QUOTED)


def _unprintable(text: str, file: str) -> InvalidInputError:
    found = _UNPRINTABLE.search(text)
    offset = found.start() if found else 0
    line = text.count("\n", 0, offset)
    problem = f"is not valid YAML: the character U+{ord(text[offset]):04X} is not allowed"
    return _error(problem, file, line, offset - text.rfind("\n", 0, offset) - 1)


def _error(message: str, file: str, line: int, column: int, *, hint: str = "") -> InvalidInputError:
    """An error at a 0-based line and column, as the parser counts them."""
    return InvalidInputError(f"{message} (column {column + 1})", file=file, line=line + 1, hint=hint)
