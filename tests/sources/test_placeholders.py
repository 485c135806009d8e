"""What was left to be filled in, and what only looks like it: both ways, for either mistake hides something."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.sources.declared import UNNAMED_ACCOUNT, UNNAMED_REGION, stand_in
from scanner.sources.placeholders import LONGEST, placeholder_in

DOCUMENTED_KEY = "1234abcd-12ab-34cd-56ef-1234567890ab"


@pytest.mark.parametrize(
    ("text", "placeholder"),
    [
        ("REPLACE_ME", "REPLACE_ME"),
        ("arn:aws:s3:::REPLACE-ME-dr/*", "REPLACE-ME"),
        ("orders-changeme", "changeme"),
        ("Writes to REPLACE_ME every night", "REPLACE_ME"),
        ("REPLACE_WITH_ACCOUNT", "REPLACE_WITH"),
        ("!!!REPLACE", "!!!REPLACE"),
        ("arn:aws:iam::!!!REPLACE:root", "!!!REPLACE"),
        ("TO_BE_DEFINED", "TO_BE_DEFINED"),
        ("INSERT_BUCKET_HERE", "INSERT_BUCKET_HERE"),
        ("<YOUR-BUCKET>", "<YOUR-BUCKET>"),
        ("<your bucket>", "<your bucket>"),
        ("arn:aws:s3:::<bucket>/*", "<bucket>"),
        ("logs-<AccountId>", "<AccountId>"),
        ("YOUR_BUCKET", "YOUR_BUCKET"),
        ("your-bucket-name", "your-bucket-name"),
        ("s3://your-bucket", "your-bucket"),
        ("YourAccountId", "YourAccountId"),
        ("ds-source-bucket-name", "ds-source-bucket-name"),
        (
            "arn:aws-cn:iam::111111111111:role/service-role/s3crr_role_for_ds-target-bucket-name",
            "ds-target-bucket-name",
        ),
        ("arn:aws:s3:::prod-bucket-name/*", "prod-bucket-name"),
        ("arn:aws:s3:::BucketName", "BucketName"),
        ("arn:aws:kms:eu-west-1:111111111111:key/KeyId", "KeyId"),
        ("arn:aws:iam::111111111111:role/service-role/ROLE_NAME", "ROLE_NAME"),
        ("arn:aws-cn:iam::AccountId:role/replication", "AccountId"),
        ("arn:aws:iam::SOURCE_ACCOUNT:root", "SOURCE_ACCOUNT"),
        ("my-bucket", "my-bucket"),
        ("arn:aws:s3:::my-bucket/*", "my-bucket"),
        ("arn:${AWS::Partition}:s3:::my-bucket/${Prefix}*", "my-bucket"),
        ("arn:${AWS::Partition}:iam::AccountId:role/x", "AccountId"),
        ("arn:${AWS::Partition}:s3:::<bucket>/*", "<bucket>"),
        ("DOC-EXAMPLE-BUCKET1", "DOC-EXAMPLE-BUCKET1"),
        ("amzn-s3-demo-source-bucket", "amzn-s3-demo-source-bucket"),
        ("arn:aws:iam::123456789012:role/x", "123456789012"),
        ("123456789012", "123456789012"),
        ("arn:aws:s3:::logs/AWSLogs/111122223333/*", "111122223333"),
        ("arn:aws:kms:eu-west-1:111111111111:key/" + DOCUMENTED_KEY, DOCUMENTED_KEY),
        ("arn:aws:kms:us-east-1:xxxxxxxxxxxx:key/1", "xxxxxxxxxxxx"),
        ("o-xxxxxxxxxx", "o-xxxxxxxxxx"),
        ("TBD", "TBD"),
    ],
)
def test_left_to_be_filled_in(text, placeholder):
    assert placeholder_in(text) == placeholder


@pytest.mark.parametrize(
    "text",
    [
        *("", "*", "orders", "my-bucket-prod", "my-buckets", "prod-my-bucket", "bucket", "source-bucket", "dr-bucket"),
        *("me", "replacement", "exchange-melbourne", "changemaker-data", "fixmeup", "todo", "TODO", "exampleco-orders"),
        *("yours-bucket", "your", "at-your-service", "BucketName", "AccountId", "KeyId", "prod-bucket-name"),
        # AWS's own names of accounts in ARNs, and names in ARNs of services where these words are names.
        "arn:aws:iam::aws:policy/AdministratorAccess",
        "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1",
        "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/x/invocations",
        "arn:aws:ssm:eu-west-1:111111111111:parameter/orders/bucket-name",
        "arn:aws:s3:::orders/my-bucket/BucketName/*",
        "arn:aws:iam::111111111111:role/account-reader",
        "arn:aws:s3:::*/*",
        "arn:aws:s3:::orders-${aws:PrincipalAccount}",
        "arn:${AWS::Partition}:iam::${AccountId}:role/${RoleName}",
        *("${BucketName}", "${YOUR_BUCKET}", "arn:aws:s3:::${BucketName}/*", "my-bucket-${Stage}", "${AWS::AccountId}"),
        # Types, markup, input templates, patterns and prose.
        *("array<string>", "AWS::SSM::Parameter::Value<String>", "map<string,array<int>>", "<html><b>x</b></html>"),
        *('"<instance>"', '{"bucket":"<bucket>"}', "The bucket <bucket> of your-bucket fame", "a<b and c>d"),
        *("Warning!!! The disk is full", "!Ref", "!!python", "Please replace me, and fill in my-bucket"),
        "arn:aws:s3:::" + stand_in("", "SourceBucket"),
        f"arn:aws:kms:{UNNAMED_REGION}:{UNNAMED_ACCOUNT}:key/{stand_in('primary', 'ReplicaKey')}",
        f"arn:aws:iam::{UNNAMED_ACCOUNT}:role/{stand_in('', 'ReplicationRole')}",
        "arn:aws:iam::111111111111:role/x",
        "1123456789012",
        "arn:aws:s3:::orders-123456789012",
    ],
)
def test_real_names(text):
    assert placeholder_in(text) is None


def test_an_account_that_somebody_vouches_for_is_real():
    arn = "arn:aws:iam::123456789012:role/REPLACE_ME"
    assert placeholder_in("arn:aws:iam::123456789012:root", real={"123456789012"}) is None
    assert placeholder_in(arn, real={"123456789012"}) == "REPLACE_ME"


@given(st.text(alphabet="aAxX0-_:/<>!{}. ", max_size=60))
def test_what_is_found_stands_in_the_text(text):
    found = placeholder_in(text)
    assert found is None or (found and found in text)


@pytest.mark.parametrize(
    "piece",
    [
        "INSERT_A-",
        "YOUR_A",
        "your-bucket-",
        "<a",
        "<a ",
        "!!!",
        "a-",
        "arn:aws:s3:::",
        "x",
        "my-source-",
        "amzn-s3-demo-",
    ],
)
def test_long_texts_take_no_longer_than_their_length(piece):
    began = time.perf_counter()
    placeholder_in(piece * 1_000_000)
    placeholder_in("arn:aws:s3:::" + piece * LONGEST)
    assert time.perf_counter() - began < 2
