"""How topics, their policies and subscriptions, and alarms are written. Facts: SNS and CloudWatch API, 2026-11."""

from typing import Any

from scanner.estate.unknown import Value
from scanner.remedies.step import CREATION, WHOLE, Target
from scanner.remedies.writes.documents import document, interrupted_by_policy, policy_safety
from scanner.remedies.writing import CannotWriteError, Request, Write

TOPIC = "AWS::SNS::Topic"
TOPIC_POLICY = "AWS::SNS::TopicPolicy"
SUBSCRIPTION = "AWS::SNS::Subscription"
ALARM = "AWS::CloudWatch::Alarm"

_LASTS = (
    "a subscription goes with its topic, and runs out where nobody confirms it; once confirmed, whoever gets the "
    "messages can unsubscribe by any of them"
)


def _topic(target: Target, _before: Value, after: Value) -> tuple[Request, ...]:
    if after is None:
        return (Request("sns", "DeleteTopic", "sns:DeleteTopic", {"TopicArn": target.arn}),)
    attributes = {name: after[name] for name in ("KmsMasterKeyId", "DisplayName") if name in after}
    parameters: dict[str, Any] = {"Name": target.name, **({"Attributes": attributes} if attributes else {})}
    return (Request("sns", "CreateTopic", "sns:CreateTopic", parameters),)


def _topic_policy(target: Target, _before: Value, after: Value) -> tuple[Request, ...]:
    if after is None:
        raise CannotWriteError("a topic always has a policy")
    parameters = {"TopicArn": target.arn, "AttributeName": "Policy", "AttributeValue": document(after)}
    return (Request("sns", "SetTopicAttributes", "sns:SetTopicAttributes", parameters),)


def _new_topic_policy(target: Target, before: Value, after: Value) -> tuple[Request, ...]:
    """A topic's first policy; it goes with the topic."""
    return () if after is None else _topic_policy(target, before, after["PolicyDocument"])


def _subscription(_target: Target, _before: Value, after: Value) -> tuple[Request, ...]:
    """A subscription. One that nobody has confirmed has no name yet by which it could be taken back."""
    if after is None:
        raise CannotWriteError(_LASTS)
    parameters = {"TopicArn": after["TopicArn"], "Protocol": after["Protocol"], "Endpoint": after["Endpoint"]}
    return (Request("sns", "Subscribe", "sns:Subscribe", parameters),)


def _alarm(target: Target, _before: Value, after: Value) -> tuple[Request, ...]:
    if after is None:
        names = {"AlarmNames": [target.name]}
        return (Request("cloudwatch", "DeleteAlarms", "cloudwatch:DeleteAlarms", names),)
    parameters = {**after, "AlarmName": target.name}
    return (Request("cloudwatch", "PutMetricAlarm", "cloudwatch:PutMetricAlarm", parameters),)


def _cost(_target: Target, _before: Value, _after: Value) -> str:
    return "an alarm costs a monthly fee"


def _confirmed(_target: Target, _before: Value, _after: Value) -> str:
    return "somebody must confirm the subscription by the message that SNS sends"


def _lasts(_target: Target, _before: Value, _after: Value) -> str:
    return _LASTS


ALARM_PROPERTIES = (
    "AlarmName",
    "AlarmDescription",
    "ActionConfiguration",
    "ActionsEnabled",
    "AlarmActions",
    "InsufficientDataActions",
    "OKActions",
    "ComparisonOperator",
    "DatapointsToAlarm",
    "Dimensions",
    "EvaluateLowSampleCountPercentile",
    "EvaluationCriteria",
    "EvaluationInterval",
    "EvaluationPeriods",
    "EvaluationWindow",
    "ExtendedStatistic",
    "MetricName",
    "Metrics",
    "Namespace",
    "Period",
    "Statistic",
    "Threshold",
    "ThresholdMetricId",
    "TreatMissingData",
    "Unit",
    "WarmUpConfiguration",
)
"""All that PutMetricAlarm takes but tags, which it leaves alone on an alarm that is there."""

WRITES: tuple[Write, ...] = (
    Write(
        type=TOPIC, property=CREATION, rank=65, requests=_topic, takes=("TopicName", "KmsMasterKeyId", "DisplayName")
    ),
    Write(
        type=TOPIC_POLICY, property=CREATION, rank=66, requests=_new_topic_policy, takes=("Topics", "PolicyDocument")
    ),
    Write(
        type=TOPIC_POLICY,
        property="PolicyDocument",
        rank=66,
        requests=_topic_policy,
        safety=policy_safety,
        interrupts=interrupted_by_policy,
    ),
    Write(
        type=SUBSCRIPTION,
        property=CREATION,
        rank=67,
        requests=_subscription,
        takes=("TopicArn", "Protocol", "Endpoint"),
        interrupts=_confirmed,
        undoing=_lasts,
    ),
    Write(type=ALARM, property=CREATION, rank=90, requests=_alarm, takes=ALARM_PROPERTIES, costs=_cost),
    Write(type=ALARM, property=WHOLE, rank=90, requests=_alarm),
)
"""The writes of SNS and CloudWatch."""
