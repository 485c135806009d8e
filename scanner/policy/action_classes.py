"""The actions that a statement names, in classes that no statement of a comparison tells apart.

Each class needs judging only once, by one action that stands for it: `s3:*` against ten needed actions is not
180 questions but a dozen. Actions of one class apply to the same kinds of resources.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import or_

from scanner.policy.actions import (
    Shape,
    action_mask,
    all_actions,
    find_action,
    resource_shapes,
    service_actions,
    services,
    services_of,
    wide_mask,
)
from scanner.policy.automata import TooLarge
from scanner.policy.clauses import Clause, Vocabulary
from scanner.policy.pattern_sets import Effort, includes, intersection
from scanner.policy.patterns import is_literal, unescape

_MAX_WILD = 32  # patterns without a literal service that are worth matching against all 22,000 actions
_UNIVERSAL = frozenset({"*", "*:*"})
_PLAIN = ("Bypass", "Delete", "Put")
_LEVELS = ("Permissions management", "Write", "Tagging", "Unknown", "Read", "List")


@dataclass(frozen=True, slots=True)
class ActionClass:
    """Actions that are alike in a comparison. `action` stands for them, `shapes` are the resources they apply to.

    `surely` says whether a statement names all of them, `possibly` whether it may name some; the two differ only
    where a pattern matches no known action.
    """

    action: str
    shapes: tuple[Shape, ...]
    surely: Callable[[Clause], bool]
    possibly: Callable[[Clause], bool]


@dataclass(frozen=True, slots=True)
class Distinctions:
    """What tells actions apart: the statements of a comparison, all its words, the partitions that count."""

    clauses: tuple[Clause, ...]
    words: Vocabulary
    partitions: tuple[str, ...]
    effort: Effort


def classes_of(patterns: tuple[str, ...], negated: bool, by: Distinctions) -> Iterator[ActionClass | TooLarge]:
    """Classes that together are all actions of the patterns (in lower case), or all but those when negated.

    TooLarge stands for a part that could not be taken apart. Actions that the tables do not know are their own
    classes where a statement names them literally; those that nobody names are left out of account.
    """
    if len(by.words.wild) > _MAX_WILD:
        yield TooLarge(f"more than {_MAX_WILD} action patterns with a wildcard for the service")
        return
    known = services() if negated else sorted({service for pattern in patterns for service in services_of(pattern)})
    for service in known:
        if service in by.words.services:
            yield from _known_classes(service, patterns, negated, by)
    yield from _classes_of_rest(known, patterns, negated, by)
    yield from _unknown_classes(patterns, negated, by.words.strangers)


def _known_classes(service: str, patterns: tuple[str, ...], negated: bool, by: Distinctions) -> Iterator[ActionClass]:
    """Split the service's actions by every statement and by the resources they apply to."""
    named = action_mask(service, patterns)
    whole = ((1 << len(service_actions(service))) - 1) & ~named if negated else named
    if not whole & (whole - 1):  # none, or one, which nothing can split
        if whole:
            yield _known_class(service, whole, by)
        return
    by.effort.spend(len(by.clauses))
    masks = {clause.mask(service) & whole for clause in by.clauses}
    if nobody_names := whole & ~reduce(or_, masks, 0):
        # Where anything is left, it most likely is an action that no other statement names.
        yield _known_class(service, _bit(service, _telling(service, nobody_names)), by)
    parts = [whole]
    for split in masks.union(_shape_groups(service, by.partitions)):
        by.effort.spend(len(parts))
        parts = [piece for part in parts for piece in (part & split, part & ~split) if piece]
    for part in sorted(parts):
        yield _known_class(service, part, by)


def _known_class(service: str, part: int, by: Distinctions) -> ActionClass:
    action = _telling(service, part)
    member = _member(service, part)
    return ActionClass(action, _shapes(action, by.partitions), member, member)


def _bit(service: str, action: str) -> int:
    return action_mask(service, (action,))


@lru_cache(maxsize=1 << 13)
def _shapes(action: str, partitions: tuple[str, ...]) -> tuple[Shape, ...]:
    return tuple(shape for partition in partitions for shape in resource_shapes(action, partition))


def _member(service: str, part: int) -> Callable[[Clause], bool]:
    return lambda clause: bool(clause.mask(service) & part)


