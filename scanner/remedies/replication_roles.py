"""The role of a link, made where there is none: with the least trust and permissions for all links that name it."""

from itertools import count

from scanner.analysis.arns import account_of, partition_of
from scanner.analysis.replication.contexts import SERVICE
from scanner.analysis.replication.least_policies import least_policies
from scanner.analysis.replication.links import Link
from scanner.analysis.replication.names import ROLE
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown
from scanner.remedies.drafting import CannotError, changed, known
from scanner.remedies.link_views import LinkName, link_named, links_in
from scanner.remedies.new_resources import new_role, role_name
from scanner.remedies.policy_edits import principals_of, statements_in
from scanner.remedies.policy_holders import INLINE, with_inline_policies, with_trust_policy
from scanner.remedies.proposals import Situation


def with_role(situation: Situation, name: LinkName) -> Situation:
    """The situation in which the link has a role; one that had to be made has all that its links need.

    Raises `CannotError` where it is not known whether the role exists, or it would be one of another account.
    """
    link = link_named(situation, name)
    if link.role is None:
        return with_role(_naming_role(situation, link.source), name)
    if isinstance(link.role, Unknown):
        raise CannotError(f"the role of bucket {link.source.name} is not known: {link.role.reason}")
    found = links_in(situation).view.book.role(link.role)
    if isinstance(found, Unknown):
        raise CannotError(f"role {link.role} is not known: {found.reason}")
    return changed(situation, _least_role(situation, link, link.role)) if found is None else situation


def role_arn_for(situation: Situation, source: Resource) -> str:
    """The ARN of a role for the replication of a bucket: one that only S3 may assume already, or one that is free.

    Raises `CannotError` where the account's roles were not seen.
    """
    estate = situation.working
    doubt = estate.blind(ROLE, source.account, "")
    if doubt is not None:
        raise CannotError(f"which roles account {source.account} has is not known: {doubt.reason}")
    for number in count(1):
        name = role_name(source.name, "-replication" if number == 1 else f"-replication-{number}")
        arn = f"arn:{partition_of(source.arn)}:iam::{source.account}:role/{name}"
        found = next((one for one in estate.of_type(ROLE) if (one.account, one.name) == (source.account, name)), None)
        if found is None or _is_for_s3(found):
            return arn if found is None else found.arn
    raise AssertionError("numbers do not end")


def _naming_role(situation: Situation, source: Resource) -> Situation:
    bucket = situation.current(source)
    configuration = known(bucket.properties["ReplicationConfiguration"], f"the replication of {bucket.name}")
    named = {**configuration, "Role": role_arn_for(situation, bucket)}
    return changed(situation, bucket.with_properties(ReplicationConfiguration=named))


def _least_role(situation: Situation, link: Link, arn: str) -> Resource:
    if account_of(arn) != link.source.account or ":role/" not in arn:
        raise CannotError(f"{arn} is no role of account {link.source.account}: name one of that account in the rule")
    policy, trust, *_ = (one.document for one in least_policies(links_in(situation).view, link))
    role = with_trust_policy(new_role(arn, link.source.account, trust), trust)
    return with_inline_policies(role, [{"PolicyName": INLINE, "PolicyDocument": policy}])


def _is_for_s3(role: Resource) -> bool:
    document = role.properties.get("AssumeRolePolicyDocument")
    statements = [] if isinstance(document, Unknown) else statements_in(document, f"the trust of {role.name}")
    return bool(statements) and all(principals_of(one) == [("Service", SERVICE)] for one in statements)
