"""The estate as somebody makes it with boto3."""

import json
from typing import Any

import boto3

from tests.check.three_ways import documents as docs


def build(endpoint_url: str) -> dict[str, str]:
    """Makes everything, and gives the ids of the keys by what they are for."""
    primary = _clients(endpoint_url, docs.PRIMARY, "us-east-1")
    recovery = _clients(endpoint_url, docs.RECOVERY, "eu-west-1")
    key = _key(primary("kms"), "orders", docs.SOURCE_KEY_POLICY, rotated=True)
    copy_key = _key(recovery("kms"), "copies", docs.COPY_KEY_POLICY, rotated=False)
    _role(primary("iam"), key, copy_key)
    _rescue(recovery("iam"))
    _copies(recovery("s3"), copy_key)
    _originals(primary("s3"), key, copy_key)
    _alarms(primary("sns"), primary("cloudwatch"))
    _watch(primary("s3"), primary("cloudtrail"))
    return {"orders": key.rpartition("/")[2], "copies": copy_key.rpartition("/")[2]}


def _clients(endpoint_url: str, account: str, region: str) -> Any:
    given = {"region_name": region, "endpoint_url": endpoint_url}
    own = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    role = f"arn:aws:iam::{account}:role/builder"
    found = boto3.client("sts", **given, **own).assume_role(RoleArn=role, RoleSessionName="build")["Credentials"]
    keys = {
        "aws_access_key_id": found["AccessKeyId"],
        "aws_secret_access_key": found["SecretAccessKey"],
        "aws_session_token": found["SessionToken"],
    }
    return lambda service: boto3.client(service, **given, **keys)


def _key(kms: Any, description: str, policy: docs.Document, *, rotated: bool) -> str:
    options = {"KeyUsage": "ENCRYPT_DECRYPT", "MultiRegion": False}
    made = kms.create_key(Description=description, Policy=json.dumps(policy), **options)["KeyMetadata"]
    if rotated:
        kms.enable_key_rotation(KeyId=made["KeyId"])
    return str(made["Arn"])


def _role(iam: Any, key: str, copy_key: str) -> None:
    trust = json.dumps(docs.S3_MAY_ASSUME)
    iam.create_role(RoleName="replication", Path="/service-role/", AssumeRolePolicyDocument=trust)
    policy = iam.create_policy(PolicyName="replicate", PolicyDocument=json.dumps(docs.REPLICATE))["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="replication", PolicyArn=policy)
    keys = docs.document(*(docs.key_statement(*use) for use in docs.key_uses(key, copy_key)))
    iam.put_role_policy(RoleName="replication", PolicyName="keys", PolicyDocument=json.dumps(keys))


def _rescue(iam: Any) -> None:
    iam.create_role(RoleName="break-glass", AssumeRolePolicyDocument=json.dumps(docs.RESCUE_TRUST))
    iam.put_role_policy(RoleName="break-glass", PolicyName="repair", PolicyDocument=json.dumps(docs.RESCUE))


def _bucket(s3: Any, name: str, *, key: str = "", versioned: bool = True, **options: Any) -> None:
    s3.create_bucket(Bucket=name, **options)
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key} if key else {"SSEAlgorithm": "AES256"}
    rule = {"ApplyServerSideEncryptionByDefault": default, "BlockedEncryptionTypes": {"EncryptionType": ["SSE-C"]}}
    rule["BucketKeyEnabled"] = bool(key)
    s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": [rule]})
    if versioned:
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})


def _lifecycle(s3: Any, name: str, id_: str, **rule: Any) -> None:
    rules = [{"ID": id_, "Status": "Enabled", "Filter": {"Prefix": ""}, **rule}]
    s3.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": rules})


def _copies(s3: Any, key: str) -> None:
    here = {"CreateBucketConfiguration": {"LocationConstraint": "eu-west-1"}}
    _bucket(s3, "orders-copy", key=key, versioned=False, ObjectLockEnabledForBucket=True, **here)
    retention = {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 40}}
    s3.put_object_lock_configuration(
        Bucket="orders-copy", ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": retention}
    )
    _lifecycle(s3, "orders-copy", "old", NoncurrentVersionExpiration={"NoncurrentDays": 120})
    s3.put_bucket_policy(Bucket="orders-copy", Policy=json.dumps(docs.COPY_POLICY))
    _bucket(s3, "invoices-copy", **here)
    s3.put_bucket_policy(Bucket="invoices-copy", Policy=json.dumps(docs.INVOICES_COPY_POLICY))


