"""What resources need of each other: the order that follows, and the circles that CloudFormation refuses."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.sources.cloudformation.references import order
from scanner.sources.cloudformation.stack import Stack


def bucket(name: str, properties: str = "", rest: str = "") -> str:
    return f"  {name}: {{Type: AWS::S3::Bucket, Properties: {{{properties}}}{rest}}}\n"


@pytest.mark.parametrize(
    ("resources", "said"),
    [
        (bucket("A", "BucketName: !Ref A"), "2: cyclic reference: A -> A"),
        (bucket("A", "BucketName: !Ref B") + bucket("B", "BucketName: !Ref A"), "2: cyclic reference: A -> B -> A"),
        (
            bucket("A", "BucketName: a, Tags: !Ref B") + bucket("B", "BucketName: b, Tags: [!GetAtt A.Arn]"),
            "2: cyclic reference: A -> B -> A",
        ),
        (
            bucket("A", "Tags: !Sub '${B}'") + bucket("B", "", ", DependsOn: [C]") + bucket("C", "Tags: !Ref A"),
            "2: cyclic reference: A -> B -> C -> A",
        ),
    ],
)
def test_circles_are_refused_and_named(refusal_of: Callable[..., str], resources: str, said: str) -> None:
    assert refusal_of("Resources:\n" + resources) == f"stack.yaml:{said}"


def test_a_circle_through_a_branch_that_is_not_taken_is_none(stack_of: Callable[..., Stack]) -> None:
    text = "Conditions: {Never: !Equals [a, b]}\nResources:\n"
    text += bucket("A", "BucketName: !If [Never, !Ref B, a]") + bucket("B", "BucketName: !Sub '${A}-copy'")
    assert [each.properties["BucketName"] for each in stack_of(text).resources] == ["a", "a-copy"]


def test_metadata_may_speak_of_its_own_resource(stack_of: Callable[..., Stack]) -> None:
    text = "Resources:\n" + bucket("A", "BucketName: a", ", Metadata: {Name: !Ref A}, DeletionPolicy: Retain")
    assert stack_of(text).resources[0].attributes == {"Metadata": {"Name": "a"}, "DeletionPolicy": "Retain"}


def test_a_chain_of_references_may_be_long(stack_of: Callable[..., Stack]) -> None:
    names = [f"B{number}" for number in range(2_000)]
    chain = "".join(bucket(one, f"BucketName: !Ref {other}") for one, other in pairwise(names))
    made = stack_of("Resources:\n" + chain + bucket(names[-1], "BucketName: last")).resources
    assert {each.properties["BucketName"] for each in made} == {"last"}


@pytest.mark.parametrize(
    ("resource", "said"),
    [
        ("{Type: AWS::S3::Bucket, DependsOn: Bucket}", "A depends on Bucket, which is no resource"),
        ("{Type: AWS::S3::Bucket, DependsOn: {Ref: A}}", "DependsOn is the name of a resource, or a list of such"),
        ("{Type: AWS::S3::Bucket, Condition: Prod}", "there is no condition Prod"),
        ("{Type: AWS::S3::Bucket, Metadata: {Name: !Ref B}}", "refers to B, which is neither a resource nor"),
        (
            "{Type: AWS::S3::Bucket, Properties: {Ref: AWS::Region}}",
            "Properties of A are made by Ref; each property has a name",
        ),
        ("{Type: AWS::S3::Bucket, Properties: {Fn::Sub: a}}", "Properties of A are made by Fn::Sub; each property"),
    ],
)
def test_what_stands_beside_properties_is_checked_too(refusal_of: Callable[..., str], resource: str, said: str) -> None:
    assert refusal_of(f"Resources: {{A: {resource}}}").startswith(f"stack.yaml:1: {said}")


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("{Description: none}", "the output O has no Value"),
        ("text", "the output O has no Value"),
        ("{Value: !Ref B}", "refers to B, which is neither a resource nor a parameter"),
        ("{Value: a, Condition: Prod}", "there is no condition Prod"),
    ],
)
def test_outputs_are_checked(refusal_of: Callable[..., str], output: str, said: str) -> None:
    assert said in refusal_of(f"Resources: {{A: {{Type: AWS::S3::Bucket}}}}\nOutputs: {{O: {output}}}")


graphs = st.dictionaries(st.sampled_from("abcdef"), st.lists(st.sampled_from("abcdef"), max_size=4), max_size=6)


@given(graphs)
def test_each_comes_after_what_it_needs_unless_there_is_a_circle(needs: dict[str, list[str]]) -> None:
    ordered, circle = order(needs)
    assert set(ordered) == set(needs) | {other for others in needs.values() for other in others}
    assert len(ordered) == len(set(ordered))
    if circle:
        assert all(after in needs[before] for before, after in zip(circle, [*circle[1:], circle[0]], strict=True))
    else:
        assert all(ordered.index(other) < ordered.index(name) for name in needs for other in needs[name])
