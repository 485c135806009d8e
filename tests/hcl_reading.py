"""Just enough of HCL to read back what drscan writes, by HashiCorp's own grammar and not by how it is written here.

https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md (2026-11)
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

_TOKEN = re.compile(
    r"""(?P<space>[ \t]+|\#[^\n]*) | (?P<end>\n) | (?P<number>-?\d+(\.\d+)?(e-?\d+)?)
    | (?P<name>[A-Za-z_][\w-]*(\.[A-Za-z_][\w-]*)*) | (?P<quote>") | (?P<sign>[{}\[\](),=])""",
    re.VERBOSE,
)
_PIECE = re.compile(
    r"""(?P<literal>\$\$\{|%%\{) | (?P<plain>[^"\\$%\n]+|[$%](?!\{))
    | \\(?P<escape>u[0-9a-f]{4}|U[0-9a-f]{8}|[nrt"\\]) | \$\{(?P<inner>[a-z][\w.]*)\} | (?P<close>")""",
    re.VERBOSE,
)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}


@dataclass(frozen=True)
class Name:
    """A reference, or a word such as `true`."""

    text: str


@dataclass
class Body:
    """What stands between the braces of a block."""

    attributes: dict[str, Any] = field(default_factory=dict)
    blocks: list[tuple[tuple[str, ...], "Body"]] = field(default_factory=list)

    def all(self, *labels: str) -> list["Body"]:
        """The blocks whose header begins with these words."""
        return [body for header, body in self.blocks if header[: len(labels)] == labels]

    def one(self, *labels: str) -> "Body":
        (found,) = self.all(*labels)
        return found


def read(text: str) -> Body:
    """The body of a file. Raises `AssertionError` for what is no HCL."""
    tokens = list(_tokens(text))
    body, rest = _body(tokens)
    assert not rest, f"something after the end: {rest[:3]}"
    return body


def _tokens(text: str) -> Iterator[Any]:
    place = 0
    while place < len(text):
        found = _TOKEN.match(text, place)
        assert found, f"no token: {text[place : place + 40]!r}"
        place = found.end()
        match found.lastgroup or "":
            case "quote":
                template, place = _template(text, place)
                yield "text", template
            case "space":
                continue
            case _:
                yield next((name, part) for name, part in found.groupdict().items() if part is not None)


def _template(text: str, place: int) -> tuple[Any, int]:
    """A text, or the list of the pieces of one with references in it."""
    pieces: list[Any] = []
    while True:
        found = _PIECE.match(text, place)
        assert found, f"no template: {text[place : place + 40]!r}"
        place = found.end()
        if found["close"]:
            break
        if found["inner"]:
            pieces.append(Name(found["inner"]))
        elif found["escape"]:
            escape = found["escape"]
            pieces.append(_ESCAPES.get(escape) or chr(int(escape[1:], 16)))
        else:
            pieces.append(found["plain"] or found["literal"][1:])
    if all(isinstance(piece, str) for piece in pieces):
        return "".join(pieces), place
    return pieces, place


def _body(tokens: list[Any]) -> tuple[Body, list[Any]]:
    body = Body()
    while tokens and tokens[0] != ("sign", "}"):
        if tokens[0][0] == "end":
            tokens = tokens[1:]
            continue
        kind, name = tokens[0]
        assert kind == "name", f"no name: {tokens[0]}"
        if tokens[1] == ("sign", "="):
            body.attributes[name], tokens = _value(tokens[2:])
        else:
            tokens = _block(body, name, tokens[1:])
        assert not tokens or tokens[0] in (("end", "\n"), ("sign", "}")), f"two on a line: {tokens[:3]}"
    return body, tokens


def _block(body: Body, name: str, tokens: list[Any]) -> list[Any]:
    labels = [name]
    while tokens[0][0] == "text":
        labels.append(tokens[0][1])
        tokens = tokens[1:]
    assert tokens[0] == ("sign", "{"), f"no block: {tokens[0]}"
    inner, tokens = _body(tokens[1:])
    body.blocks.append((tuple(labels), inner))
    return tokens[1:]


def _value(tokens: list[Any]) -> tuple[Any, list[Any]]:
    match tokens[0]:
        case ("text", text):
            return text, tokens[1:]
        case ("number", text):
            return float(text) if "." in text or "e" in text else int(text), tokens[1:]
        case ("name", "jsonencode"):
            value, tokens = _value(tokens[2:])
            return value, tokens[1:]
        case ("name", name):
            return {"true": True, "false": False, "null": None}.get(name, Name(name)), tokens[1:]
        case ("sign", "["):
            return _list(tokens[1:])
        case ("sign", "{"):
            return _object(tokens[1:])
    raise AssertionError(f"no value: {tokens[:3]}")


def _list(tokens: list[Any]) -> tuple[list[Any], list[Any]]:
    items = []
    tokens = _skipped(tokens)
    while tokens[0] != ("sign", "]"):
        item, tokens = _value(tokens)
        items.append(item)
        tokens = _skipped(tokens)
        assert tokens[0] in (("sign", ","), ("sign", "]"))
        tokens = _skipped(tokens[1:] if tokens[0] == ("sign", ",") else tokens)
    return items, tokens[1:]


def _object(tokens: list[Any]) -> tuple[dict[Any, Any], list[Any]]:
    members = {}
    tokens = _skipped(tokens)
    while tokens[0] != ("sign", "}"):
        (_, key), equals = tokens[0], tokens[1]
        assert equals == ("sign", "=")
        members[key], tokens = _value(tokens[2:])
        tokens = _skipped(tokens[1:] if tokens[0] == ("sign", ",") else tokens)
    return members, tokens[1:]


def _skipped(tokens: list[Any]) -> list[Any]:
    while tokens[0][0] == "end":
        tokens = tokens[1:]
    return tokens
