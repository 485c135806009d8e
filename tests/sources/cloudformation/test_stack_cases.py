"""What conditions hang on: the variables of a template, and the options that are worth telling apart."""

from collections.abc import Callable, Mapping

import pytest

from scanner.sources.declared import OTHER, UNNAMED_ACCOUNT, UNNAMED_REGION, Option

Found = Mapping[str, tuple[Option, ...]]

TEMPLATE = """
Parameters:
  Stage: {{Type: String, Default: dev}}
  Prod: {{Type: String, Default: prod}}
  Copies: {{Type: String, Default: "true"}}
  Kind: {{Type: String, Default: a, AllowedValues: [a, b]}}
  Many: {{Type: String, Default: a, AllowedValues: [a, b, c]}}
  Bare: {{Type: String}}
  List: {{Type: CommaDelimitedList, Default: ""}}
  Stored: {{Type: AWS::SSM::Parameter::Value<String>, Default: /stage}}
  Key: {{Type: String, NoEcho: true, Default: hunter2}}
Mappings:
  Stages: {{dev: {{Copies: "no"}}, prod: {{Copies: "yes"}}}}
  Regions: {{us-east-1: {{Copies: "yes"}}}}
Conditions:
  Asked: {}
Resources:
  Probe: {{Type: AWS::Test::Probe, Condition: Asked}}
"""


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("!Equals [!Ref Stage, prod]", {"Stage": ("dev", "prod")}),
        ("!Equals [prod, !Ref Stage]", {"Stage": ("dev", "prod")}),
        ("!Equals [!Sub '${Stage}', prod]", {"Stage": ("dev", "prod")}),
        ("!Equals [!Join ['', [!Ref Stage]], prod]", {"Stage": ("dev", "prod")}),
        ("!Or [!Equals [!Ref Stage, prod], !Not [!Equals [!Ref Stage, test]]]", {"Stage": ("dev", "prod", "test")}),
        ("!Equals [!Ref Prod, prod]", {"Prod": ("prod", OTHER)}),
        ("!Equals [!Ref Copies, 'true']", {"Copies": ("true", OTHER)}),
        ("!Equals [!Ref Copies, 'false']", {"Copies": ("true", "false")}),
        ("!Equals [!Ref Kind, a]", {"Kind": ("a", "b")}),
        ("!Equals [!Ref Kind, z]", {}),
        ("!Equals [!Ref Many, a]", {"Many": ("a", OTHER)}),
        ("!Equals [!Ref Many, b]", {"Many": ("a", "b")}),
        ("!Equals [!Ref Bare, x]", {"Bare": ("x", OTHER)}),
        ("!Not [!Equals [!Ref Bare, '']]", {"Bare": (OTHER, "")}),
        ("!Equals [!Join ['', !Ref List], '']", {"List": ("", OTHER)}),
        ("!Equals [!Ref Stored, prod]", {"Stored": ("prod", OTHER)}),
        ("!Equals [!Ref Stage, !Ref AWS::Region]", {"Stage": ("dev", "eu-west-1")}),
        ("!Equals [!FindInMap [Stages, !Ref Stage, Copies], 'yes']", {"Stage": ("dev", "prod")}),
        ("!Equals [!FindInMap [Stages, !Ref Bare, Copies], 'yes']", {"Bare": ("dev", "prod")}),
        ("!Equals [!Ref Stage, !Ref Bare]", {"Asked": (True, False)}),
        ("!Equals [!Sub '${Stage}-x', prod-x]", {"Asked": (False, True)}),
        ("!Equals [!Ref Key, hunter2]", {"Asked": (True, False)}),
        ("!Equals [!Ref AWS::StackName, prod]", {"Asked": (True, False)}),
        ("!Equals [a, b]", {}),
    ],
)
def test_variables_and_their_options(variables_in: Callable[..., Found], condition: str, expected: Found) -> None:
    assert variables_in(TEMPLATE.format(condition)) == expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("!Equals [!Ref AWS::Region, us-east-1]", {"Asked": (False, True)}),
        ("!Equals [!FindInMap [Regions, !Ref AWS::Region, Copies], 'yes']", {"Asked": (True, False)}),
        ("!Equals [!Ref Stage, !Ref AWS::Region]", {"Asked": (False, True)}),
        ("!Equals [!Ref AWS::AccountId, '111111111111']", {"Asked": (False, True)}),
    ],
)
def test_a_place_that_nobody_named_is_not_decided(
    variables_in: Callable[..., Found], condition: str, expected: Found
) -> None:
    assert variables_in(TEMPLATE.format(condition), region=UNNAMED_REGION, account=UNNAMED_ACCOUNT) == expected


@pytest.mark.parametrize(
    ("deployment", "expected"),
    [
        ({"parameters": {"Stage": "prod"}}, {"Bare": ("x", OTHER)}),
        ({"parameters": {"Bare": "y"}}, {"Stage": ("dev", "prod")}),
        ({"is_final": True}, {"Bare": ("x", OTHER)}),
        ({"is_final": True, "parameters": {"Bare": "y"}}, {}),
    ],
)
def test_what_is_given_or_final_is_no_variable(
    variables_in: Callable[..., Found], deployment: Mapping[str, object], expected: Found
) -> None:
    text = TEMPLATE.format("!And [!Equals [!Ref Stage, prod], !Equals [!Ref Bare, x]]")
    assert variables_in(text, **deployment) == expected


def test_only_conditions_that_something_asks_count_and_the_busiest_comes_first(
    variables_in: Callable[..., Found],
) -> None:
    text = """
    Parameters: {A: {Type: String}, B: {Type: String}, C: {Type: String}, D: {Type: String}}
    Conditions:
      ByA: !Equals [!Ref A, "1"]
      ByB: !Equals [!Ref B, "1"]
      ByC: !Not [!Condition ByC2]
      ByC2: !Equals [!Ref C, "1"]
      ByD: !Equals [!Ref D, "1"]
    Resources:
      One: {Type: AWS::S3::Bucket, Condition: ByB}
      Two: {Type: AWS::S3::Bucket, Properties: {BucketName: !If [ByB, a, b], Tags: !If [ByC, [], []]}}
    Outputs:
      Three: {Value: !If [ByA, a, !If [ByC, b, c]], Condition: ByB}
    """
    assert list(variables_in(text)) == ["B", "C", "A"]
