"""Whether a condition holds: true, false, or Unknown with the reason.

CloudFormation's template reference, "Condition functions" (2026-11). What nobody decided (a parameter, the region) is
told apart by how a comparison hangs on it: where it is plain what is asked of one parameter, that parameter decides;
where it is tangled, the condition itself has to be assumed one way or the other.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from scanner.estate.unknown import Unknown, Value
from scanner.sources.cloudformation.functions import Context, arguments
from scanner.sources.cloudformation.parameters import AnyOther, Parameter
from scanner.sources.cloudformation.references import Reference, mentions
from scanner.sources.cloudformation.scope import Scope
from scanner.sources.cloudformation.texts import as_text
from scanner.sources.declared import is_stand_in

Truth: TypeAlias = bool | Unknown


class Asking(Context, Protocol):
    """A stack, as far as conditions have to know it."""

    undecided: frozenset[str]
    """The parameters and pseudo parameters that nobody decided, in whatever case."""
    left_open: frozenset[str]
    """Those of them of which this case assumes nothing."""

    @property
    def parameters(self) -> Mapping[str, Parameter]:
        """The template's parameters."""
        ...

    def keys_of(self, mapping: str) -> list[str]:
        """The keys of a mapping; none if there is no such mapping."""
        ...

    def operand(self, value: Value, scope: Scope) -> Value:
        """One side of a comparison, resolved; a parameter that stands alone is its text."""
        ...


@dataclass(frozen=True, slots=True)
class Hinge:
    """A comparison that hangs on one undecided parameter: it is compared with `side`, which is decided.

    Or its entry in the mapping of that name is.
    """

    parameter: str
    side: Value = field(repr=False)
    scope: Scope = field(repr=False, compare=False)
    mapping: str = ""


@dataclass(frozen=True, slots=True)
class Tangle:
    """A comparison that hangs on these undecided names in a way that cannot be told apart."""

    names: frozenset[str]


def holds(stack: Asking, expression: Value, scope: Scope, *, plainly: bool) -> Truth:
    """Whether an expression holds; with `plainly`, tangled comparisons are Unknown, else defaults decide them.

    Raises `InvalidInputError` for what is no condition.
    """
    stack.work.descend(scope)
    name, argument = _call(expression, scope)
    scope = scope.at(name)
    found: Truth
    match name:
        case "Condition" if isinstance(argument, str):
            found = stack.truth(scope.filled(argument), scope)
        case "Fn::Equals":
            found = _equals(stack, argument, scope, plainly=plainly)
        case "Fn::Not":
            found = _opposite(holds(stack, arguments(argument, scope, 1, 1, _SIDES)[0], scope.at(0), plainly=plainly))
        case "Fn::And" | "Fn::Or":
            parts = arguments(argument, scope, 1, _MAX_PARTS, _SIDES)
            truths = [holds(stack, part, scope.at(number), plainly=plainly) for number, part in enumerate(parts)]
            found = _joined(truths, decisive=name == "Fn::Or")
        case _:
            raise scope.error("is no condition", hint=_SIDES)
    stack.work.depth -= 1
    return found


def comparisons(expression: Value, scope: Scope) -> Iterator[tuple[Value, Value, Scope]]:
    """Every comparison in an expression: its two sides, and its place."""
    left = [(expression, scope)]
    while left:
        part, place = left.pop()
        name, argument = _call(part, place)
        place = place.at(name)
        if name == "Fn::Equals":
            one, other = arguments(argument, place, 2, 2, _TWO)
            yield one, other, place
        elif name != "Condition" and isinstance(argument, list):
            left.extend((item, place.at(number)) for number, item in reversed(list(enumerate(argument))))


def asked(stack: Asking, one: Value, other: Value, scope: Scope) -> Hinge | Tangle | None:
    """How a comparison hangs on what nobody decided; None if it does not."""
    names = [undecided_in(stack, side, scope.at(number)) for number, side in enumerate((one, other))]
    if not any(names):
        return None
    for number, (side, against) in enumerate(((one, other), (other, one))):
        if not names[1 - number]:
            found = _hinge(stack, side, against, scope.at(1 - number))
            if found is not None and not stack.parameters[found.parameter].is_secret:
                return found
    return Tangle(names[0] | names[1])


