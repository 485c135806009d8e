"""The estate as Terraform plans it before any of it exists: one configuration, a provider for each account."""

import json
from typing import Any

from terraform_plan import Json, Made, constant, plan, refer

from tests.check.three_ways import documents as docs

LATER = {"arn": True, "id": True}
RECOVERY = {"provider": "aws.recovery"}
SSE_S3 = {"sse_algorithm": "AES256", "kms_master_key_id": ""}


def planned() -> Json:
    """The whole plan."""
    deployer = f"arn:aws:iam::{docs.RECOVERY}:role/deploy"
    there = {"region": constant("eu-west-1"), "assume_role": [{"role_arn": constant(deployer)}]}
    return plan(
        *(*_keys(), *_role(), *_originals(), *_copies(), *_alarms(), *_watch()),
        providers={"aws": {"region": constant("us-east-1")}, "aws.recovery": there},
    )


def _keys() -> list[Made]:
    def key(name: str, description: str, policy: docs.Document, rotated: bool, **there: str) -> Made:
        known = {
            "description": description,
            "policy": json.dumps(policy),
            "enable_key_rotation": rotated,
            "key_usage": "ENCRYPT_DECRYPT",
            "customer_master_key_spec": "SYMMETRIC_DEFAULT",
            "is_enabled": True,
            "multi_region": False,
        }
        return Made(f"aws_kms_key.{name}", known, {**LATER, "key_id": True}, **there)

    return [
        key("orders", "orders", docs.SOURCE_KEY_POLICY, True),
        key("copies", "copies", docs.COPY_KEY_POLICY, False, **RECOVERY),
    ]


def _role() -> list[Made]:
    trust, replicate = json.dumps(docs.S3_MAY_ASSUME), json.dumps(docs.REPLICATE)
    role = {"name": "replication", "path": "/service-role/", "assume_role_policy": trust}
    uses = docs.key_uses("aws_kms_key.orders.arn", "aws_kms_key.copies.arn")
    blocks, later, given = zip(*(_statement(docs.key_statement(*use)) for use in uses), strict=True)
    return [
        Made("aws_iam_role.replication", {**role, "max_session_duration": 3600}, {**LATER, "unique_id": True}),
        Made("aws_iam_policy.replicate", {"name": "replicate", "path": "/", "policy": replicate}, LATER),
        Made(
            "aws_iam_role_policy_attachment.replicate",
            {"role": "replication"},
            {"id": True, "policy_arn": True},
            {"role": refer("aws_iam_role.replication.name"), "policy_arn": refer("aws_iam_policy.replicate.arn")},
        ),
        Made(
            "data.aws_iam_policy_document.keys",
            {"statement": list(blocks)},
            {"id": True, "json": True, "minified_json": True, "statement": list(later)},
            {"statement": list(given)},
            actions=("read",),
        ),
        Made(
            "aws_iam_role_policy.keys",
            {"name": "keys", "role": "replication"},
            {"id": True, "policy": True},
            {
                "role": refer("aws_iam_role.replication.name"),
                "policy": refer("data.aws_iam_policy_document.keys.json"),
            },
        ),
    ]


def _statement(statement: docs.Document) -> tuple[Json, Json, Json]:
    """A statement on one key: what is known of its block, what later, and its expressions."""
    conditions = [
        {"test": test, "variable": variable, "values": [values] if isinstance(values, str) else values}
        for test, keys in statement["Condition"].items()
        for variable, values in keys.items()
    ]
    block = {"sid": statement["Sid"], "effect": "Allow", "actions": [statement["Action"]], "condition": conditions}
    given = {
        "sid": constant(statement["Sid"]),
        "actions": constant([statement["Action"]]),
        "resources": refer(statement["Resource"]),
    }
    return {**block, "resources": [None]}, {"resources": [True]}, given


def _bucket(name: str, bucket: str, **there: Any) -> Made:
    known = {"bucket": bucket, "force_destroy": False, "object_lock_enabled": False, "tags": None}
    return Made(f"aws_s3_bucket.{name}", {**known, **there.pop("known", {})}, LATER, **there)


