"""KMS's calls: keys and aliases of a region, and what each key says of itself."""

from collections.abc import Iterable, Mapping
from typing import Any

from scanner.estate.unknown import Value
from scanner.sources.aws.calls import Answer, Call, Found, Pages, Place, Properties, Scope, Shape
from scanner.sources.aws.values import given, moment, picked, policy_document, tags

KEY, ALIAS = "AWS::KMS::Key", "AWS::KMS::Alias"
_BY_MARKER = Pages("Marker", "NextMarker")


def keys(answer: Answer, place: Place, _subject: Found | None) -> Iterable[Found]:
    """ListKeys: the account's own keys and those that AWS manages in it."""
    for key in answer["Keys"]:
        yield Found(KEY, key["KeyArn"], key["KeyId"], place.region, handle=key["KeyArn"])


def aliases(answer: Answer, place: Place, _subject: Found | None) -> Iterable[Found]:
    """ListAliases. AWS keeps some aliases that point to no key yet."""
    for alias in answer["Aliases"]:
        properties = picked(alias, "AliasName", "TargetKeyId")
        yield Found(ALIAS, alias["AliasArn"], alias["AliasName"], place.region, properties=properties)


def description(answer: Answer) -> Properties:
    """DescribeKey: what the key is, and the state that it is in."""
    key = answer["KeyMetadata"]
    family = key.get("MultiRegionConfiguration", {})
    return {
        **picked(key, "Description", "Enabled", "KeySpec", "KeyUsage", "MultiRegion", "Origin"),
        **given(
            **{
                "Observed.KeyState": key.get("KeyState"),
                "Observed.KeyManager": key.get("KeyManager"),
                "Observed.DeletionDate": moment(key.get("DeletionDate")),
                "Observed.ValidTo": moment(key.get("ValidTo")),
                "Observed.MultiRegionKeyType": family.get("MultiRegionKeyType"),
                "Observed.PrimaryKeyArn": family.get("PrimaryKey", {}).get("Arn"),
            }
        ),
    }


def key_policy(answer: Answer) -> Properties:
    """GetKeyPolicy: every key has exactly one."""
    return {"KeyPolicy": policy_document(answer["Policy"])}


def rotation(answer: Answer) -> Properties:
    """GetKeyRotationStatus; keys that cannot rotate (asymmetric, imported) have none."""
    return given(
        EnableKeyRotation=answer.get("KeyRotationEnabled"), RotationPeriodInDays=answer.get("RotationPeriodInDays")
    )


def grants(answer: Answer) -> Properties:
    """ListGrants: who may use the key beside its policy."""
    return {"Observed.Grants": [_grant(grant) for grant in answer.get("Grants", ())]}


def _grant(grant: Mapping[str, Any]) -> dict[str, Value]:
    names = ("GrantId", "GranteePrincipal", "RetiringPrincipal", "IssuingAccount", "Operations", "Constraints")
    return picked(grant, *names, "GranteeServicePrincipal", "RetiringServicePrincipal")


def key_tags(answer: Answer) -> Properties:
    """ListResourceTags."""
    return given(Tags=tags(answer.get("Tags"), "TagKey", "TagValue"))


def _of_key(
    operation: str,
    *paths: str,
    properties: Shape,
    holds: str,
    pages: Pages | None = None,
    fixed: Mapping[str, Any] | None = None,
    absent: str = "",
) -> Call:
    return Call(
        service="kms",
        operation=operation,
        iam=f"kms:{operation}",
        scope=Scope.RESOURCE,
        of=(KEY,),
        takes={"KeyId": "handle"},
        fixed=fixed or {},
        gives={KEY: paths},
        properties=properties,
        holds=holds,
        pages=pages,
        absent={absent: ""} if absent else {},
        gone=("NotFoundException",),
    )


CALLS = (
    Call(
        service="kms",
        operation="ListKeys",
        iam="kms:ListKeys",
        scope=Scope.REGION,
        fixed={"Limit": 1000},
        lists=(KEY,),
        pages=_BY_MARKER,
        holds="Keys",
        finds=keys,
    ),
    Call(
        service="kms",
        operation="ListAliases",
        iam="kms:ListAliases",
        scope=Scope.REGION,
        fixed={"Limit": 100},
        gives={ALIAS: ("AliasName", "TargetKeyId")},
        lists=(ALIAS,),
        pages=_BY_MARKER,
        holds="Aliases",
        finds=aliases,
    ),
    _of_key(
        "DescribeKey",
        *("Description", "Enabled", "KeySpec", "KeyUsage", "MultiRegion", "Origin"),
        *("Observed.KeyState", "Observed.KeyManager", "Observed.DeletionDate", "Observed.ValidTo"),
        *("Observed.MultiRegionKeyType", "Observed.PrimaryKeyArn"),
        properties=description,
        holds="KeyMetadata.KeyId",
    ),
    _of_key("GetKeyPolicy", "KeyPolicy", properties=key_policy, holds="Policy", fixed={"PolicyName": "default"}),
    _of_key(
        "GetKeyRotationStatus",
        *("EnableKeyRotation", "RotationPeriodInDays"),
        properties=rotation,
        holds="KeyRotationEnabled",
        absent="UnsupportedOperationException",
    ),
    _of_key("ListGrants", "Observed.Grants", properties=grants, holds="Grants", pages=_BY_MARKER, fixed={"Limit": 100}),
    _of_key("ListResourceTags", "Tags", properties=key_tags, holds="Tags", pages=_BY_MARKER, fixed={"Limit": 50}),
)
