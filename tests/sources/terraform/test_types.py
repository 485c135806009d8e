"""Every type beside buckets: what Terraform declares is what CloudFormation declares by its own names."""

from typing import Any

import pytest

from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown
from tests.sources.terraform.instances import all_of, declared, like, planned, the_one

DOCUMENT = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}
TEXT = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}'
ROLE, KEY, TOPIC = "AWS::IAM::Role", "AWS::KMS::Key", "AWS::SNS::Topic"
TRAIL, ALARM = "AWS::CloudTrail::Trail", "AWS::CloudWatch::Alarm"
TOPIC_ARN = "arn:aws:sns:eu-west-1:111111111111:alerts"


def unobserved(properties: Any) -> dict[str, Any]:
    return {name: value for name, value in properties.items() if name != "Observed"}


def agree(found: Resource, **properties: Any) -> None:
    assert unobserved(found.properties) == unobserved(like(found, **properties))


def test_roles() -> None:
    role = planned(
        "aws_iam_role",
        "r",
        name="crr",
        path="/dr/",
        assume_role_policy=TEXT,
        inline_policy=[{"name": "in", "policy": TEXT}, {"name": "", "policy": ""}],
        managed_policy_arns=["arn:aws:iam::aws:policy/ReadOnlyAccess"],
        permissions_boundary="arn:aws:iam::111111111111:policy/bound",
        max_session_duration=7200,
        tags_all={"k": "v"},
    )
    found = the_one(ROLE, role)
    assert (found.arn, found.region, found.name) == ("arn:aws:iam::111111111111:role/dr/crr", "", "crr")
    agree(
        found,
        RoleName="crr",
        Path="/dr/",
        AssumeRolePolicyDocument=DOCUMENT,
        Policies=[{"PolicyName": "in", "PolicyDocument": DOCUMENT}],
        ManagedPolicyArns=["arn:aws:iam::aws:policy/ReadOnlyAccess"],
        PermissionsBoundary="arn:aws:iam::111111111111:policy/bound",
        MaxSessionDuration=7200,
        Tags=[{"Key": "k", "Value": "v"}],
    )


@pytest.mark.parametrize(
    ("kind", "type_", "named"),
    [("role", ROLE, "RoleName"), ("user", "AWS::IAM::User", "UserName"), ("group", "AWS::IAM::Group", "GroupName")],
)
def test_policies_of_principals(kind: str, type_: str, named: str) -> None:
    owner = planned(f"aws_iam_{kind}", "o", name="o", assume_role_policy=None)
    inline = planned(f"aws_iam_{kind}_policy", "in", name="in", policy=TEXT, **{kind: "o"})
    attached = planned(f"aws_iam_{kind}_policy_attachment", "at", policy_arn="arn:one", **{kind: "o"})
    every = planned("aws_iam_policy_attachment", "every", policy_arn="arn:two", **{f"{kind}s": ["o"]})
    found = the_one(type_, owner, inline, attached, every)
    agree(
        found,
        **{named: "o"},
        Policies=[{"PolicyName": "in", "PolicyDocument": DOCUMENT}],
        ManagedPolicyArns=["arn:one", "arn:two"],
    )
    only = planned(f"aws_iam_{kind}_policy_attachments_exclusive", "x", policy_arns=["arn:x"], **{f"{kind}_name": "o"})
    assert the_one(type_, owner, attached, only).properties["ManagedPolicyArns"] == ["arn:x"]


def test_groups_of_users() -> None:
    user = planned("aws_iam_user", "u", name="u")
    by_user = planned("aws_iam_user_group_membership", "m", user="u", groups=["a", "b"])
    by_group = planned("aws_iam_group_membership", "m", name="m", users=["u"], group="c")
    agree(the_one("AWS::IAM::User", user, by_user, by_group), UserName="u", Groups=["a", "b", "c"])


def test_managed_policies() -> None:
    found = the_one("AWS::IAM::ManagedPolicy", planned("aws_iam_policy", "p", name="p", path="/dr/", policy=DOCUMENT))
    assert found.arn == "arn:aws:iam::111111111111:policy/dr/p"
    agree(found, ManagedPolicyName="p", Path="/dr/", PolicyDocument=DOCUMENT)


