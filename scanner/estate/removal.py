"""What is left of a live estate when a deployment removes something: with a bucket goes its policy, and so on."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from scanner.estate.estate import Estate, Unseen
from scanner.estate.joining import name_in
from scanner.estate.recognition import (
    ACCESS_POINT,
    ACCESS_POINT_POLICY,
    BUCKET,
    BUCKET_POLICY,
    SUBSCRIPTION,
    TOPIC,
    TOPIC_POLICY,
)
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value

_GOES_WITH: Mapping[str, tuple[str, ...]] = {
    BUCKET: (BUCKET_POLICY,),
    ACCESS_POINT: (ACCESS_POINT_POLICY,),
    TOPIC: (TOPIC_POLICY, SUBSCRIPTION),
}
_LEFT: Mapping[str, Value] = {
    **dict.fromkeys(("InventoryConfigurations", "LifecycleConfiguration", "LoggingConfiguration")),
    **dict.fromkeys(("MetricsConfigurations", "NotificationConfiguration", "PermissionsBoundary")),
    "ReplicationConfiguration": None,
    "VersioningConfiguration": {"Status": "Suspended"},
}
"""What is left of a property when what set it goes; of others that is not known."""


def without(live: Estate, removed: Sequence[tuple[str, str]], accounts: Collection[str]) -> Estate:
    """The estate without what is removed, given by type and name or ARN; names count in these accounts.

    A type with a property behind a space removes the property alone; with the name of an entry behind that, only this
    entry of the property's list.
    """
    if not removed:
        return live
    whole = [(type_, name) for type_, name in removed if " " not in type_]
    parts = [(type_.split(" ", 2), name) for type_, name in removed if " " in type_]
    gone = {id(each): each for type_, name in whole for each in _named(live, type_, name, accounts)}
    gone |= {id(each): each for owner in tuple(gone.values()) for each in _belonging(live, owner)}
    changed: dict[int, Resource] = {}
    for (type_, *path), name in parts:
        for each in _named(live, type_, name, accounts):
            changed[id(each)] = _lacking(changed.get(id(each), each), *path)
    left = (changed.get(id(each), each) for each in live.resources if id(each) not in gone)
    unseen = tuple(gap for gap in live.unseen if not any(_is_of(gap, each) for each in gone.values()))
    return replace(live, resources=tuple(left), unseen=unseen)


def _named(live: Estate, type_: str, name: str, accounts: Collection[str]) -> list[Resource]:
    return [
        each
        for each in live.of_type(type_)
        if name and (each.arn == name or (each.name == name and (not accounts or each.account in accounts)))
    ]


def _belonging(live: Estate, owner: Resource) -> list[Resource]:
    return [each for type_ in _GOES_WITH.get(owner.type, ()) for each in live.of_type(type_) if _belongs(each, owner)]


def _belongs(each: Resource, owner: Resource) -> bool:
    if each.type == SUBSCRIPTION:
        return bool(each.properties.get("TopicArn") == owner.arn)
    if each.type == TOPIC_POLICY:
        topics = each.properties.get("Topics")
        return each.arn == owner.arn or (isinstance(topics, list | tuple) and owner.arn in topics)
    name = each.properties.get("Bucket" if each.type == BUCKET_POLICY else "MrapName", each.name)
    return bool(name == owner.name and each.account == owner.account)


def _lacking(resource: Resource, path: str, entry: str = "") -> Resource:
    value = resource.properties.get(path)
    if value is None:
        return resource
    gone = Unknown(f"what is left of {path} when what set it goes is not known")
    left = _LEFT.get(path, gone)
    if entry and isinstance(value, list | tuple):
        left = [one for one in value if name_in(path, one) != entry]
    kept = {name: value for name, value in resource.properties.items() if name != path}
    return replace(resource, properties=kept if left is None else {**kept, path: left})


def _is_of(gap: Unseen, resource: Resource) -> bool:
    what = f"{resource.type} {resource.name}"
    return gap.account == resource.account and (gap.what == what or gap.what.startswith(f"{what} "))
