"""What KMS makes of a key that is declared: its state, its family, and the policy that it has where none is given.

"Key states of AWS KMS keys", "Default key policy" and the API reference of CreateKey, read 2026-11-21.
"""

from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value

_ROTATABLE = {"KeySpec": ("SYMMETRIC_DEFAULT",), "Origin": ("AWS_KMS", "EXTERNAL")}
_ONE_YEAR = 365


def key(properties: dict[str, Value]) -> dict[str, Value]:
    """A customer managed key with the grants that it is declared with: none.

    A key without key material of its own waits for its import, whatever it says of being enabled.
    """
    filled = {
        "Description": "",
        "Enabled": True,
        "KeySpec": "SYMMETRIC_DEFAULT",
        "KeyUsage": "ENCRYPT_DECRYPT",
        "MultiRegion": False,
        "Origin": "AWS_KMS",
        **properties,
    }
    if filled["Origin"] == "EXTERNAL":
        filled["Enabled"] = False
    return {**_with_rotation(filled), "Observed": _observed(filled)}


def placed_key(found: Resource) -> Resource:
    """The key with the policy that KMS gives it where it has none, and the ARN of a primary key among its family."""
    observed = found.properties["Observed"]
    changed: dict[str, Value] = {}
    if observed.get("MultiRegionKeyType") == "PRIMARY" and found.arn:
        changed["Observed"] = {**observed, "PrimaryKeyArn": found.arn}
    if found.properties.get("KeyPolicy") is None:
        changed["KeyPolicy"] = default_key_policy(found.arn.split(":", 2)[1] if found.arn else "aws", found.account)
    return found.with_properties(**changed)


def default_key_policy(partition: str, account: str) -> dict[str, Value]:
    """The policy of a key that was made without one: everything is for the account's own policies to allow."""
    return {
        "Version": "2012-10-17",
        "Id": "key-default-1",
        "Statement": [
            {
                "Sid": "Enable IAM User Permissions",
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:{partition}:iam::{account}:root"},
                "Action": "kms:*",
                "Resource": "*",
            }
        ],
    }


def _with_rotation(filled: dict[str, Value]) -> dict[str, Value]:
    rotates = filled.get("EnableKeyRotation")
    if rotates is None:
        traits = [(filled[name], able) for name, able in _ROTATABLE.items()]
        doubt = next((trait for trait, _ in traits if isinstance(trait, Unknown)), None)
        if doubt is not None:
            return {**filled, "EnableKeyRotation": doubt}
        return {**filled, "EnableKeyRotation": False} if all(trait in able for trait, able in traits) else filled
    if rotates is True:
        return {"RotationPeriodInDays": _ONE_YEAR, **filled}
    return {name: value for name, value in filled.items() if name != "RotationPeriodInDays" or rotates is not False}


def _observed(filled: dict[str, Value]) -> dict[str, Value]:
    is_imported = filled["Origin"] == "EXTERNAL"
    observed: dict[str, Value] = {
        "KeyManager": "CUSTOMER",
        "KeyState": "PendingImport" if is_imported else _state(filled["Enabled"]),
        "Grants": [],
        "DeletionDate": None,
    }
    if not is_imported and not isinstance(filled["Origin"], Unknown):
        observed["ValidTo"] = None
    match filled["MultiRegion"]:
        case True:
            observed["MultiRegionKeyType"] = "PRIMARY"
        case False:
            observed |= {"MultiRegionKeyType": None, "PrimaryKeyArn": None}
    return observed


def _state(enabled: Value) -> Value:
    return enabled if isinstance(enabled, Unknown) else "Disabled" if enabled is False else "Enabled"
