"""Whether two values of a property are the same, seen through what AWS writes in more than one way."""

import json
from collections.abc import Iterable, Sequence

from scanner.estate.unknown import Unknown, Value, to_json


def holds(now: Value, wanted: Value) -> bool:
    """Whether everything wanted is there; of lists every element, and no other."""
    now, wanted = _single(now), _single(wanted)
    if isinstance(wanted, dict) and isinstance(now, dict):
        return all(holds(now.get(name, False), value) for name, value in wanted.items())
    if isinstance(wanted, list) and isinstance(now, list):
        return len(now) == len(wanted) and _all_hold(now, wanted)
    return bool(now == wanted)


def is_same(now: Value, then: Value) -> bool:
    """Whether a property is what it was.

    Forms of one policy that mean the same letter by letter are one, and so are lists in another order: AWS promises
    none for what it lists, and nothing that drscan writes depends on one.
    """
    return bool(_plain(now) == _plain(then))


def is_between(now: Value, one: Value, other: Value) -> bool:
    """Whether every part of a value is as it is in one or in the other: what a change of several calls leaves halfway.

    Nobody else's part is in it, and nothing that both have is missing.
    """
    if is_same(now, one) or is_same(now, other):
        return True
    if any(isinstance(value, list) for value in (one, other)):
        return _is_mixed(*(value or [] if isinstance(value, list | None) else [value] for value in (now, one, other)))
    if isinstance(now, dict) and isinstance(one, dict) and isinstance(other, dict):
        names = {*now, *one, *other}
        return all(is_between(now.get(name), one.get(name), other.get(name)) for name in names)
    return False


def unknown_in(value: Value) -> Unknown | None:
    """The first thing in a value that is not known; None where all is."""
    left = [value]
    while left:
        match left.pop():
            case Unknown() as unknown:
                return unknown
            case dict() as members:
                left.extend(members.values())
            case list() | tuple() as items:
                left.extend(items)
    return None


def _all_hold(now: Iterable[Value], wanted: Iterable[Value]) -> bool:
    left = list(now)
    for value in wanted:
        fitting = next((index for index, one in enumerate(left) if holds(one, value)), None)
        if fitting is None:
            return False
        del left[fitting]
    return True


def _is_mixed(now: Sequence[Value], one: Sequence[Value], other: Sequence[Value]) -> bool:
    has, had, will = ({_key(_plain(item)) for item in items} for items in (now, one, other))
    return had & will <= has <= had | will


def _single(value: Value) -> Value:
    """A list of one is the one: policies write both."""
    while isinstance(value, list) and len(value) == 1:
        value = value[0]
    return value


def _plain(value: Value) -> Value:
    """One form for what can be written in several."""
    match _single(value):
        case list() as items:
            return sorted((_plain(item) for item in items), key=_key)
        case dict() as members:
            return {name: _plain(member) for name, member in members.items()}
        case other:
            return other


def _key(value: Value) -> str:
    return json.dumps(to_json(value), sort_keys=True)
