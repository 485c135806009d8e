"""Calls are refused as the services themselves refuse: by account, operation, resource and region."""

import pytest
from botocore.exceptions import ClientError

from scanner.demo.refusals import Refusal, refusing, region_is_off


def outcome_of(call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "answered"


@pytest.mark.parametrize(
    ("service", "operation", "boto3_name", "code"),
    [
        ("s3", "ListBuckets", "list_buckets", "AccessDenied"),
        ("kms", "ListKeys", "list_keys", "AccessDeniedException"),
        ("sns", "ListTopics", "list_topics", "AuthorizationError"),
        ("iam", "GetAccountAuthorizationDetails", "get_account_authorization_details", "AccessDenied"),
        ("cloudwatch", "DescribeAlarms", "describe_alarms", "AccessDenied"),
        ("cloudtrail", "DescribeTrails", "describe_trails", "AccessDeniedException"),
        ("logs", "DescribeMetricFilters", "describe_metric_filters", "AccessDeniedException"),
        ("macie2", "GetMacieSession", "get_macie_session", "AccessDeniedException"),
        ("backup", "ListBackupVaults", "list_backup_vaults", "AccessDeniedException"),
        ("organizations", "DescribeOrganization", "describe_organization", "AccessDeniedException"),
    ],
)
def test_each_service_refuses_in_its_own_words(aws, service, operation, boto3_name, code):
    call = getattr(aws(service), boto3_name)
    with refusing([Refusal(aws.account, service, operation)]), pytest.raises(ClientError) as caught:
        call()
    assert caught.value.response["Error"]["Code"] == code
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    assert f"not authorized to perform: {service}:{operation}" in str(caught.value)


def test_one_operation_on_one_bucket_is_refused_and_the_missing_action_is_named(aws):
    s3 = aws("s3")
    for name in ("mine", "yours"):
        s3.create_bucket(Bucket=name)
    rule = Refusal(aws.account, "s3", "GetBucketReplication", "s3:GetReplicationConfiguration", "mine")
    with refusing([rule]):
        with pytest.raises(ClientError, match="perform: s3:GetReplicationConfiguration"):
            s3.get_bucket_replication(Bucket="mine")
        assert outcome_of(s3.get_bucket_replication, Bucket="yours") == "ReplicationConfigurationNotFoundError"
        assert outcome_of(s3.get_bucket_versioning, Bucket="mine") == "answered"


def test_one_key_is_refused_whichever_way_it_is_named(aws):
    kms = aws("kms")
    key, other = (kms.create_key()["KeyMetadata"] for _ in range(2))
    with refusing([Refusal(aws.account, "kms", "DescribeKey", resource=key["KeyId"])]):
        assert outcome_of(kms.describe_key, KeyId=key["KeyId"]) == "AccessDeniedException"
        assert outcome_of(kms.describe_key, KeyId=key["Arn"]) == "AccessDeniedException"
        assert outcome_of(kms.describe_key, KeyId=other["KeyId"]) == "answered"


def test_other_accounts_are_not_refused_and_afterwards_nobody_is(aws):
    with refusing([Refusal(aws.other_account, "kms")]):
        assert outcome_of(aws("kms").list_keys) == "answered"
        assert outcome_of(aws("kms", account=aws.other_account).list_keys) == "AccessDeniedException"
    assert outcome_of(aws("kms", account=aws.other_account).list_keys) == "answered"


@pytest.mark.parametrize(
    ("service", "operation", "code"),
    [
        ("kms", "list_keys", "UnrecognizedClientException"),
        ("sns", "list_topics", "InvalidClientTokenId"),
        ("s3", "list_buckets", "InvalidToken"),
    ],
)
def test_in_a_region_that_is_off_no_token_is_valid(aws, service, operation, code):
    with refusing([region_is_off(aws.account, "eu-south-1")]):
        assert outcome_of(getattr(aws(service, "eu-south-1"), operation)) == code
        assert outcome_of(getattr(aws(service), operation)) == "answered"


def test_inner_refusals_add_to_outer_ones(aws):
    kms, sns = aws("kms"), aws("sns")
    with refusing([Refusal(aws.account, "kms")]):
        with refusing([Refusal(aws.account, "sns")]):
            assert outcome_of(kms.list_keys) == "AccessDeniedException"
            assert outcome_of(sns.list_topics) == "AuthorizationError"
        assert outcome_of(kms.list_keys) == "AccessDeniedException"
        assert outcome_of(sns.list_topics) == "answered"
