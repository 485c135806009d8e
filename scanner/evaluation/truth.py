"""Truth as the set of what is still possible.

A node may be true, false or void (an `each` over nothing says neither). With an Unknown in play several remain
possible, so a truth is a set of these three, kept in the bits of an int. That is Kleene's logic with its unknown spelt
out as {true, false}, and it stays exact where void comes in: learning more only ever removes possibilities, so a
verdict once known never turns.
"""

from collections.abc import Iterable

TRUE, FALSE, VOID = 1, 2, 4
UNKNOWN = TRUE | FALSE

# What `not` makes of each of the eight sets.
_NEGATED = (0, 2, 1, 3, 4, 6, 5, 7)


def negation(truth: int) -> int:
    """True and false swapped; void stays void."""
    return _NEGATED[truth]


def conjunction(truths: Iterable[int]) -> int:
    """All of them: void where all are void, else false if one is false. Stops at the first that is surely false."""
    held, possible = VOID | TRUE, 0
    some_true = False
    for truth in truths:
        if truth == FALSE:
            return FALSE
        possible |= truth & FALSE
        some_true = some_true or bool(truth & TRUE)
        if not truth & VOID:
            held &= ~VOID
    return possible | (held if some_true else held & VOID)


def disjunction(truths: Iterable[int]) -> int:
    """Any of them: void where all are void, else true if one is true. Stops at the first that is surely true."""
    held, possible = VOID | FALSE, 0
    some_false = False
    for truth in truths:
        if truth == TRUE:
            return TRUE
        possible |= truth & TRUE
        some_false = some_false or bool(truth & FALSE)
        if not truth & VOID:
            held &= ~VOID
    return possible | (held if some_false else held & VOID)


def certain(truth: int) -> bool:
    """Whether only one outcome is possible."""
    return truth in (TRUE, FALSE, VOID)
