"""Conditions: what exists in which case."""

from collections.abc import Callable, Mapping

import pytest

from scanner.estate.unknown import Unknown
from scanner.sources.cloudformation.stack import Stack
from scanner.sources.declared import OTHER, UNNAMED_REGION, Option

TEMPLATE = """
Parameters:
  Stage: {{Type: String, Default: dev}}
  Other: {{Type: String}}
  Sides: {{Type: CommaDelimitedList, Default: "a,b"}}
  None: {{Type: CommaDelimitedList, Default: ""}}
  Key: {{Type: String, NoEcho: true, Default: secret}}
Mappings:
  Stages: {{dev: {{Copies: "no"}}, prod: {{Copies: "yes"}}}}
Conditions:
  IsDev: !Equals [!Ref Stage, dev]
  Asked: {}
Resources:
  Probe: {{Type: AWS::Test::Probe, Condition: Asked}}
"""


def exists(stack_of: Callable[..., Stack], condition: str, **deployment: object) -> bool | str:
    """Whether a resource with that condition exists; the reason where that is not known."""
    stack = stack_of(TEMPLATE.format(condition), **deployment)
    if not stack.unseen:
        return bool(stack.resources)
    (gap,) = stack.unseen
    assert (gap.account, gap.region, gap.what, stack.resources) == ("111111111111", "eu-west-1", "AWS::Test::Probe", ())
    return gap.reason.removeprefix("whether Probe exists is not known: condition Asked is not decided: ")


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("!Condition IsDev", True),
        ("!Not [!Condition IsDev]", False),
        ("!Equals [!Ref AWS::Region, eu-west-1]", True),
        ("!Equals [1, '1']", True),
        ("!Equals [true, 'true']", True),
        ("!Equals [a, A]", False),
        ("!Equals [!Sub '${Stage}-${AWS::Partition}', dev-aws]", True),
        ("!Equals [!FindInMap [Stages, !Ref Stage, Copies], 'no']", True),
        ("!Equals [!Join ['', !Ref None], '']", True),
        ("!Equals [!Select [0, !Ref None], '']", True),
        ("!Equals [!Select [1, !Ref Sides], b]", True),
        ("!Equals [!Ref Key, secret]", True),
        ("!And [!Condition IsDev, !Equals [a, b], !Equals [!Ref Other, x]]", False),
        ("!Or [!Equals [!Ref Other, x], !Condition IsDev]", True),
        ("!Equals [!Ref Other, x]", "parameter Other has no value"),
        ("!And [!Equals [!Ref Other, x], !Condition IsDev]", "parameter Other has no value"),
        ("!Not [!Equals [!Ref Other, !Ref Stage]]", "parameter Other has no value"),
        ("!Equals [!Split [',', a], a]", "only texts can be compared"),
        ("!Equals [!Ref AWS::StackName, prod]", "it hangs on a name that is only known once it is deployed"),
    ],
)
def test_decides_by_defaults_where_nothing_is_assumed(
    stack_of: Callable[..., Stack], condition: str, expected: bool | str
) -> None:
    assert exists(stack_of, condition) == expected


@pytest.mark.parametrize(
    ("condition", "assumed", "expected"),
    [
        ("!Equals [!Ref Stage, prod]", {"Stage": "prod"}, True),
        ("!Equals [!Ref Stage, prod]", {"Stage": OTHER}, False),
        ("!Equals [!Ref Other, prod]", {"Other": OTHER}, False),
        ("!Not [!Equals [!Join ['', !Ref None], '']]", {"None": OTHER}, True),
        ("!Equals [!FindInMap [Stages, !Ref Stage, Copies], 'yes']", {"Stage": "prod"}, True),
        ("!Equals [!Ref Other, !Ref Stage]", {"Asked": True}, True),
        ("!Equals [!Ref Other, !Ref Stage]", {"Asked": False}, False),
        ("!Equals [!Ref Other, !Ref Stage]", {"Asked": True, "Other": "a", "Stage": "b"}, False),
        ("!Equals [!Sub '${Stage}-', prod-]", {"Asked": True}, True),
        ("!Equals [a, b]", {"Asked": True}, False),
    ],
)
def test_what_is_assumed_decides_what_nothing_else_does(
    stack_of: Callable[..., Stack], condition: str, assumed: Mapping[str, Option], expected: bool
) -> None:
    assert exists(stack_of, condition, assumed=assumed) is expected


