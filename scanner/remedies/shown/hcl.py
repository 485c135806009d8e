"""HCL as text: blocks, attributes and expressions.

Everything that is data is written so that Terraform reads it back letter by letter: no name or policy of an account
becomes an interpolation, a directive or a new line.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple, TypeAlias

from scanner.inert import inert

Value: TypeAlias = Any
"""JSON, with expressions and blocks in the places where they may be."""


@dataclass(frozen=True, slots=True)
class Raw:
    """An expression of ours, such as `aws_kms_key.orders.arn`."""

    text: str


@dataclass(frozen=True, slots=True)
class Mixed:
    """A text with expressions in it."""

    pieces: tuple[str | Raw, ...]


@dataclass(frozen=True, slots=True)
class Json:
    """A document that the attribute wants as JSON text."""

    value: Value


@dataclass(frozen=True, slots=True)
class Blocks:
    """Nested blocks of one name, one for each body."""

    bodies: tuple[Mapping[str, Value], ...]


@dataclass(frozen=True, slots=True)
class Note:
    """A comment in the place of an attribute."""

    text: str


def block(header: str, body: Mapping[str, Value]) -> Iterator[str]:
    """The lines of a block; members that are None are left out. `header` is ours, not data."""
    members = {name: value for name, value in body.items() if value is not None}
    if not members:
        yield f"{header} {{}}"
        return
    yield f"{header} {{"
    yield from (f"  {line}" for line in _aligned(members, _member))
    yield "}"


def comment(text: str) -> str:
    """A line of comment, whatever is in the text."""
    return f"# {inert(text)}".rstrip()


def quoted(text: str) -> str:
    """The text as a quoted template that means just this text."""
    return f'"{_escaped(text)}"'


def _aligned(members: Mapping[str, Value], member: Callable[[str, Value], "_Written"]) -> Iterator[str]:
    """The members' lines, with the signs of neighbouring attributes below each other, as `terraform fmt` has them."""
    written = [one for one in (member(name, value) for name, value in members.items()) if one.lines]
    for is_attribute, group in groupby(written, key=lambda one: bool(one.name) and len(one.lines) == 1):
        together = list(group)
        width = max(len(one.name) for one in together) if is_attribute else 0
        for name, lines in together:
            yield f"{name:<{width}} = {lines[0]}" if name else lines[0]
            yield from lines[1:]


class _Written(NamedTuple):
    """The lines of a member; `name` is that of an attribute, empty for blocks and comments."""

    name: str
    lines: list[str]


def _member(name: str, value: Value) -> _Written:
    match value:
        case Blocks(bodies=bodies):
            return _Written("", [line for body in bodies for line in block(name, body)])
        case Note(text=text):
            return _Written("", [comment(text)])
    return _Written(name, list(_expression(value)))


def _entry(key: str, value: Value) -> _Written:
    return _Written(quoted(str(key)), list(_expression(value)))


def _expression(value: Value) -> Iterator[str]:
    match value:
        case Raw(text=text):
            yield text
        case Mixed(pieces=pieces):
            inner = (f"${{{piece.text}}}" if isinstance(piece, Raw) else _before_reference(piece) for piece in pieces)
            yield f'"{"".join(inner)}"'
        case Json(value=document):
            first, *rest = _expression(document)
            lines = [f"jsonencode({first}", *rest]
            yield from lines[:-1]
            yield f"{lines[-1]})"
        case Mapping() if value:
            yield "{"
            yield from (f"  {line}" for line in _aligned(value, _entry))
            yield "}"
        case list() | tuple() if value:
            yield from _list(value)
        case _:
            yield _literal(value)


def _list(items: Sequence[Value]) -> Iterator[str]:
    if len(items) == 1 or not any(isinstance(item, Mapping | list | tuple) for item in items):
        inner = [list(_expression(item)) for item in items]
        if all(len(lines) == 1 for lines in inner) and sum(len(lines[0]) + 2 for lines in inner) < 100:
            yield f"[{', '.join(lines[0] for lines in inner)}]"
            return
    yield "["
    for item in items:
        *most, last = (f"  {line}" for line in _expression(item))
        yield from most
        yield f"{last},"
    yield "]"


def _literal(value: Value) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case Mapping():
            return "{}"
        case list() | tuple():
            return "[]"
    return quoted(str(value))


_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_OPENING = re.compile(r"(\$+|%+)\{")


def _escaped(text: str) -> str:
    plain = "".join(_ESCAPES.get(char) or (char if char.isprintable() else _code(char)) for char in text)
    return _OPENING.sub(_unopened, plain)


def _before_reference(text: str) -> str:
    """A text that a reference may follow: a sign at its end would make the reference's own sign part of an escape."""
    plain = text.rstrip("$%")
    return _escaped(plain) + "".join(map(_code, text[len(plain) :]))


def _unopened(found: re.Match[str]) -> str:
    """What begins an interpolation or directive, as plain text. Of more than one sign the escape would be ambiguous."""
    signs = found[1]
    return f"{signs}{found[0]}" if len(signs) == 1 else f"{_code(signs[0]) * len(signs)}{{"


def _code(char: str) -> str:
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"
