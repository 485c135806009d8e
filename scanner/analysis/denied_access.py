"""Whether someone is told when requests are refused: trail to log group to metric filter to alarm, followed to its end.

A burst of AccessDenied is what looking around with stolen credentials looks like. The filter is not searched for words:
its pattern is evaluated on the record that such a request leaves.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scanner.analysis.account_regions import with_facts
from scanner.analysis.arns import account_of, log_group_of, region_of
from scanner.analysis.filter_patterns import pattern_matches
from scanner.analysis.kinds import ALARM, METRIC_FILTER, TRAIL
from scanner.analysis.metrics import watched_metrics
from scanner.analysis.reading import at, elements, text
from scanner.analysis.trails import Trails, records_in, trails_of
from scanner.analysis.truth import Truth, all_true, any_true
from scanner.estate.estate import Estate
from scanner.estate.intent import Intent
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value


def _denied(source: str, name: str, category: str) -> Mapping[str, Any]:
    return {
        "eventVersion": "1.11",
        "eventSource": source,
        "eventName": name,
        "eventType": "AwsApiCall",
        "eventCategory": category,
        "awsRegion": "eu-west-1",
        "sourceIPAddress": "203.0.113.10",
        "userAgent": "aws-cli/2.31.0",
        "userIdentity": {"type": "IAMUser", "accountId": "111111111111", "userName": "someone"},
        "errorCode": "AccessDenied",
        "errorMessage": "Access Denied",
    }


DENIED_REQUESTS: Mapping[str, Mapping[str, Any]] = {
    "s3": _denied("s3.amazonaws.com", "GetObject", "Data"),
    "kms": _denied("kms.amazonaws.com", "Decrypt", "Management"),
}
"""For each service the record of a refused request ("CloudTrail record contents", CloudTrail guide, 2026-11-21)."""

_Place = tuple[str, str]
_Group = tuple[str, str, str]
"""Account, region and name of a log group."""


@dataclass(frozen=True, slots=True)
class _Chain:
    """Metric filters by log group, alarms by metric (with the dimension names they ask for), and what was not seen."""

    estate: Estate
    trails: Trails
    filters: Mapping[_Group, list[Resource]]
    alarms: Mapping[tuple[_Place, str, str], list[frozenset[str]]]
    alarm_doubts: Mapping[_Place, Unknown]
    known: dict[tuple[_Group, str], Truth] = field(default_factory=dict)

    def alarmed(self, group: _Group, service: str) -> Truth:
        """Whether a refused request that reaches the log group raises an alarm."""
        if (group, service) not in self.known:
            unseen = self.estate.blind(METRIC_FILTER, *group[:2]) or False
            found = (self._raised(filter_, service) for filter_ in self.filters.get(group, ()))
            self.known[group, service] = any_true((*found, unseen))
        return self.known[group, service]

    def _raised(self, filter_: Resource, service: str) -> Truth:
        transformations = elements(filter_.properties.get("MetricTransformations"))
        return all_true((_matches(filter_, service), any_true(self._watched(filter_, one) for one in transformations)))

    def _watched(self, filter_: Resource, transformation: Value) -> Truth:
        place = filter_.account, filter_.region
        namespace, name = text(transformation, "MetricNamespace"), text(transformation, "MetricName")
        if not isinstance(namespace, str) or not isinstance(name, str):
            return Unknown(f"the metric of filter {filter_.name} is not known")
        published = frozenset(str(at(one, "Key")) for one in elements(at(transformation, "Dimensions")))
        # Dimensions are part of a metric's identity: an alarm without them watches a metric that nobody publishes.
        if published in self.alarms.get((place, namespace, name), ()):
            return True
        return self.alarm_doubts.get(place) or self.estate.blind(ALARM, *place) or False


def derive_denied_access(estate: Estate, _: Intent) -> Estate:
    """Adds `DeniedRequestAlarms` to places: the services (`s3`, `kms`) whose refused requests there raise an alarm.

    An `Unknown` in the list stands for a service of which it cannot be told.
    """
    chain = _chain(estate)

    def facts(place: Resource) -> Mapping[str, Value]:
        said = {service: _told(chain, place, service) for service in DENIED_REQUESTS}
        return {
            "DeniedRequestAlarms": [
                service if truth is True else truth for service, truth in said.items() if truth is not False
            ]
        }

    return with_facts(estate, facts)


def _told(chain: _Chain, place: Resource, service: str) -> Truth:
    through = (
        all_true((records_in(trail, place.account, place.region), _through(chain, trail, service)))
        for trail in chain.trails.for_account(place.account)
    )
    return any_true((*through, chain.estate.blind(TRAIL, place.account, place.region) or False))


def _through(chain: _Chain, trail: Resource, service: str) -> Truth:
    arn = text(trail.properties, "CloudWatchLogsLogGroupArn")
    if not isinstance(arn, str):
        return arn or False
    return chain.alarmed((account_of(arn), region_of(arn), log_group_of(arn)), service)


def _matches(filter_: Resource, service: str) -> Truth:
    pattern = text(filter_.properties, "FilterPattern")
    if isinstance(pattern, Unknown):
        return pattern
    if "requestParameters" in (pattern or "") or "resources" in (pattern or ""):
        return Unknown(f"filter {filter_.name} picks out single resources, and which of them matter is not evaluated")
    return pattern_matches(pattern or "", DENIED_REQUESTS[service])


def _chain(estate: Estate) -> _Chain:
    filters: dict[_Group, list[Resource]] = {}
    for filter_ in estate.of_type(METRIC_FILTER):
        group = text(filter_.properties, "LogGroupName")
        if isinstance(group, str):
            filters.setdefault((filter_.account, filter_.region, group), []).append(filter_)
    alarms, doubts = _alarms(estate.of_type(ALARM))
    return _Chain(estate, trails_of(estate), filters, alarms, doubts)


def _alarms(
    alarms: Sequence[Resource],
) -> tuple[dict[tuple[_Place, str, str], list[frozenset[str]]], dict[_Place, Unknown]]:
    watched: dict[tuple[_Place, str, str], list[frozenset[str]]] = {}
    doubts: dict[_Place, Unknown] = {}
    for alarm in alarms:
        for metric in watched_metrics(alarm):
            if isinstance(metric, Unknown):
                doubts.setdefault((alarm.account, alarm.region), metric)
            else:
                key = (metric.account, alarm.region), metric.namespace, metric.name
                watched.setdefault(key, []).append(frozenset(metric.dimensions))
    return watched, doubts
