"""`Fn::ForEach`: the members that a loop adds to the mapping that it stands in.

CloudFormation's template reference, "Fn::ForEach" (2026-11). Loops are not copied out: a member of a round is the body
itself, in a scope that knows the round's item.
"""

from collections.abc import Iterator, Mapping

from scanner.estate.unknown import Unknown, Value
from scanner.sources.cloudformation.functions import Context
from scanner.sources.cloudformation.scope import Scope
from scanner.sources.cloudformation.texts import as_text

FOR_EACH = "Fn::ForEach::"
_STEPS_OF_A_MEMBER = 100
"""What a member that a loop makes counts for; CloudFormation takes 500 resources (its quotas, 2026-11)."""
_HINT = "expected an identifier, a list of texts (or a Ref to a list parameter), and a mapping"


def expanded(
    context: Context, members: Mapping[str, Value], scope: Scope
) -> Iterator[tuple[str, Value | Unknown, Scope]]:
    """The members of a mapping, each with its key, its value and its place, those of its loops among them.

    A loop over a list that is not known stays one member: its own key, and an Unknown. Raises `InvalidInputError` for
    a loop that is not well formed, and for two members of one name.
    """
    context.work.spend(scope, len(members))
    if not any(key.startswith(FOR_EACH) for key in members):
        for key, value in members.items():
            yield scope.filled(key), value, scope.at(key)
        return
    seen: set[str] = set()
    for key, value, place in _rounds(context, members, scope):
        context.work.spend(place, _STEPS_OF_A_MEMBER)
        if key in seen:
            raise place.error(f"{key[:255]} is made twice")
        seen.add(key)
        yield key, value, place


def identifier_and_body(loop: Value, scope: Scope) -> tuple[str, Mapping[str, Value]]:
    """The identifier of a loop, and what it repeats. Raises `InvalidInputError` for a loop that is not well formed."""
    match loop:
        case [str(identifier), _, dict(body)]:
            return identifier, body
    raise scope.error("Fn::ForEach is not given what it takes", hint=_HINT)


def _rounds(context: Context, members: Mapping[str, Value], scope: Scope) -> Iterator[tuple[str, Value, Scope]]:
    for key, value in members.items():
        if key.startswith(FOR_EACH):
            yield from _loop(context, key, value, scope.at(key))
        else:
            yield scope.filled(key), value, scope.at(key)


def _loop(context: Context, key: str, loop: Value, scope: Scope) -> Iterator[tuple[str, Value, Scope]]:
    if not context.is_extended:
        raise scope.error("Fn::ForEach needs Transform: AWS::LanguageExtensions")
    identifier, body = identifier_and_body(loop, scope)
    items = _items(context, loop[1], scope.at(1))
    if isinstance(items, Unknown):
        yield key, items, scope
        return
    for item in items:
        yield from _rounds(context, body, scope.at(2).looping(identifier, item))


def _items(context: Context, collection: Value, scope: Scope) -> list[str] | Unknown:
    found = context.resolve(collection, scope)
    if isinstance(found, Unknown):
        return found
    if not isinstance(found, list):
        raise scope.error("is no list to repeat something for", hint=_HINT)
    unknown = next((item for item in found if isinstance(item, Unknown)), None)
    texts = [as_text(item) for item in found]
    if unknown is None and None in texts:
        raise scope.error("a loop repeats something for texts only", hint=_HINT)
    return unknown if unknown is not None else [text for text in texts if text is not None]
