"""Links and rules together: a healthy estate passes all, and one fault in it fails exactly the rules that it should."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from scanner import analysis
from scanner.estate.estate import Unseen
from scanner.estate.intent import AccountIntent, Copy, Intent, ObjectLockIntent, Protected
from scanner.estate.unknown import Unknown
from scanner.estate.verdict import Verdict
from scanner.evaluation.judging import judge_estate
from scanner.evaluation.pack import load_pack

HOME, AWAY, STRANGER = "111111111111", "222222222222", "999999999999"
KINDS = ("DR::Replication::Link", "DR::ProtectedBucket")
RULES = tuple(rule for rule in load_pack().rules if rule.kind in KINDS)
LOCK = {"Mode": "COMPLIANCE", "Days": 35}
ENTRY = Protected(
    "ledger",
    bucket="ledger",
    account=HOME,
    copies=(Copy("ledger-copy", AWAY, "eu-west-1"),),
    object_lock=ObjectLockIntent("COMPLIANCE", 35),
    rpo_minutes=15,
    rto_minutes=240,
    prefixes=("ledger/",),
)
INTENT = Intent(accounts=(AccountIntent("home", HOME), AccountIntent("away", AWAY)), protect=(ENTRY,))


@pytest.fixture
def healthy(blueprint):
    """A locked ledger and its locked copy, measured and time-controlled, with no more than what that needs."""
    b = blueprint
    b.intent = INTENT
    b.rule["DeleteMarkerReplication"] = {"Status": "Disabled"}
    b.rule["Destination"] |= {
        "Metrics": {"Status": "Enabled"},
        "ReplicationTime": {"Status": "Enabled", "Time": {"Minutes": 15}},
    }
    for bucket, days in ((b.source, 90), (b.destination, 120)):
        lock(bucket, LOCK)
        bucket["LifecycleConfiguration"] = {"Rules": [expiring(NoncurrentVersionExpiration={"NoncurrentDays": days})]}
    b.statements["Read"]["Action"] += ["s3:GetObjectRetention", "s3:GetObjectLegalHold"]
    b.statements["Write"]["Action"].remove("s3:ReplicateDelete")
    b.destination_policy["Statement"][0]["Action"].remove("s3:ReplicateDelete")
    return b


def lock(bucket, retention):
    bucket["ObjectLockEnabled"] = True
    rule = {"Rule": {"DefaultRetention": retention}} if retention else {}
    bucket["ObjectLockConfiguration"] = {"ObjectLockEnabled": "Enabled", **rule}


def expiring(**after):
    return {"Id": "old", "Status": "Enabled", **after}


def judged(b, *verdicts):
    wanted = frozenset().union(*(rule.needs for rule in RULES))
    estate = analysis.derive(b.estate, b.intent, wanted)
    found = judge_estate(RULES, estate, b.intent.params, lambda *_: "")
    return {one.rule.id for one in found if one.verdict in verdicts}


def failing(b):
    return judged(b, Verdict.FAIL)


def test_the_healthy_estate_passes_every_rule(healthy):
    assert judged(healthy, Verdict.FAIL, Verdict.UNKNOWN, Verdict.NOT_APPLICABLE) == set()
    assert judged(healthy, Verdict.PASS) == {rule.id for rule in RULES}


def without(actions: list[str], action: str) -> None:
    actions.remove(action)


def no_rule(b):
    del b.source["ReplicationConfiguration"]


def other_account_named(b):
    b.rule["Destination"]["Account"] = HOME


def intent(b, **changed: Any) -> None:
    b.intent = replace(b.intent, protect=(replace(ENTRY, **changed),))


BROKEN = {"replication-link-works", "protected-bucket-has-every-copy"}
FAULTS: dict[str, tuple[Callable[[Any], Any], set[str]]] = {
    "the rule is disabled": (
        lambda b: b.rule.update(Status="Disabled"),
        BROKEN | {"replication-rule-enabled", "replication-covers-protected-prefixes"},
    ),
    "there is no rule": (no_rule, BROKEN | {"replication-rule-enabled"}),
    "the role may not read": (
        lambda b: without(b.statements["Read"]["Action"], "s3:GetObjectVersionForReplication"),
        BROKEN | {"replication-role-has-required-actions"},
    ),
    "the role may not read tags": (
        lambda b: without(b.statements["Read"]["Action"], "s3:GetObjectVersionTagging"),
        {"replication-carries-tags"},
    ),
    "the role may not read retention": (
        lambda b: without(b.statements["Read"]["Action"], "s3:GetObjectRetention"),
        BROKEN | {"replication-role-has-required-actions", "object-lock-pair-consistent"},
    ),
    "the role may read everything": (
        lambda b: b.statements["Read"].update(Action="s3:Get*"),
        {"replication-role-has-no-excess"},
    ),
    "S3 may not assume the role": (
        lambda b: b.trust.update(Principal={"Service": "lambda.amazonaws.com"}),
        BROKEN | {"replication-role-has-required-actions"},
    ),
    "there is no role": (lambda b: setattr(b, "role", None), BROKEN | {"replication-role-has-required-actions"}),
    "the destination does not admit the role": (
        lambda b: setattr(b, "destination_policy", None),
        BROKEN | {"destination-policy-admits-role", "replication-owner-override-consistent"},
    ),
    "the role may not change the owner": (
        lambda b: without(b.statements["Write"]["Action"], "s3:ObjectOwnerOverrideToBucketOwner"),
        BROKEN | {"replication-role-has-required-actions", "replication-owner-override-consistent"},
    ),
    "the replica's key does not let the role in": (
        lambda b: b.replica_key["Statement"].pop(),
        BROKEN | {"replication-role-can-use-keys"},
    ),
    "the copy admits one VPC endpoint": (
        lambda b: b.destination_policy["Statement"].append(
            b.everyone_denied("s3:*", Condition={"StringNotEquals": {"aws:SourceVpce": "vpce-1"}})
        ),
        BROKEN | {"replication-not-denied-elsewhere", "replication-owner-override-consistent"},
    ),
    "an SCP takes replication away": (
        lambda b: b.scps.update({HOME: [{"Statement": [b.allow("kms:*", "*")]}]}),
        BROKEN
        | {"replication-not-denied-elsewhere", "replication-owner-override-consistent"}
        | {"object-lock-pair-consistent", "replication-carries-tags"},
    ),
    "the replica's key waits for deletion": (
        lambda b: b.key_states.update(replica="PendingDeletion"),
        BROKEN | {"replication-replica-key-usable"},
    ),
    "KMS objects are left out": (
        lambda b: b.rule.pop("SourceSelectionCriteria"),
        BROKEN | {"replication-selects-kms-objects"},
    ),
    "two rules of one priority": (
        lambda b: b.add_rule(Id="again"),
        BROKEN | {"replication-schema-valid"},
    ),
    "the copy receives deletes": (
        lambda b: b.rule.update(DeleteMarkerReplication={"Status": "Enabled"}),
        BROKEN
        | {"replication-delete-markers-decided", "replication-role-has-required-actions"}
        | {"destination-policy-admits-role"},
    ),
    "nothing is measured": (
        lambda b: b.rule["Destination"].pop("Metrics"),
        {"replication-metrics-enabled", "replication-schema-valid"},
    ),
    "time is not controlled": (
        lambda b: b.rule["Destination"].pop("ReplicationTime"),
        {"replication-metrics-enabled"},
    ),
    "the copy lies in Deep Archive": (
        lambda b: b.rule["Destination"].update(StorageClass="DEEP_ARCHIVE"),
        {"replication-storage-class-restorable"},
    ),
    "a prefix is left out": (
        lambda b: intent(b, prefixes=("ledger/", "invoices/")),
        {"replication-covers-protected-prefixes"},
    ),
    "the plan is another region": (
        lambda b: intent(b, copies=(Copy("ledger-copy", AWAY, "eu-north-1"),)),
        {"replication-crosses-required-boundary", "protected-bucket-has-every-copy"},
    ),
    "a second copy is planned": (
        lambda b: intent(b, copies=(*ENTRY.copies, Copy("ledger-vault", AWAY))),
        BROKEN | {"replication-rule-enabled"},
    ),
    "the original is gone": (lambda b: intent(b, bucket="ledgers"), {"protected-bucket-has-every-copy"}),
    "the owner is not named": (
        lambda b: b.rule["Destination"].pop("Account"),
        {"replication-destination-account-pinned", "replication-owner-override-consistent"},
    ),
    "the copy keeps less": (
        lambda b: b.destination["LifecycleConfiguration"]["Rules"].append(expiring(ExpirationInDays=365)),
        {"replica-outlives-source"},
    ),
    "the copy is not locked": (
        lambda b: b.destination.update(ObjectLockEnabled=False, ObjectLockConfiguration=None),
        BROKEN | {"object-lock-pair-consistent"},
    ),
    "the source locks for a week": (
        lambda b: lock(b.source, {"Mode": "COMPLIANCE", "Days": 7}),
        {"replica-retention-not-weakened"},
    ),
    "the copy locks for a year": (
        lambda b: lock(b.destination, {"Mode": "COMPLIANCE", "Years": 1}),
        {"replica-retention-not-weakened"},
    ),
}


@pytest.mark.parametrize(("fault", "expected"), FAULTS.values(), ids=FAULTS)
def test_one_fault_fails_exactly_the_rules_that_it_should(healthy, fault, expected):
    fault(healthy)
    assert failing(healthy) == expected


def test_a_destination_that_no_named_account_has_is_a_stranger_s(healthy):
    healthy.destination = None
    del healthy.rule["Destination"]["Account"]
    assert "replication-destination-account-named" in failing(healthy)
    healthy.unseen.append(Unseen(AWAY, "", "AWS::S3::Bucket", "s3:ListBuckets refused"))
    assert "replication-destination-account-named" in judged(healthy, Verdict.UNKNOWN)


def test_a_destination_in_an_account_that_nobody_named_fails(healthy):
    healthy.destination = None
    healthy.rule["Destination"]["Account"] = STRANGER
    assert "replication-destination-account-named" in failing(healthy)
    healthy.intent = replace(healthy.intent, accounts=())
    assert "replication-destination-account-named" not in failing(healthy)


def chained(b, **first: Any) -> None:
    """A bucket whose replicas arrive in the ledger."""
    destination = {"Bucket": b.source_arn}
    rule = {
        "Id": "in",
        "Priority": 1,
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "Destination": destination,
        **first,
    }
    b.add(
        "AWS::S3::Bucket",
        "arn:aws:s3:::branch",
        HOME,
        "us-east-1",
        "branch",
        VersioningConfiguration={"Status": "Enabled"},
        ReplicationConfiguration={"Role": b.role_arn, "Rules": [rule]},
    )


def test_replicas_that_arrive_in_the_source_go_no_further(healthy):
    chained(healthy)
    assert "replication-not-chained" in failing(healthy)


@pytest.mark.parametrize("first", [{"Status": "Disabled"}, {"Filter": {"Prefix": "elsewhere/"}}])
def test_replicas_that_no_rule_would_take_on_make_no_chain(healthy, first):
    chained(healthy, **first)
    assert "replication-not-chained" not in failing(healthy)


def test_a_copy_that_was_only_meant_for_the_middle_makes_no_chain(healthy):
    chained(healthy)
    branch = Protected("branch", bucket="branch", account=HOME, copies=(Copy("ledger"),))
    healthy.intent = replace(healthy.intent, protect=(ENTRY, branch))
    assert "replication-not-chained" not in failing(healthy)


def test_buckets_that_replicate_to_each_other_are_asked_for_deletes_instead(healthy):
    back = {"Id": "back", "Status": "Enabled", "Filter": {}, "Destination": {"Bucket": healthy.source_arn}}
    healthy.destination["ReplicationConfiguration"] = {"Role": healthy.role_arn, "Rules": [back]}
    assert "replication-delete-markers-decided" in failing(healthy)


def test_the_rule_set_of_a_source_that_may_not_be_read_passes_nothing(healthy):
    reason = "s3:GetBucketReplication refused: AccessDenied; needs s3:GetReplicationConfiguration"
    healthy.source["ReplicationConfiguration"] = Unknown(reason)
    assert judged(healthy, Verdict.PASS, Verdict.FAIL) == set()
    assert "replication-link-works" in judged(healthy, Verdict.UNKNOWN)


def test_an_account_that_was_not_scanned_fails_nothing(healthy):
    healthy.accounts = (HOME,)
    assert failing(healthy) == set()
    assert judged(healthy, Verdict.UNKNOWN) >= BROKEN | {"destination-policy-admits-role", "replica-outlives-source"}
