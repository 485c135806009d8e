"""The functions that make texts and lists out of others."""

import ipaddress
import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from itertools import islice

from scanner.estate.unknown import Unknown, Value
from scanner.sources.cloudformation.functions import Context, arguments, refused, text_of, texts_of
from scanner.sources.cloudformation.scope import Scope
from scanner.sources.cloudformation.texts import as_text, cut, is_variable, settled, template_parts

_MAX_BLOCKS = 256


def _sub(context: Context, argument: Value, scope: Scope) -> Value:
    hint = "expected a text, or a text and the values of its variables"
    text, values, place = argument, {}, scope
    if not isinstance(argument, str):
        text, values = arguments(argument, scope, 2, 2, hint)
        place = scope.at(1)
    if not isinstance(text, str) or not isinstance(values, dict):
        raise refused(scope, hint)
    pieces: list[str] = []
    unknown: Unknown | None = None
    for literal, name in template_parts(scope.filled(text)):
        value = _variable(context, name, values, place) if name else ""
        if isinstance(value, Unknown):
            unknown = unknown or value
        else:
            pieces += (literal, value)
    return unknown or settled(context.work.joined("", pieces, scope))


def _variable(context: Context, name: str, values: Mapping[str, Value], scope: Scope) -> str | Unknown:
    if not is_variable(name):
        shown = "${" + name[:60] + "}"
        hint = "a text that is to hold ${...} as it stands is written ${!...}"
        raise scope.error(f"{shown} is no variable that Fn::Sub knows", hint=hint)
    if name in values:
        return text_of(context, values[name], scope.at(name))
    reference = {"Fn::GetAtt": name.split(".", 1)} if "." in name else {"Ref": name}
    return text_of(context, reference, scope)


def _join(context: Context, argument: Value, scope: Scope) -> Value:
    hint = "expected a delimiter and a list of texts"
    delimiter, items = arguments(argument, scope, 2, 2, hint)
    if not isinstance(delimiter, str):
        raise refused(scope, hint)
    found = context.resolve(items, scope.at(1))
    if isinstance(found, Unknown):
        return found
    if not isinstance(found, list):
        raise refused(scope, hint)
    unknown = next((item for item in found if isinstance(item, Unknown)), None)
    if unknown is not None:
        return unknown
    texts = [text for text in map(as_text, found) if text is not None]
    if len(texts) < len(found):
        raise refused(scope, hint)
    return settled(context.work.joined(scope.filled(delimiter), texts, scope))


def _split(context: Context, argument: Value, scope: Scope) -> Value:
    hint = "expected a delimiter and a text"
    delimiter, text = arguments(argument, scope, 2, 2, hint)
    if not isinstance(delimiter, str) or not delimiter:
        raise refused(scope, hint)
    found = text_of(context, text, scope.at(1))
    if isinstance(found, Unknown):
        return found
    context.work.spend(scope, found.count(scope.filled(delimiter)))
    return cut(scope.filled(delimiter), found)


def _base64(context: Context, argument: Value, scope: Scope) -> Value:
    text = text_of(context, argument, scope)
    if isinstance(text, Unknown):
        return text
    return context.work.joined("", [b64encode(text.encode("utf-8", "surrogatepass")).decode()], scope)


def _cidr(context: Context, argument: Value, scope: Scope) -> Value:
    hint = f"expected an address block, a count up to {_MAX_BLOCKS}, and the bits of each block"
    texts = texts_of(context, arguments(argument, scope, 2, 3, hint), scope)
    if isinstance(texts, Unknown):
        return texts
    try:
        block = ipaddress.ip_network(texts[0], strict=False)
        count = int(texts[1])
        prefix = block.max_prefixlen - (int(texts[2]) if len(texts) == 3 else 8)
        if not 1 <= count <= _MAX_BLOCKS:
            raise refused(scope, hint)
        blocks = [str(part) for part in islice(block.subnets(new_prefix=prefix), count)]
    except ValueError as error:
        raise refused(scope, hint) from error
    return blocks if len(blocks) == count else context.doubt(scope, f"{texts[0][:80]} has no room for {count} blocks")


def _get_azs(context: Context, argument: Value, scope: Scope) -> Value:
    region = text_of(context, argument, scope)
    where = region if isinstance(region, str) and region else "the region"
    return Unknown(f"the availability zones of {where[:80]} are only known when the stack is deployed")


def _length(context: Context, argument: Value, scope: Scope) -> Value:
    _require_extensions(context, scope)
    found = context.resolve(argument, scope)
    if isinstance(found, Unknown):
        return found
    if not isinstance(found, list):
        raise refused(scope, "expected a list")
    return len(found)


def _to_json_string(context: Context, argument: Value, scope: Scope) -> Value:
    _require_extensions(context, scope)
    found = context.resolve(argument, scope)
    if isinstance(found, Unknown):
        return found
    if not isinstance(found, dict | list):
        raise refused(scope, "expected a mapping or a list")
    unknown = _unknown_in(found)
    if unknown is not None:
        return unknown
    return context.work.joined("", [json.dumps(found, separators=(",", ":"), ensure_ascii=False)], scope)


def _unknown_in(value: Value) -> Unknown | None:
    left = [value]
    while left:
        match left.pop():
            case Unknown() as unknown:
                return unknown
            case dict() as members:
                left.extend(members.values())
            case list() as items:
                left.extend(items)
    return None


def _transform(context: Context, argument: Value, scope: Scope) -> Value:
    name = argument.get("Name") if isinstance(argument, dict) else None
    return Unknown(f"the macro {name[:80] if isinstance(name, str) else '?'} fills it in when the stack is deployed")


def _require_extensions(context: Context, scope: Scope) -> None:
    if not context.is_extended:
        raise scope.error(f"{scope.step} needs Transform: AWS::LanguageExtensions")


MAKING: Mapping[str, Callable[[Context, Value, Scope], Value]] = {
    "Fn::Sub": _sub,
    "Fn::Join": _join,
    "Fn::Split": _split,
    "Fn::Base64": _base64,
    "Fn::Cidr": _cidr,
    "Fn::GetAZs": _get_azs,
    "Fn::Length": _length,
    "Fn::ToJsonString": _to_json_string,
    "Fn::Transform": _transform,
}
"""What each of them gives for its argument. All raise `InvalidInputError` when that is not what they take."""
