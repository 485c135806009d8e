"""Values with functions in them, resolved: the walk through plain data, and which function is which.

What each function takes and gives: CloudFormation's template reference, "Intrinsic function reference" (2026-11).
"""

from collections.abc import Callable, Mapping

from scanner.estate.schemas import nearest
from scanner.estate.unknown import Unknown, Value
from scanner.sources.cloudformation.choosing import CHOOSING
from scanner.sources.cloudformation.functions import NO_VALUE, Context, function_of
from scanner.sources.cloudformation.loops import expanded
from scanner.sources.cloudformation.making import MAKING
from scanner.sources.cloudformation.scope import Scope
from scanner.sources.cloudformation.texts import settled

_FUNCTIONS: Mapping[str, Callable[[Context, Value, Scope], Value]] = {**CHOOSING, **MAKING}
_SHORT = 1_000
_UNDER_CONDITIONS = "compare under Conditions, and choose with Fn::If"
_UNDER_RULES = "it may stand under Rules only"
_ELSEWHERE: Mapping[str, str] = {
    **dict.fromkeys(("Fn::And", "Fn::Or", "Fn::Not", "Fn::Equals"), _UNDER_CONDITIONS),
    **dict.fromkeys(("Fn::Contains", "Fn::EachMemberEquals", "Fn::EachMemberIn"), _UNDER_RULES),
    **dict.fromkeys(("Fn::RefAll", "Fn::ValueOf", "Fn::ValueOfAll"), _UNDER_RULES),
}


def resolved(context: Context, value: Value, scope: Scope) -> Value:
    """The value with every function in it replaced by what it gives; NO_VALUE if that is nothing.

    Raises `InvalidInputError` for functions that CloudFormation does not know or that are not given what they take.
    """
    work = context.work
    work.descend(scope)
    found: Value
    match value:
        case str():
            found = settled(scope.filled(value))
            work.charge(found, scope)
        case dict():
            found = _mapping(context, value, scope)
        case list():
            items = (
                item if _is_plain(item) else resolved(context, item, scope.at(number))
                for number, item in enumerate(value)
            )
            found = [item for item in items if item is not NO_VALUE]
            work.spend(scope, len(found))
        case _:
            found = value
    work.depth -= 1
    return found


def _is_plain(value: Value) -> bool:
    """Whether a value is surely what it resolves to; most are."""
    if isinstance(value, str):
        return len(value) <= _SHORT and "{" not in value
    return not isinstance(value, dict | list)


def _mapping(context: Context, value: Mapping[str, Value], scope: Scope) -> Value:
    name = function_of(value)
    if name:
        return _called(context, name, value[name], scope.at(name))
    if "Fn::Transform" in value:
        return _called(context, "Fn::Transform", value["Fn::Transform"], scope.at("Fn::Transform"))
    members: dict[str, Value] = {}
    for key, member, place in expanded(context, value, scope):
        if isinstance(member, Unknown):
            return member
        if key.startswith("Fn::"):
            raise place.error(f"{key} stands among other keys; a function is the only key of its mapping")
        found = member if _is_plain(member) else resolved(context, member, place)
        if found is not NO_VALUE:
            members[key] = found
    return members


def _called(context: Context, name: str, argument: Value, scope: Scope) -> Value:
    function = _FUNCTIONS.get(name)
    if function is not None:
        found = function(context, argument, scope)
        context.work.charge(found, scope)
        return found
    if name in _ELSEWHERE:
        raise scope.error(f"{name} does not belong here", hint=_ELSEWHERE[name])
    if context.is_open:
        return Unknown(f"{name[:60]} is no function of CloudFormation's own")
    raise scope.error(f"CloudFormation has no function {name[:60]}", hint=nearest(name, _FUNCTIONS))
