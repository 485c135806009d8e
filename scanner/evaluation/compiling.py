"""Compiles an assertion tree into closures: one that finds the truth, and one that tells what decided it.

Truth is found for every resource, evidence only for what is reported, so the first is quick and builds nothing and the
second takes its time. Paths are walked by key; no code of a rule file is ever run.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias, assert_never

from scanner.estate.paths import PSEUDO_PROPERTIES, PropertyPath, walk
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value
from scanner.estate.verdict import Verdict
from scanner.evaluation.nodes import (
    All,
    AnyOf,
    Assertion,
    Constant,
    Each,
    Leaf,
    Literal,
    Not,
    Operand,
    ParamOperand,
    PathOperand,
    Some,
)
from scanner.evaluation.operators import OPERATORS, first_unknown, in_words, malformed, shown
from scanner.evaluation.regex import compile_regex
from scanner.evaluation.truth import FALSE, TRUE, UNKNOWN, VOID, certain, conjunction, disjunction, negation


@dataclass(frozen=True, slots=True)
class Subject:
    """What is judged, and the parameters it is judged by."""

    resource: Resource
    params: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Observation:
    """One piece of what decided: path with indexes, path without, what was asked for, and what was found."""

    path: str
    plain_path: str
    expected: str
    observed: Value


@dataclass(frozen=True, slots=True)
class Spot:
    """Where in the resource an explanation is: the element at hand, and its path with and without indexes."""

    here: Value
    path: str = ""
    plain_path: str = ""


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
        truth = self.test(subject, spot.here)
        if truth == wanted or (wanted == UNKNOWN and not certain(truth)):
            yield from self.explain(subject, spot, wanted, opposite)


@dataclass(frozen=True, slots=True)
class Program:
    """A compiled rule."""

    when: Compiled | None
    expect: Compiled

    @classmethod
    def of(cls, when: Assertion | None, expect: Assertion) -> "Program":
        """Compile a rule's two trees."""
        return cls(_compile(when) if when is not None else None, _compile(expect))

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
        spot = Spot(subject.resource.properties)
        wanted = {Verdict.PASS: TRUE, Verdict.FAIL: FALSE, Verdict.UNKNOWN: UNKNOWN}.get(verdict)
        if wanted is None:
            return
        if self.when is not None and self.when.test(subject, spot.here) != TRUE:
            yield from self.when.explain_if(UNKNOWN, subject, spot, False)
            return
        yield from self.expect.explain_if(wanted, subject, spot, False)


_VERDICTS = {TRUE: Verdict.PASS, FALSE: Verdict.FAIL, VOID: Verdict.NOT_APPLICABLE}


def _compile(node: Assertion) -> Compiled:
    match node:
        case Leaf():
            return _compile_leaf(node)
        case All():
            return _compile_several(node.nodes, conjunction)
        case AnyOf():
            return _compile_several(node.nodes, disjunction)
        case Not():
            return _compile_not(_compile(node.node))
        case Each():
            return _compile_each(node)
        case Some():
            return _compile_some(node)
        case Constant():
            return _compile_constant(TRUE if node.truth else FALSE)
        case _:
            assert_never(node)


def _compile_constant(truth: int) -> Compiled:
    return Compiled(lambda _subject, _here: truth, lambda _subject, _spot, _wanted, _opposite: iter(()))


def _compile_several(nodes: tuple[Assertion, ...], combine: Callable[[Iterator[int]], int]) -> Compiled:
    compiled = [_compile(node) for node in nodes]
    tests = [node.test for node in compiled]

    def test(subject: Subject, here: Value) -> int:
        return combine(holds(subject, here) for holds in tests)

    def explain(subject: Subject, spot: Spot, wanted: int, opposite: bool) -> Iterator[Observation]:
        for node in compiled:
            yield from node.explain_if(wanted, subject, spot, opposite)

    return Compiled(test, explain)


