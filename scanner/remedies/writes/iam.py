"""How roles are written. Facts: IAM API reference, 2026-11."""

from collections.abc import Mapping, Sequence

from scanner.estate.unknown import Value
from scanner.remedies.step import CREATION, Safety, Target
from scanner.remedies.writes.documents import document, interrupted_by_policy, policy_safety, statements
from scanner.remedies.writing import CannotWriteError, Request, Write

ROLE = "AWS::IAM::Role"

_GONE = ("NoSuchEntity",)


def _create_role(target: Target, _before: Value, after: Value) -> tuple[Request, ...]:
    if after is None:
        return (Request("iam", "DeleteRole", "iam:DeleteRole", {"RoleName": target.name}, done=_GONE),)
    parameters = {
        "RoleName": target.name,
        "Path": after.get("Path", "/"),
        "AssumeRolePolicyDocument": document(after["AssumeRolePolicyDocument"]),
    }
    return (Request("iam", "CreateRole", "iam:CreateRole", parameters, done=("EntityAlreadyExists",)),)


def _trust(target: Target, _before: Value, after: Value) -> tuple[Request, ...]:
    if after is None:
        raise CannotWriteError("a role always has a trust policy")
    parameters = {"RoleName": target.name, "PolicyDocument": document(after)}
    return (Request("iam", "UpdateAssumeRolePolicy", "iam:UpdateAssumeRolePolicy", parameters),)


def _inline(target: Target, before: Value, after: Value) -> tuple[Request, ...]:
    """A request for each inline policy that comes, changes or goes. What the role needs comes before what goes."""
    had, has = _by_name(before), _by_name(after)
    put = [
        {"RoleName": target.name, "PolicyName": name, "PolicyDocument": document(policy)}
        for name, policy in has.items()
        if had.get(name) != policy
    ]
    gone = [{"RoleName": target.name, "PolicyName": name} for name in had if name not in has]
    return (
        *(Request("iam", "PutRolePolicy", "iam:PutRolePolicy", each) for each in put),
        *(Request("iam", "DeleteRolePolicy", "iam:DeleteRolePolicy", each, done=_GONE) for each in gone),
    )


def _by_name(policies: Sequence[Mapping[str, Value]] | None) -> dict[str, Value]:
    return {policy["PolicyName"]: policy["PolicyDocument"] for policy in policies or ()}


def _managed(target: Target, before: Value, after: Value) -> tuple[Request, ...]:
    had, has = before or [], after or []
    role = {"RoleName": target.name}
    attach = [
        Request("iam", "AttachRolePolicy", "iam:AttachRolePolicy", {**role, "PolicyArn": one})
        for one in has
        if one not in had
    ]
    detach = [
        Request("iam", "DetachRolePolicy", "iam:DetachRolePolicy", {**role, "PolicyArn": one}, done=_GONE)
        for one in had
        if one not in has
    ]
    return (*attach, *detach)


def _inline_safety(target: Target, before: Value, after: Value) -> Safety:
    had, has = _by_name(before), _by_name(after)
    kept = [statement for policy in had.values() for statement in statements(policy)]
    now = [statement for policy in has.values() for statement in statements(policy)]
    return policy_safety(target, {"Statement": kept}, {"Statement": now})


def _inline_interrupts(target: Target, before: Value, after: Value) -> str:
    safety = _inline_safety(target, before, after)
    return "whatever else uses this role loses what is taken away" if safety is Safety.REVIEW else ""


def _managed_safety(_target: Target, before: Value, after: Value) -> Safety:
    return Safety.SAFE if set(before or ()) <= set(after or ()) else Safety.REVIEW


WRITES: tuple[Write, ...] = (
    Write(
        type=ROLE,
        property=CREATION,
        rank=40,
        requests=_create_role,
        takes=("RoleName", "Path", "AssumeRolePolicyDocument"),
    ),
    Write(
        type=ROLE,
        property="AssumeRolePolicyDocument",
        rank=50,
        requests=_trust,
        safety=policy_safety,
        interrupts=interrupted_by_policy,
    ),
    Write(
        type=ROLE,
        property="Policies",
        rank=50,
        requests=_inline,
        safety=_inline_safety,
        interrupts=_inline_interrupts,
    ),
    Write(type=ROLE, property="ManagedPolicyArns", rank=51, requests=_managed, safety=_managed_safety),
)
"""The writes of IAM."""
