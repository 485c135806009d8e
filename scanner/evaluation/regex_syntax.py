"""The syntax of the regular expressions that rules may use, parsed into a small tree.

Supported: literals, `.`, classes `[a-z0-9_]` and `[^...]`, `\\d \\w \\s` and their negations (ASCII), groups `(...)`
and `(?:...)`, `|`, and the quantifiers `* + ? {m} {m,} {m,n}`. Everything else is refused by name, never misread.
"""

from dataclasses import dataclass
from typing import TypeAlias

MAX_PATTERN = 500
"""Longest pattern, in characters."""
MAX_REPEAT = 255
_MAX_GROUPS = 20


@dataclass(frozen=True, slots=True)
class CharSet:
    """One character out of inclusive code point ranges, or out of all others when negated."""

    ranges: tuple[tuple[int, int], ...]
    negated: bool = False

    def holds(self, char: str) -> bool:
        """Whether the character is in the set."""
        code = ord(char)
        return any(low <= code <= high for low, high in self.ranges) is not self.negated


@dataclass(frozen=True, slots=True)
class Sequence:
    """One after the other."""

    parts: "tuple[Pattern, ...]"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several."""

    options: "tuple[Pattern, ...]"


@dataclass(frozen=True, slots=True)
class Repeat:
    """At least `least` times, at most `most` (None: without end)."""

    what: "Pattern"
    least: int
    most: int | None


Pattern: TypeAlias = CharSet | Sequence | Choice | Repeat


def parse(text: str) -> Pattern:
    """Parse a pattern. Raises ValueError with a sentence on what is not supported and where."""
    if len(text) > MAX_PATTERN:
        raise ValueError(f"a pattern is at most {MAX_PATTERN} characters long")
    parser = _Parser(text)
    pattern = parser.choice()
    if parser.peek():
        raise parser.refused("an unmatched )")
    return pattern


_DIGIT = ((48, 57),)
_WORD = ((48, 57), (65, 90), (95, 95), (97, 122))
_SPACE = ((9, 13), (32, 32))
_CLASSES = {
    "d": CharSet(_DIGIT),
    "w": CharSet(_WORD),
    "s": CharSet(_SPACE),
    "D": CharSet(_DIGIT, negated=True),
    "W": CharSet(_WORD, negated=True),
    "S": CharSet(_SPACE, negated=True),
}
_ANY = CharSet(((10, 10),), negated=True)
_QUANTIFIERS: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}


class _Parser:
    """Recursive descent over the pattern, with a cap on the nesting of groups."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._open = 0

    def peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def refused(self, what: str) -> ValueError:
        return ValueError(f"{what} at character {self._at + 1} of the pattern is not supported")

    def choice(self) -> Pattern:
        options = [self._sequence()]
        while self._take("|"):
            options.append(self._sequence())
        return options[0] if len(options) == 1 else Choice(tuple(options))

    def _sequence(self) -> Pattern:
        parts: list[Pattern] = []
        while self.peek() and self.peek() not in "|)":
            parts.append(self._quantified(self._atom()))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _quantified(self, what: Pattern) -> Pattern:
        bounds = self._quantifier()
        if bounds is None:
            return what
        if self.peek() and self.peek() in "*+?{":
            raise self.refused(
                "a second quantifier (lazy and possessive ones are not needed: all of the value matches)"
            )
        return Repeat(what, *bounds)

    def _quantifier(self) -> tuple[int, int | None] | None:
        if self.peek() in _QUANTIFIERS:
            return _QUANTIFIERS[self._next()]
        if not self._take("{"):
            return None
        least = self._number()
        most: int | None = least
        if self._take(","):
            most = None if self.peek() == "}" else self._number()
        if not self._take("}"):
            raise self.refused("a { that is no {m}, {m,} or {m,n}")
        if most is not None and most < least:
            raise self.refused("a repetition whose maximum is below its minimum")
        return least, most

    def _number(self) -> int:
        start = self._at
        while self.peek() and self.peek() in "0123456789":
            self._at += 1
        digits = self._text[start : self._at]
        if not digits or len(digits) > 3 or int(digits) > MAX_REPEAT:
            raise self.refused(f"a repetition that is no number up to {MAX_REPEAT}")
        return int(digits)

    def _atom(self) -> Pattern:
        match self.peek():
            case "(":
                return self._group()
            case "[":
                return self._class()
            case "\\":
                return self._escape()
            case ".":
                self._at += 1
                return _ANY
            case "^" | "$":
                raise self.refused("an anchor (the pattern always matches the whole value)")
            case "*" | "+" | "?" | "{" | "]" | "}":
                raise self.refused(f"a bare {self.peek()}")
            case _:
                return _single(self._next())

    def _group(self) -> Pattern:
        self._at += 1
        if self._take("?") and not self._take(":"):
            raise self.refused("a group other than ( or (?: (no lookaround, names or flags)")
        self._open += 1
        if self._open > _MAX_GROUPS:
            raise self.refused(f"a group nested deeper than {_MAX_GROUPS}")
        pattern = self.choice()
        if not self._take(")"):
            raise self.refused("a missing )")
        self._open -= 1
        return pattern

    def _escape(self) -> CharSet:
        self._at += 1
        char = self._next()
        if char in _CLASSES:
            return _CLASSES[char]
        if not char or char.isalnum() or not char.isascii():
            raise self.refused(f"the escape \\{char} (no backreferences or boundaries)")
        return _single(char)

    def _class(self) -> CharSet:
        self._at += 1
        negated = self._take("^")
        ranges: list[tuple[int, int]] = []
        while not (self.peek() == "]" and ranges):
            ranges.extend(self._class_member())
        self._at += 1
        return CharSet(tuple(ranges), negated)

    def _class_member(self) -> tuple[tuple[int, int], ...]:
        low = self._class_char()
        if low.negated or len(low.ranges) > 1 or low.ranges[0][0] != low.ranges[0][1]:
            if low.negated:
                raise self.refused("a negated class inside a class")
            return low.ranges
        if self.peek() != "-" or self._text[self._at + 1 : self._at + 2] in ("]", ""):
            return low.ranges
        self._at += 1
        high = self._class_char()
        start, end = low.ranges[0][0], high.ranges[0][1]
        if high.negated or len(high.ranges) > 1 or high.ranges[0][0] != end or start > end:
            raise self.refused("a range that does not run upwards between two characters")
        return ((start, end),)

    def _class_char(self) -> CharSet:
        if self.peek() == "\\":
            return self._escape()
        if not self.peek() or self.peek() in "[]":
            raise self.refused("a class that is empty, unclosed or holds a bare bracket")
        return _single(self._next())

    def _take(self, char: str) -> bool:
        if self.peek() != char:
            return False
        self._at += 1
        return True

    def _next(self) -> str:
        char = self.peek()
        self._at += 1
        return char


def _single(char: str) -> CharSet:
    return CharSet(((ord(char), ord(char)),))