def _part(kind: str, of: str, known: Json, later: Json | None = None, given: Json | None = None, **there: Any) -> Made:
    """Something that belongs to a bucket, which it names by an id that is not known yet."""
    bucket = {"bucket": refer(f"aws_s3_bucket.{of}.id")}
    later, given = {"id": True, "bucket": True, **(later or {})}, {**bucket, **(given or {})}
    return Made(f"aws_s3_bucket_{kind}.{of}", known, later, given, **there)


def _encryption(of: str, key: str = "", **there: Any) -> Made:
    rule: Json = {"bucket_key_enabled": bool(key), "blocked_encryption_types": ["SSE-C"]}
    kind = "server_side_encryption_configuration"
    if not key:
        rule["apply_server_side_encryption_by_default"] = [SSE_S3]
        return _part(kind, of, {"rule": [rule]}, **there)
    inner = "apply_server_side_encryption_by_default"
    known = {"rule": [{**rule, inner: [{"sse_algorithm": "aws:kms"}]}]}
    later = {"rule": [{inner: [{"kms_master_key_id": True}]}]}
    expressions = {"sse_algorithm": constant("aws:kms"), "kms_master_key_id": refer(f"{key}.arn")}
    return _part(kind, of, known, later, {"rule": [{inner: [expressions]}]}, **there)


def _versioning(of: str, status: str = "Enabled", **there: Any) -> Made:
    return _part("versioning", of, {"versioning_configuration": [{"status": status}]}, **there)


def _lifecycle(of: str, id_: str, rule: Json, **there: Any) -> Made:
    rules = [{"id": id_, "status": "Enabled", "filter": [{"prefix": ""}], **rule}]
    return _part("lifecycle_configuration", of, {"rule": rules}, **there)


def _policy(of: str, policy: docs.Document, **there: Any) -> Made:
    return _part("policy", of, {"policy": json.dumps(policy)}, **there)


def _originals() -> list[Made]:
    return [
        _bucket("orders", "orders"),
        _versioning("orders"),
        _encryption("orders", "aws_kms_key.orders"),
        _lifecycle("orders", "old", {"noncurrent_version_expiration": [{"noncurrent_days": 7}]}),
        _part(
            "logging",
            "orders",
            {"target_prefix": "orders/"},
            {"target_bucket": True},
            {"target_bucket": refer("aws_s3_bucket.logs.id")},
        ),
        _replication("orders", "copy", **_kms_rule()),
        _bucket("invoices", "invoices"),
        _versioning("invoices"),
        _encryption("invoices"),
        _part("public_access_block", "invoices", {"block_public_acls": True, "ignore_public_acls": True}),
        _replication("invoices", "invoices_copy", known={"id": "first", "prefix": ""}),
        _bucket("logs", "orders-logs"),
        _encryption("logs"),
        _policy("logs", docs.LOGS_POLICY),
        _lifecycle("logs", "logs", {"expiration": [{"days": 400}]}),
    ]


def _kms_rule() -> Json:
    """The rule for objects under a key, its destination apart: what is known, what later, and its expressions."""
    return {
        "known": {
            "id": "all",
            "priority": 1,
            "filter": [{"prefix": ""}],
            "delete_marker_replication": [{"status": "Disabled"}],
            "source_selection_criteria": [{"sse_kms_encrypted_objects": [{"status": "Enabled"}]}],
        },
        "destination": {
            "account": docs.RECOVERY,
            "metrics": [{"status": "Enabled", "event_threshold": []}],
            "encryption_configuration": [{}],
        },
        "later": {"encryption_configuration": [{"replica_kms_key_id": True}]},
        "given": {"encryption_configuration": [{"replica_kms_key_id": refer("aws_kms_key.copies.arn")}]},
    }


def _replication(
    of: str,
    to: str,
    *,
    known: Json,
    destination: Json | None = None,
    later: Json | None = None,
    given: Json | None = None,
) -> Made:
    rule = {"status": "Enabled", **known, "destination": [destination or {}]}
    return _part(
        "replication_configuration",
        of,
        {"rule": [rule]},
        {"role": True, "rule": [{"destination": [{"bucket": True, **(later or {})}]}]},
        {
            "role": refer("aws_iam_role.replication.arn"),
            "rule": [{"destination": [{"bucket": refer(f"aws_s3_bucket.{to}.arn"), **(given or {})}]}],
        },
    )


