"""What becomes of resources when their stack goes, their policies, and what a template's own text gives away."""

from collections.abc import Callable
from typing import Any

import pytest

from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown
from scanner.sources.cloudformation.resources import declared
from scanner.sources.cloudformation.stack import Stack
from scanner.sources.declared import UNNAMED_ACCOUNT, UNNAMED_REGION

Found = Callable[..., list[Resource]]


@pytest.fixture
def kept_in(stack_of: Callable[..., Stack]) -> Found:
    def kept(text: str, **deployment: Any) -> list[Resource]:
        resources = declared(stack_of(text, **deployment)).resources
        return [one for one in resources if one.type == "DR::Template::Resource"]

    return kept


@pytest.fixture
def template_in(stack_of: Callable[..., Stack]) -> Callable[..., Resource]:
    def template(text: str, **deployment: Any) -> Resource:
        (found,) = [one for one in declared(stack_of(text, **deployment)).resources if one.type == "DR::Template"]
        return found

    return template


@pytest.mark.parametrize(
    ("body", "deletion", "replacement"),
    [
        ("Type: AWS::S3::Bucket", "Delete", "Delete"),
        ("{Type: AWS::S3::Bucket, DeletionPolicy: Retain}", "Retain", "Delete"),
        (
            "{Type: AWS::S3::Bucket, DeletionPolicy: RetainExceptOnCreate, UpdateReplacePolicy: Retain}",
            "RetainExceptOnCreate",
            "Retain",
        ),
        ("{Type: AWS::RDS::DBCluster}", "Snapshot", "Delete"),
        ("{Type: AWS::RDS::DBInstance}", "Snapshot", "Delete"),
        ("{Type: AWS::RDS::DBInstance, Properties: {DBClusterIdentifier: c}}", "Delete", "Delete"),
        (
            "{Type: AWS::RDS::DBInstance, Properties: {DBClusterIdentifier: !Ref Name}}",
            Unknown("parameter Name has no value"),
            "Delete",
        ),
        ("{Type: AWS::DynamoDB::Table, UpdateReplacePolicy: Retain}", "Delete", "Retain"),
        (
            "{Type: AWS::S3::Bucket, DeletionPolicy: Keep}",
            Unknown("'Keep' is none of the values that DeletionPolicy may have"),
            "Delete",
        ),
    ],
)
def test_how_a_resource_is_kept(kept_in: Found, body: str, deletion: Any, replacement: str) -> None:
    (kept,) = kept_in(f"Parameters: {{Name: {{Type: String}}}}\nResources:\n  Thing:\n    {body}\n")
    assert (kept.name, kept.properties["Address"], kept.arn) == ("Thing", "Thing", "")
    assert (kept.properties["DeletionPolicy"], kept.properties["UpdateReplacePolicy"]) == (deletion, replacement)


def test_what_holds_nothing_and_allows_nothing_is_left_out(kept_in: Found) -> None:
    assert kept_in("Resources: {Alarm: {Type: AWS::CloudWatch::Alarm}, Queue: {Type: AWS::EC2::Instance}}") == []


def test_a_stack_names_its_resources(kept_in: Found) -> None:
    (kept,) = kept_in("Resources: {Data: {Type: AWS::S3::Bucket}}", stack="source")
    assert (kept.name, kept.properties["ResourceArn"]) == ("source.Data", "arn:aws:s3:::{source.Data}")


@pytest.mark.parametrize(("written", "days"), [("", 30), (", Properties: {PendingWindowInDays: '7'}", 7)])
@pytest.mark.parametrize("type_", ["Key", "ReplicaKey"])
def test_how_long_the_deletion_of_a_key_can_be_taken_back(kept_in: Found, type_: str, written: str, days: int) -> None:
    (kept,) = kept_in(f"Resources: {{Key: {{Type: AWS::KMS::{type_}{written}}}}}")
    assert kept.properties["PendingWindowInDays"] == days


