"""Bucket properties as S3's API wants them: from CloudFormation's names, the inverse of what reading does."""

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from scanner.estate.unknown import Value

FOUR_BLOCKS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")

_Json = dict[str, Any]


def as_is(value: Value) -> Any:
    """What both sides call the same."""
    return value


def token(parameters: Mapping[str, Value]) -> str:
    """A token that is the same for the same job and no other."""
    return sha256(json.dumps(parameters, sort_keys=True).encode()).hexdigest()


def four_blocks(value: Value) -> _Json:
    """The four switches of a public access block; one that is absent is off."""
    return {name: value.get(name, False) for name in FOUR_BLOCKS}


def encryption(value: Value, *, unblocking: bool = False) -> _Json:
    """Default encryption. With `unblocking`, rules that block nothing say so: S3 keeps a block that is left out.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/blocking-unblocking-s3-c-encryption-gpb.html (2026-11)
    """
    blocks_nothing = {"EncryptionType": ["NONE"]} if unblocking else None
    return {
        "Rules": [
            _given(
                ApplyServerSideEncryptionByDefault=rule.get("ServerSideEncryptionByDefault"),
                BucketKeyEnabled=rule.get("BucketKeyEnabled"),
                BlockedEncryptionTypes=rule.get("BlockedEncryptionTypes", blocks_nothing),
            )
            for rule in value["ServerSideEncryptionConfiguration"]
        ]
    }


def logging(value: Value) -> _Json:
    """Server access logs. A target that is not named is the bucket itself, which only its own template may mean."""
    target = _given(
        TargetBucket=value["DestinationBucketName"],
        TargetObjectKeyFormat=value.get("TargetObjectKeyFormat"),
    )
    return {"LoggingEnabled": {**target, "TargetPrefix": value.get("LogFilePrefix", "")}}


def replication(value: Value) -> _Json:
    """Replication rules. An empty filter is kept: it makes a rule one of the second version (V2)."""
    return {"Role": value["Role"], "Rules": [_replication_rule(rule) for rule in value["Rules"]]}


def _replication_rule(rule: Mapping[str, Value]) -> _Json:
    translated = {name: part for name, part in rule.items() if name not in ("Id", "Filter")}
    if "Id" in rule:
        translated["ID"] = rule["Id"]
    if "Filter" in rule:
        translated["Filter"] = _replication_filter(rule["Filter"])
    return translated


def _replication_filter(filter_: Mapping[str, Value]) -> _Json:
    both = filter_.get("And")
    if both:
        return {"And": _given(Prefix=both.get("Prefix"), Tags=both.get("TagFilters"))}
    if "TagFilter" in filter_:
        return {"Tag": filter_["TagFilter"]}
    return dict(filter_)


def lifecycle(value: Value) -> _Json:
    """Lifecycle rules."""
    return {"Rules": [_lifecycle_rule(rule) for rule in value["Rules"]]}


def _lifecycle_rule(rule: Mapping[str, Value]) -> _Json:
    expiration = _given(
        Days=rule.get("ExpirationInDays"),
        Date=rule.get("ExpirationDate"),
        ExpiredObjectDeleteMarker=rule.get("ExpiredObjectDeleteMarker"),
    )
    return _given(
        ID=rule.get("Id"),
        Status=rule["Status"],
        Filter=_lifecycle_filter(rule),
        Expiration=expiration or None,
        Transitions=[_transition(one, "Days") for one in rule.get("Transitions", ())] or None,
        NoncurrentVersionExpiration=rule.get("NoncurrentVersionExpiration"),
        NoncurrentVersionTransitions=[
            _transition(one, "NoncurrentDays") for one in rule.get("NoncurrentVersionTransitions", ())
        ]
        or None,
        AbortIncompleteMultipartUpload=rule.get("AbortIncompleteMultipartUpload"),
    )


def _lifecycle_filter(rule: Mapping[str, Value]) -> _Json:
    parts = _given(
        Prefix=rule.get("Prefix"),
        ObjectSizeGreaterThan=_number(rule.get("ObjectSizeGreaterThan")),
        ObjectSizeLessThan=_number(rule.get("ObjectSizeLessThan")),
    )
    tags = rule.get("TagFilters", [])
    if len(parts) + len(tags) > 1:
        return {"And": {**parts, **({"Tags": tags} if tags else {})}}
    return {"Tag": tags[0]} if tags else parts or {"Prefix": ""}


def _transition(entry: Mapping[str, Value], days: str) -> _Json:
    return _given(
        StorageClass=entry["StorageClass"],
        Date=entry.get("TransitionDate"),
        NewerNoncurrentVersions=entry.get("NewerNoncurrentVersions"),
        **{days: entry.get("TransitionInDays")},
    )


def _number(text: Value) -> int | None:
    return None if text is None else int(text)


def metrics(entry: Mapping[str, Value]) -> _Json:
    """One configuration of request metrics."""
    parts = _given(Prefix=entry.get("Prefix"), AccessPointArn=entry.get("AccessPointArn"))
    tags = entry.get("TagFilters", [])
    if len(parts) + len(tags) > 1:
        return {"Id": entry["Id"], "Filter": {"And": {**parts, **({"Tags": tags} if tags else {})}}}
    one = {"Tag": tags[0]} if tags else parts
    return {"Id": entry["Id"], **({"Filter": one} if one else {})}


def notification(value: Value) -> _Json:
    """Event notifications, one entry an event as CloudFormation has them."""
    converted = _given(
        TopicConfigurations=_events(value.get("TopicConfigurations"), "Topic", "TopicArn"),
        QueueConfigurations=_events(value.get("QueueConfigurations"), "Queue", "QueueArn"),
        LambdaFunctionConfigurations=_events(value.get("LambdaConfigurations"), "Function", "LambdaFunctionArn"),
    )
    bridge = value.get("EventBridgeConfiguration", {}).get("EventBridgeEnabled")
    return {**converted, **({"EventBridgeConfiguration": {}} if bridge else {})}


def _events(entries: Sequence[Mapping[str, Value]] | None, named: str, arn: str) -> list[_Json] | None:
    converted = []
    for entry in entries or ():
        rules = entry.get("Filter", {}).get("S3Key", {}).get("Rules")
        filter_ = {"Filter": {"Key": {"FilterRules": rules}}} if rules else {}
        converted.append({arn: entry[named], "Events": [entry["Event"]], **filter_})
    return converted or None


def tagging(value: Value) -> _Json:
    """Tags."""
    return {"TagSet": value}


def _given(**members: Any) -> _Json:
    return {name: value for name, value in members.items() if value is not None}
