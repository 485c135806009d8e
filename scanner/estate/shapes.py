"""The shapes of resources: which properties a type has, as far as the project reads them.

A shape is a JSON Schema, one file a type in the folder of the same name. It tells a rule author that a path is misspelt
before any scan runs, what operators fit a value, and whether a document keeps to the one shape.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from scanner.estate.schemas import Problem, Schema, Validator, compile_schema, expected_one_of
from scanner.estate.unknown import Value

_FOLDER = Path(__file__).parent / "shapes"
_TYPE = re.compile(r"[A-Za-z0-9]{1,40}(::[A-Za-z0-9]{1,60}){1,3}")

ANYTHING: Schema = {}
"""The schema of a value that the shape leaves open, such as the inside of a policy document."""


@dataclass(frozen=True)
class Shape:
    """The shape of one resource type: its name, and the JSON Schema of its properties."""

    type: str
    schema: Schema

    def at(self, parts: tuple[str, ...], base: Schema | None = None) -> Schema:
        """The schema of the value at a path, below `base` or the resource itself; `ANYTHING` where that is open.

        Raises LookupError with a sentence, and a suggestion where a name is near, when the shape has no such path.
        """
        schema = self.schema if base is None else base
        for done, part in enumerate(parts):
            if schema.get("type") == "array":
                above = ".".join(parts[:done]) or "."
                raise LookupError(f"{above} is a list; use each or some to look into it")
            if schema.get("type", "object") != "object" or "enum" in schema:
                raise LookupError(f"{'.'.join(parts[:done])} is a plain value, there is nothing below it")
            if "properties" not in schema and schema.get("additionalProperties", True) is not False:
                schema = _member(schema.get("additionalProperties", True))
            elif part in schema.get("properties", {}):
                schema = schema["properties"][part]
            else:
                raise LookupError(
                    _no_such_part(self.type if base is None else "the element", schema, parts[: done + 1])
                )
        return schema

    def problems(self, properties: Value) -> Iterator[Problem]:
        """Where a resource's properties break the shape; Unknown values, as `{"$unknown": ...}`, fit anywhere."""
        return self._validator(properties, ())

    @cached_property
    def _validator(self) -> Validator:
        return compile_schema(self.schema, unknowns=True)


@cache
def load_shape(type_: str) -> Shape | None:
    """The shape of a resource type; None when drscan does not know the type."""
    if not _TYPE.fullmatch(type_):
        return None
    file = _FOLDER / f"{type_.lower().replace('::', '-')}.json"
    if not file.is_file():
        return None
    schema = json.loads(file.read_text(encoding="utf-8"))
    return Shape(type_, schema) if schema["title"] == type_ else None


@cache
def known_types() -> tuple[str, ...]:
    """All resource types that have a shape, sorted."""
    files = _FOLDER.glob("*.json")
    return tuple(sorted(json.loads(file.read_text(encoding="utf-8"))["title"] for file in files))


def items_of(schema: Schema) -> Schema | None:
    """The schema of a list's elements; `ANYTHING` for an open value; None for what is no list."""
    if schema.get("type") == "array":
        items: Schema = schema.get("items", ANYTHING)
        return items
    return None if "type" in schema else ANYTHING


def _member(additional: Any) -> Schema:
    return additional if isinstance(additional, Mapping) else ANYTHING


def _no_such_part(of: str, schema: Schema, parts: tuple[str, ...]) -> str:
    above = ".".join(parts[:-1])
    where = f"{above} of {of}" if above else of
    hint = expected_one_of(parts[-1], schema.get("properties", ()))
    return f"{where} has no {parts[-1]!r}" + (f"; {hint}" if hint else "")
