"""What is declared and completed is what a live account shows once boto3 has made the same, property by property.

Only `Observed` may differ, and what nobody can know before: those places are named in each case.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from scanner.estate.resource import Resource
from scanner.estate.shapes import load_shape
from scanner.estate.unknown import Unknown
from scanner.sources.cloudformation.reading import parse_source
from scanner.sources.cloudformation.resources import declared
from scanner.sources.cloudformation.stack import resolve
from scanner.sources.completion import completed
from scanner.sources.declared import Deployment

DOCUMENT = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}
ROLE_ARN = "arn:aws:iam::111111111111:role/crr"
KEY_ARN = "arn:aws:kms:us-east-1:111111111111:key/1234"
SSE_C = "BucketEncryption.ServerSideEncryptionConfiguration.0.BlockedEncryptionTypes"


def read(aws: Any, type_: str, *regions: str) -> list[Resource]:
    shape = load_shape(type_)
    assert shape is not None
    needs = [f"{type_}.{name}" for name in shape.schema["properties"] if name not in ("Observed", "Derived")]
    estate = aws.read(*needs, regions=regions or ("us-east-1",))
    assert estate.unseen == ()
    return list(estate.of_type(type_))


def the_one(aws: Any, type_: str, name: str = "") -> Resource:
    (found,) = [one for one in read(aws, type_) if name in ("", one.name)]
    return found


def unknown_places(value: Any, path: str = "") -> Iterator[str]:
    if isinstance(value, Unknown):
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from unknown_places(item, f"{path}.{key}".lstrip("."))


def at(value: Any, path: str) -> Any:
    for step in path.split("."):
        value = value[int(step)] if isinstance(value, list) else value[step]
    return value


def agree(live: Resource, properties: dict[str, Any], *unknown: str) -> None:
    """Fails unless the properties, declared as a template declares them, complete to those of the live resource."""
    bare = Resource(live.type, live.arn, live.account, live.region, live.name, properties)
    declared = {name: value for name, value in completed(bare).properties.items() if name != "Observed"}
    observed = {name: value for name, value in live.properties.items() if name != "Observed"}
    assert sorted(unknown_places(declared)) == sorted(unknown)
    for path in unknown:
        above, _, last = path.rpartition(".")
        found = at(declared, above) if above else declared
        found[last] = at(observed, path)
    assert declared == observed


def bucket(aws: Any, **options: Any) -> tuple[Any, str]:
    s3, name = aws.client("s3"), f"data-{aws.account}"
    s3.create_bucket(Bucket=name, **options)
    return s3, name


def test_a_bucket_of_which_nothing_is_said(aws: Any) -> None:
    _, name = bucket(aws)
    agree(the_one(aws, "AWS::S3::Bucket"), {"BucketName": name}, SSE_C)


def test_a_bucket_with_object_lock_and_nothing_else_is_versioned(aws: Any) -> None:
    _, name = bucket(aws, ObjectLockEnabledForBucket=True)
    agree(the_one(aws, "AWS::S3::Bucket"), {"BucketName": name, "ObjectLockEnabled": "true"}, SSE_C)


def test_object_lock_with_default_retention(aws: Any) -> None:
    s3, name = bucket(aws, ObjectLockEnabledForBucket=True)
    rule = {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 30}}
    s3.put_object_lock_configuration(
        Bucket=name, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": rule}
    )
    declared = {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": "30"}}
    lock = {"ObjectLockEnabled": "Enabled", "Rule": declared}
    properties = {"BucketName": name, "ObjectLockEnabled": True, "ObjectLockConfiguration": lock}
    agree(the_one(aws, "AWS::S3::Bucket"), properties, SSE_C)


def test_versioning_encryption_public_access_and_ownership(aws: Any) -> None:
    s3, name = bucket(aws)
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Suspended"})
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY_ARN}
    blocked = {"EncryptionType": ["SSE-C"]}
    s3.put_bucket_encryption(
        Bucket=name,
        ServerSideEncryptionConfiguration={
            "Rules": [
                {
                    "ApplyServerSideEncryptionByDefault": default,
                    "BucketKeyEnabled": True,
                    "BlockedEncryptionTypes": blocked,
                }
            ]
        },
    )
    block = {"BlockPublicAcls": True, "BlockPublicPolicy": True}
    s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=block)
    s3.put_bucket_ownership_controls(
        Bucket=name, OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]}
    )
    rule = {"ServerSideEncryptionByDefault": default, "BucketKeyEnabled": "true", "BlockedEncryptionTypes": blocked}
    agree(
        the_one(aws, "AWS::S3::Bucket"),
        {
            "BucketName": name,
            "VersioningConfiguration": {},
            "BucketEncryption": {"ServerSideEncryptionConfiguration": [rule]},
            "PublicAccessBlockConfiguration": {"BlockPublicAcls": "true", "BlockPublicPolicy": True},
            "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]},
        },
    )


def test_replication_of_the_second_version(aws: Any) -> None:
    s3, name = bucket(aws)
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    tag, status = {"Key": "dr", "Value": "1"}, {"Status": "Enabled"}
    time = {"Status": "Enabled", "Time": {"Minutes": 15}}
    destination = {
        "Bucket": "arn:aws:s3:::copy",
        "Account": "222222222222",
        "AccessControlTranslation": {"Owner": "Destination"},
        "EncryptionConfiguration": {"ReplicaKmsKeyID": KEY_ARN},
        "ReplicationTime": time,
        "Metrics": {"Status": "Enabled", "EventThreshold": {"Minutes": 15}},
    }
    rule = {"ID": "tax", "Priority": 1, "Status": "Enabled", "Destination": destination}
    more = {
        "DeleteMarkerReplication": {"Status": "Disabled"},
        "SourceSelectionCriteria": {"SseKmsEncryptedObjects": status},
    }
    rules = [
        {**rule, **more, "Filter": {"And": {"Prefix": "tax/", "Tags": [tag]}}},
        {"ID": "all", "Priority": 2, "Status": "Enabled", "Filter": {}, "Destination": {"Bucket": "arn:aws:s3:::copy"}},
    ]
    s3.put_bucket_replication(Bucket=name, ReplicationConfiguration={"Role": ROLE_ARN, "Rules": rules})
    texts = {**destination, "Account": 222222222222, "ReplicationTime": {**time, "Time": {"Minutes": "15"}}}
    declared = [
        {
            **more,
            "Id": "tax",
            "Priority": "1",
            "Status": "Enabled",
            "Filter": {"And": {"Prefix": "tax/", "TagFilters": [{"Key": "dr", "Value": 1}]}},
            "Destination": texts,
        },
        {"Id": "all", "Priority": 2, "Status": "Enabled", "Filter": {}, "Destination": {"Bucket": "arn:aws:s3:::copy"}},
    ]
    properties = {
        "BucketName": name,
        "VersioningConfiguration": status,
        "ReplicationConfiguration": {"Role": ROLE_ARN, "Rules": declared},
    }
    agree(the_one(aws, "AWS::S3::Bucket"), properties, SSE_C)


@pytest.mark.parametrize("prefix", [{"Prefix": ""}, {"Prefix": "tax/"}, {}])
def test_replication_of_the_first_version(aws: Any, prefix: dict[str, str]) -> None:
    s3, name = bucket(aws)
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    rule = {"Status": "Enabled", "Prefix": "", **prefix, "Destination": {"Bucket": "arn:aws:s3:::copy"}}
    s3.put_bucket_replication(Bucket=name, ReplicationConfiguration={"Role": ROLE_ARN, "Rules": [rule]})
    declared = {"Status": "Enabled", **prefix, "Destination": {"Bucket": "arn:aws:s3:::copy"}}
    properties = {
        "BucketName": name,
        "VersioningConfiguration": {"Status": "Enabled"},
        "ReplicationConfiguration": {"Role": ROLE_ARN, "Rules": [declared]},
    }
    agree(the_one(aws, "AWS::S3::Bucket"), properties, SSE_C, "ReplicationConfiguration.Rules.0.Id")


def test_lifecycle_rules_in_both_spellings(aws: Any) -> None:
    s3, name = bucket(aws)
    common = {"ID": "old", "Status": "Enabled", "NoncurrentVersionExpiration": {"NoncurrentDays": 90}}
    rules = [
        {
            **common,
            "Filter": {"And": {"Prefix": "logs/", "ObjectSizeGreaterThan": 0}},
            "Transitions": [{"Days": 30, "StorageClass": "GLACIER"}],
            "NoncurrentVersionTransitions": [{"NoncurrentDays": 7, "StorageClass": "STANDARD_IA"}],
        },
        {"ID": "date", "Status": "Disabled", "Filter": {"Prefix": ""}, "Expiration": {"Date": "2027-01-01T00:00:00Z"}},
        {
            "ID": "parts",
            "Status": "Enabled",
            "Filter": {},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
        },
    ]
    s3.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": rules})
    old = {
        "Id": "old",
        "Status": "Enabled",
        "NoncurrentVersionExpirationInDays": "90",
        "Prefix": "logs/",
        "ObjectSizeGreaterThan": 0,
        "Transition": {"TransitionInDays": "30", "StorageClass": "Glacier"},
        "NoncurrentVersionTransition": {"TransitionInDays": 7, "StorageClass": "STANDARD_IA"},
    }
    dated = {"Id": "date", "Status": "Disabled", "Prefix": "", "ExpirationDate": "2027-01-01"}
    parts = {"Id": "parts", "Status": "Enabled", "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": "7"}}
    properties = {"BucketName": name, "LifecycleConfiguration": {"Rules": [old, dated, parts]}}
    agree(the_one(aws, "AWS::S3::Bucket"), properties, SSE_C)


def test_logging_metrics_notifications_inventory_and_tags(aws: Any) -> None:
    s3, name = bucket(aws)
    allowed = {
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{name}/*",
    }
    s3.put_bucket_policy(Bucket=name, Policy=json.dumps({"Version": "2012-10-17", "Statement": [allowed]}))
    s3.put_bucket_logging(
        Bucket=name, BucketLoggingStatus={"LoggingEnabled": {"TargetBucket": name, "TargetPrefix": ""}}
    )
    s3.put_bucket_metrics_configuration(
        Bucket=name, Id="all", MetricsConfiguration={"Id": "all", "Filter": {"Prefix": "tax/"}}
    )
    topic = aws.client("sns").create_topic(Name="events")["TopicArn"]
    events = ["s3:Replication:OperationFailedReplication", "s3:ObjectRemoved:*"]
    configuration = {"TopicConfigurations": [{"TopicArn": topic, "Events": events}], "EventBridgeConfiguration": {}}
    s3.put_bucket_notification_configuration(Bucket=name, NotificationConfiguration=configuration)
    target = {"Bucket": f"arn:aws:s3:::{name}", "Format": "CSV"}
    inventory = {
        "Id": "weekly",
        "IsEnabled": True,
        "IncludedObjectVersions": "All",
        "Schedule": {"Frequency": "Weekly"},
        "Destination": {"S3BucketDestination": target},
        "OptionalFields": ["ReplicationStatus"],
    }
    s3.put_bucket_inventory_configuration(Bucket=name, Id="weekly", InventoryConfiguration=inventory)
    s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": [{"Key": "tier", "Value": "1"}]})
    declared = {
        "Id": "weekly",
        "Enabled": "true",
        "IncludedObjectVersions": "All",
        "ScheduleFrequency": "Weekly",
        "Destination": {"BucketArn": f"arn:aws:s3:::{name}", "Format": "CSV"},
        "OptionalFields": ["ReplicationStatus"],
    }
    properties = {
        "BucketName": name,
        "LoggingConfiguration": {"LogFilePrefix": ""},
        "MetricsConfigurations": [{"Id": "all", "Prefix": "tax/"}],
        "NotificationConfiguration": {
            "TopicConfigurations": [{"Topic": topic, "Event": event} for event in events],
            "EventBridgeConfiguration": {},
        },
        "InventoryConfigurations": [declared],
        "Tags": [{"Key": "tier", "Value": 1}],
    }
    agree(the_one(aws, "AWS::S3::Bucket"), properties, SSE_C)
    policy = {"Bucket": name, "PolicyDocument": {"Version": "2012-10-17", "Statement": [allowed]}}
    agree(the_one(aws, "AWS::S3::BucketPolicy"), policy)
    agree(the_one(aws, "AWS::S3::BucketPolicy"), {**policy, "PolicyDocument": json.dumps(policy["PolicyDocument"])})


def test_iam(aws: Any) -> None:
    iam = aws.client("iam")
    arn = iam.create_policy(PolicyName="bound", PolicyDocument=json.dumps(DOCUMENT))["Policy"]["Arn"]
    iam.create_role(RoleName="crr", AssumeRolePolicyDocument=json.dumps(DOCUMENT), PermissionsBoundary=arn)
    iam.put_role_policy(RoleName="crr", PolicyName="inline", PolicyDocument=json.dumps(DOCUMENT))
    iam.attach_role_policy(RoleName="crr", PolicyArn=arn)
    iam.create_group(GroupName="g", Path="/dr/")
    iam.create_user(UserName="u", Tags=[{"Key": "k", "Value": "v"}])
    iam.add_user_to_group(GroupName="g", UserName="u")
    role = {
        "RoleName": "crr",
        "AssumeRolePolicyDocument": DOCUMENT,
        "Policies": [{"PolicyName": "inline", "PolicyDocument": json.dumps(DOCUMENT)}],
        "ManagedPolicyArns": [arn],
        "PermissionsBoundary": arn,
        "Tags": [],
    }
    agree(the_one(aws, "AWS::IAM::Role", "crr"), role)
    agree(the_one(aws, "AWS::IAM::Group"), {"GroupName": "g", "Path": "/dr/"})
    agree(the_one(aws, "AWS::IAM::User"), {"UserName": "u", "Groups": ["g"], "Tags": [{"Key": "k", "Value": "v"}]})
    agree(the_one(aws, "AWS::IAM::ManagedPolicy"), {"ManagedPolicyName": "bound", "PolicyDocument": DOCUMENT})


def symmetric(kms: Any, **options: Any) -> str:
    # Moto reports usage and family only of a key that was made with them; KMS always does.
    options = {"KeyUsage": "ENCRYPT_DECRYPT", "MultiRegion": False, **options}
    return str(kms.create_key(**options)["KeyMetadata"]["KeyId"])


def rotating(kms: Any) -> str:
    key_id = symmetric(kms, Policy=json.dumps(DOCUMENT), Description="dr", Tags=[{"TagKey": "a", "TagValue": "b"}])
    kms.enable_key_rotation(KeyId=key_id)
    return key_id


def multi_region(kms: Any) -> str:
    return symmetric(kms, MultiRegion=True)


def disabled(kms: Any) -> str:
    key_id = symmetric(kms)
    kms.disable_key(KeyId=key_id)
    return key_id


@pytest.mark.parametrize(
    ("make", "declared"),
    [
        (symmetric, {}),
        (
            rotating,
            {
                "KeyPolicy": DOCUMENT,
                "Description": "dr",
                "EnableKeyRotation": "true",
                "Tags": [{"Key": "a", "Value": "b"}],
                "PendingWindowInDays": 7,
            },
        ),
        (multi_region, {"MultiRegion": "true"}),
        (disabled, {"Enabled": "false"}),
    ],
)
def test_keys(aws: Any, make: Callable[[Any], str], declared: dict[str, Any]) -> None:
    kms = aws.client("kms")
    key_id = make(kms)
    kms.create_alias(AliasName="alias/dr", TargetKeyId=key_id)
    live = the_one(aws, "AWS::KMS::Key", key_id)
    # Moto does not tell how often a key is rotated; KMS says 365 days where nobody said anything.
    told = live.with_properties(RotationPeriodInDays=365) if live.properties["EnableKeyRotation"] else live
    agree(told, declared)
    for target in (key_id, live.arn):
        alias = {"AliasName": "alias/dr", "TargetKeyId": target}
        agree(the_one(aws, "AWS::KMS::Alias", "alias/dr"), alias)


def test_what_is_certain_of_a_new_key_is_what_kms_reports(aws: Any) -> None:
    key_id = multi_region(aws.client("kms"))
    (live,) = aws.read("AWS::KMS::Key.Observed").of_type("AWS::KMS::Key")
    bare = Resource(live.type, live.arn, live.account, live.region, key_id, {"MultiRegion": True})
    assert completed(bare).properties["Observed"] == live.properties["Observed"]


def test_topics_and_subscriptions(aws: Any) -> None:
    sns = aws.client("sns")
    topic = sns.create_topic(Name="alerts", Attributes={"KmsMasterKeyId": "alias/dr"})["TopicArn"]
    function = f"arn:aws:lambda:us-east-1:{aws.account}:function:page"
    sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=function, Attributes={"FilterPolicy": '{"a": ["b"]}'})
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=json.dumps(DOCUMENT))
    agree(the_one(aws, "AWS::SNS::Topic"), {"TopicName": "alerts", "KmsMasterKeyId": "alias/dr", "DisplayName": ""})
    declared = {"TopicArn": topic, "Protocol": "lambda", "Endpoint": function, "FilterPolicy": {"a": ["b"]}}
    live = the_one(aws, "AWS::SNS::Subscription")
    agree(live, declared)
    bare = Resource(live.type, live.arn, live.account, live.region, live.name, declared)
    assert completed(bare).properties["Observed"] == {"PendingConfirmation": False}
    agree(the_one(aws, "AWS::SNS::TopicPolicy"), {"Topics": [topic], "PolicyDocument": DOCUMENT})


@pytest.mark.parametrize(
    ("selectors", "declared"),
    [
        (None, None),
        (
            [
                {
                    "ReadWriteType": "WriteOnly",
                    "IncludeManagementEvents": True,
                    "DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3:::data/"]}],
                }
            ],
            [
                {
                    "ReadWriteType": "WriteOnly",
                    "DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3:::data/"]}],
                }
            ],
        ),
    ],
)
def test_trails(aws: Any, selectors: Any, declared: Any) -> None:
    _, name = bucket(aws)
    cloudtrail = aws.client("cloudtrail")
    cloudtrail.create_trail(Name="all", S3BucketName=name)
    cloudtrail.start_logging(Name="all")
    # Moto has no selectors for a trail without; CloudTrail records management events.
    cloudtrail.put_event_selectors(
        TrailName="all",
        EventSelectors=selectors or [{"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": []}],
    )
    properties = {"TrailName": "all", "S3BucketName": name, "IsLogging": "true", "EventSelectors": declared}
    agree(the_one(aws, "AWS::CloudTrail::Trail"), properties)


def test_alarms_and_metric_filters(aws: Any) -> None:
    names = {
        "AlarmName": "late",
        "Namespace": "AWS/S3",
        "MetricName": "ReplicationLatency",
        "Statistic": "Maximum",
        "ComparisonOperator": "GreaterThanThreshold",
        "Dimensions": [{"Name": "SourceBucket", "Value": "data"}],
        "AlarmActions": ["arn:aws:sns:us-east-1:111111111111:alerts"],
        "TreatMissingData": "ignore",
    }
    aws.client("cloudwatch").put_metric_alarm(**names, Period=300, EvaluationPeriods=2, Threshold=900.5)
    agree(
        the_one(aws, "AWS::CloudWatch::Alarm"),
        {**names, "Period": "300", "EvaluationPeriods": "2", "Threshold": "900.5", "OKActions": []},
    )
    logs = aws.client("logs")
    logs.create_log_group(logGroupName="/trail")
    transformation = {"metricName": "Denied", "metricNamespace": "DR", "metricValue": "1", "defaultValue": 0}
    logs.put_metric_filter(
        logGroupName="/trail", filterName="denied", filterPattern="x", metricTransformations=[transformation]
    )
    declared = {"MetricName": "Denied", "MetricNamespace": "DR", "MetricValue": 1, "DefaultValue": "0"}
    agree(
        the_one(aws, "AWS::Logs::MetricFilter"),
        {
            "FilterName": "denied",
            "FilterPattern": "x",
            "LogGroupName": "/trail",
            "MetricTransformations": [declared],
        },
    )


def test_multi_region_access_points_and_macie(aws: Any) -> None:
    _, name = bucket(aws)
    details = {"Name": "point", "Regions": [{"Bucket": name}]}
    control = aws.client("s3control", "us-west-2")
    control.create_multi_region_access_point(AccountId=aws.account, ClientToken="t", Details=details)
    agree(the_one(aws, "AWS::S3::MultiRegionAccessPoint"), {"Name": "point", "Regions": [{"Bucket": name}]})
    aws.client("macie2").enable_macie(findingPublishingFrequency="SIX_HOURS")
    agree(the_one(aws, "AWS::Macie::Session"), {})


TEMPLATE = """
Resources:
  Data: {Type: AWS::S3::Bucket, Properties: {BucketName: !Sub "data-${AWS::AccountId}"}}
  DataPolicy: {Type: AWS::S3::BucketPolicy, Properties: {Bucket: !Ref Data, PolicyDocument: {Statement: []}}}
  Role:
    Type: AWS::IAM::Role
    Properties: {RoleName: crr, Path: /dr/, AssumeRolePolicyDocument: {Statement: []}}
  Inline:
    Type: AWS::IAM::Policy
    Properties: {PolicyName: inline, Roles: [!Ref Role], PolicyDocument: {Statement: []}}
  Managed:
    Type: AWS::IAM::ManagedPolicy
    Properties: {ManagedPolicyName: managed, Roles: [!Ref Role], PolicyDocument: {Statement: []}}
  Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: alerts}}
  TopicPolicy: {Type: AWS::SNS::TopicPolicy, Properties: {Topics: [!Ref Topic], PolicyDocument: {Statement: []}}}
  Alias: {Type: AWS::KMS::Alias, Properties: {AliasName: alias/dr, TargetKeyId: 1234}}
  Trail: {Type: AWS::CloudTrail::Trail, Properties: {TrailName: all, S3BucketName: !Ref Data, IsLogging: true}}
  Alarm:
    Type: AWS::CloudWatch::Alarm
    Properties: {AlarmName: late, ComparisonOperator: GreaterThanThreshold, EvaluationPeriods: 1}
  Filter:
    Type: AWS::Logs::MetricFilter
    Properties: {LogGroupName: /trail, FilterName: denied, FilterPattern: x, MetricTransformations: []}
  Point: {Type: AWS::S3::MultiRegionAccessPoint, Properties: {Name: point, Regions: [{Bucket: !Ref Data}]}}
  Macie: {Type: AWS::Macie::Session}
