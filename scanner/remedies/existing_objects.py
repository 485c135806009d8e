"""Objects that were there before a link worked: a Batch Replication job that brings them over, with a role of its own.

S3 replicates only what is written from now on. The job starts replication of the rest, so that the live rule and its
role do the copying; it may start that, configure its list of objects, and write its report. Nothing else.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-batch-replication-policies.html (2026-11)
"""

from itertools import count

from scanner.analysis.arns import account_of, partition_of
from scanner.analysis.replication.contexts import BATCH_SERVICE, via_services
from scanner.analysis.replication.links import Link
from scanner.analysis.replication.names import ROLE
from scanner.estate.resource import Resource
from scanner.estate.unknown import Value
from scanner.policy.synthesise import Document, Need, key_policy, role_policy, trust_policy
from scanner.remedies.drafting import CannotError, changed
from scanner.remedies.link_views import LinkName, link_named
from scanner.remedies.new_resources import new_role, role_name
from scanner.remedies.policy_edits import principals_of, statements_in
from scanner.remedies.policy_holders import key_of, with_inline_policies, with_key_statements
from scanner.remedies.proposals import Situation
from scanner.remedies.writes.s3 import BATCH_JOB
from scanner.sources.declared import stand_in

REPORTS = "batch-replication-reports"
"""The prefix in the source bucket under which jobs report."""

_INLINE = "batch-replication"


def with_existing_objects(situation: Situation, name: LinkName) -> Situation:
    """The situation with a job for what is in the link's source already, if the user asked for one.

    One job serves all rules of a bucket. Raises `CannotError` where the role that it needs cannot be made.
    """
    link = link_named(situation, name)
    if not situation.choices.existing_objects:
        return situation
    arn = stand_in("", f"{link.source.name}-existing-objects")
    if situation.working.get(BATCH_JOB, arn) is not None:
        return situation
    situation, role = _with_role(situation, link)
    source = link.source
    job = Resource(BATCH_JOB, arn, source.account, source.region, f"job for {source.name}", _job(link, role))
    return changed(situation, job)


def _job(link: Link, role: str) -> dict[str, Value]:
    """The parameters of s3control's CreateJob but for account and token; only the console asks for confirmation."""
    bucket = link.ends.source.arn
    return {
        "Description": f"Objects that were in {link.source.name} before replication worked",
        "ManifestGenerator": {
            "S3JobManifestGenerator": {
                "ExpectedBucketOwner": link.source.account,
                "SourceBucket": bucket,
                "EnableManifestOutput": False,
                "Filter": {"EligibleForReplication": True, "ObjectReplicationStatuses": ["NONE", "FAILED"]},
            }
        },
        "Operation": {"S3ReplicateObject": {}},
        "Priority": 1,
        "Report": {
            "Bucket": bucket,
            "Enabled": True,
            "Format": "Report_CSV_20180820",
            "Prefix": REPORTS,
            "ReportScope": "AllTasks",
        },
        "RoleArn": role,
    }


def _with_role(situation: Situation, link: Link) -> tuple[Situation, str]:
    """A role that may do just this, and the situation in which there is one."""
    source, estate = link.source, situation.working
    doubt = estate.blind(ROLE, source.account, "")
    if doubt is not None:
        raise CannotError(f"which roles account {source.account} has is not known: {doubt.reason}")
    document = role_policy(_needs(link))
    by_name = {role.name: role for role in estate.of_type(ROLE) if role.account == source.account}
    for number in count(1):
        name = role_name(source.name, "-batch-replication" if number == 1 else f"-batch-replication-{number}")
        found = by_name.get(name)
        if found is not None and _is_made_for_it(found, document):
            return situation, found.arn
        if found is None:
            break
    arn = f"arn:{partition_of(link.ends.source.arn)}:iam::{source.account}:role/{name}"
    role = new_role(arn, source.account, trust_policy(BATCH_SERVICE))
    role = with_inline_policies(role, [{"PolicyName": _INLINE, "PolicyDocument": document}])
    return _admitted_by_key(changed(situation, role), link, arn), arn


def _is_made_for_it(role: Resource, document: Document) -> bool:
    own = [{"PolicyName": _INLINE, "PolicyDocument": document}]
    trusted = role.properties.get("AssumeRolePolicyDocument") == trust_policy(BATCH_SERVICE)
    return trusted and role.properties.get("Policies") == own and not role.properties.get("ManagedPolicyArns")


def _needs(link: Link) -> list[Need]:
    source = link.ends.source
    needs = [
        Need("s3:InitiateReplication", f"{source.arn}/*", hop="source-object"),
        Need("s3:GetReplicationConfiguration", source.arn, hop="source-bucket"),
        Need("s3:PutInventoryConfiguration", source.arn, hop="source-bucket"),
        Need("s3:PutObject", f"{source.arn}/{REPORTS}/*", hop="report"),
    ]
    return [*needs, *_key_needs(link)]


def _key_needs(link: Link) -> list[Need]:
    """What the report needs where the bucket encrypts it with a key that is not AWS's."""
    source, key = link.ends.source, link.ends.source_key
    if source.uses_kms is not True or key is None or key.is_managed_by_aws is True:
        return []
    if not isinstance(key.arn, str):
        raise CannotError(f"which key bucket {source.name} encrypts with is not known: {key.arn.reason}")
    via = via_services(link.source.region, partition_of(source.arn))
    return [Need("kms:GenerateDataKey", key.arn, {"StringLike": {"kms:ViaService": via}}, "report-key")]


def _admitted_by_key(situation: Situation, link: Link, role: str) -> Situation:
    """The role admitted by the key's own policy, unless that leaves it to the account."""
    needs = _key_needs(link)
    if not needs:
        return situation
    key = key_of(situation.working, needs[0].resource)
    root = ("AWS", f"arn:{partition_of(key.arn)}:iam::{account_of(role)}:root")
    statements = statements_in(key.properties.get("KeyPolicy"), f"the policy of key {key.arn}")
    leaves_it = any(
        one.get("Action") == "kms:*" and not one.get("Condition") and root in (principals_of(one) or ())
        for one in statements
        if one.get("Effect") == "Allow"
    )
    if leaves_it:
        return situation
    return changed(situation, with_key_statements(situation.working, key.arn, key_policy(needs, (role,))["Statement"]))
