"""Set questions about wildcard patterns: does one set include another, do two meet, what lies between them.

Each answer is exact: a text that proves it, or none; or an explicit TooLarge. A guess or a match of pattern
against pattern settles most real questions at once; only what is left goes to the automata.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from scanner.policy.automata import FIELD, MAX_STEPS, TOO_LARGE, WILDCARDS, Answer, TooLarge, matches, search
from scanner.policy.patterns import compile_pattern, unescape


@dataclass(slots=True)
class Effort:
    """What a run of questions may still spend together, in steps of about a microsecond; spent as they are asked."""

    left: int = 20 * MAX_STEPS
    spent: int = 0

    def spend(self, steps: int) -> None:
        """Book the steps of one question."""
        self.left -= steps
        self.spent += steps

    def exhaust(self) -> None:
        """Leave nothing to spend: whatever is asked from now on stays open."""
        self.left = min(self.left, 0)


def includes(outer: Iterable[str], inner: Iterable[str], effort: Effort | None = None) -> Answer:
    """None when every text of `inner` is one of `outer`; else a text of `inner` that is not."""
    return find((tuple(inner),), tuple(outer), effort)


def intersection(first: Iterable[str], second: Iterable[str]) -> Answer:
    """A text that matches a pattern of each set, or None when they have none in common."""
    return find((tuple(first), tuple(second)), ())


def difference(pattern: str, others: Iterable[str]) -> Answer:
    """A text that matches the pattern and none of the others, or None."""
    return find(((pattern,),), tuple(others))


def find(within: Sequence[tuple[str, ...]], outside: tuple[str, ...], effort: Effort | None = None) -> Answer:
    """A text that is in each of the sets `within` and in no pattern of `outside`, or None when there is none.

    `effort` bounds several questions together: each spends from it, and once it is used up the answer is
    TooLarge. A text is chosen to read like an example where possible, else the shortest there is.
    """
    if effort is not None and effort.left <= 0:
        return TooLarge("the comparison as a whole outgrew its bound")
    answer, steps = _find(tuple(within), outside)
    if effort is not None:
        effort.spend(5 + len(outside) // 4 + steps)
    return answer


@lru_cache(maxsize=1 << 15)
def _find(within: tuple[tuple[str, ...], ...], outside: tuple[str, ...]) -> tuple[Answer, int]:
    size = len(outside) + sum(map(len, outside)) // 64
    if (guess := _guess(within, outside)) is not None:
        return guess, size
    steps, unsettled = 3 * size, None
    driver, *others = sorted(within, key=len) or [("*",)]
    for pattern in driver:
        answer, spent = _find_in_pattern(pattern, others, outside)
        steps += spent + size
        if isinstance(answer, str):
            return answer, steps
        unsettled = answer or unsettled
        if steps > MAX_STEPS:
            return TOO_LARGE, steps
    return unsettled, steps


def _find_in_pattern(pattern: str, others: list[tuple[str, ...]], outside: tuple[str, ...]) -> tuple[Answer, int]:
    for guess in _guesses(pattern):
        if _any((pattern,), guess) and all(_any(group, guess) for group in others) and not _any(outside, guess):
            return guess, 1
    if _is_literal(pattern) or _covered(pattern, outside):
        return None, 1
    near = tuple(other for other in outside if _may_meet(pattern, other))
    groups = [tuple(other for other in group if _may_meet(pattern, other)) for group in others]
    if not all(groups):
        return None, 1
    return search([(pattern,), *groups], near)


_GUESSED = 8  # patterns of each set that are tried as they stand


def _guess(within: tuple[tuple[str, ...], ...], outside: tuple[str, ...]) -> str | None:
    """An answer that one of the patterns suggests, the longest first for they say most."""
    patterns = (pattern for group in within for pattern in group[:_GUESSED])
    for pattern in sorted(patterns, key=len, reverse=True):
        for guess in _guesses(pattern):
            if all(_any(group, guess) for group in within) and not _any(outside, guess):
                return guess
    return None


def _guesses(pattern: str) -> tuple[str, ...]:
    """Texts that a person would take for examples of the pattern; most of them are."""
    if _is_literal(pattern):
        return (unescape(pattern),)
    plain = pattern.replace("?*", "*").replace("?", "x").replace(FIELD, "*")
    return tuple(unescape(plain.replace("*", filling)) for filling in ("example", "x", ""))


def _is_literal(pattern: str) -> bool:
    return not any(mark in pattern for mark in WILDCARDS)


def _any(patterns: tuple[str, ...], text: str) -> bool:
    return any(matches(one, text) if FIELD in one else compile_pattern(one)(text) for one in patterns)


# Stand-ins for the wildcards of a pattern that is matched as if it were a text.
_AS_TEXT = {ord("*"): "\ue12a", ord("?"): "\ue13f"}


def _covered(pattern: str, outside: tuple[str, ...]) -> bool:
    """Whether one pattern alone is seen to include this one: its stars swallow the other's wildcards.

    True is certain, False says nothing.
    """
    text = unescape(pattern.translate(_AS_TEXT))
    return any(other == pattern or (_swallows(other) and compile_pattern(other)(text)) for other in outside)


@lru_cache(maxsize=1 << 15)
def _swallows(pattern: str) -> bool:
    """Whether only a star of the pattern can match a stand-in: other wildcards might, or the stand-in itself."""
    return not any(char in pattern for char in ("?", FIELD, *_AS_TEXT.values()))


def _may_meet(first: str, second: str) -> bool:
    """False when the literal beginnings or ends already differ, so that no text matches both."""
    head, tail = _literal_ends(first)
    other_head, other_tail = _literal_ends(second)
    heads = head.startswith(other_head) or other_head.startswith(head)
    return heads and (tail.endswith(other_tail) or other_tail.endswith(tail))


@lru_cache(maxsize=1 << 15)
def _literal_ends(pattern: str) -> tuple[str, str]:
    marks = [at for at, char in enumerate(pattern) if char in WILDCARDS]
    return (pattern[: marks[0]], pattern[marks[-1] + 1 :]) if marks else (pattern, pattern)
