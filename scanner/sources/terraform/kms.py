"""KMS's types: keys and their replicas, policies, aliases and grants."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value
from scanner.sources.terraform.pieces import (
    Maker,
    Own,
    Part,
    Piece,
    Properties,
    Types,
    part,
    resource_of,
    target_of,
    whole,
)
from scanner.sources.terraform.planned import Planned
from scanner.sources.terraform.readers import Reader, Values, block, built, date, known_text, plain, tags

KEY = "AWS::KMS::Key"

_SHARED = ("KeySpec", "KeyUsage", "Origin", "EnableKeyRotation", "RotationPeriodInDays")
"""What all keys of a family have in common: KMS developer guide, "Multi-Region keys", 2026-11."""

_LIKE_ITS_PRIMARY = Unknown("a replica key has it of its primary key, which this plan does not make")


def settled(resources: Iterable[Resource]) -> list[Resource]:
    """Complete resources: replica keys with what they have of a primary key among them, imported keys as they will be.

    A key whose material the plan brings along does not wait for it, as one without does.
    """
    found = list(resources)
    keys = {resource.arn: resource for resource in found if resource.type == KEY}
    return [_imported(_shared(one, keys)) if one.type == KEY else one for one in found]


def _shared(key: Resource, keys: Mapping[str, Resource]) -> Resource:
    family = key.properties["Observed"]
    primary = keys.get(known_text(family.get("PrimaryKeyArn")))
    if family.get("MultiRegionKeyType") != "REPLICA" or primary is None:
        return key
    rest = {name: value for name, value in key.properties.items() if name not in _SHARED}
    same = {name: primary.properties[name] for name in _SHARED if name in primary.properties}
    return replace(key, properties={**rest, **same})


def _imported(key: Resource) -> Resource:
    state = key.properties["Observed"].get("KeyState")
    is_imported = key.properties.get("Origin") == "EXTERNAL" and state != "PendingImport"
    return (
        key.with_properties(Enabled=state if isinstance(state, Unknown) else state == "Enabled") if is_imported else key
    )


def _key(properties: Properties) -> Maker:
    return lambda planned: [Own(planned, resource_of(planned, KEY, properties(planned)))]


def _fields(**fields: Reader) -> Properties:
    return lambda planned: built(planned.values, fields)


def _origin(values: Values) -> Value:
    if plain("xks_key_id")(values) is not None:
        return "EXTERNAL_KEY_STORE"
    return None if plain("custom_key_store_id")(values) is None else "AWS_CLOUDHSM"


def _material(planned: Planned) -> dict[str, Value]:
    """What is observed of a key whose material comes from outside, once the plan has brought it along."""
    if plain("key_material_base64")(planned.values) is None:
        return {}
    enabled = plain("enabled", True)(planned.values)
    state = enabled if isinstance(enabled, Unknown) else "Enabled" if enabled is True else "Disabled"
    return {"KeyState": state, **built(planned.values, {"ValidTo": date("valid_to")})}


def _external(planned: Planned) -> Mapping[str, Value]:
    return {**built(planned.values, {**_BOTH, **_OWN}), "Origin": "EXTERNAL", "Observed": _material(planned)}


def _replica(planned: Planned) -> Mapping[str, Value]:
    family = {"MultiRegionKeyType": "REPLICA", **built(planned.values, {"PrimaryKeyArn": plain("primary_key_arn")})}
    enabled = plain("enabled", True)
    same = dict.fromkeys(_SHARED, _LIKE_ITS_PRIMARY)
    return {**built(planned.values, {**_BOTH, "Enabled": enabled}), **same, "MultiRegion": True, "Observed": family}


def _external_replica(planned: Planned) -> Mapping[str, Value]:
    found = _replica(planned)
    return {**found, "Origin": "EXTERNAL", "Observed": {**found["Observed"], **_material(planned)}}


def _grant(planned: Planned) -> Iterable[Piece]:
    """A grant may be for a key of another account, which its ARN tells."""
    grant = {
        "GrantId": plain("grant_id", planned.place.stand_in)(planned.values),
        "IssuingAccount": f"arn:{planned.partition}:iam::{planned.account}:root",
        **built(planned.values, _GRANT),
    }
    target = replace(target_of(planned, KEY, "key_id"), crosses=True)
    yield Part(planned, target, {"Observed": {"Grants": [grant]}}, adds=True)


_BOTH: Mapping[str, Reader] = {"Description": plain("description"), "KeyPolicy": plain("policy"), "Tags": tags}
_OWN: Mapping[str, Reader] = {"MultiRegion": plain("multi_region", False)}
_GRANT: Mapping[str, Reader] = {
    "GranteePrincipal": plain("grantee_principal"),
    "RetiringPrincipal": plain("retiring_principal"),
    "Operations": plain("operations"),
    "Constraints": block(
        "constraints",
        EncryptionContextEquals=plain("encryption_context_equals"),
        EncryptionContextSubset=plain("encryption_context_subset"),
    ),
}

TYPES: Types = {
    "aws_kms_key": _key(
        _fields(
            **_BOTH,
            **_OWN,
            Enabled=plain("is_enabled", True),
            EnableKeyRotation=plain("enable_key_rotation"),
            RotationPeriodInDays=plain("rotation_period_in_days"),
            KeySpec=plain("customer_master_key_spec"),
            KeyUsage=plain("key_usage"),
            Origin=_origin,
        )
    ),
    "aws_kms_external_key": _key(_external),
    "aws_kms_replica_key": _key(_replica),
    "aws_kms_replica_external_key": _key(_external_replica),
    "aws_kms_key_policy": part(KEY, "key_id", KeyPolicy=plain("policy")),
    "aws_kms_grant": _grant,
    "aws_kms_alias": whole("AWS::KMS::Alias", "AliasName", AliasName=plain("name"), TargetKeyId=plain("target_key_id")),
}
