"""The functions that choose among what there is: references, branches, entries of mappings and lists."""

from collections.abc import Callable, Mapping

from scanner.estate.unknown import Unknown, Value
from scanner.sources.cloudformation.functions import (
    NO_VALUE,
    Context,
    arguments,
    function_of,
    refused,
    text_of,
    texts_of,
)
from scanner.sources.cloudformation.scope import Scope
from scanner.sources.declared import UNNAMED_ACCOUNT, UNNAMED_REGION


def _ref(context: Context, argument: Value, scope: Scope) -> Value:
    # With AWS::LanguageExtensions, the name may itself be made by a function.
    name = text_of(context, argument, scope)
    if isinstance(name, Unknown):
        return name
    if name in scope.loops:
        return scope.loops[name]
    return NO_VALUE if name == "AWS::NoValue" else context.ref(name, scope)


def _get_att(context: Context, argument: Value, scope: Scope) -> Value:
    hint = "expected the logical id of a resource and the name of an attribute"
    names = texts_of(context, arguments(argument, scope, 2, 9, hint), scope)
    return names if isinstance(names, Unknown) else context.attribute(names[0], ".".join(names[1:]), scope)


def _if(context: Context, argument: Value, scope: Scope) -> Value:
    hint = "expected the name of a condition, the value if it holds, and the value if it does not"
    condition, *_ = arguments(argument, scope, 3, 3, hint)
    if not isinstance(condition, str):
        raise refused(scope, hint)
    truth = context.truth(scope.filled(condition), scope.at(0))
    if isinstance(truth, Unknown):
        return truth
    branch = 1 if truth else 2
    return context.resolve(argument[branch], scope.at(branch))


def _find_in_map(context: Context, argument: Value, scope: Scope) -> Value:
    hint = "expected the name of a mapping, a key and a key below it; DefaultValue needs AWS::LanguageExtensions"
    given = arguments(argument, scope, 3, 4 if context.is_extended else 3, hint)
    keys = texts_of(context, given[:3], scope)
    if isinstance(keys, Unknown):
        return keys
    found = context.mapped(*keys)
    if found is not None:
        return context.resolve(found, scope)
    match given[3:]:
        case [{"DefaultValue": default}]:
            return context.resolve(default, scope.at(3).at("DefaultValue"))
        case [_]:
            raise refused(scope, hint)
    if not {UNNAMED_ACCOUNT, UNNAMED_REGION}.isdisjoint(keys):
        return Unknown(f"mapping {keys[0][:255]} goes by the account or region, which nobody named")
    message = f"mapping {keys[0][:255]} has no entry {'.'.join(keys[1:])[:255]}"
    if any(map(function_of, given)) or scope.loops or context.is_open:
        return context.doubt(scope, message)
    raise scope.error(message)


def _select(context: Context, argument: Value, scope: Scope) -> Value:
    hint = "expected an index from 0 and a list"
    index, items = arguments(argument, scope, 2, 2, hint)
    number = text_of(context, index, scope.at(0))
    found = context.resolve(items, scope.at(1))
    unknown = next((part for part in (number, found) if isinstance(part, Unknown)), None)
    if unknown is not None:
        return unknown
    if not isinstance(found, list) or not str(number).isascii() or not str(number).isdigit() or len(str(number)) > 9:
        raise refused(scope, hint)
    if int(str(number)) < len(found):
        return found[int(str(number))]
    message = f"Fn::Select asks for item {number} of a list of {len(found)}"
    if isinstance(items, list) and not any(map(function_of, items)):
        raise scope.error(message, hint="the first item is 0")
    return context.doubt(scope, message)


def _import_value(context: Context, argument: Value, scope: Scope) -> Value:
    name = text_of(context, argument, scope)
    return name if isinstance(name, Unknown) else context.imported(name)


def _get_stack_output(context: Context, argument: Value, scope: Scope) -> Value:
    return Unknown("the output of another stack is read when the stack is deployed")


CHOOSING: Mapping[str, Callable[[Context, Value, Scope], Value]] = {
    "Ref": _ref,
    "Fn::GetAtt": _get_att,
    "Fn::If": _if,
    "Fn::FindInMap": _find_in_map,
    "Fn::Select": _select,
    "Fn::ImportValue": _import_value,
    "Fn::GetStackOutput": _get_stack_output,
}
"""What each of them gives for its argument. All raise `InvalidInputError` when that is not what they take."""
