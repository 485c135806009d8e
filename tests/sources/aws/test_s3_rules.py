"""Replication and lifecycle rules, on answers as S3's API reference documents them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from scanner.sources.aws import s3_rules

TAG = {"Key": "dr", "Value": "yes"}
REPLICA_KEY = "arn:aws:kms:eu-west-1:222222222222:key/k"
FULL_DESTINATION = {
    "Bucket": "arn:aws:s3:::copy",
    "Account": "222222222222",
    "StorageClass": "STANDARD_IA",
    "AccessControlTranslation": {"Owner": "Destination"},
    "EncryptionConfiguration": {"ReplicaKmsKeyID": REPLICA_KEY},
    "ReplicationTime": {"Status": "Enabled", "Time": {"Minutes": 15}},
    "Metrics": {"Status": "Enabled", "EventThreshold": {"Minutes": 15}},
}


def replicated(**rule: Any) -> dict[str, Any]:
    """The one rule of a translated configuration."""
    whole = {"Status": "Enabled", "Destination": {"Bucket": "arn:aws:s3:::copy"}, **rule}
    found = s3_rules.replication({"ReplicationConfiguration": {"Role": "arn:role", "Rules": [whole]}})
    assert found["ReplicationConfiguration"]["Role"] == "arn:role"
    (translated,) = found["ReplicationConfiguration"]["Rules"]
    return dict(translated)


def test_a_rule_with_everything_keeps_everything() -> None:
    selection = {
        "SseKmsEncryptedObjects": {"Status": "Enabled"},
        "ReplicaModifications": {"Status": "Enabled"},
    }
    found = replicated(
        ID="dr",
        Priority=0,
        Filter={"Prefix": "tax/"},
        SourceSelectionCriteria=selection,
        DeleteMarkerReplication={"Status": "Enabled"},
        ExistingObjectReplication={"Status": "Enabled"},
        Destination=FULL_DESTINATION,
    )
    assert found == {
        "Id": "dr",
        "Priority": 0,
        "Status": "Enabled",
        "Filter": {"Prefix": "tax/"},
        "SourceSelectionCriteria": selection,
        "DeleteMarkerReplication": {"Status": "Enabled"},
        "Destination": FULL_DESTINATION,
    }


@pytest.mark.parametrize(
    ("filter_", "expected"),
    [
        ({}, {}),
        ({"Prefix": ""}, {"Prefix": ""}),
        ({"Tag": TAG}, {"TagFilter": TAG}),
        ({"And": {"Prefix": "tax/", "Tags": [TAG, TAG]}}, {"And": {"Prefix": "tax/", "TagFilters": [TAG, TAG]}}),
        ({"And": {"Tags": [TAG]}}, {"And": {"TagFilters": [TAG]}}),
    ],
)
def test_filters(filter_: dict[str, Any], expected: dict[str, Any]) -> None:
    assert replicated(Filter=filter_)["Filter"] == expected


@pytest.mark.parametrize("prefix", ["", "tax/"])
def test_a_first_version_rule_has_a_prefix_and_no_filter(prefix: str) -> None:
    found = replicated(Prefix=prefix)
    assert found["Prefix"] == prefix
    assert "Filter" not in found
    assert "DeleteMarkerReplication" not in found


def test_no_replication_is_nothing() -> None:
    assert s3_rules.replication({}) == {}


def lived(**rule: Any) -> dict[str, Any]:
    """The one translated lifecycle rule, without id and status."""
    (found,) = s3_rules.lifecycle({"Rules": [{"ID": "r", "Status": "Enabled", **rule}]})["LifecycleConfiguration"][
        "Rules"
    ]
    assert (found.pop("Id"), found.pop("Status")) == ("r", "Enabled")
    return dict(found)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"Filter": {}}, {}),
        ({"Filter": {"Prefix": ""}}, {}),
        ({"Prefix": "old/"}, {"Prefix": "old/"}),
        ({"Filter": {"Prefix": "tax/"}}, {"Prefix": "tax/"}),
        ({"Filter": {"Tag": TAG}}, {"TagFilters": [TAG]}),
        ({"Filter": {"ObjectSizeGreaterThan": 0}}, {"ObjectSizeGreaterThan": "0"}),
        (
            {"Filter": {"And": {"Prefix": "tax/", "Tags": [TAG], "ObjectSizeLessThan": 1024}}},
            {"Prefix": "tax/", "TagFilters": [TAG], "ObjectSizeLessThan": "1024"},
        ),
    ],
)
def test_what_a_lifecycle_rule_selects(rule: dict[str, Any], expected: dict[str, Any]) -> None:
    assert lived(**rule) == expected


def test_what_a_lifecycle_rule_does() -> None:
    date = datetime(2027, 1, 31, tzinfo=UTC)
    assert lived(
        Filter={},
        Expiration={"Date": date, "ExpiredObjectDeleteMarker": False},
        Transitions=[{"Days": 0, "StorageClass": "GLACIER"}, {"Date": date, "StorageClass": "DEEP_ARCHIVE"}],
        NoncurrentVersionExpiration={"NoncurrentDays": 7, "NewerNoncurrentVersions": 3},
        NoncurrentVersionTransitions=[{"NoncurrentDays": 1, "StorageClass": "GLACIER_IR"}],
        AbortIncompleteMultipartUpload={"DaysAfterInitiation": 2},
    ) == {
        "ExpirationDate": "2027-01-31T00:00:00Z",
        "ExpiredObjectDeleteMarker": False,
        "Transitions": [
            {"StorageClass": "GLACIER", "TransitionInDays": 0},
            {"StorageClass": "DEEP_ARCHIVE", "TransitionDate": "2027-01-31T00:00:00Z"},
        ],
        "NoncurrentVersionExpiration": {"NoncurrentDays": 7, "NewerNoncurrentVersions": 3},
        "NoncurrentVersionTransitions": [{"StorageClass": "GLACIER_IR", "TransitionInDays": 1}],
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 2},
    }


def test_days_and_the_size_below_which_nothing_moves() -> None:
    answer = {
        "Rules": [{"Status": "Disabled", "Expiration": {"Days": 1}}],
        "TransitionDefaultMinimumObjectSize": "all_storage_classes_128K",
    }
    assert s3_rules.lifecycle(answer) == {
        "LifecycleConfiguration": {
            "Rules": [{"Status": "Disabled", "ExpirationInDays": 1}],
            "TransitionDefaultMinimumObjectSize": "all_storage_classes_128K",
        }
    }
    assert s3_rules.lifecycle({}) == {}
