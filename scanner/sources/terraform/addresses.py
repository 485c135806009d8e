"""Terraform's addresses and references, taken apart.

Plan JSON names things by text: `module.copy["eu"].aws_s3_bucket.copy[0].arn`. Everything that follows such a name goes
through here, so that quoting and indexes are understood in one place.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias

Key: TypeAlias = str | int
"""What tells instances apart: a key of for_each, or an index of count."""

Step: TypeAlias = tuple[str, Key | None]
"""One module call on the way down, with the key of its instance."""

Kind: TypeAlias = Literal["resource", "variable", "module", "each.key", "each.value", "count.index", "constant", "lost"]
"""What a reference leads to. `constant` is known in every plan and is never the cause of something unknown; `lost` is
what plan JSON does not hold (locals) or what is not understood."""


@dataclass(frozen=True, slots=True)
class Reference:
    """One reference of an expression.

    `name` is a block's address within its module (`aws_s3_bucket.copy`, `data.aws_region.here`), a variable or a module
    call. `key` is the literal index behind it; `path` is what follows. `text` is all of it, as Terraform wrote it.
    """

    kind: Kind
    text: str
    name: str = ""
    key: Key | None = None
    path: tuple[Key, ...] = ()


def steps_of(address: str) -> tuple[Step, ...] | None:
    """The way from the root to a module instance (`module.a["x"].module.b[0]`), or None if it is none."""
    tokens = _tokens(address)
    if tokens is None:
        return None
    steps: list[Step] = []
    while tokens:
        if len(tokens) < 2 or tokens[0] != _Name("module") or not isinstance(tokens[1], _Name):
            return None
        name, tokens = tokens[1].text, tokens[2:]
        key, tokens = _leading_key(tokens)
        steps.append((name, key))
    return tuple(steps)


def traversals(references: Iterable[str]) -> tuple[Reference, ...]:
    """The references that an expression makes, each once for each time that it makes it.

    Terraform lists each with all that it begins with, longest first: `a.b.arn`, `a.b`. Only the longest is kept.
    """
    found: list[Reference] = []
    last = ""
    for text in references:
        if not (last.startswith(text) and last[len(text) : len(text) + 1] in (".", "[")):
            found.append(parse_reference(text))
        last = text
    return tuple(found)


@lru_cache(maxsize=4096)
def parse_reference(text: str) -> Reference:
    """One reference; of kind `lost` when it is not understood."""
    tokens = _tokens(text)
    lost = Reference("lost", text)
    match tokens:
        case None | [] | [_]:
            return lost
        case [_Name("path" | "terraform" | "tofu"), *_]:
            return Reference("constant", text)
        case [_Name("each"), _Name("key"), *_]:
            return Reference("each.key", text)
        case [_Name("count"), _Name("index"), *_]:
            return Reference("count.index", text)
        case [_Name("each"), _Name("value"), *rest]:
            return Reference("each.value", text, path=_path(rest))
        case [_Name("var"), _Name(name), *rest]:
            return Reference("variable", text, name, path=_path(rest))
        case [_Name("module"), _Name(name), *rest]:
            key, rest = _leading_key(rest)
            return Reference("module", text, name, key, _path(rest))
        case [_Name("data"), _Name(type_), _Name(name), *rest]:
            key, rest = _leading_key(rest)
            return Reference("resource", text, f"data.{type_}.{name}", key, _path(rest))
        case [_Name("local" | "self" | "each" | "count" | "ephemeral"), *_]:
            return lost
        case [_Name(type_), _Name(name), *rest]:
            key, rest = _leading_key(rest)
            return Reference("resource", text, f"{type_}.{name}", key, _path(rest))
    return lost


@dataclass(frozen=True, slots=True)
class _Name:
    """A name in an address, as opposed to an index, which is a plain text or number."""

    text: str


_Token: TypeAlias = "_Name | str | int"
_TOKEN = re.compile(r'\.?([^\W\d][\w-]*)|\[("(?:[^"\\]|\\.)*"|[0-9]{1,9})\]')
_LONGEST = 2000


def _tokens(text: str) -> "list[_Token] | None":
    """The names and indexes of an address, None where it is none."""
    found: list[_Token] = []
    end = 0
    while end < len(text) <= _LONGEST:
        match = _TOKEN.match(text, end)
        if match is None:
            return None
        name, index = match.groups()
        found.append(_Name(name) if name else _key(index))
        end = match.end()
    return found if len(text) <= _LONGEST else None


def _key(literal: str) -> Key:
    try:
        key = json.loads(literal)
    except ValueError:
        # Terraform quotes as Go does, which differs from JSON in the rarest of characters only.
        return literal[1:-1]
    return key if isinstance(key, int) else str(key)


def _leading_key(tokens: "Sequence[_Token]") -> "tuple[Key | None, list[_Token]]":
    if tokens and not isinstance(tokens[0], _Name):
        return tokens[0], list(tokens[1:])
    return None, list(tokens)


def _path(tokens: "Sequence[_Token]") -> tuple[Key, ...]:
    return tuple(token.text if isinstance(token, _Name) else token for token in tokens)
