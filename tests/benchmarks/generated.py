"""Templates of any size for the benchmarks: replicated buckets as teams write them, in CloudFormation and in Terraform.

Every pair is a source, its copy, the role that S3 replicates with and a policy on either bucket; all share two keys.
"""

import json
from pathlib import Path
from typing import Any

from tests.terraform_plan import Made, constant, plan, refer

PER_PAIR = 5
"""How many resources a pair of buckets takes in CloudFormation."""

TINY = """\
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Orders:
    Type: AWS::S3::Bucket
    Properties:
      VersioningConfiguration: {Status: Enabled}
"""


def cloudformation(pairs: int) -> str:
    """A template of that many pairs, in YAML."""
    return _HEAD + "".join(_PAIR.replace("<N>", f"{number:04}") for number in range(pairs))


def terraform(pairs: int) -> str:
    """The JSON of a plan of that many pairs, as it is before the first `terraform apply`."""
    made = [one for number in range(pairs) for one in _planned(f"{number:04}")]
    providers = {
        "aws": {"name": "aws", "expressions": {"region": constant("us-east-1")}},
        "aws.copy": {"name": "aws", "alias": "copy", "expressions": {"region": constant("eu-west-1")}},
    }
    whole = plan(*made, _key("source", "aws"), _key("copy", "aws.copy"))
    whole["configuration"]["provider_config"] = providers
    return json.dumps(whole)


def write(folder: Path, name: str, text: str) -> Path:
    """The text as a file."""
    file = folder / name
    file.write_text(text, "utf-8")
    return file


_HEAD = """\
AWSTemplateFormatVersion: "2010-09-09"
Description: Replicated buckets
Parameters:
  Environment:
    Type: String
    Default: prod
    AllowedValues: [dev, prod]
  OldVersionsDays:
    Type: Number
    Default: 90
Resources:
  SourceKey:
    Type: AWS::KMS::Key
    DeletionPolicy: Retain
    UpdateReplacePolicy: Retain
    Properties:
      EnableKeyRotation: true
      KeyPolicy:
        Version: "2012-10-17"
        Statement:
          - Sid: Administration
            Effect: Allow
            Principal: {AWS: !Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}
            Action: kms:*
            Resource: "*"
  CopyKey:
    Type: AWS::KMS::Key
    DeletionPolicy: Retain
    UpdateReplacePolicy: Retain
    Properties:
      EnableKeyRotation: true
      KeyPolicy:
        Version: "2012-10-17"
        Statement:
          - Sid: Administration
            Effect: Allow
            Principal: {AWS: !Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}
            Action: kms:*
            Resource: "*"
"""

