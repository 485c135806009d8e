"""KMS, Macie, SNS, Organizations and access points answer as AWS does. Every test here fails on plain moto."""

import json

import pytest
from botocore.exceptions import ClientError

POLICY = json.dumps({"Version": "2012-10-17", "Statement": []})


def error_of(call, **arguments):
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return caught.value.response["Error"]["Code"]


def test_a_replica_key_has_its_own_policy_tags_and_grants(aws):
    primary, replica = aws("kms"), aws("kms", "eu-west-1")
    key_id = primary.create_key(MultiRegion=True)["KeyMetadata"]["KeyId"]
    tags = [{"TagKey": "owner", "TagValue": "recovery"}]
    answer = primary.replicate_key(KeyId=key_id, ReplicaRegion="eu-west-1", Policy=POLICY, Tags=tags)
    primary.create_grant(KeyId=key_id, GranteePrincipal="arn:aws:iam::1:role/r", Operations=["Decrypt"])
    assert answer["ReplicaPolicy"] == POLICY
    assert replica.get_key_policy(KeyId=key_id, PolicyName="default")["Policy"] == POLICY
    assert primary.get_key_policy(KeyId=key_id, PolicyName="default")["Policy"] != POLICY
    assert replica.list_resource_tags(KeyId=key_id)["Tags"] == tags
    assert replica.list_grants(KeyId=key_id)["Grants"] == []


def test_reading_a_replica_key_leaves_the_primary_the_primary(aws):
    key_id = aws("kms").create_key(MultiRegion=True)["KeyMetadata"]["KeyId"]
    regions = ("eu-west-1", "us-west-2")
    for region in regions:
        aws("kms", region)
        aws("kms").replicate_key(KeyId=key_id, ReplicaRegion=region)
    read = {
        region: aws("kms", region).describe_key(KeyId=key_id)["KeyMetadata"]["MultiRegionConfiguration"]
        for region in (*regions, "us-east-1")
    }
    types = {region: configuration["MultiRegionKeyType"] for region, configuration in read.items()}
    assert types == {"eu-west-1": "REPLICA", "us-west-2": "REPLICA", "us-east-1": "PRIMARY"}
    for configuration in read.values():
        assert [key["Region"] for key in configuration["ReplicaKeys"]] == list(regions)


def test_a_key_policy_is_read_without_naming_it(aws):
    key_id = aws("kms").create_key(Policy=POLICY)["KeyMetadata"]["KeyId"]
    assert aws("kms").get_key_policy(KeyId=key_id)["Policy"] == POLICY


def test_the_keys_of_aws_belong_to_aws(aws):
    kms = aws("kms")
    assert "TargetKeyId" not in alias(kms, "alias/aws/s3")
    assert kms.describe_key(KeyId="alias/aws/s3")["KeyMetadata"]["KeyManager"] == "AWS"
    key_id = alias(kms, "alias/aws/s3")["TargetKeyId"]
    assert kms.get_key_rotation_status(KeyId=key_id)["KeyRotationEnabled"]
    use = json.loads(kms.get_key_policy(KeyId=key_id)["Policy"])["Statement"][0]
    assert use["Condition"]["StringEquals"]["kms:CallerAccount"] == aws.account


def alias(kms, name):
    return next(entry for entry in kms.list_aliases()["Aliases"] if entry["AliasName"] == name)


def test_macie_is_off_until_it_is_enabled(aws):
    macie = aws("macie2")
    with pytest.raises(ClientError, match="Macie is not enabled") as caught:
        macie.get_macie_session()
    assert caught.value.response["Error"]["Code"] == "AccessDeniedException"
    macie.enable_macie()
    assert macie.get_macie_session()["status"] == "ENABLED"
    assert error_of(aws("macie2", "eu-west-1").get_macie_session) == "AccessDeniedException"


def test_an_e_mail_subscription_is_pending_until_it_is_confirmed(aws):
    sns = aws("sns")
    topic = sns.create_topic(Name="alerts")["TopicArn"]
    answer = sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="a@b.example")
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint="arn:aws:sqs:us-east-1:123456789012:q")
    assert answer["SubscriptionArn"] == "pending confirmation"
    assert listed(sns, topic) == ["PendingConfirmation", topic]
    assert counts(sns, topic) == ("1", "1")


def test_a_confirmed_subscription_shows_its_arn(aws):
    sns = aws("sns")
    topic = sns.create_topic(Name="alerts")["TopicArn"]
    subscribe = {"TopicArn": topic, "Protocol": "email", "Endpoint": "a@b.example"}
    arn = sns.subscribe(**subscribe, ReturnSubscriptionArn=True)["SubscriptionArn"]
    assert error_of(sns.confirm_subscription, TopicArn=topic, Token="made-up") == "InvalidParameter"
    sns.confirm_subscription(TopicArn=topic, Token=arn)
    assert sns.subscribe(**subscribe)["SubscriptionArn"] == arn
    assert [s["SubscriptionArn"] for s in sns.list_subscriptions()["Subscriptions"]] == [arn]
    assert counts(sns, topic) == ("0", "1")


