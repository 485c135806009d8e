"""JSON text as plain data that knows its lines.

Python's own reader forgets where things stood and which keys came twice, and YAML's refuses the tabs that JSON may
hold. This one takes a member of an object or list per step: one regular expression that never backtracks.
"""

import json
import re

from scanner.errors import InvalidInputError
from scanner.estate.unknown import Value
from scanner.inert import shortened
from scanner.sources.cloudformation.long_form import long_form
from scanner.sources.cloudformation.places import (
    MAX_DEPTH,
    MAX_PLACES,
    MAX_QUOTED,
    Document,
    Place,
    first_line,
    from_line,
    spanning,
)
from scanner.sources.cloudformation.scalars import number


def parse_json(text: str, file: str, *, max_places: int = MAX_PLACES) -> Document:
    """Read one JSON text. Raises `InvalidInputError` with the line, and the column in the message, where it is not
    JSON, names a key twice, is nested deeper than `MAX_DEPTH` or holds more than `max_places` values."""
    return _Reader(text, file, max_places).document()


_SPACE = r"[ \t\r\n]*+"
_TEXT = r'"[^"\\\x00-\x1f]*+(?:\\.[^"\\\x00-\x1f]*+)*+"'
_NUMBER = r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][-+]?[0-9]++)?"
_VALUE = rf"(?:(?P<text>{_TEXT})|(?P<number>{_NUMBER})|(?P<word>true|false|null)|(?P<open>[{{\[]))"
_KEY_AND_VALUE = rf"(?P<key>{_TEXT}){_SPACE}:{_SPACE}{_VALUE}"
_ITEM = re.compile(rf"{_SPACE}{_VALUE}")
_MEMBER = re.compile(rf"{_SPACE}{_KEY_AND_VALUE}")
_NEXT_ITEM = re.compile(rf"{_SPACE},{_SPACE}{_VALUE}")
_NEXT_MEMBER = re.compile(rf"{_SPACE},{_SPACE}{_KEY_AND_VALUE}")
_CLOSING = re.compile(rf"{_SPACE}([\]}}])")
_END = re.compile(rf"{_SPACE}\Z")
_WORDS: dict[str, Value] = {"true": True, "false": False, "null": None}
_DECODER = json.JSONDecoder(parse_int=str, parse_float=str)
_NO_NUMBER = re.compile("NaN|-?Infinity")


class _Reader:
    """Where the reading stands: the offset of the next character, the number of its line, how deep, how much so far."""

    def __init__(self, text: str, file: str, max_places: int) -> None:
        self._text = text
        self._file = file
        self._depth = 0
        self._max_places = max_places
        self._count = 0
        self._offset = 0
        self._line = 1

    def document(self) -> Document:
        found = _ITEM.match(self._text)
        if found is None:
            raise self._invalid()
        value, place = self._value(found)
        if _END.match(self._text, self._offset) is None:
            raise self._invalid()
        return Document(value, place)

    def _value(self, found: re.Match[str]) -> tuple[Value, Place]:
        """The value that was found, or of which the opening bracket was; the reading goes on after it."""
        self._move_to(found.end())
        self._count += 1
        if self._count > self._max_places:
            raise self._refused(self._offset, f"holds more than {self._max_places:,} values")
        match found.lastgroup:
            case "text":
                return self._unescaped(found, "text"), self._line
            case "open":
                return self._nested(found["open"])
            case "number":
                return number(found["number"]), self._line
            case _:
                return _WORDS[found["word"]], self._line

    def _nested(self, opening: str) -> tuple[Value, Place]:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._refused(self._offset - 1, f"is nested deeper than {MAX_DEPTH} levels")
        read = self._object() if opening == "{" else self._list()
        self._depth -= 1
        return read

    def _object(self) -> tuple[Value, Place]:
        first = self._line
        values: dict[str, Value] = {}
        below: dict[str, Place] = {}
        found = _MEMBER.match(self._text, self._offset)
        while found is not None:
            self._move_to(found.start("key"))
            key, line = self._unescaped(found, "key"), self._line
            if key in values:
                message = f"has the key {shortened(key, MAX_QUOTED)!r} twice (first on line {first_line(below[key])})"
                raise self._refused(self._offset, message)
            values[key], place = self._value(found)
            below[key] = from_line(line, place)
            found = _NEXT_MEMBER.match(self._text, self._offset)
        self._close("}")
        return long_form(values), spanning(first, self._line, below)

    def _list(self) -> tuple[Value, Place]:
        first = self._line
        values: list[Value] = []
        below: list[Place] = []
        found = _ITEM.match(self._text, self._offset)
        while found is not None:
            value, place = self._value(found)
            values.append(value)
            below.append(place)
            found = _NEXT_ITEM.match(self._text, self._offset)
        self._close("]")
        return values, spanning(first, self._line, below)

    def _close(self, bracket: str) -> None:
        """Go on after the closing bracket: whatever else follows the last member is not JSON."""
        found = _CLOSING.match(self._text, self._offset)
        if found is None or found[1] != bracket:
            raise self._invalid()
        self._move_to(found.end())

    def _unescaped(self, found: re.Match[str], group: str) -> str:
        quoted = found[group]
        if "\\" not in quoted:
            return quoted[1:-1]
        start = found.start(group)
        try:
            text, _ = _DECODER.raw_decode(self._text, start)
            text.encode()
        except json.JSONDecodeError:
            raise self._invalid() from None
        except UnicodeEncodeError:
            raise self._refused(start, "holds half of a surrogate pair, which is no character") from None
        return str(text)

    def _move_to(self, offset: int) -> None:
        self._line += self._text.count("\n", self._offset, offset)
        self._offset = offset

    def _invalid(self) -> InvalidInputError:
        """What Python's reader has to say about the text. It stops at the same place, except that it takes NaN."""
        try:
            _DECODER.decode(self._text)
        except json.JSONDecodeError as error:
            return self._refused(error.pos, f"is not valid JSON: {error.msg}")
        except RecursionError:  # deep down behind a NaN
            pass
        found = _NO_NUMBER.search(self._text, self._offset)
        if found is None:
            return self._refused(self._offset, "is not valid JSON")
        return self._refused(found.start(), f"is not valid JSON: {found[0]} is no number")

    def _refused(self, offset: int, message: str) -> InvalidInputError:
        line = self._text.count("\n", 0, offset) + 1
        column = offset - self._text.rfind("\n", 0, offset)
        return InvalidInputError(f"{message} (column {column})", file=self._file, line=line)
