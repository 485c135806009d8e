"""Regular expressions that cannot run away.

Rule files come from strangers and Python's own engine backtracks: thirty characters can keep it busy for years. RE2
matches in time proportional to the text, in bounded memory, and refuses the syntax that would need more (lookaround,
backreferences). It is imported when the first rule with a pattern is, not before.
"""

from collections.abc import Callable
from dataclasses import dataclass

MAX_PATTERN = 500
"""Longest pattern, in characters."""
MAX_TEXT = 2048
"""Longest text that is matched; the longest ARNs and object keys are shorter."""
SYNTAX = "patterns are RE2's: https://github.com/google/re2/wiki/Syntax"
"""A hint for those whose pattern is refused."""

_MAX_MEMORY = 256 * 1024
"""Bytes that RE2 may spend on one pattern; larger ones are refused, and its cache of states stays within."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern; its classes (`\\d`, `\\w`, `\\s`) are ASCII, `.` is any character but a newline."""

    text: str
    _whole: Callable[[bytes], object]

    def matches(self, text: str) -> bool:
        """Whether the whole text matches. Never raises; the text must not be longer than `MAX_TEXT`."""
        return self._whole(_bytes(text)) is not None


def compile_pattern(text: str) -> Pattern:
    """Compile a pattern. Raises ValueError with a sentence on what in it is not supported, or that it is too large."""
    if len(text) > MAX_PATTERN:
        raise ValueError(f"a pattern is at most {MAX_PATTERN} characters long")
    if text.startswith("^") or (text.endswith("$") and not text.endswith("\\$")):
        # It would say nothing new, and its absence in the next rule would be taken for a search.
        raise ValueError("an anchor at its end does not belong in a pattern, which always matches the whole value")
    import re2

    options = re2.Options()
    options.max_mem, options.log_errors, options.never_capture = _MAX_MEMORY, False, True
    try:
        return Pattern(text, re2.compile(_bytes(text), options).fullmatch)
    except re2.error as error:
        raise ValueError(f"not a pattern that can be used: {error.args[0].decode(errors='replace')}") from error


def _bytes(text: str) -> bytes:
    # JSON can carry half a surrogate pair. RE2 takes it for one character, as Python does.
    return text.encode("utf-8", "surrogatepass")
