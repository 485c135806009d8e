"""What becomes of a plan's resources when they are destroyed, the policies that they carry, and which are misplaced.

Of every type, also of those that have no shape. Terraform deletes whatever leaves its configuration. S3 and AWS Backup
refuse to delete what still holds something, unless `force_destroy` empties it first; databases are kept in a last
snapshot unless `skip_final_snapshot` says otherwise (provider documentation, 2026-11).
"""

from collections.abc import Iterator, Mapping, Sequence

from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value
from scanner.sources.aws.values import given, policy_document
from scanner.sources.declared import Deployment
from scanner.sources.terraform.identities import known_as
from scanner.sources.terraform.joining import Joined
from scanner.sources.terraform.pieces import Own, Piece, account_of
from scanner.sources.terraform.planned import Planned
from scanner.sources.terraform.readers import known_text, plain

TEMPLATE_RESOURCE = "DR::Template::Resource"

_PREVENT_DESTROY = Unknown("a plan does not show prevent_destroy")
_GLOBAL = ("AWS::IAM::", "AWS::Organizations::", "AWS::S3::MultiRegionAccessPoint")
_KEYS = frozenset({"aws_kms_key", "aws_kms_replica_key", "aws_kms_external_key", "aws_kms_replica_external_key"})
_WINDOW = plain("deletion_window_in_days", 30)

STATEFUL: Mapping[str, str] = {
    "aws_backup_logically_air_gapped_vault": "AWS::Backup::LogicallyAirGappedBackupVault",
    "aws_backup_vault": "AWS::Backup::BackupVault",
    "aws_cloudwatch_log_group": "AWS::Logs::LogGroup",
    "aws_db_instance": "AWS::RDS::DBInstance",
    "aws_docdb_cluster": "AWS::DocDB::DBCluster",
    "aws_dynamodb_global_table": "AWS::DynamoDB::GlobalTable",
    "aws_dynamodb_table": "AWS::DynamoDB::Table",
    "aws_ebs_volume": "AWS::EC2::Volume",
    "aws_ecr_repository": "AWS::ECR::Repository",
    "aws_efs_file_system": "AWS::EFS::FileSystem",
    "aws_elasticache_cluster": "AWS::ElastiCache::CacheCluster",
    "aws_elasticache_replication_group": "AWS::ElastiCache::ReplicationGroup",
    "aws_fsx_lustre_file_system": "AWS::FSx::FileSystem",
    "aws_fsx_ontap_file_system": "AWS::FSx::FileSystem",
    "aws_fsx_openzfs_file_system": "AWS::FSx::FileSystem",
    "aws_fsx_windows_file_system": "AWS::FSx::FileSystem",
    "aws_kinesis_stream": "AWS::Kinesis::Stream",
    "aws_kms_external_key": "AWS::KMS::Key",
    "aws_kms_key": "AWS::KMS::Key",
    "aws_kms_replica_external_key": "AWS::KMS::ReplicaKey",
    "aws_kms_replica_key": "AWS::KMS::ReplicaKey",
    "aws_neptune_cluster": "AWS::Neptune::DBCluster",
    "aws_opensearch_domain": "AWS::OpenSearchService::Domain",
    "aws_qldb_ledger": "AWS::QLDB::Ledger",
    "aws_rds_cluster": "AWS::RDS::DBCluster",
    "aws_redshift_cluster": "AWS::Redshift::Cluster",
    "aws_s3_bucket": "AWS::S3::Bucket",
    "aws_secretsmanager_secret": "AWS::SecretsManager::Secret",
    "aws_sqs_queue": "AWS::SQS::Queue",
    "aws_timestreamwrite_table": "AWS::Timestream::Table",
}
"""Types whose resources hold data that is gone with them, or make it unreadable, by CloudFormation's type."""

_INLINE: Mapping[str, str] = {
    "aws_iam_group_policy": "AWS::IAM::GroupPolicy",
    "aws_iam_role_policy": "AWS::IAM::RolePolicy",
    "aws_iam_user_policy": "AWS::IAM::UserPolicy",
}

_KINDS: Mapping[tuple[str, str], str] = {
    ("AWS::IAM::Role", "AssumeRolePolicyDocument"): "trust",
    ("AWS::IAM::ManagedPolicy", "PolicyDocument"): "identity",
    ("AWS::S3::BucketPolicy", "PolicyDocument"): "bucket",
    ("AWS::KMS::Key", "KeyPolicy"): "key",
    ("AWS::SNS::TopicPolicy", "PolicyDocument"): "topic",
    ("AWS::Backup::BackupVault", "AccessPolicy"): "vault",
    ("AWS::S3::MultiRegionAccessPointPolicy", "Policy"): "other",
    ("AWS::Organizations::Policy", "Content"): "other",
}
"""Properties that hold a policy, with its kind."""

