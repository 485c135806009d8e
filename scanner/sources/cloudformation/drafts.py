"""Resources of a stack before they are complete: which resources of the one shape each declared one makes.

CloudFormation declares a few things otherwise than AWS reports them: one policy for several topics, subscriptions
inside a topic, replica keys as a type of their own. Here each becomes what a live account would show.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from scanner.estate.estate import Unseen
from scanner.estate.resource import Resource
from scanner.estate.shapes import load_shape
from scanner.estate.unknown import Unknown, Value
from scanner.sources.aws.sns import without_secrets
from scanner.sources.cloudformation.attributes import Identity, identity
from scanner.sources.cloudformation.naming import NAMINGS
from scanner.sources.cloudformation.stack import ResolvedResource, Stack
from scanner.sources.declared import Deployment

_BUCKET, _BUCKET_POLICY = "AWS::S3::Bucket", "AWS::S3::BucketPolicy"
_TOPIC, _TOPIC_POLICY, _SUBSCRIPTION = "AWS::SNS::Topic", "AWS::SNS::TopicPolicy", "AWS::SNS::Subscription"
_KEY, _MRAP_POLICY = "AWS::KMS::Key", "AWS::S3::MultiRegionAccessPointPolicy"

_IDS: Mapping[str, str] = {
    "AWS::Organizations::Organization": "Id",
    "AWS::Organizations::OrganizationalUnit": "Id",
    "AWS::Organizations::Policy": "Id",
    "AWS::Organizations::Account": "AccountId",
}
"""Properties that AWS makes up and that others refer to."""

_LIKE_ITS_PRIMARY = Unknown("a replica key has it of its primary key, which may be in another stack")


@dataclass(frozen=True, slots=True)
class Draft:
    """One declared resource, and what of it an estate would show, still without AWS's defaults."""

    declared: ResolvedResource
    deployment: Deployment
    resources: tuple[Resource, ...] = ()
    unseen: tuple[Unseen, ...] = ()


@dataclass(frozen=True)
class Surroundings:
    """The stack around a resource: where it goes, and its names that nobody knows, by the expression that makes them.

    Two places of one stack that hold the same expression mean the same thing, whatever its value will be.
    """

    stack: Stack
    _unnamed: Mapping[tuple[str, str], str] = field(default_factory=dict, repr=False)

    @property
    def deployment(self) -> Deployment:
        """Where the stack goes."""
        return self.stack.deployment

    @classmethod
    def of(cls, stack: Stack) -> "Surroundings":
        """Those of a stack that is resolved."""
        unnamed: dict[tuple[str, str], str] = {}
        for declared in stack.resources:
            naming = NAMINGS.get(declared.type)
            if naming and naming.property and isinstance(declared.properties.get(naming.property), Unknown):
                written = _expression(stack, (*declared.path, "Properties", naming.property))
                if written is not None:
                    unnamed[declared.type, written] = _identity(declared, stack.deployment).name
        return cls(stack, unnamed)

    def name_at(self, declared: ResolvedResource, type_: str, value: Value, *place: str | int) -> Value:
        """The name that stands at a place of a resource's properties: of a resource of that type in this stack, even
        where its value is not known."""
        if not isinstance(value, Unknown) or not self._unnamed:
            return value
        written = _expression(self.stack, (*declared.path, "Properties", *place))
        return value if written is None else self._unnamed.get((type_, written), value)


def drafted(declared: ResolvedResource, around: Surroundings) -> Draft:
    """What a declared resource makes: nothing, for a type that drscan has no shape for."""
    draft = Draft(declared, around.deployment)
    if declared.type in _SPLIT:
        return _SPLIT[declared.type](draft, around)
    if load_shape(declared.type) is None or not declared.type.startswith("AWS::"):
        return draft
    return replace(draft, resources=(_plain(draft),))


