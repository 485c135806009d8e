"""What S3 answers about a bucket, as `AWS::S3::Bucket` of CloudFormation writes it.

One pure function an operation. S3's API and CloudFormation name the same things differently in many small ways; each of
these functions is the whole translation for one of them. Replication and lifecycle rules have a module of their own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from scanner.estate.unknown import Unknown, Value
from scanner.sources.aws.calls import Answer, Found, Place, Properties
from scanner.sources.aws.values import given, moment, picked, policy_document, tags

_ACL_GROUPS = "http://acs.amazonaws.com/groups/"
_EVERYONE, _ANY_ACCOUNT, _LOG_DELIVERY = "global/AllUsers", "global/AuthenticatedUsers", "s3/LogDelivery"

_CANNED_ACLS: Mapping[frozenset[tuple[str, str]], str] = {
    frozenset(): "Private",
    frozenset({(_EVERYONE, "READ")}): "PublicRead",
    frozenset({(_EVERYONE, "READ"), (_EVERYONE, "WRITE")}): "PublicReadWrite",
    frozenset({(_ANY_ACCOUNT, "READ")}): "AuthenticatedRead",
    frozenset({(_LOG_DELIVERY, "WRITE"), (_LOG_DELIVERY, "READ_ACP")}): "LogDeliveryWrite",
}


def buckets(answer: Answer, place: Place, _subject: Found | None) -> Iterable[Found]:
    """ListBuckets: every bucket of the account, wherever it is."""
    for bucket in answer["Buckets"]:
        name = bucket["Name"]
        properties = given(BucketName=name, **{"Observed.CreationDate": moment(bucket.get("CreationDate"))})
        arn = bucket.get("BucketArn") or f"arn:{place.partition}:s3:::{name}"
        yield Found("AWS::S3::Bucket", arn, name, bucket.get("BucketRegion"), properties=properties)


def location(answer: Answer) -> Properties:
    """GetBucketLocation: the region alone, which S3 leaves out for us-east-1 and once called EU."""
    region = answer["LocationConstraint"] or "us-east-1"
    return {"region": "eu-west-1" if region == "EU" else region}


def versioning(answer: Answer) -> Properties:
    """GetBucketVersioning: a bucket that never had versioning has no status at all."""
    return given(VersioningConfiguration=picked(answer, "Status"), **{"Observed.MFADelete": answer.get("MFADelete")})


def object_lock(answer: Answer) -> Properties:
    """GetObjectLockConfiguration: Object Lock is on, or there is no configuration."""
    lock = answer.get("ObjectLockConfiguration", {})
    retention = lock.get("Rule", {}).get("DefaultRetention")
    rule = {"DefaultRetention": picked(retention, "Mode", "Days", "Years", "DefaultEventHold")} if retention else None
    configuration = given(ObjectLockEnabled=lock.get("ObjectLockEnabled"), Rule=rule)
    return given(ObjectLockEnabled=lock.get("ObjectLockEnabled") == "Enabled", ObjectLockConfiguration=configuration)


def encryption(answer: Answer) -> Properties:
    """GetBucketEncryption: the default encryption of new objects, and which kinds of encryption are refused."""
    rules = answer.get("ServerSideEncryptionConfiguration", {}).get("Rules", ())
    translated = [
        given(
            ServerSideEncryptionByDefault=picked(
                rule.get("ApplyServerSideEncryptionByDefault"), "SSEAlgorithm", "KMSMasterKeyID"
            ),
            BucketKeyEnabled=rule.get("BucketKeyEnabled"),
            BlockedEncryptionTypes=picked(rule.get("BlockedEncryptionTypes"), "EncryptionType"),
        )
        for rule in rules
    ]
    return given(BucketEncryption={"ServerSideEncryptionConfiguration": translated} if translated else None)


def bucket_policy(answer: Answer, place: Place, subject: Found | None) -> Iterable[Found]:
    """GetBucketPolicy: a resource of its own, as CloudFormation has it; no policy, no resource."""
    if answer:
        policy = sole_bucket_policy(place, subject)
        yield replace(policy, properties={**policy.properties, "PolicyDocument": policy_document(answer["Policy"])})


def sole_bucket_policy(_place: Place, subject: Found | None) -> Found:
    """The policy of a bucket before it was read: named like the bucket, as there is at most one."""
    assert subject is not None
    return Found(
        "AWS::S3::BucketPolicy", subject.arn, subject.name, subject.region, properties={"Bucket": subject.name}
    )


def public_access_block(answer: Answer) -> Properties:
    """GetPublicAccessBlock of a bucket."""
    return given(PublicAccessBlockConfiguration=four_blocks(answer.get("PublicAccessBlockConfiguration")))


def four_blocks(block: Mapping[str, Any] | None) -> dict[str, Value]:
    """The four switches of a public access block: of a bucket, an account or an access point."""
    return picked(block, "BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")


def ownership(answer: Answer) -> Properties:
    """GetBucketOwnershipControls."""
    rules = [picked(rule, "ObjectOwnership") for rule in answer.get("OwnershipControls", {}).get("Rules", ())]
    return given(OwnershipControls={"Rules": rules} if rules else None)


def acl(answer: Answer) -> Properties:
    """GetBucketAcl: all grants, and the canned ACL's name where they are one."""
    owner = answer["Owner"]["ID"]
    grants = [_grant(grant) for grant in answer["Grants"]]
    return {"AccessControl": _canned(owner, grants), "Observed.AclGrants": grants, "Observed.OwnerId": owner}


