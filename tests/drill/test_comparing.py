"""Each property of the replica is held against what was written and what the rule promises."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from drill_links import link

from scanner.drill.comparing import Comparison, compare
from scanner.drill.conducting import exit_code
from scanner.drill.objects import Retention, Seen
from scanner.drill.planning import plan_drill
from scanner.drill.telling import comparison_lines, text
from scanner.estate.unknown import Unknown
from scanner.estate.verdict import Verdict
from scanner.findings.exit_codes import ExitCode

KEY = "arn:aws:kms:eu-west-1:222222222222:key/replica"
UNTIL = Retention("COMPLIANCE", datetime(2030, 1, 1, tzinfo=UTC))
LATER = Retention("COMPLIANCE", datetime(2031, 1, 1, tzinfo=UTC))
BY_KMS = {"Destination": {"Bucket": "arn:aws:s3:::copy", "EncryptionConfiguration": {"ReplicaKmsKeyID": KEY}}}
DEFAULT = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 1}}}


def compared(
    original: dict[str, Any] | None = None, replica: dict[str, Any] | None = None, owner: Any = "them", **changed: Any
) -> dict[str, Comparison]:
    """The comparisons by name; source and replica are alike but for what is given."""
    view, found = link(**changed)
    canary = plan_drill(view, found, "stamp").canary
    seen = Seen(
        version="v",
        size=len(canary.body),
        checksum=None,
        metadata=canary.metadata,
        tags=canary.tags,
        algorithm="AES256",
        key=None,
        storage_class="STANDARD",
        status="COMPLETED",
        retention=None,
        owner="us",
    )
    source = replace(seen, **(original or {}))
    checksum = "o1iwiWzXaMzeKNLz776z+YpdYgl1DS2iYgWJIzLDTcs="
    copy = replace(source, **{"status": "REPLICA", "checksum": checksum, **(replica or {})})
    return {one.what: one for one in compare(found, canary, source, copy, owner)}


def verdicts(found: dict[str, Comparison]) -> dict[str, str]:
    return {what: str(one.verdict) for what, one in found.items() if one.verdict is not Verdict.PASS}


def test_a_faithful_replica_passes_in_everything() -> None:
    found = compared()
    assert verdicts(found) == {}
    assert list(found) == [
        *("version id", "status", "size", "checksum", "metadata", "tags", "encryption", "storage class"),
        *("Object Lock", "owner"),
    ]
    assert exit_code(tuple(found.values())) is ExitCode.CLEAN


@pytest.mark.parametrize(
    ("replica", "what"),
    [
        ({"version": "w"}, "version id"),
        ({"status": None}, "status"),
        ({"size": 1}, "size"),
        ({"checksum": "other"}, "checksum"),
        ({"checksum": None}, "checksum"),
        ({"metadata": {}}, "metadata"),
        ({"tags": {}}, "tags"),
        ({"algorithm": "aws:kms"}, "encryption"),
        ({"storage_class": "GLACIER"}, "storage class"),
        ({"retention": UNTIL}, "Object Lock"),
        ({"owner": "stranger"}, "owner"),
    ],
)
def test_a_difference_fails_where_it_is_and_nowhere_else(replica: dict[str, Any], what: str) -> None:
    found = compared(replica=replica)
    assert verdicts(found) == {what: "FAIL"}
    assert exit_code(tuple(found.values())) is ExitCode.FAILING


@pytest.mark.parametrize(
    ("replica", "what", "code"),
    [
        ({"tags": Unknown("refused")}, "tags", ExitCode.INCOMPLETE),
        ({"retention": Unknown("refused")}, "Object Lock", ExitCode.INCOMPLETE),
        ({"owner": Unknown("refused")}, "owner", ExitCode.CLEAN),
    ],
)
def test_what_could_not_be_read_is_unknown_and_never_equal(replica, what: str, code: ExitCode) -> None:
    found = compared(replica=replica)
    assert (verdicts(found), found[what].found) == ({what: "UNKNOWN"}, "refused")
    assert exit_code(tuple(found.values())) is code


def test_a_difference_counts_more_than_what_was_not_read() -> None:
    found = compared(replica={"tags": Unknown("refused"), "size": 1})
    assert exit_code(tuple(found.values())) is ExitCode.FAILING
    assert exit_code(Unknown("refused")) is ExitCode.INCOMPLETE


@pytest.mark.parametrize(
    ("key", "verdict"), [(KEY, "PASS"), ("arn:aws:kms:eu-west-1:222222222222:key/other", "FAIL"), (None, "FAIL")]
)
def test_a_replica_of_a_kms_object_has_the_rules_key(key: str | None, verdict: str) -> None:
    original = {"algorithm": "aws:kms", "key": "arn:aws:kms:us-east-1:111111111111:key/source"}
    found = compared(original, {"key": key}, **BY_KMS)
    assert str(found["encryption key"].verdict) == verdict
    assert found["encryption key"].expected == KEY


def test_a_rule_that_names_no_key_promises_none() -> None:
    assert verdicts(compared({"algorithm": "aws:kms"})) == {"encryption key": "UNKNOWN"}


@pytest.mark.parametrize(
    ("original", "replica", "default", "verdict"),
    [
        (UNTIL, UNTIL, {}, "PASS"),
        (UNTIL, LATER, DEFAULT, "FAIL"),
        (UNTIL, None, {}, "FAIL"),
        (None, LATER, DEFAULT, "PASS"),
        (None, None, DEFAULT, "FAIL"),
        (None, Retention("GOVERNANCE", UNTIL.until), DEFAULT, "FAIL"),
        (Unknown("refused"), UNTIL, {}, "UNKNOWN"),
    ],
)
def test_the_sources_lock_goes_along_and_else_the_destinations_counts(original, replica, default, verdict) -> None:
    copy = {"ObjectLockConfiguration": default} if default else {}
    found = compared({"retention": original}, {"retention": replica}, copy=copy)
    assert str(found["Object Lock"].verdict) == verdict


def test_the_storage_class_is_the_rules_where_it_names_one() -> None:
    rule = {"Destination": {"Bucket": "arn:aws:s3:::copy", "StorageClass": "GLACIER_IR"}}
    assert verdicts(compared(replica={"storage_class": "GLACIER_IR"}, **rule)) == {}
    assert verdicts(compared(**rule)) == {"storage class": "FAIL"}


def test_the_owner_changes_where_the_rule_or_the_bucket_says_so() -> None:
    override = {"Destination": {"Bucket": "arn:aws:s3:::copy", "AccessControlTranslation": {"Owner": "Destination"}}}
    enforced = {"OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}}
    for changed in (override, {"copy": enforced}):
        assert verdicts(compared(replica={"owner": "them"}, **changed)) == {}
        assert verdicts(compared(**changed)) == {"owner": "FAIL"}
    assert "owner" not in compared(copy={"OwnershipControls": {"$unknown": "refused"}})


def test_what_is_told_is_harmless_and_short() -> None:
    told = text(comparison_lines(tuple(compared(replica={"metadata": {"a": "\x1b[2J" * 9}, "version": "\n"}).values())))
    assert told.replace("\n", "").isprintable()
    assert "FAIL     version id      expected v, found \\n" in told
    assert "could not be read: gone" in text(comparison_lines(Unknown("gone")))
