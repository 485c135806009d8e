"""What a template makes that reading it cannot show: it is said, and what can be told is told all the same."""

from collections.abc import Callable

import pytest

from scanner.estate.unknown import Unknown
from scanner.sources.cloudformation.stack import Stack

Gap = tuple[str, str, str]


def gaps(stack: Stack) -> set[Gap]:
    return {(gap.account, gap.region, gap.what) for gap in stack.unseen}


HERE = ("111111111111", "eu-west-1")
DATA = "Data: {Type: AWS::S3::Bucket, Properties: {BucketName: !Ref Elsewhere}}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Transform: Company::Tags\nResources: {RESOURCE}", {(*HERE, "stack stack.yaml")}),
        ("Transform: [AWS::LanguageExtensions, A]\nResources: {RESOURCE}", {(*HERE, "stack stack.yaml")}),
        (
            "Transform: {Name: AWS::Include, Parameters: {Location: s3://b/f}}\nResources: {RESOURCE}",
            {(*HERE, "stack stack.yaml")},
        ),
        ("Resources: {RESOURCE, Fn::Transform: {Name: AWS::Include}}", {(*HERE, "stack stack.yaml")}),
        ("Transform: AWS::Serverless-2016-10-31\nResources: {RESOURCE}", set()),
    ],
)
def test_macros_may_declare_what_is_referred_to(stack_of: Callable[..., Stack], text: str, expected: set[Gap]) -> None:
    stack = stack_of(text.replace("RESOURCE", DATA))
    assert [each.properties for each in stack.resources] == [
        {"BucketName": Unknown("Elsewhere is not declared; a macro may")}
    ]
    assert gaps(stack) == expected


def test_language_extensions_are_no_such_macro(refusal_of: Callable[..., str]) -> None:
    text = f"Transform: AWS::LanguageExtensions\nResources: {{{DATA}}}"
    assert refusal_of(text) == "stack.yaml:2: refers to Elsewhere, which is neither a resource nor a parameter"


@pytest.mark.parametrize(
    ("type_", "expected"),
    [
        ("AWS::Serverless::Function", {("111111111111", "", "AWS::IAM::Role"), (*HERE, "AWS::SNS::Subscription")}),
        ("AWS::Serverless::Application", {(*HERE, "serverless application Thing")}),
        ("AWS::CloudFormation::StackSet", {("", "", "stack set Thing")}),
        ("Company::Storage::Bucket::MODULE", {(*HERE, "module Thing")}),
        ("AWS::S3::Bucket", set()),
    ],
)
def test_what_resources_may_make_by_themselves_is_not_seen(
    stack_of: Callable[..., Stack], type_: str, expected: set[Gap]
) -> None:
    text = f"Transform: AWS::Serverless-2016-10-31\nResources: {{Thing: {{Type: '{type_}'}}}}"
    found = gaps(stack_of(text))
    assert expected <= found
    assert bool(expected) == bool(found)


def test_a_macro_in_a_value_leaves_that_value_unknown(stack_of: Callable[..., Stack]) -> None:
    text = "Resources: {A: {Type: AWS::S3::Bucket, Properties: {BucketName: a, Tags: {Fn::Transform: {Name: T}}}}}"
    stack = stack_of(text)
    unknown = Unknown("the macro T fills it in when the stack is deployed")
    assert (stack.resources[0].properties, stack.unseen) == ({"BucketName": "a", "Tags": unknown}, ())


@pytest.mark.parametrize(
    "resource",
    [
        "{Type: AWS::S3::Bucket, Properties: {Fn::Transform: {Name: T}, BucketName: a}}",
        "{Type: AWS::S3::Bucket, Fn::Transform: {Name: T}}",
    ],
)
def test_a_resource_whose_properties_a_macro_makes_is_not_seen(stack_of: Callable[..., Stack], resource: str) -> None:
    text = f"Resources:\n  A: {resource}\n  B: {{Type: AWS::S3::BucketPolicy, Properties: {{Bucket: !Ref A}}}}"
    stack = stack_of(text)
    unknown = Unknown("a macro decides which properties A has")
    assert [(each.logical_id, each.properties) for each in stack.resources] == [("B", {"Bucket": unknown})]
    assert gaps(stack) == {(*HERE, "AWS::S3::Bucket")}


def test_a_macro_may_declare_conditions(stack_of: Callable[..., Stack]) -> None:
    text = "Transform: M\nResources: {A: {Type: AWS::S3::Bucket, Properties: {Tags: !If [Theirs, [], []]}}}"
    unknown = Unknown("condition Theirs is not declared; a macro may")
    assert stack_of(text).resources[0].properties == {"Tags": unknown}


def test_functions_that_only_a_macro_knows_are_not_refused_beside_one(stack_of: Callable[..., Stack]) -> None:
    text = "Transform: M\nResources: {A: {Type: AWS::S3::Bucket, Properties: {Tags: {Fn::Own: x}}}}"
    assert stack_of(text).resources[0].properties == {"Tags": Unknown("Fn::Own is no function of CloudFormation's own")}


def test_a_transform_is_named(refusal_of: Callable[..., str]) -> None:
    assert refusal_of("Transform: 1\nResources: {A: {Type: AWS::S3::Bucket}}") == (
        "stack.yaml:1: Transform is the name of a macro, or a list of such"
    )
