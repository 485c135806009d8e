"""Whether AWS's own services may deliver what they were told to: access logs, trails, the messages of alarms.

None of them says anything when it may not. A service has no policies of its own, so what it writes to decides alone;
and it has no address, network or organization, so a denial of all outsiders stops it, too, unless it spares services.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html (2026-11)
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from scanner.analysis.arns import partition_of
from scanner.analysis.reading import at, elements, text
from scanner.analysis.truth import Truth, all_true, any_true, equals, negate
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value
from scanner.policy.decision import Decision, Verdict
from scanner.policy.evaluate import PolicySet, evaluate
from scanner.policy.principals import Reach, read_caller
from scanner.policy.request import Request, context_of
from scanner.policy.statements import CompiledPolicy, Question, applies
from scanner.policy.truth import Unseen

Judged: TypeAlias = CompiledPolicy | Unseen | None
"""A resource's policy ready for judging, None where it has none."""

LOG_DELIVERY_GROUP = "http://acs.amazonaws.com/groups/s3/LogDelivery"

_NOT_DOCUMENTED = Unseen("AWS does not document what the service's own requests have there")
_UNDOCUMENTED = dict.fromkeys(
    (
        *("aws:currenttime", "aws:epochtime", "aws:useragent", "aws:userid", "aws:requestedregion"),
        *("aws:sourceorgid", "aws:sourceorgpaths", "aws:resourceorgid", "aws:resourceorgpaths"),
        *("s3:x-amz-server-side-encryption", "s3:x-amz-server-side-encryption-aws-kms-key-id"),
        *("s3:tlsversion", "s3:signatureversion", "s3:authtype", "kms:viaservice", "kms:calleraccount"),
    ),
    _NOT_DOCUMENTED,
)


@dataclass(frozen=True, slots=True)
class Sender:
    """A service that acts for a resource: `arn` and `account` are what aws:SourceArn and aws:SourceAccount say."""

    service: str
    arn: str
    account: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """One request of a sender: an action on a resource of an account, with keys beyond those of every request."""

    action: str
    resource: str
    account: str
    keys: Mapping[str, str | Unseen] | None = None


def may(policy: Judged, sender: Sender, *deliveries: Delivery) -> Truth:
    """Whether the policy lets the service do all of it."""
    return all_true(_truth(_decide(policy, sender, delivery)) for delivery in deliveries)


def access_logs_arrive(policy: Judged, target: Resource, source: Resource, prefix: str) -> Truth:
    """Whether S3 may put the access logs of `source` into `target`, by its policy or by its access control list.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html (2026-11)
    """
    sender = Sender("logging.s3.amazonaws.com", source.arn, source.account)
    decision = _decide(policy, sender, _put(target.arn, prefix, target.account, {"s3:x-amz-acl": _NOT_DOCUMENTED}))
    denied: Truth = decision.verdict is Verdict.EXPLICITLY_DENIED
    if decision.verdict is Verdict.UNKNOWN:
        denied = Unknown("; ".join(decision.unseen))
    return any_true((_truth(decision), all_true((negate(denied), _admitted_by_list(target)))))


def trail_arrives(policy: Judged, bucket_arn: str, bucket_account: str, trail: Resource) -> Truth:
    """Whether CloudTrail may check the bucket and put the trail's logs into it.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html (2026-11)
    """
    prefix = text(trail.properties, "S3KeyPrefix")
    if isinstance(prefix, Unknown):
        return prefix
    sender = Sender("cloudtrail.amazonaws.com", trail.arn, trail.account)
    start = f"{prefix}/AWSLogs" if prefix else "AWSLogs"
    acl = {"s3:x-amz-acl": "bucket-owner-full-control"}
    put = _put(bucket_arn, f"{start}/{trail.account}/CloudTrail/{trail.region}/", bucket_account, acl)
    return may(policy, sender, Delivery("s3:GetBucketAcl", bucket_arn, bucket_account), put)


