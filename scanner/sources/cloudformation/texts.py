"""What CloudFormation's functions take texts for, and how they cut them up."""

import re
from collections.abc import Iterator

from scanner.estate.unknown import Unknown, Value
from scanner.sources.declared import is_stand_in

_VARIABLE = re.compile(r"\$\{(!?)([^{}]*)\}")
_VARIABLE_NAME = re.compile(r"[A-Za-z0-9_.:]+")
_DYNAMIC = re.compile(r"\{\{resolve:[^}]{0,200}\}?\}?")
_WITHIN_NAMES = re.compile(r"[A-Za-z0-9._-]+")


def as_text(value: Value) -> str | None:
    """A scalar as the text that CloudFormation makes of it; None for what is no scalar."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
    return None


def template_parts(text: str) -> Iterator[tuple[str, str]]:
    """The parts of a `Fn::Sub` text: each a literal text and the name of the variable after it, empty at the end.

    `${!Name}` is the literal text `${Name}` (CloudFormation's template reference on Fn::Sub, 2026-11).
    """
    literal: list[str] = []
    position = 0
    for match in _VARIABLE.finditer(text):
        literal.append(text[position : match.start()])
        position = match.end()
        if match[1]:
            literal.append("${" + match[2] + "}")
        else:
            yield "".join(literal), match[2].strip()
            literal.clear()
    yield "".join(literal) + text[position:], ""


def is_variable(name: str) -> bool:
    """Whether `Fn::Sub` takes that for the name of a variable."""
    return _VARIABLE_NAME.fullmatch(name) is not None


def settled(text: str) -> str | Unknown:
    """The text; Unknown if it holds a dynamic reference, which is read when the stack is deployed."""
    if "{{resolve:" not in text:
        return text
    match = _DYNAMIC.search(text)
    return Unknown(f"{match[0] if match else text[:80]} is read when the stack is deployed")


def cut(delimiter: str, text: str) -> list[str] | Unknown:
    """The pieces of a text; Unknown where the delimiter may be in a name that only the deployment makes."""
    if _WITHIN_NAMES.fullmatch(delimiter) and is_stand_in(text):
        return Unknown("it is a part of a name that is only known once it is deployed")
    return text.split(delimiter)
