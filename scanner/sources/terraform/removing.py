"""What a plan takes away: resources that it destroys, and the settings of others that go with them."""

from collections.abc import Collection, Iterable, Iterator

from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown
from scanner.sources.terraform.pieces import Own, Piece
from scanner.sources.terraform.planned import Planned
from scanner.sources.terraform.resources import TYPES


def removed_by(planned: Iterable[Planned], left: Collection[Resource]) -> Iterator[tuple[str, str]]:
    """What the removed instances were, by type and ARN or name, but for what is `left` after a replacement.

    Of a part of something else it is the property, behind the type and a space. What adds to a list is left out: the
    list does not tell which of its elements it was.
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
    elif not piece.adds and not isinstance(piece.target.name, Unknown):
        for path in piece.properties:
            if path != "Observed":
                yield f"{piece.target.type} {path}", piece.target.name
