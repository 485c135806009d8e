"""Replication and lifecycle rules of a bucket, from S3's API to CloudFormation's names."""

from collections.abc import Mapping
from typing import Any

from scanner.estate.unknown import Value
from scanner.sources.aws.calls import Answer, Properties
from scanner.sources.aws.values import given, moment, picked, tags


def replication(answer: Answer) -> Properties:
    """GetBucketReplication. A rule without `Filter` is of the first version (V1) and keeps even an empty `Prefix`."""
    configuration = answer.get("ReplicationConfiguration")
    if configuration is None:
        return {}
    rules = [_replication_rule(rule) for rule in configuration["Rules"]]
    return {"ReplicationConfiguration": given(Role=configuration.get("Role"), Rules=rules)}


def lifecycle(answer: Answer) -> Properties:
    """GetBucketLifecycleConfiguration. An empty prefix selects everything, as none does, and is left out."""
    rules = [_lifecycle_rule(rule) for rule in answer.get("Rules", ())]
    size = answer.get("TransitionDefaultMinimumObjectSize")
    return given(LifecycleConfiguration=given(Rules=rules, TransitionDefaultMinimumObjectSize=size) if rules else None)


def _replication_rule(rule: Mapping[str, Any]) -> dict[str, Value]:
    translated = {
        **given(Id=rule.get("ID")),
        **picked(rule, "Priority", "Prefix", "Status", "SourceSelectionCriteria", "DeleteMarkerReplication"),
        "Destination": _destination(rule["Destination"]),
    }
    if "Filter" in rule:
        # An empty filter is not left out: it makes the rule one of the second version (V2).
        translated["Filter"] = _replication_filter(rule["Filter"])
    return translated


def _replication_filter(filter_: Mapping[str, Any]) -> dict[str, Value]:
    both = filter_.get("And")
    return {
        **picked(filter_, "Prefix"),
        **given(TagFilter=_tag(filter_.get("Tag"))),
        **given(And=given(Prefix=both.get("Prefix"), TagFilters=tags(both.get("Tags"))) if both else None),
    }


def _destination(destination: Mapping[str, Any]) -> dict[str, Value]:
    return picked(
        destination,
        "Bucket",
        "Account",
        "StorageClass",
        "AccessControlTranslation",
        "EncryptionConfiguration",
        "ReplicationTime",
        "Metrics",
    )


def _lifecycle_rule(rule: Mapping[str, Any]) -> dict[str, Value]:
    expiration = rule.get("Expiration", {})
    return given(
        Id=rule.get("ID"),
        Status=rule["Status"],
        **_selection(rule),
        ExpirationInDays=expiration.get("Days"),
        ExpirationDate=moment(expiration.get("Date")),
        ExpiredObjectDeleteMarker=expiration.get("ExpiredObjectDeleteMarker"),
        Transitions=[_transition(entry) for entry in rule.get("Transitions", ())],
        NoncurrentVersionExpiration=picked(
            rule.get("NoncurrentVersionExpiration"), "NoncurrentDays", "NewerNoncurrentVersions"
        ),
        NoncurrentVersionTransitions=[_transition(entry) for entry in rule.get("NoncurrentVersionTransitions", ())],
        AbortIncompleteMultipartUpload=picked(rule.get("AbortIncompleteMultipartUpload"), "DaysAfterInitiation"),
    )


def _selection(rule: Mapping[str, Any]) -> dict[str, Value]:
    filter_ = rule.get("Filter", {})
    chosen = {**filter_, **filter_.get("And", {})}
    sizes = {key: chosen.get(key) for key in ("ObjectSizeGreaterThan", "ObjectSizeLessThan")}
    return given(
        Prefix=chosen.get("Prefix") or rule.get("Prefix") or None,
        TagFilters=tags(chosen.get("Tags") or ([chosen["Tag"]] if "Tag" in chosen else ())),
        # CloudFormation writes these two as text.
        **{key: str(size) for key, size in sizes.items() if size is not None},
    )


def _transition(entry: Mapping[str, Any]) -> dict[str, Value]:
    return given(
        StorageClass=entry.get("StorageClass"),
        TransitionInDays=entry.get("Days", entry.get("NoncurrentDays")),
        TransitionDate=moment(entry.get("Date")),
        NewerNoncurrentVersions=entry.get("NewerNoncurrentVersions"),
    )


def _tag(tag: Mapping[str, str] | None) -> Value:
    return picked(tag, "Key", "Value") or None
