"""What a plan's steps are in CloudFormation: resources with properties, and which has to wait for which.

A resource of ours is one there, but for the inline policies of a new role: those stand apart, so that they can name a
key whose own policy names the role.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from scanner.estate.unknown import Value
from scanner.remedies.shown.places import region_for
from scanner.remedies.shown.references import Reference, References
from scanner.remedies.step import CREATION, WHOLE, Step, Target
from scanner.remedies.writes.iam import ROLE
from scanner.remedies.writes.s3 import ACCOUNT_BLOCK, BATCH_JOB, BUCKET

ROLE_POLICY = "AWS::IAM::RolePolicy"
NOT_IN_CLOUDFORMATION = frozenset({ACCOUNT_BLOCK, BATCH_JOB})
"""Types of ours that CloudFormation has none for (resource schemas of 2026-11)."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a stack would be; what is new and what changes what is there never share one."""

    account: str
    region: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A resource, or of one that is there the properties that change, each with the step that it comes from.

    `logical_id` is the only one of its name in the whole plan. `waits` are logical ids.
    """

    logical_id: str
    type: str
    target: Target
    place: Place
    properties: Mapping[str, tuple[Value, Step]] = field(default_factory=dict)
    waits: tuple[str, ...] = ()
    cannot_wait: tuple[str, ...] = ()

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps that it is made of, in order."""
        found = {step.id: step for _, step in self.properties.values()}
        return tuple(found[id_] for id_ in sorted(found))


def parts_of(steps: Iterable[Step]) -> tuple[Part, ...]:
    """The parts of a plan. Waiting goes in no circle: what would close one is in `cannot_wait` instead."""
    steps = tuple(steps)
    drafts = list(_drafts([step for step in steps if step.target.type not in NOT_IN_CLOUDFORMATION], steps))
    return tuple(_waiting(_named(drafts), References.of(steps)))


def _drafts(shown: list[Step], steps: tuple[Step, ...]) -> Iterator[Part]:
    new = {step.target for step in shown if step.property == CREATION}
    for target in dict.fromkeys(step.target for step in shown):
        own = [step for step in shown if step.target == target]
        place = Place(target.account, region_for(target, steps), target in new)
        apart = [step for step in own if target in new and (target.type, step.property) == (ROLE, "Policies")]
        properties = dict(pair for step in own if step not in apart for pair in _properties(step))
        if target.type == BUCKET and "ObjectLockConfiguration" in properties:
            # S3 knows it by the configuration alone, CloudFormation wants both.
            properties.setdefault("ObjectLockEnabled", (True, properties["ObjectLockConfiguration"][1]))
        yield Part("", target.type, target, place, properties)
        for step in apart:
            for policy in step.after or ():
                given = {**policy, "RoleName": target.name}
                yield Part("", ROLE_POLICY, target, place, {name: (value, step) for name, value in given.items()})


def _properties(step: Step) -> Iterator[tuple[str, tuple[Value, Step]]]:
    if step.property in (CREATION, WHOLE):
        yield from ((name, (value, step)) for name, value in step.after.items())
    else:
        yield step.property, (step.after, step)


def _named(parts: Iterable[Part]) -> list[Part]:
    taken: set[str] = set()
    named = []
    for part in parts:
        words = part.target.name
        if part.type == ROLE_POLICY:
            words += f"-{part.properties['PolicyName'][0]}"
        plain = "".join(word[:1].upper() + word[1:] for word in re.findall("[A-Za-z0-9]+", words))
        kind = part.type.rpartition("::")[2]
        wanted = plain[:80] if plain.endswith(kind) else plain[:80] + kind
        logical_id, number = wanted, 2
        while logical_id in taken:
            logical_id, number = f"{wanted}{number}", number + 1
        taken.add(logical_id)
        named.append(replace(part, logical_id=logical_id))
    return named


def _waiting(parts: list[Part], references: References) -> Iterator[Part]:
    """What a value names comes first, as CloudFormation waits for it anyway; then what has to exist; then the rest."""
    waits: dict[str, dict[str, None]] = {part.logical_id: {} for part in parts}
    cannot: dict[str, dict[str, None]] = {part.logical_id: {} for part in parts}
    for name, needed, is_essential in (*_naming(parts, references), *_needing(parts)):
        if name == needed:
            continue
        if needed in waits[name] or not _reaches(waits, needed, name):
            waits[name][needed] = None
        elif is_essential:
            cannot[name][needed] = None
    for part in parts:
        yield replace(part, waits=tuple(waits[part.logical_id]), cannot_wait=tuple(cannot[part.logical_id]))


_Edge: TypeAlias = tuple[str, str, bool]
"""Which part needs which other one, and whether nothing can be made without it."""


def _naming(parts: list[Part], references: References) -> Iterator[_Edge]:
    makers = {part.target: part.logical_id for part in parts if part.type == part.target.type}
    for part in parts:
        for value, _ in part.properties.values():
            targets = (reference.target for reference in _named_in(value, references))
            yield from ((part.logical_id, makers[target], True) for target in targets if target in makers)


def _needing(parts: list[Part]) -> list[_Edge]:
    """What steps need: first that things exist, then that they are as they should be."""
    of_step: dict[str, list[Part]] = {}
    for part in parts:
        for step in part.steps:
            of_step.setdefault(step.id, []).append(part)
    edges = [
        (part.logical_id, needed.logical_id, _is_essential(needed, need))
        for part in parts
        for step in part.steps
        for need in step.needs
        for needed in of_step.get(need, ())
        if _is_worth_waiting(part, needed, need)
    ]
    return sorted(edges, key=lambda edge: not edge[2])


def _is_worth_waiting(part: Part, needed: Part, id_: str) -> bool:
    """Whether it can matter. What is new in two places needs no stacks more for the sake of a tidy order."""
    is_apart = part.place.is_new and needed.place.is_new and part.place != needed.place
    return not is_apart or _is_essential(needed, id_)


def _is_essential(needed: Part, id_: str) -> bool:
    step = next(step for step in needed.steps if step.id == id_)
    return needed.place.is_new and step.property in (CREATION, "VersioningConfiguration")


def _named_in(value: Any, references: References) -> Iterator[Reference]:
    match value:
        case str():
            yield from (piece for piece in references.pieces(value) if isinstance(piece, Reference))
        case Mapping():
            for member in value.values():
                yield from _named_in(member, references)
        case list() | tuple():
            for item in value:
                yield from _named_in(item, references)


def _reaches(waits: Mapping[str, Iterable[str]], start: str, end: str) -> bool:
    left, seen = [start], {start}
    while left:
        one = left.pop()
        if one == end:
            return True
        further = [each for each in waits[one] if each not in seen]
        seen.update(further)
        left += further
    return False
