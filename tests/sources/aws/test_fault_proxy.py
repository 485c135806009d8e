"""The faulty proxy knows which operation a request asks for, in every protocol; otherwise its faults would miss."""

from typing import Any

import pytest
from fault_proxy import Asked, Fault, asked_in


def scope(service: str) -> dict[str, str]:
    return {"Authorization": f"AWS4-HMAC-SHA256 Credential=AKIA/20261121/eu-west-1/{service}/aws4_request, x"}


@pytest.mark.parametrize(
    ("method", "target", "headers", "body", "operation", "protocol"),
    [
        ("GET", "/?max-buckets=1000", scope("s3"), b"", "s3:ListBuckets", "rest-xml"),
        ("GET", "/data?versioning", scope("s3"), b"", "s3:GetBucketVersioning", "rest-xml"),
        ("GET", "/data?metrics", scope("s3"), b"", "s3:ListBucketMetricsConfigurations", "rest-xml"),
        ("GET", "/data?metrics&id=a", scope("s3"), b"", "s3:GetBucketMetricsConfiguration", "rest-xml"),
        ("GET", "/data?lifecycle", scope("s3"), b"", "s3:GetBucketLifecycleConfiguration", "rest-xml"),
        ("PUT", "/data?policy", scope("s3"), b"", "s3:PutBucketPolicy", "rest-xml"),
        (
            "GET",
            "/v20180820/configuration/publicAccessBlock",
            scope("s3"),
            b"",
            "s3control:GetPublicAccessBlock",
            "rest-xml",
        ),
        (
            "GET",
            "/v20180820/mrap/instances/p/policy",
            scope("s3"),
            b"",
            "s3control:GetMultiRegionAccessPointPolicy",
            "rest-xml",
        ),
        ("POST", "/", scope("iam"), b"Action=ListRoles&Version=1", "iam:ListRoles", "query"),
        ("POST", "/", {**scope("kms"), "X-Amz-Target": "TrentService.ListKeys"}, b"{}", "kms:ListKeys", "json"),
        ("GET", "/macie", scope("macie2"), b"", "macie2:GetMacieSession", "rest-json"),
        ("POST", "/service/X/operation/DescribeAlarms", scope("monitoring"), b"", "cloudwatch:DescribeAlarms", "cbor"),
    ],
)
def test_operations(method: str, target: str, headers: Any, body: bytes, operation: str, protocol: str) -> None:
    asked = asked_in(method, target, headers, body)
    assert (asked.operation, asked.protocol, asked.region, asked.access_key) == (
        operation,
        protocol,
        "eu-west-1",
        "AKIA",
    )


def test_patterns_narrow_a_fault() -> None:
    asked = Asked("s3:GetBucketPolicy", "/data", "eu-west-1", "AKIA", "rest-xml")
    assert Fault("refuse").hits(asked)
    assert Fault("refuse", "s3:Get*", path="/da*", region="eu-*", access_key="AKIA").hits(asked)
    assert not Fault("refuse", "s3:Get*", region="us-*").hits(asked)