_PAIR = """\
  Source<N>:
    Type: AWS::S3::Bucket
    DeletionPolicy: Retain
    UpdateReplacePolicy: Retain
    Properties:
      BucketName: !Sub "${Environment}-orders-<N>"
      VersioningConfiguration: {Status: Enabled}
      BucketEncryption:
        ServerSideEncryptionConfiguration:
          - BucketKeyEnabled: true
            ServerSideEncryptionByDefault: {SSEAlgorithm: "aws:kms", KMSMasterKeyID: !GetAtt SourceKey.Arn}
      PublicAccessBlockConfiguration:
        BlockPublicAcls: true
        BlockPublicPolicy: true
        IgnorePublicAcls: true
        RestrictPublicBuckets: true
      OwnershipControls: {Rules: [{ObjectOwnership: BucketOwnerEnforced}]}
      LifecycleConfiguration:
        Rules:
          - Id: old-versions
            Status: Enabled
            NoncurrentVersionExpiration: {NoncurrentDays: !Ref OldVersionsDays}
      ReplicationConfiguration:
        Role: !GetAtt Role<N>.Arn
        Rules:
          - Id: everything
            Status: Enabled
            Priority: 1
            Filter: {Prefix: ""}
            SourceSelectionCriteria: {SseKmsEncryptedObjects: {Status: Enabled}}
            DeleteMarkerReplication: {Status: Disabled}
            Destination:
              Bucket: !GetAtt Copy<N>.Arn
              EncryptionConfiguration: {ReplicaKmsKeyID: !GetAtt CopyKey.Arn}
              Metrics: {Status: Enabled, EventThreshold: {Minutes: 15}}
              ReplicationTime: {Status: Enabled, Time: {Minutes: 15}}
  Copy<N>:
    Type: AWS::S3::Bucket
    DeletionPolicy: Retain
    UpdateReplacePolicy: Retain
    Properties:
      BucketName: !Sub "${Environment}-orders-<N>-copy"
      VersioningConfiguration: {Status: Enabled}
      BucketEncryption:
        ServerSideEncryptionConfiguration:
          - BucketKeyEnabled: true
            ServerSideEncryptionByDefault: {SSEAlgorithm: "aws:kms", KMSMasterKeyID: !GetAtt CopyKey.Arn}
      PublicAccessBlockConfiguration:
        BlockPublicAcls: true
        BlockPublicPolicy: true
        IgnorePublicAcls: true
        RestrictPublicBuckets: true
  Role<N>:
    Type: AWS::IAM::Role
    Properties:
      Path: /replication/
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Principal: {Service: s3.amazonaws.com}, Action: sts:AssumeRole}
      Policies:
        - PolicyName: replicate
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action: [s3:GetReplicationConfiguration, s3:ListBucket]
                Resource: !Sub "arn:${AWS::Partition}:s3:::${Environment}-orders-<N>"
              - Effect: Allow
                Action: [s3:GetObjectVersionForReplication, s3:GetObjectVersionAcl, s3:GetObjectVersionTagging]
                Resource: !Sub "arn:${AWS::Partition}:s3:::${Environment}-orders-<N>/*"
              - Effect: Allow
                Action: [s3:ReplicateObject, s3:ReplicateTags]
                Resource: !Sub "arn:${AWS::Partition}:s3:::${Environment}-orders-<N>-copy/*"
              - {Effect: Allow, Action: kms:Decrypt, Resource: !GetAtt SourceKey.Arn}
              - {Effect: Allow, Action: kms:Encrypt, Resource: !GetAtt CopyKey.Arn}
  SourcePolicy<N>:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Source<N>
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Sid: TlsOnly
            Effect: Deny
            Principal: "*"
            Action: s3:*
            Resource: [!GetAtt Source<N>.Arn, !Sub "${Source<N>.Arn}/*"]
            Condition: {Bool: {"aws:SecureTransport": "false"}}
  CopyPolicy<N>:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Copy<N>
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Sid: TlsOnly
            Effect: Deny
            Principal: "*"
            Action: s3:*
            Resource: [!GetAtt Copy<N>.Arn, !Sub "${Copy<N>.Arn}/*"]
            Condition: {Bool: {"aws:SecureTransport": "false"}}
"""

_BLOCKED = {
    "block_public_acls": True,
    "block_public_policy": True,
    "ignore_public_acls": True,
    "restrict_public_buckets": True,
}


def _planned(number: str) -> list[Made]:
    name = f"orders-{number}"
    role = {"name": f"replicate-{name}", "path": "/", "assume_role_policy": _policy(_TRUST)}
    return [
        *_bucket(f"source_{number}", name, "source", "aws"),
        *_bucket(f"copy_{number}", f"{name}-copy", "copy", "aws.copy"),
        Made(f"aws_iam_role.replicate_{number}", role, {"arn": True, "id": True}),
        *_role_policy(number, name),
        _replication(number),
    ]


def _role_policy(number: str, name: str) -> list[Made]:
    """A policy of which Terraform knows all but the ids of the keys."""
    known = [
        _statement(["s3:GetReplicationConfiguration", "s3:ListBucket"], f"arn:aws:s3:::{name}"),
        _statement(
            [f"s3:GetObjectVersion{what}" for what in ("ForReplication", "Acl", "Tagging")], f"arn:aws:s3:::{name}/*"
        ),
        _statement(["s3:ReplicateObject", "s3:ReplicateTags"], f"arn:aws:s3:::{name}-copy/*"),
        _statement(["kms:Decrypt"], None),
        _statement(["kms:Encrypt"], None),
    ]
    given = [
        *({name: constant(value) for name, value in each.items()} for each in known[:3]),
        {"actions": constant(["kms:Decrypt"]), "resources": refer("aws_kms_key.source.arn")},
        {"actions": constant(["kms:Encrypt"]), "resources": refer("aws_kms_key.copy.arn")},
    ]
    later = {"id": True, "json": True, "minified_json": True, "statement": [{}, {}, {}, *[{"resources": [True]}] * 2]}
    document = f"data.aws_iam_policy_document.replicate_{number}"
    return [
        Made(document, {"statement": known}, later, {"statement": given}, actions=("read",)),
        Made(
            f"aws_iam_role_policy.replicate_{number}",
            {"name": "replicate"},
            {"id": True, "role": True, "policy": True},
            {"role": refer(f"aws_iam_role.replicate_{number}.id"), "policy": refer(f"{document}.json")},
        ),
    ]


