"""Worlds: several stacks as one estate, with what they import from and add to each other."""

from collections.abc import Callable
from pathlib import Path

import pytest

from scanner.check.cases import Case
from scanner.check.deployments import Place, planned
from scanner.check.settings import UNNAMED
from scanner.check.worlds import World, world
from scanner.errors import InvalidInputError
from scanner.estate.intent import Intent, StackIntent
from scanner.estate.unknown import Unknown

HOME, AWAY = "111111111111", "222222222222"
Build = Callable[..., World]

ROLE = """
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties: {RoleName: replication, AssumeRolePolicyDocument: {Statement: []}}
"""
POLICY = """
Resources:
  Policy:
    Type: AWS::IAM::Policy
    Properties: {PolicyName: write, Roles: [replication], PolicyDocument: {Statement: []}}
"""


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """The world of some stacks: texts of templates by account, all in one region."""

    def built(*stacks: tuple[str, str]) -> World:
        intents = []
        for number, (account, text) in enumerate(stacks):
            file = tmp_path / f"stack{number}.yaml"
            file.write_text(text)
            intents.append(StackIntent(file, account, "eu-west-1"))
        intent = Intent(stacks=tuple(intents), file=tmp_path / "estate.yaml")
        return world(planned((), intent, Place()), Case({}), UNNAMED)

    return built


def test_a_policy_of_one_stack_belongs_to_the_role_of_another(build: Build) -> None:
    found = build((HOME, ROLE), (HOME, POLICY))
    (role,) = (one for one in found.resources if one.type == "AWS::IAM::Role")
    assert [policy["PolicyName"] for policy in role.properties["Policies"]] == ["write"]
    assert found.alone().unseen == ()


def test_a_role_of_the_same_name_in_another_account_is_another_role(build: Build) -> None:
    found = build((HOME, ROLE), (AWAY, POLICY))
    (role,) = (one for one in found.resources if one.type == "AWS::IAM::Role")
    assert not role.properties.get("Policies")
    assert [(gap.account, gap.what) for gap in found.alone().unseen] == [(AWAY, "AWS::IAM::Role replication")]


def test_exports_reach_the_stacks_that_import_them_through_a_chain(build: Build) -> None:
    first = "Resources: {T: {Type: AWS::SNS::Topic}}\nOutputs: {O: {Value: orders, Export: {Name: first}}}\n"
    second = (
        "Resources: {T: {Type: AWS::SNS::Topic}}\n"
        'Outputs: {O: {Value: !Sub ["${X}-data", {X: !ImportValue first}], Export: {Name: second}}}\n'
    )
    third = "Resources: {B: {Type: AWS::S3::Bucket, Properties: {BucketName: !ImportValue second}}}\n"
    found = build((HOME, third), (HOME, second), (HOME, first))
    (bucket,) = (one for one in found.resources if one.type == "AWS::S3::Bucket")
    assert bucket.name == "orders-data"


def test_stacks_that_import_in_a_circle_are_refused(build: Build) -> None:
    def text(imported: str, exported: str) -> str:
        value = f'!Sub ["${{X}}x", {{X: !ImportValue {imported}}}]'
        return (
            f"Resources: {{T: {{Type: AWS::SNS::Topic}}}}\n"
            f"Outputs: {{O: {{Value: {value}, Export: {{Name: {exported}}}}}}}\n"
        )

    with pytest.raises(InvalidInputError, match="import from each other in a circle"):
        build((HOME, text("b", "a")), (HOME, text("a", "b")))


def test_nothing_to_check_says_what_to_name() -> None:
    with pytest.raises(InvalidInputError, match="nothing to check"):
        planned((), Intent(), Place())


def test_the_same_role_in_two_stacks_exists_once(build: Build) -> None:
    found = build((HOME, ROLE), (HOME, ROLE))
    assert [one.name for one in found.resources if one.type == "AWS::IAM::Role"] == ["replication"]


@pytest.mark.parametrize(
    "statement", ["{Effect: Deny, Action: '*', Resource: '*'}", "[{Effect: Allow, Action: 's3:*'}]"]
)
def test_a_policy_for_nobody_knows_whom_may_be_any_roles(build: Build, statement: str) -> None:
    policy = (
        "Parameters: {Who: {Type: String}}\n"
        "Resources: {P: {Type: AWS::IAM::Policy, Properties: "
        f"{{PolicyName: p, Roles: [!Ref Who], PolicyDocument: {{Statement: {statement}}}}}}}}}\n"
    )
    found = build((HOME, ROLE), (HOME, policy))
    (role,) = (one for one in found.resources if one.type == "AWS::IAM::Role")
    ((written,),) = (policy["PolicyDocument"]["Statement"] for policy in role.properties["Policies"])
    assert written["Condition"] == Unknown("whom P adds to is not known")
    assert [gap.what for gap in found.alone().unseen] == ["AWS::IAM::Role"]
