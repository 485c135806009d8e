"""Matching of IAM's wildcard patterns, in which `*` stands for any run of characters and `?` for exactly one.

Policies are hostile input, so nothing here backtracks: a pattern is cut at its stars, and each piece is
looked for once, leftmost first, which is exact for this language. Regular expressions serve only single
pieces and never hold a quantifier.
"""

import re
from collections.abc import Callable
from functools import lru_cache

Matcher = Callable[[str], bool]
"""Says whether a text matches the pattern from which the matcher was compiled."""

# IAM accepts only U+0009, U+000A, U+000D and U+0020 to U+00FF in a policy document, so characters of the
# private use area are free to stand for wildcards that mean themselves.
# https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html (2026-11)
_LITERAL_STAR = "\ue02a"
_LITERAL_MARK = "\ue03f"
_ESCAPES = str.maketrans({"*": _LITERAL_STAR, "?": _LITERAL_MARK})
_UNESCAPES = str.maketrans({_LITERAL_STAR: "*", _LITERAL_MARK: "?"})
_WILDCARDS = re.compile(r"[*?]*\*[*?]*")
_MAX_COMPILED = 1 << 15


def escape(text: str) -> str:
    """Text as a pattern that matches only that text: its `*` and `?` lose their meaning (`${*}` in a policy)."""
    return text.translate(_ESCAPES)


def unescape(pattern: str) -> str:
    """The text that a pattern without wildcards stands for; undoes `escape`."""
    return pattern if pattern.isascii() else pattern.translate(_UNESCAPES)


def is_literal(pattern: str) -> bool:
    """Whether the pattern has no wildcard and so matches one text only."""
    return "*" not in pattern and "?" not in pattern


def normalise(pattern: str) -> str:
    """The same language in one spelling: each run of wildcards with a star becomes its `?`s and then one `*`."""
    if "*" not in pattern:
        return pattern
    return _WILDCARDS.sub(lambda run: "?" * run.group().count("?") + "*", pattern)


@lru_cache(maxsize=_MAX_COMPILED)
def compile_pattern(pattern: str, *, ignore_case: bool = False) -> Matcher:
    """A matcher for the whole text, never for a part of it; at most pattern length times text length steps."""
    if not ignore_case:
        return _matcher(normalise(pattern))
    folded = _matcher(normalise(pattern.lower()))
    return lambda text: folded(text.lower())


def _matcher(pattern: str) -> Matcher:
    if is_literal(pattern):
        return unescape(pattern).__eq__
    if pattern == "*":
        return lambda text: True
    if "?" in pattern:
        return _match_pieces(pattern.split("*"))
    head, *middle, tail = map(unescape, pattern.split("*"))
    if not middle:
        return _match_ends(head, tail)
    return _match_literals(head, middle, tail)


def _match_ends(head: str, tail: str) -> Matcher:
    if not tail:
        return lambda text: text.startswith(head)
    least = len(head) + len(tail)
    return lambda text: len(text) >= least and text.startswith(head) and text.endswith(tail)


def _match_literals(head: str, middle: list[str], tail: str) -> Matcher:
    start, spare = len(head), len(tail)

    def match(text: str) -> bool:
        end = len(text) - spare
        if end < start or not text.startswith(head) or not text.endswith(tail):
            return False
        at = start
        for piece in middle:
            found = text.find(piece, at, end)
            if found < 0:
                return False
            at = found + len(piece)
        return True

    return match


def _match_pieces(pieces: list[str]) -> Matcher:
    """Pieces with `?`: the first and last are anchored, those between are found leftmost first."""
    if len(pieces) == 1:
        whole = _piece(pieces[0])
        return lambda text: whole.fullmatch(text) is not None
    head, *middle, tail = map(_piece, pieces)
    spare = len(pieces[-1])

    def match(text: str) -> bool:
        end = len(text) - spare
        found = head.match(text, 0, max(end, 0))
        if found is None or end < 0 or tail.match(text, end) is None:
            return False
        for piece in middle:
            found = piece.search(text, found.end(), end)
            if found is None:
                return False
        return True

    return match


def _piece(piece: str) -> re.Pattern[str]:
    parts = (re.escape(unescape(part)) for part in piece.split("?"))
    return re.compile(".".join(parts), re.DOTALL)