def test_a_name_that_is_not_known_yet_is_a_stand_in() -> None:
    left_out = the_one(ROLE, planned("aws_iam_role", "r"))
    assert left_out.properties["RoleName"] == left_out.name == "{aws_iam_role.r}"
    given = the_one(ROLE, planned("aws_iam_role", "r", name=Unknown("known after apply")))
    assert given.properties["RoleName"] == Unknown("known after apply")
    assert given.arn == left_out.arn == "arn:aws:iam::111111111111:role/{aws_iam_role.r}"


def test_keys() -> None:
    key = planned(
        "aws_kms_key",
        "k",
        description="dr",
        is_enabled=False,
        enable_key_rotation=True,
        rotation_period_in_days=180,
        policy=TEXT,
        customer_master_key_spec="SYMMETRIC_DEFAULT",
        key_usage="ENCRYPT_DECRYPT",
        multi_region=True,
        custom_key_store_id="",
        tags_all={"k": "v"},
    )
    found = the_one(KEY, key)
    assert found.arn == "arn:aws:kms:eu-west-1:111111111111:key/{aws_kms_key.k}"
    assert found.properties == like(
        found,
        Description="dr",
        Enabled=False,
        EnableKeyRotation=True,
        RotationPeriodInDays=180,
        KeyPolicy=DOCUMENT,
        MultiRegion=True,
        Tags=[{"Key": "k", "Value": "v"}],
    )
    plain = the_one(KEY, planned("aws_kms_key", "k"))
    assert plain.properties == like(plain)


@pytest.mark.parametrize(
    ("values", "origin"),
    [({"custom_key_store_id": "cks-1"}, "AWS_CLOUDHSM"), ({"xks_key_id": "x"}, "EXTERNAL_KEY_STORE"), ({}, "AWS_KMS")],
)
def test_where_a_key_comes_from(values: dict[str, Any], origin: str) -> None:
    assert the_one(KEY, planned("aws_kms_key", "k", **values)).properties["Origin"] == origin


@pytest.mark.parametrize(
    ("values", "enabled", "state"),
    [
        ({}, False, "PendingImport"),
        ({"key_material_base64": Unknown("sensitive")}, True, "Enabled"),
        ({"key_material_base64": "eA==", "enabled": False}, False, "Disabled"),
    ],
)
def test_a_key_of_imported_material_waits_for_it(values: dict[str, Any], enabled: bool, state: str) -> None:
    found = the_one(KEY, planned("aws_kms_external_key", "k", **values)).properties
    assert (found["Origin"], found["Enabled"], found["Observed"]["KeyState"]) == ("EXTERNAL", enabled, state)


def test_a_replica_key_has_the_id_and_the_traits_of_its_primary() -> None:
    primary = planned("aws_kms_key", "p", region="us-east-1", multi_region=True, enable_key_rotation=True)
    arn = "arn:aws:kms:us-east-1:111111111111:key/{aws_kms_key.p}"
    replica = planned("aws_kms_replica_key", "r", primary_key_arn=arn, policy=TEXT, enabled=True)
    found = {one.region: one for one in all_of(KEY, primary, replica)}["eu-west-1"]
    assert found.arn == "arn:aws:kms:eu-west-1:111111111111:key/{aws_kms_key.p}"
    shown = ("EnableKeyRotation", "RotationPeriodInDays", "KeySpec", "MultiRegion", "KeyPolicy")
    assert [found.properties[name] for name in shown] == [True, 365, "SYMMETRIC_DEFAULT", True, DOCUMENT]
    assert found.properties["Observed"]["MultiRegionKeyType"] == "REPLICA"
    assert found.properties["Observed"]["PrimaryKeyArn"] == arn
    alone = the_one(KEY, replica).properties
    assert isinstance(alone["EnableKeyRotation"], Unknown)