def listed(sns, topic):
    found = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    return [s["SubscriptionArn"].removesuffix(":" + s["SubscriptionArn"].split(":")[-1]) for s in found]


def counts(sns, topic):
    attributes = sns.get_topic_attributes(TopicArn=topic)["Attributes"]
    return attributes["SubscriptionsPending"], attributes["SubscriptionsConfirmed"]


JOB = {
    "ConfirmationRequired": False,
    "Operation": {"S3ReplicateObject": {}},
    "Priority": 1,
    "RoleArn": "arn:aws:iam::123456789012:role/batch",
    "Report": {"Bucket": "arn:aws:s3:::orders", "Enabled": True, "Format": "Report_CSV_20180820", "Prefix": "reports"},
    "ManifestGenerator": {
        "S3JobManifestGenerator": {"SourceBucket": "arn:aws:s3:::orders", "EnableManifestOutput": False}
    },
}


def test_a_batch_job_is_on_record_and_is_never_run(aws):
    control = aws("s3control")
    id_ = control.create_job(AccountId=aws.account, ClientRequestToken="once", **JOB)["JobId"]
    assert control.create_job(AccountId=aws.account, ClientRequestToken="once", **JOB)["JobId"] == id_
    assert control.create_job(AccountId=aws.account, ClientRequestToken="twice", **JOB)["JobId"] != id_
    found = control.describe_job(AccountId=aws.account, JobId=id_)["Job"]
    assert (found["JobId"], found["Status"], found["RoleArn"]) == (id_, "New", JOB["RoleArn"])
    assert found["Operation"] == JOB["Operation"]
    assert found["ManifestGenerator"] == JOB["ManifestGenerator"]
    with pytest.raises(ClientError, match="NotFoundException"):
        control.describe_job(AccountId=aws.account, JobId="no-such-job")


def test_an_access_point_knows_where_its_buckets_are(aws):
    aws("s3").create_bucket(Bucket="here")
    europe = {"LocationConstraint": "eu-west-1"}
    aws("s3", "eu-west-1", aws.other_account).create_bucket(Bucket="there", CreateBucketConfiguration=europe)
    control = aws("s3control", "us-west-2")
    details = {"Name": "global", "Regions": [{"Bucket": "here"}, {"Bucket": "there"}]}
    control.create_multi_region_access_point(AccountId=aws.account, ClientToken="t", Details=details)
    found = control.get_multi_region_access_point(AccountId=aws.account, Name="global")["AccessPoint"]["Regions"]
    assert found == [
        {"Bucket": "here", "Region": "us-east-1", "BucketAccountId": aws.account},
        {"Bucket": "there", "Region": "eu-west-1", "BucketAccountId": aws.other_account},
    ]


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [("list_accounts", {}), ("list_roots", {}), ("list_policies", {"Filter": "SERVICE_CONTROL_POLICY"})],
)
def test_an_organization_is_hidden_from_its_members_and_from_strangers(aws, operation, arguments):
    management = aws("organizations")
    management.create_organization(FeatureSet="ALL")
    member = management.create_account(AccountName="m", Email="m@o.example")["CreateAccountStatus"]["AccountId"]
    assert getattr(management, operation)(**arguments)
    assert error_of(getattr(aws("organizations", account=member), operation), **arguments) == "AccessDeniedException"
    stranger = aws("organizations", account=aws.other_account)
    assert error_of(getattr(stranger, operation), **arguments) == "AWSOrganizationsNotInUseException"


def test_a_delegated_administrator_sees_the_organization(aws):
    management = aws("organizations")
    management.create_organization(FeatureSet="ALL")
    member = management.create_account(AccountName="m", Email="m@o.example")["CreateAccountStatus"]["AccountId"]
    management.register_delegated_administrator(AccountId=member, ServicePrincipal="guardduty.amazonaws.com")
    seen = aws("organizations", account=member).list_accounts()["Accounts"]
    assert {account["Id"] for account in seen} == {aws.account, member}


@pytest.mark.parametrize(
    ("service", "operation", "arguments"),
    [
        ("config", "describe_organization_config_rules", {}),  # JSON
        ("cloudwatch", "list_managed_insight_rules", {"ResourceARN": "arn:aws:s3:::b"}),
        (
            "iam",
            "list_policies_granting_service_access",
            {"Arn": "arn:aws:iam::1:role/r1", "ServiceNamespaces": ["s3"]},
        ),
    ],
)
def test_what_is_not_implemented_is_refused_at_once(aws, service, operation, arguments):
    with pytest.raises(ClientError) as caught:
        getattr(aws(service), operation)(**arguments)
    assert caught.value.response["Error"]["Code"] == "NotImplemented"
    assert caught.value.response["ResponseMetadata"]["RetryAttempts"] == 0
