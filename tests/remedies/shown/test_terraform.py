"""Plans as Terraform, read back as drscan reads a Terraform plan: the resources are those that the plan makes."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hcl_reading import Body, Name, read

from scanner.estate.resource import Location, Resource
from scanner.remedies.shown import terraform
from scanner.remedies.state import is_settled, named
from scanner.remedies.step import CREATION, WHOLE, Plan, Safety, Step, Target
from scanner.remedies.writes.s3_requests import FOUR_BLOCKS
from scanner.remedies.writes.table import WRITES
from scanner.sources.declared import Deployment
from scanner.sources.terraform.planned import Place, Planned
from scanner.sources.terraform.resources import declared_by

HERE = Deployment(Path("plan.json"), Path(), "111111111111", "us-east-1")
BUCKET = Target("AWS::S3::Bucket", "arn:aws:s3:::orders", "111111111111", "us-east-1", "orders")
ROLE = Target("AWS::IAM::Role", "arn:aws:iam::111111111111:role/copier", "111111111111", "", "copier")
EMPTY = Plan("2026-11-21T12:00:00Z", "aws", "0" * 64)
DOCUMENT = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "${aws:x}"}]}
TAGS = [{"Key": "k", "Value": "v"}]
FILTERS = [{"Name": "prefix", "Value": "a/"}, {"Name": "suffix", "Value": "z"}]
COPY = {"Bucket": "arn:aws:s3:::copy"}
ENABLED = {"Status": "Enabled"}


def step(target: Target, property_: str, after: Any, before: Any = None) -> Step:
    return Step("01", target, property_, before, after, Safety.SAFE)


def shown(*steps: Step) -> str:
    """The steps as Terraform; those that have no ids of their own get some."""
    if len({one.id for one in steps}) < len(steps):
        steps = tuple(replace(one, id=f"{number:02d}") for number, one in enumerate(steps, 1))
    return terraform.show(replace(EMPTY, steps=steps))


def resources(*steps: Step) -> list[tuple[str, Body]]:
    """The resources that steps become, with their types."""
    return [(labels[1], body) for labels, body in read(shown(*steps)).blocks if labels[0] == "resource"]


def declared(text: str, *others: Planned) -> list[Resource]:
    """The resources that a configuration declares, beside others, as drscan reads them from a plan."""
    body = read(text)
    found = [(labels, inner) for labels, inner in body.blocks if labels[0] == "resource"]
    by_address = {f"{type_}.{label}": inner.attributes for (_, type_, label), inner in found}
    instances = [*others, *(_planned(address, body, by_address) for address in by_address)]
    return list(declared_by(instances, HERE).resources)


def _planned(address: str, body: Body, by_address: dict[str, dict[str, Any]]) -> Planned:
    type_, name = address.split(".")
    values = _values(body.one("resource", type_, name), by_address)
    _, account, region = re.split(r"^aws\.a(\d{12})_", values.pop("provider").text)
    values.pop("depends_on", None)
    stand_in = HERE.stand_in(address)
    if type_ == "aws_kms_key":
        values |= {"arn": f"arn:aws:kms:{region.replace('_', '-')}:{account}:key/{stand_in}", "key_id": stand_in}
    place = Place(account, region.replace("_", "-"), "aws", stand_in)
    return Planned(address, type_, name, values, place, Location("plan.json", 1, 9))


def _values(body: Body, by_address: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """What Terraform makes of a body: texts for documents, a list for each kind of nested blocks."""
    values = {name: _value(value, by_address) for name, value in body.attributes.items()}
    for name in ("policy", "assume_role_policy"):
        values |= {name: json.dumps(values[name])} if name in values else {}
    for (name, *_), inner in body.blocks:
        values.setdefault(name, []).append(_values(inner, by_address))
    return values


def _value(value: Any, by_address: dict[str, dict[str, Any]]) -> Any:
    match value:
        case Name(text=text) if text.count(".") == 2:
            return _referred(text, by_address)
        case list():
            return [_value(item, by_address) for item in value]
        case dict():
            return {key: _value(member, by_address) for key, member in value.items()}
    return value


def _referred(text: str, by_address: dict[str, dict[str, Any]]) -> str:
    address, _, attribute = text.rpartition(".")
    if address.startswith("aws_kms_key."):
        stand_in = HERE.stand_in(address)
        return stand_in if attribute == "key_id" else f"arn:aws:kms:eu-west-1:222222222222:key/{stand_in}"
    if address.startswith("aws_sns_topic."):
        return f"arn:aws:sns:us-east-1:111111111111:{by_address[address]['name']}"
    return str(by_address[address][attribute])


def beside(type_: str, **values: Any) -> Planned:
    place = Place("111111111111", "us-east-1", "aws", HERE.stand_in(f"{type_}.it"))
    return Planned(f"{type_}.it", type_, "it", values, place, Location("plan.json", 1, 9), actions=("create",))


def rules(*given: dict[str, Any]) -> dict[str, Any]:
    return {"Role": ROLE.arn, "Rules": [{"Id": "r", **ENABLED, **rule, "Destination": COPY} for rule in given]}


@pytest.mark.parametrize(
    ("property_", "after"),
    [
        ("VersioningConfiguration", {"Status": "Suspended"}),
        (
            "ObjectLockConfiguration",
            {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Years": 1}}},
        ),
        ("OwnershipControls", {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}),
        (
            "PublicAccessBlockConfiguration",
            {**dict.fromkeys(FOUR_BLOCKS, True), "BlockPublicPolicy": False},
        ),
        ("LoggingConfiguration", {"DestinationBucketName": "logs", "LogFilePrefix": "a/"}),
        (
            "LoggingConfiguration",
            {
                "DestinationBucketName": "logs",
                "LogFilePrefix": "",
                "TargetObjectKeyFormat": {"PartitionedPrefix": {"PartitionDateSource": "EventTime"}},
            },
        ),
        ("ReplicationConfiguration", rules({"Prefix": "a/"})),
        ("ReplicationConfiguration", rules({"Priority": 1, "Filter": {}})),
        ("ReplicationConfiguration", rules({"Priority": 1, "Filter": {"Prefix": "a/"}})),
        ("ReplicationConfiguration", rules({"Priority": 1, "Filter": {"TagFilter": TAGS[0]}})),
        ("ReplicationConfiguration", rules({"Priority": 2, "Filter": {"And": {"Prefix": "a/", "TagFilters": TAGS}}})),
        (
            "ReplicationConfiguration",
            rules({"Priority": 1, "Filter": {}, "SourceSelectionCriteria": {"ReplicaModifications": ENABLED}}),
        ),
        (
            "NotificationConfiguration",
            {
                "TopicConfigurations": [
                    {
                        "Event": "s3:Replication:*",
                        "Topic": "arn:aws:sns:us-east-1:111111111111:t",
                        "Filter": {"S3Key": {"Rules": FILTERS}},
                    }
                ],
                "QueueConfigurations": [{"Event": "s3:ObjectCreated:*", "Queue": "arn:aws:sqs:us-east-1:1:q"}],
                "LambdaConfigurations": [
                    {"Event": "s3:ObjectCreated:*", "Function": "arn:aws:lambda:us-east-1:111111111111:function:f"}
                ],
                "EventBridgeConfiguration": {"EventBridgeEnabled": True},
            },
        ),
        (
            "LifecycleConfiguration",
            {
                "Rules": [
                    {
                        "Id": "all",
                        **ENABLED,
                        "Prefix": "a/",
                        "TagFilters": TAGS,
                        "ObjectSizeGreaterThan": "1024",
                        "ExpirationInDays": 400,
                        "NoncurrentVersionExpiration": {"NoncurrentDays": 90, "NewerNoncurrentVersions": 3},
                        "Transitions": [{"StorageClass": "GLACIER", "TransitionInDays": 30}],
                        "NoncurrentVersionTransitions": [{"StorageClass": "GLACIER", "TransitionInDays": 31}],
                        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
                    },
                    {"Id": "tag", **ENABLED, "TagFilters": TAGS, "ExpirationDate": "2030-01-01T00:00:00Z"},
                    {"Id": "marker", **ENABLED, "ExpiredObjectDeleteMarker": True},
                ],
                "TransitionDefaultMinimumObjectSize": "all_storage_classes_128K",
            },
        ),
        (
            "MetricsConfigurations",
            [{"Id": "EntireBucket"}, {"Id": "a", "Prefix": "a/"}, {"Id": "both", "Prefix": "a/", "TagFilters": TAGS}],
        ),
        (
            "BucketEncryption",
            {
                "ServerSideEncryptionConfiguration": [
                    {
                        "ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "alias/x"},
                        "BucketKeyEnabled": True,
                    }
                ]
            },
        ),
    ],
)
def test_parts_of_a_bucket_are_read_back_as_they_are(property_: str, after: Any) -> None:
    text = shown(step(BUCKET, property_, after))
    found = declared(text, beside("aws_s3_bucket", bucket="orders", object_lock_enabled="Lock" in property_))
    (bucket,) = (resource for resource in found if resource.type == BUCKET.type)
    assert is_settled(step(BUCKET, property_, after), bucket.properties[property_])


def test_the_whole_plan_is_read_back_as_it_is(whole: Plan) -> None:
    """All that is new, and of what is there whatever stands in a resource of its own."""
    key = {"{orders-copy-key}": HERE.stand_in("aws_kms_key.orders_copy_key")}
    found = {(one.type, one.name): one for one in declared(terraform.show(whole))}
    seen = 0
    for one in whole.steps:
        resource = found.get((one.target.type, named(one.target.name, key)))
        if resource is None or one.safety in (Safety.MANUAL, Safety.IRREVERSIBLE):
            continue
        seen += 1
        wanted = one.after if one.property in (CREATION, WHOLE) else {one.property: one.after}
        for name, value in named(wanted, key).items():
            assert is_settled(step(one.target, name, value), resource.properties.get(name)), (one.id, name)
    assert seen > len(whole.steps) / 2


def test_every_write_is_shown_in_some_way() -> None:
    """Object Lock is enabled by its configuration."""
    writes = {(write.type, write.property) for write in WRITES}
    assert writes - set(terraform.SHAPES) <= {("AWS::S3::Bucket", "ObjectLockEnabled")}


def test_what_is_there_is_imported_and_what_is_new_is_not() -> None:
    before = {"Status": "Suspended"}
    assert not read(shown(step(BUCKET, "VersioningConfiguration", ENABLED))).all("import")
    body = read(shown(step(BUCKET, "VersioningConfiguration", ENABLED, before))).one("import")
    assert body.attributes == {"to": Name("aws_s3_bucket_versioning.orders"), "id": "orders"}
    made = step(BUCKET, CREATION, {"BucketName": "orders"})
    assert not read(shown(made, step(BUCKET, "VersioningConfiguration", ENABLED, before))).all("import")


def test_what_is_new_is_referred_to() -> None:
    made = step(BUCKET, CREATION, {"BucketName": "orders", "ObjectLockEnabled": False})
    (_, bucket), (_, versioning) = resources(made, step(BUCKET, "VersioningConfiguration", ENABLED))
    assert bucket.attributes["bucket"] == "orders"
    assert versioning.attributes["bucket"] == Name("aws_s3_bucket.orders.bucket")
    assert bucket.one("lifecycle").attributes == {"prevent_destroy": True}


def test_settings_of_a_new_resource_without_resources_of_their_own_are_arguments_of_it() -> None:
    arn, name = "arn:aws:kms:us-east-1:111111111111:key/{k}", "{k}"
    key = Target("AWS::KMS::Key", arn, "111111111111", "us-east-1", name)
    ((_, bucket),) = resources(step(BUCKET, CREATION, {"BucketName": "orders"}), step(BUCKET, "Tags", TAGS))
    ((_, made),) = resources(step(key, CREATION, {"Description": "d"}), step(key, "EnableKeyRotation", True, False))
    assert bucket.attributes["tags"] == {"k": "v"}
    assert made.attributes["enable_key_rotation"] is True


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (step(BUCKET, "Tags", TAGS, []), "# Add to the resource that declares orders (the tags of the bucket):"),
        (step(ROLE, "AssumeRolePolicyDocument", DOCUMENT, {}), "#   assume_role_policy = jsonencode({"),
        (step(BUCKET, "LoggingConfiguration", None, {}), "# By hand: take away the aws_s3_bucket_logging of"),
        (step(BUCKET, "MetricsConfigurations", [], [{"Id": "a"}]), "# By hand: take away the aws_s3_bucket_metric a"),
        (
            step(ROLE, "Policies", [], [{"PolicyName": "p", "PolicyDocument": DOCUMENT}]),
            "# By hand: take away the aws_iam_role_policy p of this role",
        ),
        (
            step(ROLE, "ManagedPolicyArns", [], ["arn:aws:iam::aws:policy/X"]),
            "# By hand: take away the aws_iam_role_policy_attachment of arn:aws:iam::aws:policy/X to this role",
        ),
        (step(replace(BUCKET, type="AWS::New::Thing"), "X", {}), "# By hand: drscan does not show this as Terraform"),
    ],
)
def test_what_no_resource_can_say_is_said_in_a_comment(one: Step, expected: str) -> None:
    assert expected in shown(one)
    assert not resources(one)


@pytest.mark.parametrize("safety", [Safety.IRREVERSIBLE, Safety.MANUAL])
def test_what_is_to_decide_is_commented_out(safety: Safety) -> None:
    one = replace(step(BUCKET, "VersioningConfiguration", ENABLED), safety=safety)
    assert not resources(one)
    assert '# resource "aws_s3_bucket_versioning" "orders" {' in shown(one)


def test_what_waits_for_something_commented_out_waits_for_what_that_waited_for() -> None:
    first = step(BUCKET, CREATION, {"BucketName": "orders"})
    second = replace(step(BUCKET, "ObjectLockConfiguration", {}), id="02", safety=Safety.IRREVERSIBLE, needs=("01",))
    made = step(ROLE, CREATION, {"RoleName": "copier", "AssumeRolePolicyDocument": {}})
    third = replace(made, id="03", needs=("02",))
    found = dict(resources(first, second, third))
    assert found["aws_iam_role"].attributes["depends_on"] == [Name("aws_s3_bucket.orders")]


def test_names_that_look_the_same_get_labels_of_their_own() -> None:
    twins = [replace(BUCKET, name=name, arn=f"arn:aws:s3:::{name}") for name in ("a.b", "a-b", "1")]
    steps = [replace(step(one, CREATION, {"BucketName": one.name}), id=f"0{at}") for at, one in enumerate(twins)]
    labels = [labels[2] for labels, _ in read(shown(*steps)).blocks if labels[0] == "resource"]
    assert labels == ["a_b", "a_b_111111111111", "r_1"]


def test_alarms_on_expressions_and_unknown_properties() -> None:
    target = Target("AWS::CloudWatch::Alarm", "", "111111111111", "us-east-1", "late")
    metric = {"Namespace": "AWS/S3", "MetricName": "X", "Dimensions": [{"Name": "n", "Value": "v"}]}
    after = {
        "AlarmName": "late",
        "Metrics": [
            {"Id": "m", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}, "ReturnData": False},
            {"Id": "e", "Expression": "m * 2", "Label": "l"},
        ],
        "WarmUpConfiguration": {"a": 1},
    }
    one = step(target, CREATION, after)
    ((_, alarm),) = resources(one)
    stat, expression = alarm.all("metric_query")
    assert stat.one("metric").attributes["dimensions"] == {"n": "v"}
    assert expression.attributes == {"id": "e", "expression": "m * 2", "label": "l"}
    assert '# WarmUpConfiguration, which the provider has no argument for: {"a": 1}' in shown(one)


def test_encryption_types_that_are_blocked_are_named_for_providers_that_know_them() -> None:
    rule = {"BlockedEncryptionTypes": {"EncryptionType": ["SSE-C"]}, "BucketKeyEnabled": False}
    one = step(BUCKET, "BucketEncryption", {"ServerSideEncryptionConfiguration": [rule]}, {})
    assert "# blocked_encryption_types = ['SSE-C'], from provider 6.22 on" in shown(one)
