"""Paths of the rule language: how a rule names a value of a resource.

Dotted property names, relative to the resource or to the element at hand; `.` is the element itself, `$.` starts again
at the resource, and `$account` and its like are what is known of the resource besides its properties. Reading a path
only ever looks up keys of mappings.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from scanner.estate.regions import partition_of
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value

MAX_PATH = 256
"""Longest path that is accepted, in characters."""


@dataclass(frozen=True, slots=True)
class PropertyPath:
    """A parsed path. `pseudo` is a name such as `$account` or empty; `rooted` paths start at the resource again."""

    text: str
    parts: tuple[str, ...] = ()
    rooted: bool = False
    pseudo: str = ""


def parse_path(text: str) -> PropertyPath:
    """Parse a path. Raises ValueError with a sentence that says what is wrong with it."""
    if len(text) > MAX_PATH:
        raise ValueError(f"a path is at most {MAX_PATH} characters long")
    if text == ".":
        return PropertyPath(text)
    rooted = text.startswith("$.")
    if text.startswith("$") and not rooted:
        if text not in PSEUDO_PROPERTIES:
            raise ValueError(f"{text} is none of {', '.join(PSEUDO_PROPERTIES)}")
        return PropertyPath(text, pseudo=text)
    body = text[2:] if rooted else text
    if "[" in body or "]" in body:
        raise ValueError(f"{text} has an index; use each or some to look into a list")
    parts = tuple(body.split("."))
    if not all(part and part.strip() == part and part.isprintable() for part in parts):
        raise ValueError(f"{text!r} is not a path: names separated by single dots")
    return PropertyPath(text, parts, rooted)


def walk(value: Value, parts: tuple[str, ...]) -> Value:
    """The value below `value`; None where absent, an Unknown where that is met on the way.

    A list or a scalar in the way is a malformed resource and thus Unknown: it must not look like an absence.
    """
    for part in parts:
        if type(value) is dict:
            value = value.get(part)
        elif value is None or isinstance(value, Unknown):
            return value
        elif isinstance(value, Mapping):
            value = value.get(part)
        else:
            return Unknown(f"malformed: {kind_of(value)} where an object with {part} was expected")
    return value


def kind_of(value: Value) -> str:
    """What a value is, in words for people: `a list`, `text`, `a number`, `true or false`, `an object`, `nothing`."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "true or false"
        case str():
            return "text"
        case int() | float():
            return "a number"
        case Mapping():
            return "an object"
        case _:
            return "a list"


def _account(resource: Resource) -> Value:
    return resource.account or Unknown("the account is not known")


def _arn(resource: Resource) -> Value:
    return resource.arn or Unknown("the ARN is not known")


def _partition(resource: Resource) -> Value:
    """The ARN's partition; without an ARN the region tells (China and the US government clouds have their own)."""
    if resource.arn.startswith("arn:"):
        return resource.arn.split(":", 2)[1]
    unknown = Unknown("the partition is not known without ARN or region")
    return partition_of(resource.region, "aws") if resource.region else unknown


PSEUDO_PROPERTIES: Mapping[str, Callable[[Resource], Value]] = {
    "$type": lambda resource: resource.type,
    "$arn": _arn,
    "$account": _account,
    "$region": lambda resource: resource.region or None,
    "$name": lambda resource: resource.name or None,
    "$partition": _partition,
}
"""What a rule can ask of any resource: a region that is empty is absent (a global thing), other gaps are Unknown."""
