"""What estates are made of: each function gives the AWS calls that make one thing, in the order they must be made."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from scanner.demo.building import Call, Place, given

Statement = dict[str, Any]


def policy(*statements: Statement) -> str:
    """A policy document as AWS takes it."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(
    action: str | Sequence[str],
    resource: str | Sequence[str] = "*",
    *,
    to: Mapping[str, Any] | str | None = None,
    when: Mapping[str, Any] | None = None,
    sid: str = "",
) -> Statement:
    """An Allow statement; `to` is its principal, `when` its conditions."""
    statement = {"Sid": sid, "Effect": "Allow", "Principal": to, "Action": action, "Resource": resource}
    return {name: value for name, value in {**statement, "Condition": when}.items() if value}


def deny(action: str | Sequence[str], resource: str | Sequence[str], when: Mapping[str, Any], sid: str) -> Statement:
    """A Deny statement for everybody to whom the conditions apply."""
    return {**allow(action, resource, to="*", when=when, sid=sid), "Effect": "Deny"}


def only_tls(place: Place, bucket_name: str) -> Statement:
    """The statement that refuses plain HTTP."""
    resources = [place.bucket(bucket_name), place.bucket(f"{bucket_name}/*")]
    return deny("s3:*", resources, {"Bool": {"aws:SecureTransport": "false"}}, "OnlyTLS")


def service(*names: str) -> dict[str, Any]:
    """A principal: AWS services by the first part of their name."""
    principals = [f"{name}.amazonaws.com" for name in names]
    return {"Service": principals if len(principals) > 1 else principals[0]}


def root(place: Place) -> dict[str, str]:
    """A principal: the account, which decides by its own IAM policies who acts for it."""
    return {"AWS": place.iam("root")}


