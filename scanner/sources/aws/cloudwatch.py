"""CloudWatch's and CloudWatch Logs' calls: alarms, alarms made of alarms, and what turns log lines into metrics."""

from collections.abc import Iterable, Mapping
from typing import Any

from scanner.estate.unknown import Value
from scanner.sources.aws.calls import Answer, Call, Finder, Found, Pages, Place, Scope
from scanner.sources.aws.values import given, picked

ALARM, COMPOSITE = "AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"
METRIC_FILTER = "AWS::Logs::MetricFilter"

_ACTIONS = ("AlarmActions", "InsufficientDataActions", "OKActions")
_BOTH = ("AlarmName", "ActionsEnabled")
_ALARM_ONLY = (
    "ComparisonOperator",
    "DatapointsToAlarm",
    "EvaluateLowSampleCountPercentile",
    "EvaluationPeriods",
    "ExtendedStatistic",
    "MetricName",
    "Namespace",
    "Period",
    "Statistic",
    "Threshold",
    "ThresholdMetricId",
    "TreatMissingData",
    "Unit",
)
_WHOLE = (
    "AlarmDescription",
    "ActionConfiguration",
    "EvaluationCriteria",
    "EvaluationInterval",
    "EvaluationWindow",
    "WarmUpConfiguration",
)
"""What no rule looks at, and what an alarm would lose that is written without it: its API knows only whole alarms."""
_STATE = "Observed.StateValue"


def alarms(answer: Answer, place: Place, _subject: Found | None) -> Iterable[Found]:
    """DescribeAlarms of metric alarms."""
    for alarm in answer.get("MetricAlarms", ()):
        properties = given(
            **picked(alarm, *_BOTH, *_ACTIONS, *_ALARM_ONLY, *_WHOLE),
            Dimensions=[picked(dimension, "Name", "Value") for dimension in alarm.get("Dimensions", ())],
            Metrics=[_query(query) for query in alarm.get("Metrics", ())],
            **{_STATE: alarm.get("StateValue")},
        )
        yield Found(ALARM, alarm["AlarmArn"], alarm["AlarmName"], place.region, properties=properties)


def composite_alarms(answer: Answer, place: Place, _subject: Found | None) -> Iterable[Found]:
    """DescribeAlarms of composite alarms: an alarm without actions may still speak through one of these."""
    for alarm in answer.get("CompositeAlarms", ()):
        same = picked(alarm, *_BOTH, *_ACTIONS, "AlarmRule", "ActionsSuppressor")
        properties = given(**same, **{_STATE: alarm.get("StateValue")})
        yield Found(COMPOSITE, alarm["AlarmArn"], alarm["AlarmName"], place.region, properties=properties)


def metric_filters(answer: Answer, place: Place, _subject: Found | None) -> Iterable[Found]:
    """DescribeMetricFilters of all log groups. They have no ARN, and names only within a log group."""
    for filter_ in answer["metricFilters"]:
        group, name = filter_["logGroupName"], filter_["filterName"]
        properties = given(
            FilterName=name,
            FilterPattern=filter_.get("filterPattern"),
            LogGroupName=group,
            MetricTransformations=[_transformation(entry) for entry in filter_.get("metricTransformations", ())],
        )
        yield Found(METRIC_FILTER, "", f"{group}:{name}", place.region, properties=properties)


def _query(query: Mapping[str, Any]) -> dict[str, Value]:
    same = picked(query, "Id", "Expression", "Label", "ReturnData", "Period", "AccountId")
    stat = query.get("MetricStat")
    if not stat:
        return same
    metric = stat.get("Metric", {})
    dimensions = [picked(dimension, "Name", "Value") for dimension in metric.get("Dimensions", ())]
    named = given(**picked(metric, "Namespace", "MetricName"), Dimensions=dimensions)
    return {**same, "MetricStat": {"Metric": named, **picked(stat, "Period", "Stat", "Unit")}}


def _transformation(entry: Mapping[str, Any]) -> dict[str, Value]:
    dimensions = [{"Key": key, "Value": value} for key, value in sorted(entry.get("dimensions", {}).items())]
    return given(
        MetricName=entry["metricName"],
        MetricNamespace=entry["metricNamespace"],
        MetricValue=entry["metricValue"],
        DefaultValue=entry.get("defaultValue"),
        Unit=entry.get("unit"),
        Dimensions=dimensions,
    )


def _describe_alarms(type_: str, kind: str, finds: Finder, *paths: str) -> Call:
    return Call(
        service="cloudwatch",
        operation="DescribeAlarms",
        iam="cloudwatch:DescribeAlarms",
        scope=Scope.REGION,
        fixed={"AlarmTypes": [kind], "MaxRecords": 100},
        gives={type_: (*_BOTH, *_ACTIONS, *paths, _STATE)},
        lists=(type_,),
        pages=Pages("NextToken", "NextToken"),
        holds=f"{kind}s",
        finds=finds,
    )


CALLS = (
    _describe_alarms(ALARM, "MetricAlarm", alarms, *_ALARM_ONLY, *_WHOLE, "Dimensions", "Metrics"),
    _describe_alarms(COMPOSITE, "CompositeAlarm", composite_alarms, "AlarmRule", "ActionsSuppressor"),
    Call(
        service="logs",
        operation="DescribeMetricFilters",
        iam="logs:DescribeMetricFilters",
        scope=Scope.REGION,
        gives={METRIC_FILTER: ("FilterName", "FilterPattern", "LogGroupName", "MetricTransformations")},
        lists=(METRIC_FILTER,),
        pages=Pages("nextToken", "nextToken"),
        holds="metricFilters",
        finds=metric_filters,
    ),
)