def undecided_in(stack: Asking, value: Value, scope: Scope) -> frozenset[str]:
    """The undecided parameters and pseudo parameters that a value refers to."""
    found = (each.name for each in mentions(value, scope) if isinstance(each, Reference))
    return frozenset(name for name in found if name in stack.undecided)


def bare(value: Value, scope: Scope, parameters: Mapping[str, Parameter]) -> str:
    """The parameter that a value simply is; empty if it is anything else.

    Besides `Ref`, a text or a list with nothing but the parameter in it counts: people write such.
    """
    match value:
        case {"Ref": str(name)} if name in parameters and name not in scope.loops:
            return name
        case {"Fn::Sub": str(text)} if text[:2] == "${" and text[2:-1] in parameters and text[-1] == "}":
            return "" if parameters[text[2:-1]].is_list else text[2:-1]
        case {"Fn::Join": [str(), [only]]}:
            name = bare(only, scope, parameters)
            return "" if name and parameters[name].is_list else name
    return ""


_MAX_PARTS = 1_000
_MAX_KEYS = 8
"""Keys of a mapping that are tried one by one."""
_TWO = "expected two values"
_SIDES = "expected Fn::Equals, Fn::And, Fn::Or, Fn::Not or Condition, each with what it takes"


def _call(expression: Value, scope: Scope) -> tuple[str, Value]:
    if isinstance(expression, dict) and len(expression) == 1:
        ((name, argument),) = expression.items()
        return str(name), argument
    raise scope.error("is no condition", hint=_SIDES)


def _equals(stack: Asking, argument: Value, scope: Scope, *, plainly: bool) -> Truth:
    one, other = arguments(argument, scope, 2, 2, _TWO)
    hangs = asked(stack, one, other, scope)
    if plainly and isinstance(hangs, Tangle) and not hangs.names.isdisjoint(stack.left_open):
        return Unknown(f"it hangs on {', '.join(sorted(hangs.names))[:200]}")
    sides = stack.operand(one, scope.at(0)), stack.operand(other, scope.at(1))
    if isinstance(hangs, Hinge) and any(isinstance(side, AnyOther) for side in sides):
        # Whatever a parameter is compared with by itself is one of its options.
        return False
    return _same(*sides)


def _same(one: Value, other: Value) -> Truth:
    unknown = next((side for side in (one, other) if isinstance(side, Unknown)), None)
    if unknown is not None:
        return Unknown(unknown.reason)
    texts = as_text(one), as_text(other)
    if None in texts:
        return Unknown("only texts can be compared")
    if texts[0] != texts[1] and any(is_stand_in(str(text)) for text in texts):
        return Unknown("it hangs on a name that is only known once it is deployed")
    return texts[0] == texts[1]


def _opposite(truth: Truth) -> Truth:
    return truth if isinstance(truth, Unknown) else not truth


def _joined(truths: list[Truth], *, decisive: bool) -> Truth:
    """Of an `Or`, one that is true decides; of an `And`, one that is false."""
    if decisive in truths:
        return decisive
    return next((truth for truth in truths if isinstance(truth, Unknown)), not decisive)


def _hinge(stack: Asking, side: Value, against: Value, scope: Scope) -> Hinge | None:
    """The hinge of a comparison with a side that is decided, whose place `scope` is."""
    name = bare(side, scope, stack.parameters)
    if name:
        return Hinge(name, against, scope)
    match side:
        case {"Fn::Join": [str(), {"Ref": str(list_name)}]} if against == "" and list_name in stack.parameters:
            return Hinge(list_name, against, scope)
        case {"Fn::FindInMap": [str(mapping), key, second]} if not undecided_in(stack, second, scope):
            name = bare(key, scope, stack.parameters)
            return (
                Hinge(name, against, scope, mapping) if name and 0 < len(stack.keys_of(mapping)) <= _MAX_KEYS else None
            )
    return None
