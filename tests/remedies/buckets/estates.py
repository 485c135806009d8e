"""A healthy link with what is watched and logged around it, and the ways in which its buckets can be less than safe."""

from collections.abc import Callable
from typing import Any, TypeAlias

from link_blueprint import AWAY, HOME, Blueprint, document

from scanner.estate.intent import Copy, Intent, ObjectLockIntent, Protected
from scanner.remedies.proposals import Choices

Break: TypeAlias = Callable[["Drawn"], Any]

GLASS = "role/break-glass"


class Drawn(Blueprint):
    """The blueprint with alarms, topics, and policies of its buckets."""

    def away(self, service: str, resource: str) -> str:
        return self.arn(service, self.away_region, AWAY, resource)

    def home(self, service: str, resource: str) -> str:
        return self.arn(service, self.home_region, HOME, resource)

    @property
    def copy(self) -> dict[str, Any]:
        assert self.destination is not None
        return self.destination

    @property
    def breaker(self) -> str:
        return self.arn("iam", "", AWAY, GLASS)

    def locked(self, which: dict[str, Any], mode: str = "", **period: int) -> None:
        retention = {"Rule": {"DefaultRetention": {"Mode": mode, **period}}} if mode else {}
        which["ObjectLockEnabled"] = True
        which["ObjectLockConfiguration"] = {"ObjectLockEnabled": "Enabled", **retention}
        if which is self.source:
            self.statements["Locks"] = self.allow(
                ["s3:GetObjectRetention", "s3:GetObjectLegalHold"], self.objects(self.source_arn)
            )

    def asked(self, mode: Any = None, days: int = 0, **more: Any) -> None:
        """An entry of the estate file for the link."""
        lock = ObjectLockIntent(mode, days) if mode else None
        copies = (Copy("ledger-copy", AWAY, self.away_region),)
        entry = Protected("ledger", bucket="ledger", account=HOME, copies=copies, object_lock=lock, **more)
        self.intent = Intent(partition=self.partition, protect=(entry,))

    def with_breaker(self) -> None:
        self.add("AWS::IAM::Role", self.breaker, AWAY, "", "break-glass")

    def trail(self, account: str = HOME) -> None:
        arn = self.arn("cloudtrail", self.home_region, account, "trail/audit")
        self.add("AWS::CloudTrail::Trail", arn, account, self.home_region, "audit", S3BucketName="ledger-copy")

    def bucket(self, name: str, **properties: Any) -> str:
        arn = self.arn("s3", "", "", name)
        plain = {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False}
        given = {"BucketEncryption": {"ServerSideEncryptionConfiguration": [plain]}, **properties}
        self.add("AWS::S3::Bucket", arn, HOME, self.home_region, name, BucketName=name, **given)
        return arn

    def logging(self, target: str) -> None:
        self.source["LoggingConfiguration"] = {"DestinationBucketName": target, "LogFilePrefix": "was/"}

    def topic(self, name: str = "pager", confirmed: int = 1, **properties: Any) -> str:
        arn = self.home("sns", name)
        self.add(
            "AWS::SNS::Topic",
            arn,
            HOME,
            self.home_region,
            name,
            TopicName=name,
            Observed={"SubscriptionsConfirmed": confirmed, "SubscriptionsPending": 0},
            **properties,
        )
        return arn

    def topic_policy(self, topic: str, *statements: Any) -> None:
        name = topic.rpartition(":")[2]
        properties = {"Topics": [topic], "PolicyDocument": document(*statements)}
        self.add("AWS::SNS::TopicPolicy", topic, HOME, self.home_region, name, **properties)

    def alarm(self, name: str, metric: str, **properties: Any) -> str:
        arn = self.home("cloudwatch", f"alarm:{name}")
        condition = {
            "Namespace": "AWS/S3",
            "MetricName": metric,
            "ActionsEnabled": True,
            "ComparisonOperator": "GreaterThanThreshold",
            "EvaluationPeriods": 1,
            "Period": 300,
            "Statistic": "Sum",
            "Threshold": 0.0,
        }
        given = {"AlarmName": name, "AlarmDescription": "by others", **condition, **properties}
        self.add("AWS::CloudWatch::Alarm", arn, HOME, self.home_region, name, **given)
        return arn

    def on_rule(self) -> list[dict[str, str]]:
        named = {"SourceBucket": "ledger", "DestinationBucket": "ledger-copy", "RuleId": "dr"}
        return [{"Name": name, "Value": value} for name, value in named.items()]


