"""Two values side by side, member by member, so that a long document with one new statement shows that statement.

Entries of a list are told by what names them (`Sid`, `Id`, `PolicyName`, ...), and where nothing does by how much they
have in common.
"""

import json
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias, TypeGuard

from scanner.estate.unknown import Value, to_json

_WIDTH = 100
_MOST_ON_A_LINE = 3
_NAMES = ("Sid", "Id", "PolicyName", "Key", "Name")
_MOST_COMPARED = 10_000
"""How many pairs of entries without a name are compared; beyond that, what differs is simply gone and come."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a difference: `sign` is `-` for what goes, `+` for what comes, a space for where it is."""

    sign: str
    depth: int
    text: str
    is_header: bool = False

    def __str__(self) -> str:
        return f"{self.sign} {'  ' * self.depth}{self.text}"


_Pair: TypeAlias = tuple[Value, Value]


def difference(before: Value, after: Value, name: str = "") -> Iterator[Line]:
    """What differs between two values of a property called `name`; None is absent.

    What stays the same is left out, or counted where it stands among others.
    """
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        yield from _members(before, after)
    elif _is_list(before) and _is_list(after):
        yield from _entries(before, after, _singular(name))
    else:
        yield from _inside("-", before, _singular(name))
        yield from _inside("+", after, _singular(name))


def _members(before: Mapping[str, Value], after: Mapping[str, Value]) -> Iterator[Line]:
    for name in dict.fromkeys((*before, *after)):
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            yield from _below(name, _members(old, new))
        elif _is_list(old) and _is_list(new):
            yield from _below(name, _entries(old, new, _singular(name)))
        else:
            yield from _whole("-", old, name)
            yield from _whole("+", new, name)


def _entries(before: Sequence[Value], after: Sequence[Value], kind: str) -> Iterator[Line]:
    same = 0
    numbers = {id(entry): number for number, entry in enumerate(before, 1)}
    for old, new in _paired(before, after):
        if old == new:
            same += 1
        elif isinstance(old, Mapping) and isinstance(new, Mapping):
            yield from _below(_called(new, kind) or f"{kind} {numbers[id(old)]}", _members(old, new))
        else:
            yield from _entry("-", old, kind)
            yield from _entry("+", new, kind)
    if same == len(before) == len(after):
        yield Line(" ", 0, "(the same in another order)")
    elif same:
        yield Line(" ", 0, f"({same} other{'s' * (same != 1)} unchanged)")


def _below(header: str, lines: Iterator[Line]) -> Iterator[Line]:
    """The lines under a header; where they are all under one header of their own, the two become one."""
    inner = list(lines)
    is_only = inner[0].is_header and all(line.depth > 0 for line in inner[1:])
    if is_only:
        yield replace(inner[0], text=f"{header} > {inner[0].text}")
        yield from inner[1:]
        return
    yield Line(" ", 0, f"{header}:", is_header=True)
    yield from (replace(line, depth=line.depth + 1) for line in inner)


def _paired(before: Sequence[Value], after: Sequence[Value]) -> Iterator[_Pair]:
    """Each entry with what it becomes, in the order of `after`; first of all what goes, None being its other side."""
    partners = _partners(before, after)
    taken = {at for at in partners if at is not None}
    yield from ((old, None) for at, old in enumerate(before) if at not in taken)
    for new, at in zip(after, partners, strict=True):
        yield (None if at is None else before[at]), new


def _partners(before: Sequence[Value], after: Sequence[Value]) -> list[int | None]:
    """For each entry of `after`, the place in `before` of what it was; None where it is new."""
    found: list[int | None] = [None] * len(after)
    _match(found, [_text(old) for old in before], [_text(new) for new in after])
    _match(found, _only_once([_name(old) for old in before]), _only_once([_name(new) for new in after]))
    _match_alike(found, before, after)
    return found


