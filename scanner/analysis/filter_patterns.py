"""Whether a CloudWatch Logs filter pattern matches an event: evaluated on the event, not searched for words.

Enough of the pattern language to judge patterns on CloudTrail records: JSON patterns (`{ ($.errorCode = "Access*") &&
... }`) and plain terms. What is not understood (regular expressions, columns) gives an `Unknown`, never a guess.
"Filter pattern syntax for metric filters", CloudWatch Logs guide, read 2026-11-21.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from scanner.analysis.truth import Truth, all_true, any_true
from scanner.estate.unknown import Unknown

LONGEST = 1024
"""Characters that AWS allows in a pattern."""

DEEPEST = 32
"""Levels of parentheses that are followed."""

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<mark>&&|\|\||!=|<=|>=|[()=<>])
      | (?P<selector>\$(?:\.[A-Za-z0-9_-]+|\[\d+\])+)
      | "(?P<quoted>[^"\\]*)"
      | (?P<word>[^\s()&|=!<>"%$]+)
    )""",
    re.VERBOSE,
)
_TERM = re.compile(r'\s*(?P<sign>[?-]?)(?:"(?P<quoted>[^"]*)"|(?P<word>[^\s"\[\]{}?%-][^\s"\[\]{}%]*))')


class _BeyondError(Exception):
    """The pattern holds something that is not understood here."""


def pattern_matches(pattern: str, event: Mapping[str, Any]) -> Truth:
    """Whether the pattern matches a JSON event; an `Unknown` where the pattern is beyond what is understood."""
    body = pattern.strip()
    if len(pattern) > LONGEST:
        return Unknown("the filter pattern is longer than CloudWatch Logs allows")
    try:
        if body.startswith("{") and body.endswith("}"):
            return _Expression(_tokens(body[1:-1]), event).whole()
        return _terms(body, json.dumps(event))
    except _BeyondError as beyond:
        return Unknown(f"the filter pattern is not understood at {beyond}")


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens, at = [], 0
    text = text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise _BeyondError(repr(text[at : at + 20]))
        tokens.append((match.lastgroup, match[match.lastgroup]))
        at = match.end()
    return tokens


class _Expression:
    """A JSON pattern read and evaluated in one go; `&&` binds closer than `||`."""

    def __init__(self, tokens: list[tuple[str, str]], event: Mapping[str, Any]) -> None:
        self.tokens, self.event, self.at, self.depth = tokens, event, 0, 0

    def whole(self) -> Truth:
        found = self._joined("||", any_true, lambda: self._joined("&&", all_true, self._one))
        if self.at < len(self.tokens):
            raise _BeyondError(repr(self.tokens[self.at][1]))
        return found

    def _joined(self, mark: str, combine: Callable[[list[Truth]], Truth], part: Callable[[], Truth]) -> Truth:
        parts = [part()]
        while self._peek() == ("mark", mark):
            self._take()
            parts.append(part())
        return combine(parts)

    def _one(self) -> Truth:
        kind, token = self._take()
        if (kind, token) == ("mark", "("):
            self.depth += 1
            if self.depth > DEEPEST:
                raise _BeyondError("its nesting")
            found = self._joined("||", any_true, lambda: self._joined("&&", all_true, self._one))
            self._expect("mark", ")")
            self.depth -= 1
            return found
        if kind != "selector":
            raise _BeyondError(repr(token))
        return self._comparison(_select(token, self.event))

    def _comparison(self, value: Any) -> Truth:
        kind, operator = self._take()
        if (kind, operator.upper()) == ("word", "NOT"):
            self._expect("word", "EXISTS")
            return value is _ABSENT
        if (kind, operator.upper()) == ("word", "IS"):
            return _is(value, self._take()[1].upper())
        right, operand = self._take()
        if kind != "mark" or right not in ("quoted", "word"):
            raise _BeyondError(repr(operand))
        return _compare(value, operator, operand, quoted=right == "quoted")

    def _peek(self) -> tuple[str, str]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("end", "its end")

    def _take(self) -> tuple[str, str]:
        token = self._peek()
        self.at += 1
        return token

    def _expect(self, kind: str, word: str) -> None:
        found, token = self._take()
        if found != kind or token.upper() != word:
            raise _BeyondError(repr(token))


_ABSENT = object()


def _select(selector: str, event: Mapping[str, Any]) -> Any:
    value: Any = event
    for name, index in re.findall(r"\.([A-Za-z0-9_-]+)|\[(\d+)\]", selector):
        if name and isinstance(value, Mapping) and name in value:
            value = value[name]
        elif index and isinstance(value, list) and int(index) < len(value):
            value = value[int(index)]
        else:
            return _ABSENT
    return value


def _is(value: Any, word: str) -> Truth:
    match word:
        case "NULL":
            return value is None
        case "TRUE" | "FALSE":
            return value is (word == "TRUE")
        case _:
            raise _BeyondError(repr(word))


def _compare(value: Any, operator: str, operand: str, *, quoted: bool) -> Truth:
    if value is _ABSENT:
        # A field that records do not always carry: equality fails, and of inequality the guide does not speak.
        return False if operator == "=" else Unknown("the filter pattern compares a field that the event does not have")
    if operator in ("=", "!="):
        text = value if isinstance(value, str) else json.dumps(value)
        return _wild(operand, text) == (operator == "=")
    raise _BeyondError(f"{operator} {operand}" if quoted else f"{operator}")


def _wild(pattern: str, text: str) -> bool:
    first, *rest = pattern.split("*")
    if not rest:
        return pattern == text
    if not text.startswith(first):
        return False
    at = len(first)
    for part in rest[:-1]:
        found = text.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return text.endswith(rest[-1]) and len(text) - len(rest[-1]) >= at


def _terms(body: str, text: str) -> Truth:
    wanted: list[Truth] = []
    either: list[Truth] = []
    at = 0
    while at < len(body):
        match = _TERM.match(body, at)
        if match is None:
            raise _BeyondError(repr(body[at : at + 20]))
        term = match["quoted"] if match["quoted"] is not None else match["word"]
        found = _has_term(term, text)
        match match["sign"]:
            case "?":
                either.append(found)
            case "-":
                wanted.append(found if isinstance(found, Unknown) else not found)
            case _:
                wanted.append(found)
        at = match.end()
    return all_true([*wanted, any_true(either) if either else True])


def _has_term(term: str, text: str) -> Truth:
    if term not in text:
        return False
    if re.search(rf"(?<![A-Za-z0-9]){re.escape(term)}(?![A-Za-z0-9])", text):
        return True
    return Unknown(f"whether the term {term!r} matches inside a longer word is not documented")
