"""Remedies for server access logs: that they are on, and go where S3 can deliver them.

S3 delivers within an account and region only, to a bucket without Object Lock that is encrypted with S3's own keys, and
whose policy lets its log service in. Which bucket that is, is for the user to say.
"""

import re
from collections.abc import Mapping

from scanner.analysis.access.log_buckets import LogBuckets
from scanner.analysis.annotation import buckets_by_id
from scanner.analysis.arns import partition_of
from scanner.analysis.kinds import BUCKET, BUCKET_POLICY, needs
from scanner.analysis.log_targets import encryption_algorithms, object_lock
from scanner.analysis.reading import at
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value
from scanner.findings.finding import Finding
from scanner.remedies.drafting import CannotError, changed, known, proposing
from scanner.remedies.new_resources import new_bucket, tls_only_policy
from scanner.remedies.policy_edits import Statement, listed, statements_in
from scanner.remedies.policy_holders import bucket_policy_of, with_bucket_policy, with_bucket_statements
from scanner.remedies.proposals import Remedy, Situation

SERVICE = "logging.s3.amazonaws.com"

_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_SID = "AllowAccessLogDelivery"


def _recorded(situation: Situation, finding: Finding) -> Situation:
    """Access logs go to the bucket that was chosen for the place."""
    bucket = situation.current(finding.resource)
    situation, target = _target(situation, bucket)
    had = known(bucket.properties.get("LoggingConfiguration"), f"the logging of bucket {bucket.name}") or {}
    logging = {"LogFilePrefix": f"{bucket.name}/", **had, "DestinationBucketName": target.name}
    situation = changed(situation, bucket.with_properties(LoggingConfiguration=logging))
    return _admitting(situation, target, situation.current(bucket))


def _delivered(situation: Situation, finding: Finding) -> Situation:
    """The target that is named lets S3 deliver; where it never could, there is another one."""
    bucket = situation.current(finding.resource)
    target = _by_name(situation, bucket, str(at(bucket.properties, "LoggingConfiguration.DestinationBucketName")))
    if target is not None and target.arn != bucket.arn and not _why_not(target, bucket):
        return _admitting(situation, target, bucket)
    return _recorded(situation, finding)


def _target(situation: Situation, bucket: Resource) -> tuple[Situation, Resource]:
    """The bucket that the user chose for this place, made where there is none."""
    chosen = situation.choices.log_bucket
    name = chosen.replace("{account}", bucket.account).replace("{region}", bucket.region)
    if not chosen:
        raise CannotError(
            f"access logs of bucket {bucket.name} need a bucket in account {bucket.account}, {bucket.region}: name it "
            "with --log-bucket NAME, in which {account} and {region} may stand for those of the place"
        )
    found = _by_name(situation, bucket, name)
    if found is None:
        return _made(situation, bucket, name)
    why_not = "it is that bucket itself" if found.arn == bucket.arn else _why_not(found, bucket)
    if why_not:
        raise CannotError(f"S3 cannot deliver access logs of bucket {bucket.name} to {name}: {why_not}")
    return situation, found


def _made(situation: Situation, bucket: Resource, name: str) -> tuple[Situation, Resource]:
    if not _NAME.fullmatch(name):
        raise CannotError(f"{name} is no name for a bucket: choose another one with --log-bucket")
    doubt = situation.working.blind(BUCKET, bucket.account, "")
    if doubt is not None:
        raise CannotError(f"whether bucket {name} exists is not known: {doubt.reason}")
    place = partition_of(bucket.arn), bucket.account, bucket.region
    made = new_bucket(place, name, locked=False)
    return changed(situation, made, tls_only_policy(made)), made


def _by_name(situation: Situation, bucket: Resource, name: str) -> Resource | None:
    return buckets_by_id(situation.working).get((partition_of(bucket.arn), name))


def _why_not(target: Resource, bucket: Resource) -> str:
    """Why S3 can never deliver to the target; empty where only its policy matters."""
    if (target.account, target.region) != (bucket.account, bucket.region):
        return f"it is in account {target.account}, {target.region}"
    algorithms, lock = known(encryption_algorithms(target), f"the encryption of {target.name}"), object_lock(target)
    if isinstance(lock, Unknown):
        return f"whether it has Object Lock is not known: {lock.reason}"
    if lock:
        return "it has Object Lock"
    return "it is encrypted with a KMS key" if set(algorithms) != {"AES256"} else ""


def _admitting(situation: Situation, target: Resource, source: Resource) -> Situation:
    """The situation in which the target's policy lets S3's log service deliver for the source."""
    if LogBuckets.of(situation.working).take_logs_of(source, target) is True:
        return situation
    policy = bucket_policy_of(situation.working, target)
    document = policy.properties.get("PolicyDocument")
    had = statements_in(document, f"the policy of bucket {target.name}")
    place = next((number for number, one in enumerate(had) if _is_ours(one, target, source)), None)
    if document is None or place is None:
        return changed(
            situation, with_bucket_statements(situation.working, target.arn, [_statement(target, [source.arn])])
        )
    sources = listed(had[place]["Condition"]["ArnEquals"]["aws:SourceArn"])
    had[place] = {**_statement(target, [*sources, source.arn]), "Sid": had[place]["Sid"]}
    return changed(situation, with_bucket_policy(policy, {**document, "Statement": had}))


def _is_ours(statement: Mapping[str, Value], target: Resource, source: Resource) -> bool:
    """Whether a statement is one that was added here for other sources, and nobody changed since."""
    sources = listed(at(statement, "Condition.ArnEquals.aws:SourceArn"))
    expected = _statement(target, sources) if sources and all(isinstance(one, str) for one in sources) else {}
    account = expected and target.account == source.account
    return bool(account) and {**expected, "Sid": statement.get("Sid")} == statement and "Sid" in statement


def _statement(target: Resource, sources: list[str]) -> Statement:
    return {
        "Sid": _SID,
        "Effect": "Allow",
        "Principal": {"Service": SERVICE},
        "Action": "s3:PutObject",
        "Resource": f"{target.arn}/*",
        "Condition": {
            "ArnEquals": {"aws:SourceArn": sources[0] if len(sources) == 1 else sources},
            "StringEquals": {"aws:SourceAccount": target.account},
        },
    }


_READS = (
    needs(BUCKET, "LoggingConfiguration", "BucketEncryption", "ObjectLockEnabled", "ObjectLockConfiguration")
    | needs(BUCKET, "OwnershipControls", "AccessControl", "Observed.AclGrants")
    | needs(BUCKET_POLICY, "Bucket", "PolicyDocument")
)

REMEDIES: tuple[Remedy, ...] = (
    Remedy("record-access", "switches access logs on", proposing(_recorded), _READS),
    Remedy("deliver-access-logs", "lets access logs arrive", proposing(_delivered), _READS),
)
"""The remedies of access logs."""
