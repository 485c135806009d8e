"""Analyses and rules together: a healthy estate passes all, and one fault in it fails exactly those it should."""

from collections.abc import Callable

import pytest

from scanner import analysis
from scanner.estate.intent import Copy, Intent, ObjectLockIntent, Protected
from scanner.estate.unknown import Unknown
from scanner.estate.verdict import Verdict
from scanner.evaluation.judging import judge_estate
from scanner.evaluation.pack import load_pack

PRIMARY, RECOVERY, ARCHIVE = "111111111111", "222222222222", "333333333333"
EAST, WEST = "us-east-1", "eu-west-1"
ELSEWHERE = {"DR::Replication::Link", "DR::ProtectedBucket", "DR::Template", "DR::Template::Resource", "DR::Waiver"}
"""Kinds that have tests of their own."""

RULES = load_pack().select([rule.id for rule in load_pack().rules if rule.kind not in ELSEWHERE])
INTENT = Intent(
    protect=(
        Protected(
            "orders",
            bucket="orders",
            account=PRIMARY,
            copies=(Copy("orders-dr", RECOVERY, WEST),),
            object_lock=ObjectLockIntent("COMPLIANCE", 30),
            rpo_minutes=15,
        ),
    )
)
VERSIONED = {"VersioningConfiguration": {"Status": "Enabled"}}
PRIVATE = {
    "PublicAccessBlockConfiguration": {
        "BlockPublicAcls": True,
        "BlockPublicPolicy": True,
        "IgnorePublicAcls": True,
        "RestrictPublicBuckets": True,
    }
}


def encrypted(key, **blocked):
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    blocked = blocked or {"BlockedEncryptionTypes": {"EncryptionType": ["SSE-C"]}}
    return {"ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": default, **blocked}]}


def locked(days, mode="COMPLIANCE"):
    retention = {"DefaultRetention": {"Mode": mode, "Days": days}}
    return {
        "ObjectLockEnabled": True,
        "ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled", "Rule": retention},
    }


def watching(metric, **condition):
    names = {"SourceBucket": "orders", "DestinationBucket": "orders-dr", "RuleId": "to-orders-dr"}
    dimensions = [{"Name": name, "Value": value} for name, value in names.items()]
    return {
        "Namespace": "AWS/S3",
        "MetricName": metric,
        "Dimensions": dimensions,
        "ComparisonOperator": "GreaterThanThreshold",
        "EvaluationPeriods": 1,
        "Period": 300,
        **condition,
    }


DESTROYING = [
    *("s3:BypassGovernanceRetention", "s3:DeleteBucketPolicy", "s3:DeleteObjectVersion"),
    *("s3:PutBucketObjectLockConfiguration", "s3:PutBucketPolicy", "s3:PutBucketVersioning"),
    "s3:PutLifecycleConfiguration",
]
ROLE = f"arn:aws:iam::{PRIMARY}:role/replication"