def test_policies_grants_and_aliases_of_keys() -> None:
    key = planned("aws_kms_key", "k", id="1234", key_id="1234")
    arn = "arn:aws:kms:eu-west-1:111111111111:key/1234"
    policy = planned("aws_kms_key_policy", "k", key_id="1234", policy=TEXT)
    grant = planned(
        "aws_kms_grant",
        "g",
        key_id=arn,
        grantee_principal="arn:aws:iam::222222222222:role/crr",
        operations=["Decrypt"],
        constraints=[{"encryption_context_subset": {"aws:s3:arn": "arn:aws:s3:::a"}}],
    )
    found = the_one(KEY, key, policy, grant)
    assert found.properties["KeyPolicy"] == DOCUMENT
    assert found.properties["Observed"]["Grants"] == [
        {
            "GrantId": "{aws_kms_grant.g}",
            "IssuingAccount": "arn:aws:iam::111111111111:root",
            "GranteePrincipal": "arn:aws:iam::222222222222:role/crr",
            "Operations": ["Decrypt"],
            "Constraints": {"EncryptionContextSubset": {"aws:s3:arn": "arn:aws:s3:::a"}},
        }
    ]
    alias = the_one("AWS::KMS::Alias", planned("aws_kms_alias", "a", name="alias/dr", target_key_id=arn))
    assert alias.arn == "arn:aws:kms:eu-west-1:111111111111:alias/dr"
    assert alias.properties == {"AliasName": "alias/dr", "TargetKeyId": "1234"}


def test_topics() -> None:
    topic = planned("aws_sns_topic", "t", name="alerts", kms_master_key_id="alias/dr", display_name="", policy=TEXT)
    found = declared(topic).resources
    agree(the_one(TOPIC, topic), TopicName="alerts", KmsMasterKeyId="alias/dr")
    (policy,) = [one for one in found if one.type == "AWS::SNS::TopicPolicy"]
    assert (policy.arn, policy.name) == (TOPIC_ARN, "alerts")
    assert policy.properties == {"Topics": [TOPIC_ARN], "PolicyDocument": DOCUMENT}
    bare = planned("aws_sns_topic", "t", name="alerts")
    apart = the_one("AWS::SNS::TopicPolicy", bare, planned("aws_sns_topic_policy", "p", arn=TOPIC_ARN, policy=TEXT))
    assert (apart.arn, apart.name, apart.properties) == (policy.arn, policy.name, policy.properties)


def test_subscriptions() -> None:
    values = {"topic_arn": TOPIC_ARN, "filter_policy": '{"a": ["b"]}'}
    page = planned(
        "aws_sns_topic_subscription", "s", protocol="https", endpoint="https://pager.example/secret", **values
    )
    found = the_one("AWS::SNS::Subscription", page)
    assert found.name == "alerts:https:https://pager.example/..."
    assert found.properties["Endpoint"] == "https://pager.example/..."
    assert found.properties["FilterPolicy"] == {"a": ["b"]}
    agree(
        found,
        TopicArn=TOPIC_ARN,
        Protocol="https",
        Endpoint="https://pager.example/secret",
        FilterPolicy={"a": ["b"]},
    )


def test_alarms() -> None:
    alarm = planned(
        "aws_cloudwatch_metric_alarm",
        "a",
        alarm_name="late",
        actions_enabled=True,
        alarm_actions=[TOPIC_ARN],
        ok_actions=[],
        comparison_operator="GreaterThanThreshold",
        datapoints_to_alarm=0,
        dimensions={"SourceBucket": "a", "DestinationBucket": "b"},
        evaluation_periods=2,
        metric_name="ReplicationLatency",
        namespace="AWS/S3",
        period=300,
        statistic="Maximum",
        threshold=900.5,
        treat_missing_data="ignore",
        metric_query=[],
    )
    found = the_one(ALARM, alarm)
    assert found.arn == "arn:aws:cloudwatch:eu-west-1:111111111111:alarm:late"
    agree(
        found,
        AlarmName="late",
        AlarmActions=[TOPIC_ARN],
        ComparisonOperator="GreaterThanThreshold",
        Dimensions=[{"Name": "DestinationBucket", "Value": "b"}, {"Name": "SourceBucket", "Value": "a"}],
        EvaluationPeriods="2",
        MetricName="ReplicationLatency",
        Namespace="AWS/S3",
        Period="300",
        Statistic="Maximum",
        Threshold="900.5",
        TreatMissingData="ignore",
    )


