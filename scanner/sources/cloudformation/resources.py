"""From a resolved stack to what it declares: resources in the one shape, complete, and what belongs together joined.

Everything is joined over the whole stack, nested ones included, before AWS's defaults are filled in.
"""

from collections.abc import Collection, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, replace

from scanner.estate.estate import Unseen
from scanner.estate.intent import Waiver
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value
from scanner.sources.attaching import Attachment, fold
from scanner.sources.cloudformation.attributes import identity, vouched
from scanner.sources.cloudformation.drafts import Draft, Surroundings, drafted, with_access_points
from scanner.sources.cloudformation.iam import attachments
from scanner.sources.cloudformation.keeping import kept_resource, template_resource
from scanner.sources.cloudformation.literals import Literals, is_suspect, literals_of
from scanner.sources.cloudformation.naming import NAMINGS
from scanner.sources.cloudformation.stack import ResolvedResource, Stack
from scanner.sources.cloudformation.waivers import check_waivers, waivers_at
from scanner.sources.completion import completed
from scanner.sources.declared import Declared
from scanner.sources.placeholders import placeholder_in


def declared(stack: Stack, memory: MutableMapping[str, Literals] | None = None) -> Declared:
    """What a stack and the stacks nested in it declare together.

    `memory` keeps what was found in the text of each template, which is the same in every case. Raises
    `InvalidInputError` for a waiver that is not as it should be.
    """
    stacks = tuple(_all(stack))
    pieces = tuple(piece for one in stacks for piece in _pieces(one))
    plain = tuple(with_access_points(resource for piece in pieces for resource in piece.draft.resources))
    folded, left = fold(plain, (each for piece in pieces for each in piece.attached))
    complete = (completed(resource) for resource in (*folded, *_kept(pieces, folded)))
    return Declared(
        resources=(*complete, *_templates(stacks, {} if memory is None else memory)),
        exports=stack.exports,
        unseen=tuple(_unseen(stacks, pieces)),
        waivers=tuple(_waivers(stacks)),
        messages=tuple(dict.fromkeys(message for one in stacks for message in one.messages)),
        attached=left,
    )


@dataclass(frozen=True, slots=True)
class _Piece:
    """A declared resource: what it makes, and what it adds to others."""

    draft: Draft
    attached: tuple[Attachment, ...]


def _pieces(stack: Stack) -> Iterator[_Piece]:
    real = vouched(stack.deployment)
    known = tuple(_without_placeholders(each, real) for each in stack.resources)
    around = Surroundings.of(replace(stack, resources=known))
    for each in known:
        yield _Piece(drafted(each, around), tuple(attachments(each, around)))


def _all(stack: Stack) -> Iterator[Stack]:
    yield stack
    for nested in stack.nested:
        yield from _all(nested)


def _templates(stacks: Collection[Stack], kept: MutableMapping[str, Literals]) -> Iterator[Resource]:
    """One for each file, however often it is nested."""
    seen: set[str] = set()
    for stack in stacks:
        file = stack.source.file
        if file not in seen:
            seen.add(file)
            if file not in kept:
                kept[file] = literals_of(stack.source)
            yield template_resource(file, stack.deployment, kept[file])


def _kept(pieces: Collection[_Piece], resources: Collection[Resource]) -> Iterator[Resource]:
    owners: dict[tuple[str, str, Value], str] = {(one.type, one.account, one.name): one.arn for one in resources}
    for piece in pieces:
        declared, deployment = piece.draft.declared, piece.draft.deployment
        made = [one.arn for one in piece.draft.resources]
        if not made and declared.type in NAMINGS:
            made = [identity(declared.type, declared.logical_id, declared.properties, deployment).arn]
        for_whom = (owners.get((one.type, one.account, one.name), "") for one in piece.attached if _is_text(one.name))
        found = kept_resource(declared, deployment, next((arn for arn in (*made, *for_whom) if arn), ""))
        if found is not None:
            yield found


def _unseen(stacks: Collection[Stack], pieces: Collection[_Piece]) -> Iterator[Unseen]:
    for stack in stacks:
        yield from stack.unseen
    for piece in pieces:
        yield from piece.draft.unseen


def _is_text(value: Value) -> bool:
    return isinstance(value, str)


def _waivers(stacks: Collection[Stack]) -> Iterator[Waiver]:
    for number, stack in enumerate(stacks):
        if number:
            # Those of the first, which is no nested one, were checked when it was opened.
            check_waivers(stack.source)
        for one in stack.resources:
            known = identity(one.type, one.logical_id, one.properties, stack.deployment)
            yield from waivers_at(stack.source, one.path, known.arn or known.name, one.location)


def _without_placeholders(declared: ResolvedResource, real: frozenset[str]) -> ResolvedResource:
    properties = {name: _filled_in(value, real) for name, value in declared.properties.items()}
    return replace(declared, properties=properties)


def _filled_in(value: Value, real: frozenset[str]) -> Value:
    match value:
        case str():
            found = placeholder_in(value, real=real) if is_suspect(value) else None
            return value if found is None else Unknown(f"placeholder {found}")
        case Mapping():
            return {key: _filled_in(item, real) for key, item in value.items()}
        case list():
            return [_filled_in(item, real) for item in value]
        case _:
            return value
