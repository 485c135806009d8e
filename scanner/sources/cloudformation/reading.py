"""CloudFormation templates as plain data, whatever the file is called and whichever of the two formats it holds.

Strangers write templates, so reading one is bounded in time and memory and constructs nothing but plain data. Functions
come out in their long form only, and every place knows its first and last line, for reports point there.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from scanner.cycles import unsearched
from scanner.errors import InvalidInputError
from scanner.estate.paths import kind_of
from scanner.estate.text_files import read_text
from scanner.estate.unknown import Value
from scanner.inert import shortened
from scanner.sources.cloudformation.places import MAX_QUOTED, Document, Place, PlacePath, lines_at

MAX_BYTES = 32 << 20
"""How much of a template is read. CloudFormation itself takes 1 MB (seen 2026-11:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html); a generated one of 10,000
resources, to be split up later, may reach 20."""


@dataclass(frozen=True, slots=True)
class Source:
    """A template as plain data that knows its lines.

    `file` is named as the user named it. `value` holds dict, list, str, int, float, bool and None, functions as
    `{"Ref": "X"}`, `{"Condition": "X"}`, `{"Fn::GetAtt": ["X", "Outputs.Y"]}`, `{"Fn::Sub": ...}`. Its sections are
    mappings, its resources are mappings with a `Type`, unless a macro makes them. `messages` tell what its author may
    not have meant.
    """

    file: str
    value: dict[str, Value]
    _place: Place = field(default=1, repr=False, compare=False)
    messages: tuple[str, ...] = ()

    def line_of(self, path: PlacePath = ()) -> int:
        """The 1-based line where a place begins (its key, in a mapping); of the nearest place above a missing one."""
        return lines_at(self._place, path)[0]

    def end_line_of(self, path: PlacePath = ()) -> int:
        """The last line of a place, blank lines and comments after it left out."""
        return lines_at(self._place, path)[1]

    def error(self, path: PlacePath, message: str, *, hint: str = "") -> InvalidInputError:
        """An error about a place of this template, with its file and line."""
        return InvalidInputError(message, file=self.file, line=self.line_of(path), hint=hint)


def read_source(file: Path) -> Source:
    """The template in a file. Raises `InvalidInputError` with file and line (and column, where the text is neither
    JSON nor YAML) for whatever is refused: see `parse_source`."""
    return parse_source(read_text(file, max_bytes=MAX_BYTES), str(file))


def parse_source(text: str, file: str) -> Source:
    """The template in a text; `file` only names it.

    Raises `InvalidInputError` for what is neither JSON nor YAML, uses aliases or unknown tags, names a key twice, is
    too deep or too large, or is no template: without resources, or with a section or resource that is no mapping.
    """
    with unsearched():
        document = _document(text.removeprefix("\ufeff"), file)
    if not isinstance(document.value, dict):
        message = "is empty" if document.value is None else f"holds {kind_of(document.value)} where a template belongs"
        raise InvalidInputError(message, file=file, line=1)
    source = Source(file, document.value, document.place, document.messages)
    for section in _SECTIONS:
        _require_mapping(source, (section,), source.value.get(section, {}))
    for name, resource in source.value.get("Resources", {}).items():
        _require_resource(source, name, resource)
    if not source.value.get("Resources"):
        raise source.error((), "has no Resources", hint="expected a CloudFormation template")
    return source


def looks_like_cloudformation(value: Value) -> bool:
    """Whether a document (plain data, as read) means to be a CloudFormation template."""
    if not isinstance(value, Mapping):
        return False
    if "AWSTemplateFormatVersion" in value or "Transform" in value:
        return True
    resources = value.get("Resources")
    return isinstance(resources, Mapping) and any(_has_type(resource) for resource in resources.values())


_JSON = re.compile(r"[ \t\r\n]*+(?:\[|\{[ \t\r\n]*+[\"}])")
"""How JSON begins. A brace before a word without quotes is YAML's."""
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
_SECTIONS = ("Metadata", "Parameters", "Rules", "Mappings", "Conditions", "Resources", "Outputs")


def _document(text: str, file: str) -> Document:
    if _HALF_CHARACTER.search(text):
        raise InvalidInputError("is not text: it holds half of a surrogate pair", file=file)
    if _JSON.match(text):
        from scanner.sources.cloudformation.json_text import parse_json

        return parse_json(text, file)
    from scanner.sources.cloudformation.yaml_text import parse_yaml  # PyYAML, which a JSON template need not wait for

    return parse_yaml(text, file)


def _require_mapping(source: Source, path: PlacePath, value: Value) -> None:
    if not isinstance(value, dict):
        raise source.error(
            path, f"{shortened(str(path[-1]), MAX_QUOTED)} holds {kind_of(value)} where names and their values belong"
        )


def _require_resource(source: Source, name: str, resource: Value) -> None:
    if name.startswith("Fn::"):
        return
    path = ("Resources", name)
    _require_mapping(source, path, resource)
    if not _has_type(resource) and "Fn::Transform" not in resource:
        raise source.error(path, f"the resource {shortened(name, MAX_QUOTED)} has no Type")
    _require_mapping(source, (*path, "Properties"), resource.get("Properties", {}))


def _has_type(resource: Value) -> bool:
    return isinstance(resource, Mapping) and isinstance(resource.get("Type"), str)
