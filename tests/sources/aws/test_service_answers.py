"""The other services' answers in the one shape, on answers as AWS documents them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from scanner.estate.unknown import Unknown
from scanner.sources.aws import backup, cloudtrail, cloudwatch, iam, kms, macie, organizations, s3control, sns
from scanner.sources.aws.calls import Found, Place

HERE = Place("111111111111", "eu-west-1", "aws")
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
EMPTY = {"Version": "2012-10-17", "Statement": []}


def test_a_role_with_everything() -> None:
    detail = {
        "RoleName": "crr",
        "RoleId": "AROA",
        "Arn": "arn:aws:iam::111111111111:role/service-role/crr",
        "Path": "/service-role/",
        "CreateDate": NOON,
        "AssumeRolePolicyDocument": EMPTY,
        "RolePolicyList": [
            {"PolicyName": "p", "PolicyDocument": EMPTY},
            {"PolicyName": "broken", "PolicyDocument": "{"},
        ],
        "AttachedManagedPolicies": [{"PolicyName": "m", "PolicyArn": "arn:m"}],
        "PermissionsBoundary": {"PermissionsBoundaryArn": "arn:b", "PermissionsBoundaryType": "Policy"},
        "Tags": [{"Key": "k", "Value": "v"}],
        "RoleLastUsed": {"LastUsedDate": NOON, "Region": "eu-west-1"},
    }
    (role,) = iam.roles({"RoleDetailList": [detail]}, HERE, None)
    assert role.arn == detail["Arn"]
    assert role.region == ""
    assert role.properties == {
        "RoleName": "crr",
        "Path": "/service-role/",
        "AssumeRolePolicyDocument": EMPTY,
        "Policies": [
            {"PolicyName": "p", "PolicyDocument": EMPTY},
            {"PolicyName": "broken", "PolicyDocument": Unknown("the policy is not JSON")},
        ],
        "ManagedPolicyArns": ["arn:m"],
        "PermissionsBoundary": "arn:b",
        "Tags": [{"Key": "k", "Value": "v"}],
        "Observed.RoleId": "AROA",
        "Observed.CreateDate": "2026-11-21T12:00:00Z",
        "Observed.LastUsed": "2026-11-21T12:00:00Z",
    }


def test_users_name_their_groups_and_groups_their_policies() -> None:
    user = {"UserName": "u", "UserId": "AIDA", "Arn": "arn:u", "Path": "/", "GroupList": ["admins"]}
    group = {"GroupName": "admins", "Arn": "arn:g", "GroupPolicyList": [{"PolicyName": "p", "PolicyDocument": EMPTY}]}
    (found,) = iam.users({"UserDetailList": [user]}, HERE, None)
    assert found.properties == {"UserName": "u", "Path": "/", "Groups": ["admins"], "Observed.UserId": "AIDA"}
    (found,) = iam.groups({"GroupDetailList": [group]}, HERE, None)
    assert found.properties["Policies"] == [{"PolicyName": "p", "PolicyDocument": EMPTY}]


def managed(name: str, owner: str, attached: int, boundary: int = 0) -> dict[str, Any]:
    versions = [
        {"VersionId": "v1", "IsDefaultVersion": False, "Document": {"old": True}},
        {"VersionId": "v2", "IsDefaultVersion": True, "Document": EMPTY},
    ]
    return {
        "PolicyName": name,
        "Arn": f"arn:aws:iam::{owner}:policy/{name}",
        "AttachmentCount": attached,
        "PermissionsBoundaryUsageCount": boundary,
        "PolicyVersionList": versions,
    }


def test_of_awss_own_policies_only_those_in_use_count() -> None:
    listed = [managed("own", "111111111111", 0), managed("unused", "aws", 0), managed("used", "aws", 1)]
    listed.append(managed("boundary", "aws", 0, 1))
    found = list(iam.managed_policies({"Policies": listed}, HERE, None))
    assert [(policy.name, policy.account) for policy in found] == [
        ("own", "111111111111"),
        ("used", "aws"),
        ("boundary", "aws"),
    ]
    assert found[0].properties["PolicyDocument"] == EMPTY


def test_a_replica_key_pending_deletion() -> None:
    metadata = {
        "KeyId": "mrk-1",
        "Arn": "arn:key",
        "Description": "",
        "Enabled": False,
        "KeyState": "PendingDeletion",
        "KeyManager": "CUSTOMER",
        "DeletionDate": NOON,
        "Origin": "AWS_KMS",
        "KeySpec": "SYMMETRIC_DEFAULT",
        "KeyUsage": "ENCRYPT_DECRYPT",
        "MultiRegion": True,
        "MultiRegionConfiguration": {"MultiRegionKeyType": "REPLICA", "PrimaryKey": {"Arn": "arn:primary"}},
        "AWSAccountId": "111111111111",
    }
    found = kms.description({"KeyMetadata": metadata})
    assert found["Enabled"] is False
    assert found["Description"] == ""
    assert {path: value for path, value in found.items() if path.startswith("Observed")} == {
        "Observed.KeyState": "PendingDeletion",
        "Observed.KeyManager": "CUSTOMER",
        "Observed.DeletionDate": "2026-11-21T12:00:00Z",
        "Observed.MultiRegionKeyType": "REPLICA",
        "Observed.PrimaryKeyArn": "arn:primary",
    }


def test_grants_keep_their_constraints() -> None:
    grant = {
        "KeyId": "k",
        "GrantId": "g",
        "GranteePrincipal": "arn:role",
        "Operations": ["Decrypt"],
        "Constraints": {"EncryptionContextSubset": {"aws:s3:arn": "arn:bucket"}},
        "CreationDate": NOON,
    }
    assert kms.grants({"Grants": [grant]}) == {
        "Observed.Grants": [{key: grant[key] for key in ("GrantId", "GranteePrincipal", "Operations", "Constraints")}]
    }
    assert kms.grants({}) == {"Observed.Grants": []}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({}, {}),
        ({"KeyRotationEnabled": False}, {"EnableKeyRotation": False}),
        (
            {"KeyRotationEnabled": True, "RotationPeriodInDays": 90},
            {"EnableKeyRotation": True, "RotationPeriodInDays": 90},
        ),
    ],
)
def test_rotation(answer: dict[str, Any], expected: dict[str, Any]) -> None:
    assert kms.rotation(answer) == expected


def test_a_shadow_trail_belongs_to_its_owner_and_home_region() -> None:
    trail = {
        "Name": "org",
        "TrailARN": "arn:aws:cloudtrail:us-east-1:999999999999:trail/org",
        "HomeRegion": "us-east-1",
        "S3BucketName": "logs",
        "IsMultiRegionTrail": True,
        "IsOrganizationTrail": True,
        "LogFileValidationEnabled": False,
        "KmsKeyId": "arn:key",
        "HasInsightSelectors": False,
    }
    (found,) = cloudtrail.trails({"trailList": [trail]}, HERE, None)
    assert (found.region, found.account, found.handle) == ("us-east-1", "999999999999", trail["TrailARN"])
    assert found.properties == {
        "TrailName": "org",
        "S3BucketName": "logs",
        "IsMultiRegionTrail": True,
        "IsOrganizationTrail": True,
        "EnableLogFileValidation": False,
        "KMSKeyId": "arn:key",
        "Observed.HomeRegion": "us-east-1",
        "Observed.SeenFrom": ["111111111111"],
    }


def test_trail_status_and_selectors() -> None:
    status = {"IsLogging": False, "LatestDeliveryError": "AccessDenied", "LatestDeliveryTime": NOON}
    assert cloudtrail.status(status) == {
        "IsLogging": False,
        "Observed.LatestDeliveryError": "AccessDenied",
        "Observed.LatestDeliveryTime": "2026-11-21T12:00:00Z",
    }
    advanced = {"Name": "s3", "FieldSelectors": [{"Field": "eventCategory", "Equals": ["Data"]}]}
    assert cloudtrail.selectors({"AdvancedEventSelectors": [advanced]}) == {"AdvancedEventSelectors": [advanced]}
    classic = {
        "ReadWriteType": "WriteOnly",
        "IncludeManagementEvents": False,
        "DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}],
        "ExcludeManagementEventSources": [],
    }
    (found,) = cloudtrail.selectors({"EventSelectors": [classic]})["EventSelectors"]
    assert found == {key: value for key, value in classic.items() if value != []}


def test_alarms_on_a_metric_and_on_an_expression() -> None:
    plain = {
        "AlarmName": "a",
        "AlarmArn": "arn:a",
        "MetricName": "OperationsFailedReplication",
        "Namespace": "AWS/S3",
        "Dimensions": [{"Name": "SourceBucket", "Value": "data"}],
        "Threshold": 0.0,
        "ActionsEnabled": False,
        "AlarmActions": [],
        "StateValue": "OK",
        "AlarmDescription": "free text",
    }
    stat = {"Metric": {"Namespace": "AWS/S3", "MetricName": "4xxErrors"}, "Period": 60, "Stat": "Sum"}
    metrics = [{"Id": "m1", "MetricStat": stat, "ReturnData": False}, {"Id": "e1", "Expression": "m1*2"}]
    answer = {"MetricAlarms": [plain, {"AlarmName": "b", "AlarmArn": "arn:b", "Metrics": metrics}]}
    first, second = cloudwatch.alarms(answer, HERE, None)
    assert first.properties == {
        "AlarmName": "a",
        "MetricName": "OperationsFailedReplication",
        "Namespace": "AWS/S3",
        "Dimensions": [{"Name": "SourceBucket", "Value": "data"}],
        "Threshold": 0.0,
        "ActionsEnabled": False,
        "AlarmDescription": "free text",
        "Observed.StateValue": "OK",
    }
    assert second.properties["Metrics"] == metrics


def test_metric_filters_are_named_within_their_log_group() -> None:
    filter_ = {
        "filterName": "denied",
        "filterPattern": "",
        "logGroupName": "/trail",
        "metricTransformations": [
            {
                "metricName": "Denied",
                "metricNamespace": "DR",
                "metricValue": "1",
                "defaultValue": 0.0,
                "dimensions": {"b": "$.b", "a": "$.a"},
            }
        ],
    }
    (found,) = cloudwatch.metric_filters({"metricFilters": [filter_]}, HERE, None)
    assert found.name == "/trail:denied"
    assert found.properties["FilterPattern"] == ""
    assert found.properties["MetricTransformations"] == [
        {
            "MetricName": "Denied",
            "MetricNamespace": "DR",
            "MetricValue": "1",
            "DefaultValue": 0.0,
            "Dimensions": [{"Key": "a", "Value": "$.a"}, {"Key": "b", "Value": "$.b"}],
        }
    ]


@pytest.mark.parametrize(
    ("protocol", "endpoint", "kept"),
    [
        ("email", "ops@example.com", "ops@example.com"),
        ("sqs", "arn:aws:sqs:eu-west-1:1:q", "arn:aws:sqs:eu-west-1:1:q"),
        ("https", "https://user:pass@hooks.example.com/T0K3N?key=1", "https://hooks.example.com/..."),
        ("http", "http://[bad", "http://.../..."),
        ("email", None, None),
    ],
)
def test_webhooks_keep_only_their_host(protocol: str, endpoint: str | None, kept: str | None) -> None:
    assert sns.without_secrets(protocol, endpoint) == kept


def test_subscriptions_pending_confirmed_and_deleted() -> None:
    topic = "arn:aws:sns:eu-west-1:111111111111:dr"
    states = ["PendingConfirmation", "Deleted", f"{topic}:1"]
    entries = [
        {"SubscriptionArn": arn, "TopicArn": topic, "Protocol": "email", "Endpoint": "a@b", "Owner": "222222222222"}
        for arn in states
    ]
    pending, confirmed = sns.subscriptions({"Subscriptions": entries}, HERE, None)
    assert (pending.arn, pending.properties["Observed.PendingConfirmation"]) == ("", True)
    assert isinstance(pending.properties["FilterPolicy"], Unknown)
    assert (confirmed.arn, confirmed.account) == (f"{topic}:1", "222222222222")
    assert confirmed.properties["Observed.PendingConfirmation"] is False


def test_topic_attributes_are_numbers_again() -> None:
    found = sns.attributes({"Attributes": {"SubscriptionsConfirmed": "2", "DisplayName": "", "Policy": "{}"}})
    assert found == {"Observed.SubscriptionsConfirmed": 2}


def test_an_account_without_a_block_or_macie_is_there_without_values() -> None:
    (block,) = s3control.account_block({}, HERE, None)
    (session,) = macie.session({}, HERE, None)
    assert (block.name, block.region, dict(block.properties)) == ("111111111111", "", {})
    assert (session.name, session.region, dict(session.properties)) == ("111111111111", "eu-west-1", {})


def test_access_points_know_their_members_and_policies() -> None:
    members = [{"Bucket": "a", "Region": "eu-west-1", "BucketAccountId": "1"}, {"Bucket": "b", "Region": "us-east-1"}]
    point = {"Name": "p", "Alias": "abc.mrap", "Status": "READY", "CreatedAt": NOON, "Regions": members}
    (found,) = s3control.access_points({"AccessPoints": [point]}, Place("111111111111", "us-west-2", "aws"), None)
    assert found.arn == "arn:aws:s3::111111111111:accesspoint/abc.mrap"
    assert found.properties["Regions"] == [{"Bucket": "a", "BucketAccountId": "1"}, {"Bucket": "b"}]
    assert found.properties["Observed.Regions"] == members
    established = {"Policy": {"Established": {"Policy": '{"Statement": []}'}, "Proposed": {"Policy": "{}"}}}
    (policy,) = s3control.access_point_policy(established, HERE, found)
    assert policy.properties == {"MrapName": "p", "Policy": {"Statement": []}}
    assert list(s3control.access_point_policy({"Policy": {"Proposed": {"Policy": "{}"}}}, HERE, found)) == []


def test_the_organizations_policies_are_its_own_whoever_wrote_them() -> None:
    organization = Found("AWS::Organizations::Organization", "arn:o", "o-1", account="999999999999")
    full = {
        "Id": "p-FullAWSAccess",
        "Arn": "arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess",
        "Name": "FullAWSAccess",
        "Type": "SERVICE_CONTROL_POLICY",
        "AwsManaged": True,
    }
    (found,) = organizations.policies({"Policies": [full]}, HERE, organization)
    assert (found.account, found.handle) == ("999999999999", "p-FullAWSAccess")
    assert organizations.content({"Policy": {"Content": "{"}}) == {"Content": Unknown("the policy is not JSON")}


VAULT = "arn:aws:backup:eu-west-1:111111111111:backup-vault:copies"


@pytest.mark.parametrize(
    ("answered", "lock"),
    [
        ({"Locked": False}, None),
        ({"Locked": True, "MinRetentionDays": 7, "MaxRetentionDays": 90}, (7, 90, None)),
        (
            {"Locked": True, "MinRetentionDays": 7, "MaxRetentionDays": 90, "LockDate": NOON},
            (7, 90, "AWS shows the day on which a lock becomes final (LockDate), not how many days that took"),
        ),
    ],
)
def test_a_vault_shows_when_its_lock_becomes_final(answered: dict[str, Any], lock: Any) -> None:
    vault = {"BackupVaultName": "copies", "BackupVaultArn": VAULT, "EncryptionKeyArn": "arn:k", **answered}
    (found,) = backup.vaults({"BackupVaultList": [vault | {"NumberOfRecoveryPoints": 0}]}, HERE, None)
    assert (found.arn, found.name, found.account, found.region) == (VAULT, "copies", "111111111111", "eu-west-1")
    said = found.properties.get("LockConfiguration")
    days = ("MinRetentionDays", "MaxRetentionDays", "ChangeableForDays")
    reasons = [value.reason if isinstance(value, Unknown) else value for value in map((said or {}).get, days)]
    assert (tuple(reasons) if said else None) == lock
    assert found.properties["Observed.Locked"] is answered["Locked"]
    assert found.properties["Observed.NumberOfRecoveryPoints"] == 0
    assert found.properties.get("Observed.LockDate") == ("2026-11-21T12:00:00Z" if "LockDate" in answered else None)


def test_the_policy_of_a_vault() -> None:
    assert backup.access_policy({"BackupVaultArn": VAULT, "Policy": '{"Version": "2012-10-17", "Statement": []}'}) == {
        "AccessPolicy": EMPTY
    }
    assert backup.access_policy({}) == {}


def test_a_plan_in_cloudformations_words() -> None:
    plan = {"BackupPlanArn": "arn:aws:backup:eu-west-1:111111111111:backup-plan:1", "BackupPlanName": "nightly"}
    (found,) = backup.plans({"BackupPlansList": [plan | {"BackupPlanId": "1"}]}, HERE, None)
    assert (found.name, found.handle) == ("nightly", "1")
    copy = {"DestinationBackupVaultArn": VAULT, "Lifecycle": {"DeleteAfterDays": 35, "DeleteAfterEvent": "X"}}
    rule = {"RuleName": "daily", "TargetBackupVaultName": "here", "RuleId": "r", "Lifecycle": {}, "CopyActions": [copy]}
    assert backup.plan_rules({"BackupPlan": {"BackupPlanName": "nightly", "Rules": [rule]}}) == {
        "BackupPlan": {
            "BackupPlanName": "nightly",
            "BackupPlanRule": [
                {
                    "RuleName": "daily",
                    "TargetBackupVault": "here",
                    "CopyActions": [{"DestinationBackupVaultArn": VAULT, "Lifecycle": {"DeleteAfterDays": 35}}],
                }
            ],
        }
    }
