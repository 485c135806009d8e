"""What becomes of a template's resources when their stack changes or goes, and the policies that they carry.

Of every type, also of those that have no shape: a database that nobody else looks at can be lost to a deletion policy,
and any policy can name an action that does not exist.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from scanner.estate.resource import Location, Resource
from scanner.estate.unknown import Unknown, Value
from scanner.sources.aws.values import given, policy_document
from scanner.sources.cloudformation.attributes import vouched
from scanner.sources.cloudformation.literals import Literals
from scanner.sources.cloudformation.stack import ResolvedResource
from scanner.sources.declared import UNNAMED_REGION, Deployment

TEMPLATE, TEMPLATE_RESOURCE = "DR::Template", "DR::Template::Resource"

STATEFUL = frozenset(
    {
        "AWS::Backup::BackupVault",
        "AWS::Backup::LogicallyAirGappedBackupVault",
        "AWS::DocDB::DBCluster",
        "AWS::DynamoDB::GlobalTable",
        "AWS::DynamoDB::Table",
        "AWS::EC2::Volume",
        "AWS::ECR::Repository",
        "AWS::EFS::FileSystem",
        "AWS::ElastiCache::CacheCluster",
        "AWS::ElastiCache::ReplicationGroup",
        "AWS::FSx::FileSystem",
        "AWS::KMS::Key",
        "AWS::KMS::ReplicaKey",
        "AWS::Kinesis::Stream",
        "AWS::Logs::LogGroup",
        "AWS::Neptune::DBCluster",
        "AWS::OpenSearchService::Domain",
        "AWS::QLDB::Ledger",
        "AWS::RDS::DBCluster",
        "AWS::RDS::DBInstance",
        "AWS::Redshift::Cluster",
        "AWS::S3::Bucket",
        "AWS::SecretsManager::Secret",
        "AWS::SQS::Queue",
        "AWS::Timestream::Table",
    }
)
"""Types whose resources hold data that is gone with them."""

_KEYS = frozenset({"AWS::KMS::Key", "AWS::KMS::ReplicaKey"})
_LONGEST_WINDOW = 30
"""Days for which the deletion of a key can be taken back where the template does not say: KMS's default."""

_POLICIES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "AWS::IAM::Role": (("AssumeRolePolicyDocument", "trust"),),
    "AWS::IAM::Policy": (("PolicyDocument", "identity"),),
    "AWS::IAM::ManagedPolicy": (("PolicyDocument", "identity"),),
    "AWS::IAM::RolePolicy": (("PolicyDocument", "identity"),),
    "AWS::IAM::UserPolicy": (("PolicyDocument", "identity"),),
    "AWS::IAM::GroupPolicy": (("PolicyDocument", "identity"),),
    "AWS::SSO::PermissionSet": (("InlinePolicy", "identity"),),
    "AWS::S3::BucketPolicy": (("PolicyDocument", "bucket"),),
    "AWS::KMS::Key": (("KeyPolicy", "key"),),
    "AWS::KMS::ReplicaKey": (("KeyPolicy", "key"),),
    "AWS::SNS::TopicPolicy": (("PolicyDocument", "topic"),),
    "AWS::SNS::TopicInlinePolicy": (("PolicyDocument", "topic"),),
    "AWS::Backup::BackupVault": (("AccessPolicy", "vault"),),
    "AWS::Backup::LogicallyAirGappedBackupVault": (("AccessPolicy", "vault"),),
}
"""Properties that hold a policy, with its kind. Of other types, whatever has statements is a policy of another kind."""

_OWNERS = ("AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group")


def template_resource(file: str, deployment: Deployment, literals: Literals) -> Resource:
    """A template file as a whole: the partitions it names, its placeholders, and where it would go."""
    unnamed = Unknown("no account or region was named")
    properties = {
        "Format": "cloudformation",
        "Partition": unnamed if deployment.region == UNNAMED_REGION else deployment.partition,
        "LiteralPartitions": [
            {"Partition": one.text, "Where": one.where, "Line": one.line} for one in literals.partitions
        ],
        "Placeholders": [
            {"Text": one.text, "Where": one.where, "Line": one.line}
            for one in literals.placeholders(vouched(deployment))
        ],
    }
    return Resource(TEMPLATE, "", deployment.account, deployment.region, file, properties, Location(file, 1))


def kept_resource(declared: ResolvedResource, deployment: Deployment, arn: str) -> Resource | None:
    """How a declared resource is kept, and its policies; None for one that has neither data nor policies.

    `arn` is that of the resource, or of what its policy is for; empty where there is none.
    """
    policies = list(_policies(declared))
    if declared.type not in STATEFUL and not policies:
        return None
    name = deployment.stand_in(declared.logical_id).strip("{}")
    properties = given(
        Address=declared.logical_id,
        Type=declared.type,
        Format="cloudformation",
        ResourceArn=arn or None,
        DeletionPolicy=declared.attributes.get("DeletionPolicy") or _deleted_how(declared),
        UpdateReplacePolicy=declared.attributes.get("UpdateReplacePolicy") or "Delete",
        PendingWindowInDays=_window(declared),
        Policies=policies,
    )
    return Resource(TEMPLATE_RESOURCE, "", deployment.account, deployment.region, name, properties, declared.location)


def _deleted_how(declared: ResolvedResource) -> Value:
    """What CloudFormation does where a template does not say.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html (2026-11)
    """
    if declared.type == "AWS::RDS::DBInstance":
        cluster = declared.properties.get("DBClusterIdentifier")
        return cluster if isinstance(cluster, Unknown) else "Delete" if cluster else "Snapshot"
    return "Snapshot" if declared.type == "AWS::RDS::DBCluster" else "Delete"


def _window(declared: ResolvedResource) -> Value:
    return declared.properties.get("PendingWindowInDays", _LONGEST_WINDOW) if declared.type in _KEYS else None


def _policies(declared: ResolvedResource) -> Iterator[Value]:
    if declared.type in _OWNERS:
        inline = declared.properties.get("Policies")
        for policy in inline if isinstance(inline, list) else ():
            if isinstance(policy, Mapping):
                yield _policy(policy.get("PolicyName"), "identity", policy.get("PolicyDocument"))
    if declared.type in _POLICIES:
        for property_, kind in _POLICIES[declared.type]:
            if declared.properties.get(property_) is not None:
                name = declared.properties.get("PolicyName") if kind == "identity" else None
                yield _policy(name or property_, kind, declared.properties[property_])
    elif declared.type not in _OWNERS:
        for property_, value in declared.properties.items():
            if isinstance(value, Mapping) and "Statement" in value:
                yield _policy(property_, "other", value)


def _policy(name: Value, kind: str, document: Any) -> Value:
    return given(Name=name, Kind=kind, Document=policy_document(document))
