"""Sets of requests for one action, as boxes: a set of resources times a set of values for each condition key.

A statement grants such a box, so "what of this statement is granted nowhere else" is a subtraction of boxes.
It is exact, because each side of a box is a boolean combination of wildcard patterns. A condition that is no
pattern (an IP range, a date, a set operator) stays whole as an atom: it is only ever compared with itself or
with a condition that plainly includes it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from scanner.policy.automata import Answer
from scanner.policy.pattern_sets import Effort, find, includes


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts that are in every set of `within` and match nothing in `outside`; `absent` adds "no value"."""

    within: tuple[tuple[str, ...], ...] = ()
    outside: tuple[str, ...] = ()
    absent: bool = False


ANYTHING = Texts(absent=True)
"""Every value of a condition key, and its absence."""

ABSENT_ONLY = Texts(within=((),), absent=True)
"""A key that the request does not carry."""


UNSEEN = "Unseen"
"""The operator of an atom that stands for conditions nobody could read; it implies nothing, not even itself."""


@dataclass(frozen=True, slots=True)
class Atom:
    """One condition kept whole: an operator in canonical spelling, a key in lower case, and its values."""

    operator: str
    key: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Region:
    """Requests whose resource and keys lie in the given sets, for which all `atoms` hold and none of `unless`.

    A key that is not listed may have any value or none.
    """

    resource: Texts = Texts()
    keys: Mapping[str, Texts] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    atoms: frozenset[Atom] = frozenset()
    unless: frozenset[Atom] = frozenset()

    @property
    def is_certain(self) -> bool:
        """Whether membership is known without asking an evaluator: no condition was kept whole."""
        return not self.atoms and not self.unless


def meet(first: Texts, second: Texts) -> Texts:
    """The texts in both."""
    within = first.within + tuple(group for group in second.within if group not in first.within)
    outside = first.outside + tuple(pattern for pattern in second.outside if pattern not in first.outside)
    return Texts(within, outside, first.absent and second.absent)


def minus(first: Texts, second: Texts) -> tuple[Texts, ...]:
    """What of the first is not in the second: sets that may overlap, some of them perhaps empty."""
    left = [ABSENT_ONLY] if first.absent and not second.absent else []
    left += (Texts(first.within, first.outside + group) for group in second.within)
    if second.outside:
        left.append(Texts((*first.within, second.outside), first.outside))
    return tuple(left)


def subtract(region: Region, granted: Region, effort: Effort) -> tuple[Region, ...]:
    """What is left of a region without what a statement grants: boxes that together are exactly the difference.

    They may overlap. Boxes that are seen to be empty are left out; where the effort does not suffice to see
    it, they stay. `granted` has no `unless`.
    """
    common, left = region, list[Region]()
    sides: list[_Side | Atom] = [*_sides(granted), *sorted(granted.atoms, key=str)]
    for side in sides:
        cut = _cut_atom(common, side, effort) if isinstance(side, Atom) else _cut(common, side, effort)
        if cut is None:
            return (region,)
        common = cut[0]
        left += cut[1]
    return tuple(left)


def overlap(first: Region, second: Region, effort: Effort) -> Region | None:
    """The requests in both, or None when they are seen to have none in common."""
    common = first
    for key, texts in _sides(second):
        inside = _inside(common, key, texts, effort)
        if inside is None:
            return None
        common = inside
    if first.unless & second.atoms or second.unless & first.atoms:
        return None
    return replace(common, atoms=first.atoms | second.atoms, unless=first.unless | second.unless)


def implies(atom: Atom, other: Atom, effort: Effort) -> bool:
    """Whether every request that satisfies one condition plainly satisfies the other too; False when unsure."""
    if UNSEEN in (atom.operator, other.operator):
        return False
    if atom == other:
        return True
    if atom.key != other.key or atom.operator not in (other.operator, other.operator.removesuffix("IfExists")):
        return False
    wide, narrow = (atom, other) if _is_negated(atom.operator) else (other, atom)
    if set(narrow.values) <= set(wide.values):
        return True
    if not _takes_patterns(atom.operator) or any("${" in value for value in (*narrow.values, *wide.values)):
        return False
    return includes(wide.values, narrow.values, effort) is None


def sample(texts: Texts, effort: Effort) -> Answer:
    """A text of the set, None when it holds none (it may still hold "no value"), or TooLarge."""
    return find(texts.within, texts.outside, effort)


def is_empty(texts: Texts, effort: Effort) -> bool:
    """Whether the set is seen to hold neither a text nor "no value"."""
    return not texts.absent and sample(texts, effort) is None


_Side = tuple[str | None, Texts]  # a condition key, or None for the resource
_Cut = tuple[Region, list[Region]] | None  # what lies inside of one side of a box, and what outside; None: no inside


def _cut(region: Region, side: _Side, effort: Effort) -> _Cut:
    key, texts = side
    left = [piece for piece in minus(_side(region, key), texts) if not is_empty(piece, effort)]
    if not left:
        return region, []
    inside = _inside(region, key, texts, effort)
    return None if inside is None else (inside, [_with_side(region, key, piece) for piece in left])


def _cut_atom(region: Region, atom: Atom, effort: Effort) -> _Cut:
    if any(implies(own, atom, effort) for own in region.atoms):
        return region, []
    if atom in region.unless:
        return None
    return replace(region, atoms=region.atoms | {atom}), [replace(region, unless=region.unless | {atom})]


def _sides(region: Region) -> tuple[_Side, ...]:
    return ((None, region.resource), *region.keys.items())


def _inside(region: Region, key: str | None, texts: Texts, effort: Effort) -> Region | None:
    common = meet(_side(region, key), texts)
    return None if is_empty(common, effort) else _with_side(region, key, common)


def _side(region: Region, key: str | None) -> Texts:
    return region.resource if key is None else region.keys.get(key, ANYTHING)


def _with_side(region: Region, key: str | None, texts: Texts) -> Region:
    if key is None:
        return replace(region, resource=texts)
    return replace(region, keys=MappingProxyType({**region.keys, key: texts}))


def _is_negated(operator: str) -> bool:
    return "Not" in operator


def _takes_patterns(operator: str) -> bool:
    """Operators whose values are wildcard patterns over whole texts. ArnLike matches field by field, so it is not."""
    return operator in ("Resource", "NotResource") or operator.removesuffix("IfExists").endswith(
        ("StringLike", "StringNotLike")
    )
