"""Rules of buckets in Terraform's arguments: replication, lifecycle and notifications.

Provider documentation of hashicorp/aws, 5.100 and 6.x, 2026-11.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from scanner.remedies.shown.hcl import Blocks
from scanner.remedies.shown.terraform_scope import Body


def one(body: Body | None) -> Blocks | None:
    """A nested block that is there at most once; none for None."""
    return None if body is None else Blocks((body,))


def replication(value: Any) -> Body:
    """The arguments of a replication configuration."""
    return {"role": value["Role"], "rule": Blocks(tuple(map(_replication_rule, value["Rules"])))}


def _replication_rule(rule: Mapping[str, Any]) -> Body:
    criteria = rule.get("SourceSelectionCriteria")
    return {
        "id": rule.get("Id"),
        "priority": rule.get("Priority"),
        "prefix": rule.get("Prefix"),
        "status": rule["Status"],
        "filter": one(_filter(rule["Filter"]) if "Filter" in rule else None),
        "delete_marker_replication": one(_status(rule.get("DeleteMarkerReplication"))),
        "existing_object_replication": one(_status(rule.get("ExistingObjectReplication"))),
        "source_selection_criteria": one(
            criteria
            and {
                "sse_kms_encrypted_objects": one(_status(criteria.get("SseKmsEncryptedObjects"))),
                "replica_modifications": one(_status(criteria.get("ReplicaModifications"))),
            }
        ),
        "destination": one(_destination(rule["Destination"])),
    }


def _destination(value: Mapping[str, Any]) -> Body:
    translation, encryption = value.get("AccessControlTranslation"), value.get("EncryptionConfiguration")
    metrics, time = value.get("Metrics"), value.get("ReplicationTime")
    return {
        "bucket": value["Bucket"],
        "account": value.get("Account"),
        "storage_class": value.get("StorageClass"),
        "access_control_translation": one(translation and {"owner": translation["Owner"]}),
        "encryption_configuration": one(encryption and {"replica_kms_key_id": encryption.get("ReplicaKmsKeyID")}),
        "metrics": one(
            metrics and {"status": metrics["Status"], "event_threshold": one(_minutes(metrics.get("EventThreshold")))}
        ),
        "replication_time": one(time and {"status": time["Status"], "time": one(_minutes(time["Time"]))}),
    }


def _status(value: Mapping[str, Any] | None) -> Body | None:
    return value and {"status": value["Status"]}


def _minutes(value: Mapping[str, Any] | None) -> Body | None:
    return value and {"minutes": value["Minutes"]}


def _filter(value: Mapping[str, Any]) -> Body:
    """A filter of replication: everything, a prefix, a tag, or several of them."""
    if "And" in value:
        both = value["And"]
        return {"and": one({"prefix": both.get("Prefix"), "tags": tags(both.get("TagFilters"))})}
    tag = value.get("TagFilter")
    return {"prefix": value.get("Prefix"), "tag": one(tag and {"key": tag["Key"], "value": tag["Value"]})}


def lifecycle(value: Any) -> Body:
    """The arguments of a lifecycle configuration."""
    return {
        "transition_default_minimum_object_size": value.get("TransitionDefaultMinimumObjectSize"),
        "rule": Blocks(tuple(map(_lifecycle_rule, value["Rules"]))),
    }


def _lifecycle_rule(rule: Mapping[str, Any]) -> Body:
    days, date = rule.get("ExpirationInDays"), rule.get("ExpirationDate")
    marker = rule.get("ExpiredObjectDeleteMarker")
    expiration = {"days": days, "date": date, "expired_object_delete_marker": marker}
    noncurrent, abort = rule.get("NoncurrentVersionExpiration"), rule.get("AbortIncompleteMultipartUpload")
    return {
        "id": rule.get("Id"),
        "status": rule["Status"],
        "filter": one(_lifecycle_filter(rule)),
        "expiration": one(expiration if any(part is not None for part in expiration.values()) else None),
        "transition": Blocks(tuple(_transition(each, "days") for each in rule.get("Transitions", ()))),
        "noncurrent_version_expiration": one(
            noncurrent
            and {
                "noncurrent_days": noncurrent.get("NoncurrentDays"),
                "newer_noncurrent_versions": noncurrent.get("NewerNoncurrentVersions"),
            }
        ),
        "noncurrent_version_transition": Blocks(
            tuple(_transition(each, "noncurrent_days") for each in rule.get("NoncurrentVersionTransitions", ()))
        ),
        "abort_incomplete_multipart_upload": one(abort and {"days_after_initiation": abort["DaysAfterInitiation"]}),
    }


def _lifecycle_filter(rule: Mapping[str, Any]) -> Body:
    given = rule.get("TagFilters") or []
    parts = {
        "prefix": rule.get("Prefix"),
        "object_size_greater_than": _number(rule.get("ObjectSizeGreaterThan")),
        "object_size_less_than": _number(rule.get("ObjectSizeLessThan")),
    }
    if len(given) + sum(part is not None for part in parts.values()) > 1:
        return {"and": one({**parts, "tags": tags(given)})}
    return {**parts, "tag": one({"key": given[0]["Key"], "value": given[0]["Value"]} if given else None)}


def _transition(entry: Mapping[str, Any], days: str) -> Body:
    return {
        "storage_class": entry["StorageClass"],
        "date": entry.get("TransitionDate"),
        days: entry.get("TransitionInDays"),
        "newer_noncurrent_versions": entry.get("NewerNoncurrentVersions"),
    }


def _number(text: Any) -> int | None:
    return None if text is None else int(text)


def notification(value: Any) -> Body:
    """The arguments of event notifications."""
    return {
        "eventbridge": True if value.get("EventBridgeConfiguration", {}).get("EventBridgeEnabled") else None,
        "topic": _events(value.get("TopicConfigurations"), "Topic", "topic_arn"),
        "queue": _events(value.get("QueueConfigurations"), "Queue", "queue_arn"),
        "lambda_function": _events(value.get("LambdaConfigurations"), "Function", "lambda_function_arn"),
    }


def _events(entries: Sequence[Mapping[str, Any]] | None, named: str, argument: str) -> Blocks:
    return Blocks(tuple(_event(entry, named, argument) for entry in entries or ()))


def _event(entry: Mapping[str, Any], named: str, argument: str) -> Body:
    rules = entry.get("Filter", {}).get("S3Key", {}).get("Rules", ())
    filters = {f"filter_{rule['Name'].lower()}": rule["Value"] for rule in rules}
    return {argument: entry[named], "events": [entry["Event"]], **filters}


def tags(given: Sequence[Mapping[str, Any]] | None) -> dict[str, Any] | None:
    """Tags as a map; None for none."""
    return {tag["Key"]: tag["Value"] for tag in given} if given else None
