"""Laws that hold for whatever a template says: nothing but plain data comes out, and the cases are all there are."""

import json
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from scanner.errors import InvalidInputError
from scanner.estate.unknown import Unknown, Value
from scanner.sources.cloudformation.reading import parse_source
from scanner.sources.cloudformation.stack import Stack, resolve, variables
from scanner.sources.declared import OTHER, Deployment

HERE = Deployment(Path("stack.json"), Path(), "111111111111", "eu-west-1")
NAMES = ("Given", "Missing", "Listed", "Plain", "Named", "Nowhere", "AWS::Region", "AWS::NoValue", "Holds")
TEXTS = ("", "a", "0", "${Plain.Arn}", "${Given}", "${!x}", "${", "-", "AWS::NoValue", *NAMES)
FUNCTIONS = (
    *("Ref", "Fn::GetAtt", "Fn::Sub", "Fn::Join", "Fn::Select", "Fn::Split", "Fn::FindInMap", "Fn::If", "Fn::Cidr"),
    *("Fn::ImportValue", "Fn::Base64", "Fn::GetAZs", "Fn::Length", "Fn::ToJsonString", "Fn::Transform"),
    *("Fn::ForEach::Loop", "Fn::Equals", "Fn::Nothing", "Condition"),
)


def called(arguments: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    return st.builds(lambda name, argument: {name: argument}, st.sampled_from(FUNCTIONS), arguments)


values = st.recursive(
    st.sampled_from(TEXTS) | st.integers(-1, 3) | st.booleans() | st.none(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(TEXTS), inner, max_size=2) | called(inner)
    ),
    max_leaves=12,
)


def resolved(template: Mapping[str, Value], **changed: object) -> Stack:
    deployment = Deployment(**{**{name: getattr(HERE, name) for name in HERE.__slots__}, **changed})  # type: ignore[arg-type]
    return resolve(parse_source(json.dumps(template), "stack.json"), deployment, {})


def is_plain(value: Value) -> bool:
    match value:
        case dict():
            return not any(key.startswith("Fn::") for key in value) and all(map(is_plain, value.values()))
        case list():
            return all(map(is_plain, value))
    return value is None or isinstance(value, str | int | float | bool | Unknown)


@given(values, values, st.booleans())
def test_whatever_a_template_says_it_is_resolved_or_refused(value: Value, other: Value, extended: bool) -> None:
    template = {
        "Transform": ["AWS::LanguageExtensions"] if extended else [],
        "Parameters": {"Given": {"Type": "String", "Default": "g"}, "Missing": {"Type": "String"}}
        | {"Listed": {"Type": "CommaDelimitedList", "Default": "a,b"}},
        "Conditions": {"Holds": {"Fn::Equals": [{"Ref": "Given"}, "g"]}},
        "Mappings": {"a": {"a": {"a": "mapped"}}},
        "Resources": {
            "Plain": {"Type": "AWS::S3::Bucket"},
            "Named": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": other}},
            "Probe": {"Type": "AWS::Test::Probe", "Properties": {"Value": value}, "Metadata": value},
        },
        "Outputs": {"Out": {"Value": other}},
    }
    try:
        stack = resolved(template)
    except InvalidInputError:
        return
    made = [(each.properties, each.attributes) for each in stack.resources]
    assert all(is_plain(dict(each)) for pair in made for each in pair)
    assert is_plain(dict(stack.outputs))


texts = st.text(st.characters(codec="utf-8", exclude_characters="{}|"), max_size=8)


@given(st.lists(texts, min_size=1, max_size=5), texts)
def test_what_is_joined_can_be_split_again_and_substituting_is_joining(pieces: list[str], name: str) -> None:
    probe = {
        "Split": {"Fn::Split": ["|", {"Fn::Join": ["|", pieces]}]},
        "Sub": {
            "Fn::Sub": ["|".join(f"${{V{n}}}" for n in range(len(pieces))), {f"V{n}": v for n, v in enumerate(pieces)}]
        },
        "Literal": {"Fn::Sub": "${!" + name + "}"},
        "Select": [{"Fn::Select": [n, pieces]} for n in range(len(pieces))],
    }
    stack = resolved({"Resources": {"Probe": {"Type": "AWS::Test::Probe", "Properties": probe}}})
    assert stack.resources[0].properties == {
        "Split": pieces,
        "Sub": "|".join(pieces),
        "Literal": "${" + name + "}",
        "Select": pieces,
    }


LITERALS = ("a", "b", "c")
sides = st.sampled_from(
    [{"Ref": "P"}, {"Ref": "Q"}, {"Fn::Sub": "${P}"}, {"Fn::Sub": "${P}${Q}"}, *LITERALS, "aa", "ab"]
)
expressions = st.recursive(
    st.builds(lambda one, other: {"Fn::Equals": [one, other]}, sides, sides),
    lambda inner: (
        st.builds(lambda part: {"Fn::Not": [part]}, inner)
        | st.builds(
            lambda name, parts: {name: parts},
            st.sampled_from(["Fn::And", "Fn::Or"]),
            st.lists(inner, min_size=2, max_size=3),
        )
    ),
    max_leaves=4,
)
defaults = st.sampled_from([*LITERALS, "z", None])


def parameter(default: str | None) -> dict[str, Value]:
    return {"Type": "String"} if default is None else {"Type": "String", "Default": default}


@given(st.lists(expressions, min_size=1, max_size=3), defaults, defaults)
def test_every_way_to_deploy_is_a_case_and_every_case_is_decided(
    conditions: Sequence[Value], p: str | None, q: str | None
) -> None:
    names = [f"C{number}" for number in range(len(conditions))]
    template = {
        "Parameters": {"P": parameter(p), "Q": parameter(q)},
        "Conditions": dict(zip(names, conditions, strict=True)),
        "Resources": {f"R{name}": {"Type": "AWS::S3::Bucket", "Condition": name} for name in names},
    }
    found = variables(parse_source(json.dumps(template), "stack.json"), HERE)
    cases = set()
    for options in product(*(variable.options for variable in found)):
        stack = resolved(template, assumed=dict(zip((variable.name for variable in found), options, strict=True)))
        assert stack.unseen == ()
        cases.add(tuple(each.logical_id for each in stack.resources))
    for given_p, given_q in product((*LITERALS, "z", "y"), repeat=2):
        stack = resolved(template, parameters={"P": given_p, "Q": given_q})
        assert tuple(each.logical_id for each in stack.resources) in cases
    assert all(OTHER not in options.options[:-1] for options in found)