def _plain(draft: Draft, **changed: Value) -> Resource:
    """The resource as it is declared, its name among its properties."""
    known = _identity(draft.declared, draft.deployment)
    type_ = draft.declared.type
    naming = NAMINGS.get(type_)
    properties = {**draft.declared.properties, **changed}
    if naming and naming.property and properties.get(naming.property) is None:
        properties[naming.property] = known.name
    if type_ in _IDS:
        properties[_IDS[type_]] = known.parts["id"]
    found = _resource(draft, type_, known.arn, known.name, properties, is_global=known.is_global)
    return replace(found, stated=frozenset(draft.declared.properties))


def _resource(
    draft: Draft, type_: str, arn: str, name: str, properties: Mapping[str, Value], *, is_global: bool = False
) -> Resource:
    place = draft.deployment
    region = "" if is_global else place.region
    # What is observed of a resource is not for its template to say.
    shown = {key: value for key, value in properties.items() if key not in ("Observed", "Derived")}
    return Resource(type_, arn, place.account, region, name, shown, draft.declared.location)


def _bucket_policy(draft: Draft, around: Surroundings) -> Draft:
    """Named like its bucket, which has one at most. Of which bucket it is may be all that is not known."""
    bucket = around.name_at(draft.declared, _BUCKET, draft.declared.properties.get("Bucket"), "Bucket")
    if isinstance(bucket, str):
        policy = replace(draft.declared, properties={**draft.declared.properties, "Bucket": bucket})
        return replace(draft, resources=(_plain(replace(draft, declared=policy)),))
    name = draft.deployment.stand_in(draft.declared.logical_id)
    found = _resource(draft, _BUCKET_POLICY, "", name, draft.declared.properties)
    reason = f"which bucket {draft.declared.logical_id} is the policy of is not known: {_reason(bucket)}"
    return replace(draft, resources=(found,), unseen=(_gap(draft, _BUCKET_POLICY, reason),))


def _topic(draft: Draft, _around: Surroundings) -> Draft:
    topic = _plain(draft)
    inline = draft.declared.properties.get("Subscription")
    reason = inline.reason if isinstance(inline, Unknown) else ""
    entries = inline if isinstance(inline, list) else []
    subscriptions = (
        _subscribed(draft, {**entry, "TopicArn": topic.arn}, f"{draft.declared.logical_id}.{number}")
        for number, entry in enumerate(entries)
        if isinstance(entry, Mapping)
    )
    gaps = (_gap(draft, _SUBSCRIPTION, reason),) if reason else ()
    return replace(draft, resources=(topic, *subscriptions), unseen=gaps)


def _subscription(draft: Draft, _around: Surroundings) -> Draft:
    found = _subscribed(draft, draft.declared.properties, draft.declared.logical_id)
    return replace(draft, resources=(found,))


def _subscribed(draft: Draft, properties: Mapping[str, Value], address: str) -> Resource:
    """Its name is made of topic, protocol and endpoint, as that of a live one is."""
    topic, protocol, endpoint = (properties.get(name) for name in ("TopicArn", "Protocol", "Endpoint"))
    stand_in = draft.deployment.stand_in(address)
    arn = f"{topic}:{stand_in}" if isinstance(topic, str) else ""
    if isinstance(protocol, str) and isinstance(endpoint, str):
        endpoint = without_secrets(protocol, endpoint)
    parts = (topic.rpartition(":")[2] if isinstance(topic, str) else topic, protocol, endpoint)
    name = ":".join(part if isinstance(part, str) else stand_in for part in parts)
    return _resource(draft, _SUBSCRIPTION, arn, name, properties)


def _topic_policy(draft: Draft, _around: Surroundings) -> Draft:
    """One for each topic, in the topic's own place."""
    topics = draft.declared.properties.get("Topics")
    return _policies_of(draft, topics if isinstance(topics, list) else [topics])


def _inline_topic_policy(draft: Draft, _around: Surroundings) -> Draft:
    return _policies_of(draft, [draft.declared.properties.get("TopicArn")])