def test_alarms_on_expressions_and_alarms_on_alarms() -> None:
    metric = {"metric_name": "m", "namespace": "n", "period": 60, "stat": "Sum", "dimensions": {"a": "b"}}
    queries = [
        {"id": "e", "expression": "m1 * 2", "return_data": True, "period": 0, "metric": []},
        {"id": "m1", "expression": "", "return_data": False, "metric": [metric]},
    ]
    alarm = planned("aws_cloudwatch_metric_alarm", "a", alarm_name="a", metric_query=queries, threshold=1)
    stat = {"Namespace": "n", "MetricName": "m", "Dimensions": [{"Name": "a", "Value": "b"}]}
    assert the_one(ALARM, alarm).properties["Metrics"] == [
        {"Id": "e", "Expression": "m1 * 2", "ReturnData": True},
        {"Id": "m1", "ReturnData": False, "MetricStat": {"Metric": stat, "Period": 60, "Stat": "Sum"}},
    ]
    suppressor = [{"alarm": "quiet", "wait_period": 1, "extension_period": 1}]
    both = planned(
        "aws_cloudwatch_composite_alarm",
        "c",
        alarm_name="c",
        alarm_rule="ALARM(a)",
        alarm_actions=[TOPIC_ARN],
        actions_suppressor=suppressor,
    )
    found = the_one("AWS::CloudWatch::CompositeAlarm", both)
    agree(found, AlarmName="c", AlarmRule="ALARM(a)", AlarmActions=[TOPIC_ARN], ActionsSuppressor="quiet")


def test_metric_filters() -> None:
    transformation = {"name": "Denied", "namespace": "DR", "value": "1", "default_value": "0", "unit": "None"}
    filter_ = planned(
        "aws_cloudwatch_log_metric_filter",
        "f",
        name="denied",
        pattern="x",
        log_group_name="/trail",
        metric_transformation=[{**transformation, "dimensions": {"who": "$.user"}}],
    )
    found = the_one("AWS::Logs::MetricFilter", filter_)
    assert (found.arn, found.name) == ("", "/trail:denied")
    dimensions = [{"Key": "who", "Value": "$.user"}]
    agree(
        found,
        FilterName="denied",
        FilterPattern="x",
        LogGroupName="/trail",
        MetricTransformations=[
            {
                "MetricName": "Denied",
                "MetricNamespace": "DR",
                "MetricValue": "1",
                "DefaultValue": 0,
                "Dimensions": dimensions,
            }
        ],
    )


def test_trails() -> None:
    selector = {
        "read_write_type": "WriteOnly",
        "include_management_events": False,
        "exclude_management_event_sources": [],
        "data_resource": [{"type": "AWS::S3::Object", "values": ["arn:aws:s3:::data/"]}],
    }
    trail = planned(
        "aws_cloudtrail",
        "t",
        name="all",
        s3_bucket_name="logs",
        enable_logging=True,
        is_multi_region_trail=True,
        enable_log_file_validation=True,
        kms_key_id="arn:key",
        event_selector=[selector],
    )
    found = the_one(TRAIL, trail)
    assert found.arn == "arn:aws:cloudtrail:eu-west-1:111111111111:trail/all"
    written = {"Type": "AWS::S3::Object", "Values": ["arn:aws:s3:::data/"]}
    agree(
        found,
        TrailName="all",
        S3BucketName="logs",
        IsLogging=True,
        IsMultiRegionTrail=True,
        EnableLogFileValidation=True,
        KMSKeyId="arn:key",
        EventSelectors=[{"ReadWriteType": "WriteOnly", "IncludeManagementEvents": False, "DataResources": [written]}],
    )
    fields = [{"field": "eventCategory", "equals": ["Data"]}, {"field": "resources.ARN", "starts_with": ["arn:"]}]
    advanced = [{"name": "data", "field_selector": fields}]
    other = planned("aws_cloudtrail", "t", name="all", s3_bucket_name="logs", advanced_event_selector=advanced)
    assert the_one(TRAIL, other).properties["AdvancedEventSelectors"] == [
        {
            "Name": "data",
            "FieldSelectors": [
                {"Field": "eventCategory", "Equals": ["Data"]},
                {"Field": "resources.ARN", "StartsWith": ["arn:"]},
            ],
        }
    ]


def test_macie_and_the_block_of_an_account() -> None:
    session = the_one("AWS::Macie::Session", planned("aws_macie2_account", "m", status="PAUSED"))
    assert (session.arn, session.name) == ("", "111111111111")
    agree(session, Status="PAUSED")
    block = planned("aws_s3_account_public_access_block", "b", account_id="222222222222", block_public_acls=True)
    found = the_one("AWS::S3::AccountPublicAccessBlock", block)
    assert (found.account, found.region, found.name) == ("222222222222", "", "222222222222")
    agree(found, BlockPublicAcls=True)


