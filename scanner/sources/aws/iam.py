"""IAM's calls: GetAccountAuthorizationDetails once for each kind of thing, so that their pages come side by side."""

from collections.abc import Iterable, Mapping
from typing import Any

from scanner.estate.unknown import Value
from scanner.sources.aws.calls import Answer, Call, Finder, Found, Pages, Place, Properties, Scope
from scanner.sources.aws.values import account_in, given, moment, policy_document, tags

ROLE, USER, GROUP, POLICY = "AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group", "AWS::IAM::ManagedPolicy"


def roles(answer: Answer, _place: Place, _subject: Found | None) -> Iterable[Found]:
    """Roles with trust policy, inline and attached policies, boundary and last use."""
    for role in answer["RoleDetailList"]:
        used = role.get("RoleLastUsed", {})
        properties = given(
            RoleName=role["RoleName"],
            AssumeRolePolicyDocument=policy_document(role.get("AssumeRolePolicyDocument")),
            **_principal(role, "RolePolicyList"),
            **{"Observed.RoleId": role.get("RoleId"), "Observed.LastUsed": moment(used.get("LastUsedDate"))},
        )
        yield Found(ROLE, role["Arn"], role["RoleName"], properties=properties)


def users(answer: Answer, _place: Place, _subject: Found | None) -> Iterable[Found]:
    """Users with inline and attached policies, groups and boundary."""
    for user in answer["UserDetailList"]:
        properties = given(
            UserName=user["UserName"],
            Groups=user.get("GroupList"),
            **_principal(user, "UserPolicyList"),
            **{"Observed.UserId": user.get("UserId")},
        )
        yield Found(USER, user["Arn"], user["UserName"], properties=properties)


def groups(answer: Answer, _place: Place, _subject: Found | None) -> Iterable[Found]:
    """Groups with inline and attached policies; their members stand with the users."""
    for group in answer["GroupDetailList"]:
        properties = given(GroupName=group["GroupName"], **_principal(group, "GroupPolicyList"))
        yield Found(GROUP, group["Arn"], group["GroupName"], properties=properties)


def managed_policies(answer: Answer, _place: Place, _subject: Found | None) -> Iterable[Found]:
    """Customer managed policies, and those of AWS (owner `aws`) that are attached or serve as a boundary."""
    for policy in answer["Policies"]:
        owner = account_in(policy["Arn"])
        in_use = policy.get("AttachmentCount", 0) or policy.get("PermissionsBoundaryUsageCount", 0)
        if owner == "aws" and not in_use:
            continue
        name = policy["Arn"].rpartition("/")[2]  # emulators leave out PolicyName
        properties = given(
            ManagedPolicyName=name,
            Path=policy.get("Path"),
            PolicyDocument=_default_version(policy),
            **{
                "Observed.AttachmentCount": policy.get("AttachmentCount"),
                "Observed.PermissionsBoundaryUsageCount": policy.get("PermissionsBoundaryUsageCount"),
            },
        )
        yield Found(POLICY, policy["Arn"], name, account=owner, properties=properties)


def session_duration(answer: Answer) -> Properties:
    """GetRole, for what the account's details leave out."""
    return given(MaxSessionDuration=answer["Role"].get("MaxSessionDuration"))


def _principal(detail: Mapping[str, Any], inline: str) -> dict[str, Value]:
    boundary = detail.get("PermissionsBoundary", {})
    return given(
        Path=detail.get("Path"),
        Policies=[
            given(PolicyName=policy["PolicyName"], PolicyDocument=policy_document(policy.get("PolicyDocument")))
            for policy in detail.get(inline, ())
        ],
        ManagedPolicyArns=[policy["PolicyArn"] for policy in detail.get("AttachedManagedPolicies", ())],
        PermissionsBoundary=boundary.get("PermissionsBoundaryArn"),
        Tags=tags(detail.get("Tags")),
        **{"Observed.CreateDate": moment(detail.get("CreateDate"))},
    )


def _default_version(policy: Mapping[str, Any]) -> Value:
    versions = policy.get("PolicyVersionList", ())
    documents = (version.get("Document") for version in versions if version.get("IsDefaultVersion"))
    return policy_document(next(documents, None))


def _details(type_: str, filters: tuple[str, ...], key: str, finds: Finder, *paths: str) -> Call:
    return Call(
        service="iam",
        operation="GetAccountAuthorizationDetails",
        iam="iam:GetAccountAuthorizationDetails",
        scope=Scope.ACCOUNT,
        fixed={"Filter": list(filters), "MaxItems": 300},
        pages=Pages("Marker", "Marker"),
        gives={type_: paths},
        lists=(type_,),
        holds=key,
        finds=finds,
    )


_PRINCIPAL = ("Path", "Policies", "ManagedPolicyArns")
_IDENTITY = ("PermissionsBoundary", "Tags", "Observed.CreateDate")

CALLS = (
    _details(
        ROLE,
        ("Role",),
        "RoleDetailList",
        roles,
        *("RoleName", "AssumeRolePolicyDocument", *_PRINCIPAL, *_IDENTITY),
        *("Observed.RoleId", "Observed.LastUsed"),
    ),
    _details(
        USER,
        ("User",),
        "UserDetailList",
        users,
        *("UserName", "Groups", *_PRINCIPAL, *_IDENTITY, "Observed.UserId"),
    ),
    _details(GROUP, ("Group",), "GroupDetailList", groups, "GroupName", *_PRINCIPAL, "Observed.CreateDate"),
    _details(
        POLICY,
        ("LocalManagedPolicy", "AWSManagedPolicy"),
        "Policies",
        managed_policies,
        *("ManagedPolicyName", "Path", "PolicyDocument"),
        *("Observed.AttachmentCount", "Observed.PermissionsBoundaryUsageCount"),
    ),
    Call(
        service="iam",
        operation="GetRole",
        iam="iam:GetRole",
        scope=Scope.RESOURCE,
        of=(ROLE,),
        takes={"RoleName": "name"},
        gives={ROLE: ("MaxSessionDuration",)},
        gone=("NoSuchEntity",),
        holds="Role.RoleName",
        properties=session_duration,
    ),
)
