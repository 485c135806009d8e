"""What other resources may refer to of a resource before it exists: its name, its id, its ARN, made of its stand-in.

The formats of ARNs are those of the CloudFormation type that a Terraform type stands for. Which attribute holds what:
the provider's documentation, 2026-11.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from scanner.estate.unknown import Value
from scanner.sources.cloudformation.naming import NAMINGS, Naming
from scanner.sources.terraform.planned import Place
from scanner.sources.terraform.readers import Reader, Values, inside, known_text, plain

_DNS_SUFFIXES = {"aws": "amazonaws.com", "aws-us-gov": "amazonaws.com", "aws-cn": "amazonaws.com.cn"}


@dataclass(frozen=True, slots=True)
class Identity:
    """What a resource is known by.

    `type` is CloudFormation's, empty where drscan does not know which it is. `attributes` are those that other
    resources refer to, by Terraform's names.
    """

    type: str
    name: str
    arn: str
    is_global: bool
    attributes: Mapping[str, Value] = field(repr=False)


_BY_NAME = plain("name")
_OF_ANY_ACCOUNT = ("aws_s3control_", "aws_s3_account_", "aws_s3_access_point")


@dataclass(frozen=True, slots=True)
class _Names:
    """How a Terraform type is named: CloudFormation's type, what gives the name, and its attributes by format.

    `roots` says that it has the roots of an organization, too.
    """

    type: str = ""
    name: Reader = _BY_NAME
    attributes: Mapping[str, str] = field(default_factory=dict)
    roots: bool = False


def identity(type_: str, values: Mapping[str, Value], place: Place) -> Mapping[str, Value]:
    """What may be referred to of a resource with that Terraform type, values and place: see `planned.Identity`."""
    return known_as(type_, values, place).attributes


def known_as(type_: str, values: Values, place: Place) -> Identity:
    """What a resource is known by; what its values do not tell yet is made of the stand-in."""
    names = _NAMES.get(type_) or (_SUB_RESOURCE if type_.startswith("aws_s3_bucket_") else _Names())
    naming = NAMINGS.get(names.type, Naming(arn="{id}"))
    parts = _parts(names, values, replace(place, account=owner_of(type_, values, place)))
    parts["arn"] = known_text(values.get("arn")) or _arn(naming, values, parts, place.stand_in)
    formats = {"id": "{id}", "arn": "{arn}", **names.attributes}
    attributes: dict[str, Value] = {
        name: known_text(values.get(name)) or form.format_map(parts) for name, form in formats.items()
    }
    if names.roots:
        roots = values.get("roots")
        attributes["roots"] = roots if isinstance(roots, list) and roots else [_root(parts)]
    return Identity(names.type, parts["name"], parts["arn"], naming.is_global, attributes)


def owner_of(type_: str, values: Values, place: Place) -> str:
    """The account that a resource is in: its provider's, unless it is of those that may name another."""
    account = known_text(values.get("account_id")) if type_.startswith(_OF_ANY_ACCOUNT) else ""
    return account if len(account) == 12 and account.isdecimal() else place.account


def root_of(organization_id: str) -> str:
    """What stands for the id of the root of an organization that does not exist yet."""
    return f"{organization_id.removesuffix('}')}.root}}"


def _parts(names: _Names, values: Values, place: Place) -> dict[str, str]:
    return {
        "partition": place.partition,
        "account": place.account,
        "region": place.region,
        "name": known_text(names.name(values)) or place.stand_in,
        "path": "/",
        "id": known_text(values.get("id")) or place.stand_in,
        "dns": _DNS_SUFFIXES.get(place.partition, "amazonaws.com"),
    }


def _arn(naming: Naming, values: Values, parts: Mapping[str, str], stand_in: str) -> str:
    """The ARN. With a path that is not known it is a stand-in's: without, the name would be that of another one."""
    path = values.get("path") or "/"
    known = {"path": path} if isinstance(path, str) or "{path}" not in naming.arn else {"name": stand_in}
    return naming.arn.format_map({**parts, **known})


def _root(parts: Mapping[str, str]) -> dict[str, str]:
    root = root_of(parts["id"])
    arn = f"arn:{parts['partition']}:organizations::{parts['account']}:root/{parts['id']}/{root}"
    return {"id": root, "arn": arn, "name": "Root"}


def _of_primary(values: Values) -> str:
    """The id of a replica key, which is that of its primary key."""
    return known_text(values.get("primary_key_arn")).rpartition(":key/")[2]


def _target_key(values: Values) -> str:
    return known_text(values.get("target_key_id")).rpartition(":key/")[2]


def _called(type_: str, name: str = "name", **attributes: str) -> _Names:
    """A type whose id is its name."""
    return _Names(type_, plain(name), {"id": "{name}", name: "{name}", **attributes})


def _by_arn(type_: str, name: str = "name", **attributes: str) -> _Names:
    """A type whose id is its ARN."""
    return _Names(type_, plain(name), {"id": "{arn}", name: "{name}", **attributes})


