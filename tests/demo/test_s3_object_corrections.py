"""Objects of the emulated S3 are served as S3 serves them, where moto does not. Every test here fails on plain moto."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError


@pytest.fixture
def s3(aws):
    client = aws("s3")
    client.create_bucket(Bucket="vault", ObjectLockEnabledForBucket=True)
    return client


def error_of(call, **arguments):
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return caught.value.response["Error"]["Code"]


def test_the_retention_of_a_version_can_be_asked_for(s3):
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(days=2)
    retained = {"ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": until}
    old = s3.put_object(Bucket="vault", Key="a", Body=b"1", **retained)["VersionId"]
    s3.put_object(Bucket="vault", Key="a", Body=b"2")
    answer = s3.get_object_retention(Bucket="vault", Key="a", VersionId=old)["Retention"]
    assert answer == {"Mode": "GOVERNANCE", "RetainUntilDate": until}
    assert error_of(s3.get_object_retention, Bucket="vault", Key="a") == "NoSuchObjectLockConfiguration"


def test_there_is_no_retention_to_ask_for_without_object_lock_or_object(s3):
    s3.create_bucket(Bucket="plain")
    s3.put_object(Bucket="plain", Key="a", Body=b"1")
    assert error_of(s3.get_object_retention, Bucket="plain", Key="a") == "InvalidRequest"
    assert error_of(s3.get_object_retention, Bucket="vault", Key="nothing") == "NoSuchKey"
    s3.put_object(Bucket="vault", Key="a", Body=b"1")
    assert error_of(s3.get_object_retention, Bucket="vault", Key="a", VersionId="other") == "NoSuchVersion"


def test_a_deny_under_a_condition_does_not_close_the_bucket_to_everybody(s3):
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::vault/*"}
    tls = {**deny, "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    s3.put_bucket_policy(Bucket="vault", Policy=json.dumps({"Version": "2012-10-17", "Statement": [tls]}))
    s3.put_object(Bucket="vault", Key="a", Body=b"1")
    assert s3.head_object(Bucket="vault", Key="a")["ContentLength"] == 1
    s3.put_bucket_policy(Bucket="vault", Policy=json.dumps({"Version": "2012-10-17", "Statement": [tls, deny]}))
    assert error_of(s3.head_object, Bucket="vault", Key="a") == "403"