def _compile_not(inner: Compiled) -> Compiled:
    def explain(subject: Subject, spot: Spot, wanted: int, opposite: bool) -> Iterator[Observation]:
        return inner.explain(subject, spot, negation(wanted), not opposite)

    return Compiled(lambda subject, here: negation(inner.test(subject, here)), explain)


Read: TypeAlias = Callable[[Subject, Value], Value]


def _reader(path: PropertyPath) -> Read:
    parts = path.parts
    if path.pseudo:
        read = PSEUDO_PROPERTIES[path.pseudo]
        return lambda subject, _here: read(subject.resource)
    if path.rooted:
        return lambda subject, _here: walk(subject.resource.properties, parts)
    if not parts:
        return lambda _subject, here: here
    return lambda _subject, here: walk(here, parts)


def _checked_reader(path: PropertyPath, types: tuple[str, ...]) -> Read:
    """Reads a value; one of a type that the shape does not give it is Unknown, with that for a reason."""
    read = _reader(path)
    quick = frozenset(kind for name in types for kind in _PYTHON_TYPES[name])

    def checked(subject: Subject, here: Value) -> Value:
        value = read(subject, here)
        if value is None or type(value) in quick or isinstance(value, Unknown):
            return value
        return malformed(value, types) or value

    return checked if types else read


_PYTHON_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int, float),
    "number": (int, float),
    "array": (list,),
    "object": (dict,),
}


def _operand_reader(operand: Operand, operator: str) -> Read:
    match operand:
        case Literal(value):
            constant = compile_regex(value) if OPERATORS[operator].operand == "pattern" else value
            return lambda _subject, _here: constant
        case PathOperand(path):
            return _reader(path)
        case ParamOperand(name, 0):
            return lambda subject, _here: subject.params[name]
        case ParamOperand(name, offset):
            return lambda subject, _here: subject.params[name] + offset
        case _:
            assert_never(operand)


def _compile_leaf(leaf: Leaf) -> Compiled:
    read = _checked_reader(leaf.path, leaf.types)
    operator = OPERATORS[leaf.operator]
    operand, compare = _operand_reader(leaf.operand, leaf.operator), operator.test
    flag_is_false = operator.operand == "flag" and isinstance(leaf.operand, Literal) and not leaf.operand.value
    absent = TRUE + FALSE - operator.absent if flag_is_false else operator.absent

    def test(subject: Subject, here: Value) -> int:
        value = read(subject, here)
        if value is None:
            return absent
        if isinstance(value, Unknown):
            return UNKNOWN
        return compare(value, operand(subject, here))

    def explain(subject: Subject, spot: Spot, wanted: int, opposite: bool) -> Iterator[Observation]:
        asked = _operand_text(leaf.operand, operand(subject, spot.here))
        observed = read(subject, spot.here)
        if wanted == UNKNOWN:
            observed = _what_is_unknown(observed, leaf.operand, operand(subject, spot.here))
        yield _found(spot, leaf.path, in_words(leaf.operator, asked, opposite), observed)

    return Compiled(test, explain)


def _operand_text(operand: Operand, value: Value) -> str:
    match operand:
        case Literal(literal):
            return shown(literal)
        case PathOperand(path):
            return f"{path.text} ({shown(value)})"
        case ParamOperand(name):
            return f"{shown(value)} ({name})"
        case _:
            assert_never(operand)


def _what_is_unknown(observed: Value, operand: Operand, value: Value) -> Unknown:
    """The Unknown that made a leaf undecidable, be it in the value or in what it is compared with."""
    if (unknown := first_unknown(observed)) is not None:
        return unknown
    other = first_unknown(value)
    compared = operand.path.text if isinstance(operand, PathOperand) else "the operand"
    return Unknown(f"{compared}: {other.reason if other else 'not comparable with this value'}")


def _found(spot: Spot, path: PropertyPath, expected: str, observed: Value) -> Observation:
    below = ".".join(path.parts)
    if path.pseudo:
        return Observation(path.pseudo, path.pseudo, expected, observed)
    if path.rooted or not spot.path:
        return Observation(below, below, expected, observed)
    dot = "." if below else ""
    return Observation(f"{spot.path}{dot}{below}", f"{spot.plain_path}{dot}{below}", expected, observed)


