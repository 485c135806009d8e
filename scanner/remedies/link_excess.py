"""Remedies for what replication roles may do beyond need, by their own policies and by those of buckets and keys.

What goes is just the actions that are too much, out of the statements that grant them. Where such an action was needed
in part, the part is granted anew, exactly; every link that the role has keeps what it had.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from scanner.analysis.kinds import BUCKET
from scanner.analysis.reading import elements
from scanner.analysis.replication.contexts import BATCH_SERVICE
from scanner.analysis.replication.demands import demands_of
from scanner.analysis.replication.examining import examine
from scanner.analysis.replication.excess import RoleNeeds, excess_of
from scanner.analysis.replication.needed_reads import READS
from scanner.analysis.replication.places import Places
from scanner.analysis.replication.policy_book import RoleSide
from scanner.analysis.replication.vocabulary import Side
from scanner.estate.estate import Estate
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value
from scanner.findings.finding import Finding
from scanner.remedies.drafting import CannotError, changed, known, proposing, with_list
from scanner.remedies.link_grants import restored
from scanner.remedies.link_roles import trusts_only_s3
from scanner.remedies.link_views import link_named, links_in, name_from, name_of
from scanner.remedies.policy_edits import Named, by_statement, principals_of, statements_in, without
from scanner.remedies.policy_holders import (
    bucket_of,
    bucket_policy_of,
    key_of,
    role_of,
    with_bucket_policy,
    with_inline_policies,
    with_key_policy,
)
from scanner.remedies.proposals import Remedy, Situation

Entry: TypeAlias = Mapping[str, Value]
"""One thing that is granted beyond need, as a link's `Excess` lists it."""

_OF_BUCKET, _OF_KEY = "of bucket ", "of key "
_BY_BATCH = ("GetObject", "GetObjectVersion", "PutObject", "InitiateReplication", "PutInventoryConfiguration")


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
    situation = _at_role(situation, role, own)
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
    return _at_role(situation, arn, [one for one in own if not isinstance(one, Unknown)])


def _entries(link: Resource) -> list[Entry]:
    return [one for one in elements(link.properties.get("Excess")) if isinstance(one, Mapping)]


def _at_role(situation: Situation, arn: str, entries: Sequence[Entry]) -> Situation:
    refused = links_in(situation).refused
    try:
        if arn in refused:
            raise CannotError(refused[arn])
        return _without(situation, arn, entries)
    except CannotError as error:
        refused[arn] = str(error)
        raise


def _without(situation: Situation, arn: str, entries: Sequence[Entry]) -> Situation:
    role = role_of(situation.working, arn)
    narrowed = _without_excess(situation.working, role, entries)
    if narrowed is role:
        return situation
    _check(situation, role, entries)
    names = [name_of(link) for link in links_in(situation).of_role(arn)]
    by_name = {one["Action"].lower() for one in entries}
    after = restored(situation, changed(situation, narrowed), names, Side.ROLE, by_name)
    return changed(after, _tidied(role_of(after.working, arn)))


def _without_excess(estate: Estate, role: Resource, entries: Sequence[Entry]) -> Resource:
    """The role with less. What is left of a managed policy that grants too much becomes a policy of the role's own.

    Managed policies are never changed: others may have them, too.
    """
    what = f"a policy of role {role.name}"
    inline = list(known(elements(role.properties.get("Policies")), what))
    attached = list(known(elements(role.properties.get("ManagedPolicyArns")), what))
    policies = [_reduced(one, entries, what) for one in inline]
    kept = []
    for arn in attached:
        whole = {"PolicyName": arn.rsplit("/", 1)[-1], "PolicyDocument": Places(estate).managed_policy(arn)}
        own = [one for one in entries if one["Policy"] == whole["PolicyName"]]
        reduced = _reduced(whole, own, what) if own else whole
        if reduced == whole:
            kept.append(arn)
        elif reduced["PolicyDocument"]["Statement"]:
            policies.append(reduced)
    if policies == inline and kept == attached:
        return role
    return with_list(with_inline_policies(role, policies), "ManagedPolicyArns", kept)


def _reduced(policy: Value, entries: Iterable[Entry], what: str) -> Value:
    document = policy["PolicyDocument"]
    own = [(entry["Statement"], [entry["Action"]]) for entry in entries if entry["Policy"] == policy["PolicyName"]]
    for statement, actions in by_statement(own):
        document = without(document, statement, actions, what)
    return policy if document is policy["PolicyDocument"] else {**policy, "PolicyDocument": document}


def _check(situation: Situation, role: Resource, entries: Iterable[Entry]) -> None:
    """Raises `CannotError` where somebody or something else may need what would be taken away."""
    view = links_in(situation).view
    doubt = view.network.unseen_in(role.account) or situation.working.blind(BUCKET, role.account, "")
    if doubt is not None:
        raise CannotError(f"which buckets use role {role.name} is not known: {doubt.reason}")
    if not trusts_only_s3(role):
        raise CannotError(f"role {role.name} serves others than S3, too: give replication a role of its own")
    patterns = [one["Action"] for one in entries if one["IsPartlyNeeded"]]
    if _is_for_batch(role) and any(
        names_action(pattern, f"s3:{action}") for pattern in patterns for action in _BY_BATCH
    ):
        raise CannotError(
            f"role {role.name} runs Batch jobs, too, and what manifests and reports they have is not known: "
            "give them a role of their own"
        )
    for link in links_in(situation).of_role(role.arn):
        for demand in demands_of(link.features, link.ends, role.arn):
            if "*" in demand.key and any(names_action(pattern, demand.action) for pattern in patterns):
                raise CannotError(f"which keys the objects of link {link.id} are under is not known: name them by hand")


def _is_for_batch(role: Resource) -> bool:
    trust = statements_in(role.properties.get("AssumeRolePolicyDocument"), f"the trust policy of role {role.name}")
    return any(("Service", BATCH_SERVICE) in (principals_of(one) or ()) for one in trust)


def names_action(pattern: str, action: str) -> bool:
    """Whether an action pattern names an action; a NotAction names all that may be needed."""
    if pattern == "NotAction":
        return True
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), action, re.IGNORECASE) is not None


def _tidied(role: Resource) -> Resource:
    """The role without inline policies that have become empty."""
    policies = elements(role.properties.get("Policies"))
    return with_list(role, "Policies", [one for one in policies if one["PolicyDocument"]["Statement"]])


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
