"""A planned value and the plan's marks beside it become one value: what is known later, or hidden, is Unknown in place.

The configuration is walked along, so that each unknown value meets the expression that gives it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from scanner.estate.unknown import Unknown, Value
from scanner.sources.terraform.configuration import MAX_TREE_DEEP, Expression, expression, is_expression

LATER = "known after apply"
"""Why a value is not known that AWS or an earlier step of the deployment decides on."""

MAX_UNORDERED = 50
"""How many blocks of a set are told apart by their values; each is compared with each."""

_NEVER_LEFT_TO_AWS = frozenset({"rule", "versioning_configuration"})
"""Blocks that are configured or not there: unknown without an expression, they stand in a dynamic block."""


class Given(Enum):
    """What the configuration gives for a value, where that is no expression and no block."""

    NOTHING = "nothing"
    """No argument: what is unknown here is left to AWS."""
    UNCLEAR = "unclear"
    """Plan JSON does not show it: dynamic blocks, members of a map."""


ABSENT = Given.NOTHING
"""The merged value of what nobody configures and AWS decides on."""


class Resolver(Protocol):
    """What the expressions of one instance give."""

    def scalar(self, given: Expression, path: tuple[str, ...]) -> Value:
        """The value of an attribute that is known later: what it can only be, else Unknown."""
        ...

    def elements(self, given: Expression, path: tuple[str, ...], count: int) -> Sequence[Value]:
        """The elements of a list or set that are known later."""
        ...

    def text(self, value: str, path: tuple[str, ...]) -> Value:
        """A text that the plan holds: itself, unless it is a placeholder."""
        ...


@dataclass(frozen=True, slots=True)
class Marked:
    """A value with the marks for it: true, or shaped as the value is. See `plan.Instance`."""

    value: Value
    unknown: Value = None
    sensitive: tuple[Value, ...] = ()

    def member(self, key: str) -> "Marked":
        """A member of an object, with its marks."""
        hidden = [_member(one, key) for one in self.sensitive]
        return Marked(_member(self.value, key), _member(self.unknown, key), tuple(one for one in hidden if one))

    def item(self, place: int) -> "Marked":
        """An item of a list, with its marks."""
        hidden = [_item(one, place) for one in self.sensitive]
        return Marked(_item(self.value, place), _item(self.unknown, place), tuple(one for one in hidden if one))


def merged(marked: Marked, given: Value, path: tuple[str, ...], resolver: Resolver, depth: int = 0) -> Value:
    """The value at a path of attribute names, `ABSENT` where nobody configures it and it is known later.

    `given` is what the configuration has there: an expression, a block, a list of blocks, or a `Given`.
    """
    if depth > MAX_TREE_DEEP:
        return Unknown("the value is nested too deeply")
    if any(mark is True for mark in marked.sensitive):
        return Unknown("sensitive")
    if marked.unknown is True:
        return _later(given, path, resolver)
    if not marked.unknown and not marked.sensitive:
        return _unmarked(marked.value, path, resolver, depth)
    if isinstance(marked.value, dict) or (marked.value is None and isinstance(marked.unknown, dict)):
        return _object(marked, given, path, resolver, depth)
    if isinstance(marked.value, list) or (marked.value is None and isinstance(marked.unknown, list)):
        return _list(marked, given, path, resolver, depth)
    return resolver.text(marked.value, path) if isinstance(marked.value, str) else marked.value


def members(
    marked: Marked,
    block: Mapping[str, Value] | Given,
    path: tuple[str, ...],
    resolver: Resolver,
    depth: int = 0,
) -> dict[str, Value]:
    """The members of an object that a block gives, without those that nobody configures and that are known later."""
    found: dict[str, Value] = {}
    for name in {**_or_empty(marked.value), **_or_empty(marked.unknown)}:
        unsaid = Given.UNCLEAR if name in _NEVER_LEFT_TO_AWS else Given.NOTHING
        given = Given.UNCLEAR if isinstance(block, Given) else block.get(name, unsaid)
        value = merged(marked.member(name), given, (*path, name), resolver, depth + 1)
        if value is not ABSENT:
            found[name] = value
    return found


def _unmarked(value: Value, path: tuple[str, ...], resolver: Resolver, depth: int) -> Value:
    """A value of which all is known and none hidden: most of a plan."""
    if isinstance(value, str):
        return resolver.text(value, path)
    if depth > MAX_TREE_DEEP:
        return Unknown("the value is nested too deeply")
    if isinstance(value, dict):
        return {name: _unmarked(one, (*path, name), resolver, depth + 1) for name, one in value.items()}
    return [_unmarked(one, path, resolver, depth + 1) for one in value] if isinstance(value, list) else value


def _later(given: Value, path: tuple[str, ...], resolver: Resolver) -> Value:
    if given is Given.NOTHING:
        return ABSENT
    return resolver.scalar(expression(given), path) if is_expression(given) else Unknown(LATER)


def _object(marked: Marked, given: Value, path: tuple[str, ...], resolver: Resolver, depth: int) -> Value:
    is_block = isinstance(given, Mapping) and not is_expression(given)
    return members(marked, given if is_block else Given.UNCLEAR, path, resolver, depth)


def _list(marked: Marked, given: Value, path: tuple[str, ...], resolver: Resolver, depth: int) -> Value:
    values = marked.value if isinstance(marked.value, list) else []
    marks = marked.unknown if isinstance(marked.unknown, list) else []
    items = [marked.item(place) for place in range(max(len(values), len(marks)))]
    if is_expression(given):
        later = sum(item.unknown is True for item in items)
        fills = iter(resolver.elements(expression(given), path, later) if later else ())
        return [_element(item, fills, path, resolver, depth) for item in items]
    blocks = [given] if isinstance(given, Mapping) else given if isinstance(given, list) else []
    origins = blocks_of(items, blocks, path)
    found = (merged(item, block, path, resolver, depth + 1) for item, block in zip(items, origins, strict=True))
    return [Unknown(LATER) if value is ABSENT else value for value in found]


def _element(item: Marked, fills: Iterator[Value], path: tuple[str, ...], resolver: Resolver, depth: int) -> Value:
    hidden = any(mark is True for mark in item.sensitive)
    if item.unknown is True:
        value = next(fills)
        return Unknown("sensitive") if hidden else value
    return merged(item, Given.UNCLEAR, path, resolver, depth + 1)


def blocks_of(items: Sequence[Marked], blocks: Sequence[Value], path: tuple[str, ...]) -> list[Value]:
    """For each planned block the one of the configuration that it comes from, `Given.UNCLEAR` where that is not sure.

    Dynamic blocks are not in plan JSON, so unless the numbers agree nothing is sure. Sets lose the order of the
    configuration; there, the constants of a block must fit one planned block alone.
    """
    if len(items) != len(blocks):
        return [Given.UNCLEAR] * len(items)
    if len(items) == 1 or path[-1] in _ORDERED:
        pairs = zip(items, blocks, strict=True)
        return [block if _fits(item, block) else Given.UNCLEAR for item, block in pairs]
    if len(items) > MAX_UNORDERED:
        return [Given.UNCLEAR] * len(items)
    fitting = [[block for block in blocks if _fits(item, block)] for item in items]
    return [found[0] if len(found) == 1 else Given.UNCLEAR for found in fitting]


_ORDERED = frozenset({"rule", "statement"})
"""Blocks that are lists and keep their order, of the types that are read. A set may bear the name, too: the rule of a
bucket's encryption, of which there is one."""


def _fits(item: Marked, block: Value) -> bool:
    """Whether the constants of a block are what was planned."""
    if not isinstance(block, Mapping):
        return False
    constants = {
        name: one["constant_value"]
        for name, one in block.items()
        if isinstance(one, Mapping) and isinstance(one.get("constant_value"), str | int | float)
    }
    return all(_same(item.member(name), constant) for name, constant in constants.items())


def _same(planned: Marked, constant: Value) -> bool:
    """Whether a planned value is this constant; Terraform turns texts into numbers and truth values, and back."""
    if isinstance(planned.value, str | int | float):
        return str(planned.value).lower() == str(constant).lower()
    # Hidden values tell nothing, and an empty text may become none.
    return any(mark is True for mark in planned.sensitive) or constant == ""


def _member(value: Value, key: str) -> Value:
    if isinstance(value, dict):
        return value.get(key)
    return value if value is True else None


def _item(value: Value, place: int) -> Value:
    if isinstance(value, list):
        return value[place] if place < len(value) else None
    return value if value is True else None


def _or_empty(value: Value) -> Mapping[str, Value]:
    return value if isinstance(value, dict) else {}