DOCUMENT = "{Statement: [{Effect: Allow, Action: 's3:*', Resource: '*'}]}"
READ = {"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}


@pytest.mark.parametrize(
    ("type_", "properties", "arn", "policies"),
    [
        (
            "AWS::IAM::Role",
            f"AssumeRolePolicyDocument: {DOCUMENT}, Policies: [{{PolicyName: p, PolicyDocument: {DOCUMENT}}}]",
            "arn:aws:iam::111111111111:role/{Thing}",
            [("p", "identity"), ("AssumeRolePolicyDocument", "trust")],
        ),
        (
            "AWS::IAM::Policy",
            f"PolicyName: p, Roles: [!Ref Role], PolicyDocument: {DOCUMENT}",
            "arn:aws:iam::111111111111:role/r",
            [("p", "identity")],
        ),
        ("AWS::IAM::Policy", f"PolicyName: p, Roles: [x], PolicyDocument: {DOCUMENT}", None, [("p", "identity")]),
        (
            "AWS::S3::BucketPolicy",
            f"Bucket: b, PolicyDocument: {DOCUMENT}",
            "arn:aws:s3:::b",
            [("PolicyDocument", "bucket")],
        ),
        (
            "AWS::SNS::TopicPolicy",
            f"Topics: ['a:b:c:d:e:f'], PolicyDocument: {DOCUMENT}",
            "a:b:c:d:e:f",
            [("PolicyDocument", "topic")],
        ),
        (
            "AWS::Backup::BackupVault",
            f"BackupVaultName: v, AccessPolicy: {DOCUMENT}",
            "arn:aws:backup:eu-west-1:111111111111:backup-vault:v",
            [("AccessPolicy", "vault")],
        ),
        ("AWS::EC2::VPCEndpoint", f"VpcId: v, PolicyDocument: {DOCUMENT}", None, [("PolicyDocument", "other")]),
        (
            "AWS::KMS::Key",
            "KeyPolicy: '{\"Statement\": []}'",
            "arn:aws:kms:eu-west-1:111111111111:key/{Thing}",
            [("KeyPolicy", "key")],
        ),
    ],
)
def test_the_policies_that_a_resource_carries(
    kept_in: Found, type_: str, properties: str, arn: str | None, policies: list[tuple[str, str]]
) -> None:
    role = "Role: {Type: AWS::IAM::Role, Properties: {RoleName: r}}"
    found = kept_in(f"Resources: {{Thing: {{Type: '{type_}', Properties: {{{properties}}}}}, {role}}}")
    kept = next(one for one in found if one.name == "Thing")
    assert kept.properties.get("ResourceArn") == arn
    assert [(one["Name"], one["Kind"]) for one in kept.properties["Policies"]] == policies
    assert all(one["Document"] in (READ, {"Statement": []}) for one in kept.properties["Policies"])


def test_partitions_that_are_written_out(template_in: Callable[..., Resource]) -> None:
    found = template_in(
        """
        Description: arn:aws:s3:::prose
        Parameters:
          Role:
            Type: String
            Default: arn:aws-cn:iam::111111111111:role/r
            AllowedPattern: "arn:aws:.*"
        Resources:
          Data:
            Type: AWS::S3::Bucket
            Metadata: {Note: "arn:aws:s3:::prose"}
            Properties:
              ReplicationConfiguration:
                Role: !Sub "arn:${AWS::Partition}:iam::1:role/r"
                Rules:
                  - Destination: {Bucket: !Sub "arn:aws:s3:::${AWS::StackName}"}
        """
    )
    assert found.properties["LiteralPartitions"] == [
        {"Partition": "aws-cn", "Where": "Parameters.Role.Default", "Line": 6},
        {
            "Partition": "aws",
            "Where": "Resources.Data.Properties.ReplicationConfiguration.Rules.0.Destination.Bucket.Fn::Sub",
            "Line": 16,
        },
    ]
    assert (found.name, found.properties["Format"], found.properties["Placeholders"]) == (
        "stack.yaml",
        "cloudformation",
        [],
    )


def test_placeholders_that_were_left(template_in: Callable[..., Resource]) -> None:
    text = """
        Resources:
          Data:
            Type: AWS::S3::Bucket
            Properties: {BucketName: !Sub "${AWS::AccountId}-REPLACE_ME", Tags: [{Key: owner, Value: "123456789012"}]}
        """
    found = template_in(text).properties["Placeholders"]
    assert [(one["Text"], one["Line"]) for one in found] == [("REPLACE_ME", 5), ("123456789012", 5)]
    assert found[0]["Where"] == "Resources.Data.Properties.BucketName.Fn::Sub"
    vouched = template_in(text, account="123456789012").properties["Placeholders"]
    assert [one["Text"] for one in vouched] == ["REPLACE_ME"]


def test_a_template_with_many_of_them_has_told_enough(template_in: Callable[..., Resource]) -> None:
    names = "\n".join(
        f"  B{number}: {{Type: AWS::S3::Bucket, Properties: {{BucketName: REPLACE_ME}}}}" for number in range(300)
    )
    assert len(template_in(f"Resources:\n{names}\n").properties["Placeholders"]) == 200


@pytest.mark.parametrize(
    ("place", "partition"),
    [
        ({}, "aws"),
        ({"region": "cn-north-1", "partition": "aws-cn"}, "aws-cn"),
        ({"account": UNNAMED_ACCOUNT, "region": UNNAMED_REGION}, Unknown("no account or region was named")),
    ],
)
def test_the_partition_of_a_deployment(template_in: Callable[..., Resource], place: Any, partition: Any) -> None:
    found = template_in("Resources: {Data: {Type: AWS::S3::Bucket}}", **place)
    assert found.properties["Partition"] == partition
