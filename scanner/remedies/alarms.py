"""Remedies for alarms: that failing or late replication raises one, that it can fire, and that somebody hears it.

Alarms of others stay as they are, but for where they speak to and what they could never see; new ones are put beside
them.
"""

import re
from collections.abc import Iterator, Mapping
from hashlib import sha256

from scanner.analysis.annotation import bucket_id, buckets_by_id
from scanner.analysis.arns import partition_of
from scanner.analysis.kinds import ALARM, BUCKET, COMPOSITE_ALARM, needs
from scanner.analysis.reading import at, elements
from scanner.analysis.replication.links import link_id
from scanner.analysis.replication_alarms import FAILED, LATENCY
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value
from scanner.findings.finding import Finding
from scanner.remedies.drafting import CannotError, changed, known, proposing
from scanner.remedies.proposals import Remedy, Situation
from scanner.remedies.rule_edits import edited, measured
from scanner.remedies.topics import (
    TOPIC_READS,
    known_topic,
    open_to_alarm,
    open_to_bucket,
    topic_in,
    with_subscriber_if_none,
)
from scanner.remedies.writes.alerts import ALARM_PROPERTIES
from scanner.sources.completion import completed

MAX_NAME = 255
"""Characters of an alarm's name: CloudWatch API reference, 2026-11."""

FAILURE_EVENT = "s3:Replication:OperationFailedReplication"
"""The event of an object that S3 could not replicate."""

_MINUTE = 60


def _failures_told(situation: Situation, finding: Finding) -> Situation:
    """Each enabled rule counts its failures, and the first one raises an alarm, or is told as an event."""
    bucket = finding.resource
    for rule in _enabled_rules(bucket):
        if rule.get("MetricsEnabled") is False:
            name = (bucket.account, bucket.region, link_id(bucket.name, rule["Id"], rule["Destination"]))
            situation = edited(situation, name, lambda written: measured(written, controlled=False))
        if rule.get("FailureEvents") is True or any(_tells_first_failure(one) for one in rule["FailureAlarms"]):
            continue
        if situation.choices.failure_events:
            situation = _with_event(situation, bucket)
        else:
            situation = _with_alarm(situation, bucket, bucket.region, rule, _failing())
    return situation


def _lateness_told(situation: Situation, finding: Finding) -> Situation:
    """An alarm where S3 publishes how late it is: in the region of the destination, and the account of the source."""
    bucket = finding.resource
    buckets = buckets_by_id(situation.working)
    own = at(bucket.properties, "Derived.RpoSeconds")
    objective = int(known(own, "how much may be lost") or situation.params[finding.rule]["rpo_seconds"])
    for rule in _enabled_rules(bucket):
        if rule.get("MetricsEnabled") is not True or any(_is_in_time(one, objective) for one in rule["LatencyAlarms"]):
            continue
        target = buckets.get((bucket_id(bucket)[0], rule["Destination"]))
        if target is None:
            raise CannotError(
                f"the region of bucket {rule['Destination']} was not seen, and the metric is published there"
            )
        situation = _with_alarm(situation, bucket, target.region, rule, _late(objective))
    return situation


def _heard(situation: Situation, finding: Finding) -> Situation:
    """Somebody hears the alarm: by a topic that it speaks to already, else by one that is heard, beside it."""
    derived = finding.resource
    alarm = situation.current(derived)
    known(dict(alarm.properties), f"alarm {alarm.name}")
    place = partition_of(alarm.arn), alarm.account, alarm.region
    own = [one for one in elements(at(derived.properties, "Derived.AlarmTopics")) if _is_usable(one, alarm)]
    heard = [one["Arn"] for one in own if one.get("Confirmed") is True]
    topic = next(iter(heard), None) or known_topic(situation, place) or next((one["Arn"] for one in own), None)
    if topic is None:
        situation, topic = topic_in(situation, place)
    actions = list(alarm.properties.get("AlarmActions", ()))
    actions = actions if topic in actions else [*actions, topic]
    alarm = alarm.with_properties(ActionsEnabled=True, AlarmActions=actions)
    situation = open_to_alarm(changed(situation, alarm), topic, alarm)
    return with_subscriber_if_none(situation, topic)


