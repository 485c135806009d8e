"""What variables hold: a value that the plan knows, or the expression of the module call that gives it.

Providers are configured with variables more often than not, and modules get keys and buckets through them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from scanner.estate.unknown import Unknown, Value
from scanner.sources.terraform.addresses import Key, Step, traversals
from scanner.sources.terraform.configuration import Expression, Module
from scanner.sources.terraform.plan import Plan

MAX_CALLS = 60
"""Through how many module calls the value of one variable is looked for."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Where an expression stands: a module instance, with `each` of the block or call that it belongs to."""

    steps: tuple[Step, ...] = ()
    key: Key | None = None
    for_each: Expression | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """The value of a variable, as the plan holds it."""

    value: Value


@dataclass(frozen=True, slots=True)
class Given:
    """What a module call gives for a variable, and where that expression stands."""

    expression: Expression
    scope: Scope


def argument_of(plan: Plan, name: str, scope: Scope) -> Known | Given | None:
    """What a variable of a module instance holds; None where the plan does not tell."""
    if not scope.steps:
        values = plan.variables if name in plan.variables else plan.root.defaults
        return Known(values[name]) if name in values else None
    outer, (called, key) = scope.steps[:-1], scope.steps[-1]
    parent = module_at(plan.root, outer)
    call = parent.calls.get(called) if parent else None
    if call is None:
        return None
    if name in call.arguments:
        return Given(call.arguments[name], Scope(outer, key, call.for_each))
    return Known(call.module.defaults[name]) if name in call.module.defaults else None


def module_at(root: Module, steps: Sequence[Step]) -> Module | None:
    """The module that a way leads to, None where the configuration has none there."""
    module = root
    for name, _ in steps:
        call = module.calls.get(name)
        if call is None:
            return None
        module = call.module
    return module


def known_value(plan: Plan, expression: Expression, scope: Scope) -> Value:
    """The value of an expression that is constant or one reference to a variable with a known value, else Unknown.

    An expression that makes something of the variable looks the same: whoever asks must check that the value fits.
    """
    path: tuple[Key, ...] = ()
    for _ in range(MAX_CALLS):
        references = traversals(expression.references)
        if not references:
            return _at(expression.constant, path)
        argument = argument_of(plan, references[0].name, scope) if references[0].kind == "variable" else None
        if len(references) > 1 or argument is None:
            break
        path = (*references[0].path, *path)
        if isinstance(argument, Known):
            return _at(argument.value, path)
        expression, scope = argument.expression, argument.scope
    return Unknown(f"the plan does not show what is made of {', '.join(expression.references[:3])}")


def _at(value: Value, path: Sequence[Key]) -> Value:
    for step in path:
        match value, step:
            case (dict(), str()) if step in value:
                value = value[step]
            case (list(), int()) if 0 <= step < len(value):
                value = value[step]
            case _:
                return Unknown("the plan does not show all of a variable")
    return value
