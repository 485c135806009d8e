"""SNS's calls: topics, their policies, and who is subscribed.

Subscriptions are listed topic by topic, for only this shows those that other accounts hold.
"""

from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import urlsplit

from scanner.estate.unknown import Unknown, Value
from scanner.sources.aws.calls import Answer, Call, Found, Pages, Place, Properties, Scope
from scanner.sources.aws.values import account_in, given, picked, policy_document

TOPIC, TOPIC_POLICY, SUBSCRIPTION = "AWS::SNS::Topic", "AWS::SNS::TopicPolicy", "AWS::SNS::Subscription"
_GONE = ("NotFound", "NotFoundException")
_BY_TOKEN = Pages("NextToken", "NextToken")


def topics(answer: Answer, place: Place, _subject: Found | None) -> Iterable[Found]:
    """ListTopics: nothing but ARNs."""
    for topic in answer["Topics"]:
        arn = topic["TopicArn"]
        name = arn.rpartition(":")[2]
        yield Found(TOPIC, arn, name, place.region, account=account_in(arn), properties={"TopicName": name})


def attributes(answer: Answer) -> Properties:
    """GetTopicAttributes, where every number is text."""
    found = answer["Attributes"]
    counts = {f"Observed.{name}": found.get(name) for name in ("SubscriptionsConfirmed", "SubscriptionsPending")}
    return given(
        DisplayName=found.get("DisplayName") or None,
        KmsMasterKeyId=found.get("KmsMasterKeyId"),
        **{path: int(count) for path, count in counts.items() if count is not None},
    )


def topic_policy(answer: Answer, place: Place, subject: Found | None) -> Iterable[Found]:
    """GetTopicAttributes: every topic has a policy."""
    text = answer["Attributes"].get("Policy")
    if text:
        policy = sole_topic_policy(place, subject)
        yield replace(policy, properties={**policy.properties, "PolicyDocument": policy_document(text)})


def sole_topic_policy(_place: Place, subject: Found | None) -> Found:
    """The policy of a topic before it was read."""
    assert subject is not None
    properties = {"Topics": [subject.arn]}
    return Found(
        TOPIC_POLICY, subject.arn, subject.name, subject.region, account=subject.account, properties=properties
    )


def subscriptions(answer: Answer, place: Place, _subject: Found | None) -> Iterable[Found]:
    """ListSubscriptionsByTopic. One that waits for its confirmation has no ARN; deleted ones linger for days."""
    for entry in answer["Subscriptions"]:
        state = entry["SubscriptionArn"]
        if state == "Deleted":
            continue
        pending = state == "PendingConfirmation"
        endpoint = without_secrets(entry.get("Protocol", ""), entry.get("Endpoint"))
        properties = given(
            **picked(entry, "TopicArn", "Protocol"),
            Endpoint=endpoint,
            **{"Observed.PendingConfirmation": pending},
            **({"FilterPolicy": Unknown("a pending subscription cannot be asked for its filter")} if pending else {}),
        )
        name = f"{entry['TopicArn'].rpartition(':')[2]}:{entry.get('Protocol', '')}:{endpoint or ''}"
        owner = entry.get("Owner", "")
        yield Found(SUBSCRIPTION, "" if pending else state, name, place.region, account=owner, properties=properties)


def without_secrets(protocol: str, endpoint: str | None) -> Value:
    """An endpoint as the estate may keep it: web addresses often carry a token, so only their host stays."""
    if not endpoint or protocol not in ("http", "https"):
        return endpoint
    try:
        host = urlsplit(endpoint).hostname
    except ValueError:
        host = None
    return f"{protocol}://{host or '...'}/..."


def filter_policy(answer: Answer) -> Properties:
    """GetSubscriptionAttributes."""
    return given(FilterPolicy=policy_document(answer["Attributes"].get("FilterPolicy")))


CALLS = (
    Call(
        service="sns",
        operation="ListTopics",
        iam="sns:ListTopics",
        scope=Scope.REGION,
        gives={TOPIC: ("TopicName",)},
        lists=(TOPIC,),
        pages=_BY_TOKEN,
        holds="Topics",
        finds=topics,
    ),
    Call(
        service="sns",
        operation="GetTopicAttributes",
        iam="sns:GetTopicAttributes",
        scope=Scope.RESOURCE,
        of=(TOPIC,),
        takes={"TopicArn": "arn"},
        gives={
            TOPIC: (
                "DisplayName",
                "KmsMasterKeyId",
                "Observed.SubscriptionsConfirmed",
                "Observed.SubscriptionsPending",
            ),
            TOPIC_POLICY: ("Topics", "PolicyDocument"),
        },
        lists=(TOPIC_POLICY,),
        gone=_GONE,
        holds="Attributes.TopicArn",
        properties=attributes,
        finds=topic_policy,
        sole=sole_topic_policy,
    ),
    Call(
        service="sns",
        operation="ListSubscriptionsByTopic",
        iam="sns:ListSubscriptionsByTopic",
        scope=Scope.RESOURCE,
        of=(TOPIC,),
        takes={"TopicArn": "arn"},
        gives={SUBSCRIPTION: ("TopicArn", "Protocol", "Endpoint", "Observed.PendingConfirmation")},
        lists=(SUBSCRIPTION,),
        pages=_BY_TOKEN,
        gone=_GONE,
        holds="Subscriptions",
        finds=subscriptions,
    ),
    Call(
        service="sns",
        operation="GetSubscriptionAttributes",
        iam="sns:GetSubscriptionAttributes",
        scope=Scope.RESOURCE,
        of=(SUBSCRIPTION,),
        takes={"SubscriptionArn": "arn"},
        gives={SUBSCRIPTION: ("FilterPolicy",)},
        gone=_GONE,
        holds="Attributes.SubscriptionArn",
        properties=filter_policy,
    ),
)
