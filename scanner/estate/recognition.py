"""Which live resource a declared one is.

Names and ARNs tell where a template gives them. Where it leaves them to AWS, the resource goes by a stand-in; then what
else the template and the live estate say may tell that it is already there: an alias of the key, the tags or the names
that CloudFormation makes. What fits several live resources, or contradicts itself, is taken for new.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from scanner.estate.estate import Estate
from scanner.estate.resource import BUCKET_ELSEWHERE, Resource
from scanner.estate.unknown import Value

BUCKET, BUCKET_POLICY = "AWS::S3::Bucket", "AWS::S3::BucketPolicy"
TOPIC, TOPIC_POLICY, SUBSCRIPTION = "AWS::SNS::Topic", "AWS::SNS::TopicPolicy", "AWS::SNS::Subscription"
ACCESS_POINT, ACCESS_POINT_POLICY = "AWS::S3::MultiRegionAccessPoint", "AWS::S3::MultiRegionAccessPointPolicy"
KEY, ALIAS = "AWS::KMS::Key", "AWS::KMS::Alias"

Identity: TypeAlias = tuple[Value, ...]

_Named: TypeAlias = tuple[str, tuple[str, str]]
"""A stand-in, and the type and name of the live resource that it may stand for."""

_STAND_IN = re.compile(r"(?<!\$)\{[A-Za-z0-9._-]+\}")
_OF_TERRAFORM = re.compile(r"(\A|\.)aws(cc)?_[a-z0-9_]+\Z")
_MADE_NAME = re.compile(r"(?P<stack>[A-Za-z][A-Za-z0-9-]*)-(?P<logical>[A-Za-z0-9]+)-[A-Za-z0-9]{12,13}")

_NAMED_BY_STACKS = frozenset(
    {
        *("AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group", "AWS::IAM::ManagedPolicy"),
        *(TOPIC, "AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"),
    }
)
"""Types to whose names CloudFormation gives this form, in its own letter case: stack, logical id, random characters.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html (2026-11)
"""

_TAGGED_BY_STACKS = frozenset({BUCKET, KEY})

_PARTS: Mapping[str, Callable[[Resource], Identity]] = {
    BUCKET_POLICY: lambda one: (one.account, one.properties.get("Bucket", one.name)),
    ACCESS_POINT: lambda one: (one.account, one.properties.get("Name", one.name)),
    ACCESS_POINT_POLICY: lambda one: (one.account, one.properties.get("MrapName", one.name)),
    SUBSCRIPTION: lambda one: tuple(one.properties.get(name) for name in ("TopicArn", "Protocol", "Endpoint")),
    "AWS::Logs::MetricFilter": lambda one: (
        one.account,
        one.region,
        *(one.properties.get(name) for name in ("LogGroupName", "FilterName")),
    ),
    "AWS::Macie::Session": lambda one: (one.account, one.region),
    "AWS::S3::AccountPublicAccessBlock": lambda one: (one.account,),
    "AWS::Organizations::Policy": lambda one: (
        one.account,
        *(one.properties.get(name) for name in ("Type", "Name")),
    ),
}
"""What identifies resources whose ARN, if they have one, says nothing or is made up."""


def identity_of(resource: Resource) -> Identity:
    """What is the same for a declared resource and for the live one that it is, as far as that is known."""
    type_ = BUCKET if resource.type == BUCKET_ELSEWHERE else resource.type
    if type_.startswith("DR::Template"):
        file = resource.location.file if resource.location else ""
        return (type_, resource.account, resource.region, resource.name, file)
    parts = _PARTS[type_](resource) if type_ in _PARTS else ()
    if parts and all(isinstance(part, str) for part in parts):
        return (type_, "by what it is for", *parts)
    return (type_, resource.arn) if resource.arn else (type_, resource.account, resource.region, resource.name)


def recognised(live: Estate, declared: Iterable[Resource]) -> list[Resource]:
    """The declared resources, with the names of live ones in place of the stand-ins that stand for those.

    Policies of topics are made what they are live: one for each topic, named like it.
    """
    apart = [part for resource in declared for part in _one_for_each_topic(resource)]
    names = _certain((*_by_alias(live, apart), *_by_name(live, apart), *_by_stack(live, apart)))
    return [_renamed(resource, names) for resource in apart] if names else apart


def _one_for_each_topic(policy: Resource) -> Iterator[Resource]:
    topics = policy.properties.get("Topics") if policy.type == TOPIC_POLICY else None
    if not isinstance(topics, Sequence) or not topics or isinstance(topics, str):
        yield policy
        return
    for topic in topics:
        properties = {**policy.properties, "Topics": [topic]}
        if isinstance(topic, str):
            yield replace(policy, arn=topic, name=topic.rpartition(":")[2], properties=properties)
        else:
            yield replace(policy, properties=properties)


def _certain(found: Iterable[_Named]) -> dict[str, str]:
    """Each stand-in that stands for one live resource alone, and no other stand-in for that."""
    by_stand_in: dict[str, set[tuple[str, str]]] = defaultdict(set)
    by_live: dict[tuple[str, str], set[str]] = defaultdict(set)
    for stand_in, named in found:
        by_stand_in[stand_in].add(named)
        by_live[named].add(stand_in)
    single = ((stand_in, next(iter(named))) for stand_in, named in by_stand_in.items() if len(named) == 1)
    return {stand_in: named[1] for stand_in, named in single if len(by_live[named]) == 1}


def _by_alias(live: Estate, declared: Iterable[Resource]) -> Iterator[_Named]:
    """A declared key is the live key that an alias of it points to."""
    targets = {alias.arn: alias.properties.get("TargetKeyId") for alias in live.of_type(ALIAS)}
    for alias in declared:
        target = targets.get(alias.arn) if alias.type == ALIAS else None
        stand_ins = _stand_ins(alias.properties.get("TargetKeyId")) if isinstance(target, str) else []
        if isinstance(target, str) and len(stand_ins) == 1:
            yield stand_ins[0], (KEY, target.rpartition("/")[2])


def _by_name(live: Estate, declared: Iterable[Resource]) -> Iterator[_Named]:
    """Access points have names, while the alias in their ARN is made up."""
    points = {identity_of(point): point for point in live.of_type(ACCESS_POINT)}
    for resource in declared:
        stand_ins = _stand_ins(resource.arn) if resource.type == ACCESS_POINT else []
        point = points.get(identity_of(resource)) if stand_ins else None
        if point is not None:
            yield stand_ins[-1], (ACCESS_POINT, point.arn.rpartition("/")[2])


@dataclass(frozen=True, slots=True)
class _Unnamed:
    """A declared resource that CloudFormation will name: stack as the stand-in has it, and logical id."""

    resource: Resource
    stack: str
    logical_id: str


def _by_stack(live: Estate, declared: Iterable[Resource]) -> Iterator[_Named]:
    """What CloudFormation made for the same logical id, in the one live stack that the template can be.

    A stack of the very name is that; without one it has to be the only one that made anything of the kind.
    """
    unnamed = [found for resource in declared if (found := _unnamed(resource)) is not None]
    made = _made(live, {one.resource.type for one in unnamed}) if unnamed else {}
    stacks: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in unnamed:
        stacks[one.stack, one.resource.account].update(stack for stack, _ in made.get(_place(one), ()))
    for one in unnamed:
        names = stacks[one.stack, one.resource.account]
        chosen = one.stack if one.stack in names else next(iter(names)) if len(names) == 1 else None
        for stack, name in made.get(_place(one), ()):
            if stack == chosen:
                yield one.resource.name, (one.resource.type, name)


def _unnamed(resource: Resource) -> _Unnamed | None:
    """Terraform's addresses tell nothing about stacks."""
    if resource.type not in _NAMED_BY_STACKS | _TAGGED_BY_STACKS or not _STAND_IN.fullmatch(resource.name):
        return None
    stack, _, logical_id = resource.name[1:-1].rpartition(".")
    return None if _OF_TERRAFORM.search(stack) else _Unnamed(resource, stack, logical_id)


