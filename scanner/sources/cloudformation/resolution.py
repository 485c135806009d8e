"""One template in one case and place, each of its values resolved when it is asked for, and once.

The steps: loops are written out, what the template refers to is looked up, conditions are decided, and resources are
resolved in the order in which they need each other. A circle that is left then is one that CloudFormation refuses.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from scanner.errors import InvalidInputError
from scanner.estate.unknown import Unknown, Value
from scanner.sources.cloudformation import attributes, checking
from scanner.sources.cloudformation.checking import Entry, Names
from scanner.sources.cloudformation.conditions import Truth, bare
from scanner.sources.cloudformation.functions import NO_VALUE, text_of
from scanner.sources.cloudformation.intrinsics import resolved
from scanner.sources.cloudformation.lazy import LazyProperties
from scanner.sources.cloudformation.loops import expanded
from scanner.sources.cloudformation.parameters import Parameter
from scanner.sources.cloudformation.references import Reference, order
from scanner.sources.cloudformation.scope import Scope
from scanner.sources.cloudformation.sections import INCLUDE, Sections
from scanner.sources.cloudformation.truths import decide
from scanner.sources.cloudformation.values import Values
from scanner.sources.cloudformation.work import Work
from scanner.sources.declared import Deployment, Exports

_MOST_MESSAGES = 100
_LEVELS_OF_A_PROPERTY = 4
"""How many levels a reference to a property counts for: it takes as much of Python's stack."""
_LONGEST_NAME = 255
"""The longest names of parameters, mappings and outputs (CloudFormation's quotas, 2026-11)."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a stack has in common with its nested stacks; `ancestors` are the files that lead to it, its own last."""

    exports: Exports
    work: Work
    ancestors: tuple[Path, ...]


