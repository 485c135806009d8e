"""What each remedy proposes, word for word, and that nothing is ever made weaker than it is."""

from typing import Any

import pytest
from link_blueprint import AWAY, HOME
from planned import Planned, planned

from scanner.remedies.proposals import Choices
from scanner.remedies.step import CREATION, Safety
from tests.remedies.buckets.estates import BREAKS, GLASS, Drawn, chosen, drawn, locked_copy

BUCKET, POLICY = "AWS::S3::Bucket", "AWS::S3::BucketPolicy"
SOURCE, COPY = "arn:aws:s3:::ledger", "arn:aws:s3:::ledger-copy"


def plan_for(name: str, choices: Choices | None = None) -> Planned:
    blueprint = drawn(name)
    return planned(blueprint.estate, blueprint.intent, BREAKS[name][1], choices or chosen(name))


def retention(found: Planned, name: str = "ledger-copy") -> Any:
    return found.step(BUCKET, "ObjectLockConfiguration", name).after["Rule"]["DefaultRetention"]


def test_denials_reach_the_bucket_and_all_its_objects() -> None:
    document = plan_for("plain HTTP").step(POLICY, "PolicyDocument", "ledger-copy").after
    assert document["Statement"][-1] == {
        "Sid": "DenyInsecureTransport",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [COPY, f"{COPY}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def test_a_first_policy_is_made_and_taken_away_again() -> None:
    step = plan_for("plain HTTP").step(POLICY, CREATION, "ledger")
    assert step.operations == ("s3:PutBucketPolicy",)
    assert step.safety is Safety.REVIEW


def test_destruction_is_left_to_whom_the_user_named_and_said_to_be_so() -> None:
    step = plan_for("destruction").step(POLICY, "PolicyDocument")
    last = step.after["Statement"][-1]
    assert last["Condition"] == {"ArnNotEquals": {"aws:PrincipalArn": f"arn:aws:iam::{AWAY}:{GLASS}"}}
    assert {"s3:DeleteObjectVersion", "s3:PutBucketPolicy", "s3:PutLifecycleConfiguration"} <= set(last["Action"])
    assert "only whom the denial spares can take it back" in step.undoing


def test_object_lock_is_irreversible_and_takes_versioning_first() -> None:
    blueprint = drawn("never versioned")
    found = planned(blueprint.estate, blueprint.intent, ["recovery-bucket-object-lock-enabled"])
    versions, lock = found.plan.steps
    assert (versions.property, lock.property) == ("VersioningConfiguration", "ObjectLockConfiguration")
    assert lock.needs == (versions.id,)
    assert lock.safety is Safety.IRREVERSIBLE


def test_whoever_replicates_from_a_lock_is_locked_and_permitted_too() -> None:
    found = plan_for("no lock, and goes on")
    assert found.step(BUCKET, "ObjectLockConfiguration", "third").safety is Safety.IRREVERSIBLE
    assert "s3:GetObjectRetention" in str(found.step("AWS::IAM::Role", "Policies", "onward").after)


@pytest.mark.parametrize(
    ("lock", "rule", "choices", "expected"),
    [
        (("GOVERNANCE", {"Days": 7}), "object-lock-retention-meets-policy", Choices(), ("GOVERNANCE", {"Days": 35})),
        (("COMPLIANCE", {"Days": 7}), "object-lock-retention-meets-policy", Choices(), ("COMPLIANCE", {"Days": 35})),
        (
            ("GOVERNANCE", {"Years": 1}),
            "object-lock-mode-compliance",
            Choices(lock_mode="COMPLIANCE", lock_days=3),
            ("COMPLIANCE", {"Years": 1}),
        ),
        (
            ("GOVERNANCE", {"Days": 7}),
            "object-lock-retention-meets-policy",
            Choices(lock_days=60),
            ("GOVERNANCE", {"Days": 60}),
        ),
        (
            ("GOVERNANCE", {"Days": 7}),
            "object-lock-retention-meets-policy",
            Choices(lock_mode="COMPLIANCE"),
            ("COMPLIANCE", {"Days": 35}),
        ),
    ],
)
def test_retention_is_never_made_weaker(lock: Any, rule: str, choices: Choices, expected: Any) -> None:
    blueprint = Drawn()
    blueprint.locked(blueprint.copy, lock[0], **lock[1])
    found = planned(blueprint.estate, blueprint.intent, [rule], choices)
    assert retention(found) == {"Mode": expected[0], **expected[1]}


def test_what_the_estate_file_asks_counts_more_than_choices() -> None:
    assert retention(plan_for("lock short of intent", Choices(lock_days=400))) == {"Mode": "COMPLIANCE", "Days": 90}


def test_compliance_mode_is_irreversible_wherever_it_is_set() -> None:
    step = plan_for("lock that can be lifted").step(BUCKET, "ObjectLockConfiguration")
    assert step.safety is Safety.IRREVERSIBLE
    assert "nobody can delete" in step.interrupts


def test_originals_get_the_longer_lock_and_copies_keep_theirs() -> None:
    found = plan_for("weaker lock at the source")
    assert retention(found, "ledger") == {"Mode": "GOVERNANCE", "Days": 50}
    assert len(found.plan.steps) == 1


def test_a_new_key_has_an_alias_and_rotation_before_it_is_used() -> None:
    found = plan_for("foreign keys")
    made = [(step.target.type.rpartition("::")[2], step.property) for step in found.plan.steps]
    assert made[:3] == [("Key", CREATION), ("Alias", CREATION), ("Key", "EnableKeyRotation")]
    key = found.plan.steps[0].target.arn
    used = found.step(BUCKET, "BucketEncryption").after["ServerSideEncryptionConfiguration"][0]
    assert used == {
        "ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key},
        "BucketKeyEnabled": True,
    }
    (rule,) = found.step(BUCKET, "ReplicationConfiguration").after["Rules"]
    assert rule["Destination"]["EncryptionConfiguration"] == {"ReplicaKmsKeyID": key}
    assert key in str(found.step("AWS::IAM::Role", "Policies").after)


def test_a_key_that_the_user_chose_is_used_instead() -> None:
    blueprint = drawn("foreign default key")
    other = blueprint.away("kms", "key/chosen")
    policy = {"Statement": [blueprint.allow("kms:*", "*", Principal=blueprint.root(AWAY))]}
    observed = {"KeyState": "Enabled", "KeyManager": "CUSTOMER", "Grants": []}
    blueprint.add("AWS::KMS::Key", other, AWAY, blueprint.away_region, "chosen", KeyPolicy=policy, Observed=observed)
    chosen_key = Choices(keys={(AWAY, blueprint.away_region): other})
    found = planned(blueprint.estate, blueprint.intent, ["recovery-key-owned-by-recovery-account"], chosen_key)
    assert other in str(found.step(BUCKET, "BucketEncryption").after)


def test_log_delivery_is_allowed_for_each_source_in_one_statement() -> None:
    blueprint = drawn("log refused")
    second = blueprint.bucket("second", LoggingConfiguration={"DestinationBucketName": "logs", "LogFilePrefix": ""})
    found = planned(blueprint.estate, blueprint.intent, ["access-log-target-deliverable"])
    (statement,) = found.step(POLICY, CREATION, "logs").after["PolicyDocument"]["Statement"]
    assert statement == {
        "Sid": "AllowAccessLogDelivery",
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::logs/*",
        "Condition": {
            "ArnEquals": {"aws:SourceArn": [SOURCE, second]},
            "StringEquals": {"aws:SourceAccount": HOME},
        },
    }


def test_logging_keeps_what_it_has_of_its_own_and_gets_another_target() -> None:
    assert plan_for("log into itself").step(BUCKET, "LoggingConfiguration").after == {
        "DestinationBucketName": f"logs-{HOME}-us-east-1",
        "LogFilePrefix": "was/",
    }


def test_a_log_bucket_that_is_made_is_fit_for_it_by_all_rules() -> None:
    blueprint = drawn("log into itself")
    name = f"logs-{HOME}-us-east-1"
    rules = ["access-log-target-deliverable", "bucket-versioning-enabled", "bucket-denies-insecure-transport"]
    found = planned(
        blueprint.estate, blueprint.intent, [*rules, "bucket-blocks-public-access"], chosen("log into itself")
    )
    assert {str(one.verdict) for one in found.after.findings if one.resource.name == name} == {"PASS"}
    logging = found.step(BUCKET, "LoggingConfiguration")
    assert found.step(BUCKET, CREATION, name).id in logging.needs
    assert found.step(POLICY, CREATION, name).id in logging.needs


def test_the_first_failure_raises_the_alarm_where_s3_counts_it() -> None:
    found = plan_for("failures not counted")
    step = found.step("AWS::CloudWatch::Alarm", CREATION)
    assert step.target.region == "us-east-1"
    assert step.after == {
        "AlarmName": "OperationsFailedReplication-ledger-dr",
        "AlarmDescription": "Replication of ledger by rule dr: an object could not be replicated",
        "ActionsEnabled": True,
        "AlarmActions": [f"arn:aws:sns:us-east-1:{HOME}:pager"],
        "Namespace": "AWS/S3",
        "MetricName": "OperationsFailedReplication",
        "Dimensions": Drawn().on_rule(),
        "Statistic": "Sum",
        "Period": 300,
        "EvaluationPeriods": 1,
        "Threshold": 0.0,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
    }


@pytest.mark.parametrize(
    ("minutes", "threshold", "periods"),
    [(1440, 86100.0, 5), (15, 600.0, 5), (10, 300.0, 5), (4, 120.0, 2), (1, 30.0, 1)],
)
def test_lateness_is_told_in_time_where_s3_publishes_it(minutes: int, threshold: float, periods: int) -> None:
    blueprint = drawn("latency not told")
    blueprint.asked(rpo_minutes=minutes)
    found = planned(
        blueprint.estate, blueprint.intent, ["replication-latency-alarm-fits-rpo"], chosen("latency not told")
    )
    step = found.step("AWS::CloudWatch::Alarm", CREATION)
    assert (step.target.account, step.target.region) == (HOME, "eu-west-1")
    assert (step.after["Threshold"], step.after["EvaluationPeriods"], step.after["Period"]) == (threshold, periods, 60)
    assert threshold + 60 * periods <= 60 * minutes or minutes == 1


def test_whoever_is_subscribed_has_to_confirm_before_anything_passes() -> None:
    blueprint = Drawn()
    blueprint.alarm("failing", "OperationsFailedReplication", Dimensions=blueprint.on_rule())
    choices = Choices(email="on-call@example.com")
    found = planned(blueprint.estate, blueprint.intent, ["alarm-reaches-a-human"], choices)
    assert found.verdicts("alarm-reaches-a-human") == ["UNKNOWN"]
    assert found.plan.fixes == ()
    assert "has to confirm it" in found.why()


def test_events_are_told_beside_those_that_there_are() -> None:
    blueprint = drawn("failures as events")
    blueprint.source["NotificationConfiguration"] = {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}
    found = planned(blueprint.estate, blueprint.intent, BREAKS["failures as events"][1], chosen("failures as events"))
    topic = f"arn:aws:sns:us-east-1:{HOME}:pager"
    assert found.step(BUCKET, "NotificationConfiguration").after == {
        "EventBridgeConfiguration": {"EventBridgeEnabled": True},
        "TopicConfigurations": [{"Event": "s3:Replication:OperationFailedReplication", "Topic": topic}],
    }
    policy = found.step("AWS::SNS::TopicPolicy", CREATION).after["PolicyDocument"]["Statement"]
    assert [one["Sid"] for one in policy] == ["__default_statement_ID", "AllowReplicationEvents"]
    assert policy[1]["Condition"]["ArnLike"] == {"aws:SourceArn": SOURCE}


def test_lifecycle_rules_are_only_shown_and_never_counted_as_fixed() -> None:
    for name in (
        "versions gone in days",
        "emptied overnight",
        "emptied within a week",
        "copy gone before the original",
    ):
        found = plan_for(name)
        assert {step.safety for step in found.plan.steps} == {Safety.MANUAL}
        assert found.plan.fixes == ()
        assert "leaves it to you" in found.why()


def test_lifecycle_rules_keep_for_longer_and_stop_what_looks_like_sabotage() -> None:
    (rule,) = plan_for("versions gone in days").step(BUCKET, "LifecycleConfiguration").after["Rules"]
    assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 35}
    stopped, later = plan_for("emptied overnight").step(BUCKET, "LifecycleConfiguration").after["Rules"]
    assert (stopped["Status"], later["NoncurrentVersionExpiration"]) == ("Disabled", {"NoncurrentDays": 35})
    expired, noncurrent, other = (
        plan_for("copy gone before the original").step(BUCKET, "LifecycleConfiguration").after["Rules"]
    )
    assert expired["ExpirationInDays"] == 900
    assert noncurrent["NoncurrentVersionExpiration"]["NoncurrentDays"] >= 35
    assert other == {"Id": "c", "Status": "Enabled", "Prefix": "others/", "ExpirationInDays": 1}


def test_a_lock_that_is_longer_than_anybody_means_is_left() -> None:
    blueprint = Drawn()
    locked_copy("GOVERNANCE", 9000)(blueprint)
    found = planned(blueprint.estate, blueprint.intent, ["object-lock-retention-meets-policy"])
    assert found.plan.steps == ()
    assert "never made shorter" in found.why()
