"""Where every part of a template stands in its file.

Reports point at lines, so each place keeps its first and last one. A template of 10,000 resources has half a million
places, most of them on one line: such a place is just that line, and what lies below it needs no record.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from scanner.estate.unknown import Value

MAX_DEPTH = 64
"""How deeply a template may be nested, functions in long form; real ones stay below 30."""
MAX_PLACES = 1_000_000
"""How many lists, mappings and plain values a template may hold: some 20,000 replicated buckets."""
MAX_QUOTED = 60
"""How much of a name an error message repeats."""

Below: TypeAlias = "Mapping[str, Place] | Sequence[Place] | int"
"""The places of a mapping's or list's members, or the one line on which they all stand."""

Place: TypeAlias = "int | tuple[int, int, Below]"
"""The 1-based line of a place that has but one, or its first line, its last line and what lies below it."""

PlacePath: TypeAlias = Sequence[str | int]
"""A place in a template: mapping keys and 0-based list indexes from the top, functions in long form, such as
`("Resources", "Role", "Properties", "RoleName", "Fn::Sub")`."""


@dataclass(frozen=True, slots=True)
class Document:
    """A text as plain data: `value`, where its parts stand, and `messages` on what its author may not have meant."""

    value: Value
    place: Place
    messages: tuple[str, ...] = ()


def spanning(first: int, last: int, below: Below) -> Place:
    """The place from the first to the last of two 1-based lines."""
    return first if last <= first else (first, last, below)


def from_line(first: int, place: Place) -> Place:
    """The place of a mapping's member: its value's, from the line of its key on."""
    if isinstance(place, int):
        return spanning(first, place, place)
    return place if place[0] == first else (first, place[1], place[2])


def first_line(place: Place) -> int:
    """The first line of a place."""
    return place if isinstance(place, int) else place[0]


def last_line(place: Place) -> int:
    """The last line of a place."""
    return place if isinstance(place, int) else place[1]


def lines_at(place: Place, path: PlacePath) -> tuple[int, int]:
    """The first and last line of the place at a path; of the nearest place above it if that is missing."""
    for step in path:
        if isinstance(place, int):
            break
        match place[2]:
            case int() as line:
                place = line
            case dict() as members if isinstance(step, str) and step in members:
                place = members[step]
            case list() as items if isinstance(step, int) and 0 <= step < len(items):
                place = items[step]
            case _:
                break
    return (place, place) if isinstance(place, int) else place[:2]
