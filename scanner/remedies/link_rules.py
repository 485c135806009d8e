"""Remedies for single replication rules: what a rule says is corrected, and every other rule stays as it is."""

from collections.abc import Callable

from scanner.analysis.reading import at
from scanner.estate.unknown import Unknown
from scanner.findings.finding import Finding
from scanner.remedies.drafting import CannotError, changed, proposing
from scanner.remedies.link_grants import supplied
from scanner.remedies.link_views import LinkName, link_named, name_from
from scanner.remedies.proposals import Remedy, Situation
from scanner.remedies.rule_edits import (
    OFF,
    ON,
    Rule,
    edited,
    has_tags,
    in_second_version,
    measured,
    rules_of,
    with_rules,
)

OVERRIDE = "s3:ObjectOwnerOverrideToBucketOwner"
RESTORABLE = "GLACIER_IR"
"""The class of archives whose objects can be read at once: S3 user guide, storage classes, 2026-11."""


def valid(situation: Situation, name: LinkName) -> Situation:
    """The situation in which S3 would accept the rules of a link's source; those that it accepts stay as they are."""
    bucket = situation.current(link_named(situation, name).source)
    rules = rules_of(bucket)
    if any("Filter" in rule for rule in rules) or _says_too_much(rules):
        rules = in_second_version(rules)
    rules = [_completed(rule) for rule in rules]
    return situation if rules == rules_of(bucket) else changed(situation, with_rules(bucket, rules))


def pinned(situation: Situation, name: LinkName) -> Situation:
    """The situation in which the rule names the account of its destination, to which its replicas then belong."""
    link = link_named(situation, name)
    account = link.ends.destination.account
    if isinstance(account, Unknown):
        raise CannotError(f"the account of bucket {link.ends.destination.name} is not known: {account.reason}")

    def change(rule: Rule) -> None:
        owner = {"Account": account, "AccessControlTranslation": {"Owner": "Destination"}}
        rule["Destination"] = {**rule["Destination"], **owner}

    return edited(situation, name, change)


def enabled(situation: Situation, name: LinkName) -> Situation:
    """The situation in which the rule is switched on."""
    return edited(situation, name, lambda rule: rule.update(Status="Enabled"))


def without_delete_markers(situation: Situation, name: LinkName) -> Situation:
    """The situation in which the rule leaves delete markers where they were made."""
    return _with_delete_markers(situation, name, OFF)


def owned(situation: Situation, name: LinkName) -> Situation:
    """The situation in which replicas belong to the destination's account, and the role may see to it."""
    return supplied(pinned(situation, name), name, lambda demand, _: demand.action == OVERRIDE)


def _decided(situation: Situation, finding: Finding) -> Situation:
    """Delete markers off for a copy that only receives, on between buckets that replicate to each other."""
    two_way = at(finding.resource.properties, "Derived.IsTwoWay")
    return _with_delete_markers(situation, name_from(finding.resource), ON if two_way is True else OFF)


def _with_delete_markers(situation: Situation, name: LinkName, status: dict[str, str]) -> Situation:
    bucket = situation.current(link_named(situation, name).source)
    rules = rules_of(bucket)
    if not all("Filter" in rule for rule in rules):
        situation = changed(situation, with_rules(bucket, in_second_version(rules)))
    return edited(situation, name, lambda rule: rule.update(DeleteMarkerReplication=dict(status)))


def _measuring(situation: Situation, finding: Finding) -> Situation:
    controlled = any("ReplicationTime" in evidence.path for evidence in finding.evidence)
    return edited(situation, name_from(finding.resource), lambda rule: measured(rule, controlled=controlled))


def _restorable(situation: Situation, finding: Finding) -> Situation:
    def change(rule: Rule) -> None:
        if rule["Destination"].get("StorageClass") not in ("GLACIER", "DEEP_ARCHIVE"):
            raise CannotError("lifecycle of the source takes objects away before they are replicated: let it wait")
        rule["Destination"] = {**rule["Destination"], "StorageClass": RESTORABLE}

    return edited(situation, name_from(finding.resource), change)


def _says_too_much(rules: list[Rule]) -> bool:
    """Whether rules of the first version say what only the second knows, or lead to several destinations."""
    destinations = {rule.get("Destination", {}).get("Bucket") for rule in rules}
    return len(destinations) > 1 or any("Priority" in rule or "DeleteMarkerReplication" in rule for rule in rules)


def _completed(rule: Rule) -> Rule:
    """The rule with what goes along with what it says."""
    if "Filter" in rule and (has_tags(rule) or "DeleteMarkerReplication" not in rule):
        rule = {**rule, "DeleteMarkerReplication": dict(OFF)}
    is_controlled = at(rule, "Destination.ReplicationTime.Status") == "Enabled"
    if is_controlled and at(rule, "Destination.Metrics.Status") != "Enabled":
        rule = {**rule}
        measured(rule, controlled=True)
    return rule


def _by_name(edit: Callable[[Situation, LinkName], Situation]) -> Callable[[Situation, Finding], Situation]:
    return lambda situation, finding: edit(situation, name_from(finding.resource))


REMEDIES: tuple[Remedy, ...] = (
    Remedy("pin-destination-account", "names the destination's account in the rule", proposing(_by_name(pinned))),
    Remedy("own-replicas", "lets replicas belong to the account that they are in", proposing(_by_name(owned))),
    Remedy("decide-delete-markers", "keeps deletes from a copy, and brings them to a twin", proposing(_decided)),
    Remedy("measure-replication", "switches on metrics, and time control for a short RPO", proposing(_measuring)),
    Remedy("keep-replicas-readable", "puts replicas where they can be read at once", proposing(_restorable)),
)
"""The remedies of single rules."""
