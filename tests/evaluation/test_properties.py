"""On random trees and documents: the engine agrees with a naive reading of the language, and never knows too much.

The reference below is the language's definition for documents without an Unknown, written as directly as possible. For
documents with one, a verdict that the engine is sure of must be that of every document it may turn out to be.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.estate.paths import parse_path
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown
from scanner.estate.verdict import Verdict
from scanner.evaluation.closures import Subject
from scanner.evaluation.compiling import Program
from scanner.evaluation.nodes import All, AnyOf, Assertion, Each, Leaf, Literal, Not, PathOperand, Some

TEXT = st.sampled_from(["x", "y"])
NUMBER = st.integers(0, 2)
DOCUMENTS = st.fixed_dictionaries(
    {},
    optional={
        "S": TEXT,
        "N": NUMBER,
        "T": st.lists(TEXT | st.none(), max_size=2),
        "L": st.lists(
            st.fixed_dictionaries(
                {}, optional={"S": TEXT, "N": NUMBER, "L": st.lists(st.just({"S": "x"}), max_size=1)}
            ),
            max_size=2,
        ),
    },
)


def leaf(path: str, operator: str, operand: Any, *types: str) -> Leaf:
    return Leaf(parse_path(path), operator, operand, types, ())


def leaves(root: str) -> st.SearchStrategy[Leaf]:
    """Leaves on a text, a number and a list of text, relative to the element or from the root."""
    text_operand = st.one_of(TEXT.map(Literal), st.just(PathOperand(parse_path("$.S"))))
    number_operand = st.one_of(NUMBER.map(Literal), st.just(PathOperand(parse_path("$.N"))))
    list_operand = st.one_of(st.lists(TEXT, min_size=1).map(Literal), st.just(PathOperand(parse_path("$.T"))))
    flag = st.booleans().map(Literal)
    return st.one_of(
        st.builds(
            leaf, st.just(f"{root}S"), st.sampled_from(["equals", "not_equals"]), text_operand, st.just("string")
        ),
        st.builds(leaf, st.just(f"{root}S"), st.sampled_from(["in", "not_in"]), list_operand, st.just("string")),
        st.builds(leaf, st.just(f"{root}S"), st.just("matches"), st.just(Literal("x|z")), st.just("string")),
        st.builds(
            leaf, st.just(f"{root}N"), st.sampled_from(["at_least", "at_most"]), number_operand, st.just("integer")
        ),
        st.builds(leaf, st.sampled_from([f"{root}S", "$.T", "$.L"]), st.sampled_from(["exists"]), flag),
        st.builds(leaf, st.just("$.T"), st.just("empty"), flag, st.just("array")),
        st.builds(leaf, st.just("$.T"), st.sampled_from(["contains", "not_contains"]), text_operand, st.just("array")),
        st.builds(
            leaf, st.just("$.T"), st.sampled_from(["subset_of", "not_subset_of"]), list_operand, st.just("array")
        ),
    )


def trees(root: str = "$.", depth: int = 2) -> st.SearchStrategy[Assertion]:
    if depth == 0:
        return leaves(root)
    several = st.lists(trees(root, depth - 1), min_size=1, max_size=3).map(tuple)
    where, that = st.none() | leaves(""), trees("", depth - 1)
    path = st.just(parse_path("L"))
    return st.one_of(
        leaves(root),
        st.builds(All, several, st.just(())),
        st.builds(AnyOf, several, st.just(())),
        st.builds(Not, trees(root, depth - 1), st.just(())),
        st.builds(Each, path, where, that, st.booleans(), st.just(())),
        st.builds(Some, path, where, that, st.just(())),
    )


def verdict_of(tree: Assertion, document: Any, when: Assertion | None = None) -> Verdict:
    resource = Resource("AWS::S3::Bucket", "", "", "", "", document)
    return Program.of(when, tree).verdict(Subject(resource, {}))


# The reference: True, False, or None for void.


def look(path: Any, root: Any, here: Any) -> Any:
    value = root if path.rooted else here
    for part in path.parts:
        value = value.get(part) if value is not None else None
    return value


def reference(node: Assertion, root: Any, here: Any) -> bool | None:
    match node:
        case Leaf():
            operand = node.operand.value if isinstance(node.operand, Literal) else look(node.operand.path, root, here)
            return reference_leaf(node.operator, look(node.path, root, here), operand)
        case All(nodes) | AnyOf(nodes):
            said = [truth for child in nodes if (truth := reference(child, root, here)) is not None]
            return (all(said) if isinstance(node, All) else any(said)) if said else None
        case Not(inner):
            truth = reference(inner, root, here)
            return None if truth is None else not truth
        case Each() | Some():
            elements = [element for element in look(node.path, root, here) or [] if element is not None]
            chosen = [e for e in elements if node.where is None or reference(node.where, root, e) is True]
            said = [truth for element in chosen if (truth := reference(node.that, root, element)) is not None]
            if isinstance(node, Some):
                return any(said)
            return all(said) if said else (True if node.allow_empty else None)
    raise AssertionError(node)


def reference_leaf(operator: str, value: Any, operand: Any) -> bool:
    if operator.startswith("not_"):
        return not reference_leaf(operator.removeprefix("not_"), value, operand)
    known = [item for item in operand or [] if item is not None] if isinstance(operand, list) else operand
    values = [item for item in value if item is not None] if isinstance(value, list) else value
    match operator:
        case "exists":
            return (value is not None) is operand
        case "empty":
            return (not values) is operand
        case "subset_of":
            return value is not None and all(item in (known or []) for item in values)
    if value is None or operand is None:
        return False
    match operator:
        case "equals":
            return bool(value == operand)
        case "in":
            return value in known
        case "at_least":
            return bool(value >= operand)
        case "at_most":
            return bool(value <= operand)
        case "matches":
            return value == "x"
    assert operator == "contains"
    return operand in values


VERDICTS = {True: Verdict.PASS, False: Verdict.FAIL, None: Verdict.NOT_APPLICABLE}


@given(trees(), DOCUMENTS)
@settings(max_examples=300)
def test_the_engine_agrees_with_a_naive_reading(tree: Assertion, document: Any) -> None:
    assert verdict_of(tree, document) is VERDICTS[reference(tree, document, document)]


def blanked(value: Any) -> Iterator[Any]:
    """The value with an Unknown in the place of itself, and of each part of it."""
    yield Unknown("refused")
    if isinstance(value, dict):
        for name, member in value.items():
            yield from ({**value, name: hidden} for hidden in blanked(member))
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from ([*value[:index], hidden, *value[index + 1 :]] for hidden in blanked(member))


def with_gaps(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The document with one gap; a gap may also hide what is absent."""
    for name in ("S", "N", "T", "L"):
        for hidden in blanked(document.get(name)):
            yield {**document, name: hidden}
    for name in ("L", "T"):
        if isinstance(items := document.get(name), list):
            yield {**document, name: [*items, Unknown("refused")]}