def statement(effect, principal, actions, bucket="", **condition):
    resources = [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"] if bucket else "*"
    found = {"Effect": effect, "Principal": principal, "Action": actions, "Resource": resources}
    return found | ({"Condition": condition} if condition else {})


def document(*statements):
    return {"Version": "2012-10-17", "Statement": list(statements)}


def over_tls(bucket, *statements):
    return document(*statements, statement("Deny", "*", "s3:*", bucket, Bool={"aws:SecureTransport": "false"}))


def key_policy(account, *statements):
    return document(statement("Allow", {"AWS": f"arn:aws:iam::{account}:root"}, "kms:*"), *statements)


def copy_policy(*statements):
    spared = {"aws:PrincipalArn": f"arn:aws:iam::{RECOVERY}:role/break-glass"}
    return over_tls(
        "orders-dr",
        statement("Allow", {"AWS": ROLE}, ["s3:ReplicateObject", "s3:ReplicateDelete"], "orders-dr"),
        statement("Deny", "*", DESTROYING, "orders-dr", ArnNotEquals=spared),
        *statements,
    )


def policies(world):
    """What lets S3, CloudTrail and one role in, and keeps everybody else out."""
    by_source = {"aws:SourceArn": "arn:aws:s3:::orders", "aws:SourceAccount": PRIMARY}
    trails = [f"arn:aws:cloudtrail:{EAST}:{PRIMARY}:trail/*", f"arn:aws:cloudtrail:{WEST}:{RECOVERY}:trail/*"]
    archived = {"ArnLike": {"aws:SourceArn": trails}}
    logged = statement("Allow", {"Service": "logging.s3.amazonaws.com"}, "s3:PutObject", "access-logs")
    audited = {"Service": "cloudtrail.amazonaws.com"}, ["s3:GetBucketAcl", "s3:PutObject"], "archive"
    world.policy("orders", over_tls("orders"))
    world.policy("orders-dr", copy_policy(), RECOVERY, WEST)
    world.policy("access-logs", over_tls("access-logs", logged | {"Condition": {"StringEquals": by_source}}))
    world.policy("archive", over_tls("archive", statement("Allow", *audited, **archived)), ARCHIVE)
    trust = {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sts:AssumeRole"}
    world.add("AWS::IAM::Role", ROLE, PRIMARY, "", "replication", AssumeRolePolicyDocument=document(trust))


@pytest.fixture
def healthy(world, replicating):
    """Orders here, their copy in another account and region, the audit log in a third account, and alarms."""
    policies(world)
    world.intent = INTENT
    world.accounts = (*world.accounts, type(world.accounts[0])(ARCHIVE, "archive"))
    for account, region, key in ((PRIMARY, EAST, "k1"), (RECOVERY, WEST, "k2")):
        admitted = [statement("Allow", {"AWS": ROLE}, "kms:Encrypt")] if account == RECOVERY else []
        world.key(key, account, region, Observed={"KeyState": "Enabled"}, KeyPolicy=key_policy(account, *admitted))
        world.add("AWS::Macie::Session", "", account, region, account, Status="ENABLED")
    replication = replicating("orders-dr")
    replication["Rules"][0]["Destination"] |= {
        "Metrics": {"Status": "Enabled"},
        "EncryptionConfiguration": {"ReplicaKmsKeyID": f"arn:aws:kms:{WEST}:{RECOVERY}:key/k2"},
    }
    lifecycle = {"Rules": [{"Status": "Enabled", "NoncurrentVersionExpiration": {"NoncurrentDays": 30}}]}
    world.bucket(
        "orders",
        ReplicationConfiguration=replication,
        BucketEncryption=encrypted(f"arn:aws:kms:{EAST}:{PRIMARY}:key/k1"),
        LoggingConfiguration={"DestinationBucketName": "access-logs"},
        LifecycleConfiguration=lifecycle,
        MetricsConfigurations=[{"Id": "all"}],
        **VERSIONED,
        **PRIVATE,
    )
    dr_encryption = encrypted(f"arn:aws:kms:{WEST}:{RECOVERY}:key/k2")
    world.bucket("orders-dr", RECOVERY, WEST, BucketEncryption=dr_encryption, **VERSIONED, **PRIVATE, **locked(30))
    world.bucket("access-logs", **VERSIONED, **PRIVATE)
    world.bucket("archive", ARCHIVE, **VERSIONED, **PRIVATE, **locked(365))
    everything = {"EventSelectors": [{"DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}]}]}
    for account, region in ((PRIMARY, EAST), (RECOVERY, WEST)):
        group = f"arn:aws:logs:{region}:{account}:log-group:trail:*"
        world.trail(
            f"audit-{account}",
            account,
            region,
            S3BucketName="archive",
            EnableLogFileValidation=True,
            CloudWatchLogsLogGroupArn=group,
            **everything,
        )
        metric = {"MetricNamespace": "Audit", "MetricName": "Denied"}
        denied = {
            "LogGroupName": "trail",
            "FilterPattern": '{ $.errorCode = "AccessDenied*" }',
            "MetricTransformations": [metric],
        }
        world.add("AWS::Logs::MetricFilter", "", account, region, "trail:denied", **denied)
        topic = world.topic("pager", account, region, Observed={"SubscriptionsConfirmed": 1})
        world.alarm("denied", account, region, Namespace="Audit", MetricName="Denied", AlarmActions=[topic.arn])
    actions = {"AlarmActions": [f"arn:aws:sns:{EAST}:{PRIMARY}:pager"]}
    world.alarm("failed", **watching("OperationsFailedReplication", Statistic="Sum", Threshold=0), **actions)
    west = world.topic("pager", PRIMARY, WEST, Observed={"SubscriptionsConfirmed": 1})
    late = watching("ReplicationLatency", Statistic="Maximum", Threshold=600)
    world.alarm("late", region=WEST, **late, AlarmActions=[west.arn])
    named = [{"Name": "BucketName", "Value": "orders"}, {"Name": "FilterId", "Value": "all"}]
    world.alarm("errors", Namespace="AWS/S3", MetricName="4xxErrors", Dimensions=named, **actions)
    copies = world.vault("copies", RECOVERY, WEST, LockConfiguration={"MinRetentionDays": 35, "ChangeableForDays": 3})
    world.vault("daily")
    world.plan("nightly", ("daily", [copies.arn]))
    return world


def verdicts(world, wanted=(Verdict.FAIL, Verdict.UNKNOWN)) -> set[tuple[str, str]]:
    """What the rules say of the world that is not good: rule and resource."""
    needs = frozenset().union(*(rule.needs for rule in RULES))
    estate = analysis.derive(world.estate, world.intent, needs)
    found = judge_estate(RULES, estate, {})
    return {(one.rule.id, one.resource.name) for one in found if one.verdict in wanted}


def change(world, name: str, type_: str = "", **properties) -> None:
    """Changes properties of the resources of that name (but policies); None takes a property away."""
    for index, resource in enumerate(world.resources):
        if resource.name == name and (resource.type == type_ or (not type_ and not resource.type.endswith("Policy"))):
            changed = {**resource.properties, **properties}
            kept = {key: value for key, value in changed.items() if value is not None}
            world.resources[index] = type(resource)(
                resource.type, resource.arn, resource.account, resource.region, resource.name, kept
            )


def test_the_healthy_estate_is_healthy(healthy):
    assert verdicts(healthy) == set()


def test_and_every_rule_but_those_on_access_points_has_something_to_say_of_it(healthy):
    said = {rule for rule, _ in verdicts(healthy, (Verdict.PASS,))}
    silent = {rule.id for rule in RULES} - said
    about_access_points = {rule.id for rule in RULES if rule.kind == "AWS::S3::MultiRegionAccessPoint"}
    # These speak where a lock or an organization makes it their business; both are among the faults below.
    elsewhere = {"recovery-bucket-policy-denies-destruction", "org-guardrails-protect-recovery"}
    assert silent == about_access_points | elsewhere | {"mfa-delete-only-where-possible"}


def lifecycle(**rule):
    return {"LifecycleConfiguration": {"Rules": [{"Status": "Enabled", **rule}]}}


POLICY = "AWS::S3::BucketPolicy"
COPYING = ["s3:ReplicateObject", "s3:ReplicateDelete"]
MORE_THAN_COPYING = statement(
    "Allow", {"AWS": ROLE}, ["s3:GetBucketVersioning", "s3:PutEncryptionConfiguration"], "orders-dr"
)
ANYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}

FAULTS: dict[str, tuple[Callable[..., None], set[tuple[str, str]]]] = {
    "versioning suspended at the copy": (
        lambda world: change(world, "orders-dr", VersioningConfiguration={"Status": "Suspended"}),
        {("bucket-versioning-enabled", "orders-dr"), ("bucket-versioning-not-suspended", "orders-dr")},
    ),
    "the copy may be public": (
        lambda world: change(world, "orders-dr", PublicAccessBlockConfiguration=None),
        {("bucket-blocks-public-access", "orders-dr")},
    ),
    "SSE-C allowed at the source": (
        lambda world: change(
            world,
            "orders",
            BucketEncryption=encrypted(
                f"arn:aws:kms:{EAST}:{PRIMARY}:key/k1", BlockedEncryptionTypes={"EncryptionType": ["NONE"]}
            ),
        ),
        {("bucket-blocks-sse-c", "orders")},
    ),
    "replaced versions go after a day": (
        lambda world: change(world, "orders", **lifecycle(NoncurrentVersionExpiration={"NoncurrentDays": 1})),
        {("lifecycle-keeps-noncurrent-versions", "orders")},
    ),
    "everything goes after a day": (
        lambda world: change(
            world, "orders", **lifecycle(ExpirationInDays=1, NoncurrentVersionExpiration={"NoncurrentDays": 1})
        ),
        {("lifecycle-keeps-noncurrent-versions", "orders"), ("lifecycle-does-not-empty-bucket", "orders")},
    ),
    "the copy's key waits for deletion": (
        lambda world: change(world, "k2", Observed={"KeyState": "PendingDeletion"}),
        {("key-enabled-and-not-pending-deletion", "k2")},
    ),
    "the copy lies under the source's key": (
        lambda world: change(world, "orders-dr", BucketEncryption=encrypted(f"arn:aws:kms:{EAST}:{PRIMARY}:key/k1")),
        {("recovery-key-owned-by-recovery-account", "orders-dr")},
    ),
    "the copy is not locked": (
        lambda world: change(world, "orders-dr", ObjectLockEnabled=False, ObjectLockConfiguration=None),
        {("recovery-bucket-object-lock-enabled", "orders-dr")},
    ),
    "the copy's lock locks nothing": (
        lambda world: change(world, "orders-dr", ObjectLockConfiguration={"ObjectLockEnabled": "Enabled"}),
        {("object-lock-default-retention-set", "orders-dr")},
    ),
    "the copy's lock is too short": (
        lambda world: change(world, "orders-dr", **locked(29)),
        {("object-lock-retention-meets-policy", "orders-dr")},
    ),
    "the copy's lock can be lifted": (
        lambda world: change(world, "orders-dr", **locked(30, "GOVERNANCE")),
        {("object-lock-mode-compliance", "orders-dr")},
    ),
    "the audit log can be unlocked": (
        lambda world: change(world, "archive", **locked(365, "GOVERNANCE")),
        {("object-lock-mode-compliance", "archive"), ("audit-log-bucket-immutable", "archive")},
    ),
    "the access log's bucket is encrypted with a key": (
        lambda world: change(world, "access-logs", BucketEncryption=encrypted(f"arn:aws:kms:{EAST}:{PRIMARY}:key/k1")),
        {("access-log-target-deliverable", "orders")},
    ),
    "the trail of the primary account is stopped": (
        lambda world: change(world, f"audit-{PRIMARY}", IsLogging=False),
        {
            ("trail-tamper-evident", f"audit-{PRIMARY}"),
            ("trail-covers-both-buckets", "orders"),
            ("access-denied-alarm", f"{PRIMARY}/{EAST}"),
        },
    ),
    "the trail of the recovery account records no reads": (
        lambda world: change(
            world,
            f"audit-{RECOVERY}",
            EventSelectors=[
                {
                    "ReadWriteType": "WriteOnly",
                    "DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}],
                }
            ],
        ),
        {("trail-covers-both-buckets", "orders-dr"), ("object-access-is-recorded", "orders-dr")},
    ),
    "failures are let pass": (
        lambda world: change(world, "failed", Threshold=10),
        {("replication-failure-alarm", "orders")},
    ),
    "the latency alarm waits for an hour": (
        lambda world: change(world, "late", Threshold=3600),
        {("replication-latency-alarm-fits-rpo", "orders")},
    ),
    "the bucket publishes no request metrics": (
        lambda world: change(world, "orders", MetricsConfigurations=None),
        {("request-metric-alarm-can-fire", "errors")},
    ),
    "the vault of the copies is not locked, and the one they are copied from is": (
        lambda world: (
            change(world, "copies", LockConfiguration=None),
            change(world, "daily", LockConfiguration={"MinRetentionDays": 35, "ChangeableForDays": 3}),
        ),
        {("vault-locked", "copies")},
    ),
    "the vault lock can be lifted": (
        lambda world: change(world, "copies", LockConfiguration={"MinRetentionDays": 35}),
        {("vault-lock-is-compliance", "copies")},
    ),
    "an alarm without actions": (
        lambda world: change(world, "failed", AlarmActions=None),
        {("alarm-reaches-a-human", "failed")},
    ),
    "a lock that can be lifted, and whoever holds the copy's account": (
        lambda world: [
            change(world, "orders-dr", **locked(30, "GOVERNANCE")),
            change(world, "orders-dr", POLICY, PolicyDocument=over_tls("orders-dr")),
        ],
        {
            ("object-lock-mode-compliance", "orders-dr"),
            ("recovery-bucket-policy-denies-destruction", "orders-dr"),
        },
    ),
    "a copy that answers plain HTTP": (
        lambda world: change(
            world, "orders-dr", POLICY, PolicyDocument=document(statement("Allow", {"AWS": ROLE}, COPYING, "orders-dr"))
        ),
        {("bucket-denies-insecure-transport", "orders-dr")},
    ),
    "encryption of the copy left to the source": (
        lambda world: change(world, "orders-dr", POLICY, PolicyDocument=copy_policy(MORE_THAN_COPYING)),
        {("recovery-bucket-grants-no-control-to-source", "orders-dr")},
    ),
    "replicas of whoever is in the source's account": (
        lambda world: change(
            world,
            "orders-dr",
            POLICY,
            PolicyDocument=copy_policy(statement("Allow", {"AWS": PRIMARY}, COPYING, "orders-dr")),
        ),
        {("destination-policy-names-role-only", "orders-dr")},
    ),
    "an access log that S3 may not deliver": (
        lambda world: change(world, "access-logs", POLICY, PolicyDocument=over_tls("access-logs")),
        {("access-log-target-deliverable", "orders")},
    ),
    "a trail that CloudTrail may not deliver": (
        lambda world: change(world, "archive", POLICY, PolicyDocument=over_tls("archive")),
        {("trail-log-deliverable", f"audit-{PRIMARY}"), ("trail-log-deliverable", f"audit-{RECOVERY}")},
    ),
    "a topic that does not admit CloudWatch": (
        lambda world: world.add(
            "AWS::SNS::TopicPolicy",
            "",
            PRIMARY,
            WEST,
            "pager",
            Topics=[f"arn:aws:sns:{WEST}:{PRIMARY}:pager"],
            PolicyDocument=document(statement("Allow", {"Service": "events.amazonaws.com"}, "sns:Publish")),
        ),
        {("alarm-reaches-a-human", "late")},
    ),
    "a key for everybody": (
        lambda world: change(
            world, "k1", KeyPolicy=key_policy(PRIMARY, statement("Allow", {"AWS": "*"}, "kms:Decrypt"))
        ),
        {("key-policy-not-public", "k1")},
    ),
    "the copy's key in the hands of the source": (
        lambda world: change(
            world, "k2", KeyPolicy=key_policy(RECOVERY, statement("Allow", {"AWS": PRIMARY}, "kms:*"))
        ),
        {("key-admits-foreign-use-not-admin", "k2")},
    ),
    "a replication role that people assume, too": (
        lambda world: change(
            world,
            "replication",
            AssumeRolePolicyDocument=document(
                {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sts:AssumeRole"},
                {"Effect": "Allow", "Principal": {"AWS": PRIMARY}, "Action": "sts:AssumeRole"},
            ),
        ),
        {("replication-role-trust-limited", "replication")},
    ),
    "a replication role that may do anything": (
        lambda world: change(
            world,
            "replication",
            Policies=[{"PolicyName": "all", "PolicyDocument": document(ANYTHING)}],
        ),
        {("dr-roles-cannot-unprotect", "replication")},
    ),
    "an organization that guards nothing": (
        lambda world: world.add(
            "AWS::Organizations::Account",
            f"arn:aws:organizations::{ARCHIVE}:account/o-1/{RECOVERY}",
            ARCHIVE,
            "",
            RECOVERY,
            AccountId=RECOVERY,
            ParentIds=["r-1"],
            Observed={"ManagementAccountId": ARCHIVE},
        ),
        {("org-guardrails-protect-recovery", RECOVERY)},
    ),
    "Macie is off everywhere": (
        lambda world: [change(world, name, Status=None) for name in (PRIMARY, RECOVERY)],
        {("macie-enabled-where-data-is", f"{PRIMARY}/{EAST}"), ("macie-enabled-where-data-is", f"{RECOVERY}/{WEST}")},
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_one_fault_fails_exactly_what_it_should(healthy, name):
    breaking, expected = FAULTS[name]
    breaking(healthy)
    assert verdicts(healthy) == expected


def test_original_and_copy_in_one_account(healthy):
    healthy.intent = Intent()
    healthy.resources = [resource for resource in healthy.resources if resource.name != "orders-dr"]
    key = encrypted(f"arn:aws:kms:{WEST}:{PRIMARY}:key/k3")
    healthy.bucket("orders-dr", PRIMARY, WEST, BucketEncryption=key, **VERSIONED, **PRIVATE, **locked(35))
    healthy.add("AWS::Macie::Session", "", PRIMARY, WEST, PRIMARY, Status="ENABLED")
    assert ("recovery-account-separate", "orders-dr") in verdicts(healthy, (Verdict.FAIL,))


REFUSALS: dict[str, tuple[dict[str, object], set[tuple[str, str]]]] = {
    "versioning": (
        {"VersioningConfiguration": Unknown("refused")},
        {
            ("bucket-versioning-enabled", "orders-dr"),
            ("bucket-versioning-not-suspended", "orders-dr"),
        },
    ),
    "object lock": (
        {"ObjectLockEnabled": Unknown("refused"), "ObjectLockConfiguration": Unknown("refused")},
        {
            ("recovery-bucket-object-lock-enabled", "orders-dr"),
            ("object-lock-default-retention-set", "orders-dr"),
            ("object-lock-retention-meets-policy", "orders-dr"),
            ("object-lock-mode-compliance", "orders-dr"),
        },
    ),
    "encryption": (
        {"BucketEncryption": Unknown("refused")},
        {("bucket-blocks-sse-c", "orders-dr"), ("recovery-key-owned-by-recovery-account", "orders-dr")},
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refused_call_is_never_a_verdict(healthy, name):
    refused, expected = REFUSALS[name]
    change(healthy, "orders-dr", **refused)
    found = verdicts(healthy, (Verdict.UNKNOWN,))
    assert expected <= found
    assert {resource for _, resource in found} <= {"orders-dr", "k2", "k1"}
    assert verdicts(healthy, (Verdict.FAIL,)) == set()
