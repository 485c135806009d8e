"""What a reference gives is the very text that the resource is known by, whether its name is known or not."""

from pathlib import Path
from typing import Any

import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from scanner.estate.unknown import Unknown
from scanner.sources.cloudformation.attributes import attribute, identity, ref
from scanner.sources.cloudformation.naming import NAMINGS
from scanner.sources.declared import Deployment

HERE = Deployment(Path("stack.yaml"), Path(), "111111111111", "eu-west-1")
CHINA = HERE.at("111111111111", "cn-north-1", "aws-cn")
LATER = Unknown("parameter Name has no value")


def identified(type_: str, properties: dict[str, Any] | None = None, place: Deployment = HERE) -> tuple[str, str]:
    known = identity(type_, "Thing", properties or {}, place)
    return known.name, known.arn


@pytest.mark.parametrize(
    ("type_", "properties", "name", "arn"),
    [
        ("AWS::S3::Bucket", {"BucketName": "data"}, "data", "arn:aws:s3:::data"),
        ("AWS::S3::Bucket", {}, "{Thing}", "arn:aws:s3:::{Thing}"),
        ("AWS::S3::Bucket", {"BucketName": LATER}, "{Thing}", "arn:aws:s3:::{Thing}"),
        ("AWS::S3::Bucket", {"BucketName": ""}, "{Thing}", "arn:aws:s3:::{Thing}"),
        ("AWS::S3::Bucket", {"BucketName": "REPLACE_ME"}, "{Thing}", "arn:aws:s3:::{Thing}"),
        ("AWS::S3::Bucket", {"BucketName": 2026}, "2026", "arn:aws:s3:::2026"),
        ("AWS::S3::Bucket", {"BucketName": ["data"]}, "{Thing}", "arn:aws:s3:::{Thing}"),
        ("AWS::IAM::Role", {"RoleName": "crr", "Path": "/dr/"}, "crr", "arn:aws:iam::111111111111:role/dr/crr"),
        ("AWS::IAM::Role", {"Path": "/dr/"}, "{Thing}", "arn:aws:iam::111111111111:role/dr/{Thing}"),
        ("AWS::IAM::Role", {"RoleName": "crr", "Path": LATER}, "{Thing}", "arn:aws:iam::111111111111:role/{Thing}"),
        ("AWS::IAM::ManagedPolicy", {"ManagedPolicyName": "p"}, "p", "arn:aws:iam::111111111111:policy/p"),
        ("AWS::KMS::Key", {}, "{Thing}", "arn:aws:kms:eu-west-1:111111111111:key/{Thing}"),
        ("AWS::KMS::Alias", {"AliasName": "alias/dr"}, "alias/dr", "arn:aws:kms:eu-west-1:111111111111:alias/dr"),
        (
            "AWS::KMS::ReplicaKey",
            {"PrimaryKeyArn": "arn:aws:kms:us-east-1:111111111111:key/mrk-1"},
            "mrk-1",
            "arn:aws:kms:eu-west-1:111111111111:key/mrk-1",
        ),
        ("AWS::SNS::Topic", {"TopicName": "alerts"}, "alerts", "arn:aws:sns:eu-west-1:111111111111:alerts"),
        ("AWS::Backup::BackupVault", {}, "{Thing}", "arn:aws:backup:eu-west-1:111111111111:backup-vault:{Thing}"),
        ("AWS::Made::Up", {"Name": "x"}, "{Thing}", ""),
    ],
)
def test_a_resource_is_known_by_name_and_arn(type_: str, properties: dict[str, Any], name: str, arn: str) -> None:
    assert identified(type_, properties) == (name, arn)


def test_every_arn_has_the_partition_of_its_deployment() -> None:
    arns = {type_: identified(type_, place=CHINA)[1] for type_, naming in NAMINGS.items() if naming.arn}
    assert {type_ for type_, arn in arns.items() if not arn.startswith("arn:aws-cn:")} == {"AWS::SNS::Subscription"}


def test_stand_ins_of_two_stacks_differ() -> None:
    other = Deployment(Path("b.yaml"), Path(), "111111111111", "eu-west-1", stack="b")
    assert identified("AWS::S3::Bucket", place=other) == ("{b.Thing}", "arn:aws:s3:::{b.Thing}")


