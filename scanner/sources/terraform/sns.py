"""SNS's types: topics, their policies, and who is subscribed."""

from collections.abc import Iterable

from scanner.estate.resource import Resource
from scanner.estate.unknown import Value
from scanner.sources.aws.sns import without_secrets
from scanner.sources.terraform.pieces import Own, Piece, Types, of_another, resource_of, target_of
from scanner.sources.terraform.planned import Planned
from scanner.sources.terraform.readers import built, known_text, plain

TOPIC, TOPIC_POLICY, SUBSCRIPTION = "AWS::SNS::Topic", "AWS::SNS::TopicPolicy", "AWS::SNS::Subscription"


def _topic(planned: Planned) -> Iterable[Piece]:
    """The topic, and its policy where it carries one itself."""
    fields = {
        "TopicName": plain("name"),
        "KmsMasterKeyId": plain("kms_master_key_id"),
        "DisplayName": plain("display_name"),
    }
    topic = resource_of(planned, TOPIC, built(planned.values, fields), "TopicName")
    yield Own(planned, topic)
    document = plain("policy")(planned.values)
    if document is not None:
        yield Own(planned, _policy_of(planned, topic.arn, document))


def _topic_policy(planned: Planned) -> Iterable[Piece]:
    target = target_of(planned, TOPIC, "arn")
    yield Own(planned, _policy_of(planned, target.name, plain("policy")(planned.values)), target)


def _policy_of(planned: Planned, topic: Value, document: Value) -> Resource:
    arn = known_text(topic)
    return of_another(
        planned, TOPIC_POLICY, arn, arn.rpartition(":")[2], {"Topics": [topic], "PolicyDocument": document}
    )


def _subscription(planned: Planned) -> Iterable[Piece]:
    """Named by topic, protocol and endpoint, as a live one is; under an ARN that its topic's begins."""
    fields = {
        "TopicArn": plain("topic_arn"),
        "Protocol": plain("protocol"),
        "Endpoint": plain("endpoint"),
        "FilterPolicy": plain("filter_policy"),
    }
    found = built(planned.values, fields)
    topic, protocol, endpoint = (known_text(found.get(name)) for name in ("TopicArn", "Protocol", "Endpoint"))
    stand_in = planned.place.stand_in
    shown = (topic.rpartition(":")[2], protocol, without_secrets(protocol, endpoint))
    name = ":".join(known_text(part) or stand_in for part in shown)
    arn = known_text(planned.values.get("arn")) or (f"{topic}:{stand_in}" if topic else "")
    yield Own(planned, of_another(planned, SUBSCRIPTION, arn, name, found))


TYPES: Types = {
    "aws_sns_topic": _topic,
    "aws_sns_topic_policy": _topic_policy,
    "aws_sns_topic_subscription": _subscription,
}