Contribution: TypeAlias = Callable[[Subject, Value], int]


def _compile_each(each: Each) -> Compiled:
    """Each element counts as `that` where `where` selects it and is void where not; all of them are conjoined."""
    selects, complies = _selection(each.where), _compile(each.that)

    def counts(subject: Subject, element: Value) -> int:
        selected = selects.test(subject, element)
        truth = VOID if selected & ~TRUE or isinstance(element, Unknown) else 0
        return truth | (complies.test(subject, element) if selected & TRUE else 0)

    def settle(truth: int) -> int:
        return truth & ~VOID | TRUE if each.allow_empty and truth & VOID else truth

    read = _checked_reader(each.path, ("array",))

    def test(subject: Subject, here: Value) -> int:
        values = read(subject, here)
        if isinstance(values, Unknown):
            return settle(UNKNOWN | VOID)
        return settle(conjunction(counts(subject, value) for value in values or () if value is not None))

    explain = partial(_explain_list, each.path, read, selects, complies, counts)
    return Compiled(test, lambda *where: explain(False, *where))


def _compile_some(some: Some) -> Compiled:
    """Each element counts as `that` where `where` selects it and is false where not; one true is enough."""
    selects, complies = _selection(some.where), _compile(some.that)

    def counts(subject: Subject, element: Value) -> int:
        selected = selects.test(subject, element)
        truth = FALSE if selected & ~TRUE or isinstance(element, Unknown) else 0
        held = complies.test(subject, element) if selected & TRUE else 0
        return truth | (held & ~VOID | FALSE if held & VOID else held)

    read = _checked_reader(some.path, ("array",))

    def test(subject: Subject, here: Value) -> int:
        values = read(subject, here)
        if isinstance(values, Unknown):
            return UNKNOWN
        truth = disjunction(counts(subject, value) for value in values or () if value is not None)
        return FALSE if truth == VOID else truth

    explain = partial(_explain_list, some.path, read, selects, complies, counts)
    return Compiled(test, lambda *where: explain(True, *where))


def _selection(where: Assertion | None) -> Compiled:
    return _compile_constant(TRUE) if where is None else _compile(where)


def _explain_list(
    path: PropertyPath,
    read: Read,
    selects: Compiled,
    complies: Compiled,
    counts: Contribution,
    some: bool,
    subject: Subject,
    spot: Spot,
    wanted: int,
    opposite: bool,
) -> Iterator[Observation]:
    """The leaves of those elements that have the wanted truth; the list itself where no element says anything."""
    values = read(subject, spot.here)
    base = _found(spot, path, "can be read", values)
    if isinstance(values, Unknown):
        yield base
        return
    silent = True
    for index, element in enumerate(values or ()):
        truth = counts(subject, element) if element is not None else VOID
        if truth != wanted and (wanted != UNKNOWN or certain(truth)):
            continue
        place = Spot(element, f"{base.path}[{index}]", base.plain_path)
        for observation in _explain_element(selects, complies, some, subject, place, wanted, opposite):
            silent = False
            yield observation
    if silent:
        yield Observation(base.path, base.plain_path, *_list_in_words(values, some))


def _explain_element(
    selects: Compiled, complies: Compiled, some: bool, subject: Subject, place: Spot, wanted: int, opposite: bool
) -> Iterator[Observation]:
    if isinstance(place.here, Unknown):
        yield Observation(place.path, place.plain_path, "can be read", place.here)
        return
    if some or wanted == UNKNOWN:
        yield from selects.explain_if(wanted, subject, place, opposite)
    if selects.test(subject, place.here) & TRUE:
        yield from complies.explain_if(wanted, subject, place, opposite)


def _list_in_words(values: Value, some: bool) -> tuple[str, Value]:
    asked = "has an element as the rule asks" if some else "has no element that the rule objects to"
    return asked, values if not values else f"{len(values)} elements, none that the rule looks at"