def bucket(
    place: Place,
    name: str,
    *,
    versioned: bool = True,
    lock: Mapping[str, Any] | None = None,
    key: str = "",
    bucket_policy: str = "",
    lifecycle: Sequence[Mapping[str, Any]] = (),
    log_to: str = "",
    request_metrics: str = "",
    notification: Mapping[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
) -> tuple[Call, ...]:
    """A bucket with what a person chose on top of S3's defaults.

    `lock` switches Object Lock on, with this default retention, or without one when empty; `key` is the KMS key of the
    default encryption (with bucket key); `request_metrics` the id of a metrics configuration for the whole bucket.
    """
    create: dict[str, Any] = {"Bucket": name}
    if place.region != "us-east-1":
        create["CreateBucketConfiguration"] = {"LocationConstraint": place.region}
    if lock is not None:
        create["ObjectLockEnabledForBucket"] = True
    chosen: dict[str, Any] = {
        "put_bucket_versioning": versioned and lock is None and {"VersioningConfiguration": {"Status": "Enabled"}},
        "put_object_lock_configuration": lock and {"ObjectLockConfiguration": _lock(lock)},
        "put_bucket_encryption": key and {"ServerSideEncryptionConfiguration": _kms(key)},
        "put_bucket_policy": bucket_policy and {"Policy": bucket_policy},
        "put_bucket_lifecycle_configuration": lifecycle and {"LifecycleConfiguration": {"Rules": list(lifecycle)}},
        "put_bucket_logging": log_to and {"BucketLoggingStatus": _logging(log_to, name)},
        "put_bucket_metrics_configuration": request_metrics and _metrics(request_metrics),
        "put_bucket_notification_configuration": notification and {"NotificationConfiguration": notification},
        "put_bucket_tagging": tags and {"Tagging": {"TagSet": [{"Key": k, "Value": v} for k, v in tags.items()]}},
    }
    configure = (
        Call(place, "s3", operation, {"Bucket": name, **arguments})
        for operation, arguments in chosen.items()
        if arguments
    )
    return (Call(place, "s3", "create_bucket", create), *configure)


def _lock(retention: Mapping[str, Any]) -> dict[str, Any]:
    return {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": dict(retention)}}


def _kms(key: str) -> dict[str, Any]:
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    return {"Rules": [{"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": True}]}


def _logging(target: str, name: str) -> dict[str, Any]:
    return {"LoggingEnabled": {"TargetBucket": target, "TargetPrefix": f"{name}/"}}


def _metrics(id_: str) -> dict[str, Any]:
    return {"Id": id_, "MetricsConfiguration": {"Id": id_}}


def replication(place: Place, bucket_name: str, role_arn: str, *rules: Mapping[str, Any]) -> Call:
    """The replication configuration of a bucket."""
    configuration = {"Role": role_arn, "Rules": list(rules)}
    arguments = {"Bucket": bucket_name, "ReplicationConfiguration": configuration}
    return Call(place, "s3", "put_bucket_replication", arguments)


def role(place: Place, name: str, trust: str, permissions: Mapping[str, str], *, path: str = "/") -> tuple[Call, ...]:
    """A role with its trust policy and inline policies (by name)."""
    create = {"RoleName": name, "Path": path, "AssumeRolePolicyDocument": trust}
    return (
        Call(place, "iam", "create_role", create),
        *(
            Call(place, "iam", "put_role_policy", {"RoleName": name, "PolicyName": policy_name, "PolicyDocument": text})
            for policy_name, text in permissions.items()
        ),
    )


def key(place: Place, name: str, key_policy: str, *, rotated: bool = True) -> tuple[Call, ...]:
    """A customer managed key with an alias; its ARN is `given("key/<name>")` afterwards."""
    create = {"Description": name, "Policy": key_policy}
    arn = {"KeyId": given(f"key/{name}")}
    calls = (
        Call(place, "kms", "create_key", create, gives={f"key/{name}": "KeyMetadata.Arn"}),
        Call(place, "kms", "create_alias", {"AliasName": f"alias/{name}", "TargetKeyId": arn["KeyId"]}),
    )
    return (*calls, Call(place, "kms", "enable_key_rotation", arn)) if rotated else calls


def topic(place: Place, name: str, address: str, *, confirmed: bool, publishers: Sequence[str]) -> tuple[Call, ...]:
    """A topic to which these AWS services may publish for this account, with one subscription by e-mail."""
    arn = place.arn("sns", name)
    when = {"StringEquals": {"aws:SourceAccount": place.account}}
    text = policy(*(allow("sns:Publish", arn, to=service(p), when=when, sid=f"Publish{p.title()}") for p in publishers))
    subscription = f"subscription/{place.account}/{name}"
    subscribe = {"TopicArn": arn, "Protocol": "email", "Endpoint": address, "ReturnSubscriptionArn": True}
    calls = (
        Call(place, "sns", "create_topic", {"Name": name, "Attributes": {"Policy": text}}),
        Call(place, "sns", "subscribe", subscribe, gives={subscription: "SubscriptionArn"}),
    )
    confirm = Call(place, "sns", "confirm_subscription", {"TopicArn": arn, "Token": given(subscription)})
    return (*calls, confirm) if confirmed else calls


def alarm(place: Place, name: str, metric: str, topic_name: str, **settings: Any) -> Call:
    """An alarm that tells a topic of the same region. `settings` are PutMetricAlarm's, on top of: any above 0 in 5 min.

    `Dimensions` is given as a mapping.
    """
    dimensions = [{"Name": n, "Value": v} for n, v in settings.pop("Dimensions", {}).items()]
    arguments = {
        "AlarmName": name,
        "MetricName": metric,
        "Namespace": "AWS/S3",
        "Statistic": "Sum",
        "Dimensions": dimensions,
        "Period": 300,
        "EvaluationPeriods": 1,
        "Threshold": 0.0,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "ignore",
        "AlarmActions": [place.arn("sns", topic_name)],
        **settings,
    }
    return Call(place, "cloudwatch", "put_metric_alarm", arguments)


def account_blocks_public_access(account: Place) -> Call:
    """All four settings of the account-level public access block."""
    names = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    block = dict.fromkeys(names, True)
    arguments = {"AccountId": account.account, "PublicAccessBlockConfiguration": block}
    return Call(account, "s3control", "put_public_access_block", arguments)


def access_point(account: Place, name: str, bucket_names: Iterable[str]) -> Call:
    """A Multi-Region Access Point over these buckets. It can be made through us-west-2 only."""
    details = {"Name": name, "Regions": [{"Bucket": bucket_name} for bucket_name in bucket_names]}
    arguments = {"AccountId": account.account, "ClientToken": name, "Details": details}
    return Call(Place(account.account, "us-west-2"), "s3control", "create_multi_region_access_point", arguments)


def macie(place: Place) -> Call:
    """Macie, switched on in one region of one account."""
    return Call(place, "macie2", "enable_macie", {"status": "ENABLED"})
