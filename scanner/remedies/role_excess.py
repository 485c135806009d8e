"""What a role has too much is taken out of its policies, and nothing that any of its links needs or had.

A role serves all links of all buckets that name it, so what is taken is held against every one of them.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from scanner.analysis.kinds import BUCKET
from scanner.analysis.reading import elements
from scanner.analysis.replication.contexts import BATCH_SERVICE
from scanner.analysis.replication.demands import demands_of
from scanner.analysis.replication.places import Places
from scanner.analysis.replication.vocabulary import Side
from scanner.estate.estate import Estate
from scanner.estate.resource import Resource
from scanner.estate.unknown import Value
from scanner.remedies.drafting import CannotError, changed, known, with_list
from scanner.remedies.link_grants import restored
from scanner.remedies.link_roles import trusts_only_s3
from scanner.remedies.link_views import links_in, name_of
from scanner.remedies.policy_edits import by_statement, principals_of, statements_in, without
from scanner.remedies.policy_holders import role_of, with_inline_policies
from scanner.remedies.proposals import Situation

Entry: TypeAlias = Mapping[str, Value]
"""One thing that is granted beyond need, as a link's `Excess` lists it."""

_BY_BATCH = ("GetObject", "GetObjectVersion", "PutObject", "InitiateReplication", "PutInventoryConfiguration")


def without_excess(situation: Situation, arn: str, entries: Sequence[Entry]) -> Situation:
    """The situation in which a role has less, by as much as the entries name.

    Raises `CannotError` where somebody or something else may need what would be taken away.
    """
    refused = links_in(situation).refused
    try:
        if arn in refused:
            raise CannotError(refused[arn])
        return _narrowed(situation, arn, entries)
    except CannotError as error:
        refused[arn] = str(error)
        raise


def names_action(pattern: str, action: str) -> bool:
    """Whether an action pattern names an action; a NotAction names all that may be needed."""
    if pattern == "NotAction":
        return True
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), action, re.IGNORECASE) is not None


def _narrowed(situation: Situation, arn: str, entries: Sequence[Entry]) -> Situation:
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


def _tidied(role: Resource) -> Resource:
    """The role without inline policies that have become empty."""
    policies = elements(role.properties.get("Policies"))
    return with_list(role, "Policies", [one for one in policies if one["PolicyDocument"]["Statement"]])
