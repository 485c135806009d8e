"""Policies and memberships that are declared apart belong to whoever they are for, as a live account shows them."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from scanner.estate.estate import Unseen
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown
from scanner.sources.attaching import gaps
from scanner.sources.cloudformation.resources import declared
from scanner.sources.cloudformation.stack import Stack
from scanner.sources.declared import Declared

Declare = Callable[..., Declared]
DOCUMENT: dict[str, Any] = {"Statement": []}
OWNERS = """
    Parameters: {Name: {Type: String}}
    Resources:
      Role:
        Type: AWS::IAM::Role
        Properties:
          AssumeRolePolicyDocument: {Statement: []}
          Policies: [{PolicyName: own, PolicyDocument: {Statement: []}}]
      User: {Type: AWS::IAM::User, Properties: {UserName: ann}}
      Group: {Type: AWS::IAM::Group}
    """


@pytest.fixture
def declare(stack_of: Callable[..., Stack]) -> Declare:
    return lambda text, **deployment: declared(stack_of(OWNERS + text, **deployment))


def owner(found: Declared, kind: str) -> Resource:
    (one,) = [one for one in found.resources if one.type == f"AWS::IAM::{kind}"]
    return one


def inline(one: Resource) -> list[str]:
    return [policy["PolicyName"] for policy in one.properties.get("Policies", ())]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("{Type: AWS::IAM::Policy, Properties: {PolicyName: p, Roles: [!Ref Role], PolicyDocument: %s}}", ["Role"]),
        (
            "{Type: AWS::IAM::Policy, Properties: "
            "{PolicyName: p, Users: [ann], Groups: [!Ref Group], Roles: [!Ref Role], PolicyDocument: %s}}",
            ["Role", "User", "Group"],
        ),
        (
            "{Type: AWS::IAM::RolePolicy, Properties: {PolicyName: p, RoleName: !Ref Role, PolicyDocument: %s}}",
            ["Role"],
        ),
        ("{Type: AWS::IAM::UserPolicy, Properties: {PolicyName: p, UserName: ann, PolicyDocument: %s}}", ["User"]),
        (
            "{Type: AWS::IAM::GroupPolicy, Properties: {PolicyName: p, GroupName: !Ref Group, PolicyDocument: %s}}",
            ["Group"],
        ),
    ],
)
@pytest.mark.parametrize("document", ["{Statement: []}", "'{\"Statement\": []}'"])
def test_inline_policies_go_to_their_owners(declare: Declare, text: str, kinds: Sequence[str], document: str) -> None:
    found = declare(f"  P: {text % document}\n")
    for kind in ("Role", "User", "Group"):
        expected = ["own"] if kind == "Role" else []
        assert inline(owner(found, kind)) == [*expected, *(["p"] if kind in kinds else [])]
    added = owner(found, kinds[0]).properties["Policies"][-1]
    assert added == {"PolicyName": "p", "PolicyDocument": DOCUMENT}
    assert "Policies" in (owner(found, kinds[0]).stated or ())
    assert found.unseen == ()


def test_managed_policies_attach_themselves(declare: Declare) -> None:
    found = declare(
        """
      P:
        Type: AWS::IAM::ManagedPolicy
        Properties: {ManagedPolicyName: p, PolicyDocument: {Statement: []}, Roles: [!Ref Role], Users: [ann]}
    """
    )
    arn = "arn:aws:iam::111111111111:policy/p"
    assert owner(found, "ManagedPolicy").arn == arn
    assert [owner(found, kind).properties.get("ManagedPolicyArns") for kind in ("Role", "User", "Group")] == [
        [arn],
        [arn],
        None,
    ]


def test_users_join_groups(declare: Declare) -> None:
    found = declare("  A: {Type: AWS::IAM::UserToGroupAddition, Properties: {GroupName: !Ref Group, Users: [ann]}}\n")
    assert owner(found, "User").properties["Groups"] == ["{Group}"]


def test_an_attachment_counts_once(declare: Declare) -> None:
    text = "{Type: AWS::IAM::RolePolicy, Properties: {PolicyName: p, RoleName: !Ref Role, PolicyDocument: {}}}"
    assert inline(owner(declare(f"  P: {text}\n      Q: {text}\n"), "Role")) == ["own", "p"]


@pytest.mark.parametrize(
    ("roles", "what", "reason"),
    [
        ("[elsewhere]", "AWS::IAM::Role elsewhere", "P adds to it, and no template at hand declares it"),
        ("[!Ref Name]", "AWS::IAM::Role", "whom P adds to is not known: parameter Name has no value"),
        ("!Ref Name", "AWS::IAM::Role", "whom P adds to is not known: parameter Name has no value"),
        ("[[x]]", "AWS::IAM::Role", "whom P adds to is not known: its name is not text"),
    ],
)
def test_what_is_added_to_somebody_out_of_sight_is_unseen(declare: Declare, roles: str, what: str, reason: str) -> None:
    properties = f"{{PolicyName: p, Roles: {roles}, PolicyDocument: {{Statement: []}}}}"
    found = declare(f"  P: {{Type: AWS::IAM::Policy, Properties: {properties}}}\n")
    assert gaps(found.attached) == (Unseen("111111111111", "", what, reason),)
    assert inline(owner(found, "Role")) == ["own"]


def test_the_same_expression_names_the_same_role(declare: Declare) -> None:
    found = declare(
        """
      Named: {Type: AWS::IAM::User, Properties: {UserName: !Ref Name}}
      P: {Type: AWS::IAM::UserPolicy, Properties: {PolicyName: p, UserName: !Ref Name, PolicyDocument: {}}}
      Q: {Type: AWS::IAM::Policy, Properties: {PolicyName: q, Users: [ann, !Ref Name], PolicyDocument: {}}}
    """
    )
    named, ann = [one for one in found.resources if one.type == "AWS::IAM::User"][::-1]
    assert (inline(named), inline(ann), found.unseen) == (["p", "q"], ["q"], ())


def test_policies_that_are_not_known_stay_so(declare: Declare) -> None:
    found = declare(
        """
      Second:
        Type: AWS::IAM::Group
        Properties: {Policies: !GetAtt Lookup.Policies}
      Lookup: {Type: Custom::Lookup}
      P: {Type: AWS::IAM::GroupPolicy, Properties: {PolicyName: p, GroupName: !Ref Second, PolicyDocument: {}}}
    """
    )
    second = next(one for one in found.resources if one.name == "{Second}")
    assert isinstance(second.properties["Policies"], Unknown)
