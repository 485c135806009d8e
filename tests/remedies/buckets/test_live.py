"""Every remedy of buckets from end to end: it fails, is planned, is done, passes, is done for good, and is undone."""

import json
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from scanner.remedies.applying import Done
from scanner.remedies.proposals import Choices
from scanner.remedies.step import CREATION
from tests.remedies.buckets.stage import AWAY, HOME, LANGUAGE, Stage, policy, properties_of


@pytest.fixture
def stage(aws: Any, new_account: Callable[[], str], tmp_path: Path) -> Stage:
    found = Stage(aws, new_account(), tmp_path)
    found.build()
    return found


def suspended(stage: Stage) -> None:
    stage.there("s3").put_bucket_versioning(Bucket=stage.copy, VersioningConfiguration={"Status": "Suspended"})


def public(stage: Stage) -> None:
    stage.there("s3").delete_public_access_block(Bucket=stage.copy)


def taking_any_key(stage: Stage) -> None:
    default = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    rule = {**default, "BucketKeyEnabled": False, "BlockedEncryptionTypes": {"EncryptionType": ["NONE"]}}
    for s3, name in ((stage.here("s3"), stage.source), (stage.there("s3"), stage.copy)):
        s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": [rule]})


def with_breaker(stage: Stage) -> None:
    role = stage.there("iam").create_role(RoleName="glass", AssumeRolePolicyDocument=policy())["Role"]
    stage.choices = Choices(break_glass=(role["Arn"],))


def with_short_lock(stage: Stage) -> None:
    retention = {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}}
    lock = {"ObjectLockEnabled": "Enabled", "Rule": retention}
    stage.there("s3").put_object_lock_configuration(Bucket=stage.copy, ObjectLockConfiguration=lock)


def compliance_wanted(stage: Stage) -> None:
    with_short_lock(stage)
    stage.choices = Choices(lock_mode="COMPLIANCE", lock_days=2)


def under_a_foreign_key(stage: Stage) -> None:
    key = stage.aws.client("kms", AWAY, stage.primary).create_key()["KeyMetadata"]["Arn"]
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    rule = {"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": True}
    stage.there("s3").put_bucket_encryption(Bucket=stage.copy, ServerSideEncryptionConfiguration={"Rules": [rule]})


def logging_chosen(stage: Stage) -> None:
    stage.choices = Choices(log_bucket="logs-{account}-{region}")


