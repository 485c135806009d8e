"""Which objects to ask about, so that an answer for them is an answer for all objects under a prefix.

Policies tell objects apart by patterns alone. So it is enough to ask for one object that no pattern singles out, one
inside every pattern that cuts through the prefix, one in all that a Deny hits, and one that the Allows of each group of
policies leave out.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice, product

from scanner.policy.automata import Answer, TooLarge
from scanner.policy.document import Condition
from scanner.policy.pattern_sets import find
from scanner.policy.patterns import escape
from scanner.policy.statements import CompiledStatement
from scanner.policy.truth import Unseen

ENCRYPTION_CONTEXT = "kms:encryptioncontext:aws:s3:arn"
"""The condition key by which KMS policies tell objects apart, in lower case."""

MAX_CUTS = 64
"""Patterns that may cut through one prefix; more leave the answer open."""

MAX_WAYS = 64
"""Ways tried to miss every Allow of a group; more leave the answer open."""

_WILDCARD = re.compile(r"[*?]")
_VARIABLE = re.compile(r"\$\{[^{}]*\}")


@dataclass(frozen=True, slots=True)
class Cut:
    """Which objects a statement covers: those that match a pattern of each group `within`, and none of `outside`."""

    allows: bool
    within: tuple[tuple[str, ...], ...] = ()
    outside: tuple[str, ...] = ()

    @property
    def patterns(self) -> Iterator[str]:
        """Every pattern that has a say."""
        return chain(self.outside, *self.within)


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
    if not isinstance(parsed.resources, tuple):
        return Cut(statement.allows)
    resources = tuple(map(_widened, parsed.resources))
    return Cut(statement.allows, (), resources) if parsed.negates_resources else Cut(statement.allows, (resources,))


def cut_by_context(statement: CompiledStatement) -> Cut:
    """How a statement of a KMS policy tells objects apart by its conditions on the encryption context."""
    conditions = statement.statement.conditions
    ours = [one for one in conditions if on_context(one)] if isinstance(conditions, tuple) else []
    within = tuple(_values(one) for one in ours if "Not" not in one.operator)
    outside = tuple(chain.from_iterable(_values(one) for one in ours if "Not" in one.operator))
    return Cut(statement.allows, within, outside)


def on_context(condition: Condition) -> bool:
    """Whether a condition tells objects apart by the encryption context."""
    return condition.key.lower() == ENCRYPTION_CONTEXT and condition.operator != "Null"


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
    covers: dict[str, bool | None] = {}
    cutting: list[str] = []
    for pattern in dict.fromkeys(chain.from_iterable(cut.patterns for layer in layers for cut in layer)):
        covers[pattern] = _covers(pattern, objects)
        if covers[pattern] is None:
            cutting.append(pattern)
        if len(cutting) > MAX_CUTS:
            crowded = Unseen(f"more than {MAX_CUTS} patterns tell objects under {arn}/{prefix} apart")
            return Representatives(_first(objects), (), crowded)
    ordinary = find(((objects,),), tuple(cutting))
    if not cutting:
        return _chosen(ordinary, ())
    reduced = [tuple(_reduced(cut, covers) for cut in layer) for layer in layers]
    marker = [f"{arn}/{prefix}"] if prefix else []
    return _chosen(ordinary, (*marker, *_singled_out(objects, cutting, reduced)))


def _chosen(ordinary: Answer, others: Iterable[Answer]) -> Representatives:
    found = dict.fromkeys(others)
    large = next((one for one in (ordinary, *found) if isinstance(one, TooLarge)), None)
    return Representatives(
        ordinary if isinstance(ordinary, str) else None,
        tuple(one for one in found if isinstance(one, str) and one != ordinary),
        None if large is None else Unseen(large.reason),
    )


def _singled_out(objects: str, cutting: Iterable[str], layers: Iterable[tuple[Cut | None, ...]]) -> Iterator[Answer]:
    """Objects inside every pattern, in all that a Deny hits, and outside all that the Allows of a layer cover."""
    for pattern in cutting:
        yield find(((objects,), (pattern,)), ())
    for layer in layers:
        allows = dict.fromkeys(cut for cut in layer if cut is not None and cut.allows)
        for cut in dict.fromkeys(cut for cut in layer if cut is not None and not cut.allows):
            yield find(((objects,), *cut.within), cut.outside)
        yield _left_out(objects, tuple(allows))


def _reduced(cut: Cut, covers: Mapping[str, bool | None]) -> Cut | None:
    """The cut by just those patterns that cut through the objects; None where it covers none of them."""
    within = []
    for group in cut.within:
        if not any(covers[pattern] for pattern in group):
            within.append(tuple(pattern for pattern in group if covers[pattern] is None))
    if not all(within) or any(covers[pattern] for pattern in cut.outside):
        return None
    return Cut(cut.allows, tuple(within), tuple(pattern for pattern in cut.outside if covers[pattern] is None))


def _covers(pattern: str, objects: str) -> bool | None:
    """Whether a pattern matches all of the objects, or none; None where it cuts through, or that is not settled."""
    head, rest = _split(pattern)
    own_head, _ = _split(objects)
    if not (own_head.startswith(head) or head.startswith(own_head)):
        return False
    if not rest and len(head) < len(own_head):  # the pattern is one text, and too short
        return False
    if rest == "*" and own_head.startswith(head):
        return True
    if find(((objects,),), (pattern,)) is None:
        return True
    return False if find(((objects,), (pattern,)), ()) is None else None


def _split(pattern: str) -> tuple[str, str]:
    """A pattern's literal beginning, and what follows from its first wildcard on."""
    found = _WILDCARD.search(pattern)
    return (pattern, "") if found is None else (pattern[: found.start()], pattern[found.start() :])


def _left_out(objects: str, allows: tuple[Cut, ...]) -> Answer:
    """An object that none of the Allows covers: it misses each by one of its groups, or is among what that leaves out.

    None as well where a layer allows nothing, for then any object will do.
    """
    ways = product(*(_ways_to_miss(cut) for cut in allows)) if allows else ()
    unsettled: Answer = None
    for number, way in enumerate(islice(ways, MAX_WAYS + 1)):
        if number == MAX_WAYS:
            return TooLarge(f"there are more than {MAX_WAYS} ways to miss what policies allow")
        within = tuple(group for group, misses in way if not misses)
        found = find(((objects,), *within), tuple(chain.from_iterable(group for group, misses in way if misses)))
        if isinstance(found, str):
            return found
        unsettled = found or unsettled
    return unsettled


def _ways_to_miss(cut: Cut) -> list[tuple[tuple[str, ...], bool]]:
    """Groups of patterns, each with whether an object has to miss all of them or to match one."""
    return [*((group, True) for group in cut.within), *([(cut.outside, False)] if cut.outside else [])]


def _first(objects: str) -> str | None:
    found = find(((objects,),), ())
    return found if isinstance(found, str) else None