"""


def build_the_same(aws: Any) -> None:
    s3, name = bucket(aws)
    s3.put_bucket_policy(Bucket=name, Policy='{"Statement": []}')
    iam = aws.client("iam")
    empty = json.dumps({"Version": "2012-10-17", "Statement": []})
    iam.create_role(RoleName="crr", Path="/dr/", AssumeRolePolicyDocument=empty)
    iam.put_role_policy(RoleName="crr", PolicyName="inline", PolicyDocument=json.dumps(DOCUMENT))
    arn = iam.create_policy(PolicyName="managed", PolicyDocument=json.dumps(DOCUMENT))["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="crr", PolicyArn=arn)
    aws.client("sns").create_topic(Name="alerts")
    kms = aws.client("kms")
    kms.create_alias(AliasName="alias/dr", TargetKeyId=symmetric(kms))
    aws.client("cloudtrail").create_trail(Name="all", S3BucketName=name)
    aws.client("cloudwatch").put_metric_alarm(
        AlarmName="late",
        ComparisonOperator="GreaterThanThreshold",
        EvaluationPeriods=1,
        Namespace="n",
        MetricName="m",
        Statistic="Sum",
        Period=60,
        Threshold=1,
    )
    logs = aws.client("logs")
    logs.create_log_group(logGroupName="/trail")
    transformation = {"metricName": "Denied", "metricNamespace": "DR", "metricValue": "1"}
    logs.put_metric_filter(
        logGroupName="/trail", filterName="denied", filterPattern="x", metricTransformations=[transformation]
    )
    details = {"Name": "point", "Regions": [{"Bucket": name}]}
    control = aws.client("s3control", "us-west-2")
    control.create_multi_region_access_point(AccountId=aws.account, ClientToken="t", Details=details)
    aws.client("macie2").enable_macie()


def test_names_arns_and_places_are_those_of_a_live_account(aws: Any) -> None:
    build_the_same(aws)
    here = Deployment(Path("stack.yaml"), Path(), aws.account, "us-east-1")
    resources = declared(resolve(parse_source(TEMPLATE, "stack.yaml"), here, {})).resources
    ours = {place_of(one) for one in resources if one.type.startswith("AWS::")}
    live = {place_of(one) for type_ in {one[0] for one in ours} for one in read(aws, type_)}
    # AWS makes up what access points are called in ARNs; aliases of its own and the key's default names are not ours.
    assert {one for one in ours if "{" in one[1]} == {
        (MRAP, f"arn:aws:s3::{aws.account}:accesspoint/{{Point}}", aws.account, "", "point")
    }
    assert {one for one in ours if one[0] != MRAP} <= live
    assert {one[0] for one in live - ours} <= {MRAP, "AWS::KMS::Alias"}


MRAP = "AWS::S3::MultiRegionAccessPoint"


def place_of(one: Resource) -> tuple[str, ...]:
    return one.type, one.arn, one.account, one.region, one.name
