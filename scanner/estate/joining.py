"""What a live resource comes to when a template that declares it is deployed.

What the template states holds afterwards. What it leaves out is AWS's default in a new resource; in one that is there
already it hangs on what the stack stated before, which nobody asked. Terraform never touches what it does not manage.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeAlias

from scanner.estate.recognition import ACCESS_POINT, BUCKET, KEY
from scanner.estate.resource import Resource
from scanner.estate.shapes import load_shape
from scanner.estate.unknown import Unknown, Value

_Name: TypeAlias = Callable[[Value], Value]

_GIVEN_BY_OTHERS = ("Observed", "Derived")
_FIXED = frozenset(
    {
        *("AlarmName", "AliasName", "BackupVaultName", "Bucket", "BucketName", "FilterName", "GroupName"),
        *("LogGroupName", "ManagedPolicyName", "MrapName", "Name", "Path", "RoleName", "TopicName", "TrailName"),
        *("UserName",),
    }
)
"""Properties that say which resource it is: left out, they are what they are."""

_ADDED_TO: Mapping[str, _Name] = {
    "Groups": lambda entry: entry,
    "InventoryConfigurations": lambda entry: _member(entry, "Id"),
    "ManagedPolicyArns": lambda entry: entry,
    "MetricsConfigurations": lambda entry: _member(entry, "Id"),
    "Policies": lambda entry: _member(entry, "PolicyName"),
    "Tags": lambda entry: _member(entry, "Key"),
}
"""Lists that others may add to, beside the template, each with what tells its entries apart."""

_OF_AWS = "aws:"


def joined(declared: Resource, live: Resource, *, keeps: bool) -> Resource:
    """The live resource with what a template declares of it deployed. `keeps` says that it is Terraform's.

    It stays where and what it is. In lists that others may add to, live entries that the template lacks stay (as far
    as that is known). What is observed stays as it is but for what the deployment surely changes.
    """
    names = dict.fromkeys((*declared.properties, *live.properties))
    found = {name: _property(name, declared, live, keeps) for name in names if name not in _GIVEN_BY_OTHERS}
    properties = {name: value for name, value in found.items() if value is not None}
    observed = _observed(declared, live, properties)
    if observed:
        properties["Observed"] = observed
    return replace(live, properties=properties, location=declared.location, stated=declared.stated)


def unread(declared: Resource, reason: str) -> Resource:
    """A declared resource as a live one that is known to exist, and of which nothing was read."""
    shape = load_shape(declared.type)
    schema = {} if shape is None else shape.schema.get("properties", {})
    properties: dict[str, Value] = {name: Unknown(reason) for name in schema if name not in _GIVEN_BY_OTHERS}
    if "Observed" in schema:
        properties["Observed"] = {name: Unknown(reason) for name in schema["Observed"].get("properties", {})}
    return replace(declared, properties=properties, location=None, stated=None)


def name_in(list_name: str, entry: Value) -> Value:
    """What tells an entry of a list that others may add to from its other entries; None where nothing does."""
    return _ADDED_TO[list_name](entry) if list_name in _ADDED_TO else None


def is_stated(declared: Resource, name: str) -> bool:
    """Whether the template itself sets a property."""
    return declared.stated is not None and name in declared.stated


def _property(name: str, declared: Resource, live: Resource, keeps: bool) -> Value:
    ours, theirs = declared.properties.get(name), live.properties.get(name)
    if name in _ADDED_TO and _may_be_listed(ours) and _may_be_listed(theirs):
        return _added(name, ours, theirs, keeps)
    if is_stated(declared, name):
        return ours
    if name in _FIXED or keeps or isinstance(theirs, Unknown) or (ours or None) == (theirs or None):
        return theirs
    return ours if isinstance(ours, Unknown) else _undecided(name, theirs)


def _undecided(name: str, theirs: Value) -> Unknown:
    state = "is not what AWS sets by default" if theirs else "is not set, against AWS's default,"
    return Unknown(
        f"{name} {state} in the live resource, and the template says nothing of it: "
        "what comes of it hangs on what the stack set before"
    )


def _may_be_listed(value: Value) -> bool:
    return value is None or isinstance(value, list | tuple | Unknown)


def _added(name: str, ours: Value, theirs: Value, keeps: bool) -> Value:
    stated = [ours] if isinstance(ours, Unknown) else list(ours or ())
    if isinstance(theirs, Unknown):
        return [*stated, theirs] if stated and ours != theirs else theirs
    others = list(theirs or ())
    named = {repr(name_in(name, entry)) for entry in stated}
    left = [entry for entry in others if repr(name_in(name, entry)) not in named]
    entries = [*stated, *(_left(name, entry, name_in(name, entry), keeps) for entry in left)]
    return entries or (theirs if ours is None else ours)


def _left(name: str, entry: Value, called: Value, keeps: bool) -> Value:
    if keeps or isinstance(entry, Unknown) or (isinstance(called, str) and called.startswith(_OF_AWS)):
        return entry
    return Unknown(
        f"{called} stands live among its {name}, and the template says nothing of it: "
        "whether it stays hangs on what the stack set before"
    )


def _member(entry: Value, name: str) -> Value:
    return entry.get(name) if isinstance(entry, Mapping) else entry


def _observed(declared: Resource, live: Resource, after: Mapping[str, Value]) -> Value:
    observed = live.properties.get("Observed")
    if not isinstance(observed, Mapping):
        return observed
    if live.type == KEY:
        return {**observed, **_key_state(observed.get("KeyState"), after.get("Enabled"))}
    if live.type == BUCKET and is_stated(declared, "AccessControl") and _changes("AccessControl", live, after):
        return {**observed, "AclGrants": Unknown("the access control list changes with the deployment")}
    if live.type == ACCESS_POINT and _changes("Regions", live, after):
        anew = Unknown("the access point is made anew with other buckets")
        return {**observed, "Regions": anew, "Routes": anew}
    return observed


def _changes(name: str, live: Resource, after: Mapping[str, Value]) -> bool:
    return bool(after.get(name) != live.properties.get(name))


def _key_state(state: Value, enabled: Value) -> Mapping[str, Value]:
    """A key that is about to be deleted, or has no material, is not enabled by saying so."""
    if state not in ("Enabled", "Disabled"):
        return {}
    if isinstance(enabled, Unknown):
        return {"KeyState": enabled}
    return {} if enabled is None else {"KeyState": "Disabled" if enabled is False else "Enabled"}
