"""Equality that does not pretend to know: exact where a value is Unknown inside.

An Unknown may turn out to be any value, or absent, so an Unknown element of a list stands for one element or none. Two
values are surely different when no way of filling the gaps makes them equal, surely equal only without gaps.
"""

from collections.abc import Mapping, Sequence

from scanner.estate.unknown import Unknown, Value
from scanner.evaluation.truth import FALSE, TRUE, UNKNOWN

_SCALARS = frozenset({str, int, float, bool})
_NUMBERS = frozenset({int, float})


def same(left: Value, right: Value) -> int:
    """Whether two values are equal, as a truth. Booleans are no numbers; absent equals absent only inside values."""
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return UNKNOWN
    kind, other = type(left), type(right)
    if kind in _SCALARS or other in _SCALARS or left is None or right is None:
        comparable = kind is other or (kind in _NUMBERS and other in _NUMBERS)
        return TRUE if comparable and left == right else FALSE
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return _same_members(left, right)
    if isinstance(left, Mapping) or isinstance(right, Mapping):
        return FALSE
    return _same_elements(left, right)


def among(value: Value, options: Sequence[Value]) -> int:
    """Whether a known value is one of the options, some of which may be Unknown."""
    truth = FALSE
    for option in options:
        match same(value, option):
            case 1:
                return TRUE
            case 3:
                truth = UNKNOWN
    return truth


def elements(values: Sequence[Value]) -> list[Value]:
    """The elements of a list; null ones are absent."""
    return [value for value in values if value is not None]


def _same_members(left: Mapping[str, Value], right: Mapping[str, Value]) -> int:
    truth = TRUE
    for name in left.keys() | right.keys():
        member = same(left.get(name), right.get(name))
        if member == FALSE:
            return FALSE
        truth |= member
    return truth


def _same_elements(left: Sequence[Value], right: Sequence[Value]) -> int:
    """Whether two lists are equal, in order. Steps through `left`, keeping which prefixes of `right` it may equal."""
    first, second = elements(left), elements(right)
    gaps = any(isinstance(value, Unknown) for value in (*first, *second))
    if not gaps and len(first) != len(second):
        return FALSE
    if not gaps:
        truths = {same(a, b) for a, b in zip(first, second, strict=True)}
        return FALSE if FALSE in truths else UNKNOWN if UNKNOWN in truths else TRUE
    reached = _skipping({0}, second)
    for value in first:
        ahead = {at + 1 for at in reached if at < len(second) and same(value, second[at]) != FALSE}
        reached = _skipping(ahead | reached if isinstance(value, Unknown) else ahead, second)
    return UNKNOWN if len(second) in reached else FALSE


def _skipping(reached: set[int], values: Sequence[Value]) -> set[int]:
    """The prefixes reached when Unknown elements may be absent."""
    result = set(reached)
    for at, value in enumerate(values):
        if at in result and isinstance(value, Unknown):
            result.add(at + 1)
    return result