def _grant(grant: Mapping[str, Any]) -> dict[str, Value]:
    grantee = grant["Grantee"]
    who = grantee.get("URI") or grantee.get("ID") or grantee.get("EmailAddress")
    return given(Grantee=who, GranteeType=grantee.get("Type"), Permission=grant.get("Permission"))


def _canned(owner: str, grants: list[dict[str, Value]]) -> Value:
    named = {(grant.get("Grantee", "").removeprefix(_ACL_GROUPS), grant.get("Permission", "")) for grant in grants}
    others = frozenset(named - {(owner, "FULL_CONTROL")})
    name = _CANNED_ACLS.get(others) if len(others) < len(named) else None
    return name or Unknown("the ACL is none of the canned ones: see Observed.AclGrants")


def logging(answer: Answer) -> Properties:
    """GetBucketLogging: server access logs; nothing at all when they are off."""
    enabled = answer.get("LoggingEnabled")
    if not enabled:
        return {}
    # An empty SimplePrefix is a choice, so it must not be dropped as empty.
    key_format = picked(enabled.get("TargetObjectKeyFormat"), "SimplePrefix", "PartitionedPrefix")
    target = {"DestinationBucketName": enabled["TargetBucket"], "LogFilePrefix": enabled.get("TargetPrefix", "")}
    return {"LoggingConfiguration": {**target, **({"TargetObjectKeyFormat": key_format} if key_format else {})}}


def tagging(answer: Answer) -> Properties:
    """GetBucketTagging."""
    return given(Tags=tags(answer.get("TagSet")))


def metrics(answer: Answer) -> Properties:
    """ListBucketMetricsConfigurations: which request metrics CloudWatch gets, by filter."""
    configurations = answer.get("MetricsConfigurationList", ())
    return given(MetricsConfigurations=[_metrics_configuration(entry) for entry in configurations])


def _metrics_configuration(entry: Mapping[str, Any]) -> dict[str, Value]:
    filter_ = entry.get("Filter", {})
    both = filter_.get("And", {})
    return given(
        Id=entry["Id"],
        Prefix=both.get("Prefix", filter_.get("Prefix")),
        TagFilters=tags(both.get("Tags") or ([filter_["Tag"]] if "Tag" in filter_ else ())),
        AccessPointArn=both.get("AccessPointArn", filter_.get("AccessPointArn")),
    )


def notifications(answer: Answer) -> Properties:
    """GetBucketNotificationConfiguration: CloudFormation wants one entry an event."""
    configuration = given(
        TopicConfigurations=_destinations(answer.get("TopicConfigurations"), "TopicArn", "Topic"),
        QueueConfigurations=_destinations(answer.get("QueueConfigurations"), "QueueArn", "Queue"),
        LambdaConfigurations=_destinations(answer.get("LambdaFunctionConfigurations"), "LambdaFunctionArn", "Function"),
        EventBridgeConfiguration={"EventBridgeEnabled": True} if "EventBridgeConfiguration" in answer else None,
    )
    return given(NotificationConfiguration=configuration)


def _destinations(entries: Iterable[Mapping[str, Any]] | None, arn: str, named: str) -> list[dict[str, Value]]:
    return [
        given(Event=event, Filter=_key_filter(entry.get("Filter")), **{named: entry[arn]})
        for entry in entries or ()
        for event in entry["Events"]
    ]


def _key_filter(filter_: Mapping[str, Any] | None) -> Value:
    rules = (filter_ or {}).get("Key", {}).get("FilterRules", ())
    return {"S3Key": {"Rules": [picked(rule, "Name", "Value") for rule in rules]}} if rules else None


def inventories(answer: Answer) -> Properties:
    """ListBucketInventoryConfigurations."""
    entries = answer.get("InventoryConfigurationList", ())
    return given(InventoryConfigurations=[_inventory(entry) for entry in entries])


def _inventory(entry: Mapping[str, Any]) -> dict[str, Value]:
    target = entry["Destination"]["S3BucketDestination"]
    destination = given(BucketArn=target["Bucket"], BucketAccountId=target.get("AccountId"))
    return given(
        Id=entry["Id"],
        Enabled=entry["IsEnabled"],
        Destination={**destination, **picked(target, "Format", "Prefix")},
        IncludedObjectVersions=entry["IncludedObjectVersions"],
        ScheduleFrequency=entry["Schedule"]["Frequency"],
        OptionalFields=entry.get("OptionalFields"),
        Prefix=entry.get("Filter", {}).get("Prefix"),
    )
