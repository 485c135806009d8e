"""Whether anyone would be told that replication fails or falls behind: replication rules joined to alarms and events.

S3 publishes OperationsFailedReplication in the source bucket's region and ReplicationLatency in the destination's, with
the dimensions SourceBucket, DestinationBucket and RuleId (S3 guide, "Using S3 Replication metrics" and "Metrics and
dimensions", read 2026-11-21). An alarm in another region sees nothing, for ever.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, floor

from scanner.analysis.annotation import BucketId, annotate, buckets_by_id
from scanner.analysis.kinds import ALARM, BUCKET
from scanner.analysis.metrics import WatchedMetric, datapoints_to_alarm, metrics_in_namespace
from scanner.analysis.reading import at, elements, number, present, text
from scanner.analysis.replication_roles import destination_of
from scanner.analysis.truth import Truth, any_true, equals, first_doubt
from scanner.estate.estate import Estate
from scanner.estate.intent import Intent
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value

FAILED = "OperationsFailedReplication"
LATENCY = "ReplicationLatency"
FAILURE_EVENTS = ("s3:Replication:OperationFailedReplication", "s3:Replication:*")

_Key = tuple[str, str, str, str, str, str]
"""Account and region of the metric, its name, source bucket, destination bucket, rule id."""


@dataclass(frozen=True, slots=True)
class _Alarms:
    """Alarms on replication metrics by what they watch, and those of which that could not be made out, by place."""

    estate: Estate
    watching: Mapping[_Key, list[WatchedMetric]]
    doubts: Mapping[tuple[str, str], Unknown]

    def on(self, account: str, region: str, metric: str, rule: tuple[str, str, str]) -> list[WatchedMetric | Unknown]:
        found: list[WatchedMetric | Unknown] = [*self.watching.get((account, region, metric, *rule), ())]
        doubt = self.doubts.get((account, region)) or self.estate.blind(ALARM, account, region)
        return [*found, doubt] if doubt else found


def derive_replication_alarms(estate: Estate, _: Intent) -> Estate:
    """Adds `ReplicationRules` to source buckets, one entry for each rule in its order.

    `Id`, `Status`, `Destination` (the bucket's name), `MetricsEnabled`, `FailureEvents` (whether S3 sends an event
    for a failed object), `FailureAlarms` (`Name`, `FailuresToFire`: how many failures in one period are sure to
    breach, absent where no number is; `DatapointsToAlarm`) and `LatencyAlarms` (`Name`, `Statistic`,
    `ThresholdSeconds`, `WindowSeconds`, `TreatMissingData`). An `Unknown` among the alarms stands for those that were
    not seen.
    """
    alarms, buckets = _index(estate), buckets_by_id(estate)

    def facts(bucket: Resource) -> Mapping[str, Value]:
        configuration = bucket.properties.get("ReplicationConfiguration")
        if configuration is None or isinstance(configuration, Unknown):
            return present(ReplicationRules=configuration)
        rules = elements(at(configuration, "Rules"))
        return {"ReplicationRules": [_rule(bucket, rule, alarms, buckets) for rule in rules]}

    return annotate(estate, BUCKET, facts)


def _index(estate: Estate) -> _Alarms:
    watching: dict[_Key, list[WatchedMetric]] = {}
    doubts: dict[tuple[str, str], Unknown] = {}
    for alarm, metric in metrics_in_namespace(estate, "AWS/S3"):
        if isinstance(metric, Unknown):
            doubts.setdefault((alarm.account, alarm.region), metric)
            continue
        source, destination, rule = (
            metric.dimensions.get(name, "") for name in ("SourceBucket", "DestinationBucket", "RuleId")
        )
        watching.setdefault((metric.account, alarm.region, metric.name, source, destination, rule), []).append(metric)
    return _Alarms(estate, watching, doubts)


def _rule(bucket: Resource, rule: Value, alarms: _Alarms, buckets: Mapping[BucketId, Resource]) -> Value:
    if isinstance(rule, Unknown):
        return rule
    destination = destination_of(rule)
    return present(
        Id=at(rule, "Id"),
        Status=at(rule, "Status"),
        Destination=destination[1] if isinstance(destination, tuple) else destination,
        MetricsEnabled=_metrics_enabled(rule),
        FailureEvents=_failure_events(bucket),
        FailureAlarms=_failure_alarms(bucket, rule, destination, alarms),
        LatencyAlarms=_latency_alarms(bucket, rule, destination, alarms, buckets),
    )


def _metrics_enabled(rule: Value) -> Truth:
    # Replication Time Control switches the metrics on.
    wanted = ("Destination.Metrics.Status", "Destination.ReplicationTime.Status")
    return any_true(equals(at(rule, path), "Enabled") for path in wanted)


def _failure_events(bucket: Resource) -> Truth:
    notifications = bucket.properties.get("NotificationConfiguration")
    kinds = ("TopicConfigurations", "QueueConfigurations", "LambdaConfigurations")
    events = (at(one, "Event") for kind in kinds for one in elements(at(notifications, kind)))
    return any_true(event if isinstance(event, Unknown) else event in FAILURE_EVENTS for event in events)


def _dimensions(
    bucket: Resource, rule: Value, destination: BucketId | Unknown | None
) -> tuple[str, str, str] | Unknown:
    rule_id = text(rule, "Id")
    match rule_id, destination:
        case str(), tuple():
            return bucket.name, destination[1], rule_id
        case Unknown(), _:
            return rule_id
        case _, Unknown():
            return destination
        case _:
            return Unknown("S3 gives the rule an id of its own, and metrics are found by it")


def _failure_alarms(
    bucket: Resource, rule: Value, destination: BucketId | Unknown | None, alarms: _Alarms
) -> list[Value]:
    dimensions = _dimensions(bucket, rule, destination)
    if isinstance(dimensions, Unknown):
        return [dimensions]
    return [_failure_alarm(metric) for metric in alarms.on(bucket.account, bucket.region, FAILED, dimensions)]


def _failure_alarm(metric: WatchedMetric | Unknown) -> Value:
    if isinstance(metric, Unknown):
        return metric
    if metric.in_expression:
        return Unknown(f"alarm {metric.alarm.name} calculates with the metric, and the calculation is not evaluated")
    return present(
        Name=metric.alarm.name,
        FailuresToFire=_failures_to_fire(metric),
        DatapointsToAlarm=datapoints_to_alarm(metric.alarm),
    )


def _failures_to_fire(metric: WatchedMetric) -> Value:
    threshold = number(metric.alarm.properties, "Threshold")
    comparison = text(metric.alarm.properties, "ComparisonOperator")
    if isinstance(threshold, Unknown) or (doubt := first_doubt(comparison, metric.statistic)):
        return threshold if isinstance(threshold, Unknown) else doubt
    if threshold is None or threshold < 0:
        return None
    match metric.statistic, comparison:
        case "Sum", "GreaterThanThreshold":
            return floor(threshold) + 1
        case "Sum", "GreaterThanOrEqualToThreshold" if threshold > 0:
            return ceil(threshold)
        # The average is the failure rate: any threshold above zero hides a failure among enough successes.
        case "Average", "GreaterThanThreshold" if threshold == 0:
            return 1
        case "Maximum", _:
            return Unknown("S3 documents Sum, Average and SampleCount for this metric, not Maximum")
        case _:
            return None


def _latency_alarms(
    bucket: Resource,
    rule: Value,
    destination: BucketId | Unknown | None,
    alarms: _Alarms,
    buckets: Mapping[BucketId, Resource],
) -> list[Value]:
    dimensions = _dimensions(bucket, rule, destination)
    if isinstance(dimensions, Unknown) or not isinstance(destination, tuple):
        return [dimensions if isinstance(dimensions, Unknown) else Unknown("the rule names no destination")]
    target = buckets.get(destination)
    if target is None:
        return [Unknown(f"the region of {destination[1]} was not seen, and the metric is published there")]
    found = [_latency_alarm(metric) for metric in alarms.on(bucket.account, target.region, LATENCY, dimensions)]
    return [alarm for alarm in found if alarm is not None]


def _latency_alarm(metric: WatchedMetric | Unknown) -> Value:
    if isinstance(metric, Unknown):
        return metric
    if metric.in_expression:
        return Unknown(f"alarm {metric.alarm.name} calculates with the metric, and the calculation is not evaluated")
    properties = metric.alarm.properties
    comparison = properties.get("ComparisonOperator")
    if isinstance(comparison, Unknown):
        return comparison
    if comparison not in ("GreaterThanThreshold", "GreaterThanOrEqualToThreshold"):
        return None
    return present(
        Name=metric.alarm.name,
        Statistic=metric.statistic,
        ThresholdSeconds=number(properties, "Threshold"),
        WindowSeconds=_window(metric),
        TreatMissingData=properties.get("TreatMissingData", "missing"),
    )


def _window(metric: WatchedMetric) -> Value:
    periods = number(metric.alarm.properties, "EvaluationPeriods")
    if periods is None or isinstance(periods, Unknown):
        return periods
    return metric.period * periods if isinstance(metric.period, int) else metric.period
