"""CloudFormation templates as plain data, whatever the file is called and whichever of the two formats it holds.

Strangers write templates, so reading one is bounded in time and memory and constructs nothing but plain data. Functions
come out in their long form only, and every place knows its first and last line, for reports point there.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from scanner.errors import InvalidInputError
from scanner.estate.unknown import Value

MAX_BYTES = 20 << 20
"""How much of a template is read: twenty times what CloudFormation itself takes, so that generated ones fit, too."""

PlacePath: TypeAlias = Sequence[str | int]
"""A place in a template: mapping keys and 0-based list indexes from the top, functions in long form, such as
`("Resources", "Role", "Properties", "RoleName", "Fn::Sub")`."""


@dataclass(frozen=True, slots=True)
class Source:
    """A template as plain data that knows its lines.

    `file` is named as the user named it. `value` holds dict, list, str, int, float, bool and None, functions as
    `{"Ref": "X"}`, `{"Condition": "X"}`, `{"Fn::GetAtt": ["X", "Outputs.Y"]}`, `{"Fn::Sub": ...}`.
    """

    file: str
    value: dict[str, Value]
    _places: Value = field(default=None, repr=False, compare=False)

    def line_of(self, path: PlacePath = ()) -> int:
        """The 1-based line where a place begins (its key, in a mapping); of the nearest place above if it is missing."""
        raise NotImplementedError

    def end_line_of(self, path: PlacePath = ()) -> int:
        """The last line of a place, blank lines and comments after it left out."""
        raise NotImplementedError

    def error(self, path: PlacePath, message: str, *, hint: str = "") -> InvalidInputError:
        """An error about a place of this template, with its file and line."""
        return InvalidInputError(message, file=self.file, line=self.line_of(path), hint=hint)


def read_source(file: Path) -> Source:
    """The template in a file. Raises `InvalidInputError` with file and line for whatever is refused."""
    raise NotImplementedError


def parse_source(text: str, file: str) -> Source:
    """The template in a text; `file` only names it. Raises as `read_source` does."""
    raise NotImplementedError


def looks_like_cloudformation(value: Value) -> bool:
    """Whether a document (plain data, as read) means to be a CloudFormation template."""
    raise NotImplementedError
