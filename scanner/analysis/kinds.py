"""The resource types that analyses join, and how they say what of them they read and give."""

from scanner.estate.needs import Need

BUCKET = "AWS::S3::Bucket"
BUCKET_POLICY = "AWS::S3::BucketPolicy"
ACCOUNT_PUBLIC_ACCESS_BLOCK = "AWS::S3::AccountPublicAccessBlock"
ACCESS_POINT = "AWS::S3::MultiRegionAccessPoint"
TRAIL = "AWS::CloudTrail::Trail"
ALARM = "AWS::CloudWatch::Alarm"
COMPOSITE_ALARM = "AWS::CloudWatch::CompositeAlarm"
METRIC_FILTER = "AWS::Logs::MetricFilter"
TOPIC = "AWS::SNS::Topic"
TOPIC_POLICY = "AWS::SNS::TopicPolicy"
SUBSCRIPTION = "AWS::SNS::Subscription"
KEY = "AWS::KMS::Key"
ALIAS = "AWS::KMS::Alias"
MACIE_SESSION = "AWS::Macie::Session"
BACKUP_VAULT = "AWS::Backup::BackupVault"
BACKUP_PLAN = "AWS::Backup::BackupPlan"

ACCOUNT_REGION = "DR::AccountRegion"
"""Derived: one account's part of one region, where the estate keeps data."""

PROTECTED_BUCKET = "DR::ProtectedBucket"
"""Derived: a bucket that the estate file protects, whether it exists or not, with the copies asked for."""

TEMPLATE = "DR::Template"
"""A template file, as it would be deployed in one place."""

TEMPLATE_RESOURCE = "DR::Template::Resource"
"""A resource of any type that a template declares, as far as keeping it and its policies are concerned."""

WAIVER = "DR::Waiver"
"""Derived: a waiver of the estate file or of a template."""


def needs(type_: str, *paths: str) -> frozenset[Need]:
    """These properties of a type, or with no path its mere existence, as an analysis declares them."""
    return frozenset(Need(type_, path) for path in paths or ("",))
