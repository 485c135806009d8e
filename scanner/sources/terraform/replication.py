"""Replication rules, as a bucket carries them (provider v3) and as a resource of their own (v4 and later).

Provider documentation, 2026-11: a rule with a `filter` block, even an empty one, is of S3's second version and has a
priority, 0 by default; one without is of the first version and has a prefix, empty by default.
"""

from collections.abc import Mapping

from scanner.estate.unknown import Unknown, Value
from scanner.sources.terraform.readers import (
    Reader,
    Values,
    block,
    built,
    each,
    inside,
    kept,
    pairs,
    plain,
    status,
    wrapped,
)


def of_resource(values: Values) -> Value:
    """The configuration in `aws_s3_bucket_replication_configuration`."""
    return built(values, {"Role": plain("role"), "Rules": each("rule", _rule)})


def of_bucket(values: Values) -> Value:
    """The configuration in the `replication_configuration` block of a bucket; None without one."""
    return block("replication_configuration", Role=plain("role"), Rules=each("rules", _inline_rule))(values)


def _rule(rule: Values) -> Value:
    return {**built(rule, _RULE), **_version(rule, _filter)}


def _inline_rule(rule: Values) -> Value:
    return {**built(rule, _INLINE_RULE), **_version(rule, _inline_filter)}


def _version(rule: Values, read_filter: Reader) -> dict[str, Value]:
    """What only rules of the second version have, or only those of the first."""
    selected = inside("filter", read_filter)(rule)
    if selected is None:
        return built(rule, {"Prefix": kept("prefix", "")})
    return {"Filter": selected, "Priority": plain("priority", 0)(rule)}


def _filter(filter_: Values) -> Value:
    """Of the three kinds of filter a rule has one; the provider sends a prefix only where it has no other."""
    selected = built(filter_, _FILTER)
    kind = next(iter(selected), None)
    if kind is None:
        return {}
    # Whether a block is there at all is not known of one that a plan leaves open.
    is_open = kind != "Prefix" and isinstance(selected[kind], Unknown)
    return selected[kind] if is_open else {kind: selected[kind]}


def _inline_filter(filter_: Values) -> Value:
    selected = built(filter_, {"Prefix": plain("prefix"), "TagFilters": pairs("tags")})
    return {"And": selected} if "TagFilters" in selected else selected


_FILTER: Mapping[str, Reader] = {
    "And": block("and", Prefix=plain("prefix"), TagFilters=pairs("tags")),
    "TagFilter": block("tag", Key=plain("key"), Value=kept("value", "")),
    "Prefix": kept("prefix"),
}
_STATUS = {"Status": plain("status")}
_TRANSLATION = block("access_control_translation", Owner=plain("owner"))

_RULE: Mapping[str, Reader] = {
    "Id": plain("id"),
    **_STATUS,
    "DeleteMarkerReplication": block("delete_marker_replication", **_STATUS),
    "SourceSelectionCriteria": block(
        "source_selection_criteria",
        ReplicaModifications=block("replica_modifications", **_STATUS),
        SseKmsEncryptedObjects=block("sse_kms_encrypted_objects", **_STATUS),
    ),
    "Destination": block(
        "destination",
        Bucket=plain("bucket"),
        Account=plain("account"),
        StorageClass=plain("storage_class"),
        AccessControlTranslation=_TRANSLATION,
        EncryptionConfiguration=block("encryption_configuration", ReplicaKmsKeyID=plain("replica_kms_key_id")),
        ReplicationTime=block("replication_time", **_STATUS, Time=block("time", Minutes=plain("minutes"))),
        Metrics=block("metrics", **_STATUS, EventThreshold=block("event_threshold", Minutes=plain("minutes"))),
    ),
}

_INLINE_STATUS = {"Status": plain("status", "Enabled")}
_MINUTES = wrapped(Minutes=plain("minutes", 15))

_INLINE_RULE: Mapping[str, Reader] = {
    "Id": plain("id"),
    **_STATUS,
    "DeleteMarkerReplication": wrapped(Status=plain("delete_marker_replication_status")),
    "SourceSelectionCriteria": block(
        "source_selection_criteria",
        SseKmsEncryptedObjects=block("sse_kms_encrypted_objects", Status=status("enabled")),
    ),
    "Destination": block(
        "destination",
        Bucket=plain("bucket"),
        Account=plain("account_id"),
        StorageClass=plain("storage_class"),
        AccessControlTranslation=_TRANSLATION,
        EncryptionConfiguration=wrapped(ReplicaKmsKeyID=plain("replica_kms_key_id")),
        ReplicationTime=block("replication_time", **_INLINE_STATUS, Time=_MINUTES),
        Metrics=block("metrics", **_INLINE_STATUS, EventThreshold=_MINUTES),
    ),
}