def _originals(s3: Any, key: str, copy_key: str) -> None:
    _bucket(s3, "orders-logs", versioned=False)
    s3.put_bucket_policy(Bucket="orders-logs", Policy=json.dumps(docs.LOGS_POLICY))
    _lifecycle(s3, "orders-logs", "logs", Expiration={"Days": 400})
    _bucket(s3, "orders", key=key)
    _lifecycle(s3, "orders", "old", NoncurrentVersionExpiration={"NoncurrentDays": 7})
    logging = {"LoggingEnabled": {"TargetBucket": "orders-logs", "TargetPrefix": "orders/"}}
    s3.put_bucket_logging(Bucket="orders", BucketLoggingStatus=logging)
    on = {"Status": "Enabled"}
    _replicate(
        s3,
        "orders",
        {
            "ID": "all",
            **on,
            "Priority": 1,
            "Filter": {"Prefix": ""},
            "DeleteMarkerReplication": {"Status": "Disabled"},
            "SourceSelectionCriteria": {"SseKmsEncryptedObjects": on},
            "Destination": {
                "Bucket": docs.COPY,
                "Account": docs.RECOVERY,
                "EncryptionConfiguration": {"ReplicaKmsKeyID": copy_key},
                "Metrics": on,
            },
        },
    )
    _bucket(s3, "invoices")
    block = {"BlockPublicAcls": True, "IgnorePublicAcls": True}
    s3.put_public_access_block(Bucket="invoices", PublicAccessBlockConfiguration=block)
    _replicate(s3, "invoices", {"ID": "first", **on, "Prefix": "", "Destination": {"Bucket": docs.INVOICES_COPY}})


def _replicate(s3: Any, bucket: str, rule: dict[str, Any]) -> None:
    s3.put_bucket_replication(Bucket=bucket, ReplicationConfiguration={"Role": docs.ROLE, "Rules": [rule]})


def _alarms(sns: Any, cloudwatch: Any) -> None:
    sns.create_topic(Name="alerts", Attributes={"Policy": json.dumps(docs.TOPIC_POLICY)})
    sns.subscribe(TopicArn=docs.TOPIC, Protocol="sms", Endpoint="+15555550100")
    common = {"Namespace": "AWS/S3", "Statistic": "Sum", "Period": 300, "EvaluationPeriods": 1}
    common["ComparisonOperator"] = "GreaterThanThreshold"
    link = {"SourceBucket": "orders", "DestinationBucket": "orders-copy", "RuleId": "all"}
    cloudwatch.put_metric_alarm(
        AlarmName="replication-failed",
        MetricName="OperationsFailedReplication",
        Dimensions=[{"Name": name, "Value": value} for name, value in link.items()],
        Threshold=0,
        TreatMissingData="ignore",
        AlarmActions=[docs.TOPIC],
        **common,
    )
    requests = {"BucketName": "orders", "FilterId": "EntireBucket"}
    cloudwatch.put_metric_alarm(
        AlarmName="refused",
        MetricName="4xxErrors",
        Dimensions=[{"Name": name, "Value": value} for name, value in requests.items()],
        Threshold=5,
        **common,
    )


def _watch(s3: Any, cloudtrail: Any) -> None:
    metrics = {"Id": "Uploads", "Filter": {"Prefix": "uploads/"}}
    s3.put_bucket_metrics_configuration(Bucket="orders", Id="Uploads", MetricsConfiguration=metrics)
    tell = {"TopicConfigurations": [{"TopicArn": docs.TOPIC, "Events": docs.FAILURES}]}
    s3.put_bucket_notification_configuration(Bucket="orders", NotificationConfiguration=tell)
    _bucket(s3, "audit-logs", versioned=False, ObjectOwnership="BucketOwnerPreferred")
    s3.put_bucket_versioning(Bucket="audit-logs", VersioningConfiguration={"Status": "Suspended"})
    s3.put_bucket_policy(Bucket="audit-logs", Policy=json.dumps(docs.AUDIT_POLICY))
    cloudtrail.create_trail(Name="audit", S3BucketName="audit-logs", EnableLogFileValidation=True)
    data = [{"Type": "AWS::S3::Object", "Values": [f"{docs.ORDERS}/"]}]
    cloudtrail.put_event_selectors(
        TrailName="audit", EventSelectors=[{"ReadWriteType": "WriteOnly", "DataResources": data}]
    )
    cloudtrail.start_logging(Name="audit")