def _able_to_fire(situation: Situation, finding: Finding) -> Situation:
    """The bucket publishes what the alarm watches, under the id by which the alarm looks for it."""
    for watched in elements(at(finding.resource.properties, "Derived.RequestMetrics")):
        known(watched, f"what alarm {finding.resource.name} watches")
        if watched.get("FilterId") in watched["FilterIds"]:
            continue
        situation = _publishing(situation, finding.resource, watched)
    return situation


def _publishing(situation: Situation, alarm: Resource, watched: Mapping[str, Value]) -> Situation:
    bucket = buckets_by_id(situation.working).get((partition_of(alarm.arn), watched["BucketName"]))
    if bucket is None:
        raise CannotError(f"there is no bucket {watched['BucketName']}: delete alarm {alarm.name}, or correct it")
    if (bucket.account, bucket.region) != (watched["MetricAccount"], alarm.region):
        raise CannotError(
            f"bucket {bucket.name} publishes in account {bucket.account}, {bucket.region}: make the alarm there"
        )
    if "FilterId" not in watched:
        raise CannotError(
            f"alarm {alarm.name} names no FilterId: add that of a metrics configuration to its dimensions"
        )
    had = known(bucket.properties.get("MetricsConfigurations"), f"the request metrics of bucket {bucket.name}") or []
    configurations = [*had, {"Id": watched["FilterId"]}]
    return changed(situation, bucket.with_properties(MetricsConfigurations=configurations))


def _with_event(situation: Situation, bucket: Resource) -> Situation:
    situation, topic = topic_in(situation, (partition_of(bucket.arn), bucket.account, bucket.region))
    current = situation.current(bucket)
    had = known(current.properties.get("NotificationConfiguration"), f"the notifications of bucket {bucket.name}") or {}
    entries = [*had.get("TopicConfigurations", ()), {"Event": FAILURE_EVENT, "Topic": topic}]
    told = current.with_properties(NotificationConfiguration={**had, "TopicConfigurations": entries})
    return open_to_bucket(changed(situation, told), topic, bucket)


def _with_alarm(
    situation: Situation, bucket: Resource, region: str, rule: Mapping[str, Value], condition: Mapping[str, Value]
) -> Situation:
    """The situation with an alarm on a metric of a replication rule, in the source's account."""
    place = partition_of(bucket.arn), bucket.account, region
    situation, topic = topic_in(situation, place)
    named = {"SourceBucket": bucket.name, "DestinationBucket": rule["Destination"], "RuleId": rule["Id"]}
    properties: dict[str, Value] = {
        "AlarmDescription": f"Replication of {bucket.name} by rule {rule['Id']}: {_MEANING[condition['MetricName']]}",
        "AlarmActions": [topic],
        "Namespace": "AWS/S3",
        "Dimensions": [{"Name": name, "Value": value} for name, value in named.items()],
        **condition,
    }
    words = f"{condition['MetricName']}-{bucket.name}-{rule['Id']}"
    alarm = _new_alarm(situation, place, words, properties)
    return open_to_alarm(changed(situation, alarm), topic, alarm)


def _new_alarm(situation: Situation, place: tuple[str, str, str], words: str, properties: dict[str, Value]) -> Resource:
    partition, account, region = place
    doubt = situation.working.blind(ALARM, account, region) or situation.working.blind(COMPOSITE_ALARM, account, region)
    if doubt is not None:
        raise CannotError(f"which alarms account {account} has in {region} is not known: {doubt.reason}")
    there = (*situation.working.of_type(ALARM), *situation.working.of_type(COMPOSITE_ALARM))
    taken = {one.name for one in there if (one.account, one.region) == (account, region)}
    name = next(name for name in _names(words) if name not in taken)
    arn = f"arn:{partition}:cloudwatch:{region}:{account}:alarm:{name}"
    return completed(Resource(ALARM, arn, account, region, name, {"AlarmName": name, **properties}))