def test_what_is_given_comes_before_what_is_assumed(stack_of: Callable[..., Stack]) -> None:
    given = {"parameters": {"Stage": "prod"}, "assumed": {"Stage": "dev"}}
    assert exists(stack_of, "!Equals [!Ref Stage, prod]", **given) is True


def test_a_region_that_nobody_named_can_be_assumed_either_way(stack_of: Callable[..., Stack]) -> None:
    text = TEMPLATE.format("!Equals [!Ref AWS::Region, us-east-1]")
    for assumed in (True, False):
        stack = stack_of(text, region=UNNAMED_REGION, assumed={"Asked": assumed})
        assert bool(stack.resources) is assumed
    assert stack_of(text, region="us-east-1", assumed={"Asked": False}).resources


@pytest.mark.parametrize(
    ("assumed", "value"),
    [
        ({"IsProd": False}, "dev"),
        ({"IsProd": True}, Unknown("parameter Stage has no value in this case")),
        ({}, "dev"),
    ],
)
def test_a_parameter_has_not_its_default_where_a_condition_is_assumed_against_it(
    stack_of: Callable[..., Stack], assumed: Mapping[str, Option], value: object
) -> None:
    text = """
    Parameters: {Stage: {Type: String, Default: dev}}
    Conditions: {IsProd: !Equals [!Sub "${Stage}-x", prod-x]}
    Resources: {A: {Type: AWS::S3::Bucket, Properties: {BucketName: !Ref Stage, Tags: !If [IsProd, [], []]}}}
    """
    assert stack_of(text, assumed=assumed).resources[0].properties["BucketName"] == value


def test_what_may_not_exist_is_not_known_to_be_referred_to(stack_of: Callable[..., Stack]) -> None:
    text = """
    Parameters: {Stage: {Type: String}}
    Conditions: {IsProd: !Equals [!Ref Stage, prod]}
    Resources:
      Data: {Type: AWS::S3::Bucket, Condition: IsProd}
      Policy: {Type: AWS::S3::BucketPolicy, Properties: {Bucket: !Ref Data, Name: !If [IsProd, a, b]}}
    Outputs:
      Data: {Value: a, Condition: IsProd}
    """
    stack = stack_of(text)
    undecided = "condition IsProd is not decided: parameter Stage has no value"
    assert [each.properties for each in stack.resources] == [
        {"Bucket": Unknown(f"whether Data exists is not known: {undecided}"), "Name": Unknown(undecided)}
    ]
    assert stack.outputs == {"Data": Unknown(undecided)}


def test_what_does_not_exist_is_nowhere(stack_of: Callable[..., Stack]) -> None:
    text = """
    Conditions: {Never: !Equals [a, b]}
    Resources:
      Kept: {Type: AWS::S3::Bucket, DependsOn: Left}
      Left: {Type: AWS::S3::Bucket, Condition: Never}
    Outputs:
      Kept: {Value: !Ref Kept, Export: {Name: !Sub "${AWS::Region}-kept"}}
      Left: {Value: !Ref Left, Condition: Never, Export: {Name: left}}
    """
    stack = stack_of(text)
    assert [each.logical_id for each in stack.resources] == ["Kept"]
    assert (stack.outputs, stack.exports) == ({"Kept": "{Kept}"}, {"eu-west-1-kept": "{Kept}"})
    assert (stack.unseen, stack.messages) == ((), ())


@pytest.mark.parametrize(
    ("conditions", "said"),
    [
        ("{A: !Condition B, B: !Not [!Condition A]}", "conditions ask each other in a circle: A -> B -> A"),
        ("{A: !Condition C, B: !Equals [a, b]}", "there is no condition C"),
        ("{A: !Equals [a]}", "Fn::Equals is not given what it takes"),
        ("{A: !Not [!Equals [a, b], !Equals [a, b]]}", "Fn::Not is not given what it takes"),
        ("{A: true}", "is no condition"),
        ("{A: !If [B, a, b], B: !Equals [a, b]}", "is no condition"),
        ("{A: !Equals [!Ref Data, b]}", "a condition cannot refer to the resource Data"),
        ("{A: !Equals [!GetAtt Data.Arn, b]}", "a condition cannot refer to the resource Data"),
        ("{A: !Equals [!Ref Missing, b]}", "refers to Missing, which is neither a resource nor a parameter"),
    ],
)
def test_conditions_that_can_never_be_decided_are_refused(
    refusal_of: Callable[..., str], conditions: str, said: str
) -> None:
    text = f"Conditions: {conditions}\nResources: {{Data: {{Type: AWS::S3::Bucket}}}}"
    assert refusal_of(text).startswith(f"stack.yaml:1: {said}")