@lru_cache(maxsize=1024)
def _shape_groups(service: str, partitions: tuple[str, ...]) -> tuple[int, ...]:
    groups: dict[tuple[Shape, ...], int] = {}
    for at, action in enumerate(service_actions(service)):
        shapes = _shapes(action, partitions)
        groups[shapes] = groups.get(shapes, 0) | 1 << at
    return tuple(groups.values())


@lru_cache(maxsize=1 << 12)
def _telling(service: str, part: int) -> str:
    """The action that best shows what a class amounts to: by access level, the plainly dangerous first."""
    names = [name for at, name in enumerate(service_actions(service)) if part >> at & 1]
    return min(names, key=lambda name: (_gravity(name), not name.partition(":")[2].startswith(_PLAIN), name))


def _gravity(name: str) -> int:
    known = find_action(name)
    return _LEVELS.index(known.access_level if known is not None and known.access_level in _LEVELS else "Unknown")


def _classes_of_rest(
    known: Sequence[str], patterns: tuple[str, ...], negated: bool, by: Distinctions
) -> Iterator[ActionClass]:
    """The services that nobody names: only patterns with a wildcard for the service tell their actions apart."""
    rest = [service for service in known if service not in by.words.services]
    if not rest or (negated and not _UNIVERSAL.isdisjoint(patterns)):
        return
    if by.words.wild <= _UNIVERSAL:
        service = "iam" if "iam" in rest else next(name for name in rest if service_actions(name))
        yield _class_of_rest(_telling(service, (1 << len(service_actions(service))) - 1), _has_everything, by)
        return
    nobody_names = _mask_of_services(frozenset(rest))
    whole = _wide(patterns, negated) & nobody_names
    parts = [whole] if whole else []
    for clause in by.clauses:
        by.effort.spend(50 + len(parts))
        mask = _wide(clause.patterns, clause.statement.negates_actions)
        parts = [piece for part in parts for piece in (part & mask, part & ~mask) if piece]
    for part in parts:
        first = all_actions()[(part & -part).bit_length() - 1]
        yield _class_of_rest(first, _member_of_rest(part), by)


def _class_of_rest(action: str, member: Callable[[Clause], bool], by: Distinctions) -> ActionClass:
    """Any resource at all; the action's own kinds come first because a witness among them is easier to read."""
    return ActionClass(action, (*_shapes(action, by.partitions), Shape("*")), member, member)


def _has_everything(clause: Clause) -> bool:
    return _UNIVERSAL.isdisjoint(clause.patterns) is clause.statement.negates_actions


def _member_of_rest(part: int) -> Callable[[Clause], bool]:
    return lambda clause: bool(_wide(clause.patterns, clause.statement.negates_actions) & part)


def _wide(patterns: tuple[str, ...], negated: bool) -> int:
    mask = 0
    for pattern in patterns:
        if _is_wild(pattern):
            mask |= wide_mask(pattern)
    return ((1 << len(all_actions())) - 1) & ~mask if negated else mask


@lru_cache(maxsize=64)
def _mask_of_services(wanted: frozenset[str]) -> int:
    mask, at = 0, 0
    for service in services():
        size = len(service_actions(service))
        if service in wanted:
            mask |= ((1 << size) - 1) << at
        at += size
    return mask


def _is_wild(pattern: str) -> bool:
    return not is_literal(pattern.partition(":")[0])


def _unknown_classes(patterns: tuple[str, ...], negated: bool, strangers: Iterable[str]) -> Iterator[ActionClass]:
    """Actions that some statement names and the tables do not know, and patterns that match no known action."""
    for action in sorted(strangers):
        if (intersection((action,), patterns) is not None) is not negated:
            member = _names(action)
            yield ActionClass(unescape(action), (), member, member)
    for pattern in () if negated else patterns:
        if not is_literal(pattern) and not any(action_mask(one, (pattern,)) for one in services_of(pattern)):
            yield _class_of_pattern(pattern)


def _names(action: str) -> Callable[[Clause], bool]:
    return lambda clause: clause.names(action)


def _class_of_pattern(pattern: str) -> ActionClass:
    def surely(clause: Clause) -> bool:
        if clause.statement.negates_actions:
            return intersection((pattern,), clause.patterns) is None
        return includes(clause.patterns, (pattern,)) is None

    def possibly(clause: Clause) -> bool:
        if clause.statement.negates_actions:
            return includes(clause.patterns, (pattern,)) is not None
        return intersection((pattern,), clause.patterns) is not None

    return ActionClass(pattern.replace("*", "example").replace("?", "x"), (), surely, possibly)
