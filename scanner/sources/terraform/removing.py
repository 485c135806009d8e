"""What a plan takes away: resources that it destroys, and the settings of others that go with them."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value
from scanner.sources.terraform.pieces import Own, Piece
from scanner.sources.terraform.planned import Planned
from scanner.sources.terraform.resources import TYPES


def removed_by(planned: Iterable[Planned], left: Collection[Resource]) -> Iterator[tuple[str, str]]:
    """What the removed instances were, by type and ARN or name, but for what is `left` after a replacement.

    Of a part of something else it is the property, behind the type and a space; of what adds to a list it is the entry
    by its name, behind the property and another space.
    """
    there = {(resource.type, resource.arn) for resource in left}
    for instance in planned:
        for piece in TYPES[instance.type](instance) if instance.type in TYPES else ():
            yield from (entry for entry in _entries(piece) if entry not in there)


def _entries(piece: Piece) -> Iterator[tuple[str, str]]:
    if isinstance(piece, Own):
        name = piece.target.name if piece.target else piece.resource.arn or piece.resource.name
        if not isinstance(name, Unknown):
            yield piece.resource.type, name
    elif not isinstance(piece.target.name, Unknown):
        for path, value in piece.properties.items():
            if path != "Observed":
                names = [f" {name}" for name in _names(value)] if piece.adds else [""]
                yield from ((f"{piece.target.type} {path}{name}", piece.target.name) for name in names)


def _names(value: Value) -> Iterator[str]:
    """What the entries of a list are called: by the name of a policy, an id, or as they are written."""
    for entry in value if isinstance(value, list) else [value]:
        name = entry.get("PolicyName", entry.get("Id")) if isinstance(entry, Mapping) else entry
        if isinstance(name, str):
            yield name
