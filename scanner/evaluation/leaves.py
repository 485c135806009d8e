"""Compiles leaves: reads a value, reads what it is compared with, asks the operator."""

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias, assert_never

from scanner.estate.paths import PSEUDO_PROPERTIES, PropertyPath, walk
from scanner.estate.unknown import Unknown, Value
from scanner.evaluation.closures import Compiled, Observation, Spot, Subject
from scanner.evaluation.nodes import Constant, Leaf, Literal, Operand, ParamOperand, PathOperand
from scanner.evaluation.operators import OPERATORS, Operator, first_unknown, in_words, malformed, shown
from scanner.evaluation.patterns import compile_pattern
from scanner.evaluation.truth import FALSE, TRUE, UNKNOWN

Read: TypeAlias = Callable[[Subject, Value], Value]
"""Reads a value of a subject, given the element at hand; None where absent."""


def compile_leaf(leaf: Leaf) -> Compiled:
    """Compile a comparison."""
    operator = OPERATORS[leaf.operator]
    read, operand = checked_reader(leaf.path, leaf.types), _operand_reader(leaf.operand, operator)
    compare, absent = operator.test, _truth_of_absent(operator, leaf.operand)
    fixed = _fixed_words(leaf)

    def test(subject: Subject, here: Value) -> int:
        value = read(subject, here)
        if value is None:
            return absent
        if type(value) is Unknown:
            return UNKNOWN
        return compare(value, operand(subject, here))

    def explain(subject: Subject, spot: Spot, wanted: int, opposite: bool) -> Iterator[Observation]:
        observed, other = read(subject, spot.here), operand(subject, spot.here)
        asked = fixed[opposite] if fixed else in_words(leaf.operator, _operand_in_words(leaf.operand, other), opposite)
        if wanted == UNKNOWN:
            observed = _what_is_unknown(observed, leaf.operand, other)
        yield Observation.at(spot, leaf.path, asked, observed)

    return Compiled(test, explain)


def compile_constant(constant: Constant) -> Compiled:
    """Compile a leaf of a mutant, which claims to have looked."""
    truth = TRUE if constant.truth else FALSE

    def explain(_subject: Subject, spot: Spot, _wanted: int, _opposite: bool) -> Iterator[Observation]:
        yield Observation.at(spot, constant.path, "", None)

    return Compiled(lambda _subject, _here: truth, explain)


def checked_reader(path: PropertyPath, types: tuple[str, ...]) -> Read:
    """A reader for which a value of none of these types is Unknown, with that for a reason; without types, any goes."""
    read = _reader(path)
    quick = frozenset(kind for name in types for kind in _PYTHON_TYPES[name])

    def checked(subject: Subject, here: Value) -> Value:
        value = read(subject, here)
        if type(value) in quick or value is None or type(value) is Unknown:
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


def _operand_reader(operand: Operand, operator: Operator) -> Read:
    match operand:
        case Literal(value):
            constant = compile_pattern(value) if operator.operand == "pattern" else value
            return lambda _subject, _here: constant
        case PathOperand(path, offset):
            read = _reader(path)
            return _shifted(read, offset) if offset else read
        case ParamOperand(name, offset):
            return lambda subject, _here: subject.params[name] + offset if offset else subject.params[name]
        case _:
            assert_never(operand)


def _shifted(read: Read, offset: int) -> Read:
    def shifted(subject: Subject, here: Value) -> Value:
        value = read(subject, here)
        return value + offset if type(value) in (int, float) else value

    return shifted


def _truth_of_absent(operator: Operator, operand: Operand) -> int:
    """The truth of an absent value; `exists: false` and `empty: false` ask for the opposite of what they name."""
    turned = operator.operand == "flag" and isinstance(operand, Literal) and not operand.value
    return TRUE + FALSE - operator.absent if turned else operator.absent


def _fixed_words(leaf: Leaf) -> tuple[str, str] | None:
    """What a leaf with a literal asks for, plainly and under a `not`; put into words once, not once a resource."""
    if not isinstance(leaf.operand, Literal):
        return None
    text = shown(leaf.operand.value)
    return in_words(leaf.operator, text, False), in_words(leaf.operator, text, True)


def _operand_in_words(operand: Operand, value: Value) -> str:
    match operand:
        case Literal(literal):
            return shown(literal)
        case PathOperand(path):
            return f"{path.text} ({shown(value)})"
        case ParamOperand(name):
            return f"{shown(value)} ({name})"
        case _:
            assert_never(operand)


def _what_is_unknown(observed: Value, operand: Operand, other: Value) -> Unknown:
    """The Unknown that made a leaf undecidable, be it in the value or in what it is compared with."""
    if (unknown := first_unknown(observed)) is not None:
        return unknown
    if isinstance(operand, PathOperand):
        unknown = first_unknown(other)
        return Unknown(f"{operand.path.text}: {unknown.reason if unknown else 'malformed'}")
    return Unknown("too long to be matched against a pattern")
