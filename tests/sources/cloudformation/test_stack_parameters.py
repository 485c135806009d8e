"""Parameters: which value counts, what may be given, and what is said of what may not."""

from collections.abc import Callable, Mapping

import pytest

from scanner.estate.unknown import Unknown, Value
from scanner.sources.cloudformation.stack import Stack

TEMPLATE = """
Parameters:
  Name: {Type: String, Default: orders, AllowedPattern: "[a-z]+", MinLength: 3, MaxLength: 8}
  Stage: {Type: String, Default: dev, AllowedValues: [dev, prod]}
  Ports: {Type: List<Number>, Default: "80", MaxValue: 1000}
  Days: {Type: Number, Default: 30, MinValue: 1, MaxValue: 365.5}
  Sides: {Type: CommaDelimitedList, Default: a, AllowedValues: [a, b]}
  Odd: {Type: String, Default: x, AllowedPattern: "(?=lookahead)x"}
  Key: {Type: String, Default: secret, NoEcho: "true", AllowedValues: [secret, other]}
  Image: {Type: AWS::SSM::Parameter::Value<List<String>>, Default: /default}
  Needed: {Type: String}
Resources:
  Probe: {Type: AWS::Test::Probe, Properties: {Value: !Ref PARAMETER}}
"""


def value_of(stack_of: Callable[..., Stack], name: str, given: Mapping[str, str]) -> Value:
    return stack_of(TEMPLATE.replace("PARAMETER", name), parameters=given).resources[0].properties["Value"]


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        ("Name", {}, "orders"),
        ("Name", {"Name": "bills"}, "bills"),
        ("Days", {"Days": "365.5"}, "365.5"),
        ("Days", {}, "30"),
        ("Ports", {"Ports": "80, 443"}, ["80", "443"]),
        ("Sides", {"Sides": "b,a"}, ["b", "a"]),
        ("Odd", {"Odd": "anything"}, "anything"),
        ("Needed", {"Needed": ""}, ""),
        ("Needed", {}, Unknown("parameter Needed has no value")),
        ("Needed", {"Needed": "{{resolve:ssm:/a}}"}, Unknown("{{resolve:ssm:/a}} is read when the stack is deployed")),
        ("Key", {"Key": "other"}, Unknown("parameter Key is secret (NoEcho)")),
        (
            "Image",
            {"Image": "/given"},
            Unknown("parameter Image is read from Systems Manager (/given) when the stack is deployed"),
        ),
    ],
)
def test_given_comes_before_default_and_nothing_is_made_up(
    stack_of: Callable[..., Stack], name: str, given: Mapping[str, str], expected: Value
) -> None:
    assert value_of(stack_of, name, given) == expected


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"Nmae": "x"}, "stack.yaml:2: has no parameter Nmae\n  did you mean Name?"),
        ({"Name": "Orders"}, "stack.yaml:3: 'Orders' is given for parameter Name, which has to match [a-z]+"),
        ({"Name": "ordersx1"}, "stack.yaml:3: 'ordersx1' is given for parameter Name, which has to match [a-z]+"),
        ({"Name": "no"}, "stack.yaml:3: 'no' is given for parameter Name, which has at least 3 characters"),
        (
            {"Name": "orderings"},
            "stack.yaml:3: 'orderings' is given for parameter Name, which has at most 8 characters",
        ),
        ({"Stage": "test"}, "stack.yaml:4: 'test' is given for parameter Stage, which takes only dev, prod"),
        ({"Ports": "80,2000"}, "stack.yaml:5: '80,2000' is given for parameter Ports, which is at most 1000"),
        ({"Days": "0"}, "stack.yaml:6: '0' is given for parameter Days, which is at least 1"),
        ({"Days": "a week"}, "stack.yaml:6: 'a week' is given for parameter Days, which takes only numbers"),
        ({"Sides": "a,c"}, "stack.yaml:7: 'a,c' is given for parameter Sides, which takes only a, b"),
        ({"Key": "hunter2"}, "stack.yaml:9: the value of parameter Key, which takes only secret, other"),
    ],
)
def test_what_may_not_be_given_is_refused(refusal_of: Callable[..., str], given: Mapping[str, str], said: str) -> None:
    assert refusal_of(TEMPLATE.replace("PARAMETER", "Name"), parameters=given) == said


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ("{Default: a}", "parameter Name has no Type"),
        ("{Type: String, Default: [a]}", "the Default of a parameter is a text or a number"),
        ("{Type: String, AllowedValues: [{}]}", "AllowedValues of parameter Name are not all texts or numbers"),
    ],
)
def test_parameters_are_well_formed(refusal_of: Callable[..., str], declared: str, said: str) -> None:
    text = f"Parameters:\n  Name: {declared}\nResources: {{A: {{Type: AWS::S3::Bucket}}}}"
    assert refusal_of(text) == f"stack.yaml:2: {said}"


def test_a_pattern_that_would_run_for_years_does_not(refusal_of: Callable[..., str]) -> None:
    text = TEMPLATE.replace("[a-z]+", "(a*)*b").replace("MaxLength: 8", "MaxLength: 90").replace("PARAMETER", "Name")
    assert "has to match (a*)*b" in refusal_of(text, parameters={"Name": "a" * 80})
