"""An estate is a table of calls; what AWS gives in one is named and used in later ones."""

import os

import pytest

from scanner.demo.building import Call, Place, build, given
from scanner.demo.emulation import empty
from scanner.demo.parts import allow, bucket, deny, policy, topic

HERE = Place("111111111111", "us-east-1")
CHINA = Place("444444444444", "cn-northwest-1")


@pytest.mark.parametrize(
    ("arn", "expected"),
    [
        (HERE.arn("sns", "t"), "arn:aws:sns:us-east-1:111111111111:t"),
        (HERE.iam("role/r"), "arn:aws:iam::111111111111:role/r"),
        (CHINA.iam("role/service-role/r"), "arn:aws-cn:iam::444444444444:role/service-role/r"),
        (CHINA.bucket("b/*"), "arn:aws-cn:s3:::b/*"),
    ],
)
def test_arns_carry_the_partition_of_their_place(arn, expected):
    assert arn == expected


def test_a_key_is_given_and_used_in_the_account_and_region_of_each_call():
    there = Place("222222222222", "eu-west-1")
    calls = (
        Call(there, "kms", "create_key", gives={"key/k": "KeyMetadata.Arn"}),
        Call(there, "kms", "list_keys", gives={"first": "Keys.0.KeyArn"}),
        *bucket(HERE, "data", key=given("key/k")),
        Call(HERE, "s3", "get_bucket_encryption", {"Bucket": "data"}, {"rules": "ServerSideEncryptionConfiguration"}),
    )
    with empty() as emulation:
        values = build(calls, emulation.endpoint_url)
    assert values["key/k"].startswith("arn:aws:kms:eu-west-1:222222222222:key/")
    assert values["first"] == values["key/k"]
    assert values["key/k"] in values["rules"]


def test_what_nobody_gave_is_an_error():
    with empty() as emulation, pytest.raises(KeyError, match="key/none"):
        build([Call(HERE, "kms", "describe_key", {"KeyId": given("key/none")})], emulation.endpoint_url)


def test_a_personal_configuration_neither_reaches_nor_breaks_the_building(monkeypatch, tmp_path):
    personal = {
        "AWS_PROFILE": "work",
        "AWS_CONFIG_FILE": str(tmp_path / "broken"),
        "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9",
        "HTTP_PROXY": "http://127.0.0.1:9",
    }
    for name, value in personal.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "broken").write_text("not a configuration")
    with empty() as emulation:
        build(bucket(HERE, "data"), emulation.endpoint_url)
    assert {name: os.environ[name] for name in personal} == personal


def test_a_bucket_is_configured_with_what_was_chosen_and_nothing_else():
    assert [call.operation for call in bucket(HERE, "b", versioned=False)] == ["create_bucket"]
    chosen = bucket(HERE, "b", lock={}, key="k", request_metrics="all")
    assert [call.operation for call in chosen] == [
        "create_bucket",
        "put_bucket_encryption",
        "put_bucket_metrics_configuration",
    ]
    assert chosen[0].arguments["ObjectLockEnabledForBucket"]


def test_a_subscription_is_confirmed_only_where_somebody_did():
    operations = {
        confirmed: [c.operation for c in topic(HERE, "t", "a@b.example", confirmed=confirmed, publishers=("s3",))]
        for confirmed in (True, False)
    }
    assert operations[False] == ["create_topic", "subscribe"]
    assert operations[True] == [*operations[False], "confirm_subscription"]


def test_statements_hold_only_what_was_said():
    assert allow("s3:Get*", "arn", sid="Read") == {
        "Sid": "Read",
        "Effect": "Allow",
        "Action": "s3:Get*",
        "Resource": "arn",
    }
    refused = deny("s3:*", "arn", {"Bool": {"aws:SecureTransport": "false"}}, "OnlyTLS")
    assert (refused["Effect"], refused["Principal"]) == ("Deny", "*")
    assert policy() == '{"Version": "2012-10-17", "Statement": []}'