def metrics(drawn: Drawn) -> None:
    drawn.rule["Destination"]["Metrics"] = {"Status": "Enabled"}


def unversioned(drawn: Drawn) -> None:
    del drawn.copy["VersioningConfiguration"]


def suspended(drawn: Drawn) -> None:
    drawn.copy["VersioningConfiguration"] = {"Status": "Suspended"}


def half_blocked(drawn: Drawn) -> None:
    drawn.copy["PublicAccessBlockConfiguration"] = {"BlockPublicAcls": True, "IgnorePublicAcls": True}


def healthy(_: Drawn) -> None:
    """Nothing has to be taken away from what the blueprint has by itself."""


def unblocked(drawn: Drawn) -> None:
    (rule,) = drawn.copy["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    rule["BlockedEncryptionTypes"] = {"EncryptionType": ["NONE"]}


def halfway_over_tls(drawn: Drawn) -> None:
    condition = {"Bool": {"aws:SecureTransport": "false"}}
    statement = drawn.deny("s3:*", f"{drawn.source_arn}/*", Principal="*", Sid="DenyInsecureTransport")
    drawn.source_policy = document({**statement, "Condition": condition})


def lock_nothing(drawn: Drawn) -> None:
    drawn.locked(drawn.copy)


def locked_copy(mode: str, days: int) -> Break:
    return lambda drawn: drawn.locked(drawn.copy, mode, Days=days)


def short_of_what_was_asked(drawn: Drawn) -> None:
    drawn.locked(drawn.copy, "GOVERNANCE", Days=40)
    drawn.asked("COMPLIANCE", 90)


def weaker_at_the_source(drawn: Drawn) -> None:
    drawn.locked(drawn.source, "GOVERNANCE", Days=7)
    drawn.locked(drawn.copy, "GOVERNANCE", Days=50)


def audited(drawn: Drawn) -> None:
    drawn.trail()
    drawn.locked(drawn.copy, "GOVERNANCE", Days=35)


def destination_that_replicates(drawn: Drawn) -> None:
    """The copy goes on to a third bucket, which S3 would no longer write to once the copy has Object Lock."""
    drawn.bucket("third", VersioningConfiguration={"Status": "Enabled"})
    rule = {**drawn.rule, "Destination": {"Bucket": drawn.arn("s3", "", "", "third")}, "Id": "on"}
    del rule["SourceSelectionCriteria"]
    role = drawn.arn("iam", "", AWAY, "role/onward")
    drawn.scps[AWAY] = [document(drawn.allow("*", "*"))]
    drawn.copy["ReplicationConfiguration"] = {"Role": role, "Rules": [rule]}
    drawn.add("AWS::IAM::Role", role, AWAY, "", "onward", AssumeRolePolicyDocument=document(drawn.trust), Policies=[])


def foreign_default_key(drawn: Drawn) -> None:
    (rule,) = drawn.copy["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    rule["ServerSideEncryptionByDefault"]["KMSMasterKeyID"] = drawn.source_key_arn


def foreign_keys(drawn: Drawn) -> None:
    foreign_default_key(drawn)
    drawn.rule["Destination"]["EncryptionConfiguration"] = {"ReplicaKmsKeyID": drawn.source_key_arn}
    drawn.replica_key = None


def log_buckets_there(drawn: Drawn) -> None:
    drawn.bucket(f"logs-{HOME}-{drawn.home_region}")


def logs_refused(drawn: Drawn) -> None:
    drawn.logging("logs")
    drawn.bucket("logs")


def logs_into_itself(drawn: Drawn) -> None:
    drawn.logging("ledger")


def logs_elsewhere(drawn: Drawn) -> None:
    drawn.logging("gone")
    drawn.bucket("logs")


def told_to_pager(drawn: Drawn) -> None:
    """An alarm that somebody hears already, so that there is a topic for others."""
    drawn.alarm("denied", "4xxErrors", AlarmActions=[drawn.topic()])


def alarm_too_late(drawn: Drawn) -> None:
    told_to_pager(drawn)
    drawn.alarm("many", "OperationsFailedReplication", Dimensions=drawn.on_rule(), Threshold=10.0)


def measured_and_told(drawn: Drawn) -> None:
    metrics(drawn)
    told_to_pager(drawn)
    drawn.accounts = (HOME, AWAY)


def silent_alarm(drawn: Drawn) -> None:
    told_to_pager(drawn)
    drawn.alarm("failing", "OperationsFailedReplication", Dimensions=drawn.on_rule())


def alarm_off(drawn: Drawn) -> None:
    actions = [drawn.topic()]
    drawn.alarm("failing", "OperationsFailedReplication", AlarmActions=actions, ActionsEnabled=False)


def topic_refuses(drawn: Drawn) -> None:
    topic = drawn.topic()
    other = drawn.allow("sns:Publish", topic, Principal={"Service": "events.amazonaws.com"}, Sid="Events")
    drawn.topic_policy(topic, other)
    drawn.alarm("failing", "OperationsFailedReplication", AlarmActions=[topic])


def topic_that_nobody_hears(drawn: Drawn) -> None:
    drawn.alarm("failing", "OperationsFailedReplication", AlarmActions=[drawn.topic("deaf", confirmed=0)])
    drawn.topic()


def key_refuses(drawn: Drawn) -> None:
    topic = drawn.topic(KmsMasterKeyId=drawn.source_key_arn)
    drawn.alarm("failing", "OperationsFailedReplication", AlarmActions=[topic])


def unpublished(drawn: Drawn) -> None:
    drawn.source["MetricsConfigurations"] = [{"Id": "others", "Prefix": "others/"}]
    named = [{"Name": "BucketName", "Value": "ledger"}, {"Name": "FilterId", "Value": "all"}]
    drawn.alarm("errors", "5xxErrors", Dimensions=named)


def lifecycle(*rules: Any) -> Break:
    return lambda drawn: drawn.copy.update(LifecycleConfiguration={"Rules": list(rules)})


def expiring_copy(drawn: Drawn) -> None:
    drawn.source["LifecycleConfiguration"] = {"Rules": [{"Id": "s", "Status": "Enabled", "ExpirationInDays": 900}]}
    lifecycle(
        {"Id": "a", "Status": "Enabled", "ExpirationInDays": 400},
        {"Id": "b", "Status": "Enabled", "NoncurrentVersionExpiration": {"NoncurrentDays": 3}},
        {"Id": "c", "Status": "Enabled", "Prefix": "others/", "ExpirationInDays": 1},
    )(drawn)


COMPLIANCE = Choices(lock_mode="COMPLIANCE")
MAILED = Choices(email="on-call@example.com")
LOGS = Choices(log_bucket="logs")
NEW_LOGS = Choices(log_bucket="logs-{account}-{region}")


def sparing(partition: str) -> Choices:
    return Choices(break_glass=(f"arn:{partition}:iam::{AWAY}:{GLASS}",))


def with_pager(partition: str) -> Choices:
    return Choices(topics=(Drawn(partition=partition).home("sns", "pager"),))


Chosen: TypeAlias = Choices | Callable[[str], Choices]

BREAKS: dict[str, tuple[Break, set[str], Chosen]] = {
    "never versioned": (unversioned, {"bucket-versioning-enabled"}, Choices()),
    "suspended": (suspended, {"bucket-versioning-enabled", "bucket-versioning-not-suspended"}, Choices()),
    "half blocked": (half_blocked, {"bucket-blocks-public-access"}, Choices()),
    "not blocked": (healthy, {"bucket-blocks-public-access"}, Choices()),
    "SSE-C": (healthy, {"bucket-blocks-sse-c"}, Choices()),
    "SSE-C by decision": (unblocked, {"bucket-blocks-sse-c"}, Choices()),
    "plain HTTP": (healthy, {"bucket-denies-insecure-transport"}, Choices()),
    "plain HTTP on the bucket": (halfway_over_tls, {"bucket-denies-insecure-transport"}, Choices()),
    "destruction": (Drawn.with_breaker, {"recovery-bucket-policy-denies-destruction"}, sparing),
    "no lock": (healthy, {"recovery-bucket-object-lock-enabled"}, Choices()),
    "no lock, and goes on": (destination_that_replicates, {"recovery-bucket-object-lock-enabled"}, Choices()),
    "lock of nothing": (lock_nothing, {"object-lock-default-retention-set"}, Choices()),
    "lock for days": (locked_copy("GOVERNANCE", 7), {"object-lock-retention-meets-policy"}, Choices()),
    "lock that can be lifted": (locked_copy("GOVERNANCE", 35), {"object-lock-mode-compliance"}, COMPLIANCE),
    "lock short of intent": (
        short_of_what_was_asked,
        {"object-lock-retention-meets-policy", "object-lock-mode-compliance"},
        Choices(),
    ),
    "weaker lock at the source": (weaker_at_the_source, {"replica-retention-not-weakened"}, Choices()),
    "log that can be changed": (audited, {"audit-log-bucket-immutable"}, COMPLIANCE),
    "foreign default key": (foreign_default_key, {"recovery-key-owned-by-recovery-account"}, Choices()),
    "foreign keys": (foreign_keys, {"recovery-key-owned-by-recovery-account"}, Choices()),
    "no log, and a bucket for it": (log_buckets_there, {"object-access-is-recorded"}, NEW_LOGS),
    "no log, and no bucket": (healthy, {"object-access-is-recorded"}, NEW_LOGS),
    "log refused": (logs_refused, {"access-log-target-deliverable"}, Choices()),
    "log into itself": (logs_into_itself, {"access-log-target-deliverable"}, NEW_LOGS),
    "log into nothing": (logs_elsewhere, {"access-log-target-deliverable"}, LOGS),
    "failures not counted": (told_to_pager, {"replication-failure-alarm"}, Choices()),
    "failures not told": (healthy, {"replication-failure-alarm"}, MAILED),
    "alarm after many": (alarm_too_late, {"replication-failure-alarm"}, Choices()),
    "failures as events": (told_to_pager, {"replication-failure-alarm"}, Choices(failure_events=True)),
    "latency not told": (measured_and_told, {"replication-latency-alarm-fits-rpo"}, MAILED),
    "alarm to nobody": (silent_alarm, {"alarm-reaches-a-human"}, Choices()),
    "alarm off": (alarm_off, {"alarm-reaches-a-human"}, Choices()),
    "topic that refuses": (topic_refuses, {"alarm-reaches-a-human"}, Choices()),
    "topic that nobody hears": (topic_that_nobody_hears, {"alarm-reaches-a-human"}, with_pager),
    "key that refuses": (key_refuses, {"alarm-reaches-a-human"}, Choices()),
    "metric that nobody publishes": (unpublished, {"request-metric-alarm-can-fire"}, Choices()),
    "versions gone in days": (
        lifecycle({"Id": "a", "Status": "Enabled", "NoncurrentVersionExpiration": {"NoncurrentDays": 3}}),
        {"lifecycle-keeps-noncurrent-versions"},
        Choices(),
    ),
    "emptied overnight": (
        lifecycle(
            {"Id": "a", "Status": "Enabled", "ExpirationInDays": 1},
            {"Id": "b", "Status": "Enabled", "NoncurrentVersionExpiration": {"NoncurrentDays": 1}},
        ),
        {"lifecycle-does-not-empty-bucket"},
        Choices(),
    ),
    "emptied within a week": (
        lifecycle(
            {
                "Id": "a",
                "Status": "Enabled",
                "ExpirationInDays": 5,
                "NoncurrentVersionExpiration": {"NoncurrentDays": 2},
            }
        ),
        {"lifecycle-does-not-empty-bucket"},
        Choices(),
    ),
    "copy gone before the original": (expiring_copy, {"replica-outlives-source"}, Choices()),
}
"""Ways to be less than safe, the rules that find each, and what the user has to choose so that it can be mended."""


def drawn(name: str, partition: str = "aws") -> Drawn:
    blueprint = Drawn(partition=partition)
    BREAKS[name][0](blueprint)
    return blueprint


def chosen(name: str, partition: str = "aws") -> Choices:
    choices = BREAKS[name][2]
    return choices if isinstance(choices, Choices) else choices(partition)