def _statement(actions: list[str], resource: str | None) -> dict[str, Any]:
    return {"actions": actions, "resources": [resource], "effect": "Allow"}


def _bucket(name: str, bucket: str, key: str, provider: str) -> list[Made]:
    later = {"id": True, "bucket": True}
    given = {"bucket": refer(f"aws_s3_bucket.{name}.id")}
    default = {"sse_algorithm": "aws:kms"}
    encryption = {
        "rule": [{"bucket_key_enabled": True, "apply_server_side_encryption_by_default": [default]}],
    }
    return [
        Made(
            f"aws_s3_bucket.{name}",
            {"bucket": bucket, "force_destroy": False},
            {"arn": True, "id": True},
            {"bucket": constant(bucket)},
            provider=provider,
        ),
        Made(
            f"aws_s3_bucket_versioning.{name}",
            {"versioning_configuration": [{"status": "Enabled"}]},
            later,
            given,
            provider=provider,
        ),
        Made(f"aws_s3_bucket_public_access_block.{name}", _BLOCKED, later, given, provider=provider),
        Made(
            f"aws_s3_bucket_server_side_encryption_configuration.{name}",
            encryption,
            {
                **later,
                "rule": [{"apply_server_side_encryption_by_default": [{"kms_master_key_id": True}]}],
            },
            {
                **given,
                "rule": [
                    {
                        "apply_server_side_encryption_by_default": [
                            {"kms_master_key_id": refer(f"aws_kms_key.{key}.arn"), "sse_algorithm": constant("aws:kms")}
                        ]
                    }
                ],
            },
            provider=provider,
        ),
        Made(
            f"aws_s3_bucket_policy.{name}",
            {"policy": _policy(_tls_only(bucket))},
            later,
            given,
            provider=provider,
        ),
    ]


def _replication(number: str) -> Made:
    rule = {
        "id": "everything",
        "status": "Enabled",
        "priority": 1,
        "filter": [{"prefix": ""}],
        "delete_marker_replication": [{"status": "Disabled"}],
        "source_selection_criteria": [{"sse_kms_encrypted_objects": [{"status": "Enabled"}]}],
        "destination": [{"encryption_configuration": [{}]}],
    }
    destination = {"bucket": True, "encryption_configuration": [{"replica_kms_key_id": True}]}
    asked = {
        "bucket": refer(f"aws_s3_bucket.copy_{number}.arn"),
        "encryption_configuration": [{"replica_kms_key_id": refer("aws_kms_key.copy.arn")}],
    }
    return Made(
        f"aws_s3_bucket_replication_configuration.source_{number}",
        {"rule": [rule]},
        {"id": True, "bucket": True, "role": True, "rule": [{"destination": [destination]}]},
        {
            "bucket": refer(f"aws_s3_bucket.source_{number}.id"),
            "role": refer(f"aws_iam_role.replicate_{number}.arn"),
            "rule": [{"destination": [asked]}],
        },
    )


def _key(name: str, provider: str) -> Made:
    known = {"enable_key_rotation": True, "deletion_window_in_days": 30, "is_enabled": True}
    return Made(
        f"aws_kms_key.{name}", known, {"arn": True, "id": True, "key_id": True, "policy": True}, provider=provider
    )


_TRUST = {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sts:AssumeRole"}


def _tls_only(bucket: str) -> dict[str, Any]:
    return {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def _policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