def _policies_of(draft: Draft, topics: Iterable[Value]) -> Draft:
    document = draft.declared.properties.get("PolicyDocument")
    found = (_policy_of(draft, topic, document, number) for number, topic in enumerate(topics))
    return replace(draft, resources=tuple(found))


def _policy_of(draft: Draft, topic: Value, document: Value, number: int) -> Resource:
    properties = {"Topics": [topic], "PolicyDocument": document}
    if not isinstance(topic, str) or topic.count(":") != 5:
        name = draft.deployment.stand_in(f"{draft.declared.logical_id}.{number}")
        return _resource(draft, _TOPIC_POLICY, "", name, properties)
    _, _, _, region, account, name = topic.split(":")
    found = _resource(draft, _TOPIC_POLICY, topic, name, properties)
    return replace(found, account=account, region=region)


def _replica_key(draft: Draft, _around: Surroundings) -> Draft:
    """A key like any other, of the family of its primary key, with its id and cryptographic traits."""
    properties = draft.declared.properties
    known = _identity(draft.declared, draft.deployment)
    traits: dict[str, Value] = dict.fromkeys(
        ("KeySpec", "KeyUsage", "Origin", "EnableKeyRotation", "RotationPeriodInDays"), _LIKE_ITS_PRIMARY
    )
    family = {"MultiRegionKeyType": "REPLICA", "PrimaryKeyArn": properties.get("PrimaryKeyArn")}
    found = _resource(draft, _KEY, known.arn, known.name, {**properties, **traits, "MultiRegion": True})
    return replace(draft, resources=(found.with_properties(Observed=family),))


def _metric_filter(draft: Draft, _around: Surroundings) -> Draft:
    """Names of metric filters are unique in their log group only."""
    found = _plain(draft)
    group = draft.declared.properties.get("LogGroupName")
    shown = group if isinstance(group, str) else draft.deployment.stand_in(draft.declared.logical_id)
    return replace(draft, resources=(replace(found, name=f"{shown}:{found.name}"),))


def _macie_session(draft: Draft, _around: Surroundings) -> Draft:
    return replace(draft, resources=(replace(_plain(draft), name=draft.deployment.account),))


def with_access_points(resources: Iterable[Resource]) -> Iterator[Resource]:
    """The resources, policies of Multi-Region Access Points under the ARN of theirs."""
    found = tuple(resources)
    points = {(one.account, one.name): one.arn for one in found if one.type == "AWS::S3::MultiRegionAccessPoint"}
    for one in found:
        is_policy = one.type == _MRAP_POLICY
        yield replace(one, arn=points.get((one.account, one.name), "")) if is_policy else one


Splitter: TypeAlias = Callable[[Draft, Surroundings], Draft]

_SPLIT: Mapping[str, Splitter] = {
    _BUCKET_POLICY: _bucket_policy,
    _TOPIC: _topic,
    _SUBSCRIPTION: _subscription,
    _TOPIC_POLICY: _topic_policy,
    "AWS::SNS::TopicInlinePolicy": _inline_topic_policy,
    "AWS::KMS::ReplicaKey": _replica_key,
    "AWS::Logs::MetricFilter": _metric_filter,
    "AWS::Macie::Session": _macie_session,
}


def _identity(declared: ResolvedResource, deployment: Deployment) -> Identity:
    return identity(declared.type, declared.logical_id, declared.properties, deployment)


def _gap(draft: Draft, what: str, reason: str) -> Unseen:
    return Unseen(draft.deployment.account, draft.deployment.region, what, reason)


def _reason(value: Value) -> str:
    return value.reason if isinstance(value, Unknown) else "it is not text"


def _expression(stack: Stack, path: tuple[str | int, ...]) -> str | None:
    """What stands at a place of a template, as text; None within a loop, where it means another thing each time."""
    value: Value = stack.source.value
    for step in path:
        if isinstance(step, str) and step.startswith("Fn::ForEach"):
            return None
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return json.dumps(value, sort_keys=True, default=repr)
