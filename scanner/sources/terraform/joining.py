"""Putting together what Terraform spreads: every part goes to the resource that it reaches.

Of a part of which nobody knows what it is for nothing is taken for certain: whatever it might change is Unknown.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from scanner.estate.estate import Unseen
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value
from scanner.sources.terraform.pieces import Own, Part, Piece, Target, account_of
from scanner.sources.terraform.reaching import Owners, Reach, gap
from scanner.sources.terraform.uniting import each_once, flat, nested, united, without


@dataclass(frozen=True, slots=True)
class Joined:
    """Resources that are whole but for AWS's defaults.

    By the address of what has a piece: `misplaced` says why it does not reach what it is for, Unknown where it may not;
    `reached` is the ARN of what it does reach.
    """

    resources: tuple[Resource, ...]
    misplaced: Mapping[str, str | Unknown]
    reached: Mapping[str, str]
    unseen: tuple[Unseen, ...]


@dataclass(frozen=True, slots=True)
class _Placed:
    piece: Piece
    target: Target
    reach: Reach

    @property
    def address(self) -> str:
        return self.piece.planned.address

    @property
    def misplaced(self) -> str | Unknown:
        """Why it does not reach what it is for, or may not; empty where it does, and where that is not known."""
        return self.reach.misplaced or (self.reach.doubt if self.reach.number is not None else None) or ""


_Changes: TypeAlias = dict[str, Value]
"""Values by path: a property's name, or `Observed.` and a name."""


@dataclass(frozen=True)
class _Work:
    """What is to be added to lists and what is to be set, by the number of the owner; and by which address."""

    added: dict[int, dict[str, list[Value]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    settings: dict[int, _Changes] = field(default_factory=lambda: defaultdict(dict))
    by: dict[tuple[int, str], str] = field(default_factory=dict)


def join(pieces: Sequence[Piece], removed: Sequence[Piece] = ()) -> Joined:
    """The pieces of a whole plan, put together. `removed` are those of what the plan destroys: what the values of other
    resources still show of them, read before, will be gone."""
    owned = (piece.resource for piece in pieces if isinstance(piece, Own) and piece.target is None)
    owners = _left_of(Owners.of(each_once(owned)), removed)
    placed = _placed(owners, pieces)
    work = _Work()
    for one in placed:
        if isinstance(one.piece, Part) and one.reach.number is not None:
            _put(work, one.reach.number, one.piece, one.reach.doubt)
    _doubt(work, owners, placed)
    whole = [
        _changed(owner, work.added.get(number, {}), work.settings.get(number, {}))
        for number, owner in enumerate(owners.resources)
    ]
    reached = {one.address: owners.resources[one.reach.number].arn for one in placed if one.reach.number is not None}
    return Joined(
        resources=tuple(_with_policies(whole, placed)),
        misplaced={one.address: one.misplaced for one in placed if one.misplaced},
        reached=reached,
        unseen=tuple(dict.fromkeys(_gaps(placed))),
    )


def _placed(owners: Owners, pieces: Iterable[Piece]) -> list[_Placed]:
    return [
        _Placed(piece, piece.target, owners.reach(piece, piece.target)) for piece in pieces if piece.target is not None
    ]


def _left_of(owners: Owners, removed: Sequence[Piece]) -> Owners:
    """The owners without what their values show of things that will be gone."""
    found = list(owners.resources)
    for one in _placed(owners, removed):
        if isinstance(one.piece, Part) and one.reach.number is not None:
            owner = found[one.reach.number]
            found[one.reach.number] = replace(owner, properties=without(owner.properties, one.piece))
    gone = {piece.resource.identity for piece in removed if isinstance(piece, Own) and piece.target is not None}
    return Owners.of(one for one in found if one.identity not in gone)


def _put(work: _Work, number: int, part: Part, doubt: Unknown | None) -> None:
    for path, told in flat(part.properties):
        value = told if doubt is None else doubt
        if part.adds:
            work.added[number][path] += value if isinstance(value, list) else [value]
            continue
        other = work.by.setdefault((number, path), part.planned.address)
        is_alone = other == part.planned.address
        work.settings[number][path] = value if is_alone else Unknown(f"{other} and {part.planned.address} both set it")


def _doubt(work: _Work, owners: Owners, placed: Iterable[_Placed]) -> None:
    """Whatever a part may change of which nobody knows what it is for, and that nothing else sets, is not known."""
    seen: dict[tuple[str, str, str, str, bool], Unknown] = {}
    for one in placed:
        if isinstance(one.piece, Part) and one.reach.number is None and one.reach.doubt is not None:
            planned = one.piece.planned
            doubt = Unknown(f"{one.address} may set it: what that is for is not known ({one.reach.doubt.reason})")
            for path, _ in flat(one.piece.properties):
                seen.setdefault((one.target.type, account_of(planned), planned.region, path, one.piece.adds), doubt)
    for (type_, account, region, path, adds), doubt in seen.items():
        for number, owner in enumerate(owners.resources):
            if (owner.type, owner.account) == (type_, account) and owner.region in ("", region):
                if adds:
                    work.added[number][path].append(doubt)
                elif (number, path) not in work.by:
                    work.settings[number][path] = doubt


def _changed(owner: Resource, added: Mapping[str, list[Value]], settings: _Changes) -> Resource:
    """What is set whole leaves nothing of what was added."""
    if not added and not settings:
        return owner
    present = dict(flat(owner.properties))
    more = {path: united(present.get(path), values) for path, values in added.items()}
    return replace(owner, properties=nested({**present, **more, **settings}.items()))


def _with_policies(owners: Iterable[Resource], placed: Iterable[_Placed]) -> Iterator[Resource]:
    """The resources, and the policies that are resources of their own, under the ARNs of what they are for."""
    found = list(owners)
    numbers = {one.identity: number for number, one in enumerate(found)}
    by: dict[str, str] = {}
    for one in placed:
        if not isinstance(one.piece, Own) or one.reach.misplaced:
            continue
        policy = one.piece.resource
        if one.reach.number is not None:
            policy = replace(policy, arn=found[one.reach.number].arn, name=found[one.reach.number].name)
        if one.reach.number is not None and one.reach.doubt is not None:
            policy = _open(policy, one.reach.doubt)
        number = numbers.setdefault(policy.identity, len(found))
        other = by.setdefault(policy.identity, one.address)
        if number == len(found):
            found.append(policy)
        elif other == one.address:
            found[number] = policy
        else:
            found[number] = _open(policy, Unknown(f"{other} and {one.address} both set it"))
    return iter(found)


def _open(policy: Resource, doubt: Unknown) -> Resource:
    documents = [name for name in policy.properties if name in ("PolicyDocument", "Policy")]
    return policy.with_properties(**dict.fromkeys(documents, doubt))


def _gaps(placed: Iterable[_Placed]) -> Iterator[Unseen]:
    for one in placed:
        says_something = isinstance(one.piece, Own) or one.piece.properties
        if one.reach.number is None and not one.reach.misplaced and says_something:
            yield gap(one.piece, one.target, one.reach)
