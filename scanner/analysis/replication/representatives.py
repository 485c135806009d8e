"""Which objects to ask about, so that an answer for them is an answer for all objects under a prefix.

Policies tell objects apart by patterns alone. So it is enough to ask for one object that no pattern singles out, one
inside every pattern that cuts through the prefix, and one that the Allow patterns of each group of policies leave out.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from scanner.policy.automata import TooLarge
from scanner.policy.document import Condition
from scanner.policy.pattern_sets import find
from scanner.policy.patterns import escape
from scanner.policy.statements import CompiledStatement
from scanner.policy.truth import Unseen

ENCRYPTION_CONTEXT = "kms:encryptioncontext:aws:s3:arn"
"""The condition key by which KMS policies tell objects apart, in lower case."""

MAX_CUTS = 64
"""Patterns that may cut through one prefix; more leave the answer open."""

_WILDCARD = re.compile(r"[*?]")
_VARIABLE = re.compile(r"\$\{[^{}]*\}")


@dataclass(frozen=True, slots=True)
class Cut:
    """How one statement tells objects apart: it allows (or denies) those that match a pattern, or those that do not."""

    allows: bool
    negated: bool
    patterns: tuple[str, ...]


Layer = tuple[Cut, ...]
"""The cuts of policies that act together, such as a role's identity policies: what one leaves out another may allow."""


@dataclass(frozen=True, slots=True)
class Representatives:
    """Objects by ARN. `ordinary` is one that no pattern singles out, None where there is none; `others` are the rest.

    `doubt` says why there may be objects that none of them stands for.
    """

    ordinary: str | None
    others: tuple[str, ...] = ()
    doubt: Unseen | None = None

    def __iter__(self) -> Iterator[str]:
        yield from (*(() if self.ordinary is None else (self.ordinary,)), *self.others)


def cut_by_resource(statement: CompiledStatement) -> Cut:
    """How a statement tells resources apart."""
    parsed = statement.statement
    resources = parsed.resources if isinstance(parsed.resources, tuple) else ("*",)
    return Cut(statement.allows, parsed.negates_resources, tuple(map(_widened, resources)))


def cut_by_context(statement: CompiledStatement) -> Cut:
    """How a statement of a KMS policy tells objects apart by the encryption context; by its first such condition."""
    conditions = statement.statement.conditions
    for condition in conditions if isinstance(conditions, tuple) else ():
        if condition.key.lower() == ENCRYPTION_CONTEXT and condition.operator != "Null":
            return Cut(statement.allows, "Not" in condition.operator, _values(condition))
    return Cut(statement.allows, False, ("*",))


def _values(condition: Condition) -> tuple[str, ...]:
    exact = condition.operator.endswith("Equals") and not condition.operator.startswith("Arn")
    return tuple(escape(value) if exact else _widened(value) for value in condition.values)


def _widened(pattern: str) -> str:
    """Variables as wildcards: patterns only choose whom to ask about, and the evaluator has the last word."""
    return _VARIABLE.sub("*", pattern) if "${" in pattern else pattern


@lru_cache(maxsize=1 << 14)
def representatives(arn: str, prefix: str, layers: tuple[Layer, ...]) -> Representatives:
    """Objects of the bucket whose keys start with the prefix, one for every way in which the layers treat them."""
    objects = escape(f"{arn}/{prefix}") + ("*" if prefix else "?*")
    cutting: dict[str, None] = {}
    for pattern in dict.fromkeys(chain.from_iterable(cut.patterns for layer in layers for cut in layer)):
        if _cuts(pattern, objects):
            cutting[pattern] = None
        if len(cutting) > MAX_CUTS:
            crowded = Unseen(f"more than {MAX_CUTS} patterns tell objects under {arn}/{prefix} apart")
            return Representatives(_first(objects), (), crowded)
    patterns = tuple(cutting)
    ordinary = find(((objects,),), patterns)
    singled_out = [find(((objects,), (pattern,)), ()) for pattern in patterns]
    left_out = [found for layer in layers for found in _left_out(objects, layer, cutting)]
    others = dict.fromkeys(one for one in (*singled_out, *left_out) if isinstance(one, str) and one != ordinary)
    large = next((one for one in (ordinary, *singled_out, *left_out) if isinstance(one, TooLarge)), None)
    doubt = None if large is None else Unseen(large.reason)
    return Representatives(ordinary if isinstance(ordinary, str) else None, tuple(others), doubt)


def _cuts(pattern: str, objects: str) -> bool:
    """Whether a pattern matches some of the objects and not others; True where that is not settled."""
    head, rest = _split(pattern)
    own_head, own_rest = _split(objects)
    if not (own_head.startswith(head) or head.startswith(own_head)) or not (rest or own_rest):
        return False
    if rest == "*" and own_head.startswith(head):
        return False
    covers = find(((objects,),), (pattern,)) is None
    return not covers and find(((objects,), (pattern,)), ()) is not None


def _split(pattern: str) -> tuple[str, str]:
    """A pattern's literal beginning, and what follows from its first wildcard on."""
    found = _WILDCARD.search(pattern)
    return (pattern, "") if found is None else (pattern[: found.start()], pattern[found.start() :])


def _left_out(objects: str, layer: Layer, cutting: Iterable[str]) -> Iterator[str | TooLarge | None]:
    """Objects that no Allow of a layer covers, and those that a Deny of all but some hits."""
    known = frozenset(cutting)
    allowed = [cut for cut in layer if cut.allows]
    if any(known.intersection(cut.patterns) for cut in allowed):
        within = tuple(cut.patterns for cut in allowed if cut.negated)
        outside = tuple(pattern for cut in allowed if not cut.negated for pattern in cut.patterns)
        yield find(((objects,), *within), outside)
    for cut in layer:
        if not cut.allows and cut.negated and known.intersection(cut.patterns):
            yield find(((objects,),), cut.patterns)


def _first(objects: str) -> str | None:
    found = find(((objects,),), ())
    return found if isinstance(found, str) else None
