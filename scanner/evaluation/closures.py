"""What the nodes of a tree are compiled to: one closure that finds the truth, and one that tells what decided it.

Truth is found for every resource, evidence only for what is reported, so the first is quick and builds nothing and the
second takes its time.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from scanner.estate.paths import PropertyPath
from scanner.estate.resource import Resource
from scanner.estate.unknown import Value
from scanner.evaluation.truth import UNKNOWN, certain


@dataclass(frozen=True, slots=True)
class Subject:
    """What is judged, and the parameters it is judged by."""

    resource: Resource
    params: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Spot:
    """Where in the resource an explanation is: the element at hand, and its path with and without indexes."""

    here: Value
    path: str = ""
    plain_path: str = ""


@dataclass(frozen=True, slots=True)
class Observation:
    """One piece of what decided: path with indexes, path without, what was asked for, and what was found."""

    path: str
    plain_path: str
    expected: str
    observed: Value

    @classmethod
    def at(cls, spot: Spot, path: PropertyPath, expected: str, observed: Value) -> "Observation":
        """The observation of a value that a rule names by a path from a spot."""
        below = ".".join(path.parts)
        if path.pseudo:
            return cls(path.pseudo, path.pseudo, expected, observed)
        if path.rooted or not spot.path:
            return cls(below, below, expected, observed)
        dot = "." if below else ""
        return cls(f"{spot.path}{dot}{below}", f"{spot.plain_path}{dot}{below}", expected, observed)


Test: TypeAlias = Callable[[Subject, Value], int]
"""The truth of a node for a subject and the element at hand (the resource's properties at the top)."""

Explain: TypeAlias = Callable[[Subject, Spot, int, bool], Iterator[Observation]]
"""The leaves that make a node TRUE, FALSE or UNKNOWN (any uncertain truth); the flag says that a `not` is above."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """A node's two closures."""

    test: Test
    explain: Explain

    def explain_if(self, wanted: int, subject: Subject, spot: Spot, opposite: bool) -> Iterator[Observation]:
        """The explanation when the node has the wanted truth here; nothing otherwise."""
        if fits(self.test(subject, spot.here), wanted):
            yield from self.explain(subject, spot, wanted, opposite)


def fits(truth: int, wanted: int) -> bool:
    """Whether a truth is the one that is to be explained: UNKNOWN stands for all uncertain ones."""
    return truth == wanted or (wanted == UNKNOWN and not certain(truth))
