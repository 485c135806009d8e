"""Remedies for lifecycle rules that take data away too soon: corrected rules, which drscan shows and never writes.

S3 acts on new rules at once and for what is there already, so that a person has to look at them first.
"""

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import TypeAlias

from scanner.analysis.annotation import buckets_by_id
from scanner.analysis.arns import partition_of
from scanner.analysis.kinds import BUCKET, needs
from scanner.analysis.reading import at, elements
from scanner.analysis.retention import expiration_days, noncurrent_days
from scanner.estate.resource import Resource
from scanner.estate.unknown import Value
from scanner.findings.finding import Finding
from scanner.remedies.drafting import changed, known, proposing
from scanner.remedies.proposals import Remedy, Situation

Rule: TypeAlias = dict[str, Value]
Change: TypeAlias = Callable[[Rule, Mapping[str, Value]], None]
"""What is done to a rule, given what was derived of it."""


def _kept_longer(situation: Situation, finding: Finding) -> Situation:
    """Replaced versions stay for as long as they may be needed."""
    days = _required(situation, finding)

    def change(rule: Rule, facts: Mapping[str, Value]) -> None:
        if facts["Enabled"] and facts["TouchesData"] and _is_less(facts.get("NoncurrentDays"), days):
            _keep_noncurrent(rule, days)

    return _edited(situation, finding.resource, change)


def _not_emptied(situation: Situation, finding: Finding) -> Situation:
    """What looks like sabotage is switched off; of the rest, what goes last goes later."""
    days, sabotage = _required(situation, finding), situation.params[finding.rule]["sabotage_days"]
    is_versioned = at(finding.resource.properties, "VersioningConfiguration.Status") == "Enabled"

    def change(rule: Rule, facts: Mapping[str, Value]) -> None:
        if not facts["Enabled"] or not facts["CoversData"]:
            return
        if not _is_less(sabotage, _or_never(facts.get("ExpirationDays"))):
            rule["Status"] = "Disabled"
        elif is_versioned and _is_less(facts.get("NoncurrentDays"), days):
            _keep_noncurrent(rule, days)
        elif not is_versioned and _is_less(facts.get("ExpirationDays"), days):
            _keep_current(rule, days)

    return _edited(situation, finding.resource, change)


def _outliving(situation: Situation, finding: Finding) -> Situation:
    """The destination's rules leave replicas for at least as long as the source's leave the originals."""
    link = finding.resource.properties
    place = partition_of(at(link, "Destination.Arn")), at(link, "Destination.Bucket")
    destination = buckets_by_id(situation.working)[place]
    sooner = known(elements(at(link, "Derived.SoonerExpiry")), f"the lifecycle of bucket {destination.name}")
    least = situation.params[finding.rule]["noncurrent_days"]
    current = situation.current(destination)
    rules = deepcopy(_rules(current))
    for entry in sooner:
        for rule in rules:
            if rule.get("Id") == entry.get("Rule") and rule.get("Status") == "Enabled":
                _outlive(rule, entry, least)
    return changed(situation, _with_rules(current, rules))


def _outlive(rule: Rule, entry: Mapping[str, Value], least: int) -> None:
    days = entry.get("SourceDays")
    if entry["Versions"] == "noncurrent":
        _keep_noncurrent(rule, max(days or least, noncurrent_days(rule) or 0))
    elif days is None or "ExpirationDate" in rule:
        rule["Status"] = "Disabled"
    else:
        _keep_current(rule, max(days, expiration_days(rule) or 0))


def _edited(situation: Situation, derived: Resource, change: Change) -> Situation:
    """The situation with the rules changed, each by what was derived of it."""
    bucket = situation.current(derived)
    facts = known(elements(at(derived.properties, "Derived.Lifecycle.Rules")), f"the lifecycle of bucket {bucket.name}")
    rules = deepcopy(_rules(bucket))
    for rule, known_of_it in zip(rules, facts, strict=True):
        change(rule, known_of_it)
    return changed(situation, _with_rules(bucket, rules))


def _rules(bucket: Resource) -> list[Rule]:
    rules: list[Rule] = known(
        elements(at(bucket.properties, "LifecycleConfiguration.Rules")), f"the lifecycle of bucket {bucket.name}"
    )
    return rules


def _with_rules(bucket: Resource, rules: list[Rule]) -> Resource:
    configuration = bucket.properties["LifecycleConfiguration"]
    return bucket.with_properties(LifecycleConfiguration={**configuration, "Rules": rules})


def _keep_noncurrent(rule: Rule, days: int) -> None:
    expiration = rule.get("NoncurrentVersionExpiration") or {}
    rule["NoncurrentVersionExpiration"] = {**expiration, "NoncurrentDays": days}


def _keep_current(rule: Rule, days: int) -> None:
    """A date takes everything that there is by then, whenever it was written."""
    if "ExpirationDate" in rule:
        rule["Status"] = "Disabled"
    else:
        rule["ExpirationInDays"] = days


def _required(situation: Situation, finding: Finding) -> int:
    stated = at(finding.resource.properties, "Derived.RequiredRetentionDays")
    days = known(stated, "for how long data is needed")
    return int(situation.params[finding.rule]["days"] if days is None else days)


def _or_never(days: Value) -> Value:
    return float("inf") if days is None else days


def _is_less(days: Value, than: Value) -> bool:
    return days is not None and bool(days < than)


REMEDIES: tuple[Remedy, ...] = (
    Remedy("keep-noncurrent-versions", "lets lifecycle rules keep replaced versions", proposing(_kept_longer)),
    Remedy("stop-emptying", "keeps lifecycle rules from emptying the bucket", proposing(_not_emptied)),
    Remedy(
        "let-replicas-outlive",
        "keeps lifecycle rules from taking replicas before originals",
        proposing(_outliving),
        needs(BUCKET, "LifecycleConfiguration", "VersioningConfiguration"),
    ),
)
"""The remedies of lifecycle rules; what they propose is for a person to do."""
