"""Analyses read only what they declare, give all that they promise, and cost no call that nobody asked for."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner import analysis
from scanner.analysis.table import ANALYSES
from scanner.estate.estate import Estate
from scanner.estate.intent import Copy, Intent, ObjectLockIntent, Protected, Waiver
from scanner.estate.needs import Need
from scanner.estate.shapes import known_types, load_shape
from scanner.estate.unknown import Unknown, to_json

PRIMARY, RECOVERY = "111111111111", "222222222222"
EAST, WEST = "us-east-1", "eu-west-1"
INTENT = Intent(
    protect=(
        Protected(
            "orders",
            bucket="orders",
            copies=(Copy("orders-dr"),),
            object_lock=ObjectLockIntent("COMPLIANCE", 30),
            rpo_minutes=15,
        ),
    ),
    waivers=(Waiver("a-rule", "*", "reason", "owner", date(2026, 11, 21)),),
    today=date(2026, 11, 21),
)
GROUP = f"arn:aws:logs:{EAST}:{PRIMARY}:log-group:trail:*"
NAMES = ("Rules", "Status", "Destination", "Bucket", "Id", "Prefix", "Regions", "Metrics", "Name", "Value", "Type")
WITHOUT_PRINCIPAL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
DENIED = {"MetricNamespace": "Audit", "MetricName": "Denied"}


@pytest.fixture
def full(world, replicating) -> Estate:
    """An estate in which every analysis finds something, with more on each resource than any one of them reads."""
    used = {"KeyPolicy": {"Version": "2012-10-17", "Statement": []}, "Observed": {"KeyState": "Enabled"}}
    key, copy_key = world.key("k1", **used), world.key("k2", RECOVERY, WEST, **used)
    world.alias("alias/data", "k1")
    topic = world.topic("pager", KmsMasterKeyId="alias/data", Observed={"SubscriptionsConfirmed": 1})
    world.add(
        "AWS::SNS::Subscription",
        f"{topic.arn}:1",
        PRIMARY,
        EAST,
        "s",
        TopicArn=topic.arn,
        Observed={"PendingConfirmation": False},
    )
    replication = replicating("orders-dr")
    replication["Rules"][0]["Destination"] |= {
        "Metrics": {"Status": "Enabled"},
        "EncryptionConfiguration": {"ReplicaKmsKeyID": copy_key.arn},
    }
    common = {
        "VersioningConfiguration": {"Status": "Enabled"},
        "BucketEncryption": {
            "ServerSideEncryptionConfiguration": [
                {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key.arn}}
            ]
        },
        "ObjectLockEnabled": True,
        "ObjectLockConfiguration": {
            "ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 30}},
        },
        "PublicAccessBlockConfiguration": {"BlockPublicAcls": True},
        "LoggingConfiguration": {"DestinationBucketName": "logs"},
        "LifecycleConfiguration": {
            "Rules": [{"Id": "l", "Status": "Enabled", "ExpirationInDays": 30, "NoncurrentVersionExpirationInDays": 5}]
        },
        "MetricsConfigurations": [{"Id": "all"}],
        "NotificationConfiguration": {"TopicConfigurations": [{"Event": "s3:Replication:*", "Topic": topic.arn}]},
    }
    world.bucket("orders", ReplicationConfiguration=replication, **common)
    world.bucket("orders-dr", RECOVERY, WEST, **common)
    world.bucket("logs", **common)
    world.policy("orders", {"Version": "2012-10-17", "Statement": []})
    world.add("AWS::S3::AccountPublicAccessBlock", "", PRIMARY, "", PRIMARY, IgnorePublicAcls=True)
    world.access_point("global", {"Bucket": "orders"}, {"Bucket": "orders-dr"}, Observed={"Status": "READY"})
    world.trail(
        CloudWatchLogsLogGroupArn=GROUP,
        KMSKeyId=key.arn,
        EventSelectors=[{"DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}]}],
        AdvancedEventSelectors=[],
        EnableLogFileValidation=True,
        Observed={"SeenFrom": [PRIMARY]},
    )
    world.metric_filter('{ $.errorCode = "AccessDenied" }')
    dimensions = {"SourceBucket": "orders", "DestinationBucket": "orders-dr", "RuleId": "to-orders-dr"}
    condition = {"ComparisonOperator": "GreaterThanThreshold", "Threshold": 0, "EvaluationPeriods": 1, "Period": 60}
    for name, namespace, metric, where in (
        ("failed", "AWS/S3", "OperationsFailedReplication", EAST),
        ("late", "AWS/S3", "ReplicationLatency", WEST),
        ("denied", "Audit", "Denied", EAST),
        ("errors", "AWS/S3", "4xxErrors", EAST),
    ):
        named = {} if namespace == "Audit" else dimensions | {"BucketName": "orders", "FilterId": "all"}
        if metric not in ("4xxErrors", "Denied"):
            named = dimensions
        world.alarm(
            name,
            region=where,
            Namespace=namespace,
            MetricName=metric,
            Statistic="Sum",
            ActionsEnabled=True,
            AlarmActions=[topic.arn],
            Dimensions=[{"Name": key, "Value": value} for key, value in named.items()],
            TreatMissingData="ignore",
            **condition,
        )
    world.add(
        "AWS::CloudWatch::CompositeAlarm", "arn:c", PRIMARY, EAST, "any", AlarmRule="ALARM(errors)", ActionsEnabled=True
    )
    for account, region in ((PRIMARY, EAST), (RECOVERY, WEST)):
        world.add("AWS::Macie::Session", "", account, region, account, Status="ENABLED")
    add_policies(world, topic.arn)
    add_backups_and_templates(world)
    return world.estate


def add_backups_and_templates(world):
    """Vaults and a plan, and what templates say of all this."""
    copies = world.vault("copies", RECOVERY, WEST, LockConfiguration={"MinRetentionDays": 1}, EncryptionKeyArn="arn:k")
    world.vault("daily", AccessPolicy={}, Observed={"LockDate": "2026-01-01T00:00:00Z", "Locked": True})
    world.plan("nightly", ("daily", [copies.arn]))
    place = {"Where": "Resources.Role", "Line": 3}
    literal, placeholder = {"Partition": "aws-cn", **place}, {"Text": "REPLACE_ME", **place}
    said = {"Format": "cloudformation", "LiteralPartitions": [literal], "Placeholders": [placeholder]}
    world.add("DR::Template", "", PRIMARY, EAST, "stack.yaml", Partition="aws", **said)
    misspelt = {"Effect": "Allow", "Action": "s3:ReplicationTags", "Resource": "*"}
    for resource in [*world.resources]:
        policy = {"Name": "p", "Kind": "identity", "Document": {"Version": "2012-10-17", "Statement": [misspelt]}}
        difference = {"Path": "Status", "Declared": "Enabled", "Live": "Suspended"}
        kept = {"DeletionPolicy": "Retain", "Policies": [policy], "LiveDifferences": [difference]}
        if resource.type in ("AWS::S3::Bucket", "AWS::KMS::Key"):
            world.declared(resource, resource.name, **kept)


def add_policies(world, topic):
    """Policies of every kind, with more on what they belong to than whoever evaluates them has to read."""
    anyone = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
    resource, identity = ({"Version": "2012-10-17", "Statement": [one]} for one in (anyone, WITHOUT_PRINCIPAL))
    world.policy("orders-dr", resource, RECOVERY)
    world.policy("logs", resource)
    world.add("AWS::SNS::TopicPolicy", topic, PRIMARY, EAST, "pager", Topics=[topic], PolicyDocument=resource)
    attached = f"arn:aws:iam::{PRIMARY}:policy/p"
    world.add("AWS::IAM::ManagedPolicy", attached, PRIMARY, "", "p", PolicyDocument=identity, Path="/")
    world.add(
        "AWS::IAM::Role",
        f"arn:aws:iam::{PRIMARY}:role/replication",
        PRIMARY,
        "",
        "replication",
        AssumeRolePolicyDocument=resource,
        Policies=[{"PolicyName": "own", "PolicyDocument": identity}],
        ManagedPolicyArns=[attached],
        PermissionsBoundary=attached,
        MaxSessionDuration=3600,
        Observed={"RoleId": "AROAEXAMPLE"},
    )
    world.add(
        "AWS::Organizations::Account",
        f"arn:aws:organizations::{PRIMARY}:account/o-1/{RECOVERY}",
        PRIMARY,
        "",
        RECOVERY,
        AccountId=RECOVERY,
        ParentIds=["ou-1"],
        Observed={"ManagementAccountId": PRIMARY},
    )
    world.add("AWS::Organizations::OrganizationalUnit", "arn:ou", PRIMARY, "", "ou-1", Id="ou-1", ParentId="r-1")
    enabled = [{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}]
    world.add("AWS::Organizations::Root", "arn:r", PRIMARY, "", "r-1", Id="r-1", PolicyTypes=enabled)
    scp = {"Type": "SERVICE_CONTROL_POLICY", "Name": "all", "Content": identity, "TargetIds": ["r-1"]}
    world.add("AWS::Organizations::Policy", "arn:p", PRIMARY, "", "all", **scp)


class Watched(dict):
    """Properties that note which of them are looked at; copying them is not looking."""

    def __init__(self, values, type_, noted, above=""):
        super().__init__(values)
        self.type, self.noted, self.above = type_, noted, above

    def get(self, name, default=None):
        value = super().get(name, default)
        if not self.above and name in ("Observed", "Derived"):
            return Watched(value, self.type, self.noted, f"{name}.") if isinstance(value, dict) else value
        self.noted.add(Need(self.type, self.above + name))
        return value

    def __getitem__(self, name):
        if name not in self:
            raise KeyError(name)
        return self.get(name)


@pytest.mark.parametrize("one", ANALYSES, ids=lambda one: one.name)
def test_an_analysis_reads_only_what_it_declares(full, one):
    before = analysis.derive(full, INTENT, one.reads)
    noted: set[Need] = set()
    watched = (replace(r, properties=Watched(r.properties, r.type, noted)) for r in before.resources)
    one.derive(replace(before, resources=tuple(watched)), INTENT)
    assert noted <= one.reads
    assert {need.type for need in noted} <= {need.type for need in one.reads}


@pytest.mark.parametrize("one", ANALYSES, ids=lambda one: one.name)
def test_an_analysis_looks_for_no_type_that_it_does_not_declare(full, one):
    before = analysis.derive(full, INTENT, one.reads)
    types = frozenset(need.type for need in one.reads)
    kept = tuple(resource for resource in before.resources if resource.type in types)
    # Outside of these types everything would be unread, and show as an Unknown that is not there otherwise.
    partial = one.derive(replace(before, resources=kept, types=types), INTENT)
    whole = {resource.identity: resource for resource in one.derive(before, INTENT).resources}
    assert all(whole[resource.identity] == resource for resource in partial.resources)


def test_each_derived_property_of_the_shapes_is_given_by_exactly_one_analysis():
    given = [need for one in ANALYSES for need in one.gives]
    assert len(given) == len(set(given))
    for type_ in known_types():
        properties = load_shape(type_).schema["properties"]
        derived = {f"Derived.{name}" for name in properties.get("Derived", {}).get("properties", {})}
        if type_ == "DR::AccountRegion":
            derived = set(properties) | {""}
        if not type_.startswith("DR::") or type_ == "DR::AccountRegion":
            assert {need.path for need in given if need.type == type_} == derived, type_


def test_analyses_read_only_what_the_world_or_an_earlier_one_gives():
    given = frozenset(need for one in ANALYSES for need in one.gives)
    earlier: set[Need] = set()
    for one in ANALYSES:
        assert one.reads & given <= earlier, one.name
        earlier |= one.gives


def test_what_analyses_read_and_give_is_in_the_shapes():
    for one in ANALYSES:
        for need in one.reads | one.gives:
            if need.path:
                load_shape(need.type).at(tuple(need.path.split(".")))


def test_what_is_derived_keeps_to_the_shapes(full):
    everything = frozenset(need for one in ANALYSES for need in one.gives)
    for resource in analysis.derive(full, INTENT, everything).resources:
        assert list(load_shape(resource.type).problems(to_json(dict(resource.properties)))) == [], resource.identity


def test_a_need_that_no_analysis_gives_is_read_as_it_is():
    versioning = Need("AWS::S3::Bucket", "VersioningConfiguration")
    assert analysis.close([versioning]) == {versioning}


def test_a_derived_need_is_followed_back_to_what_must_be_read():
    needed = analysis.close([Need("AWS::S3::Bucket", "Derived.HoldsData")])
    assert needed == {
        Need("AWS::S3::Bucket", ""),
        Need("AWS::S3::Bucket", "ReplicationConfiguration"),
        Need("AWS::S3::BucketPolicy", "Bucket"),
        Need("AWS::S3::BucketPolicy", "PolicyDocument"),
        Need("AWS::S3::MultiRegionAccessPoint", "Regions"),
    }


def test_only_what_was_asked_for_is_derived(full):
    wanted = {Need("AWS::S3::Bucket", "Derived.IsSource")}
    derived = analysis.derive(full, INTENT, wanted)
    assert {tuple(one.properties["Derived"]) for one in derived.of_type("AWS::S3::Bucket")} == {("IsSource",)}
    assert analysis.derive(full, INTENT, []) is full


LEAVES = st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["", "x", "arn:aws:s3:::x", "alias/x"])
VALUES = st.recursive(
    LEAVES | st.just(Unknown("refused")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_no_value_however_odd_makes_an_analysis_fall_over(full, data):
    odd = data.draw(st.sampled_from([resource for resource in full.resources if resource.properties]))
    name = data.draw(st.sampled_from(sorted(odd.properties)))
    changed = odd.with_properties(**{name: data.draw(VALUES)})
    everything = frozenset(need for one in ANALYSES for need in one.gives)
    derived = analysis.derive(full.adding([changed]), INTENT, everything)
    assert len(derived.resources) >= len(full.resources)
