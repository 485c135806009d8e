"""Steps on keys, roles, topics and alarms as resources of Terraform's AWS provider.

Provider documentation of hashicorp/aws, 5.100 and 6.x, 2026-11.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from scanner.remedies.shown.hcl import Blocks, Json, Note, Raw
from scanner.remedies.shown.terraform_s3 import KEPT
from scanner.remedies.shown.terraform_s3_rules import one
from scanner.remedies.shown.terraform_scope import Advice, Block, Body, Made, Scope, Shape
from scanner.remedies.step import CREATION, WHOLE, Step
from scanner.remedies.writes.alerts import ALARM, SUBSCRIPTION, TOPIC, TOPIC_POLICY
from scanner.remedies.writes.iam import ROLE
from scanner.remedies.writes.kms import ALIAS, KEY


def _key(scope: Scope, step: Step) -> Iterator[Made]:
    body = {
        "description": step.after.get("Description"),
        "multi_region": step.after.get("MultiRegion") or None,
        "enable_key_rotation": scope.after(step.target, "EnableKeyRotation"),
        "lifecycle": KEPT,
    }
    yield Block("aws_kms_key", scope.label(step.target), body)


def _rotation(scope: Scope, step: Step) -> Iterator[Made]:
    if not scope.is_new(KEY, step.target):
        yield Advice("the rotation of the key", {"enable_key_rotation": step.after})


def _key_policy(scope: Scope, step: Step) -> Iterator[Made]:
    is_new = scope.is_new(KEY, step.target)
    key = Raw(f"aws_kms_key.{scope.label(step.target)}.key_id") if is_new else step.target.name
    body = {"key_id": key, "policy": Json(scope.resolved(step.after))}
    yield Block("aws_kms_key_policy", scope.label(step.target), body, "" if is_new else step.target.name)


def _alias(scope: Scope, step: Step) -> Iterator[Made]:
    body = {"name": step.after["AliasName"], "target_key_id": step.after["TargetKeyId"]}
    yield Block("aws_kms_alias", scope.label(step.target), body)


def _role(scope: Scope, step: Step) -> Iterator[Made]:
    body = {
        "name": step.after["RoleName"],
        "path": step.after.get("Path"),
        "assume_role_policy": Json(scope.resolved(step.after["AssumeRolePolicyDocument"])),
    }
    yield Block("aws_iam_role", scope.label(step.target), body)


def _trust(scope: Scope, step: Step) -> Iterator[Made]:
    yield Advice("the trust policy of the role", {"assume_role_policy": Json(scope.resolved(step.after))})


def _inline(scope: Scope, step: Step) -> Iterator[Made]:
    had, has = _documents(step.before), _documents(step.after)
    for name, document in has.items():
        if had.get(name) != document:
            body = {
                "name": name,
                "role": scope.named(ROLE, step.target),
                "policy": Json(scope.resolved(document)),
            }
            import_id = f"{step.target.name}:{name}" if name in had else ""
            yield Block("aws_iam_role_policy", scope.label(step.target, name), body, import_id)
    for name in had.keys() - has.keys():
        yield Advice(f"take away the aws_iam_role_policy {name} of this role")


def _documents(policies: Sequence[Mapping[str, Any]] | None) -> dict[str, Any]:
    return {policy["PolicyName"]: policy["PolicyDocument"] for policy in policies or ()}


def _managed(scope: Scope, step: Step) -> Iterator[Made]:
    had, has = step.before or (), step.after or ()
    for arn in (arn for arn in has if arn not in had):
        body = {"role": scope.named(ROLE, step.target), "policy_arn": arn}
        yield Block("aws_iam_role_policy_attachment", scope.label(step.target, arn.rpartition("/")[2]), body)
    for arn in (arn for arn in had if arn not in has):
        yield Advice(f"take away the aws_iam_role_policy_attachment of {arn} to this role")


def _topic(scope: Scope, step: Step) -> Iterator[Made]:
    body = {
        "name": step.target.name,
        "kms_master_key_id": step.after.get("KmsMasterKeyId"),
        "display_name": step.after.get("DisplayName"),
    }
    yield Block("aws_sns_topic", scope.label(step.target), body)


def _topic_policy(scope: Scope, step: Step) -> Iterator[Made]:
    document = step.after["PolicyDocument"] if step.property == CREATION else step.after
    is_new = scope.is_new(TOPIC, step.target)
    arn = Raw(f"aws_sns_topic.{scope.label(step.target)}.arn") if is_new else step.target.arn
    body = {"arn": arn, "policy": Json(scope.resolved(document))}
    import_id = "" if step.property == CREATION else step.target.arn
    yield Block("aws_sns_topic_policy", scope.label(step.target), body, import_id)


def _subscription(scope: Scope, step: Step) -> Iterator[Made]:
    body = {
        "topic_arn": step.after["TopicArn"],
        "protocol": step.after["Protocol"],
        "endpoint": step.after["Endpoint"],
    }
    yield Block("aws_sns_topic_subscription", scope.label(step.target), body)


_ALARM = {
    "AlarmName": "alarm_name",
    "AlarmDescription": "alarm_description",
    "ActionsEnabled": "actions_enabled",
    "AlarmActions": "alarm_actions",
    "InsufficientDataActions": "insufficient_data_actions",
    "OKActions": "ok_actions",
    "ComparisonOperator": "comparison_operator",
    "DatapointsToAlarm": "datapoints_to_alarm",
    "EvaluateLowSampleCountPercentile": "evaluate_low_sample_count_percentiles",
    "EvaluationPeriods": "evaluation_periods",
    "ExtendedStatistic": "extended_statistic",
    "MetricName": "metric_name",
    "Namespace": "namespace",
    "Period": "period",
    "Statistic": "statistic",
    "Threshold": "threshold",
    "ThresholdMetricId": "threshold_metric_id",
    "TreatMissingData": "treat_missing_data",
    "Unit": "unit",
}


def _alarm(scope: Scope, step: Step) -> Iterator[Made]:
    import_id = "" if step.property == CREATION else step.target.name
    body = {"alarm_name": step.target.name, **_alarm_body(step.after)}
    yield Block("aws_cloudwatch_metric_alarm", scope.label(step.target), body, import_id)


def _alarm_body(value: Mapping[str, Any]) -> Body:
    """The arguments of an alarm; properties that the provider does not know are shown as comments."""
    body: dict[str, Any] = {}
    for name, part in value.items():
        match name:
            case "Dimensions":
                body["dimensions"] = _dimensions(part)
            case "Metrics":
                body["metric_query"] = Blocks(tuple(map(_query, part)))
            case _ if name in _ALARM:
                body[_ALARM[name]] = part
            case _:
                body[name] = Note(f"{name}, which the provider has no argument for: {json.dumps(part)}")
    return body


def _query(entry: Mapping[str, Any]) -> Body:
    stat = entry.get("MetricStat")
    metric = stat and {
        "metric_name": stat["Metric"].get("MetricName"),
        "namespace": stat["Metric"].get("Namespace"),
        "dimensions": _dimensions(stat["Metric"].get("Dimensions")),
        "period": stat["Period"],
        "stat": stat["Stat"],
        "unit": stat.get("Unit"),
    }
    return {
        "id": entry["Id"],
        "expression": entry.get("Expression"),
        "label": entry.get("Label"),
        "return_data": entry.get("ReturnData"),
        "account_id": entry.get("AccountId"),
        "period": entry.get("Period"),
        "metric": one(metric),
    }


def _dimensions(dimensions: Sequence[Mapping[str, Any]] | None) -> dict[str, Any] | None:
    return {one_["Name"]: one_["Value"] for one_ in dimensions} if dimensions else None


SHAPES: Mapping[tuple[str, str], Shape] = {
    (KEY, CREATION): _key,
    (KEY, "EnableKeyRotation"): _rotation,
    (KEY, "KeyPolicy"): _key_policy,
    (ALIAS, CREATION): _alias,
    (ROLE, CREATION): _role,
    (ROLE, "AssumeRolePolicyDocument"): _trust,
    (ROLE, "Policies"): _inline,
    (ROLE, "ManagedPolicyArns"): _managed,
    (TOPIC, CREATION): _topic,
    (TOPIC_POLICY, CREATION): _topic_policy,
    (TOPIC_POLICY, "PolicyDocument"): _topic_policy,
    (SUBSCRIPTION, CREATION): _subscription,
    (ALARM, CREATION): _alarm,
    (ALARM, WHOLE): _alarm,
}
"""What the steps of KMS, IAM, SNS and CloudWatch become."""
