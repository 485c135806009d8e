"""The automata behind questions about sets of wildcard patterns.

Patterns of `*` and `?` are regular. The search walks the product of their automata breadth first, building
states only as it meets them, so an answer is exact and the text that proves it the shortest there is; when
the work outgrows its bound it says so, for the patterns may come from someone who wants it to run for ever.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from scanner.policy.patterns import normalise, unescape

FIELD = "\ue03a"
"""A third wildcard, for patterns that are no policy's: any run without a colon, so one field of an ARN."""

WILDCARDS = f"*?{FIELD}"
"""All that stands for other characters than itself."""

MAX_STEPS = 200_000
"""Work allowed for one question, in automaton transitions; about half a second."""


@dataclass(frozen=True, slots=True)
class TooLarge:
    """The question outgrew its bound and stays open; never to be read as yes or no."""

    reason: str


TOO_LARGE = TooLarge(f"comparing the patterns takes more than {MAX_STEPS} steps")

Answer = str | TooLarge | None
"""A text that proves the point, None when there is none at all, or TooLarge when neither was settled."""


@dataclass(frozen=True, slots=True)
class _Automaton:
    """One pattern, positions as bits: bit i is alive when the first i single-character tokens have matched."""

    matches: dict[str, int]  # character -> the positions that step forward on it, `?` included
    marks: int  # the positions that step forward on any character
    loops: int  # the positions that may also stay, being at a star
    fields: int  # the positions that may also stay but for a colon
    accept: int
    cost: int

    def step(self, alive: int, char: str) -> int:
        """The positions after one character; those before the last star reached add nothing and are dropped."""
        stays = self.loops if char == ":" else self.loops | self.fields
        moved = ((alive & self.matches.get(char, self.marks)) << 1) | (alive & stays)
        stars = moved & self.loops
        return moved if not stars else moved & -(1 << (stars.bit_length() - 1))

    def wants(self, alive: int) -> set[str] | None:
        """The only characters worth trying, or None when any may do."""
        if alive & (self.loops | self.fields | self.marks):
            return None
        return {char for char, positions in self.matches.items() if alive & positions}


@lru_cache(maxsize=1 << 13)
def _automaton(pattern: str) -> _Automaton:
    matches: dict[str, int] = {}
    marks = loops = fields = at = 0
    for token in normalise(pattern):
        if token == "*":
            loops |= 1 << at
            continue
        if token == FIELD:
            fields |= 1 << at
            continue
        if token == "?":
            marks |= 1 << at
        else:
            char = unescape(token)
            matches[char] = matches.get(char, 0) | 1 << at
        at += 1
    forward = {char: bits | marks for char, bits in matches.items()}
    return _Automaton(forward, marks, loops, fields, 1 << at, 1 + at // 512)


_Alive = tuple[tuple[int, int], ...]  # (number of the pattern, its live positions), dead ones left out


class _Union:
    """Several patterns run side by side."""

    def __init__(self, patterns: tuple[str, ...]) -> None:
        self.automata = [_automaton(pattern) for pattern in patterns]
        self.start: _Alive = self._settle([(number, 1) for number in range(len(patterns))])
        self.steps = 0

    def step(self, alive: _Alive, char: str) -> _Alive:
        moved = []
        for number, bits in alive:
            automaton = self.automata[number]
            self.steps += automaton.cost
            if after := automaton.step(bits, char):
                moved.append((number, after))
        return self._settle(moved)

    def accepts(self, alive: _Alive) -> bool:
        return any(bits & self.automata[number].accept for number, bits in alive)

    def is_certain(self, alive: _Alive) -> bool:
        """Whether every continuation is accepted: a pattern stands at its closing star."""
        return any(bits & self.automata[number].accept & self.automata[number].loops for number, bits in alive)

    def _settle(self, alive: list[tuple[int, int]]) -> _Alive:
        for number, bits in alive:
            if bits & self.automata[number].accept & self.automata[number].loops:
                return ((number, bits),)
        return tuple(alive)


_State = tuple[tuple[_Alive, ...], _Alive]
_Origin = dict[_State, tuple[_State, str] | None]  # how the search came to each state


def search(groups: list[tuple[str, ...]], outside: tuple[str, ...]) -> tuple[Answer, int]:
    """Breadth first through the product of the groups and the outside, dropping states that cannot succeed."""
    inner, outer = [_Union(group) for group in groups], _Union(outside)
    letters = _alphabet((*groups, outside))
    start: _State = (tuple(union.start for union in inner), outer.start)
    origin: _Origin = {start: None}
    queue = deque(() if outer.is_certain(outer.start) else (start,))
    while queue and _steps(inner, outer) <= MAX_STEPS:
        state = queue.popleft()
        alive, shadow = state
        if all(map(_Union.accepts, inner, alive)) and not outer.accepts(shadow):
            return _spell(state, origin), _steps(inner, outer)
        for char in _choices(inner[0], alive[0], letters):
            after = tuple(union.step(bits, char) for union, bits in zip(inner, alive, strict=True))
            following = (after, outer.step(shadow, char) if all(after) else ())
            if all(after) and following not in origin and not outer.is_certain(following[1]):
                origin[following] = state, char
                queue.append(following)
    return (TOO_LARGE if queue else None), _steps(inner, outer)


def matches(pattern: str, text: str) -> bool:
    """Whether one text matches one pattern of the language with `FIELD`."""
    automaton = _automaton(pattern)
    return bool(_run(automaton, text) & automaton.accept)


def begins(pattern: str, text: str) -> bool:
    """Whether some text that begins with this one matches the pattern."""
    return bool(_run(_automaton(pattern), text))


def _run(automaton: _Automaton, text: str) -> int:
    alive = 1
    for char in text:
        alive = automaton.step(alive, char)
    return alive


def _spell(state: _State, origin: _Origin) -> str:
    chars = []
    while (came := origin[state]) is not None:
        state, char = came
        chars.append(char)
    return "".join(reversed(chars))


def _steps(inner: list[_Union], outer: _Union) -> int:
    return sum(union.steps for union in inner) + outer.steps


def _choices(driver: _Union, alive: _Alive, letters: str) -> Iterable[str]:
    """The driver is one pattern, so it narrows the characters that are worth a step."""
    ((number, bits),) = alive
    wanted = driver.automata[number].wants(bits)
    return letters if wanted is None else sorted(wanted)


def _alphabet(groups: Iterable[tuple[str, ...]]) -> str:
    """The characters that the patterns tell apart, after one that stands for all the others."""
    used = {char for group in groups for pattern in group for char in pattern}
    named = {unescape(char) for char in used.difference(WILDCARDS)} | {":"}
    spare = next(char for char in _spare_letters() if char not in named)
    return spare + "".join(sorted(named, key=lambda char: (not char.isalnum(), char)))


def _spare_letters() -> Iterator[str]:
    yield from "xyzabcdefghijklmnopqrstuvw0123456789"
    yield from map(chr, range(0x21, 0x110000))
