"""The topics that alarms speak to: one that is there and heard, else a new one with somebody subscribed to it.

A topic is only of use to an alarm of its own region, when its policy and its key let the service in, and when somebody
has confirmed a subscription. Which service, and for what, is all that is let in.
"""

from collections.abc import Iterator

from scanner.analysis.access.topics import AWS_MANAGED_KEY, Topics
from scanner.analysis.arns import account_of, partition_of, region_of, resource_of
from scanner.analysis.keys import KeyUse, key_names
from scanner.analysis.kinds import ALARM, ALIAS, KEY, SUBSCRIPTION, TOPIC, TOPIC_POLICY, needs
from scanner.analysis.reading import at, elements
from scanner.estate.resource import Resource
from scanner.estate.unknown import Value
from scanner.remedies.drafting import CannotError, changed
from scanner.remedies.policy_edits import Statement, statements_in, with_statements
from scanner.remedies.policy_holders import with_key_statements
from scanner.remedies.proposals import Situation
from scanner.sources.completion import completed

NEW_TOPIC = "data-protection-alarms"
"""What a new topic is called; there is at most one of the name in a place."""

TOPIC_READS = (
    needs(TOPIC, "TopicName", "KmsMasterKeyId", "Observed.SubscriptionsConfirmed", "Observed.SubscriptionsPending")
    | needs(TOPIC_POLICY, "Topics", "PolicyDocument")
    | needs(SUBSCRIPTION, "TopicArn", "Protocol", "Endpoint", "Observed.PendingConfirmation")
    | needs(KEY, "KeyPolicy", "Observed.KeyManager")
    | needs(ALIAS, "AliasName", "TargetKeyId")
    | needs(ALARM, "AlarmActions", "Derived.AlarmTopics", "Derived.WatchesData")
)
"""What choosing and opening a topic looks at."""

Place = tuple[str, str, str]
"""Partition, account and region."""


def topic_in(situation: Situation, place: Place) -> tuple[Situation, str]:
    """A topic for what is told in a place, by ARN, and the situation in which there is one.

    It is one that the user named, one that alarms there speak to and somebody hears, or a new one. Raises `CannotError`
    where nobody would hear it.
    """
    found = known_topic(situation, place)
    return (situation, found) if found is not None else _with_new_topic(situation, place)


def known_topic(situation: Situation, place: Place) -> str | None:
    """The topic that the user named for a place, else one that alarms there speak to and somebody hears."""
    _, account, region = place
    chosen = [arn for arn in situation.choices.topics if region_of(arn) == region]
    own = [arn for arn in chosen if account_of(arn) == account]
    return next(iter(own or chosen), None) or next(_heard_already(situation, account, region), None)


def open_to_alarm(situation: Situation, arn: str, alarm: Resource) -> Situation:
    """The situation in which CloudWatch gets through to the topic for the alarm."""
    topic = _topic(situation, arn)
    if topic is None:
        return situation
    if Topics(situation.working).is_published(topic, alarm) is not True:
        statement = _publishing(
            "AllowCloudWatchAlarms", "cloudwatch.amazonaws.com", arn, _alarms_of(alarm), alarm.account
        )
        situation = _with_statement(situation, topic, statement)
    if Topics(situation.working).key_serves(topic, alarm) is not True:
        situation = _with_key_for(situation, topic, "cloudwatch.amazonaws.com")
    return situation


def open_to_bucket(situation: Situation, arn: str, bucket: Resource) -> Situation:
    """The situation in which S3 gets through to the topic for the bucket's events."""
    topic = _topic(situation, arn)
    if topic is None:
        return situation
    statement = _publishing("AllowReplicationEvents", "s3.amazonaws.com", arn, bucket.arn, bucket.account)
    situation = _with_statement(situation, topic, statement)
    if topic.properties.get("KmsMasterKeyId") is not None:
        situation = _with_key_for(situation, topic, "s3.amazonaws.com")
    return situation


def with_subscriber(situation: Situation, arn: str) -> Situation:
    """The situation in which somebody is subscribed to the topic. Raises `CannotError` where nobody is named."""
    pending = [one for one in situation.working.of_type(SUBSCRIPTION) if one.properties.get("TopicArn") == arn]
    email = situation.choices.email
    if any(one.properties.get("Endpoint") == email for one in pending):
        return situation
    name = resource_of(arn)
    if not email:
        asked = ", ".join(sorted(str(one.properties.get("Endpoint", "somebody")) for one in pending))
        hint = f"{asked} has to confirm the subscription" if asked else "name somebody with --email ADDRESS"
        raise CannotError(f"nobody hears topic {name} in {region_of(arn)}: {hint}")
    properties = {"TopicArn": arn, "Protocol": "email", "Endpoint": email}
    label = f"{name}:email:{email}"
    subscription = Resource(SUBSCRIPTION, "", account_of(arn), region_of(arn), label, properties)
    return changed(situation, completed(subscription))