def _names(words: str) -> Iterator[str]:
    """The words as a name; one with a digest where letters are lost by that; then the same again with a number."""
    plain = re.sub(r"[^A-Za-z0-9._-]", "-", words)
    if plain != words or len(plain) > MAX_NAME - 10:
        plain = f"{plain[: MAX_NAME - 20]}-{sha256(words.encode()).hexdigest()[:8]}"
    yield plain
    yield from (f"{plain}-{number}" for number in range(2, 1_000_000))


def _failing() -> dict[str, Value]:
    return {
        "MetricName": FAILED,
        "Statistic": "Sum",
        "Period": 5 * _MINUTE,
        "EvaluationPeriods": 1,
        "Threshold": 0.0,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
    }


def _late(objective: int) -> dict[str, Value]:
    """Goes off when replication is behind for some minutes, in time before it is the objective behind."""
    window = max(1, min(5, objective // (2 * _MINUTE)))
    threshold = max(objective - window * _MINUTE, objective // 2)
    return {
        "MetricName": LATENCY,
        "Statistic": "Maximum",
        "Period": _MINUTE,
        "EvaluationPeriods": window,
        "Threshold": float(threshold),
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "ignore",
    }


_MEANING = {FAILED: "an object could not be replicated", LATENCY: "replication falls behind"}


def _enabled_rules(bucket: Resource) -> list[Mapping[str, Value]]:
    """What was derived of the bucket's enabled rules. Raises `CannotError` for what is not known of them."""
    rules = elements(at(bucket.properties, "Derived.ReplicationRules"))
    named = [
        {name: one.get(name) for name in ("Id", "Status", "Destination")} for one in rules if isinstance(one, dict)
    ]
    known([*named, *(one for one in rules if isinstance(one, Unknown))], f"the replication of bucket {bucket.name}")
    return [one for one in rules if one.get("Status") == "Enabled"]


def _tells_first_failure(alarm: Value) -> bool:
    return _at_most(alarm, "FailuresToFire", 1) and _at_most(alarm, "DatapointsToAlarm", 1)


def _is_in_time(alarm: Value, objective: int) -> bool:
    is_maximum = at(alarm, "Statistic") == "Maximum"
    return is_maximum and all(_at_most(alarm, name, objective) for name in ("ThresholdSeconds", "WindowSeconds"))


def _at_most(alarm: Value, name: str, most: int) -> bool:
    found = at(alarm, name)
    return isinstance(found, int | float) and found <= most


def _is_usable(topic: Value, alarm: Resource) -> bool:
    return isinstance(topic, dict) and topic.get("Exists") is True and topic.get("Region") == alarm.region


_ALARMS = needs(ALARM, *ALARM_PROPERTIES) | needs(COMPOSITE_ALARM)
_CONFIRM = "whoever was subscribed has to confirm it, by the message that SNS sends"

REMEDIES: tuple[Remedy, ...] = (
    Remedy(
        "alarm-on-failures",
        "tells of the first object that fails to replicate",
        proposing(_failures_told),
        _ALARMS | TOPIC_READS | needs(BUCKET, "ReplicationConfiguration", "NotificationConfiguration"),
    ),
    Remedy(
        "alarm-on-latency",
        "tells when replication falls behind",
        proposing(_lateness_told),
        _ALARMS | TOPIC_READS | needs(BUCKET, "Derived.RpoSeconds"),
    ),
    Remedy("let-alarm-be-heard", "brings the alarm to somebody", proposing(_heard), _ALARMS | TOPIC_READS, _CONFIRM),
    Remedy(
        "publish-request-metrics",
        "publishes the metrics that the alarm watches",
        proposing(_able_to_fire),
        needs(BUCKET, "MetricsConfigurations"),
    ),
)
"""The remedies of alarms."""
