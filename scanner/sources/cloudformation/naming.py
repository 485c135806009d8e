"""The table of how CloudFormation's types are named: which property names them, and the formats of ARN, Ref and GetAtt.

Formats have `{name}`, `{id}` (the stand-in for whatever AWS makes up), `{path}` (of IAM), `{arn}`, `{account}`,
`{region}`, `{partition}` and `{dns}`. Types that policies and replication refer to are here, with or without a shape.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from scanner.estate.unknown import Value


@dataclass(frozen=True, slots=True)
class Naming:
    """How a type is named.

    `property` holds the physical name; without one, the name is `{id}`. Of a value with the separator `after` in it
    only the rest counts. `arn` is empty where the type has none.
    """

    property: str = ""
    arn: str = ""
    ref: str = "{name}"
    attributes: Mapping[str, str] = field(default_factory=dict)
    is_global: bool = False
    after: str = ""

    def written_name(self, properties: Mapping[str, Value]) -> Value:
        """The physical name as the template gives it; None where it gives none."""
        written = properties.get(self.property) if self.property else None
        return written.rpartition(self.after)[2] if self.after and isinstance(written, str) else written


def _regional(service: str, resource: str) -> str:
    return f"arn:{{partition}}:{service}:{{region}}:{{account}}:{resource}"


def _global(service: str, resource: str) -> str:
    return f"arn:{{partition}}:{service}::{{account}}:{resource}"


_ARN = {"Arn": "{arn}"}


def _plain(service: str, resource: str, property_: str, *, ref: str = "{name}", **attributes: str) -> Naming:
    """A type of one region with `Arn` among its attributes."""
    return Naming(property_, _regional(service, resource), ref, {**_ARN, **attributes})


def _iam(kind: str, property_: str) -> Naming:
    return Naming(property_, _global("iam", f"{kind}{{path}}{{name}}"), attributes=_ARN, is_global=True)


def _organizations(resource: str, property_: str = "", **attributes: str) -> Naming:
    """Names are not unique in an organization, so that ids are what ARNs and references are made of."""
    arn = _global("organizations", resource)
    return Naming(property_, arn, "{id}", {**_ARN, **attributes}, is_global=True)


_S3_DOMAINS = {
    "DomainName": "{name}.s3.{dns}",
    "RegionalDomainName": "{name}.s3.{region}.{dns}",
    "DualStackDomainName": "{name}.s3.dualstack.{region}.{dns}",
}
_VAULT = Naming(
    "BackupVaultName",
    _regional("backup", "backup-vault:{name}"),
    attributes={"BackupVaultArn": "{arn}", "BackupVaultName": "{name}"},
)
_MACIE_ROLE = "arn:{partition}:iam::{account}:role/aws-service-role/macie.amazonaws.com/AWSServiceRoleForAmazonMacie"

NAMINGS: Mapping[str, Naming] = {
    "AWS::S3::Bucket": Naming("BucketName", "arn:{partition}:s3:::{name}", attributes={**_ARN, **_S3_DOMAINS}),
    "AWS::S3::BucketPolicy": Naming("Bucket", "arn:{partition}:s3:::{name}"),
    "AWS::S3::AccessPoint": _plain("s3", "accesspoint/{name}", "Name", Name="{name}"),
    "AWS::S3::MultiRegionAccessPoint": Naming(
        "Name", _global("s3", "accesspoint/{id}"), attributes={"Alias": "{id}"}, is_global=True
    ),
    "AWS::S3::MultiRegionAccessPointPolicy": Naming("MrapName", is_global=True),
    "AWS::IAM::Role": _iam("role", "RoleName"),
    "AWS::IAM::User": _iam("user", "UserName"),
    "AWS::IAM::Group": _iam("group", "GroupName"),
    "AWS::IAM::InstanceProfile": _iam("instance-profile", "InstanceProfileName"),
    "AWS::IAM::ManagedPolicy": Naming(
        "ManagedPolicyName", _global("iam", "policy{path}{name}"), "{arn}", {"PolicyArn": "{arn}"}, is_global=True
    ),
    "AWS::IAM::OIDCProvider": Naming(
        "Url", _global("iam", "oidc-provider/{name}"), "{arn}", _ARN, is_global=True, after="://"
    ),
    "AWS::IAM::SAMLProvider": Naming("Name", _global("iam", "saml-provider/{name}"), "{arn}", _ARN, is_global=True),
    "AWS::KMS::Key": _plain("kms", "key/{id}", "", ref="{id}", KeyId="{id}"),
    # A replica key has the id of its primary key, which the primary's ARN tells.
    "AWS::KMS::ReplicaKey": Naming(
        "PrimaryKeyArn", _regional("kms", "key/{name}"), attributes={**_ARN, "KeyId": "{name}"}, after=":key/"
    ),
    "AWS::KMS::Alias": Naming("AliasName", _regional("kms", "{name}")),
    "AWS::SNS::Topic": Naming(
        "TopicName", _regional("sns", "{name}"), "{arn}", {"TopicArn": "{arn}", "TopicName": "{name}"}
    ),
    "AWS::SNS::Subscription": Naming("TopicArn", "{name}:{id}", "{arn}", _ARN),
    "AWS::CloudTrail::Trail": _plain("cloudtrail", "trail/{name}", "TrailName"),
    "AWS::CloudWatch::Alarm": _plain("cloudwatch", "alarm:{name}", "AlarmName"),
    "AWS::CloudWatch::CompositeAlarm": _plain("cloudwatch", "alarm:{name}", "AlarmName"),
    "AWS::Logs::LogGroup": Naming("LogGroupName", _regional("logs", "log-group:{name}"), attributes={"Arn": "{arn}:*"}),
    "AWS::Logs::MetricFilter": Naming("FilterName"),
    "AWS::Macie::Session": Naming(
        ref="{account}", attributes={"AwsAccountId": "{account}", "ServiceRole": _MACIE_ROLE}
    ),
    "AWS::Backup::BackupVault": _VAULT,
    "AWS::Backup::LogicallyAirGappedBackupVault": _VAULT,
    "AWS::Backup::BackupPlan": Naming(
        arn=_regional("backup", "backup-plan:{id}"), attributes={"BackupPlanArn": "{arn}", "BackupPlanId": "{id}"}
    ),
    "AWS::Organizations::Organization": _organizations(
        "organization/{id}",
        Id="{id}",
        ManagementAccountId="{account}",
        ManagementAccountArn=_global("organizations", "account/{id}/{account}"),
    ),
    "AWS::Organizations::OrganizationalUnit": _organizations("ou/{id}", "Name", Id="{id}"),
    "AWS::Organizations::Account": _organizations("account/{id}", AccountId="{id}"),
    "AWS::Organizations::Policy": _organizations("policy/{id}", "Name", Id="{id}"),
    "AWS::SQS::Queue": _plain(
        "sqs",
        "{name}",
        "QueueName",
        ref="https://sqs.{region}.{dns}/{account}/{name}",
        QueueName="{name}",
        QueueUrl="https://sqs.{region}.{dns}/{account}/{name}",
    ),
    "AWS::Lambda::Function": _plain("lambda", "function:{name}", "FunctionName"),
    "AWS::Serverless::Function": _plain("lambda", "function:{name}", "FunctionName"),
    "AWS::StepFunctions::StateMachine": _plain(
        "states", "stateMachine:{name}", "StateMachineName", ref="{arn}", Name="{name}"
    ),
    "AWS::Events::Rule": _plain("events", "rule/{name}", "Name"),
    "AWS::Events::EventBus": _plain("events", "event-bus/{name}", "Name", Name="{name}"),
    "AWS::Kinesis::Stream": _plain("kinesis", "stream/{name}", "Name"),
    "AWS::KinesisFirehose::DeliveryStream": _plain("firehose", "deliverystream/{name}", "DeliveryStreamName"),
    "AWS::DynamoDB::Table": _plain("dynamodb", "table/{name}", "TableName"),
    "AWS::DynamoDB::GlobalTable": _plain("dynamodb", "table/{name}", "TableName"),
    "AWS::RDS::DBInstance": Naming(
        "DBInstanceIdentifier", _regional("rds", "db:{name}"), attributes={"DBInstanceArn": "{arn}"}
    ),
    "AWS::RDS::DBCluster": Naming(
        "DBClusterIdentifier", _regional("rds", "cluster:{name}"), attributes={"DBClusterArn": "{arn}"}
    ),
    "AWS::EFS::FileSystem": _plain("elasticfilesystem", "file-system/{id}", "", FileSystemId="{id}"),
    "AWS::EC2::Volume": Naming(arn=_regional("ec2", "volume/{id}"), attributes={"VolumeId": "{id}"}),
    # The ARN of a secret ends in six characters that are made up.
    "AWS::SecretsManager::Secret": Naming("Name", _regional("secretsmanager", "secret:{id}"), "{arn}", {"Id": "{arn}"}),
    "AWS::ECR::Repository": _plain("ecr", "repository/{name}", "RepositoryName"),
    "AWS::SSM::Parameter": Naming("Name", attributes={}),
}
"""By type. A type that is not here is known by its stand-in alone."""