def _match(found: list[int | None], before: Sequence[str], after: Sequence[str]) -> None:
    """Match what has the same text; an empty one matches nothing."""
    places: dict[str, deque[int]] = {}
    taken = {at for at in found if at is not None}
    for at, text in enumerate(before):
        if text and at not in taken:
            places.setdefault(text, deque()).append(at)
    for index, text in enumerate(after):
        if found[index] is None and places.get(text):
            found[index] = places[text].popleft()


def _match_alike(found: list[int | None], before: Sequence[Value], after: Sequence[Value]) -> None:
    taken = {at for at in found if at is not None}
    left = [at for at, old in enumerate(before) if at not in taken and isinstance(old, Mapping)]
    wanting = [index for index, at in enumerate(found) if at is None and isinstance(after[index], Mapping)]
    if len(left) * len(wanting) > _MOST_COMPARED:
        return
    pairs = [(_likeness(before[at], after[index]), -at, -index) for at in left for index in wanting]
    for likeness, at, index in sorted(pairs, reverse=True):
        if likeness >= 0.5 and -at in left and found[-index] is None:
            found[-index] = -at
            left.remove(-at)


def _likeness(old: Mapping[str, Value], new: Mapping[str, Value]) -> float:
    """The part of all members that both have with the same value; nothing where both are named, and differently."""
    if _name(old) and _name(new):
        return 0.0
    names = {*old, *new}
    alike = [name for name in names if name in old and name in new and old[name] == new[name]]
    return len(alike) / max(len(names), 1)


def _only_once(names: Sequence[str]) -> list[str]:
    counts = Counter(names)
    return [name if counts[name] == 1 else "" for name in names]


def _name(entry: Value) -> str:
    """What names an entry, with the member that does; empty where nothing does."""
    if not isinstance(entry, Mapping):
        return ""
    return next((f"{name} {_text(entry[name])}" for name in _NAMES if entry.get(name)), "")


def _called(entry: Value, kind: str) -> str:
    return f"{kind} {name}".lstrip() if (name := _name(entry)) else ""


def _singular(name: str) -> str:
    return {"Policies": "Policy"}.get(name, name.removesuffix("s"))


def _whole(sign: str, value: Value, name: str) -> Iterator[Line]:
    """A whole value after its name: on one line where it is short, else each part below it."""
    if value is None:
        return
    text = f"{name}: {_text(value)}" if name else _text(value)
    if _is_short(value, text):
        yield Line(sign, 0, text)
        return
    yield Line(sign, 0, f"{name}:")
    yield from (replace(line, depth=line.depth + 1) for line in _inside(sign, value, _singular(name.split(" ")[0])))


def _inside(sign: str, value: Value, kind: str) -> Iterator[Line]:
    """A whole value part by part, where it has parts."""
    match value:
        case None:
            return
        case dict():
            for name, part in value.items():
                yield from _whole(sign, part, name)
        case list():
            for entry in value:
                yield from _entry(sign, entry, kind)
        case _:
            yield Line(sign, 0, _text(value))


def _entry(sign: str, entry: Value, kind: str) -> Iterator[Line]:
    """A whole entry of a list. What names it stands at its head, and there only."""
    name = _name(entry)
    rest = {part: value for part, value in entry.items() if part != name.split(" ")[0]} if name else entry
    yield from _whole(sign, rest, f"{kind} {name}".strip() if isinstance(entry, Mapping) else "")


def _is_short(value: Value, text: str) -> bool:
    if not value or not isinstance(value, dict | list):
        return True
    has_parts = any(isinstance(part, dict | list) and part for part in (value if isinstance(value, list) else ()))
    return len(text) <= _WIDTH and not has_parts and (isinstance(value, list) or len(value) < _MOST_ON_A_LINE)


def _text(value: Value) -> str:
    return json.dumps(to_json(value), ensure_ascii=False)


def _is_list(value: Value) -> TypeGuard[Sequence[Value]]:
    return isinstance(value, list | tuple)
