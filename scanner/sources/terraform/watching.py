"""What watches an account: CloudWatch's alarms and metric filters, CloudTrail's trails, and Macie."""

from collections.abc import Iterable, Mapping

from scanner.estate.unknown import Value
from scanner.sources.terraform.pieces import Own, Piece, Types, of_another, resource_of, whole
from scanner.sources.terraform.planned import Planned
from scanner.sources.terraform.readers import (
    Reader,
    Values,
    blocks,
    built,
    inside,
    known_text,
    pairs,
    plain,
    positive,
)

_ALARM: Mapping[str, Reader] = {
    "AlarmName": plain("alarm_name"),
    "ActionsEnabled": plain("actions_enabled", True),
    "AlarmActions": plain("alarm_actions"),
    "InsufficientDataActions": plain("insufficient_data_actions"),
    "OKActions": plain("ok_actions"),
}
_METRIC = inside(
    "metric",
    lambda metric: {
        "Metric": built(
            metric,
            {
                "Namespace": plain("namespace"),
                "MetricName": plain("metric_name"),
                "Dimensions": pairs("dimensions", "Name"),
            },
        ),
        **built(metric, {"Period": positive("period"), "Stat": plain("stat"), "Unit": plain("unit")}),
    },
)


def _metric_filter(planned: Planned) -> Iterable[Piece]:
    """Names of metric filters are unique in their log group only."""
    found = resource_of(planned, "AWS::Logs::MetricFilter", built(planned.values, _METRIC_FILTER), "FilterName")
    group = known_text(planned.values.get("log_group_name")) or planned.place.stand_in
    yield Own(planned, of_another(planned, found.type, "", f"{group}:{found.name}", found.properties))


def _unit(values: Values) -> Value:
    """The unit, which the provider sets where nobody does."""
    unit = plain("unit")(values)
    return None if unit == "None" else unit


def _macie(planned: Planned) -> Iterable[Piece]:
    fields = {"Status": plain("status"), "FindingPublishingFrequency": plain("finding_publishing_frequency")}
    found = built(planned.values, fields)
    yield Own(planned, of_another(planned, "AWS::Macie::Session", "", planned.account, found))


_METRIC_FILTER: Mapping[str, Reader] = {
    "FilterName": plain("name"),
    "FilterPattern": plain("pattern"),
    "LogGroupName": plain("log_group_name"),
    "MetricTransformations": blocks(
        "metric_transformation",
        MetricName=plain("name"),
        MetricNamespace=plain("namespace"),
        MetricValue=plain("value"),
        DefaultValue=plain("default_value"),
        Unit=_unit,
        Dimensions=pairs("dimensions"),
    ),
}

TYPES: Types = {
    "aws_cloudwatch_metric_alarm": whole(
        "AWS::CloudWatch::Alarm",
        "AlarmName",
        **_ALARM,
        ComparisonOperator=plain("comparison_operator"),
        DatapointsToAlarm=positive("datapoints_to_alarm"),
        Dimensions=pairs("dimensions", "Name"),
        EvaluateLowSampleCountPercentile=plain("evaluate_low_sample_count_percentiles"),
        EvaluationPeriods=plain("evaluation_periods"),
        ExtendedStatistic=plain("extended_statistic"),
        MetricName=plain("metric_name"),
        Metrics=blocks(
            "metric_query",
            Id=plain("id"),
            Expression=plain("expression"),
            Label=plain("label"),
            ReturnData=plain("return_data", False),
            Period=positive("period"),
            AccountId=plain("account_id"),
            MetricStat=_METRIC,
        ),
        Namespace=plain("namespace"),
        Period=positive("period"),
        Statistic=plain("statistic"),
        Threshold=plain("threshold"),
        ThresholdMetricId=plain("threshold_metric_id"),
        TreatMissingData=plain("treat_missing_data", "missing"),
        Unit=plain("unit"),
    ),
    "aws_cloudwatch_composite_alarm": whole(
        "AWS::CloudWatch::CompositeAlarm",
        "AlarmName",
        **_ALARM,
        AlarmRule=plain("alarm_rule"),
        ActionsSuppressor=inside("actions_suppressor", plain("alarm")),
    ),
    "aws_cloudwatch_log_metric_filter": _metric_filter,
    "aws_cloudtrail": whole(
        "AWS::CloudTrail::Trail",
        "TrailName",
        TrailName=plain("name"),
        S3BucketName=plain("s3_bucket_name"),
        S3KeyPrefix=plain("s3_key_prefix"),
        IsLogging=plain("enable_logging", True),
        IsMultiRegionTrail=plain("is_multi_region_trail"),
        IsOrganizationTrail=plain("is_organization_trail"),
        IncludeGlobalServiceEvents=plain("include_global_service_events"),
        EnableLogFileValidation=plain("enable_log_file_validation"),
        KMSKeyId=plain("kms_key_id"),
        CloudWatchLogsLogGroupArn=plain("cloud_watch_logs_group_arn"),
        CloudWatchLogsRoleArn=plain("cloud_watch_logs_role_arn"),
        SnsTopicName=plain("sns_topic_name"),
        EventSelectors=blocks(
            "event_selector",
            ReadWriteType=plain("read_write_type"),
            IncludeManagementEvents=plain("include_management_events"),
            ExcludeManagementEventSources=plain("exclude_management_event_sources"),
            DataResources=blocks("data_resource", Type=plain("type"), Values=plain("values")),
        ),
        AdvancedEventSelectors=blocks(
            "advanced_event_selector",
            Name=plain("name"),
            FieldSelectors=blocks(
                "field_selector",
                Field=plain("field"),
                Equals=plain("equals"),
                StartsWith=plain("starts_with"),
                EndsWith=plain("ends_with"),
                NotEquals=plain("not_equals"),
                NotStartsWith=plain("not_starts_with"),
                NotEndsWith=plain("not_ends_with"),
            ),
        ),
    ),
    "aws_macie2_account": _macie,
}
