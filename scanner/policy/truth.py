"""Three-valued truth for policies: what nobody could read must neither allow nor deny.

`Unseen` stands wherever a value would be: for a document, a list of policies, one statement, one value of the
request's context. Combining follows Kleene: an unseen part leaves the answer open only when it could change it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Unseen:
    """Something that exists, or may exist, and was not read; the reason says why, for a person."""

    reason: str


Truth: TypeAlias = bool | Unseen
"""True, False, or Unseen when it hangs on something that was not seen."""


def all_true(parts: Iterable[Truth]) -> Truth:
    """Kleene's and: False wins, then the first Unseen; True over nothing."""
    doubt: Unseen | None = None
    for part in parts:
        if part is False:
            return False
        if part is not True and doubt is None:
            doubt = part
    return True if doubt is None else doubt


def any_true(parts: Iterable[Truth]) -> Truth:
    """Kleene's or: True wins, then the first Unseen; False over nothing."""
    doubt: Unseen | None = None
    for part in parts:
        if part is True:
            return True
        if part is not False and doubt is None:
            doubt = part
    return False if doubt is None else doubt


def negate(part: Truth) -> Truth:
    """Kleene's not: what is unseen stays unseen."""
    return not part if isinstance(part, bool) else part