_DOCUMENTS = ("policy", "access_policies", "resource_policy")
"""Attributes of other types that may hold a policy, which has statements."""


def kept_resource(planned: Planned, pieces: Sequence[Piece], joined: Joined, deployment: Deployment) -> Resource | None:
    """How a planned resource is kept, its policies, and whether it is misplaced; None where there is nothing to say.

    A part of another resource is not kept by itself.
    """
    policies = list(_policies(planned, pieces))
    misplaced = joined.misplaced.get(planned.address)
    if not (planned.type in STATEFUL or policies or misplaced):
        return None
    own_type = _own_type(planned, pieces)
    type_ = own_type or next((piece.target.type for piece in pieces if piece.target is not None), planned.type)
    properties = given(
        Address=planned.address,
        Type=type_,
        Format="terraform",
        ResourceArn=_arn(planned, pieces, joined) or None,
        Policies=policies,
        Misplaced=misplaced,
        **(_kept(planned) if own_type or not pieces else {}),
    )
    name = f"{deployment.stack}.{planned.address}" if deployment.stack else planned.address
    region = "" if type_.startswith(_GLOBAL) else planned.region
    return Resource(TEMPLATE_RESOURCE, "", account_of(planned), region, name, properties, planned.location)


def _own_type(planned: Planned, pieces: Sequence[Piece]) -> str:
    """CloudFormation's type for it; empty where it has none, or is only a part of something."""
    known = known_as(planned.type, planned.values, planned.place).type
    policy = next((piece.resource.type for piece in pieces if isinstance(piece, Own)), "")
    return known or STATEFUL.get(planned.type) or _INLINE.get(planned.type) or policy


def _arn(planned: Planned, pieces: Sequence[Piece], joined: Joined) -> str:
    """The ARN of the resource, or of what it is a part or the policy of."""
    if any(piece.target is not None for piece in pieces):
        policy = next((piece.resource.arn for piece in pieces if isinstance(piece, Own)), "")
        return joined.reached.get(planned.address, policy)
    known = known_as(planned.type, planned.values, planned.place)
    return known.arn if known.type else known_text(planned.values.get("arn"))


def _kept(planned: Planned) -> dict[str, Value]:
    return {
        "DeletionPolicy": _deleted_how(planned.values),
        "UpdateReplacePolicy": _deleted_how(planned.values),
        "ForceDestroy": _forced(planned),
        "PreventDestroy": _PREVENT_DESTROY,
        "PendingWindowInDays": _WINDOW(planned.values) if planned.type in _KEYS else None,
    }


def _deleted_how(values: Mapping[str, Value]) -> Value:
    for attribute in ("skip_final_snapshot", "skip_final_backup"):
        if attribute in values:
            skips = plain(attribute, False)(values)
            return skips if isinstance(skips, Unknown) else "Delete" if skips is True else "Snapshot"
    if plain("final_snapshot", False)(values) is True or known_text(values.get("final_snapshot_identifier")):
        return "Snapshot"
    return "Retain" if plain("skip_destroy", False)(values) is True else "Delete"


def _forced(planned: Planned) -> Value:
    if planned.type in ("aws_s3_bucket", "aws_backup_vault"):
        return plain("force_destroy", False)(planned.values)
    return next((planned.values[key] for key in ("force_destroy", "force_delete") if key in planned.values), None)


def _policies(planned: Planned, pieces: Sequence[Piece]) -> Iterator[Value]:
    if not pieces:
        yield from _other_policies(planned.values)
    for piece in pieces:
        type_, properties = (
            (piece.resource.type, piece.resource.properties)
            if isinstance(piece, Own)
            else (piece.target.type, piece.properties)
        )
        for name, value in properties.items():
            if (type_, name) in _KINDS:
                yield _policy(name, _KINDS[type_, name], value)
            elif name == "Policies" and isinstance(value, list):
                yield from (_inline(one) for one in value if isinstance(one, Mapping))


def _inline(policy: Mapping[str, Value]) -> Value:
    return _policy(policy.get("PolicyName"), "identity", policy.get("PolicyDocument"))


def _other_policies(values: Mapping[str, Value]) -> Iterator[Value]:
    for name in _DOCUMENTS:
        document = _document(values.get(name))
        if isinstance(document, Mapping) and "Statement" in document:
            yield _policy(name, "other", document)


def _policy(name: Value, kind: str, document: Value) -> Value:
    return given(Name=name, Kind=kind, Document=_document(document))


def _document(value: Value) -> Value:
    return value if isinstance(value, Unknown) else policy_document(value)
