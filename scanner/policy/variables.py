"""Policy variables: `${key}`, `${key, 'default'}` and the escapes `${*}`, `${?}`, `${$}`.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html (2026-11). Only documents of
version 2012-10-17 have them; in older ones `${` is plain text. A value put in for a variable stands for itself: a
`*` in a tag or a session name is no wildcard, or whoever sets the tag would widen the policy.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from scanner.policy.request import Context
from scanner.policy.truth import Unseen

_VARIABLE = re.compile(r"\$\{([^{}]*)\}")
_ESCAPES = frozenset("*?$")

Quote: TypeAlias = Callable[[str], str]
"""Makes a text stand for itself in the surrounding language (`patterns.escape` in patterns, `str` in plain text)."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A reference to a context key, in lower case."""

    key: str
    default: str | None


@dataclass(frozen=True, slots=True)
class Template:
    """A text with variables, ready to be filled in: texts already quoted, and references."""

    parts: tuple[str | Variable, ...]
    quote: Quote


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A variable that has neither a value in the request nor a default."""

    key: str


def read_text(text: str, version: str, quote: Quote) -> str | Template:
    """The text of a policy element: plain when it has no variables, else a template."""
    if version != "2012-10-17" or "${" not in text:
        return text
    parts: list[str | Variable] = []
    at = 0
    for found in _VARIABLE.finditer(text):
        parts.append(text[at : found.start()])
        parts.append(_part(found[1], quote))
        at = found.end()
    parts.append(text[at:])
    if any(isinstance(part, Variable) for part in parts):
        return Template(tuple(part for part in parts if part != ""), quote)
    return "".join(str(part) for part in parts)


def fill(template: Template, context: Context) -> str | Unresolved | Unseen:
    """The text with the request's values in it. A multivalued key cannot be a variable, so it leaves it unresolved."""
    filled: list[str] = []
    for part in template.parts:
        if isinstance(part, str):
            filled.append(part)
            continue
        value = context.get(part.key)
        if isinstance(value, Unseen):
            return value
        text = value if isinstance(value, str) else part.default
        if text is None:
            return Unresolved(part.key)
        filled.append(template.quote(text))
    return "".join(filled)


def _part(inside: str, quote: Quote) -> str | Variable:
    if inside in _ESCAPES:
        return quote(inside)
    key, comma, rest = inside.partition(",")
    default = rest.strip()
    if comma and len(default) >= 2 and default[0] == default[-1] == "'":
        return Variable(key.strip().lower(), default[1:-1])
    return Variable(inside.strip().lower(), None)