@given(trees(), DOCUMENTS, st.none() | leaves("$."))
@settings(max_examples=150)
def test_hiding_a_value_keeps_the_verdict_or_makes_it_unknown(
    tree: Assertion, document: dict[str, Any], when: Assertion | None
) -> None:
    full = verdict_of(tree, document, when)
    for hidden in with_gaps(document):
        assert verdict_of(tree, hidden, when) in (full, Verdict.UNKNOWN)
        for more_hidden in islice(with_gaps(hidden), 0, None, 5):
            assert verdict_of(tree, more_hidden, when) in (full, Verdict.UNKNOWN)


@given(trees(), trees(), DOCUMENTS, st.integers(0, 40))
@settings(max_examples=150)
def test_not_not_and_de_morgan_hold_with_gaps_too(
    left: Assertion, right: Assertion, document: dict[str, Any], which: int
) -> None:
    gaps = [document, *with_gaps(document)]
    document = gaps[which % len(gaps)]
    assert verdict_of(Not(Not(left, ()), ()), document) is verdict_of(left, document)
    neither = All((Not(left, ()), Not(right, ())), ())
    assert verdict_of(Not(AnyOf((left, right), ()), ()), document) is verdict_of(neither, document)


@given(trees(), DOCUMENTS, st.integers(0, 40))
@settings(max_examples=150)
def test_every_verdict_but_not_applicable_has_evidence_that_bears_it_out(
    tree: Assertion, document: dict[str, Any], which: int
) -> None:
    gaps = [document, *with_gaps(document)]
    resource = Resource("AWS::S3::Bucket", "", "", "", "", gaps[which % len(gaps)])
    program, subject = Program.of(None, tree), Subject(resource, {})
    verdict = program.verdict(subject)
    found = list(program.explain(subject, verdict))
    assert bool(found) == (verdict is not Verdict.NOT_APPLICABLE)
    if verdict is Verdict.UNKNOWN:
        assert all(isinstance(observation.observed, Unknown) for observation in found)
