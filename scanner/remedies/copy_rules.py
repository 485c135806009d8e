"""The replication rules of a copy that the estate file asks for, beside whatever rules its source has already."""

from collections.abc import Iterable, Sequence

from scanner.analysis.annotation import bucket_id
from scanner.analysis.arns import partition_of
from scanner.analysis.reading import at
from scanner.analysis.replication.links import link_id
from scanner.estate.resource import Resource
from scanner.remedies.asked_copies import Asked
from scanner.remedies.drafting import changed
from scanner.remedies.link_views import LinkName, links_in
from scanner.remedies.proposals import Situation
from scanner.remedies.replication_roles import role_arn_for
from scanner.remedies.rule_edits import OFF, ON, Rule, in_second_version, measured, next_priority, rules_of, with_rules

CONTROLLED_BELOW = 60
"""Minutes of a recovery point objective up to which rules get replication time control, where nothing else is said."""


def with_new_rules(
    situation: Situation, bucket: Resource, destination: str, asked: Asked, prefixes: Iterable[str]
) -> tuple[Situation, list[LinkName]]:
    """A rule for each prefix that has to be in the copy, and the links that the rules make."""
    rules = rules_of(bucket)
    rules = in_second_version(rules) if rules else []
    role = at(bucket.properties, "ReplicationConfiguration.Role") or role_arn_for(situation, bucket)
    names = []
    for prefix in prefixes:
        rule = _rule(situation, bucket, destination, asked, prefix, rules)
        rules.append(rule)
        names.append((bucket.account, bucket.region, link_id(bucket.name, rule["Id"], asked.copy.bucket)))
    return changed(situation, with_rules(bucket, rules, role)), names


def _rule(
    situation: Situation, bucket: Resource, destination: str, asked: Asked, prefix: str, others: Sequence[Rule]
) -> Rule:
    view = links_in(situation).view
    end = view.places.destination(destination, asked.copy.account or bucket.account)
    two_way = view.network.leads((partition_of(destination), end.name), bucket_id(bucket)) is True
    rule: Rule = {
        "Id": _free_id(f"to-{asked.copy.bucket}", others),
        "Priority": next_priority(others),
        "Status": "Enabled",
        "Filter": {"Prefix": prefix},
        "DeleteMarkerReplication": dict(ON if two_way else OFF),
        "Destination": {"Bucket": destination},
    }
    if end.account != bucket.account:
        rule["Destination"] |= {"Account": end.account, "AccessControlTranslation": {"Owner": "Destination"}}
    measured(rule, controlled=_is_controlled(situation, asked))
    return rule


def _is_controlled(situation: Situation, asked: Asked) -> bool:
    """Whether the rule on metrics would ask for replication time control, run or not."""
    params = (chosen.get("replication-metrics-enabled", {}) for chosen in (situation.params, situation.intent.params))
    limits = (one["controlled_below_minutes"] for one in params if "controlled_below_minutes" in one)
    limit = next(limits, CONTROLLED_BELOW)
    return asked.rpo_minutes is not None and isinstance(limit, int | float) and asked.rpo_minutes <= limit


def _free_id(wanted: str, rules: Iterable[Rule]) -> str:
    taken, number = {rule.get("Id") for rule in rules}, 1
    while (id_ := wanted if number == 1 else f"{wanted}-{number}") in taken:
        number += 1
    return id_
