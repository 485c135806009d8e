"""An organization is one thing, whoever of its accounts is in scope: blind only where none of them can tell."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from fault_proxy import Fault

POLICY, ACCOUNT, ROOT = (f"AWS::Organizations::{name}" for name in ("Policy", "Account", "Root"))
UNIT = "AWS::Organizations::OrganizationalUnit"
EVERYTHING = (f"{POLICY}.Content", f"{POLICY}.TargetIds", f"{ACCOUNT}.ParentIds", f"{UNIT}.ParentId", ROOT)
DENY = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "organizations:LeaveOrganization"}]}


@dataclass(frozen=True)
class Organization:
    manager: str
    member: str
    root: str
    outer: str
    inner: str
    policy: str


@pytest.fixture
def organization(aws: Any) -> Organization:
    """Root, an outer unit, an inner unit with a member, and a policy on the inner unit."""
    client = aws.client("organizations")
    client.create_organization(FeatureSet="ALL")
    root = client.list_roots()["Roots"][0]["Id"]
    outer = client.create_organizational_unit(ParentId=root, Name="outer")["OrganizationalUnit"]["Id"]
    inner = client.create_organizational_unit(ParentId=outer, Name="inner")["OrganizationalUnit"]["Id"]
    member = client.create_account(AccountName="member", Email="m@example.com")["CreateAccountStatus"]["AccountId"]
    client.move_account(AccountId=member, SourceParentId=root, DestinationParentId=inner)
    made = client.create_policy(Name="guard", Description="d", Type="SERVICE_CONTROL_POLICY", Content=json.dumps(DENY))
    policy = made["Policy"]["PolicySummary"]["Id"]
    client.attach_policy(PolicyId=policy, TargetId=inner)
    return Organization(aws.account, member, root, outer, inner, policy)


def members_are_refused(organization: Organization) -> Fault:
    """What AWS says to members about everything but the organization itself; moto may tell them more."""
    return Fault("refuse", "organizations:List*", code="AccessDeniedException", status=400)


def test_the_tree_and_its_policies(aws: Any, organization: Organization) -> None:
    estate = aws.read(*EVERYTHING)
    assert estate.unseen == ()
    accounts = {each.name: each.properties["ParentIds"] for each in estate.of_type(ACCOUNT)}
    assert accounts == {organization.manager: [organization.root], organization.member: [organization.inner]}
    units = {each.properties["Id"]: each.properties["ParentId"] for each in estate.of_type(UNIT)}
    assert units == {organization.outer: organization.root, organization.inner: organization.outer}
    guard = next(each for each in estate.of_type(POLICY) if each.name == "guard")
    assert (guard.properties["Content"], guard.properties["TargetIds"]) == (DENY, [organization.inner])
    assert {each.properties["Type"] for each in estate.of_type(POLICY)} == {
        "SERVICE_CONTROL_POLICY",
        "RESOURCE_CONTROL_POLICY",
    }
    assert {each.account for each in (*estate.of_type(POLICY), *estate.of_type(UNIT))} == {organization.manager}


def test_the_management_account_alone_is_asked_when_it_is_in_scope(aws: Any, organization: Organization) -> None:
    targets = (aws.target("us-east-1", account=organization.member), aws.target("us-east-1"))
    with aws.behind() as proxy:
        estate = aws.read(*EVERYTHING, targets=targets)
    assert proxy.calls["organizations:DescribeOrganization"] == 2
    assert proxy.calls["organizations:ListRoots"] == 1
    assert estate.unseen == ()
    assert [estate.blind(POLICY, target.account_id) for target in targets] == [None, None]
    assert len({(each.type, each.arn) for each in estate.resources}) == len(estate.resources)


def test_a_member_alone_sees_no_policies_and_says_so(aws: Any, organization: Organization) -> None:
    with aws.behind(members_are_refused(organization)):
        estate = aws.read(*EVERYTHING, targets=(aws.target("us-east-1", account=organization.member),))
    assert {gap.what for gap in estate.unseen} == {ROOT, UNIT, ACCOUNT, POLICY}
    assert {gap.account for gap in estate.unseen} == {organization.member}
    assert estate.blind(POLICY, organization.member) is not None
    assert {gap.iam_action for gap in estate.unseen} == {"organizations:ListRoots", "organizations:ListPolicies"}


def test_what_the_management_account_may_not_read_is_unseen_for_all(aws: Any, organization: Organization) -> None:
    targets = (aws.target("us-east-1", account=organization.member), aws.target("us-east-1"))
    with aws.behind(Fault("refuse", "organizations:ListPolicies")):
        estate = aws.read(*EVERYTHING, targets=targets)
    assert {(gap.account, gap.what) for gap in estate.unseen} == {
        (organization.member, POLICY),
        (organization.manager, POLICY),
    }


def test_a_refused_branch_of_the_tree_is_unseen_for_all(aws: Any, organization: Organization) -> None:
    targets = (aws.target("us-east-1", account=organization.member), aws.target("us-east-1"))
    with aws.behind(Fault("refuse", "organizations:ListAccountsForParent", times=1)):
        estate = aws.read(f"{ACCOUNT}.ParentIds", targets=targets)
    assert {(gap.account, gap.what) for gap in estate.unseen} == {
        (organization.member, ACCOUNT),
        (organization.manager, ACCOUNT),
    }


@pytest.mark.parametrize("operation", ["sts:AssumeRole", "organizations:DescribeOrganization"])
def test_members_are_asked_after_all_when_the_management_account_cannot_tell(
    aws: Any, organization: Organization, operation: str
) -> None:
    targets = (aws.target("us-east-1"), aws.target("us-east-1", account=organization.member))
    with aws.behind(Fault("refuse", operation, times=1)) as proxy:
        estate = aws.read(*EVERYTHING, targets=targets, workers=1)
    assert proxy.calls["organizations:ListRoots"] == 1
    assert estate.blind(POLICY, organization.member) is not None
    assert estate.blind(POLICY, organization.manager) is not None


def test_an_account_in_no_organization_has_no_policies_and_is_not_blind(aws: Any) -> None:
    estate = aws.read(*EVERYTHING)
    assert estate.resources == ()
    assert estate.unseen == ()
    assert estate.blind(POLICY, aws.account) is None


def test_an_account_that_may_not_ask_is_blind_unless_the_organization_names_it(
    aws: Any, organization: Organization, new_account: Callable[[], str]
) -> None:
    stranger = new_account()
    targets = [aws.target("us-east-1", account=number) for number in (aws.account, organization.member, stranger)]
    manager_first = Fault("pass", "organizations:DescribeOrganization", times=1)
    with aws.behind(manager_first, Fault("refuse", "organizations:DescribeOrganization")):
        estate = aws.read(*EVERYTHING, targets=targets, workers=1)
    assert {gap.account for gap in estate.unseen} == {stranger}
    assert estate.blind(POLICY, organization.member) is None


def test_policies_whose_content_is_not_json_are_unknown(aws: Any, organization: Organization) -> None:
    answer = {"Policy": {"PolicySummary": {"Id": organization.policy}, "Content": "{"}}
    with aws.behind(Fault("answer", "organizations:DescribePolicy", body=json.dumps(answer))):
        estate = aws.read(f"{POLICY}.Content")
    assert {each.properties["Content"].reason for each in estate.of_type(POLICY)} == {"the policy is not JSON"}
