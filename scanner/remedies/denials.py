"""Statements of bucket policies that deny: requests without TLS, and destruction by all but those who are named."""

from collections.abc import Sequence

from scanner.analysis.access.bucket_denials import DESTRUCTIVE_ACTIONS
from scanner.remedies.policy_edits import Statement, one_or_all


def insecure_transport_denied(bucket: str) -> Statement:
    """Nobody does anything with the bucket (an ARN) without TLS."""
    return _denied("DenyInsecureTransport", bucket, "s3:*") | {
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def destruction_denied(bucket: str, spared: Sequence[str]) -> Statement:
    """Nobody takes the protection of the bucket (an ARN) apart but the principals spared, by ARN."""
    return _denied("DenyDestruction", bucket, list(DESTRUCTIVE_ACTIONS)) | {
        "Condition": {"ArnNotEquals": {"aws:PrincipalArn": one_or_all(sorted(set(spared)))}},
    }


def _denied(sid: str, bucket: str, action: str | list[str]) -> Statement:
    resources = [bucket, f"{bucket}/*"]
    return {"Sid": sid, "Effect": "Deny", "Principal": "*", "Action": action, "Resource": resources}
