"""IAM's types: principals, managed policies, and all that attaches policies to principals."""

from collections.abc import Mapping

from scanner.estate.unknown import Value
from scanner.sources.terraform.pieces import (
    Properties,
    Types,
    added,
    added_to_each,
    name_or_stand_in,
    part,
    together,
    whole,
)
from scanner.sources.terraform.planned import Planned
from scanner.sources.terraform.readers import Reader, Values, built, each, kept, plain, tags

ROLE, USER, GROUP = "AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group"

_IDENTITY: Mapping[str, Reader] = {
    "Path": plain("path", "/"),
    "PermissionsBoundary": plain("permissions_boundary"),
    "Tags": tags,
}


def _inline_policy(values: Values) -> Value:
    """A policy inside a role. An empty block only says that the role shall have no others."""
    return built(values, {"PolicyName": plain("name"), "PolicyDocument": plain("policy")}) or None


def _inline(planned: Planned) -> Mapping[str, Value]:
    document = plain("policy")(planned.values)
    return {"Policies": [{"PolicyName": name_or_stand_in(planned), "PolicyDocument": document}]}


def _attached(planned: Planned) -> Mapping[str, Value]:
    return {"ManagedPolicyArns": [planned.values.get("policy_arn")]}


def _listed(attribute: str, property_: str) -> Properties:
    """All that an attribute lists, in a list of the one shape."""

    def properties(planned: Planned) -> Mapping[str, Value]:
        found = plain(attribute)(planned.values)
        return {property_: list(found) if isinstance(found, list | tuple) else [] if found is None else [found]}

    return properties


TYPES: Types = {
    "aws_iam_role": whole(
        ROLE,
        "RoleName",
        RoleName=plain("name"),
        AssumeRolePolicyDocument=plain("assume_role_policy"),
        Policies=each("inline_policy", _inline_policy),
        ManagedPolicyArns=plain("managed_policy_arns"),
        MaxSessionDuration=plain("max_session_duration"),
        **_IDENTITY,
    ),
    "aws_iam_user": whole(USER, "UserName", UserName=plain("name"), **_IDENTITY),
    "aws_iam_group": whole(GROUP, "GroupName", GroupName=plain("name"), Path=plain("path", "/")),
    "aws_iam_policy": whole(
        "AWS::IAM::ManagedPolicy",
        "ManagedPolicyName",
        ManagedPolicyName=plain("name"),
        Path=plain("path", "/"),
        PolicyDocument=plain("policy"),
    ),
    "aws_iam_role_policy": added(ROLE, "role", _inline),
    "aws_iam_user_policy": added(USER, "user", _inline),
    "aws_iam_group_policy": added(GROUP, "group", _inline),
    "aws_iam_role_policy_attachment": added(ROLE, "role", _attached),
    "aws_iam_user_policy_attachment": added(USER, "user", _attached),
    "aws_iam_group_policy_attachment": added(GROUP, "group", _attached),
    "aws_iam_policy_attachment": together(
        added_to_each(ROLE, "roles", _attached),
        added_to_each(USER, "users", _attached),
        added_to_each(GROUP, "groups", _attached),
    ),
    "aws_iam_role_policy_attachments_exclusive": part(ROLE, "role_name", ManagedPolicyArns=kept("policy_arns")),
    "aws_iam_user_policy_attachments_exclusive": part(USER, "user_name", ManagedPolicyArns=kept("policy_arns")),
    "aws_iam_group_policy_attachments_exclusive": part(GROUP, "group_name", ManagedPolicyArns=kept("policy_arns")),
    "aws_iam_user_group_membership": added(USER, "user", _listed("groups", "Groups")),
    "aws_iam_group_membership": added_to_each(USER, "users", _listed("group", "Groups")),
}
"""The types that keep inline policies exclusive make none, so that they are not here."""
