"""Three-valued answers over what an estate holds: true, false, or an `Unknown` that says why it cannot be told.

Analyses join many resources, and any of them may be half seen. These few functions keep a doubt from turning into a
fact on the way: false needs to be proven as much as true does.
"""

from collections.abc import Iterable
from typing import TypeAlias

from scanner.estate.unknown import Unknown, Value

Truth: TypeAlias = bool | Unknown
"""True, False, or the reason why neither can be said."""


def any_true(parts: Iterable[Truth]) -> Truth:
    """Kleene's or: true wins, then the first doubt; false over nothing."""
    doubt: Unknown | None = None
    for part in parts:
        if part is True:
            return True
        if isinstance(part, Unknown) and doubt is None:
            doubt = part
    return False if doubt is None else doubt


def all_true(parts: Iterable[Truth]) -> Truth:
    """Kleene's and: false wins, then the first doubt; true over nothing."""
    doubt: Unknown | None = None
    for part in parts:
        if part is False:
            return False
        if isinstance(part, Unknown) and doubt is None:
            doubt = part
    return True if doubt is None else doubt


def negate(part: Truth) -> Truth:
    """Kleene's not: a doubt stays a doubt."""
    return not part if isinstance(part, bool) else part


def equals(value: Value, wanted: Value) -> Truth:
    """Whether the value is the wanted one; a doubt stays a doubt, and what is absent equals nothing."""
    return value if isinstance(value, Unknown) else bool(value == wanted)


def first_doubt(*values: Value) -> Unknown | None:
    """The first `Unknown` among the values themselves, or None."""
    return next((value for value in values if isinstance(value, Unknown)), None)