def _copies() -> list[Made]:
    retention = {"mode": "GOVERNANCE", "days": 40, "years": None}
    lock = {"object_lock_enabled": "Enabled", "rule": [{"default_retention": [retention]}]}
    return [
        _bucket("copy", "orders-copy", known={"object_lock_enabled": True}, **RECOVERY),
        _part("object_lock_configuration", "copy", lock, **RECOVERY),
        _encryption("copy", "aws_kms_key.copies", **RECOVERY),
        _lifecycle("copy", "old", {"noncurrent_version_expiration": [{"noncurrent_days": 120}]}, **RECOVERY),
        _policy("copy", docs.COPY_POLICY, **RECOVERY),
        _bucket("invoices_copy", "invoices-copy", **RECOVERY),
        _versioning("invoices_copy", **RECOVERY),
        _encryption("invoices_copy", **RECOVERY),
        _policy("invoices_copy", docs.INVOICES_COPY_POLICY, **RECOVERY),
    ]


def _alarms() -> list[Made]:
    topic = {name: refer("aws_sns_topic.alerts.arn") for name in ("topic_arn", "arn")}
    common = {
        "namespace": "AWS/S3",
        "statistic": "Sum",
        "period": 300,
        "evaluation_periods": 1,
        "comparison_operator": "GreaterThanThreshold",
        "actions_enabled": True,
    }
    link = {"SourceBucket": "orders", "DestinationBucket": "orders-copy", "RuleId": "all"}
    return [
        Made("aws_sns_topic.alerts", {"name": "alerts"}, {**LATER, "policy": True}),
        Made("aws_sns_topic_policy.alerts", {"policy": json.dumps(docs.TOPIC_POLICY)}, {"arn": True}, topic),
        Made(
            "aws_sns_topic_subscription.alerts",
            {"protocol": "sms", "endpoint": "+15555550100"},
            {**LATER, "topic_arn": True},
            topic,
        ),
        Made(
            "aws_cloudwatch_metric_alarm.failed",
            {
                **common,
                "alarm_name": "replication-failed",
                "metric_name": "OperationsFailedReplication",
                "dimensions": link,
                "threshold": 0,
                "treat_missing_data": "ignore",
                "alarm_actions": [None],
            },
            {**LATER, "alarm_actions": [True]},
            {"alarm_actions": refer("aws_sns_topic.alerts.arn")},
        ),
        Made(
            "aws_cloudwatch_metric_alarm.refused",
            {
                **common,
                "alarm_name": "refused",
                "metric_name": "4xxErrors",
                "dimensions": {"BucketName": "orders", "FilterId": "EntireBucket"},
                "threshold": 5,
                "treat_missing_data": "missing",
            },
            LATER,
        ),
    ]


def _watch() -> list[Made]:
    data = {"type": "AWS::S3::Object", "values": [f"{docs.ORDERS}/"]}
    selector = {"read_write_type": "WriteOnly", "include_management_events": True, "data_resource": [data]}
    return [
        Made(
            "aws_s3_bucket_metric.uploads",
            {"name": "Uploads", "filter": [{"prefix": "uploads/"}]},
            {"id": True, "bucket": True},
            {"bucket": refer("aws_s3_bucket.orders.id")},
        ),
        _part(
            "notification",
            "orders",
            {"eventbridge": False, "topic": [{"events": docs.FAILURES}]},
            {"topic": [{"id": True, "topic_arn": True}]},
            {"topic": [{"events": constant(docs.FAILURES), "topic_arn": refer("aws_sns_topic.alerts.arn")}]},
        ),
        _bucket("audit", "audit-logs"),
        _versioning("audit", "Suspended"),
        _encryption("audit"),
        _part("ownership_controls", "audit", {"rule": [{"object_ownership": "BucketOwnerPreferred"}]}),
        _policy("audit", docs.AUDIT_POLICY),
        Made(
            "aws_cloudtrail.audit",
            {
                "name": "audit",
                "enable_logging": True,
                "enable_log_file_validation": True,
                "include_global_service_events": True,
                "is_multi_region_trail": False,
                "is_organization_trail": False,
                "event_selector": [selector],
            },
            {**LATER, "home_region": True, "s3_bucket_name": True},
            {"s3_bucket_name": refer("aws_s3_bucket.audit.id")},
        ),
    ]
