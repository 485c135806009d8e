"""Rules of replication and lifecycle in every form that providers v3 to v6 write them."""

from typing import Any

import pytest

from scanner.estate.unknown import Unknown
from scanner.sources.terraform import lifecycle, replication

COPY = "arn:aws:s3:::copy"
KEY = "arn:aws:kms:eu-west-1:222222222222:key/1234"
ROLE = "arn:aws:iam::111111111111:role/crr"
LATER = Unknown("known after apply")


def rule(**values: Any) -> dict[str, Any]:
    """What becomes of one replication rule of a resource of its own."""
    plain = {"id": "r", "status": "Enabled", "destination": [{"bucket": COPY}], **values}
    found = replication.of_resource({"role": ROLE, "rule": [plain]})
    assert found["Role"] == ROLE
    (only,) = found["Rules"]
    assert (only.pop("Id"), only.pop("Status")) == ("r", "Enabled")
    return dict(only)


def inline_rule(**values: Any) -> dict[str, Any]:
    plain = {"id": "r", "status": "Enabled", "destination": [{"bucket": COPY}], **values}
    found = replication.of_bucket({"replication_configuration": [{"role": ROLE, "rules": [plain]}]})
    assert found["Role"] == ROLE
    (only,) = found["Rules"]
    assert (only.pop("Id"), only.pop("Status")) == ("r", "Enabled")
    return dict(only)


TAG = {"Key": "dr", "Value": "yes"}


@pytest.mark.parametrize(
    ("filter_", "expected"),
    [
        (None, {}),
        ({"prefix": None, "and": [], "tag": []}, {}),
        ({"prefix": ""}, {"Prefix": ""}),
        ({"prefix": "tax/"}, {"Prefix": "tax/"}),
        ({"prefix": "", "tag": [{"key": "dr", "value": "yes"}]}, {"TagFilter": TAG}),
        ({"and": [{"prefix": "tax/", "tags": {"dr": "yes"}}]}, {"And": {"Prefix": "tax/", "TagFilters": [TAG]}}),
        ({"and": [{"prefix": "", "tags": {"dr": "yes"}}]}, {"And": {"TagFilters": [TAG]}}),
        ({"prefix": LATER}, {"Prefix": LATER}),
        ({"and": LATER, "prefix": "tax/"}, LATER),
    ],
)
def test_a_rule_with_a_filter_is_of_the_second_version(filter_: Any, expected: Any) -> None:
    assert rule(filter=[filter_]) == {"Priority": 0, "Filter": expected, "Destination": {"Bucket": COPY}}


@pytest.mark.parametrize(("prefix", "expected"), [(None, ""), ("", ""), ("tax/", "tax/"), (LATER, LATER)])
def test_a_rule_without_a_filter_is_of_the_first_version(prefix: Any, expected: Any) -> None:
    found = {"Prefix": expected, "Destination": {"Bucket": COPY}}
    assert rule(filter=[], prefix=prefix, priority=None) == inline_rule(prefix=prefix) == found


def test_a_filter_that_is_not_known_leaves_the_version_open() -> None:
    assert rule(filter=LATER)["Filter"] == LATER


def test_a_rule_with_everything() -> None:
    status = [{"status": "Enabled"}]
    destination = {
        "bucket": COPY,
        "account": "222222222222",
        "storage_class": "STANDARD_IA",
        "access_control_translation": [{"owner": "Destination"}],
        "encryption_configuration": [{"replica_kms_key_id": KEY}],
        "replication_time": [{"status": "Enabled", "time": [{"minutes": 15}]}],
        "metrics": [{"status": "Enabled", "event_threshold": [{"minutes": 15}]}],
    }
    found = rule(
        priority=3,
        filter=[{}],
        delete_marker_replication=[{"status": "Disabled"}],
        existing_object_replication=status,
        source_selection_criteria=[{"replica_modifications": status, "sse_kms_encrypted_objects": status}],
        destination=[destination],
    )
    on, time = {"Status": "Enabled"}, {"Minutes": 15}
    assert found == {
        "Priority": 3,
        "Filter": {},
        "DeleteMarkerReplication": {"Status": "Disabled"},
        "SourceSelectionCriteria": {"ReplicaModifications": on, "SseKmsEncryptedObjects": on},
        "Destination": {
            "Bucket": COPY,
            "Account": "222222222222",
            "StorageClass": "STANDARD_IA",
            "AccessControlTranslation": {"Owner": "Destination"},
            "EncryptionConfiguration": {"ReplicaKmsKeyID": KEY},
            "ReplicationTime": {**on, "Time": time},
            "Metrics": {**on, "EventThreshold": time},
        },
    }


