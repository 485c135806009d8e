"""Templates of a few lines that ask for more than there is: refused, by a sentence that says what multiplies."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from scanner.errors import InvalidInputError
from scanner.estate.unknown import Value
from scanner.sources.cloudformation.reading import parse_source
from scanner.sources.cloudformation.stack import Stack, resolve, variables
from scanner.sources.declared import Deployment

HERE = Deployment(Path("stack.json"), Path(), "111111111111", "eu-west-1")
EXTENDED = {"Transform": "AWS::LanguageExtensions"}


def resolved(template: Mapping[str, Value]) -> Stack:
    source = parse_source(json.dumps(template), "stack.json")
    variables(source, HERE)
    return resolve(source, HERE, {})


def said(template: Mapping[str, Value]) -> str:
    with pytest.raises(InvalidInputError) as refused:
        resolved(template)
    assert (refused.value.file, refused.value.line) == ("stack.json", 1)
    return refused.value.message


def buckets(names: Mapping[str, Value]) -> dict[str, Value]:
    made = {key: {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": name}} for key, name in names.items()}
    return {"Resources": made}


def loop(number: int, body: Value) -> dict[str, Value]:
    return {f"Fn::ForEach::L{number}": [f"I{number}", [f"x{item}" for item in range(100)], body]}


def doubling(function: Callable[[str], Value], times: int = 60) -> dict[str, Value]:
    return buckets({"B0": "seed"} | {f"B{n}": function(f"B{n - 1}") for n in range(1, times)})


@pytest.mark.parametrize(
    "function",
    [
        lambda name: {"Fn::Sub": "${" + name + "}${" + name + "}"},
        lambda name: {"Fn::Join": ["", [{"Ref": name}, {"Ref": name}]]},
        lambda name: {"Fn::Sub": ["${a}${a}", {"a": {"Fn::GetAtt": [name, "Arn"]}}]},
    ],
)
def test_texts_that_double_in_every_resource(function: Callable[[str], Value]) -> None:
    assert said(doubling(function)) == "makes a text of more than 1,000,000 characters"


def test_texts_that_are_too_long_as_they_stand() -> None:
    assert said(buckets({"B": "x" * 1_000_001})) == "makes a text of more than 1,000,000 characters"


def test_texts_that_double_in_every_function() -> None:
    text: Value = '"\\'
    for _ in range(24):
        text = {"Fn::ToJsonString": [text]}
    assert said(EXTENDED | buckets({"B": text})) == "makes a text of more than 1,000,000 characters"


def test_long_texts_again_and_again() -> None:
    long = {"Type": "String", "Default": "x" * 900_000}
    template = {"Parameters": {"P": long}, **buckets({"B": [{"Ref": "P"}] * 200})}
    assert "takes more than 2,000,000 steps to resolve" in said(template)


def test_lists_of_many_pieces_again_and_again() -> None:
    long = {"Type": "String", "Default": "," * 900_000}
    template = {"Parameters": {"P": long}, **buckets({"B": [{"Fn::Split": [",", {"Ref": "P"}]}] * 10})}
    assert "takes more than 2,000,000 steps to resolve" in said(template)


@pytest.mark.parametrize("section", ["Resources", "Conditions", "Outputs"])
def test_loops_in_loops_in_sections(section: str) -> None:
    body: Value = {"X${I0}${I1}${I2}${I3}": {"Type": "AWS::S3::Bucket", "Value": "a", "Fn::Equals": ["a", "b"]}}
    for number in range(4):
        body = loop(number, body)
    template = EXTENDED | buckets({"B": "b"})
    template[section] = {**template.get(section, {}), **body}
    assert "takes more than 2,000,000 steps to resolve" in said(template)


def test_loops_in_loops_in_values() -> None:
    body: Value = {"${I0}${I1}${I2}${I3}": "a"}
    for number in range(4):
        body = loop(number, body)
    assert "takes more than 2,000,000 steps to resolve" in said(EXTENDED | buckets({"B": body}))


def test_conditions_that_ask_each_other_twice_are_decided_once() -> None:
    both = {f"C{n}": {"Fn::And": [{"Condition": f"C{n + 1}"}, {"Condition": f"C{n + 1}"}]} for n in range(200)}
    template = buckets({"B": {"Fn::If": ["C0", "yes", "no"]}})
    template["Conditions"] = both | {"C200": {"Fn::Equals": ["a", "a"]}}
    assert resolved(template).resources[0].properties == {"BucketName": "yes"}


def test_long_chains_of_conditions_are_decided() -> None:
    chain = {f"C{n}": {"Fn::Not": [{"Condition": f"C{n + 1}"}]} for n in range(2_000)}
    template = buckets({"B": {"Fn::If": ["C0", "yes", "no"]}})
    template["Conditions"] = chain | {"C2000": {"Fn::Equals": ["a", "a"]}}
    assert resolved(template).resources[0].properties == {"BucketName": "yes"}


def test_long_circles_are_named() -> None:
    template = buckets({f"B{n}": {"Ref": f"B{(n + 1) % 3_000}"} for n in range(3_000)})
    assert said(template).startswith("cyclic reference: B0 -> B1 -> ")


def test_references_that_functions_make_do_not_lead_in_circles() -> None:
    other = {"A": {"Ref": {"Fn::Sub": "B"}}, "B": {"Ref": {"Fn::Sub": "A"}}}
    assert said(EXTENDED | buckets(other)) == "cyclic reference: A -> B -> A"


def test_references_that_functions_make_do_not_go_too_deep() -> None:
    chain = {f"B{n}": {"Ref": {"Fn::Sub": f"B{n + 1}"}} for n in range(500)} | {"B500": "end"}
    assert "is more than 100 levels deep" in said(EXTENDED | buckets(chain))


@pytest.mark.parametrize("text", ["${" * 400_000, "${a" * 300_000, "${" + " " * 900_000, "{{resolve:" * 90_000])
def test_texts_that_look_like_many_variables(text: str) -> None:
    assert len(said(buckets({"B": {"Fn::Sub": text}, "C": {"Ref": "Missing"}}))) < 400


@pytest.mark.parametrize("section", ["Resources", "Parameters", "Conditions", "Outputs"])
def test_names_are_short(section: str) -> None:
    template = buckets({"B": "b"})
    template[section] = {**template.get(section, {}), "N" * 300: {"Type": "AWS::S3::Bucket", "Value": "a"}}
    assert "255 characters" in said(template)


def test_what_is_doubted_is_not_listed_without_end() -> None:
    names = {f"B{n}": {"Fn::Select": [n + 1, {"Ref": "P"}]} for n in range(500)}
    template = {"Parameters": {"P": {"Type": "CommaDelimitedList", "Default": "a"}}, **buckets(names)}
    assert len(resolved(template).messages) == 100


def test_stacks_in_stacks_in_stacks(tmp_path: Path) -> None:
    for level in range(4):
        inner = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": f"{level + 1}.json"}}
        (tmp_path / f"{level}.json").write_text(json.dumps({"Resources": {f"S{n}": inner for n in range(9)}}))
    (tmp_path / "4.json").write_text(json.dumps(buckets({"B": "b"})))
    file = tmp_path / "0.json"
    source = parse_source(file.read_text(), str(file))
    with pytest.raises(InvalidInputError, match="makes more than 500 nested stacks"):
        resolve(source, Deployment(file, tmp_path, "111111111111", "eu-west-1"), {})


def test_stacks_nested_very_deep(tmp_path: Path) -> None:
    for level in range(20):
        inner = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": f"{level + 1}.json"}}
        (tmp_path / f"{level}.json").write_text(json.dumps({"Resources": {"S": inner}}))
    file = tmp_path / "0.json"
    source = parse_source(file.read_text(), str(file))
    with pytest.raises(InvalidInputError, match="stacks are nested more than 10 deep"):
        resolve(source, Deployment(file, tmp_path, "111111111111", "eu-west-1"), {})