def test_multi_region_access_points() -> None:
    details = {"name": "point", "region": [{"bucket": "a"}, {"bucket": "b", "bucket_account_id": "222222222222"}]}
    point = planned("aws_s3control_multi_region_access_point", "m", details=[details])
    inner = {"name": "point", "policy": TEXT}
    policy = planned("aws_s3control_multi_region_access_point_policy", "m", details=[inner])
    found = the_one("AWS::S3::MultiRegionAccessPoint", point)
    assert found.arn == "arn:aws:s3::111111111111:accesspoint/{aws_s3control_multi_region_access_point.m}"
    regions = [{"Bucket": "a"}, {"Bucket": "b", "BucketAccountId": "222222222222"}]
    agree(found, Name="point", Regions=regions)
    apart = the_one("AWS::S3::MultiRegionAccessPointPolicy", point, policy)
    assert (apart.arn, apart.name) == (found.arn, "point")
    assert apart.properties == {"MrapName": "point", "Policy": DOCUMENT}


def test_an_organization() -> None:
    organization = planned(
        "aws_organizations_organization", "o", feature_set="ALL", enabled_policy_types=["SERVICE_CONTROL_POLICY"]
    )
    root = "{aws_organizations_organization.o.root}"
    unit = planned("aws_organizations_organizational_unit", "u", name="dr", parent_id=root)
    unit_id = "{aws_organizations_organizational_unit.u}"
    account = planned("aws_organizations_account", "a", name="vault", parent_id=unit_id)
    policy = planned("aws_organizations_policy", "p", name="keep", content=TEXT)
    attached = planned(
        "aws_organizations_policy_attachment", "p", policy_id="{aws_organizations_policy.p}", target_id=unit_id
    )
    found = {
        one.type.rpartition("::")[2]: one
        for one in declared(organization, unit, account, policy, attached).resources
        if one.type.startswith("AWS::")
    }
    assert {one.region for one in found.values()} == {""}
    assert found["Root"].properties == {
        "Id": root,
        "Name": "Root",
        "PolicyTypes": [{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}],
    }
    assert found["OrganizationalUnit"].properties == {"Id": unit_id, "Name": "dr", "ParentId": root}
    assert found["Account"].name == found["Account"].properties["AccountId"] == "{aws_organizations_account.a}"
    assert found["Account"].properties["ParentIds"] == [unit_id]
    agree(
        found["Policy"],
        Id="{aws_organizations_policy.p}",
        Name="keep",
        Type="SERVICE_CONTROL_POLICY",
        Content=DOCUMENT,
        TargetIds=[unit_id],
    )


def test_vaults_and_backup_plans() -> None:
    vault = planned("aws_backup_vault", "v", name="v", kms_key_arn="arn:key")
    lock = planned(
        "aws_backup_vault_lock_configuration",
        "l",
        backup_vault_name="v",
        min_retention_days=30,
        max_retention_days=0,
        changeable_for_days=3,
    )
    policy = planned("aws_backup_vault_policy", "p", backup_vault_name="v", policy=TEXT)
    found = the_one("AWS::Backup::BackupVault", vault, lock, policy)
    agree(
        found,
        BackupVaultName="v",
        EncryptionKeyArn="arn:key",
        AccessPolicy=DOCUMENT,
        LockConfiguration={"MinRetentionDays": 30, "ChangeableForDays": 3},
    )
    rule = {
        "rule_name": "daily",
        "target_vault_name": "v",
        "schedule": "cron(0 5 * * ? *)",
        "lifecycle": [{"delete_after": 35, "cold_storage_after": 0}],
        "copy_action": [{"destination_vault_arn": "arn:vault", "lifecycle": []}],
    }
    plan = the_one("AWS::Backup::BackupPlan", planned("aws_backup_plan", "p", name="p", rule=[rule]))
    written = {
        "RuleName": "daily",
        "TargetBackupVault": "v",
        "ScheduleExpression": "cron(0 5 * * ? *)",
        "Lifecycle": {"DeleteAfterDays": 35},
        "CopyActions": [{"DestinationBackupVaultArn": "arn:vault"}],
    }
    agree(plan, BackupPlan={"BackupPlanName": "p", "BackupPlanRule": [written]})
