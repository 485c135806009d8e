"""Parameters for templates, as the command line gives them: one by one, or in a file as AWS's own tools write it."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from scanner.errors import InvalidInputError
from scanner.estate.strict_yaml import Node, load_yaml
from scanner.estate.unknown import Value

_PAIR = re.compile(r"([A-Za-z0-9]{1,255})=(.*)", re.DOTALL)

_HINT = (
    'expected {"Key": "value"}, [{"ParameterKey": "Key", "ParameterValue": "value"}], ["Key=value"] '
    'or {"Parameters": {...}}'
)


def read_parameters(given: Sequence[str]) -> dict[str, str]:
    """The parameters in `KEY=VALUE` words and in files (JSON or YAML); a later one replaces an earlier one.

    Files may hold a mapping, a mapping under `Parameters`, the list of the AWS CLI, or a list of `KEY=VALUE`. Raises
    `InvalidInputError` for anything else, with file and line.
    """
    found: dict[str, str] = {}
    for word in given:
        pair = _PAIR.fullmatch(word)
        if pair:
            found[pair[1]] = pair[2]
        else:
            found.update(_from_file(Path(word)))
    return found


def _from_file(file: Path) -> Mapping[str, str]:
    if not file.is_file():
        raise InvalidInputError(f"{str(file)!r} is neither KEY=VALUE nor a file with parameters")
    node = load_yaml(file)
    match node.value:
        case {"Parameters": dict() as members}:
            return {name: _text(node, ("Parameters", name), value) for name, value in members.items()}
        case dict() as members:
            return {name: _text(node, (name,), value) for name, value in members.items()}
        case list() as entries:
            return dict(_entry(node, number, entry) for number, entry in enumerate(entries))
    raise node.error((), "holds no parameters", hint=_HINT)


def _entry(node: Node, number: int, entry: Value) -> tuple[str, str]:
    match entry:
        case {"ParameterKey": str(name), "ParameterValue": value}:
            return name, _text(node, (number,), value)
        case str() if pair := _PAIR.fullmatch(entry):
            return pair[1], pair[2]
    raise node.error((number,), "is no parameter", hint=_HINT)


def _text(node: Node, place: tuple[str | int, ...], value: Value) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str() | int() | float():
            return str(value)
        case list() if all(isinstance(item, str | int | float) for item in value):
            return ",".join(str(item) for item in value)
    raise node.error(place, "has a value that no parameter can have", hint=_HINT)