def alarm_is_published(policy: Judged, topic_arn: str, topic_account: str, alarm: Resource) -> Truth:
    """Whether CloudWatch may publish to the topic for the alarm.

    A statement for the account itself leaves it open, for AWS documents only the service's name.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html (2026-11)
    """
    # What SNS's default policy asks for: https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
    keys: Mapping[str, str | Unseen] = {"aws:sourceowner": alarm.account}
    delivery = Delivery("sns:Publish", topic_arn, topic_account, keys)
    found = may(policy, _alarm(alarm), delivery)
    if found is False and _admits_account(policy, delivery, alarm):
        return Unknown("the topic's policy admits the account, and whether that lets CloudWatch in is not documented")
    return found


def key_serves_alarm(policy: Judged, key_arn: str, key_account: str, topic_arn: str, alarm: Resource) -> Truth:
    """Whether CloudWatch may use the key of an encrypted topic for the alarm's message.

    https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html (2026-11)
    """
    keys: Mapping[str, str | Unseen] = {"kms:encryptioncontext:aws:sns:topicarn": topic_arn}
    actions = ("kms:Decrypt", "kms:GenerateDataKey")
    return may(policy, _alarm(alarm), *(Delivery(action, key_arn, key_account, keys) for action in actions))


def _alarm(alarm: Resource) -> Sender:
    return Sender("cloudwatch.amazonaws.com", alarm.arn, alarm.account)


def _put(bucket_arn: str, prefix: str, account: str, keys: Mapping[str, str | Unseen]) -> Delivery:
    return Delivery("s3:PutObject", f"{bucket_arn}/{prefix}2026-11-21-00-00-00-0123456789ABCDEF", account, keys)


def _decide(policy: Judged, sender: Sender, delivery: Delivery) -> Decision:
    keys: dict[str, object] = {
        **_UNDOCUMENTED,
        "aws:principalisawsservice": "true",
        "aws:principalservicename": sender.service,
        "aws:principalservicenameslist": [sender.service],
        "aws:resourceaccount": delivery.account,
        "aws:securetransport": "true",
        "aws:sourceaccount": sender.account,
        "aws:sourcearn": sender.arn,
        "aws:viaawsservice": "false",
        **(delivery.keys or {}),
    }
    request = Request(sender.service, delivery.action, delivery.resource, delivery.account, context_of(keys))
    return evaluate(request, PolicySet(resource=policy))


def _truth(decision: Decision) -> Truth:
    if decision.verdict is Verdict.UNKNOWN:
        return Unknown("; ".join(decision.unseen))
    return decision.verdict is Verdict.ALLOWED


def _admits_account(policy: Judged, delivery: Delivery, alarm: Resource) -> bool:
    """Whether some statement lets the alarm's account as such publish."""
    keys = context_of(
        {"aws:sourceowner": alarm.account, "aws:sourceaccount": alarm.account, "aws:sourcearn": alarm.arn}
    )
    root = f"arn:{partition_of(alarm.arn)}:iam::{alarm.account}:root"
    request = Request(root, delivery.action, delivery.resource, delivery.account, keys)
    asked = Question(delivery.action.lower(), delivery.resource, keys, read_caller(request), False)
    statements = policy.statements if isinstance(policy, CompiledPolicy) else ()
    return any(one.allows and applies(one, asked) is not Reach.NOBODY for one in statements)


def _admitted_by_list(target: Resource) -> Truth:
    """Whether the log delivery group may write by ACL; ACLs count for nothing where ownership is enforced."""
    rules = elements(at(target.properties, "OwnershipControls.Rules"))
    enforced = any_true(equals(at(rule, "ObjectOwnership"), "BucketOwnerEnforced") for rule in rules)
    grants = at(target.properties, "Observed.AclGrants")
    if grants is None:
        listed = equals(target.properties.get("AccessControl"), "LogDeliveryWrite")
    else:
        listed = any_true(_is_log_delivery(grant) for grant in elements(grants))
    return all_true((listed, negate(enforced)))


def _is_log_delivery(grant: Value) -> Truth:
    who, permission = text(grant, "Grantee"), text(grant, "Permission")
    may_write = permission if isinstance(permission, Unknown) else permission in ("WRITE", "FULL_CONTROL")
    return all_true((equals(who, LOG_DELIVERY_GROUP), may_write))
