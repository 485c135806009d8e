"""From the `when` and `expect` of a rule file to a checked assertion tree.

The file has passed its JSON Schema; here every path is looked up in the shape of the rule's kind and every operator and
operand is held against what the shape says of the value, so that a rule that loads means something. All that is wrong
is collected. The paths that were met become the rule's needs.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from scanner.estate.needs import Need
from scanner.estate.paths import PropertyPath, parse_path
from scanner.estate.schemas import Problem, Schema, expected_one_of
from scanner.estate.shapes import ANYTHING, Shape, items_of
from scanner.estate.unknown import Value
from scanner.evaluation.nodes import (
    All,
    AnyOf,
    Assertion,
    Each,
    Leaf,
    Literal,
    Not,
    Operand,
    ParamOperand,
    PathOperand,
    Place,
    Some,
)
from scanner.evaluation.operators import OPERATORS, Operator
from scanner.evaluation.parameters import Param
from scanner.evaluation.patterns import SYNTAX, compile_pattern

MAX_CONDITIONS = 500
"""Most nodes that one rule may have."""
_MAX_PROBLEMS = 50


@dataclass(frozen=True, slots=True)
class Scope:
    """What relative paths are relative to: the resource, or the elements of the list of an `each` around.

    `restarts` counts the lists around that started at the resource again while inside another list: each multiplies the
    work, so there may be one.
    """

    schema: Schema
    parts: tuple[str, ...] = ()
    in_list: bool = False
    restarts: int = 0


@dataclass(slots=True)
class TreeReader:
    """Reads the trees of one rule; afterwards `problems`, `paths` and `used` (parameters) tell what it met."""

    shape: Shape
    params: Mapping[str, Param]
    problems: list[Problem] = field(default_factory=list)
    paths: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)
    _conditions: int = 0

    def read(self, raw: Value, place: Place) -> Assertion:
        """The tree of `when` or `expect`. It is only of use when `problems` stays empty."""
        return self._node(raw, place, Scope(self.shape.schema))

    def needs(self) -> frozenset[Need]:
        """What the paths need; the mere existence of the resource when they ask for no property."""
        found = frozenset(Need.of(self.shape.type, path) for path in self.paths)
        return found or frozenset({Need(self.shape.type)})

    def _node(self, raw: Mapping[str, Value], place: Place, scope: Scope) -> Assertion:
        self._conditions += 1
        if self._conditions > MAX_CONDITIONS or len(self.problems) >= _MAX_PROBLEMS:
            if self._conditions == MAX_CONDITIONS + 1:
                self._report(place, f"the rule has more than {MAX_CONDITIONS} conditions")
            return All((), place)  # never compiled: a rule with problems is not built
        match raw:
            case {"all": nodes}:
                return All(tuple(self._nodes(nodes, (*place, "all"), scope)), place)
            case {"any": nodes}:
                return AnyOf(tuple(self._nodes(nodes, (*place, "any"), scope)), place)
            case {"not": node}:
                return Not(self._node(node, (*place, "not"), scope), place)
            case {"each": each}:
                return self._each(each, (*place, "each"), scope)
            case {"some": some}:
                return self._some(some, (*place, "some"), scope)
            case _:
                return self._leaf(raw, place, scope)

    def _nodes(self, raw: list[Mapping[str, Value]], place: Place, scope: Scope) -> Iterator[Assertion]:
        for index, node in enumerate(raw):
            yield self._node(node, (*place, index), scope)

    def _each(self, raw: Mapping[str, Value], place: Place, scope: Scope) -> Each:
        path, inner = self._list(raw["in"], (*place, "in"), scope)
        where = self._node(raw["where"], (*place, "where"), inner) if "where" in raw else None
        that = self._node(raw["that"], (*place, "that"), inner)
        return Each(path, where, that, raw.get("allow_empty", False), place)

    def _some(self, raw: Mapping[str, Value], place: Place, scope: Scope) -> Some:
        path, inner = self._list(raw["in"], (*place, "in"), scope)
        where = self._node(raw["where"], (*place, "where"), inner) if "where" in raw else None
        return Some(path, where, self._node(raw["that"], (*place, "that"), inner), place)

    def _list(self, text: str, place: Place, scope: Scope) -> tuple[PropertyPath, Scope]:
        path, schema = self._path(text, place, scope)
        items = items_of(schema)
        if items is None:
            self._report(place, f"{text} is {_kind(schema)}, not a list")
        parts = path.parts if path.rooted else (*scope.parts, *path.parts)
        restarts = scope.restarts + (scope.in_list and path.rooted)
        if restarts > 1:
            self._report(place, "only one list of the resource may be looked through inside another")
        return path, Scope(items or ANYTHING, parts, True, restarts)

    def _path(self, text: str, place: Place, scope: Scope) -> tuple[PropertyPath, Schema]:
        """The parsed path and the schema of what it leads to; notes the need."""
        try:
            path = parse_path(text)
            if path.pseudo:
                return path, {"type": "string"}
            if not path.parts and not scope.in_list:
                raise LookupError("`.` is the element of an each or some, and there is none around")
            schema = self.shape.at(path.parts, scope.schema if scope.in_list and not path.rooted else None)
        except (ValueError, LookupError) as error:
            self._report(place, str(error.args[0]))
            return PropertyPath(text), ANYTHING
        whole = path.parts if path.rooted else (*scope.parts, *path.parts)
        if whole in (("Observed",), ("Derived",)):
            self._report(place, f"{text} as a whole cannot be read; name a property below it")
        self.paths.add(".".join(whole))
        return path, schema

    def _leaf(self, raw: Mapping[str, Value], place: Place, scope: Scope) -> Leaf:
        path, schema = self._path(raw["path"], (*place, "path"), scope)
        name = next(key for key in raw if key != "path")
        operator = OPERATORS[name]
        here = (*place, name)
        types = _types(schema)
        if types and operator.kinds and operator.kinds.isdisjoint(types):
            self._report(here, f"{raw['path']} is {_kind(schema)}, which {name} cannot judge", _advice(types))
        operand = self._operand(raw[name], operator, schema, here, scope)
        literal = isinstance(operand, Literal)
        guard = types or (_judged(operator, operand) if literal or operator.operand != "scalar" else ())
        return Leaf(path, name, operand, tuple(sorted(guard)), place)

    def _operand(self, raw: Value, operator: Operator, schema: Schema, place: Place, scope: Scope) -> Operand:
        match raw:
            case {"path": text}:
                path, other = self._path(text, (*place, "path"), scope)
                self._check_other(schema, operator, other, text, place)
                return PathOperand(path)
            case {"param": name}:
                self._check_param(name, operator, schema, place)
                return ParamOperand(name)
            case list():
                for index, item in enumerate(raw):
                    self._check_literal(item, operator, schema, (*place, index))
            case _:
                self._check_literal(raw, operator, schema, place)
        return Literal(raw)

    def _check_literal(self, value: Value, operator: Operator, schema: Schema, place: Place) -> None:
        if operator.operand == "pattern":
            try:
                compile_pattern(value)
            except ValueError as error:
                self._report(place, str(error), SYNTAX)
        if operator.operand not in ("scalar", "list"):
            return
        target = _compared(schema)
        types = _types(target)
        if types and _scalar_type(value) not in _alike(types):
            self._report(place, f"{value!r} is {_scalar_type(value)}, and the value is {_kind(target)}")
        elif value not in target.get("enum", [value]):
            hint = expected_one_of(str(value), [str(option) for option in target["enum"]])
            self._report(place, f"the value is never {value!r}", hint)

    def _check_other(self, schema: Schema, operator: Operator, other: Schema, text: str, place: Place) -> None:
        """Two values must be comparable: a list where the operator needs one, and of the same type inside."""
        types = _types(other)
        if operator.operand == "list" and types and "array" not in types:
            self._report(place, f"{text} is {_kind(other)}, and a list is needed here")
        elif operator.operand != "list" and "array" in types:
            self._report(place, f"{text} is a list, which cannot stand here")
        mine, theirs = _types(_compared(schema)), _types(_compared(other))
        if mine and theirs and _alike(mine).isdisjoint(theirs):
            self._report(place, f"{text} is {_kind(_compared(other))}, the value is {_kind(_compared(schema))}")

    def _check_param(self, name: str, operator: Operator, schema: Schema, place: Place) -> None:
        self.used.add(name)
        param = self.params.get(name)
        if param is None:
            hint = expected_one_of(name, self.params) or "declare it under params"
            self._report((*place, "param"), f"there is no parameter {name!r}", hint)
            return
        if (param.type == "list") != (operator.operand == "list"):
            needed = "a list" if operator.operand == "list" else "a single value"
            self._report(place, f"the parameter {name} is of type {param.type}, and {needed} is needed here")
            return
        types = _types(_compared(schema))
        if types and ("string" if param.type == "list" else param.type) not in _alike(types):
            self._report(place, f"the parameter {name} is {param.type}, and the value is {_kind(_compared(schema))}")

    def _report(self, place: Place, message: str, hint: str = "") -> None:
        self.problems.append(Problem(place, message, hint))


def _types(schema: Schema) -> frozenset[str]:
    """The JSON Schema types of a value, empty when open; an enum without a type speaks for itself."""
    declared = schema.get("type")
    if declared is None:
        return frozenset(_scalar_type(option) for option in schema.get("enum", ()))
    return frozenset([declared] if isinstance(declared, str) else declared)


def _compared(schema: Schema) -> Schema:
    """What a single operand is compared with: the elements of a list, otherwise the value."""
    return schema.get("items", ANYTHING) if schema.get("type") == "array" else schema


def _alike(types: frozenset[str]) -> frozenset[str]:
    return types | {"integer", "number"} if types & {"integer", "number"} else types


def _scalar_type(value: Value) -> str:
    match value:
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case _:
            return "string"


def _judged(operator: Operator, operand: Operand) -> frozenset[str]:
    """The types that an open value may have: a literal is a plain value, so a list or an object is malformed there."""
    if operator.operand == "scalar" and isinstance(operand, Literal):
        return operator.kinds - {"object"}
    return operator.kinds


def _kind(schema: Schema) -> str:
    words = {"array": "a list", "object": "an object", "string": "text", "boolean": "true or false"}
    return " or ".join(sorted(words.get(name, f"a {name}") for name in _types(schema))) or "open"


def _advice(types: frozenset[str]) -> str:
    if "array" in types:
        return "use contains, subset_of, empty, each or some"
    if "object" in types:
        return "use exists or empty, or name a property below it"
    return "use equals or in" if "string" not in types else "use equals, in, matches or contains"
