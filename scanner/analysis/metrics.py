"""What a CloudWatch alarm watches: the metrics behind it, whichever of the two ways it names them.

An alarm names one metric directly, or lists queries. A list that only fetches one metric means the same as naming it;
an expression over several is beyond what configuration alone can judge, and is marked as such.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scanner.analysis.kinds import ALARM
from scanner.analysis.reading import at, elements, number, text
from scanner.estate.estate import Estate
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value


@dataclass(frozen=True, slots=True)
class WatchedMetric:
    """One metric that an alarm looks at.

    `account` is where the metric is, the alarm's own unless it says otherwise; the region is always the alarm's.
    `statistic` is as CloudWatch spells it (`Sum`, `p99`), `period` in seconds. `in_expression` marks a metric that is
    only an operand of a calculation.
    """

    alarm: Resource
    namespace: str
    name: str
    dimensions: Mapping[str, str]
    account: str
    statistic: Value = None
    period: Value = None
    in_expression: bool = False


def watched_metrics(alarm: Resource) -> list[WatchedMetric | Unknown]:
    """The metrics that an alarm watches, an `Unknown` for each that could not be made out."""
    properties = alarm.properties
    queries = elements(properties.get("Metrics"))
    if not queries:
        statistic = properties.get("Statistic")
        statistic = properties.get("ExtendedStatistic") if statistic is None else statistic
        if properties.get("MetricName") is None:
            return []
        return [_metric(alarm, properties, alarm.account, statistic, properties.get("Period"))]
    simple = len(queries) == 1
    return [found for query in queries for found in _queried(alarm, query, simple=simple)]


def metrics_in_namespace(estate: Estate, namespace: str) -> Iterable[tuple[Resource, WatchedMetric | Unknown]]:
    """Every alarm with each metric of that namespace that it watches, and with each that may be of it."""
    for alarm in estate.of_type(ALARM):
        for metric in watched_metrics(alarm):
            if isinstance(metric, Unknown) or metric.namespace == namespace:
                yield alarm, metric


def datapoints_to_alarm(alarm: Resource) -> int | float | Unknown | None:
    """How many breaching datapoints it takes: what the alarm says, or all of its evaluation periods."""
    stated = number(alarm.properties, "DatapointsToAlarm")
    return number(alarm.properties, "EvaluationPeriods") if stated is None else stated


def _queried(alarm: Resource, query: Value, *, simple: bool) -> Iterable[WatchedMetric | Unknown]:
    if isinstance(query, Unknown):
        yield query
        return
    stat = at(query, "MetricStat")
    if stat is None:
        return
    account = text(query, "AccountId")
    if isinstance(account, Unknown):
        yield account
        return
    found = _metric(alarm, at(stat, "Metric"), account or alarm.account, at(stat, "Stat"), at(stat, "Period"), simple)
    yield found


def _metric(
    alarm: Resource, source: Value, account: str, statistic: Value, period: Value, simple: bool = True
) -> WatchedMetric | Unknown:
    namespace, name = text(source, "Namespace"), text(source, "MetricName")
    dimensions: dict[str, str] = {}
    for dimension in elements(at(source, "Dimensions")):
        key, value = text(dimension, "Name"), text(dimension, "Value")
        if not isinstance(key, str) or not isinstance(value, str):
            return Unknown(f"the dimensions of alarm {alarm.name} are not known")
        dimensions[key] = value
    if not isinstance(namespace, str) or not isinstance(name, str):
        doubt = namespace if isinstance(namespace, Unknown) else name
        return doubt if isinstance(doubt, Unknown) else Unknown(f"what alarm {alarm.name} watches is not known")
    return WatchedMetric(alarm, namespace, name, dimensions, account, statistic, period, not simple)
