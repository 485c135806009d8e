"""Remedies for what replication roles may do beyond need, by their own policies and by those of buckets and keys.

What goes is just the actions that are too much, out of the statements that grant them. Where such an action was needed
in part, the part is granted anew, exactly; every link that the role has keeps what it had.
"""

from collections.abc import Iterable, Mapping, Sequence

from scanner.analysis.reading import elements
from scanner.analysis.replication.examining import examine
from scanner.analysis.replication.excess import RoleNeeds, excess_of
from scanner.analysis.replication.needed_reads import READS
from scanner.analysis.replication.policy_book import RoleSide
from scanner.analysis.replication.vocabulary import Side
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value
from scanner.findings.finding import Finding
from scanner.remedies.drafting import CannotError, changed, proposing
from scanner.remedies.link_grants import restored
from scanner.remedies.link_views import link_named, links_in, name_from, name_of
from scanner.remedies.policy_edits import Named, by_statement, statements_in, without
from scanner.remedies.policy_holders import (
    bucket_of,
    bucket_policy_of,
    key_of,
    with_bucket_policy,
    with_key_policy,
)
from scanner.remedies.proposals import Remedy, Situation
from scanner.remedies.role_excess import Entry, without_excess

_OF_BUCKET, _OF_KEY = "of bucket ", "of key "


def taken_from(document: Value, entries: Iterable[Entry], what: str, concerned: Named) -> Value:
    """The document without what the entries name, for those principals that are concerned.

    Raises `CannotError` where a statement grants it to them by way of somebody else, their whole account for one.
    """
    for statement, actions in by_statement((entry["Statement"], [entry["Action"]]) for entry in entries):
        before, document = document, without(document, statement, actions, what, concerned)
        if document == before and statement in statements_in(document, what):
            sid = statement.get("Sid", "without a Sid")
            raise CannotError(f"statement {sid} of {what} grants {actions[0]} to many: name those who need it")
    return document


def narrowed_bucket(situation: Situation, policy: Resource, document: Value) -> Situation:
    """The situation with less in a bucket's policy, but for what links into the bucket had and need."""
    if document == policy.properties["PolicyDocument"]:
        return situation
    names = [name_of(link) for link in links_in(situation).into(bucket_of(situation.working, policy.arn).arn)]
    after = restored(situation, changed(situation, policy.with_properties(PolicyDocument=document)), names, Side.BUCKET)
    written = after.current(policy)
    return changed(after, with_bucket_policy(written, written.properties["PolicyDocument"]))


def _narrowed(situation: Situation, finding: Finding) -> Situation:
    """What is too much for a link goes at its role, its destination and its keys."""
    link = link_named(situation, name_from(finding.resource))
    entries = _entries(finding.resource)
    role, destination = str(link.role), link.ends.destination
    keys = [key.key for key in (link.ends.source_key, link.ends.replica_key, link.ends.default_key) if key is not None]
    own = [one for one in entries if not one["Policy"].startswith((_OF_BUCKET, _OF_KEY))]
    situation = without_excess(situation, role, own)
    of_bucket = [one for one in entries if one["Policy"] == f"{_OF_BUCKET}{destination.name}"]
    situation = _at_bucket(situation, role, destination.arn, of_bucket)
    for key in {key.arn: key for key in keys if key is not None}.values():
        of_key = [one for one in entries if one["Policy"] == f"{_OF_KEY}{key.name}"]
        situation = _at_key(situation, role, key.arn, of_key)
    return situation


def _disarmed(situation: Situation, finding: Finding) -> Situation:
    """What is too much for all links of a role together goes from the role."""
    arn, links = finding.resource.arn, links_in(situation)
    role = links.view.book.role(arn)
    if not isinstance(role, RoleSide):
        raise CannotError(f"role {arn} was not seen")
    needs = RoleNeeds(role)
    for link in links.of_role(arn):
        needs.add(examine(links.view, link))
    own = excess_of(needs, links.view.places).own
    return without_excess(situation, arn, [one for one in own if not isinstance(one, Unknown)])


def _entries(link: Resource) -> list[Entry]:
    return [one for one in elements(link.properties.get("Excess")) if isinstance(one, Mapping)]


def _at_bucket(situation: Situation, role: str, bucket: str, entries: Sequence[Entry]) -> Situation:
    if not entries:
        return situation
    policy = bucket_policy_of(situation.working, bucket_of(situation.working, bucket))
    what = f"the policy of bucket {policy.name}"
    return narrowed_bucket(situation, policy, taken_from(policy.properties["PolicyDocument"], entries, what, _is(role)))


def _at_key(situation: Situation, role: str, arn: str, entries: Sequence[Entry]) -> Situation:
    if not entries:
        return situation
    key = key_of(situation.working, arn)
    document = taken_from(key.properties.get("KeyPolicy"), entries, f"the policy of key {arn}", _is(role))
    names = [name_of(link) for link in links_in(situation).of_role(role)]
    by_name = {one["Action"].lower() for one in entries}
    return restored(situation, changed(situation, with_key_policy(key, document)), names, Side.KEY, by_name)


def _is(role: str) -> Named:
    return lambda kind, value: kind == "AWS" and value == role


REMEDIES: tuple[Remedy, ...] = (
    Remedy(
        "narrow-replication-role",
        "takes from the role, and from what buckets and keys grant it, whatever its links do not need",
        proposing(_narrowed),
    ),
    Remedy(
        "disarm-replication-role", "takes from the role whatever its links do not need", proposing(_disarmed), READS
    ),
)
"""The remedies of what replication roles have too much."""
