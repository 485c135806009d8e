"""Writes the first version of a rule file, one that loads and whose examples hold: changing what works is easier."""

import json
import re
from collections.abc import Iterator

from scanner import __version__
from scanner.errors import InvalidInputError
from scanner.estate.schemas import Schema, nearest
from scanner.estate.shapes import Shape, known_types, load_shape
from scanner.estate.unknown import Value


def skeleton(id_: str, kind: str) -> str:
    """The text of a rule file with this id, for this resource type.

    Raises InvalidInputError when the id is not lower-case words joined by hyphens, or the type is not known.
    """
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", id_) or len(id_) > 80:
        raise InvalidInputError(f"{id_!r} is no rule id", hint="lower-case words joined by hyphens, saying what holds")
    shape = load_shape(kind)
    if shape is None:
        hint = nearest(kind, known_types()) or f"expected one of {', '.join(known_types())}"
        raise InvalidInputError(f"there is no resource type {kind!r}", hint=hint)
    path, operator, right, wrong = _first_choice(shape)
    return _TEMPLATE.format(
        id=id_,
        version=__version__,
        kind=kind,
        path=path,
        asked=f"{operator}: {json.dumps(right) if operator == 'equals' else 'true'}",
        right=_nested(path, right),
        wrong=_nested(path, wrong) if wrong is not None else "{}",
        unknown=_nested(path, {"$unknown": "service:Operation refused: AccessDenied; needs service:Action"}),
    )


_TEMPLATE = """\
id: {id}
title: What holds, in one sentence
severity: medium            # critical high medium low info
confidence: medium          # how sure a FAIL is: high medium low
since: {version}
kind: {kind}
why: >
  What is lost when it does not hold.
attack: []                  # - {{technique: T1490, how: prevents}}   or detects, recovers
controls: {{}}                # nist_800_53_r5: [CP-9]
expect:
  all:
    - {{path: {path}, {asked}}}
references: [https://docs.aws.amazon.com/]
examples:
  - name: as it should be
    expect: PASS
    resource: {right}
  - name: not as it should be
    expect: FAIL
    evidence: [{path}]
    resource: {wrong}
  - name: could not be read
    expect: UNKNOWN
    resource: {unknown}
"""


def _first_choice(shape: Shape) -> tuple[str, str, Value, Value]:
    """A path that is easy to judge, an operator, a right value and a wrong one (None: absent).

    Choices come first, text last; where a type has only lists and documents, the first of them must exist.
    """
    plain = list(_plain_values(shape.schema, ()))
    for wanted in ("enum", "boolean", "integer", "string"):
        for path, schema in plain:
            if wanted == "enum" and len(schema.get("enum", ())) > 1:
                return path, "equals", schema["enum"][0], schema["enum"][1]
            if wanted == schema.get("type") and "enum" not in schema:
                return path, "equals", *_PAIRS[wanted]
    name, schema = next(iter(shape.schema["properties"].items()))
    return name, "exists", [] if schema.get("type") == "array" else {}, None


_PAIRS: dict[str, tuple[Value, Value]] = {
    "boolean": (True, False),
    "integer": (1, 0),
    "string": ("right", "wrong"),
}


def _plain_values(schema: Schema, parts: tuple[str, ...]) -> Iterator[tuple[str, Schema]]:
    """Paths to values that are no lists or objects, without going into lists."""
    for name, member in schema.get("properties", {}).items():
        if member.get("type") == "object":
            yield from _plain_values(member, (*parts, name))
        elif member.get("type") != "array":
            yield ".".join((*parts, name)), member


def _nested(path: str, value: Value) -> str:
    """The value at its path, as flow style YAML (which JSON is)."""
    for part in reversed(path.split(".")):
        value = {part: value}
    return json.dumps(value)