def _made_up(type_: str, **attributes: str) -> _Names:
    """A type whose id AWS makes up."""
    return _Names(type_, plain("id"), attributes)


_SUB_RESOURCE = _Names("", plain("bucket"), {"id": "{name}", "bucket": "{name}"})
"""Whatever is set of a bucket apart has the bucket's name for its id."""

_KEY = _Names("AWS::KMS::Key", plain("key_id"), {"key_id": "{id}"})
_REPLICA_KEY = _Names("AWS::KMS::ReplicaKey", _of_primary, {"id": "{name}", "key_id": "{name}"})
_MRAP = {"id": "{account}:{name}", "alias": "{id}", "domain_name": "{id}.accesspoint.s3-global.{dns}", "name": "{name}"}

_NAMES: Mapping[str, _Names] = {
    "aws_s3_bucket": _called(
        "AWS::S3::Bucket",
        "bucket",
        bucket_domain_name="{name}.s3.{dns}",
        bucket_regional_domain_name="{name}.s3.{region}.{dns}",
        region="{region}",
        bucket_region="{region}",
    ),
    "aws_s3_access_point": _Names("AWS::S3::AccessPoint", attributes={"id": "{account}:{name}", "name": "{name}"}),
    "aws_s3control_multi_region_access_point": _Names(
        "AWS::S3::MultiRegionAccessPoint", inside("details", plain("name")), _MRAP
    ),
    "aws_iam_role": _called("AWS::IAM::Role"),
    "aws_iam_user": _called("AWS::IAM::User"),
    "aws_iam_group": _called("AWS::IAM::Group"),
    "aws_iam_instance_profile": _called("AWS::IAM::InstanceProfile"),
    "aws_iam_policy": _by_arn("AWS::IAM::ManagedPolicy"),
    "aws_kms_key": _KEY,
    "aws_kms_external_key": _KEY,
    "aws_kms_replica_key": _REPLICA_KEY,
    "aws_kms_replica_external_key": _REPLICA_KEY,
    "aws_kms_alias": _called("AWS::KMS::Alias"),
    "aws_sns_topic": _by_arn("AWS::SNS::Topic"),
    "aws_sns_topic_policy": _Names("", plain("arn"), {"id": "{name}", "arn": "{name}"}),
    "aws_sns_topic_subscription": _by_arn("AWS::SNS::Subscription", "topic_arn"),
    "aws_cloudtrail": _by_arn("AWS::CloudTrail::Trail", home_region="{region}"),
    "aws_cloudwatch_metric_alarm": _called("AWS::CloudWatch::Alarm", "alarm_name"),
    "aws_cloudwatch_composite_alarm": _called("AWS::CloudWatch::CompositeAlarm", "alarm_name"),
    "aws_cloudwatch_log_group": _called("AWS::Logs::LogGroup"),
    "aws_cloudwatch_log_metric_filter": _called("AWS::Logs::MetricFilter"),
    "aws_backup_vault": _called("AWS::Backup::BackupVault"),
    "aws_backup_logically_air_gapped_vault": _called("AWS::Backup::LogicallyAirGappedBackupVault"),
    "aws_backup_plan": _made_up("AWS::Backup::BackupPlan"),
    "aws_organizations_organization": replace(
        _made_up("AWS::Organizations::Organization", master_account_id="{account}"), roots=True
    ),
    "aws_organizations_organizational_unit": _made_up("AWS::Organizations::OrganizationalUnit"),
    "aws_organizations_account": _made_up("AWS::Organizations::Account"),
    "aws_organizations_policy": _made_up("AWS::Organizations::Policy"),
    "aws_sqs_queue": _called(
        "AWS::SQS::Queue",
        id="https://sqs.{region}.{dns}/{account}/{name}",
        url="https://sqs.{region}.{dns}/{account}/{name}",
    ),
    "aws_lambda_function": _called("AWS::Lambda::Function", "function_name"),
    "aws_sfn_state_machine": _by_arn("AWS::StepFunctions::StateMachine"),
    "aws_cloudwatch_event_rule": _called("AWS::Events::Rule"),
    "aws_cloudwatch_event_bus": _called("AWS::Events::EventBus"),
    "aws_kinesis_stream": _by_arn("AWS::Kinesis::Stream"),
    "aws_kinesis_firehose_delivery_stream": _by_arn("AWS::KinesisFirehose::DeliveryStream"),
    "aws_dynamodb_table": _called("AWS::DynamoDB::Table"),
    "aws_db_instance": _called("AWS::RDS::DBInstance", "identifier"),
    "aws_rds_cluster": _called("AWS::RDS::DBCluster", "cluster_identifier"),
    "aws_efs_file_system": _made_up("AWS::EFS::FileSystem"),
    "aws_ebs_volume": _made_up("AWS::EC2::Volume"),
    "aws_secretsmanager_secret": _by_arn("AWS::SecretsManager::Secret"),
    "aws_ecr_repository": _called("AWS::ECR::Repository"),
}
