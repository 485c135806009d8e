"""The shapes are CloudFormation's own, cut down: held against the resource schemas that cfn-lint bundles.

What AWS reports but nobody declares stands under `Observed`; a few types have no CloudFormation schema at all.
"""

import json
from importlib.resources import files
from typing import Any

import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

SHAPES = {
    path.name: json.loads(path.read_text())
    for path in files("scanner.estate").joinpath("shapes").iterdir()
    if path.name.startswith("aws-")
}
OURS_ALONE = {"AWS::S3::AccountPublicAccessBlock", "AWS::Organizations::Root"}
DECLARED = [shape for shape in SHAPES.values() if shape["title"] not in OURS_ALONE]


def schema_of(type_: str) -> dict[str, Any]:
    return dict(PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", type_).schema)


def nodes(schema: dict[str, Any], node: dict[str, Any], depth: int = 0) -> list[dict[str, Any]]:
    """A schema node with its references followed and its alternatives laid side by side."""
    if depth > 6:
        return []
    found = [node]
    if "$ref" in node:
        target: Any = schema
        for key in node["$ref"].lstrip("#/").split("/"):
            target = target[key]
        found += nodes(schema, target, depth + 1)
    for word in ("anyOf", "oneOf", "allOf"):
        found += [inner for choice in node.get(word, ()) for inner in nodes(schema, choice, depth + 1)]
    return found


def below(schema: dict[str, Any], found: list[dict[str, Any]], key: str) -> list[dict[str, Any]]:
    inner = [
        node[key] if key == "items" else node["properties"][key]
        for node in found
        if key in node or key in node.get("properties", {})
    ]
    return [each for node in inner for each in nodes(schema, node)]


def differences(schema: dict[str, Any], found: list[dict[str, Any]], shape: dict[str, Any], path: str) -> list[str]:
    """Where a shape says something that CloudFormation's schema does not."""
    if not found:
        return [f"{path}: unknown to CloudFormation"]
    types = {word for node in found for word in as_list(node.get("type"))}
    wrong = [f"{path}: {shape['type']}, not {types}"] if types and not fits(shape["type"], types) else []
    missing = (
        {value for node in found for value in node.get("enum", ())} - set(shape["enum"]) if "enum" in shape else set()
    )
    wrong += [f"{path}: lacks {sorted(missing)}"] if missing else []
    for name, inner in shape.get("properties", {}).items():
        if name not in ("Observed", "Derived"):
            wrong += differences(schema, below(schema, found, name), inner, f"{path}.{name}")
    if "items" in shape:
        wrong += differences(schema, below(schema, found, "items"), shape["items"], path)
    return wrong


def as_list(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value] if value else []


def fits(type_: str, types: set[str]) -> bool:
    return type_ in types or (type_ == "object" and "string" in types) or (type_ == "integer" and "number" in types)


@pytest.mark.parametrize("shape", DECLARED, ids=lambda shape: shape["title"])
def test_a_shape_says_nothing_that_cloudformation_does_not(shape: dict[str, Any]) -> None:
    schema = schema_of(shape["title"])
    assert differences(schema, [{"type": "object", **schema}], shape, shape["title"]) == []


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_a_shape_is_closed(shape: dict[str, Any]) -> None:
    def open_objects(node: dict[str, Any], path: str) -> list[str]:
        found = [path] if "properties" in node and node.get("additionalProperties") is not False else []
        for name, inner in node.get("properties", {}).items():
            found += open_objects(inner, f"{path}.{name}")
        return found + (open_objects(node["items"], path) if "items" in node else [])

    assert open_objects(shape, shape["title"]) == []


@pytest.mark.parametrize(("name", "shape"), SHAPES.items())
def test_a_shape_is_filed_under_its_type(name: str, shape: dict[str, Any]) -> None:
    assert name == f"{shape['title'].lower().replace('::', '-')}.json"
