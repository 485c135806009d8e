"""What a template's conditions hang on and nothing decides, with the values that are worth telling apart.

Only conditions that something asks count. Where a comparison is with one undecided parameter, the parameter is the
variable; where it is tangled, the condition is.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from scanner.estate.unknown import Unknown, Value
from scanner.sources.cloudformation.checking import Entry
from scanner.sources.cloudformation.children import STACK, child, passed_on
from scanner.sources.cloudformation.conditions import Hinge, Tangle, asked, comparisons, holds
from scanner.sources.cloudformation.parameters import Parameter
from scanner.sources.cloudformation.references import Choice, mentions, order
from scanner.sources.cloudformation.resolution import Resolution
from scanner.sources.cloudformation.scope import Scope
from scanner.sources.cloudformation.texts import as_text
from scanner.sources.declared import OTHER, Option, Variable

_PAIRS = (
    {"true", "false"},
    {"yes", "no"},
    {"on", "off"},
    {"enabled", "disabled"},
    {"enable", "disable"},
    {"y", "n"},
)
"""Values that leave no third one."""


@dataclass(slots=True)
class _Asked:
    """What a parameter is asked: the values that it is compared with, and whether it has to be one of them."""

    parameter: Parameter
    literals: dict[str, None] = field(default_factory=dict)
    is_closed: bool = False


@dataclass(slots=True)
class _Survey:
    """What the conditions of a stack and its nested stacks hang on, and in how many places that matters.

    `tangled` are parameters whose default cannot stand for all values that they are not compared with.
    """

    weights: Counter[str] = field(default_factory=Counter)
    parameters: dict[str, _Asked] = field(default_factory=dict)
    conditions: dict[str, tuple[bool, bool]] = field(default_factory=dict)
    tangled: set[str] = field(default_factory=set)

    def ask(self, name: str, parameter: Parameter, asked_of_it: _Asked, weight: int) -> None:
        """Add what a parameter is asked."""
        found = self.parameters.setdefault(name, _Asked(parameter))
        found.literals |= asked_of_it.literals
        found.is_closed = found.is_closed or asked_of_it.is_closed
        self.weights[name] += weight


def variables_of(stack: Resolution) -> tuple[Variable, ...]:
    """The variables of a stack and its nested stacks, those first that most hangs on; no case may be assumed in it.

    A parameter's options are its default, the values that it is compared with, and what stands for all others: a
    default that is compared with nothing, the one other value that is allowed, or else `OTHER`. A secret is no
    variable, lest its default be told: the conditions that it decides are.
    """
    survey = _surveyed(stack)
    options: dict[str, tuple[Option, ...]] = {
        name: _options(each, is_tangled=name in survey.tangled) for name, each in survey.parameters.items()
    }
    options |= survey.conditions
    names = sorted(options, key=lambda name: -survey.weights[name])
    return tuple(Variable(name, options[name]) for name in names if len(options[name]) > 1)


def _surveyed(stack: Resolution) -> _Survey:
    survey = _Survey()
    weights = _weights(stack)
    for name, weight in weights.items():
        entry = stack.conditions[name]
        for one, other, scope in comparisons(entry.value, entry.scope):
            _weigh(stack, survey, entry, weight, (one, other, scope))
    hanging = _hanging(stack, survey)
    for entry in stack.resources.values():
        if entry.type == STACK and (stack.exists(entry) is not False or entry.value.get("Condition") in hanging):
            _add_nested(stack, survey, entry)
    return survey


def _weights(stack: Resolution) -> dict[str, int]:
    """How many places ask each condition, by themselves or through other conditions; those that none asks left out."""
    weights = Counter(name for name in _asking(stack) if name in stack.conditions)
    needs = {
        name: [
            each.condition for each in mentions(entry.value, entry.scope, in_condition=True) if isinstance(each, Choice)
        ]
        for name, entry in stack.conditions.items()
    }
    for name in reversed(order(needs)[0]):
        for other in needs.get(name, ()):
            weights[other] += weights[name]
    return {name: weights[name] for name in stack.conditions if weights[name]}


def _asking(stack: Resolution) -> Iterator[str]:
    for entry in (*stack.resources.values(), *stack.outputs.values()):
        condition = entry.value.get("Condition")
        if isinstance(condition, str):
            yield entry.scope.filled(condition)
        for mention in mentions(entry.value, entry.scope):
            if isinstance(mention, Choice):
                yield mention.condition


def _weigh(
    stack: Resolution, survey: _Survey, entry: Entry, weight: int, comparison: tuple[Value, Value, Scope]
) -> None:
    one, other, scope = comparison
    hangs = asked(stack, one, other, scope)
    if isinstance(hangs, Hinge) and (literals := _literals(stack, hangs)):
        parameter = stack.parameters[hangs.parameter]
        survey.ask(parameter.name, parameter, _Asked(parameter, dict.fromkeys(literals), bool(hangs.mapping)), weight)
    elif hangs is not None or isinstance(_plainly(stack, one, other, scope), Unknown):
        is_default = stack.truth(entry.name, entry.scope) is not False
        survey.conditions[entry.name] = (is_default, not is_default)
        survey.weights[entry.name] += weight
        survey.tangled |= hangs.names if isinstance(hangs, Tangle) else set()


def _literals(stack: Resolution, hinge: Hinge) -> list[str]:
    """The values of a parameter that a comparison tells apart; none where what it is compared with is not known."""
    if hinge.mapping:
        return stack.keys_of(hinge.mapping)
    text = as_text(stack.operand(hinge.side, hinge.scope))
    return [] if text is None else [text]


def _plainly(stack: Resolution, one: Value, other: Value, scope: Scope) -> bool | Unknown:
    return holds(stack, {"Fn::Equals": [one, other]}, scope, plainly=True)


def _hanging(stack: Resolution, survey: _Survey) -> set[str]:
    """The conditions that some variable may turn."""
    hanging: set[str] = set()
    needs: dict[str, list[str]] = {}
    for name, entry in stack.conditions.items():
        found = (asked(stack, one, other, scope) for one, other, scope in comparisons(entry.value, entry.scope))
        if name in survey.conditions or any(found):
            hanging.add(name)
        choices = mentions(entry.value, entry.scope, in_condition=True)
        needs[name] = [each.condition for each in choices if isinstance(each, Choice)]
    for name in order(needs)[0]:
        if not hanging.isdisjoint(needs.get(name, ())):
            hanging.add(name)
    return hanging


def _add_nested(stack: Resolution, survey: _Survey, entry: Entry) -> None:
    """Take what a nested stack hangs on for the parent's own where the parent merely passes it on."""
    nested = child(stack, entry)
    if isinstance(nested, str):
        return
    inner = _surveyed(nested)
    above = passed_on(stack, entry)
    names = {name: _name_above(stack, entry, name, above) for name in (*inner.parameters, *inner.tangled)}
    for name, found in inner.parameters.items():
        parameter = stack.parameters.get(names[name], replace(found.parameter, default=None))
        survey.ask(names[name], parameter, found, inner.weights[name])
    survey.tangled |= {names[name] for name in inner.tangled}
    for name, options in inner.conditions.items():
        survey.conditions[f"{entry.name}.{name}"] = options
        survey.weights[f"{entry.name}.{name}"] += inner.weights[name]


def _name_above(stack: Resolution, entry: Entry, name: str, above: Mapping[str, str]) -> str:
    parent = above.get(name, "")
    return parent if parent in stack.undecided else f"{entry.name}.{name}"


def _options(found: _Asked, *, is_tangled: bool) -> tuple[Option, ...]:
    parameter = found.parameter
    default = None if parameter.is_stored else parameter.default
    allowed = () if parameter.is_list else parameter.allowed
    literals = [text for text in found.literals if not allowed or text in allowed or text == default]
    options = list(dict.fromkeys(literals if default is None else [default, *literals]))
    if default is not None and default not in literals and not is_tangled:
        return tuple(options)
    rest = [text for text in allowed if text not in options]
    if allowed:
        return (*options, *(rest if len(rest) < 2 else (OTHER,)))
    if found.is_closed or {text.lower() for text in options} in _PAIRS:
        return tuple(options)
    # Whoever has to give a value hardly gives an empty one.
    return (OTHER, "") if default is None and options == [""] else (*options, OTHER)