def test_a_rule_of_provider_v3_with_everything() -> None:
    destination = {
        "bucket": COPY,
        "account_id": "222222222222",
        "access_control_translation": [{"owner": "Destination"}],
        "replica_kms_key_id": KEY,
        "replication_time": [{"status": "Enabled", "minutes": 15}],
        "metrics": [{}],
    }
    found = inline_rule(
        priority=3,
        filter=[{"prefix": "tax/", "tags": {"dr": "yes"}}],
        delete_marker_replication_status="Enabled",
        source_selection_criteria=[{"sse_kms_encrypted_objects": [{"enabled": True}]}],
        destination=[destination],
    )
    on, time = {"Status": "Enabled"}, {"Minutes": 15}
    assert found == {
        "Priority": 3,
        "Filter": {"And": {"Prefix": "tax/", "TagFilters": [TAG]}},
        "DeleteMarkerReplication": on,
        "SourceSelectionCriteria": {"SseKmsEncryptedObjects": on},
        "Destination": {
            "Bucket": COPY,
            "Account": "222222222222",
            "AccessControlTranslation": {"Owner": "Destination"},
            "EncryptionConfiguration": {"ReplicaKmsKeyID": KEY},
            "ReplicationTime": {**on, "Time": time},
            "Metrics": {**on, "EventThreshold": time},
        },
    }
    assert inline_rule(filter=[{"tags": {}}])["Filter"] == {}


def test_rules_keep_their_order_and_what_is_not_known_its_place() -> None:
    rules = [{"id": name, "filter": [{}]} for name in "ba"]
    found = replication.of_resource({"role": LATER, "rule": [*rules, LATER]})
    assert [LATER if one == LATER else one["Id"] for one in found["Rules"]] == ["b", "a", LATER]
    assert found["Role"] == LATER
    assert replication.of_bucket({"replication_configuration": []}) is None
    assert replication.of_bucket({"replication_configuration": LATER}) == LATER


def lived(**values: Any) -> dict[str, Any]:
    """What becomes of one lifecycle rule of a resource of its own."""
    (only,) = lifecycle.of_resource({"rule": [{"id": "r", "status": "Enabled", **values}]})["Rules"]
    assert (only.pop("Id"), only.pop("Status")) == ("r", "Enabled")
    return dict(only)


def lived_inline(**values: Any) -> dict[str, Any]:
    (only,) = lifecycle.of_bucket({"lifecycle_rule": [{"id": "r", "enabled": True, **values}]})["Rules"]
    assert (only.pop("Id"), only.pop("Status")) == ("r", "Enabled")
    return dict(only)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, {}),
        ({"prefix": "old/"}, {"Prefix": "old/"}),
        ({"prefix": "", "filter": [{}]}, {}),
        ({"filter": [{"prefix": "tax/", "and": [], "tag": []}]}, {"Prefix": "tax/"}),
        ({"filter": [{"prefix": LATER, "tag": [{"key": "dr", "value": "yes"}]}]}, {"TagFilters": [TAG]}),
        (
            {"filter": [{"and": [{"prefix": "tax/", "tags": {"dr": "yes"}, "object_size_less_than": 9}]}]},
            {"Prefix": "tax/", "TagFilters": [TAG], "ObjectSizeLessThan": 9},
        ),
        ({"filter": [{"object_size_greater_than": "5", "object_size_less_than": ""}]}, {"ObjectSizeGreaterThan": "5"}),
        ({"filter": LATER}, {"Prefix": LATER}),
        ({"filter": [{"and": LATER}]}, {"Prefix": LATER}),
    ],
)
def test_what_a_lifecycle_rule_selects(values: dict[str, Any], expected: dict[str, Any]) -> None:
    assert lived(**values) == expected


