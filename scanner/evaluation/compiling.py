"""Compiles the tree of a rule. Paths are walked by key and operators are ours; no code of a rule file is ever run."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import assert_never

from scanner.estate.unknown import Value
from scanner.estate.verdict import Verdict
from scanner.evaluation.closures import Compiled, Observation, Spot, Subject
from scanner.evaluation.leaves import compile_constant, compile_leaf
from scanner.evaluation.lists import compile_each, compile_some
from scanner.evaluation.nodes import All, AnyOf, Assertion, Constant, Each, Leaf, Not, Some
from scanner.evaluation.truth import FALSE, TRUE, UNKNOWN, VOID, conjunction, disjunction, negation


@dataclass(frozen=True, slots=True)
class Program:
    """A compiled rule."""

    when: Compiled | None
    expect: Compiled

    @classmethod
    def of(cls, when: Assertion | None, expect: Assertion) -> "Program":
        """Compile a rule's two trees."""
        return cls(compile_node(when) if when is not None else None, compile_node(expect))

    def verdict(self, subject: Subject) -> Verdict:
        """The verdict on a subject."""
        properties = subject.resource.properties
        if self.when is not None:
            applies = self.when.test(subject, properties)
            if applies != TRUE:
                return Verdict.UNKNOWN if applies & TRUE else Verdict.NOT_APPLICABLE
        return _VERDICTS.get(self.expect.test(subject, properties), Verdict.UNKNOWN)

    def explain(self, subject: Subject, verdict: Verdict) -> Iterator[Observation]:
        """What decided the verdict that `verdict` gave; nothing for NOT_APPLICABLE."""
        wanted = _TRUTHS.get(verdict)
        if wanted is None:
            return
        spot = Spot(subject.resource.properties)
        if self.when is not None and self.when.test(subject, spot.here) != TRUE:
            yield from self.when.explain(subject, spot, UNKNOWN, False)
        else:
            yield from self.expect.explain(subject, spot, wanted, False)


_VERDICTS = {TRUE: Verdict.PASS, FALSE: Verdict.FAIL, VOID: Verdict.NOT_APPLICABLE}
_TRUTHS = {Verdict.PASS: TRUE, Verdict.FAIL: FALSE, Verdict.UNKNOWN: UNKNOWN}


def compile_node(node: Assertion) -> Compiled:
    """Compile a tree, from the leaves up."""
    match node:
        case Leaf():
            return compile_leaf(node)
        case All(nodes):
            return _compile_several([compile_node(child) for child in nodes], conjunction)
        case AnyOf(nodes):
            return _compile_several([compile_node(child) for child in nodes], disjunction)
        case Not(inner):
            return _compile_not(compile_node(inner))
        case Each():
            return compile_each(node, _selection(node.where), compile_node(node.that))
        case Some():
            return compile_some(node, _selection(node.where), compile_node(node.that))
        case Constant():
            return compile_constant(node)
        case _:
            assert_never(node)


def _selection(where: Assertion | None) -> Compiled | None:
    return compile_node(where) if where is not None else None


def _compile_several(nodes: list[Compiled], combine: Callable[[Iterator[int]], int]) -> Compiled:
    tests = [node.test for node in nodes]

    def test(subject: Subject, here: Value) -> int:
        return combine(holds(subject, here) for holds in tests)

    def explain(subject: Subject, spot: Spot, wanted: int, opposite: bool) -> Iterator[Observation]:
        for node in nodes:
            yield from node.explain_if(wanted, subject, spot, opposite)

    return Compiled(test, explain)


def _compile_not(inner: Compiled) -> Compiled:
    def explain(subject: Subject, spot: Spot, wanted: int, opposite: bool) -> Iterator[Observation]:
        return inner.explain(subject, spot, negation(wanted), not opposite)

    return Compiled(lambda subject, here: negation(inner.test(subject, here)), explain)
