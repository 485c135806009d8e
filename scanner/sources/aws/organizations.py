"""Organizations' calls: the tree of accounts, and the policies that bound them.

Any member may ask which organization it is in; the rest is answered to the management account and to delegated
administrators only. The tree is walked from its root, one call a node, as ListAccounts does not tell parents.
"""

from collections.abc import Iterable

from scanner.sources.aws.calls import Answer, Call, Found, Pages, Place, Properties, Scope
from scanner.sources.aws.values import account_in, given, picked, policy_document

ORGANIZATION = "AWS::Organizations::Organization"
ROOT = "AWS::Organizations::Root"
UNIT = "AWS::Organizations::OrganizationalUnit"
ACCOUNT = "AWS::Organizations::Account"
POLICY = "AWS::Organizations::Policy"
TYPES = (ORGANIZATION, ROOT, UNIT, ACCOUNT, POLICY)

_BY_TOKEN = Pages("NextToken", "NextToken")
_NO_SUCH_POLICIES = {
    "PolicyTypeNotAvailableForOrganizationException": "",
    "PolicyTypeNotEnabledException": "",
}


def organization(answer: Answer, _place: Place, _subject: Found | None) -> Iterable[Found]:
    """DescribeOrganization: nothing when the account is in none."""
    found = answer.get("Organization")
    if found:
        properties = given(
            Id=found["Id"], FeatureSet=found.get("FeatureSet"), ManagementAccountId=found.get("MasterAccountId")
        )
        owner = found["MasterAccountId"]
        yield Found(ORGANIZATION, found["Arn"], found["Id"], account=owner, properties=properties)


def roots(answer: Answer, _place: Place, _subject: Found | None) -> Iterable[Found]:
    """ListRoots: one root, and which types of policy are in force below it."""
    for root in answer["Roots"]:
        types = [picked(entry, "Type", "Status") for entry in root.get("PolicyTypes", ())]
        properties = {**picked(root, "Id", "Name"), "PolicyTypes": types}
        owner = account_in(root["Arn"])
        yield Found(ROOT, root["Arn"], root["Name"], handle=root["Id"], account=owner, properties=properties)


def units(answer: Answer, _place: Place, subject: Found | None) -> Iterable[Found]:
    """ListOrganizationalUnitsForParent."""
    assert subject is not None
    for unit in answer["OrganizationalUnits"]:
        properties = {**picked(unit, "Id", "Name"), "ParentId": subject.handle}
        owner = account_in(unit["Arn"])
        yield Found(UNIT, unit["Arn"], unit["Name"], handle=unit["Id"], account=owner, properties=properties)


def accounts(answer: Answer, _place: Place, subject: Found | None) -> Iterable[Found]:
    """ListAccountsForParent: `ParentIds` holds the one parent, as CloudFormation has it."""
    assert subject is not None
    for account in answer["Accounts"]:
        owner = account_in(account["Arn"])
        properties = given(
            AccountId=account["Id"],
            AccountName=account.get("Name"),
            ParentIds=[subject.handle],
            **{"Observed.Status": account.get("Status"), "Observed.ManagementAccountId": owner},
        )
        yield Found(ACCOUNT, account["Arn"], account["Id"], account=owner, properties=properties)


def policies(answer: Answer, _place: Place, subject: Found | None) -> Iterable[Found]:
    """ListPolicies of one type. AWS's own (FullAWSAccess) count as the organization's, for it attaches them."""
    assert subject is not None
    for policy in answer.get("Policies", ()):
        properties = picked(policy, "Id", "Name", "Type", "AwsManaged")
        owner = subject.account
        yield Found(POLICY, policy["Arn"], policy["Name"], handle=policy["Id"], account=owner, properties=properties)


def content(answer: Answer) -> Properties:
    """DescribePolicy."""
    return {"Content": policy_document(answer["Policy"]["Content"])}


def targets(answer: Answer) -> Properties:
    """ListTargetsForPolicy: ids of roots, units and accounts."""
    return {"TargetIds": [target["TargetId"] for target in answer.get("Targets", ())]}


def _policies(type_: str) -> Call:
    return Call(
        service="organizations",
        operation="ListPolicies",
        iam="organizations:ListPolicies",
        scope=Scope.RESOURCE,
        of=(ORGANIZATION,),
        fixed={"Filter": type_},
        gives={POLICY: ("Id", "Name", "Type", "AwsManaged")},
        lists=(POLICY,),
        absent=_NO_SUCH_POLICIES,
        pages=_BY_TOKEN,
        holds="Policies",
        finds=policies,
    )


CALLS = (
    Call(
        service="organizations",
        operation="DescribeOrganization",
        iam="organizations:DescribeOrganization",
        scope=Scope.ACCOUNT,
        gives={ORGANIZATION: ("Id", "FeatureSet", "ManagementAccountId")},
        lists=(ORGANIZATION,),
        absent={"AWSOrganizationsNotInUseException": ""},
        holds="Organization.Id",
        finds=organization,
    ),
    Call(
        service="organizations",
        operation="ListRoots",
        iam="organizations:ListRoots",
        scope=Scope.RESOURCE,
        of=(ORGANIZATION,),
        gives={ROOT: ("Id", "Name", "PolicyTypes")},
        lists=(ROOT,),
        pages=_BY_TOKEN,
        holds="Roots",
        finds=roots,
    ),
    Call(
        service="organizations",
        operation="ListOrganizationalUnitsForParent",
        iam="organizations:ListOrganizationalUnitsForParent",
        scope=Scope.RESOURCE,
        of=(ROOT, UNIT),
        takes={"ParentId": "handle"},
        gives={UNIT: ("Id", "Name", "ParentId")},
        lists=(UNIT,),
        gone=("ParentNotFoundException",),
        pages=_BY_TOKEN,
        holds="OrganizationalUnits",
        finds=units,
    ),
    Call(
        service="organizations",
        operation="ListAccountsForParent",
        iam="organizations:ListAccountsForParent",
        scope=Scope.RESOURCE,
        of=(ROOT, UNIT),
        takes={"ParentId": "handle"},
        gives={ACCOUNT: ("AccountId", "AccountName", "ParentIds", "Observed.Status", "Observed.ManagementAccountId")},
        lists=(ACCOUNT,),
        gone=("ParentNotFoundException",),
        pages=_BY_TOKEN,
        holds="Accounts",
        finds=accounts,
    ),
    _policies("SERVICE_CONTROL_POLICY"),
    _policies("RESOURCE_CONTROL_POLICY"),
    Call(
        service="organizations",
        operation="DescribePolicy",
        iam="organizations:DescribePolicy",
        scope=Scope.RESOURCE,
        of=(POLICY,),
        takes={"PolicyId": "handle"},
        gives={POLICY: ("Content",)},
        gone=("PolicyNotFoundException",),
        holds="Policy.Content",
        properties=content,
    ),
    Call(
        service="organizations",
        operation="ListTargetsForPolicy",
        iam="organizations:ListTargetsForPolicy",
        scope=Scope.RESOURCE,
        of=(POLICY,),
        takes={"PolicyId": "handle"},
        gives={POLICY: ("TargetIds",)},
        gone=("PolicyNotFoundException",),
        pages=_BY_TOKEN,
        holds="Targets",
        properties=targets,
    ),
)
