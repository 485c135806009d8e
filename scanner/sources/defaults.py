"""What AWS makes of what a declaration leaves out, type by type.

Each function takes properties that conform to their shape, without `Observed`, and may give what of that is certain: a
value that is None there says that AWS will report nothing. Defaults: API references and CloudFormation's resource
schemas, 2026-11.
"""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value
from scanner.sources.aws.sns import without_secrets
from scanner.sources.bucket_defaults import SWITCHES, bucket, switches
from scanner.sources.key_defaults import key, placed_key

Properties: TypeAlias = dict[str, Value]

CONFIRMED_AT_ONCE = frozenset({"application", "firehose", "lambda", "sms"})
"""Protocols of SNS whose subscriptions nobody needs to confirm: SNS developer guide, 2026-11."""

_ALL_MANAGEMENT_EVENTS: Value = {"ReadWriteType": "All", "IncludeManagementEvents": True}


def absent_filled(properties: Mapping[str, Value], **defaults: Value) -> Properties:
    """The properties, with these where they are absent."""
    return {**defaults, **properties}


def by_default(**defaults: Value) -> Callable[[Properties], Properties]:
    """A completion that only fills in what is absent."""
    return lambda properties: absent_filled(properties, **defaults)


def trail(properties: Properties) -> Properties:
    """A trail without selectors records all management events and no data events."""
    filled = absent_filled(
        properties,
        IsMultiRegionTrail=False,
        IsOrganizationTrail=False,
        IncludeGlobalServiceEvents=True,
        EnableLogFileValidation=False,
    )
    selectors = filled.get("EventSelectors")
    if isinstance(selectors, list):
        filled["EventSelectors"] = [_each(one, lambda found: {**_ALL_MANAGEMENT_EVENTS, **found}) for one in selectors]
    elif selectors is None and "AdvancedEventSelectors" not in filled:
        filled["EventSelectors"] = [dict(_ALL_MANAGEMENT_EVENTS)]
    return filled


def alarm(properties: Properties) -> Properties:
    """A query of an alarm returns data unless it says otherwise."""
    filled = absent_filled(properties, ActionsEnabled=True)
    if isinstance(filled.get("Metrics"), list):
        filled["Metrics"] = [_each(query, by_default(ReturnData=True)) for query in filled["Metrics"]]
    return filled


def topic(properties: Properties) -> Properties:
    """A display name that is empty is none."""
    return {name: value for name, value in properties.items() if (name, value) != ("DisplayName", "")}


def subscription(properties: Properties) -> Properties:
    """Web addresses lose what may be secret in them; who must confirm has not done so yet."""
    protocol, endpoint = properties.get("Protocol"), properties.get("Endpoint")
    if isinstance(protocol, str) and isinstance(endpoint, str):
        properties = {**properties, "Endpoint": without_secrets(protocol, endpoint)}
    if protocol in CONFIRMED_AT_ONCE or (protocol == "sqs" and _same_account(endpoint, properties.get("TopicArn"))):
        return {**properties, "Observed": {"PendingConfirmation": False}}
    return properties


def access_point(properties: Properties) -> Properties:
    """A Multi-Region Access Point blocks all public access unless it says otherwise."""
    return {**properties, "PublicAccessBlockConfiguration": switches(properties.get("PublicAccessBlockConfiguration"))}


def alias(properties: Properties) -> Properties:
    """KMS keeps the id of the key, whether it was told the id or the ARN."""
    target = properties.get("TargetKeyId")
    return {**properties, "TargetKeyId": target.rpartition(":key/")[2]} if isinstance(target, str) else properties


def vault(properties: Properties) -> Properties:
    """A backup vault has a lock from the beginning, or has none; when it becomes final hangs on the day."""
    lock = properties.get("LockConfiguration")
    observed: Properties = {"VaultType": "BACKUP_VAULT"}
    if not isinstance(lock, Unknown):
        observed["Locked"] = bool(lock)
        if not lock or "ChangeableForDays" not in lock:
            observed["LockDate"] = None
    return {**properties, "Observed": observed}