def _heard_already(situation: Situation, account: str, region: str) -> Iterator[str]:
    """Topics that alarms about data there speak to, and that somebody hears."""
    for alarm in situation.derived.of_type(ALARM):
        if (alarm.account, alarm.region) != (account, region) or at(
            alarm.properties, "Derived.WatchesData"
        ) is not True:
            continue
        for topic in elements(at(alarm.properties, "Derived.AlarmTopics")):
            heard = (at(topic, name) is True for name in ("Exists", "Confirmed", "PublishPermitted", "KeyPermits"))
            if at(topic, "Region") == region and all(heard):
                yield topic["Arn"]


def _with_new_topic(situation: Situation, place: Place) -> tuple[Situation, str]:
    partition, account, region = place
    arn = f"arn:{partition}:sns:{region}:{account}:{NEW_TOPIC}"
    if situation.working.get(TOPIC, arn) is not None:
        return with_subscriber_if_none(situation, arn), arn
    if not situation.choices.email:
        raise CannotError(
            f"nobody would hear it in account {account}, {region}: name a topic there with --topic ARN, or somebody to "
            "subscribe with --email ADDRESS"
        )
    doubt = situation.working.blind(TOPIC, account, region)
    if doubt is not None:
        raise CannotError(f"which topics account {account} has in {region} is not known: {doubt.reason}")
    topic = completed(Resource(TOPIC, arn, account, region, NEW_TOPIC, {"TopicName": NEW_TOPIC}))
    return with_subscriber(changed(situation, topic), arn), arn


def with_subscriber_if_none(situation: Situation, arn: str) -> Situation:
    """The situation in which somebody has been asked to subscribe to a topic, if nobody was before."""
    topic = situation.working.get(TOPIC, arn)
    confirmed = at(topic.properties, "Observed.SubscriptionsConfirmed") if topic else None
    if isinstance(confirmed, int) and confirmed > 0:
        return situation
    return with_subscriber(situation, arn)


def _topic(situation: Situation, arn: str) -> Resource | None:
    """The topic; None where nobody looked. Raises `CannotError` where it does not exist."""
    topic = situation.working.get(TOPIC, arn)
    if topic is None and situation.working.blind(TOPIC, account_of(arn), region_of(arn)) is None:
        raise CannotError(f"there is no topic {arn}: name another one with --topic")
    return topic


def _with_statement(situation: Situation, topic: Resource, statement: Statement) -> Situation:
    policy = next((one for one in situation.working.of_type(TOPIC_POLICY) if _is_of(one, topic)), None)
    if policy is None:
        given = {"Topics": [topic.arn], "PolicyDocument": _default_policy(topic)}
        policy = Resource(TOPIC_POLICY, topic.arn, topic.account, topic.region, topic.name, given)
    had, what = policy.properties.get("PolicyDocument"), f"the policy of topic {topic.name}"
    if statement in statements_in(had, what):
        return situation
    document = with_statements(had, [statement], what)
    return changed(situation, policy.with_properties(PolicyDocument=document))


def _default_policy(topic: Resource) -> Value:
    """What SNS gives a new topic: whoever acts for its account is let in. SNS developer guide, 2026-11."""
    actions = ("GetTopicAttributes", "SetTopicAttributes", "AddPermission", "RemovePermission", "DeleteTopic")
    statement = {
        "Sid": "__default_statement_ID",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": [f"SNS:{action}" for action in (*actions, "Subscribe", "ListSubscriptionsByTopic", "Publish")],
        "Resource": topic.arn,
        "Condition": {"StringEquals": {"AWS:SourceOwner": topic.account}},
    }
    return {"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [statement]}


def _is_of(policy: Resource, topic: Resource) -> bool:
    return topic.arn in elements(policy.properties.get("Topics"))


def _with_key_for(situation: Situation, topic: Resource, service: str) -> Situation:
    written = topic.properties.get("KmsMasterKeyId")
    if not isinstance(written, str) or written.endswith(AWS_MANAGED_KEY):
        raise CannotError(
            f"topic {topic.name} is encrypted with a key that no other service may use: "
            "encrypt it with a key of your own"
        )
    use = KeyUse(topic.arn, written, topic.account, topic.region, partition_of(topic.arn))
    key = key_names(situation.working).arn(use)
    if not isinstance(key, str):
        raise CannotError(f"which key topic {topic.name} is encrypted with is not known")
    statement = {
        "Sid": f"AllowTopic{service.split('.')[0].capitalize()}",
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
        "Resource": "*",
        "Condition": {"StringEquals": {"kms:EncryptionContext:aws:sns:topicArn": topic.arn}},
    }
    held = situation.working.get(KEY, key)
    if held is not None and statement in statements_in(held.properties.get("KeyPolicy"), f"the policy of key {key}"):
        return situation
    return changed(situation, with_key_statements(situation.working, key, [statement]))


def _publishing(sid: str, service: str, topic: str, source: str, account: str) -> Statement:
    """A service publishes to the topic, for these sources of the account alone."""
    condition: dict[str, Value] = {
        "ArnLike": {"aws:SourceArn": source},
        "StringEquals": {"aws:SourceAccount": account},
    }
    allowed = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sns:Publish", "Resource": topic}
    return {"Sid": sid, **allowed, "Condition": condition}


def _alarms_of(alarm: Resource) -> str:
    return f"arn:{partition_of(alarm.arn)}:cloudwatch:{alarm.region}:{alarm.account}:alarm:*"
