"""Replication rules changed one at a time, and with each change the permissions that it brings.

A rule that asks for more than before (a key, another owner, deletes) needs more permissions, and a link that works must
not break by being improved: whatever a change makes necessary is given along with it.
"""

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from typing import TypeAlias

from scanner.analysis.replication.demands import Demand, Grade, demands_of
from scanner.analysis.replication.links import Link
from scanner.estate.resource import Resource
from scanner.estate.unknown import Value
from scanner.remedies.drafting import CannotError, changed, known
from scanner.remedies.link_grants import supplied
from scanner.remedies.link_views import LinkName, link_named
from scanner.remedies.proposals import Situation

Rule: TypeAlias = dict[str, Value]

RTC = {"ReplicationTime": {"Status": "Enabled", "Time": {"Minutes": 15}}}
"""Replication time control; S3 knows no other time than 15 minutes."""
METRICS = {"Metrics": {"Status": "Enabled"}}
METRICS_WITH_RTC = {"Metrics": {"Status": "Enabled", "EventThreshold": {"Minutes": 15}}}
OFF, ON = {"Status": "Disabled"}, {"Status": "Enabled"}


def edited(situation: Situation, name: LinkName, change: Callable[[Rule], None]) -> Situation:
    """The situation with the link's rule changed, and with the permissions that the rule needs now and did not before.

    Raises `CannotError` where the rule or one of those permissions is not known, or denied.
    """
    link = link_named(situation, name)
    place = next(at for at, one in enumerate(link.siblings) if one is link.features)
    bucket = situation.current(link.source)
    rules = rules_of(bucket)
    change(rules[place])
    return _with_new_permissions(link, changed(situation, with_rules(bucket, rules)), name)


def rules_of(bucket: Resource) -> list[Rule]:
    """Copies of the rules of a bucket, none where it has none. Raises `CannotError` for what was not seen."""
    rules = _configuration(bucket).get("Rules", [])
    if not all(isinstance(rule, dict) and isinstance(rule.get("Destination", {}), dict) for rule in rules):
        raise CannotError(f"bucket {bucket.name} has a replication rule that is none")
    return deepcopy(list(rules))


def with_rules(bucket: Resource, rules: Sequence[Rule], role: str = "") -> Resource:
    """The bucket with these rules, and with this role where it has none. Raises `CannotError` where there is none."""
    configuration = {**({"Role": role} if role else {}), **_configuration(bucket), "Rules": list(rules)}
    if "Role" not in configuration:
        raise CannotError(f"the replication of bucket {bucket.name} names no role, and S3 takes none without: name one")
    return bucket.with_properties(ReplicationConfiguration=configuration)


def in_second_version(rules: Sequence[Rule]) -> list[Rule]:
    """The rules with a filter each, as the second version has it. They go on copying what they did.

    Those of the first version replicate delete markers without saying so.
    """
    return with_priorities([rule if "Filter" in rule else _with_filter(rule) for rule in rules])


def with_priorities(rules: Sequence[Rule]) -> list[Rule]:
    """The rules, of the second version, with a priority of its own each: of equal ones the first keeps it."""
    found: list[Rule] = []
    for rule in rules:
        taken = [one["Priority"] for one in found]
        is_free = isinstance(rule.get("Priority"), int) and rule["Priority"] not in taken
        found.append(rule if is_free else {**rule, "Priority": next_priority([*rules, *found])})
    return found


def next_priority(rules: Sequence[Rule]) -> int:
    """A priority above all others, so that none of the other rules has to change."""
    return max((rule["Priority"] for rule in rules if isinstance(rule.get("Priority"), int)), default=0) + 1


def has_tags(rule: Rule) -> bool:
    """Whether the rule selects objects by their tags."""
    chosen = rule.get("Filter") or {}
    return "TagFilter" in chosen or bool((chosen.get("And") or {}).get("TagFilters"))


def measured(rule: Rule, *, controlled: bool) -> None:
    """Switch on metrics, and replication time control where it is asked for or on already."""
    destination = rule["Destination"]
    controlled = controlled or (destination.get("ReplicationTime") or OFF).get("Status") == "Enabled"
    rule["Destination"] = {**destination, **({**RTC, **METRICS_WITH_RTC} if controlled else METRICS)}


def _configuration(bucket: Resource) -> Mapping[str, Value]:
    found = known(bucket.properties.get("ReplicationConfiguration"), f"the replication of bucket {bucket.name}")
    return found if isinstance(found, Mapping) else {}


def _with_filter(rule: Rule) -> Rule:
    rest = {name: part for name, part in rule.items() if name not in ("Prefix", "Filter")}
    return {"DeleteMarkerReplication": dict(ON), **rest, "Filter": {"Prefix": rule.get("Prefix", "")}}


def _with_new_permissions(before: Link, situation: Situation, name: LinkName) -> Situation:
    had = {_place(demand) for demand in _needed(before)}
    new = {_place(demand) for demand in _needed(link_named(situation, name))} - had
    return supplied(situation, name, lambda demand, _: _place(demand) in new) if new else situation


def _needed(link: Link) -> list[Demand]:
    role = link.role if isinstance(link.role, str) else ""
    found = demands_of(link.features, link.ends, role)
    return [demand for demand in found if demand.grade in (Grade.REQUIRED, Grade.KEY_POLICY)]


def _place(demand: Demand) -> tuple[str, ...]:
    return demand.hop, demand.action, str(demand.span), demand.key
