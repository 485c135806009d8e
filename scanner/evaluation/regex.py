"""Regular expressions that cannot run away.

Rule files come from strangers and Python's own engine backtracks: thirty characters can keep it busy for years.
Patterns here are matched by a lazily built deterministic automaton, in time proportional to the text, with caps on the
pattern's size and on the text. The syntax is the part of Python's that such an automaton can do, matches the whole
value, and means what Python means by it with ASCII classes (the tests compare the two).
"""

from dataclasses import dataclass, field
from functools import lru_cache

from scanner.evaluation.regex_syntax import CharSet, Choice, Pattern, Repeat, Sequence, parse

MAX_TEXT = 2048
"""Longest text that is matched; the longest ARNs and object keys are shorter."""
MAX_STATES = 500
"""Largest automaton that is built, before determinisation."""
_MAX_CACHED = 4096


class Regex:
    """A compiled pattern. Matching never raises and never takes longer than text times pattern."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._nfa = _Nfa()
        accept = self._nfa.add(parse(text), self._nfa.state())
        self._accepting = self._nfa.accepting
        self._start = self._nfa.closure(frozenset({accept}))
        self._moves: dict[tuple[frozenset[int], str], frozenset[int]] = {}

    def matches(self, text: str) -> bool:
        """Whether the whole text matches. The text must not be longer than `MAX_TEXT`."""
        states = self._start
        for char in text:
            key = (states, char)
            following = self._moves.get(key)
            if following is None:
                following = self._step(key)
            if not following:
                return False
            states = following
        return self._accepting in states

    @property
    def cached(self) -> int:
        """How many steps of the automaton are kept; bounded, whatever the texts."""
        return len(self._moves)

    def _step(self, key: tuple[frozenset[int], str]) -> frozenset[int]:
        if len(self._moves) >= _MAX_CACHED:
            self._moves.clear()
        following = self._moves[key] = self._nfa.step(*key)
        return following


@lru_cache(maxsize=512)
def compile_regex(text: str) -> Regex:
    """Compile a pattern. Raises ValueError that says what in it is not supported, or that it is too large."""
    return Regex(text)


@dataclass(slots=True)
class _Nfa:
    """Thompson's construction, built backwards: each piece gets the state that follows it and returns its entry.

    A state either consumes a character of its set and goes on, or goes on freely to several states.
    """

    consumes: dict[int, tuple[CharSet, int]] = field(default_factory=dict)
    free: dict[int, list[int]] = field(default_factory=dict)
    size: int = 0
    accepting: int = 0

    def state(self) -> int:
        if self.size > MAX_STATES:
            raise ValueError(f"the pattern is too large: more than {MAX_STATES} states; use smaller repetitions")
        self.size += 1
        return self.size - 1

    def add(self, pattern: Pattern, after: int) -> int:
        match pattern:
            case CharSet():
                entry = self.state()
                self.consumes[entry] = (pattern, after)
                return entry
            case Sequence(parts):
                for part in reversed(parts):
                    after = self.add(part, after)
                return after
            case Choice(options):
                entry = self.state()
                self.free[entry] = [self.add(option, after) for option in options]
                return entry
            case Repeat():
                return self._repeat(pattern, after)

    def _repeat(self, repeat: Repeat, after: int) -> int:
        if repeat.most is None:
            loop = self.state()
            self.free[loop] = [after]
            self.free[loop].append(self.add(repeat.what, loop))
            after = loop
        else:
            end = after
            for _ in range(repeat.most - repeat.least):
                entry = self.state()
                self.free[entry] = [self.add(repeat.what, after), end]
                after = entry
        for _ in range(repeat.least):
            after = self.add(repeat.what, after)
        return after

    def closure(self, states: frozenset[int]) -> frozenset[int]:
        reached = set(states)
        waiting = list(states)
        while waiting:
            for following in self.free.get(waiting.pop(), ()):
                if following not in reached:
                    reached.add(following)
                    waiting.append(following)
        return frozenset(reached)

    def step(self, states: frozenset[int], char: str) -> frozenset[int]:
        moves = (self.consumes[state] for state in states if state in self.consumes)
        return self.closure(frozenset(after for charset, after in moves if charset.holds(char)))
