"""Parts of a plan put into stacks that can be deployed one after the other.

A stack is in one account and region, and gets what it needs of others as parameters, so that those have to be there
before. Where two places need something of each other, one of them gets a second stack.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from scanner.remedies.shown.cloudformation_parts import Part, Place


@dataclass(frozen=True, slots=True)
class Stack:
    """Parts of one place, in an order in which each comes after those that it waits for."""

    place: Place
    parts: tuple[Part, ...]


def stacks_of(parts: Sequence[Part]) -> Iterator[Stack]:
    """The stacks, in the order in which they have to be deployed."""
    left = {part.logical_id: part for part in parts}
    while left:
        ready = {place: _ready(left, place) for place in dict.fromkeys(part.place for part in left.values())}
        place = max(ready, key=lambda one: _gain(left, ready, one))
        yield Stack(place, tuple(ready[place]))
        for part in ready[place]:
            del left[part.logical_id]


def _ready(left: Mapping[str, Part], place: Place) -> list[Part]:
    """What can be deployed in a place now, together with what it waits for in the same place."""
    ready: dict[str, Part] = {}
    is_growing = True
    while is_growing:
        more = {
            id_: part
            for id_, part in left.items()
            if part.place == place and id_ not in ready and all(one in ready or one not in left for one in part.waits)
        }
        ready |= more
        is_growing = bool(more)
    return list(ready.values())


def _gain(left: Mapping[str, Part], ready: Mapping[Place, list[Part]], place: Place) -> tuple[bool, int, int]:
    """How good it is to deploy a place's stack next: it is whole, it makes others whole, or at least it is large."""
    ids = {part.logical_id for part in ready[place]}
    after = {id_: part for id_, part in left.items() if id_ not in ids}
    whole = [one for one in ready if after and len(_ready(after, one)) == _count(after, one) > 0]
    return bool(ids) and len(ids) == _count(left, place), len(whole), len(ids)


def _count(left: Mapping[str, Part], place: Place) -> int:
    return sum(part.place == place for part in left.values())