def _place(one: _Unnamed) -> tuple[str, str, str, str]:
    return (one.resource.type, one.resource.account, one.resource.region, one.logical_id)


def _made(live: Estate, types: Iterable[str]) -> dict[tuple[str, str, str, str], list[tuple[str, str]]]:
    """Stacks and names of what stacks made, by type, place and logical id."""
    found: dict[tuple[str, str, str, str], list[tuple[str, str]]] = defaultdict(list)
    for type_ in types:
        for resource in live.of_type(type_):
            if (maker := _maker(resource)) is not None:
                stack, logical_id = maker
                found[type_, resource.account, resource.region, logical_id].append((stack, resource.name))
    return found


def _maker(resource: Resource) -> tuple[str, str] | None:
    """The stack and the logical id that a live resource was made for."""
    tags = resource.properties.get("Tags")
    listed = tags if isinstance(tags, list | tuple) else ()
    pairs = {str(tag.get("Key")): tag.get("Value") for tag in listed if isinstance(tag, Mapping)}
    stack, logical_id = pairs.get("aws:cloudformation:stack-name"), pairs.get("aws:cloudformation:logical-id")
    if isinstance(stack, str) and isinstance(logical_id, str):
        return stack, logical_id
    made = _MADE_NAME.fullmatch(resource.name) if resource.type in _NAMED_BY_STACKS else None
    return None if made is None else (made["stack"], made["logical"])


def has_stand_in(text: str) -> bool:
    """Whether a name or ARN holds a stand-in, and so is not what AWS will call the resource."""
    return _STAND_IN.search(text) is not None


def _stand_ins(value: Value) -> list[str]:
    return _STAND_IN.findall(value) if isinstance(value, str) else []


def _renamed(resource: Resource, names: Mapping[str, str]) -> Resource:
    arn, name, properties = (_replaced(one, names) for one in (resource.arn, resource.name, resource.properties))
    return replace(resource, arn=arn, name=name, properties=properties)


def _replaced(value: Value, names: Mapping[str, str]) -> Value:
    match value:
        case str():
            return _STAND_IN.sub(lambda found: names.get(found[0], found[0]), value) if "{" in value else value
        case Mapping():
            return {key: _replaced(item, names) for key, item in value.items()}
        case list() | tuple():
            return [_replaced(item, names) for item in value]
        case _:
            return value
