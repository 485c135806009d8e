"""Where an alarm's message ends up: its actions joined to topics and their subscriptions.

A topic without a confirmed subscription takes every message and delivers none, and one whose policy or key does not let
CloudWatch in takes none.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scanner.analysis.annotation import annotate
from scanner.analysis.arns import account_of, log_group_of, region_of, service_of
from scanner.analysis.kinds import ALARM, COMPOSITE_ALARM, METRIC_FILTER, SUBSCRIPTION, TOPIC, TRAIL
from scanner.analysis.metrics import WatchedMetric, watched_metrics
from scanner.analysis.reading import at, elements, number, text
from scanner.analysis.truth import Truth, any_true, equals
from scanner.estate.estate import Estate
from scanner.estate.intent import Intent
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value

if TYPE_CHECKING:
    from scanner.analysis.access.topics import Topics

DATA_NAMESPACES = frozenset({"AWS/S3", "AWS/KMS", "AWS/Backup"})
"""The namespaces of the services that keep and copy data."""

_PART = re.compile(r"""[(]\s*["']?([^()"']+?)["']?\s*[)]""")
"""An alarm's name or ARN where a composite alarm's rule asks for its state: `ALARM("too-late") OR ALARM(failed)`."""

_MetricId = tuple[str, str, str, str]
"""Account, region, namespace, name."""


def derive_alarm_topics(estate: Estate, _: Intent) -> Estate:
    """Adds `AlarmTopics` to alarms: one entry for each alarm action that is an SNS topic.

    `Arn`, `Exists`, `Account`, `Region`, `Confirmed` (whether someone confirmed a subscription), and whether policy and
    key of the topic let CloudWatch publish: `PublishPermitted`, `KeyPermits`.
    """
    # Here, so that commands that derive nothing need not load the policy engine.
    from scanner.analysis.access.topics import Topics

    heard = _Heard(estate, Topics(estate), _confirmed(estate))

    def facts(alarm: Resource) -> Mapping[str, Value]:
        actions = elements(alarm.properties.get("AlarmActions"))
        return {"AlarmTopics": [entry for action in actions for entry in heard.by(alarm, action)]}

    return annotate(estate, ALARM, facts)


def derive_composite_alarms(estate: Estate, _: Intent) -> Estate:
    """Adds `CompositeSpeaks` to alarms: False where no composite alarm is made of it, otherwise an `Unknown`.

    Alarms that only feed a composite one have no actions of their own on purpose; whether the composite one speaks up
    hangs on an expression that is not evaluated.
    """
    parts: dict[tuple[str, str, str], Unknown] = {}
    doubts: dict[tuple[str, str], Unknown] = {}
    for composite in estate.of_type(COMPOSITE_ALARM):
        place = composite.account, composite.region
        match text(composite.properties, "AlarmRule"):
            case str() as rule:
                spoken_for = Unknown(f"composite alarm {composite.name} is made of it, and its rule is not evaluated")
                parts.update(((*place, name), spoken_for) for name in _PART.findall(rule))
            case Unknown() as unknown:
                doubts.setdefault(place, unknown)

    def facts(alarm: Resource) -> Mapping[str, Value]:
        place = alarm.account, alarm.region
        found = parts.get((*place, alarm.name)) or parts.get((*place, alarm.arn)) or doubts.get(place)
        return {"CompositeSpeaks": found or estate.blind(COMPOSITE_ALARM, *place) or False}

    return annotate(estate, ALARM, facts)


def derive_watched_data(estate: Estate, _: Intent) -> Estate:
    """Adds `WatchesData` to alarms: whether they watch storage, keys or backups, or what a trail wrote to its log."""
    audited = _audit_metrics(estate)

    def watches(metric: WatchedMetric | Unknown) -> Truth:
        if isinstance(metric, Unknown):
            return metric
        if metric.namespace in DATA_NAMESPACES:
            return True
        if metric.namespace.startswith("AWS/"):
            return False
        place = metric.account, metric.alarm.region
        found = audited.get((*place, metric.namespace, metric.name))
        return found if found is not None else estate.blind(METRIC_FILTER, *place) or False

    return annotate(estate, ALARM, lambda alarm: {"WatchesData": any_true(map(watches, watched_metrics(alarm)))})


@dataclass(frozen=True, slots=True)
class _Heard:
    """What decides whether an alarm's message is heard: topics, and which of them have a confirmed subscription."""

    estate: Estate
    topics: "Topics"
    confirmed: Mapping[str, Truth]

    def by(self, alarm: Resource, action: Value) -> Iterable[Value]:
        """The entry for one action of the alarm; none where it is no topic."""
        if not isinstance(action, str):
            yield action if isinstance(action, Unknown) else Unknown("an alarm action is not an ARN")
        elif service_of(action) == "sns":
            place = {"Arn": action, "Account": account_of(action), "Region": region_of(action)}
            topic = self.estate.get(TOPIC, action)
            yield {**place, **(self._gone(action) if topic is None else self._seen(alarm, topic))}

    def _gone(self, arn: str) -> Mapping[str, Value]:
        unseen = self.estate.blind(TOPIC, account_of(arn), region_of(arn)) or False
        return dict.fromkeys(("Exists", "Confirmed", "PublishPermitted", "KeyPermits"), unseen)

    def _seen(self, alarm: Resource, topic: Resource) -> Mapping[str, Value]:
        return {
            "Exists": True,
            "Confirmed": _is_confirmed(self.estate, topic, self.confirmed),
            "PublishPermitted": self.topics.is_published(topic, alarm),
            "KeyPermits": self.topics.key_serves(topic, alarm),
        }