def logging_in_vain(stage: Stage) -> None:
    """The target admits the logs of another bucket only, as emulated S3 takes no target that admits none."""
    stage.aws.bucket(f"logs-{stage.primary}")
    other = {
        "Sid": "Other",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::logs-{stage.primary}/*",
        "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::other"}},
    }
    stage.here("s3").put_bucket_policy(Bucket=f"logs-{stage.primary}", Policy=policy(other))
    enabled = {"TargetBucket": f"logs-{stage.primary}", "TargetPrefix": "d/"}
    stage.here("s3").put_bucket_logging(Bucket=stage.source, BucketLoggingStatus={"LoggingEnabled": enabled})


def with_topic(stage: Stage, region: str = HOME) -> str:
    """A topic that somebody hears, for events and alarms."""
    sns = stage.aws.client("sns", region, stage.primary)
    topic = str(sns.create_topic(Name="pager")["TopicArn"])
    sns.subscribe(TopicArn=topic, Protocol="sms", Endpoint="+15550100")
    stage.choices = Choices(topics=(*stage.choices.topics, topic))
    return topic


def told_by_events(stage: Stage) -> None:
    stage.choices = Choices(topics=(with_topic(stage),), failure_events=True)


def measured(stage: Stage) -> None:
    with_topic(stage, AWAY)
    s3 = stage.here("s3")
    configuration = s3.get_bucket_replication(Bucket=stage.source)["ReplicationConfiguration"]
    configuration["Rules"][0]["Destination"]["Metrics"] = {"Status": "Enabled"}
    s3.put_bucket_replication(Bucket=stage.source, ReplicationConfiguration=configuration)


def alarm(stage: Stage, metric: str, dimensions: dict[str, str], *actions: str) -> None:
    stage.here("cloudwatch").put_metric_alarm(
        AlarmName="theirs",
        AlarmDescription="of others",
        AlarmActions=list(actions),
        Namespace="AWS/S3",
        MetricName=metric,
        Dimensions=[{"Name": name, "Value": value} for name, value in dimensions.items()],
        Statistic="Sum",
        Period=300,
        EvaluationPeriods=1,
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
    )


def silent_alarm(stage: Stage) -> None:
    with_topic(stage)
    alarm(stage, "OperationsFailedReplication", {"SourceBucket": stage.source})


def refused_alarm(stage: Stage) -> None:
    topic = with_topic(stage)
    events = {"Principal": {"Service": "events.amazonaws.com"}, "Action": "sns:Publish", "Resource": topic, "Sid": "E"}
    stage.here("sns").set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=policy(events))
    alarm(stage, "OperationsFailedReplication", {"SourceBucket": stage.source}, topic)


def blind_alarm(stage: Stage) -> None:
    others = {"Id": "others", "Filter": {"Prefix": "others/"}}
    stage.here("s3").put_bucket_metrics_configuration(Bucket=stage.source, Id="others", MetricsConfiguration=others)
    alarm(stage, "5xxErrors", {"BucketName": stage.source, "FilterId": "all"})


@dataclass(frozen=True)
class Case:
    """What is made less than safe, and the rules that say so. `stays` are the properties that AWS never takes back."""

    breaks: Callable[[Stage], Any]
    rules: tuple[str, ...]
    stays: frozenset[str] = frozenset()


LOCK = frozenset({"VersioningConfiguration", "ObjectLockEnabled", "ObjectLockConfiguration"})

CASES: dict[str, Case] = {
    "versioning": Case(suspended, ("bucket-versioning-enabled", "bucket-versioning-not-suspended")),
    "public access": Case(public, ("bucket-blocks-public-access",)),
    "SSE-C": Case(taking_any_key, ("bucket-blocks-sse-c",)),
    "TLS": Case(lambda _: None, ("bucket-denies-insecure-transport",)),
    "destruction": Case(with_breaker, ("recovery-bucket-policy-denies-destruction",)),
    "lock": Case(lambda _: None, ("recovery-bucket-object-lock-enabled", "object-lock-default-retention-set"), LOCK),
    "longer lock": Case(with_short_lock, ("object-lock-retention-meets-policy",)),
    "stricter lock": Case(compliance_wanted, ("object-lock-mode-compliance",)),
    "foreign key": Case(under_a_foreign_key, ("recovery-key-owned-by-recovery-account",)),
    "access logs": Case(logging_chosen, ("object-access-is-recorded",), frozenset({CREATION})),
    "log delivery": Case(logging_in_vain, ("access-log-target-deliverable",)),
    "failures": Case(with_topic, ("replication-failure-alarm",)),
    "failures as events": Case(told_by_events, ("replication-failure-alarm",)),
    "lateness": Case(measured, ("replication-latency-alarm-fits-rpo",)),
    "alarm without action": Case(silent_alarm, ("alarm-reaches-a-human",)),
    "alarm refused": Case(refused_alarm, ("alarm-reaches-a-human",)),
    "alarm without metric": Case(blind_alarm, ("request-metric-alarm-can-fire",)),
}


@pytest.mark.parametrize("name", CASES)
def test_it_fails_is_mended_and_is_as_before_when_undone(stage: Stage, name: str) -> None:
    case = CASES[name]
    case.breaks(stage)
    before = properties_of(stage.seen(case.rules))
    assert case.rules[0] in {rule for rule, _ in stage.failing(case.rules)}
    file, made = stage.kept(stage.plan(case.rules))
    assert made.unfixed == ()

    assert all(isinstance(one, Done) for one in stage.apply(made))
    assert stage.failing(case.rules) == set()
    assert stage.plan(case.rules).steps == ()
    assert all(isinstance(one, Done) and one.earlier for one in stage.apply(made))
    for written in (file, file.with_name("plan.json.journal")):
        assert stat.S_IMODE(written.stat().st_mode) == 0o600

    stayed = {one.step.property: one.stays for one in stage.undo() if one.stays}
    assert stayed.keys() <= case.stays, stayed
    after = properties_of(stage.seen(case.rules))
    if CREATION in stayed:
        assert "BucketNotEmpty" in stayed[CREATION]  # what was logged meanwhile is in it
        after = {place: value for place, value in after.items() if place[0] in {place[0] for place in before}}
    lasting = {place for place in {**before, **after} if place[1] in case.stays or "KMS::Key" in place[0]}
    assert {place: value for place, value in after.items() if place not in lasting} == {
        place: value for place, value in before.items() if place not in lasting
    }


def test_an_alarm_passes_once_its_subscriber_has_confirmed(stage: Stage) -> None:
    rules = ("alarm-reaches-a-human",)
    alarm(stage, "OperationsFailedReplication", {"SourceBucket": stage.source})
    stage.choices = Choices(email="on-call@example.com")
    made = stage.plan(rules)
    assert made.fixes == ()
    stage.apply(made)
    assert stage.failing(rules) == {("alarm-reaches-a-human", "theirs")}
    again = stage.plan(rules)
    assert again.steps == ()
    assert "has to confirm" in again.unfixed[0].why
    (topic,) = (step.target.arn for step in made.steps if step.target.type == "AWS::SNS::Topic")
    whom = {"TopicArn": topic, "Protocol": "email", "Endpoint": "on-call@example.com"}
    # Emulated SNS mails nothing: the token is the subscription's ARN.
    token = stage.here("sns").subscribe(**whom, ReturnSubscriptionArn=True)["SubscriptionArn"]
    stage.here("sns").confirm_subscription(TopicArn=topic, Token=token)
    assert stage.failing(rules) == set()


def test_neighbours_survive_on_the_account_itself(stage: Stage) -> None:
    """Byte for byte, as whoever wrote them reads them."""
    odd = {
        "Sid": "DenyInsecureTransport",
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": ["s3:DeleteBucket"],
        "Resource": f"arn:aws:s3:::{stage.source}",
        "Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/${*}odd"}},
    }
    s3 = stage.here("s3")
    s3.put_bucket_policy(Bucket=stage.source, Policy=json.dumps({"Version": LANGUAGE, "Statement": [odd]}))
    others = {"Id": "others", "Filter": {"Prefix": "others/"}}
    s3.put_bucket_metrics_configuration(Bucket=stage.source, Id="others", MetricsConfiguration=others)
    with_topic(stage)
    stage.apply(stage.plan(("bucket-denies-insecure-transport", "replication-failure-alarm")))
    kept, new = json.loads(s3.get_bucket_policy(Bucket=stage.source)["Policy"])["Statement"]
    assert (kept, new["Sid"]) == (odd, "DenyInsecureTransport2")
    assert s3.list_bucket_metrics_configurations(Bucket=stage.source)["MetricsConfigurationList"] == [others]
