"""How keys and aliases are written.

A key is made with the policy that AWS gives it, which lets its account decide; a policy that names a role can only be
put once the role is there. Facts: KMS API reference, 2026-11.
"""

from scanner.estate.unknown import Value
from scanner.remedies.step import CREATION, Safety, Target
from scanner.remedies.writes.documents import document, interrupted_by_policy, policy_safety
from scanner.remedies.writing import CannotWriteError, Request, Write

KEY = "AWS::KMS::Key"
ALIAS = "AWS::KMS::Alias"

MADE_FOR = "drscan:made-for"
"""The tag by which a key is found again when the answer to its creation was lost: CreateKey knows no token."""

_WINDOW = 30
_STAYS = (
    "a key is not deleted at once: it is scheduled for deletion in 30 days; what was written under it meanwhile can be "
    "read until then, and by nobody after that, so cancel the deletion where there is any"
)


def _create_key(target: Target, _before: Value, after: Value) -> tuple[Request, ...]:
    if after is None:
        window = {"KeyId": target.name, "PendingWindowInDays": _WINDOW}
        pending = ("KMSInvalidStateException", "NotFoundException")
        return (Request("kms", "ScheduleKeyDeletion", "kms:ScheduleKeyDeletion", window, done=pending),)
    tag = {"TagKey": MADE_FOR, "TagValue": target.name.strip("{}")}
    given = {name: after[name] for name in ("Description", "MultiRegion") if name in after}
    gives = {target.arn: "KeyMetadata.Arn", target.name: "KeyMetadata.KeyId"}
    return (Request("kms", "CreateKey", "kms:CreateKey", {**given, "Tags": [tag]}, gives=gives),)


def _key_policy(target: Target, _before: Value, after: Value) -> tuple[Request, ...]:
    if after is None:
        raise CannotWriteError("a key always has a policy")
    parameters = {"KeyId": target.arn, "PolicyName": "default", "Policy": document(after)}
    return (Request("kms", "PutKeyPolicy", "kms:PutKeyPolicy", parameters),)


def _rotation(target: Target, _before: Value, after: Value) -> tuple[Request, ...]:
    operation = "EnableKeyRotation" if after else "DisableKeyRotation"
    return (Request("kms", operation, f"kms:{operation}", {"KeyId": target.arn}),)


def _alias(target: Target, _before: Value, after: Value) -> tuple[Request, ...]:
    if after is None:
        name = {"AliasName": target.name}
        return (Request("kms", "DeleteAlias", "kms:DeleteAlias", name, done=("NotFoundException",)),)
    parameters = {"AliasName": after["AliasName"], "TargetKeyId": after["TargetKeyId"]}
    return (Request("kms", "CreateAlias", "kms:CreateAlias", parameters, done=("AlreadyExistsException",)),)


def _cost(_target: Target, _before: Value, _after: Value) -> str:
    return "a customer managed key costs a monthly fee, each of its rotations another"


def _undone(_target: Target, _before: Value, _after: Value) -> str:
    return _STAYS


def _used(_target: Target, _before: Value, _after: Value) -> Safety:
    return Safety.REVIEW


WRITES: tuple[Write, ...] = (
    Write(
        type=KEY,
        property=CREATION,
        rank=10,
        requests=_create_key,
        takes=("Description", "MultiRegion"),
        safety=_used,
        costs=_cost,
        undoing=_undone,
    ),
    Write(type=KEY, property="EnableKeyRotation", rank=12, requests=_rotation, costs=_cost),
    Write(
        type=KEY,
        property="KeyPolicy",
        rank=60,
        requests=_key_policy,
        safety=policy_safety,
        interrupts=interrupted_by_policy,
    ),
    Write(type=ALIAS, property=CREATION, rank=11, requests=_alias, takes=("AliasName", "TargetKeyId")),
)
"""The writes of KMS."""
