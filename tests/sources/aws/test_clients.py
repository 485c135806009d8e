"""What stands between boto3 and the tables: which bodies pass for answers, and where S3 Control is found."""

import functools
from types import SimpleNamespace
from typing import Any

import boto3
import botocore.session
import pytest

from scanner.sources.aws.clients import aws_suffixes, check_body, without_account
from scanner.sources.aws.faults import UnexpectedAnswerError


@functools.cache
def models(service: str) -> Any:
    """What botocore knows of a service."""
    return botocore.session.Session().get_service_model(service)


def judged(
    body: bytes, service: str, operation: str, protocol: str, status: int = 200, length: int | None = None
) -> None:
    model = SimpleNamespace(
        name=operation,
        output_shape=models(service).operation_model(operation).output_shape,
        service_model=SimpleNamespace(service_name=service, resolved_protocol=protocol),
    )
    headers = {"content-length": str(len(body) if length is None else length)}
    check_body(model, {"status_code": status, "body": body, "headers": headers})


@pytest.mark.parametrize(
    ("body", "service", "operation", "protocol"),
    [
        (b"<VersioningConfiguration/>", "s3", "GetBucketVersioning", "rest-xml"),
        (b'<?xml version="1.0"?>\n<VersioningConfiguration xmlns="x"/>', "s3", "GetBucketVersioning", "rest-xml"),
        (b"<ns:GetBucketVersioningResponse/>", "s3", "GetBucketVersioning", "rest-xml"),
        (b"<BucketLoggingStatus/>", "s3", "GetBucketLogging", "rest-xml"),
        (b"anything", "s3", "GetBucketPolicy", "rest-xml"),
        (b"{}", "kms", "ListKeys", "json"),
        (b"", "s3", "CreateBucket", "rest-xml"),
        (b"\xa0", "cloudwatch", "DescribeAlarms", "smithy-rpc-v2-cbor"),
    ],
)
def test_true_answers_pass(body: bytes, service: str, operation: str, protocol: str) -> None:
    judged(body, service, operation, protocol)


@pytest.mark.parametrize(
    ("body", "service", "operation", "protocol"),
    [
        (b"", "s3", "GetBucketVersioning", "rest-xml"),
        (b" \n", "s3", "GetBucketPolicy", "rest-xml"),
        (b"<ListBucketResult/>", "s3", "GetBucketVersioning", "rest-xml"),
        (b"<html><VersioningConfiguration/></html>", "s3", "GetBucketVersioning", "rest-xml"),
        (b"Versioning", "s3", "GetBucketVersioning", "rest-xml"),
        (b"", "cloudwatch", "DescribeAlarms", "smithy-rpc-v2-cbor"),
        (b"<html>", "kms", "ListKeys", "json"),
        (b'{"Keys": [', "kms", "ListKeys", "json"),
        (b"[]", "kms", "ListKeys", "json"),
        (b"[" * 100_000, "kms", "ListKeys", "json"),
        (b"null", "macie2", "GetMacieSession", "rest-json"),
    ],
)
def test_other_answers_do_not(body: bytes, service: str, operation: str, protocol: str) -> None:
    with pytest.raises(UnexpectedAnswerError):
        judged(body, service, operation, protocol)


def test_a_body_shorter_than_announced_does_not_pass() -> None:
    with pytest.raises(UnexpectedAnswerError, match="cut off"):
        judged(b"<VersioningConfiguration/>", "s3", "GetBucketVersioning", "rest-xml", length=100)


def test_errors_are_left_to_botocore() -> None:
    judged(b"", "s3", "GetBucketVersioning", "rest-xml", status=404)


@pytest.fixture(scope="module")
def suffixes() -> Any:
    return aws_suffixes(boto3.Session())


@pytest.mark.parametrize(
    "host",
    [
        "s3-control.us-west-2.amazonaws.com",
        "s3-control.dualstack.eu-west-1.amazonaws.com",
        "s3-control.cn-north-1.amazonaws.com.cn",
        "control.vpce-1-2.s3.us-east-1.vpce.amazonaws.com",
    ],
)
def test_awss_own_hosts_keep_the_account(host: str, suffixes: Any) -> None:
    url = f"https://111111111111.{host}/v20180820/x?y=1"
    assert without_account(url, suffixes) == url


@pytest.mark.parametrize("host", ["127.0.0.1:5000", "localhost:4566", "moto", "s3.example.org", "[::1]:5000"])
def test_other_hosts_do_not(host: str, suffixes: Any) -> None:
    assert without_account(f"http://111111111111.{host}/p?q=1", suffixes) == f"http://{host}/p?q=1"
    assert without_account(f"http://{host}/p?q=1", suffixes) == f"http://{host}/p?q=1"
