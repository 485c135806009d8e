"""The assertion tree of a rule, as data.

Built once from a checked rule file, then compiled; mutation testing rewrites it. Nothing here can do anything but say
which values are compared with what.
"""

from dataclasses import dataclass
from typing import TypeAlias

from scanner.estate.paths import PropertyPath
from scanner.estate.unknown import Value

Place: TypeAlias = tuple[str | int, ...]
"""Where a node stands in its rule file, such as `("expect", "all", 0)`."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A value written in the rule."""

    value: Value


@dataclass(frozen=True, slots=True)
class PathOperand:
    """Another value of the same resource; `offset` is added to it (0 but in a mutant)."""

    path: PropertyPath
    offset: int = 0


@dataclass(frozen=True, slots=True)
class ParamOperand:
    """A parameter of the rule; `offset` is added to it (0 but in a mutant)."""

    name: str
    offset: int = 0


Operand: TypeAlias = Literal | PathOperand | ParamOperand


@dataclass(frozen=True, slots=True)
class Leaf:
    """One comparison. `types` are the JSON Schema types that the shape gives the value; empty where it is open."""

    path: PropertyPath
    operator: str
    operand: Operand
    types: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Constant:
    """A leaf that does not look at its value: only mutants have it."""

    truth: bool
    path: PropertyPath
    place: Place


@dataclass(frozen=True, slots=True)
class All:
    """True when every node is."""

    nodes: "tuple[Assertion, ...]"
    place: Place


@dataclass(frozen=True, slots=True)
class AnyOf:
    """True when at least one node is."""

    nodes: "tuple[Assertion, ...]"
    place: Place


@dataclass(frozen=True, slots=True)
class Not:
    """True when the node is false."""

    node: "Assertion"
    place: Place


@dataclass(frozen=True, slots=True)
class Each:
    """True when `that` holds for every element of the list at `path` that `where` selects.

    Over nothing it has no truth (NOT_APPLICABLE), or is true with `allow_empty`.
    """

    path: PropertyPath
    where: "Assertion | None"
    that: "Assertion"
    allow_empty: bool
    place: Place


@dataclass(frozen=True, slots=True)
class Some:
    """True when `that` holds for at least one element that `where` selects; over nothing it is false."""

    path: PropertyPath
    where: "Assertion | None"
    that: "Assertion"
    place: Place


Assertion: TypeAlias = All | AnyOf | Not | Each | Some | Leaf | Constant