@pytest.mark.parametrize(
    ("type_", "properties", "given"),
    [
        ("AWS::S3::Bucket", {"BucketName": "data"}, "data"),
        ("AWS::IAM::Role", {"RoleName": "crr", "Path": "/dr/"}, "crr"),
        ("AWS::IAM::ManagedPolicy", {}, "arn:aws:iam::111111111111:policy/{Thing}"),
        ("AWS::KMS::Key", {}, "{Thing}"),
        ("AWS::KMS::Alias", {"AliasName": "alias/dr"}, "alias/dr"),
        ("AWS::SNS::Topic", {}, "arn:aws:sns:eu-west-1:111111111111:{Thing}"),
        ("AWS::SQS::Queue", {"QueueName": "q"}, "https://sqs.eu-west-1.amazonaws.com/111111111111/q"),
        ("AWS::Backup::BackupVault", {"BackupVaultName": "v"}, "v"),
        ("AWS::Macie::Session", {}, "111111111111"),
        ("AWS::EC2::Instance", {}, "{Thing}"),
        ("Custom::Lookup", {}, Unknown("what Thing gives back is only known once it is deployed")),
    ],
)
def test_ref(type_: str, properties: dict[str, Any], given: Any) -> None:
    assert ref(type_, "Thing", properties, HERE) == given


@pytest.mark.parametrize(
    ("type_", "name", "given"),
    [
        ("AWS::S3::Bucket", "Arn", "arn:aws:s3:::{Thing}"),
        ("AWS::S3::Bucket", "DomainName", "{Thing}.s3.amazonaws.com"),
        ("AWS::S3::Bucket", "WebsiteURL", Unknown("AWS::S3::Bucket.WebsiteURL is only known once it is deployed")),
        ("AWS::IAM::Role", "Arn", "arn:aws:iam::111111111111:role/{Thing}"),
        ("AWS::IAM::Role", "RoleId", Unknown("AWS::IAM::Role.RoleId is only known once it is deployed")),
        ("AWS::KMS::Key", "KeyId", "{Thing}"),
        ("AWS::KMS::Key", "Arn", "arn:aws:kms:eu-west-1:111111111111:key/{Thing}"),
        ("AWS::Logs::LogGroup", "Arn", "arn:aws:logs:eu-west-1:111111111111:log-group:{Thing}:*"),
        ("AWS::S3::MultiRegionAccessPoint", "Alias", "{Thing}"),
        ("AWS::EC2::Instance", "Arn", "{Thing}"),
        ("AWS::EC2::Instance", "InstanceId", "{Thing}"),
        ("AWS::EC2::Instance", "PublicIp", Unknown("AWS::EC2::Instance.PublicIp is only known once it is deployed")),
        ("Custom::Lookup", "Arn", Unknown("Custom::Lookup.Arn is only known once it is deployed")),
    ],
)
def test_get_att(type_: str, name: str, given: Any) -> None:
    assert attribute(type_, name, "Thing", {}, HERE) == given


def test_domain_names_are_those_of_the_partition() -> None:
    assert attribute("AWS::S3::Bucket", "DomainName", "Thing", {}, CHINA) == "{Thing}.s3.amazonaws.com.cn"
    nowhere = HERE.at("111111111111", "us-iso-east-1", "aws-iso")
    assert isinstance(attribute("AWS::S3::Bucket", "DomainName", "Thing", {}, nowhere), Unknown)


def test_an_account_that_the_user_names_is_no_placeholder() -> None:
    name = {"BucketName": "data-123456789012", "RoleName": "123456789012"}
    assert identified("AWS::IAM::Role", name)[0] == "{Thing}"
    assert identified("AWS::IAM::Role", name, HERE.at("123456789012", "eu-west-1", "aws"))[0] == "123456789012"


SHAPELESS = {"AWS::Serverless::Function"}


@pytest.mark.parametrize("type_", sorted(set(NAMINGS) - SHAPELESS))
def test_names_and_attributes_are_those_of_cloudformations_schemas(type_: str) -> None:
    schema = dict(PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", type_).schema)
    naming = NAMINGS[type_]
    read_only = {path.removeprefix("/properties/").replace("/", ".") for path in schema.get("readOnlyProperties", ())}
    assert not naming.property or naming.property in schema["properties"]
    assert set(naming.attributes) - read_only - set(schema["properties"]) == set()
    identifier = [path.removeprefix("/properties/") for path in schema["primaryIdentifier"]]
    # What Ref gives is the primary identifier: https://docs.aws.amazon.com/cloudcontrolapi, 2026-11.
    if naming.ref == "{arn}":
        assert identifier[0].lower().endswith(("arn", "id"))