@dataclass(slots=True, eq=False)
class Resolution:
    """A template in one case and place. It answers what functions ask (`functions.Context`, `conditions.Asking`).

    Making one raises `InvalidInputError` for a template that refers to nothing, or whose conditions ask each other.
    """

    sections: Sections
    values: Values
    around: Surroundings = field(repr=False)
    messages: list[str] = field(default_factory=list)
    unknown_loops: list[Unknown] = field(default_factory=list)
    conditions: dict[str, Entry] = field(init=False, repr=False)
    resources: dict[str, Entry] = field(init=False, repr=False)
    outputs: dict[str, Entry] = field(init=False, repr=False)
    children: "dict[str, Resolution | str]" = field(default_factory=dict, repr=False)
    undecided: frozenset[str] = field(init=False)
    left_open: frozenset[str] = field(init=False)
    _names: Names = field(init=False, repr=False)
    _needs: dict[str, dict[str, Scope]] = field(init=False, repr=False)
    _truths: dict[str, Truth] = field(default_factory=dict, repr=False)
    _not_default: set[str] = field(default_factory=set)
    _known: dict[tuple[str, str], Value] = field(default_factory=dict, repr=False)
    _properties: dict[str, LazyProperties | Unknown] = field(default_factory=dict, repr=False)
    _trail: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.undecided, self.left_open = self.values.undecided(), self.values.left_open()
        self.conditions = dict(self._entries("Conditions", self.sections.conditions))
        self.resources = dict(self._entries("Resources", self.sections.resources))
        self.outputs = dict(self._entries("Outputs", self.sections.outputs))
        self._names = Names(self.parameters, self.resources, self.conditions, self.is_open)
        self._decide(checking.check_conditions(self.conditions, self._names))
        self._needs = checking.check_resources(self.resources, self._names, self._truths)
        checking.check_outputs(self.outputs, self._names)

    @property
    def parameters(self) -> Mapping[str, Parameter]:
        """The template's parameters."""
        return self.sections.parameters

    @property
    def deployment(self) -> Deployment:
        """Where the stack would go, and in which case."""
        return self.values.deployment

    @property
    def work(self) -> Work:
        """What is left to spend on this stack and those around it."""
        return self.around.work

    @property
    def is_extended(self) -> bool:
        """Whether the template goes through `AWS::LanguageExtensions`."""
        return self.sections.is_extended

    @property
    def is_open(self) -> bool:
        """Whether something that cannot be followed may add to the template."""
        return bool(self.sections.macros or self.unknown_loops)

    def resolve(self, value: Value, scope: Scope) -> Value:
        """The value with every function in it replaced by what it gives; NO_VALUE if that is nothing."""
        return resolved(self, value, scope)

    def operand(self, value: Value, scope: Scope) -> Value:
        """One side of a comparison, resolved; a parameter that stands alone is its text."""
        match value:
            case {"Fn::Join": [str(), {"Ref": str(name)}]} if name in self.parameters:
                pass
            case _:
                name = bare(value, scope, self.parameters)
        return self.values.text(name) if name else self.resolve(value, scope)

    def ref(self, name: str, scope: Scope) -> Value:
        """The value of a parameter or a pseudo parameter, or what `Ref` gives of a resource."""
        if name in self.parameters:
            return self.parameters[name].value(self.parameter_text(name))
        pseudo = self.values.pseudo(name)
        return pseudo if pseudo is not None else self._of_resource(name, "", scope)

    def parameter_text(self, name: str) -> str | Unknown:
        """The text that is the parameter's value in this case, secrets included."""
        if name in self._not_default:
            return Unknown(f"parameter {name} has no value in this case")
        return self.values.text(name)

    def attribute(self, logical_id: str, name: str, scope: Scope) -> Value:
        """An attribute of a resource, an output of a nested stack among them."""
        return self._of_resource(logical_id, name, scope)

    def truth(self, condition: str, scope: Scope) -> Truth:
        """Whether the condition of that name holds."""
        if condition not in self._truths:
            checking.check_choice(condition, scope, self._names)
            return Unknown(f"condition {condition[:255]} is not declared; a macro may")
        truth = self._truths[condition]
        if not isinstance(truth, Unknown) or truth.reason.startswith("condition "):
            return truth
        return Unknown(f"condition {condition} is not decided: {truth.reason}")

    def mapped(self, name: str, first: str, second: str) -> Value:
        """An entry of a mapping; None where there is none."""
        match self.sections.mappings.get(name):
            case dict() as keys if isinstance(keys.get(first), dict):
                return keys[first].get(second)
        return None

    def keys_of(self, mapping: str) -> list[str]:
        """The keys of a mapping; none if there is no such mapping."""
        keys = self.sections.mappings.get(mapping)
        return list(keys) if isinstance(keys, dict) else []

    def imported(self, name: str) -> Value:
        """What another stack exports under a name."""
        key = (self.deployment.account, self.deployment.region, name)
        return self.around.exports.get(key, Unknown(f"the stack that exports {name[:200]} is not among the templates"))

    def doubt(self, scope: Scope, message: str) -> Unknown:
        """An Unknown for what CloudFormation would refuse, but only in this case; the message is kept for people."""
        if len(self.messages) < _MOST_MESSAGES:
            error = scope.error(message)
            self.messages.append(f"{error.file}:{error.line}: {message}")
        return Unknown(message)

    def exists(self, entry: Entry) -> Truth:
        """Whether a resource or an output exists: whether its condition holds, if it has one."""
        condition, scope = entry.value.get("Condition"), entry.scope.at("Condition")
        if condition is None:
            return True
        if isinstance(condition, dict) and self.is_extended and self.resolve(condition, scope) is NO_VALUE:
            return True
        name = text_of(self, condition, scope)
        return name if isinstance(name, Unknown) else self.truth(name, scope)

    def properties(self, entry: Entry) -> LazyProperties | Unknown:
        """The properties of a resource; Unknown where a macro or a loop decides which it has."""
        if entry.name not in self._properties:
            self._properties[entry.name] = self._open(entry)
        return self._properties[entry.name]

    def output(self, entry: Entry) -> Value:
        """The value of an output that exists."""
        key = ("", entry.name)
        if key not in self._known:
            self._known[key] = self.resolve(entry.value["Value"], entry.scope.at("Value"))
        return self._known[key]

    def complete(self) -> None:
        """Resolve all properties of all resources. Raises `InvalidInputError` for a circle of resources."""
        there = {name: None for name, entry in self.resources.items() if self.exists(entry) is not False}
        needs = {name: [other for other in self._needs[name] if other in there] for name in there}
        ordered, circle = order(needs)
        if circle:
            raise self._circular(circle)
        for name in ordered:
            properties = self.properties(self.resources[name])
            if not isinstance(properties, Unknown):
                len(properties)

    def _entries(self, section: str, members: Mapping[str, Value]) -> Iterator[tuple[str, Entry]]:
        top = self.sections.scope(section)
        for name, value, scope in expanded(self, members, top):
            if not 0 < len(name) <= _LONGEST_NAME and not isinstance(value, Unknown):
                raise scope.error(f"a name has 1 to {_LONGEST_NAME} characters")
            if isinstance(value, Unknown):
                self.unknown_loops.append(value)
            elif name.startswith("Fn::") and name != INCLUDE:
                raise scope.error(f"{name[:60]} does not belong here")
            elif name != INCLUDE:
                yield name, Entry(name, value, scope)

    def _decide(self, asks: Mapping[str, list[str]]) -> None:
        ordered, circle = order(asks)
        if circle:
            message = f"conditions ask each other in a circle: {_shown([*circle, circle[0]])}"
            raise self.conditions[circle[0]].scope.error(message)
        for name in ordered:
            if name in self.conditions:
                decision = decide(self, self.conditions[name], self.deployment.assumed)
                self._truths[name] = decision.truth
                self._not_default |= decision.not_default

    def _of_resource(self, logical_id: str, attribute: str, scope: Scope) -> Value:
        entry = self.resources.get(logical_id)
        if entry is None:
            checking.check_reference(Reference(logical_id, attribute, scope), self._names)
            return Unknown(f"{logical_id[:255]} is not declared; a macro may")
        exists = self.exists(entry)
        if isinstance(exists, Unknown):
            return Unknown(f"whether {logical_id} exists is not known: {exists.reason}")
        if not exists:
            return self.doubt(scope, f"refers to {logical_id}, which does not exist in this case")
        if (logical_id, attribute) not in self._known:
            self._known[logical_id, attribute] = self._answer(entry, attribute, scope)
        return self._known[logical_id, attribute]

    def _answer(self, entry: Entry, attribute: str, scope: Scope) -> Value:
        from scanner.sources.cloudformation.children import OUTPUTS, STACK, output_of

        if entry.type == STACK and attribute.startswith(OUTPUTS):
            return output_of(self, entry, attribute.removeprefix(OUTPUTS), scope)
        properties = self.properties(entry)
        if isinstance(properties, Unknown):
            return properties
        if attribute:
            return attributes.attribute(entry.type, attribute, entry.name, properties, self.deployment)
        return attributes.ref(entry.type, entry.name, properties, self.deployment)

    def _open(self, entry: Entry) -> LazyProperties | Unknown:
        written = entry.value.get("Properties", {})
        scope = entry.scope.at("Properties")
        if INCLUDE in written or INCLUDE in entry.value:
            return Unknown(f"a macro decides which properties {entry.name} has")
        members: dict[str, tuple[Value, Scope]] = {}
        for key, value, place in expanded(self, written, scope):
            if isinstance(value, Unknown):
                return Unknown(value.reason)
            if key.startswith("Fn::") or key == "Ref":
                raise place.error(f"Properties of {entry.name} are made by {key[:60]}; each property has a name")
            members[key] = value, place
        return LazyProperties(members, lambda key, value, place: self._member(entry.name, key, value, place))

    def _member(self, logical_id: str, key: str, value: Value, scope: Scope) -> Value:
        """A property, resolved on behalf of its resource, which thereby needs whatever the property refers to."""
        mark = (logical_id, key)
        if mark in self._trail:
            names = [name for name, _ in self._trail[self._trail.index(mark) :]]
            raise scope.error(f"cyclic reference: {_shown([*dict.fromkeys(names), logical_id])}")
        self._trail.append(mark)
        self.work.depth += _LEVELS_OF_A_PROPERTY
        found = self.resolve(value, scope)
        self.work.depth -= _LEVELS_OF_A_PROPERTY
        self._trail.pop()
        return found

    def _circular(self, circle: list[str]) -> InvalidInputError:
        """The error for a circle, told from that resource on which stands first in the template."""
        among = set(circle)
        start = circle.index(next(name for name in self.resources if name in among))
        names = [*circle[start:], *circle[: start + 1]]
        return self._needs[names[0]][names[1]].error(f"cyclic reference: {_shown(names)}")


def _shown(names: list[str]) -> str:
    shown = names if len(names) <= 12 else [*names[:10], "...", names[-1]]
    return " -> ".join(shown)
