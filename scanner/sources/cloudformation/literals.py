"""What the text of a template says whatever it resolves to: partitions written out, and placeholders left in.

Both are faults of the template rather than of anything that it makes, so they are looked for in the template as it
stands, with the line of each.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache

from scanner.estate.unknown import Value
from scanner.sources.cloudformation.reading import Source
from scanner.sources.placeholders import placeholder_in

MOST_LITERALS = 200
"""How many of each kind are told; a template with more has told enough."""

_SECTIONS = ("Parameters", "Mappings", "Conditions", "Resources", "Outputs")
_PROSE = frozenset({"Description", "ConstraintDescription", "Metadata", "AllowedPattern", "Comment"})
"""Keys whose texts people read and AWS does not."""

_PARTITION = re.compile(r"(?<![A-Za-z0-9])arn:(aws[a-z-]{0,20}):")


@dataclass(frozen=True, slots=True)
class Literal:
    """A text of a template: `where` is its place in words (`Resources.Role.Properties.Path`)."""

    text: str
    where: str
    line: int


@dataclass(frozen=True, slots=True)
class Literals:
    """Texts of one template. `partitions` are those that ARNs in it name; `suspects` are whole texts that may hold a
    placeholder, unless somebody vouches for what looks like one.
    """

    partitions: tuple[Literal, ...]
    suspects: tuple[Literal, ...]

    def placeholders(self, real: Collection[str]) -> Iterator[Literal]:
        """The placeholders, given what is none however it looks."""
        for suspect in self.suspects:
            found = placeholder_in(suspect.text, real=real)
            if found is not None:
                yield Literal(found, suspect.where, suspect.line)


def literals_of(source: Source) -> Literals:
    """The texts of a template that are worth telling, in the order of the template; time is linear in its size."""
    partitions: list[Literal] = []
    suspects: list[Literal] = []
    for path, text in _texts(source):
        for partition in dict.fromkeys(_PARTITION.findall(text)):
            if len(partitions) < MOST_LITERALS:
                partitions.append(_literal(source, path, partition))
        if len(suspects) < MOST_LITERALS and is_suspect(text):
            suspects.append(_literal(source, path, text))
    return Literals(tuple(partitions), tuple(suspects))


@lru_cache(maxsize=1 << 16)
def is_suspect(text: str) -> bool:
    """Whether a text holds what looks like a placeholder. Templates repeat themselves, and are judged in many cases."""
    return placeholder_in(text) is not None


def _literal(source: Source, path: tuple[str | int, ...], text: str) -> Literal:
    return Literal(text, ".".join(map(str, path)), source.line_of(path))


def _texts(source: Source) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every text with its place, without recursion: templates nest as deep as their reader lets them."""
    pending: list[tuple[tuple[str | int, ...], Value]] = [
        ((section,), source.value[section]) for section in reversed(_SECTIONS) if section in source.value
    ]
    while pending:
        path, value = pending.pop()
        match value:
            case str():
                yield path, value
            case dict():
                below = ((key, item) for key, item in value.items() if key not in _PROSE)
                pending.extend(((*path, key), item) for key, item in reversed(list(below)))
            case list():
                pending.extend(((*path, number), item) for number, item in reversed(list(enumerate(value))))
