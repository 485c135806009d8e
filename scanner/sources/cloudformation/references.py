"""What a template refers to, read off without resolving anything.

CloudFormation refuses a template that refers to nothing, even in a branch that is not taken; and resources are best
resolved in the order in which they need each other, so that a chain of ten thousand takes no recursion.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from scanner.estate.unknown import Unknown, Value
from scanner.sources.cloudformation.functions import function_of
from scanner.sources.cloudformation.loops import FOR_EACH, identifier_and_body
from scanner.sources.cloudformation.scope import Scope, unknown_item
from scanner.sources.cloudformation.texts import is_variable, template_parts


@dataclass(frozen=True, slots=True)
class Reference:
    """A `Ref`, or a `Fn::GetAtt` when there is an attribute, to `name`; those in a `Fn::Sub` text are like them.

    `is_taken` says that it is in no branch that its conditions leave out.
    """

    name: str
    attribute: str
    scope: Scope = field(repr=False, compare=False)
    is_taken: bool = True


@dataclass(frozen=True, slots=True)
class Choice:
    """A condition that a `Fn::If` or another condition asks."""

    condition: str
    scope: Scope = field(repr=False, compare=False)


def mentions(
    value: Value, scope: Scope, *, in_condition: bool = False, truths: Mapping[str, bool | Unknown] | None = None
) -> Iterator[Reference | Choice]:
    """All references and choices in a value, in the order of the template.

    What a loop around them or a function makes of a name is left out where that is not known. Whether functions get
    what they take is not looked at. `{"Condition": name}` asks a condition only when `in_condition`: elsewhere it
    may be a property. `truths` are those of the conditions; without them, no branch is taken.
    """
    left: list[_Part] = [(value, scope, True)]
    while left:
        item, place, is_taken = left.pop()
        name = function_of(item)
        if name:
            yield from _own(name, item, place, is_taken)
        if in_condition and isinstance(item, dict) and isinstance(asked := item.get("Condition"), str):
            yield Choice(place.filled(asked), place)
        below = _branches if name == "Fn::If" else _below
        left.extend(reversed(list(below(name, item, place, is_taken, truths or {}))))


def order(needs: Mapping[str, Sequence[str]]) -> tuple[list[str], list[str]]:
    """Names in an order in which each comes after those that it needs, and a circle of names that need each other.

    The circle is empty if there is none; in one, the order is arbitrary. What needs nothing need not be a key.
    """
    done: dict[str, bool] = {}
    circle: list[str] = []
    ordered: list[str] = []
    for start in needs:
        trail: list[tuple[str, Iterator[str]]] = [(start, iter(needs[start]))] if start not in done else []
        done.setdefault(start, False)
        while trail:
            name, rest = trail[-1]
            following = next((other for other in rest if not done.get(other, False)), None)
            if following is None:
                done[name] = True
                ordered.append(name)
                trail.pop()
            elif following in done:
                if not circle:
                    names = [passed for passed, _ in trail]
                    circle = names[names.index(following) :]
            else:
                done[following] = False
                trail.append((following, iter(needs.get(following, ()))))
    return ordered, circle


_Part: TypeAlias = tuple[Value, Scope, bool]


def _own(name: str, item: Mapping[str, Value], scope: Scope, is_taken: bool) -> Iterator[Reference | Choice]:
    """What the mapping itself refers to."""
    argument, scope = item[name], scope.at(name)
    match name, argument:
        case "Ref", str():
            found = [(argument, "")]
        case "Fn::GetAtt", [str(logical_id), *names]:
            found = [(logical_id, ".".join(part if isinstance(part, str) else "?" for part in names))]
        case "Fn::Sub", str():
            found = list(_variables(argument, {}, scope))
        case "Fn::Sub", [str(text), dict(values)]:
            found = list(_variables(text, values, scope))
        case "Fn::If", [str(condition), *_]:
            yield Choice(scope.filled(condition), scope)
            return
        case _:
            return
    for written, attribute in found:
        referred = scope.filled(written)
        if referred not in scope.loops and "{" not in referred:
            yield Reference(referred, attribute, scope, is_taken)


def _variables(text: str, values: Mapping[str, Value], scope: Scope) -> Iterator[tuple[str, str]]:
    for _, name in template_parts(scope.filled(text)):
        if is_variable(name) and name not in values:
            logical_id, _, attribute = name.partition(".")
            yield logical_id, attribute


def _below(
    name: str, item: Value, scope: Scope, is_taken: bool, truths: Mapping[str, bool | Unknown]
) -> Iterator[_Part]:
    if name:
        scope = scope.at(name)
        item = item[name]
    if isinstance(item, dict):
        for key, member in item.items():
            if key.startswith(FOR_EACH):
                yield from _in_loop(member, scope.at(key), is_taken)
            elif isinstance(member, dict | list):
                yield member, scope.at(key), is_taken
    elif isinstance(item, list):
        for number, member in enumerate(item):
            if isinstance(member, dict | list):
                yield member, scope.at(number), is_taken


def _branches(
    name: str, item: Value, scope: Scope, is_taken: bool, truths: Mapping[str, bool | Unknown]
) -> Iterator[_Part]:
    parts = item[name] if isinstance(item[name], list) else [item[name]]
    condition = parts[0] if parts and isinstance(parts[0], str) else ""
    truth = truths.get(scope.filled(condition))
    for number, member in enumerate(parts):
        yield member, scope.at(name).at(number), is_taken and truth is (number == 1)


def _in_loop(loop: Value, scope: Scope, is_taken: bool) -> Iterator[_Part]:
    identifier, body = identifier_and_body(loop, scope)
    yield loop[1], scope.at(1), is_taken
    yield body, scope.at(2).looping(identifier, unknown_item(identifier)), is_taken
