"""`Fn::ForEach`: what loops make, in every section and in each other."""

from collections.abc import Callable

import pytest

from scanner.estate.unknown import Unknown
from scanner.sources.cloudformation.stack import Stack

# Neither Condition, DependsOn nor the name in a Fn::If takes a function: there, the identifier is simply filled in.
EVERYWHERE = """
Transform: AWS::LanguageExtensions
Parameters:
  Names: {Type: CommaDelimitedList, Default: "Red,Blue"}
Conditions:
  Fn::ForEach::Conditions:
    - Name
    - !Ref Names
    - "Is${Name}": !Equals [!Ref Name, Red]
Resources:
  Fn::ForEach::Buckets:
    - Name
    - !Ref Names
    - "Bucket${Name}":
        Type: AWS::S3::Bucket
        Properties:
          BucketName: !Sub "data-${Name}"
          Fn::ForEach::Flags:
            - Flag
            - [A, B]
            - "Flag${Flag}": !Sub "${Name}-${Flag}"
          Tags: !If ["Is${Name}", [first], [second]]
      "Policy${Name}":
        Type: AWS::S3::BucketPolicy
        DependsOn: "Bucket${Name}"
        Properties:
          Bucket: {Ref: !Sub "Bucket${Name}"}
          Where: !GetAtt ["Bucket${Name}", Arn]
Outputs:
  Fn::ForEach::Outputs:
    - Name
    - !Ref Names
    - "Arn${Name}": {Value: !GetAtt ["Bucket${Name}", Arn], Condition: "Is${Name}"}
"""


def test_loops_make_conditions_resources_properties_and_outputs(stack_of: Callable[..., Stack]) -> None:
    stack = stack_of(EVERYWHERE)
    made = {each.logical_id: each for each in stack.resources}
    assert list(made) == ["BucketRed", "PolicyRed", "BucketBlue", "PolicyBlue"]
    flags = {"FlagA": "Blue-A", "FlagB": "Blue-B"}
    assert made["BucketBlue"].properties == {"BucketName": "data-Blue", **flags, "Tags": ["second"]}
    assert made["PolicyRed"].properties == {"Bucket": "data-Red", "Where": "arn:aws:s3:::data-Red"}
    assert made["PolicyRed"].attributes == {"DependsOn": "BucketRed"}
    assert stack.outputs == {"ArnRed": "arn:aws:s3:::data-Red"}


def test_what_a_loop_makes_stands_where_its_body_stands(stack_of: Callable[..., Stack]) -> None:
    made = {each.logical_id: each for each in stack_of(EVERYWHERE).resources}
    assert made["BucketRed"].location == made["BucketBlue"].location
    assert (made["BucketRed"].location.line, made["BucketRed"].location.end_line) == (14, 22)
    assert made["BucketRed"].path == ("Resources", "Fn::ForEach::Buckets", 2, "Bucket${Name}")


def test_loops_in_loops_see_the_items_around_them(stack_of: Callable[..., Stack]) -> None:
    text = """
    Transform: [AWS::LanguageExtensions]
    Resources:
      Fn::ForEach::Outer:
        - Region
        - [eu-west-1, eu-north-1]
        - Fn::ForEach::Inner:
            - Kind
            - [Data, "Log&s"]
            - "&{Kind}&{Region}": {Type: AWS::S3::Bucket, Properties: {BucketName: "${Kind} of ${Region} &{Region}"}}
    """
    made = {each.logical_id: each.properties["BucketName"] for each in stack_of(text).resources}
    assert made == {
        "Dataeuwest1": "Data of eu-west-1 euwest1",
        "Logseuwest1": "Log&s of eu-west-1 euwest1",
        "Dataeunorth1": "Data of eu-north-1 eunorth1",
        "Logseunorth1": "Log&s of eu-north-1 eunorth1",
    }


LOOP = """
Transform: AWS::LanguageExtensions
Parameters: {{Names: {{Type: CommaDelimitedList}}, Name: {{Type: String, Default: a}}}}
Resources:
  Kept: {{Type: AWS::S3::Bucket, Properties: {{BucketName: !Ref Made}}}}
  Fn::ForEach::Loop: {}
"""


def test_a_loop_may_look_up_which_condition_each_round_has(stack_of: Callable[..., Stack]) -> None:
    text = """
    Transform: AWS::LanguageExtensions
    Mappings: {Conditions: {Of: {B: Never}}}
    Conditions: {Never: !Equals [a, b]}
    Resources:
      Fn::ForEach::Loop:
        - Name
        - [A, B]
        - "${Name}":
            Type: AWS::S3::Bucket
            Condition: !FindInMap [Conditions, Of, !Ref Name, {DefaultValue: !Ref AWS::NoValue}]
    """
    assert [each.logical_id for each in stack_of(text).resources] == ["A"]


def test_a_loop_over_what_is_not_known_is_not_seen(stack_of: Callable[..., Stack]) -> None:
    stack = stack_of(LOOP.format("[Name, !Ref Names, {'Bucket${Name}': {Type: AWS::S3::Bucket}}]"))
    assert [(each.logical_id, each.properties) for each in stack.resources] == [
        ("Kept", {"BucketName": Unknown("Made is not declared; a macro may")})
    ]
    (gap,) = stack.unseen
    assert (gap.what, gap.reason) == (
        "stack stack.yaml",
        "a loop in it cannot be followed: parameter Names has no value",
    )


def test_a_resource_with_a_loop_over_what_is_not_known_is_not_seen(stack_of: Callable[..., Stack]) -> None:
    text = """
    Transform: AWS::LanguageExtensions
    Parameters: {Names: {Type: CommaDelimitedList}}
    Resources:
      Data: {Type: AWS::S3::Bucket, Properties: {"Fn::ForEach::L": [N, !Ref Names, {"P${N}": x}]}}
      Policy: {Type: AWS::S3::BucketPolicy, Properties: {Bucket: !Ref Data, D: {"Fn::ForEach::L": [N, !Ref Names, {}]}}}
    """
    stack = stack_of(text)
    unknown = Unknown("parameter Names has no value")
    assert [each.properties for each in stack.resources] == [{"Bucket": unknown, "D": unknown}]
    assert [(gap.what, gap.reason) for gap in stack.unseen] == [("AWS::S3::Bucket", "parameter Names has no value")]


@pytest.mark.parametrize(
    ("loop", "said"),
    [
        ("[Name, [a]]", "Fn::ForEach is not given what it takes"),
        ("[Name, a, {}]", "is no list to repeat something for"),
        ("[Name, [[a]], {}]", "a loop repeats something for texts only"),
        ("[Name, [a, b], {Same: {Type: AWS::S3::Bucket}}]", "Same is made twice"),
        ("[Name, [pt], {'Ke${Name}': {Type: AWS::S3::Bucket}}]", "Kept is made twice"),
        ("[Name, [a], {'B${Name}': text}]", "the resource Ba is no mapping"),
        ("[Name, [a], {'B${Name}': {Properties: {}}}]", "the resource Ba has no Type"),
        ("[Name, [a], {'B${Name}': {Type: A::B::C, Properties: []}}]", "Properties of Ba are no mapping"),
        ("[Name, [a], {'Fn::${Name}': {Type: A::B::C}}]", "Fn::a does not belong here"),
    ],
)
def test_loops_are_well_formed(refusal_of: Callable[..., str], loop: str, said: str) -> None:
    assert said in refusal_of(LOOP.replace("Made", "Name").format(loop))