@pytest.mark.parametrize(
    ("expiration", "expected"),
    [
        ({"days": 90, "date": None, "expired_object_delete_marker": LATER}, {"ExpirationInDays": 90}),
        ({"days": 0, "expired_object_delete_marker": True}, {"ExpiredObjectDeleteMarker": True}),
        ({"days": LATER, "expired_object_delete_marker": True}, {"ExpiredObjectDeleteMarker": True}),
        ({"date": "2027-01-31T00:00:00Z", "days": LATER}, {"ExpirationDate": "2027-01-31T00:00:00Z"}),
        ({"date": "2027-01-31"}, {"ExpirationDate": "2027-01-31T00:00:00Z"}),
        ({"days": LATER}, {"ExpirationInDays": LATER}),
        ({"days": 0, "expired_object_delete_marker": False}, {"ExpiredObjectDeleteMarker": False}),
    ],
)
def test_when_objects_expire(expiration: dict[str, Any], expected: dict[str, Any]) -> None:
    assert lived(expiration=[expiration]) == lived_inline(expiration=[expiration]) == expected


def test_an_expiration_that_is_not_known() -> None:
    assert lived(expiration=LATER) == {"ExpirationInDays": LATER}


def test_what_a_lifecycle_rule_does() -> None:
    found = lived(
        transition=[{"days": 30, "storage_class": "GLACIER"}, {"date": "2027-01-31T00:00:00Z", "storage_class": "x"}],
        noncurrent_version_expiration=[{"noncurrent_days": 90, "newer_noncurrent_versions": "3"}],
        noncurrent_version_transition=[{"noncurrent_days": None, "storage_class": "GLACIER_IR"}],
        abort_incomplete_multipart_upload=[{"days_after_initiation": 7}],
    )
    assert found == {
        "Transitions": [
            {"StorageClass": "GLACIER", "TransitionInDays": 30},
            {"StorageClass": "x", "TransitionDate": "2027-01-31T00:00:00Z"},
        ],
        "NoncurrentVersionExpiration": {"NoncurrentDays": 90, "NewerNoncurrentVersions": "3"},
        "NoncurrentVersionTransitions": [{"StorageClass": "GLACIER_IR", "TransitionInDays": 0}],
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
    }


def test_what_a_lifecycle_rule_of_provider_v3_does() -> None:
    found = lived_inline(
        prefix="",
        tags={"dr": "yes"},
        transition=[{"days": None, "date": "", "storage_class": "GLACIER"}],
        noncurrent_version_expiration=[{"days": 90}],
        noncurrent_version_transition=[{"days": 7, "storage_class": "STANDARD_IA"}],
        abort_incomplete_multipart_upload_days=7,
    )
    assert found == {
        "TagFilters": [TAG],
        "Transitions": [{"StorageClass": "GLACIER", "TransitionInDays": 0}],
        "NoncurrentVersionExpiration": {"NoncurrentDays": 90},
        "NoncurrentVersionTransitions": [{"StorageClass": "STANDARD_IA", "TransitionInDays": 7}],
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
    }


@pytest.mark.parametrize(("enabled", "status"), [(False, "Disabled"), (LATER, LATER)])
def test_a_lifecycle_rule_that_is_off(enabled: Any, status: Any) -> None:
    (found,) = lifecycle.of_bucket({"lifecycle_rule": [{"enabled": enabled}]})["Rules"]
    assert found == {"Status": status}
    assert lifecycle.of_bucket({"lifecycle_rule": []}) is None


def test_the_size_below_which_nothing_moves() -> None:
    found = lifecycle.of_resource({"rule": [], "transition_default_minimum_object_size": "varies_by_storage_class"})
    assert found == {"TransitionDefaultMinimumObjectSize": "varies_by_storage_class"}