def _confirmed(estate: Estate) -> Mapping[str, Truth]:
    by_topic: dict[str, Truth] = {}
    for subscription in estate.of_type(SUBSCRIPTION):
        arn = text(subscription.properties, "TopicArn")
        if isinstance(arn, str):
            pending = at(subscription.properties, "Observed.PendingConfirmation")
            if pending is None:
                pending = Unknown("whether a subscription is confirmed is only known of a live account")
            by_topic[arn] = any_true((by_topic.get(arn, False), equals(pending, False)))
    return by_topic


def _is_confirmed(estate: Estate, topic: Resource, confirmed: Mapping[str, Truth]) -> Truth:
    """Either count will do: the topic's own knows subscribers of other accounts, the list knows who they are."""
    count = number(topic.properties, "Observed.SubscriptionsConfirmed")
    counted: Truth = count if isinstance(count, Unknown) else count is not None and count > 0
    unseen: Truth = estate.blind(SUBSCRIPTION, topic.account, topic.region) or False
    listed = confirmed.get(topic.arn, False)
    # Where the topic's own count was read, a listing that was not seen could add nothing to it.
    return any_true((counted, listed, unseen if count is None else False))


def _audit_metrics(estate: Estate) -> Mapping[_MetricId, Truth]:
    groups, doubts = _audit_log_groups(estate)
    metrics: dict[_MetricId, Truth] = {}
    for filter_ in estate.of_type(METRIC_FILTER):
        place = filter_.account, filter_.region
        # A trail writes to a log group of its own account and home region.
        unseen = doubts.get(place) or estate.blind(TRAIL, *place) or False
        group = text(filter_.properties, "LogGroupName")
        audit = group if isinstance(group, Unknown) else any_true(((*place, group) in groups, unseen))
        for transformation in elements(filter_.properties.get("MetricTransformations")):
            namespace, name = text(transformation, "MetricNamespace"), text(transformation, "MetricName")
            if isinstance(namespace, str) and isinstance(name, str):
                key = *place, namespace, name
                metrics[key] = any_true((metrics.get(key, False), audit))
    return metrics


def _audit_log_groups(estate: Estate) -> tuple[set[tuple[str, str, str]], dict[tuple[str, str], Unknown]]:
    groups: set[tuple[str, str, str]] = set()
    doubts: dict[tuple[str, str], Unknown] = {}
    for trail in estate.of_type(TRAIL):
        match text(trail.properties, "CloudWatchLogsLogGroupArn"):
            case str() as arn:
                groups.add((account_of(arn), region_of(arn), log_group_of(arn)))
            case Unknown() as unknown:
                doubts.setdefault((trail.account, trail.region), unknown)
    return groups, doubts
