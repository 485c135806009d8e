"""What has to be read for a need: the calls that give it, and those that find the resources to ask about."""

import pytest

from scanner.estate.needs import Need
from scanner.sources.aws.calls import Scope
from scanner.sources.aws.tables import CALLS, operation_for, plan


def operations(*needs: Need) -> list[str]:
    return [call.operation for call in plan(needs).calls]


@pytest.mark.parametrize(
    ("type_", "path", "expected"),
    [
        ("AWS::S3::Bucket", "VersioningConfiguration", ["ListBuckets", "GetBucketLocation", "GetBucketVersioning"]),
        ("AWS::S3::Bucket", "", ["ListBuckets", "GetBucketLocation"]),
        ("AWS::S3::Bucket", "Observed.AclGrants", ["ListBuckets", "GetBucketLocation", "GetBucketAcl"]),
        ("AWS::S3::BucketPolicy", "PolicyDocument", ["ListBuckets", "GetBucketLocation", "GetBucketPolicy"]),
        ("AWS::KMS::Key", "Observed.KeyState", ["ListKeys", "DescribeKey"]),
        ("AWS::IAM::Role", "Policies", ["GetAccountAuthorizationDetails"]),
        ("AWS::IAM::Role", "MaxSessionDuration", ["GetAccountAuthorizationDetails", "GetRole"]),
        (
            "AWS::SNS::Subscription",
            "FilterPolicy",
            ["ListTopics", "ListSubscriptionsByTopic", "GetSubscriptionAttributes"],
        ),
        (
            "AWS::Organizations::Account",
            "ParentIds",
            ["DescribeOrganization", "ListRoots", "ListOrganizationalUnitsForParent", "ListAccountsForParent"],
        ),
        (
            "AWS::Organizations::Policy",
            "TargetIds",
            ["DescribeOrganization", "ListPolicies", "ListPolicies", "ListTargetsForPolicy"],
        ),
        ("AWS::Macie::Session", "Status", ["GetMacieSession"]),
        ("AWS::RDS::DBSnapshot", "Attributes", []),
        ("DR::Replication::Link", "Rule", []),
        ("AWS::S3::Bucket", "Derived.Roles", ["ListBuckets", "GetBucketLocation"]),
    ],
)
def test_needs_become_calls(type_: str, path: str, expected: list[str]) -> None:
    assert operations(Need(type_, path)) == expected


def test_calls_are_shared_between_needs() -> None:
    several = [Need("AWS::S3::Bucket", path) for path in ("ObjectLockEnabled", "ObjectLockConfiguration", "BucketName")]
    assert operations(*several) == ["ListBuckets", "GetBucketLocation", "GetObjectLockConfiguration"]


def test_the_whole_of_observed_may_be_needed() -> None:
    assert {"GetBucketAcl", "GetBucketVersioning"} <= set(operations(Need("AWS::S3::Bucket", "Observed")))


def test_types_are_those_that_are_listed() -> None:
    assert plan([Need("AWS::S3::BucketPolicy")]).types == {"AWS::S3::Bucket", "AWS::S3::BucketPolicy"}


def test_a_refused_listing_hides_what_hangs_on_it() -> None:
    planned = plan(
        [Need("AWS::Organizations::Account"), Need("AWS::Organizations::Policy"), Need("AWS::S3::BucketPolicy")]
    )
    describe, listing = (
        next(call for call in planned.calls if call.operation == name)
        for name in ("DescribeOrganization", "ListBuckets")
    )
    assert planned.hidden_by(listing) == ("AWS::S3::Bucket", "AWS::S3::BucketPolicy")
    assert set(planned.hidden_by(describe)) == {
        f"AWS::Organizations::{name}" for name in ("Organization", "Root", "OrganizationalUnit", "Account", "Policy")
    }


@pytest.mark.parametrize(
    ("type_", "path", "expected"),
    [
        ("AWS::S3::Bucket", "ReplicationConfiguration.Rules[0].Status", "s3:GetBucketReplication"),
        ("AWS::S3::Bucket", "Observed.AclGrants[12].Permission", "s3:GetBucketAcl"),
        ("AWS::S3::Bucket", "BucketName", "s3:ListBuckets"),
        ("AWS::S3::AccountPublicAccessBlock", "BlockPublicAcls", "s3control:GetPublicAccessBlock"),
        ("AWS::CloudTrail::Trail", "IsLogging", "cloudtrail:GetTrailStatus"),
        ("AWS::KMS::Key", "", "kms:ListKeys"),
        ("AWS::S3::Bucket", "Derived.Roles", ""),
        ("AWS::Backup::BackupVault", "LockConfiguration", "backup:ListBackupVaults"),
        ("AWS::RDS::DBInstance", "StorageEncrypted", ""),
    ],
)
def test_evidence_knows_its_operation(type_: str, path: str, expected: str) -> None:
    assert operation_for(type_, path) == expected


def test_every_call_can_be_needed() -> None:
    needed = plan(Need(type_, path) for call in CALLS for type_, paths in call.gives.items() for path in paths)
    assert set(needed.calls) == set(CALLS)
    assert {call.scope for call in needed.calls} == set(Scope)
