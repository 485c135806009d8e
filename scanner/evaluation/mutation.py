"""Mutates a rule and asks whether its examples notice: those they do not are conditions that nothing proves.

Every leaf is taken as always true and always false, thresholds move by one, members leave their lists, `all` and `any`,
`each` and `some` change places, selections are dropped and composites negated. A mutant that behaves the same in all
examples survives: either an example is missing, or the condition is superfluous.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias, assert_never

from scanner.evaluation.examples import holds
from scanner.evaluation.nodes import (
    All,
    AnyOf,
    Assertion,
    Constant,
    Each,
    Leaf,
    Literal,
    Not,
    Place,
    Some,
)
from scanner.evaluation.rule import Rule


@dataclass(frozen=True, slots=True)
class Mutant:
    """A change of a rule that no example notices: `place` in the file (`expect.all[0]`), its line, and what changed."""

    rule: str
    place: str
    change: str
    file: str
    line: int


def surviving_mutants(rule: Rule) -> list[Mutant]:
    """The mutants that no example of the rule notices, in the order of the file.

    Only of use when `check_examples` finds no failure: an example that fails notices everything.
    """
    return [
        Mutant(rule.id, _place_text(place), change, rule.file, rule.node.line_of(place))
        for mutated, place, change in _mutated_rules(rule)
        if holds(mutated)
    ]


Change: TypeAlias = tuple[Assertion, Place, str]
"""A tree with one thing changed, where, and what."""


def _mutated_rules(rule: Rule) -> Iterator[tuple[Rule, Place, str]]:
    if rule.when is not None:
        for tree, place, change in _changes(rule.when):
            yield replace(rule, when=tree), place, change
    for tree, place, change in _changes(rule.expect):
        yield replace(rule, expect=tree), place, change


def _changes(node: Assertion, settled: bool = False) -> Iterator[Change]:
    """All ways to change one thing in a tree.

    `settled` says that an `all` around makes void the same as true, so that `allow_empty` makes no difference.
    """
    match node:
        case Leaf():
            yield from _leaf_changes(node)
        case All(nodes, place):
            yield from _composite_changes(node, AnyOf(nodes, place), "any instead of all", settled)
        case AnyOf(nodes, place):
            yield from _composite_changes(node, All(nodes, place), "all instead of any", False)
        case Not(inner, place):
            for changed, where, change in _changes(inner):
                yield Not(changed, place), where, change
        case Each():
            yield Some(node.path, node.where, node.that, node.place), node.place, "some instead of each"
            if not settled:
                flag = "without allow_empty" if node.allow_empty else "with allow_empty"
                yield replace(node, allow_empty=not node.allow_empty), node.place, flag
            yield from _list_changes(node)
        case Some():
            yield Each(node.path, node.where, node.that, False, node.place), node.place, "each instead of some"
            yield from _list_changes(node)
        case Constant():
            pass
        case _:
            assert_never(node)


def _leaf_changes(leaf: Leaf) -> Iterator[Change]:
    yield Constant(True, leaf.path, leaf.place), leaf.place, f"{leaf.path.text} {leaf.operator} taken as always true"
    yield Constant(False, leaf.path, leaf.place), leaf.place, f"{leaf.path.text} {leaf.operator} taken as always false"
    if leaf.operator in ("at_least", "at_most"):
        for offset in (1, -1):
            yield _shifted(leaf, offset), leaf.place, f"{leaf.operator} {'one more' if offset > 0 else 'one less'}"
    if isinstance(leaf.operand, Literal) and isinstance(leaf.operand.value, list) and len(leaf.operand.value) > 1:
        members = leaf.operand.value
        for index, member in enumerate(members):
            fewer = Literal(members[:index] + members[index + 1 :])
            place = (*leaf.place, leaf.operator, index)
            yield replace(leaf, operand=fewer), place, f"{leaf.operator} without {member!r}"


def _shifted(leaf: Leaf, offset: int) -> Leaf:
    """The leaf with its threshold moved."""
    if isinstance(leaf.operand, Literal):
        return replace(leaf, operand=Literal(leaf.operand.value + offset))
    return replace(leaf, operand=replace(leaf.operand, offset=offset))


def _composite_changes(node: All | AnyOf, swapped: Assertion, change: str, settled: bool) -> Iterator[Change]:
    if len(node.nodes) > 1:
        yield swapped, node.place, change
    yield Not(node, node.place), node.place, "negated"
    for index, child in enumerate(node.nodes):
        others = (*node.nodes[:index], *node.nodes[index + 1 :])
        inner_settled = isinstance(node, All) and (settled or any(map(_never_void, others)))
        for changed, where, inner_change in _changes(child, inner_settled):
            nodes = (*node.nodes[:index], changed, *node.nodes[index + 1 :])
            yield replace(node, nodes=nodes), where, inner_change


def _never_void(node: Assertion) -> bool:
    """Whether a node is true, false or unknown whatever the resource is."""
    match node:
        case Leaf() | Constant() | Some():
            return True
        case Each():
            return node.allow_empty
        case Not(inner):
            return _never_void(inner)
        case All(nodes) | AnyOf(nodes):
            return any(map(_never_void, nodes))
        case _:
            assert_never(node)


def _list_changes(node: Each | Some) -> Iterator[Change]:
    if node.where is not None:
        yield replace(node, where=None), (*node.place, "where"), "without where"
        for changed, where, change in _changes(node.where):
            yield replace(node, where=changed), where, change
    for changed, where, change in _changes(node.that):
        yield replace(node, that=changed), where, change


def _place_text(place: Place) -> str:
    text = ""
    for step in place:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text
