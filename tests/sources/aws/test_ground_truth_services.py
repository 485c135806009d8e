"""What the reader says of keys, roles, trails, alarms, topics and access points is what was built through boto3."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from fault_proxy import Fault

from scanner.estate.unknown import Unknown

DOCUMENT = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sts:AssumeRole"},
    ],
}


def one(estate: Any, type_: str) -> dict[str, Any]:
    """The properties of the one resource of a type, once it is clear that nothing was missed."""
    assert estate.unseen == ()
    (found,) = estate.of_type(type_)
    return dict(found.properties)


def test_a_key_with_alias_grant_tags_and_rotation(aws: Any) -> None:
    kms = aws.client("kms")
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "kms:*"}]}
    key = kms.create_key(
        Description="dr", Policy=json.dumps(policy), Tags=[{"TagKey": "a", "TagValue": "b"}], MultiRegion=True
    )["KeyMetadata"]
    kms.create_alias(AliasName="alias/dr", TargetKeyId=key["KeyId"])
    kms.enable_key_rotation(KeyId=key["KeyId"])
    grant = kms.create_grant(KeyId=key["KeyId"], GranteePrincipal="arn:aws:iam::1:role/r", Operations=["Decrypt"])
    kms.schedule_key_deletion(KeyId=kms.create_key()["KeyMetadata"]["KeyId"])
    estate = aws.read("AWS::KMS::Key.Observed", "AWS::KMS::Key.KeyPolicy", "AWS::KMS::Key.Tags", "AWS::KMS::Alias")
    assert estate.unseen == ()
    assert {each.properties["Observed"]["KeyState"] for each in estate.of_type("AWS::KMS::Key")} == {
        "Enabled",
        "PendingDeletion",
    }
    found = estate.get("AWS::KMS::Key", key["Arn"])
    assert found is not None
    assert found.properties["KeyPolicy"] == policy
    assert found.properties["Tags"] == [{"Key": "a", "Value": "b"}]
    assert found.properties["MultiRegion"] is True
    assert found.properties["Observed"]["Grants"][0]["GrantId"] == grant["GrantId"]
    assert found.properties["EnableKeyRotation"] == Unknown("not read by this scan")
    (alias,) = [each for each in estate.of_type("AWS::KMS::Alias") if each.name == "alias/dr"]
    assert alias.properties["TargetKeyId"] == key["KeyId"]
    rotating = aws.read("AWS::KMS::Key.EnableKeyRotation").get("AWS::KMS::Key", key["Arn"])
    assert rotating is not None
    assert rotating.properties["EnableKeyRotation"] is True


def test_iam_in_one_list_for_each_kind(aws: Any) -> None:
    iam = aws.client("iam")
    boundary = iam.create_policy(PolicyName="bound", PolicyDocument=json.dumps(DOCUMENT))["Policy"]["Arn"]
    iam.create_role(
        RoleName="crr",
        Path="/dr/",
        AssumeRolePolicyDocument=json.dumps(TRUST),
        PermissionsBoundary=boundary,
        MaxSessionDuration=7200,
    )
    iam.put_role_policy(RoleName="crr", PolicyName="inline", PolicyDocument=json.dumps(DOCUMENT))
    iam.attach_role_policy(RoleName="crr", PolicyArn=boundary)
    iam.create_group(GroupName="g")
    iam.create_user(UserName="u", Tags=[{"Key": "k", "Value": "v"}])
    iam.add_user_to_group(GroupName="g", UserName="u")
    kinds = ("Role", "User", "Group", "ManagedPolicy")
    with aws.behind() as proxy:
        estate = aws.read(*(f"AWS::IAM::{kind}" for kind in kinds), "AWS::IAM::Role.MaxSessionDuration")
    assert proxy.calls == {"sts:AssumeRole": 1, "iam:GetAccountAuthorizationDetails": 4, "iam:GetRole": 1}
    role = one(estate, "AWS::IAM::Role")
    assert estate.of_type("AWS::IAM::Role")[0].arn == f"arn:aws:iam::{aws.account}:role/dr/crr"
    assert role["AssumeRolePolicyDocument"] == TRUST
    assert role["Policies"] == [{"PolicyName": "inline", "PolicyDocument": DOCUMENT}]
    assert (role["ManagedPolicyArns"], role["PermissionsBoundary"]) == ([boundary], boundary)
    assert (role["Path"], role["MaxSessionDuration"]) == ("/dr/", 7200)
    user = one(estate, "AWS::IAM::User")
    assert (user["Groups"], user["Tags"]) == (["g"], [{"Key": "k", "Value": "v"}])
    assert one(estate, "AWS::IAM::Group")["GroupName"] == "g"
    policy = one(estate, "AWS::IAM::ManagedPolicy")
    assert (policy["ManagedPolicyName"], policy["PolicyDocument"]) == ("bound", DOCUMENT)


def test_a_multi_region_trail_is_one_trail_wherever_it_shows(aws: Any) -> None:
    aws.client("s3").create_bucket(Bucket=f"logs-{aws.account}")
    trail = aws.client("cloudtrail")
    made = trail.create_trail(
        Name="all", S3BucketName=f"logs-{aws.account}", IsMultiRegionTrail=True, EnableLogFileValidation=True
    )
    trail.start_logging(Name="all")
    selectors = [{"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": []}]
    trail.put_event_selectors(TrailName="all", EventSelectors=selectors)
    needs = ("IsLogging", "EventSelectors", "IsMultiRegionTrail")
    with aws.behind() as proxy:
        estate = aws.read(*(f"AWS::CloudTrail::Trail.{name}" for name in needs), regions=("eu-west-1", "us-east-1"))
    found = one(estate, "AWS::CloudTrail::Trail")
    assert (found["IsLogging"], found["IsMultiRegionTrail"], found["EnableLogFileValidation"]) == (True, True, True)
    assert found["EventSelectors"][0]["ReadWriteType"] == "All"
    resource = estate.of_type("AWS::CloudTrail::Trail")[0]
    assert (resource.arn, resource.region) == (made["TrailARN"], "us-east-1")
    assert (proxy.calls["cloudtrail:DescribeTrails"], proxy.calls["cloudtrail:GetTrailStatus"]) == (2, 1)
    assert {each.region for each in proxy.asked if each.operation == "cloudtrail:GetTrailStatus"} == {"us-east-1"}


def shared_trail(owner: str) -> str:
    arn = f"arn:aws:cloudtrail:us-east-1:{owner}:trail/org"
    return json.dumps(
        {
            "trailList": [
                {
                    "Name": "org",
                    "TrailARN": arn,
                    "HomeRegion": "us-east-1",
                    "S3BucketName": "logs",
                    "IsOrganizationTrail": True,
                }
            ]
        }
    )


@pytest.mark.parametrize("refused", [0, 1, 2])
def test_an_organizations_trail_is_known_as_long_as_one_account_may_read_it(
    aws: Any, new_account: Callable[[], str], refused: int
) -> None:
    member = new_account()
    faults = (
        Fault("answer", "cloudtrail:DescribeTrails", body=shared_trail(aws.account)),
        Fault("refuse", "cloudtrail:GetTrailStatus", times=refused),
        Fault("answer", "cloudtrail:GetTrailStatus", body='{"IsLogging": true}'),
    )
    targets = (aws.target("us-east-1", account=member), aws.target("us-east-1"))
    with aws.behind(*faults):
        estate = aws.read("AWS::CloudTrail::Trail.IsLogging", targets=targets)
    (trail,) = estate.of_type("AWS::CloudTrail::Trail")
    assert trail.account == aws.account
    assert trail.properties["Observed"]["SeenFrom"] == sorted([aws.account, member])
    if refused < 2:
        assert (trail.properties["IsLogging"], estate.unseen) == (True, ())
    else:
        assert isinstance(trail.properties["IsLogging"], Unknown)
        assert [gap.what for gap in estate.unseen] == ["AWS::CloudTrail::Trail org IsLogging"]


def test_alarms_metric_filters_topics_and_subscriptions(aws: Any) -> None:
    topic = aws.client("sns").create_topic(Name="alerts", Attributes={"KmsMasterKeyId": "alias/dr"})["TopicArn"]
    aws.client("sns").subscribe(TopicArn=topic, Protocol="https", Endpoint="https://hooks.example.com/T0K3N")
    aws.client("cloudwatch").put_metric_alarm(
        AlarmName="failed",
        Namespace="AWS/S3",
        MetricName="OperationsFailedReplication",
        Dimensions=[{"Name": "SourceBucket", "Value": "data"}],
        Statistic="Sum",
        Period=300,
        EvaluationPeriods=1,
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
        AlarmActions=[topic],
    )
    logs = aws.client("logs")
    logs.create_log_group(logGroupName="/trail")
    transformation = {"metricName": "Denied", "metricNamespace": "DR", "metricValue": "1"}
    logs.put_metric_filter(
        logGroupName="/trail", filterName="denied", filterPattern="{ $.x = 1 }", metricTransformations=[transformation]
    )
    types = ("AWS::CloudWatch::Alarm", "AWS::Logs::MetricFilter", "AWS::SNS::TopicPolicy.PolicyDocument")
    estate = aws.read(*types, "AWS::SNS::Subscription", "AWS::SNS::Topic.Observed")
    alarm = one(estate, "AWS::CloudWatch::Alarm")
    assert (alarm["AlarmActions"], alarm["Threshold"], alarm["Period"]) == ([topic], 0.0, 300)
    assert alarm["Dimensions"] == [{"Name": "SourceBucket", "Value": "data"}]
    filter_ = one(estate, "AWS::Logs::MetricFilter")
    assert (filter_["FilterPattern"], filter_["LogGroupName"]) == ("{ $.x = 1 }", "/trail")
    assert one(estate, "AWS::SNS::Topic")["KmsMasterKeyId"] == "alias/dr"
    assert one(estate, "AWS::SNS::TopicPolicy")["Topics"] == [topic]
    assert one(estate, "AWS::SNS::Subscription")["Endpoint"] == "https://hooks.example.com/..."
    assert "T0K3N" not in repr(estate)


def test_account_block_and_access_points_through_an_endpoint_without_subdomains(aws: Any) -> None:
    name = f"member-{aws.account}"
    aws.client("s3").create_bucket(Bucket=name)
    control = aws.client("s3control", "us-west-2")
    block = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
    control.put_public_access_block(AccountId=aws.account, PublicAccessBlockConfiguration=block)
    details = {"Name": "point", "Regions": [{"Bucket": name}]}
    control.create_multi_region_access_point(AccountId=aws.account, ClientToken="t", Details=details)
    point = "AWS::S3::MultiRegionAccessPoint"
    with aws.behind() as proxy:
        estate = aws.read("AWS::S3::AccountPublicAccessBlock", f"{point}.Regions", f"{point}Policy.Policy")
    assert one(estate, "AWS::S3::AccountPublicAccessBlock") == block
    found = one(estate, point)
    assert [member["Bucket"] for member in found["Regions"]] == [name]
    assert found["Observed"]["Status"] == "READY"
    assert list(estate.of_type(f"{point}Policy")) == []
    (asked,) = {each.region for each in proxy.asked if "MultiRegion" in each.operation}
    assert asked == "us-west-2"


@pytest.mark.parametrize("macie", [True, False])
def test_macie(aws: Any, macie: bool) -> None:
    if macie:
        aws.client("macie2").enable_macie(findingPublishingFrequency="ONE_HOUR")
    expected = {"Status": "ENABLED", "FindingPublishingFrequency": "ONE_HOUR"} if macie else {}
    assert one(aws.read("AWS::Macie::Session.Status"), "AWS::Macie::Session") == expected


def test_vaults_with_their_locks_and_plans_with_their_copies(aws: Any) -> None:
    backup = aws.client("backup")
    vault, plan = "AWS::Backup::BackupVault", "AWS::Backup::BackupPlan"
    made = backup.create_backup_vault(BackupVaultName="copies")
    backup.create_backup_vault(BackupVaultName="daily")
    backup.put_backup_vault_lock_configuration(BackupVaultName="copies", MinRetentionDays=7, ChangeableForDays=3)
    copies = [{"DestinationBackupVaultArn": made["BackupVaultArn"], "Lifecycle": {"DeleteAfterDays": 35}}]
    rule = {"RuleName": "nightly", "TargetBackupVaultName": "daily", "CopyActions": copies}
    backup.create_backup_plan(BackupPlan={"BackupPlanName": "plan", "Rules": [rule]})
    estate = aws.read(f"{vault}.LockConfiguration", f"{vault}.Observed.LockDate", f"{plan}.BackupPlan")
    assert estate.unseen == ()
    found = {one.name: one.properties for one in estate.of_type(vault)}
    assert found["copies"]["LockConfiguration"]["MinRetentionDays"] == 7
    assert isinstance(found["copies"]["Observed"]["LockDate"], str)
    assert "LockConfiguration" not in found["daily"]
    written = one(estate, plan)["BackupPlan"]["BackupPlanRule"]
    assert [(each["TargetBackupVault"], each["CopyActions"]) for each in written] == [("daily", copies)]


def test_a_vault_without_a_policy_has_none_and_one_whose_policy_is_refused_may_have_one(aws: Any) -> None:
    aws.client("backup").create_backup_vault(BackupVaultName="copies")
    none = Fault(
        "refuse",
        "backup:GetBackupVaultAccessPolicy",
        code="ResourceNotFoundException",
        status=400,
        message="Backup Vault copies has no associated POLICY",
    )
    with aws.behind(none):
        assert "AccessPolicy" not in one(aws.read("AWS::Backup::BackupVault.AccessPolicy"), "AWS::Backup::BackupVault")
    with aws.behind(Fault("refuse", "backup:GetBackupVaultAccessPolicy")):
        estate = aws.read("AWS::Backup::BackupVault.AccessPolicy")
    [vault] = estate.of_type("AWS::Backup::BackupVault")
    assert "needs backup:GetBackupVaultAccessPolicy" in vault.properties["AccessPolicy"].reason