def _placed_bucket(found: Resource) -> Resource:
    """A bucket that names no other one for its access logs keeps them itself."""
    logging = found.properties.get("LoggingConfiguration")
    if isinstance(logging, Mapping) and "DestinationBucketName" not in logging:
        return found.with_properties(LoggingConfiguration={**logging, "DestinationBucketName": found.name})
    return found


def _placed_trail(found: Resource) -> Resource:
    """CloudTrail turns the id of a key into its ARN."""
    changed: Properties = {"Observed": {**found.properties["Observed"], "HomeRegion": found.region}}
    named = found.properties.get("KMSKeyId")
    if isinstance(named, str) and named and not named.startswith(("arn:", "alias/")):
        partition = found.arn.split(":", 2)[1]
        changed["KMSKeyId"] = f"arn:{partition}:kms:{found.region}:{found.account}:key/{named}"
    return found.with_properties(**changed)


def _placed_access_point(found: Resource) -> Resource:
    """Members are buckets of the account unless they say otherwise."""
    members = found.properties.get("Regions")
    if not isinstance(members, list):
        return found
    owned = by_default(BucketAccountId=found.account)
    return found.with_properties(Regions=[_each(member, owned) for member in members])


def _placed_organization(found: Resource) -> Resource:
    return found.with_properties(ManagementAccountId=found.account)


def _placed_member(found: Resource) -> Resource:
    observed = found.properties["Observed"]
    return found.with_properties(Observed={**observed, "ManagementAccountId": found.account})


def _each(value: Value, change: Callable[[Properties], Properties]) -> Value:
    return change(dict(value)) if isinstance(value, Mapping) else value


def _same_account(*arns: Value) -> bool:
    accounts = {arn.split(":")[4] if isinstance(arn, str) and arn.count(":") >= 5 else None for arn in arns}
    return len(accounts) == 1 and None not in accounts


def _iam(**defaults: Value) -> Callable[[Properties], Properties]:
    return by_default(Path="/", **defaults)


BY_TYPE: Mapping[str, Callable[[Properties], Properties]] = {
    "AWS::S3::Bucket": bucket,
    "AWS::S3::AccountPublicAccessBlock": by_default(**dict.fromkeys(SWITCHES, False)),
    "AWS::S3::MultiRegionAccessPoint": access_point,
    "AWS::IAM::Role": _iam(MaxSessionDuration=3600),
    "AWS::IAM::User": _iam(),
    "AWS::IAM::Group": _iam(),
    "AWS::IAM::ManagedPolicy": _iam(),
    "AWS::KMS::Key": key,
    "AWS::KMS::Alias": alias,
    "AWS::SNS::Topic": topic,
    "AWS::SNS::Subscription": subscription,
    "AWS::CloudTrail::Trail": trail,
    "AWS::CloudWatch::Alarm": alarm,
    "AWS::CloudWatch::CompositeAlarm": by_default(ActionsEnabled=True),
    "AWS::Macie::Session": by_default(Status="ENABLED", FindingPublishingFrequency="SIX_HOURS"),
    "AWS::Organizations::Organization": by_default(FeatureSet="ALL"),
    "AWS::Organizations::Policy": by_default(TargetIds=[], AwsManaged=False),
    "AWS::Backup::BackupVault": vault,
}
"""What a type's own properties make of it."""

BY_PLACE: Mapping[str, Callable[[Resource], Resource]] = {
    "AWS::S3::Bucket": _placed_bucket,
    "AWS::S3::MultiRegionAccessPoint": _placed_access_point,
    "AWS::KMS::Key": placed_key,
    "AWS::CloudTrail::Trail": _placed_trail,
    "AWS::Organizations::Organization": _placed_organization,
    "AWS::Organizations::Account": _placed_member,
}
"""What follows from where the resource is and what it is called."""
