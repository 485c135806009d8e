"""The policy documents of the estate, for the two ways that write them in Python."""

from typing import Any

Document = dict[str, Any]

PRIMARY, RECOVERY = "111111111111", "222222222222"
ROLE = f"arn:aws:iam::{PRIMARY}:role/service-role/replication"
TOPIC = f"arn:aws:sns:us-east-1:{PRIMARY}:alerts"
ORDERS, COPY, INVOICES, INVOICES_COPY, LOGS, AUDIT = (
    f"arn:aws:s3:::{name}"
    for name in ("orders", "orders-copy", "invoices", "invoices-copy", "orders-logs", "audit-logs")
)
WATCHERS = ["cloudwatch.amazonaws.com", "s3.amazonaws.com"]
FAILURES = ["s3:Replication:OperationFailedReplication", "s3:Replication:OperationMissedThreshold"]
REPLICATION = ["s3:ReplicateObject", "s3:ReplicateDelete"]


def document(*statements: Document) -> Document:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(sid: str, action: str | list[str], resource: str | list[str] = "", **rest: Any) -> Document:
    found = {"Sid": sid, "Effect": "Allow", "Action": action, "Resource": resource, **rest}
    return {name: value for name, value in found.items() if value}


def account_decides(account: str) -> Document:
    return allow("AccountDecides", "kms:*", "*", Principal={"AWS": f"arn:aws:iam::{account}:root"})


S3_MAY_ASSUME = document(allow("", "sts:AssumeRole", Principal={"Service": "s3.amazonaws.com"}))
REPLICATE = document(
    allow("Buckets", ["s3:GetReplicationConfiguration", "s3:ListBucket"], [ORDERS, INVOICES]),
    allow(
        "Objects",
        ["s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"],
        [f"{ORDERS}/*", f"{INVOICES}/*"],
    ),
    allow("Copies", REPLICATION, [f"{COPY}/*", f"{INVOICES_COPY}/*"]),
)
SOURCE_KEY_POLICY = document(account_decides(PRIMARY))
COPY_KEY_POLICY = document(
    account_decides(RECOVERY), allow("Replicas", ["kms:Encrypt", "kms:Decrypt"], "*", Principal={"AWS": ROLE})
)
LOGS_POLICY = document(
    allow(
        "AccessLogs",
        "s3:PutObject",
        f"{LOGS}/*",
        Principal={"Service": "logging.s3.amazonaws.com"},
        Condition={"StringEquals": {"aws:SourceAccount": PRIMARY}},
    )
)
COPY_POLICY = document(
    allow("Replicas", "s3:ReplicateObject", f"{COPY}/*", Principal={"AWS": ROLE}),
    {
        "Sid": "OnlyTLS",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [COPY, f"{COPY}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    },
)
INVOICES_COPY_POLICY = document(
    allow("Replicas", REPLICATION, f"{INVOICES_COPY}/*", Principal={"AWS": ROLE.replace("service-role/", "")})
)
TOPIC_POLICY = document(allow("Alarms", "sns:Publish", TOPIC, Principal={"Service": WATCHERS}))
TRAILS: Document = {"Principal": {"Service": "cloudtrail.amazonaws.com"}}
AUDIT_POLICY = document(
    allow("Acl", "s3:GetBucketAcl", AUDIT, **TRAILS),
    allow(
        "Write",
        "s3:PutObject",
        f"{AUDIT}/AWSLogs/{PRIMARY}/*",
        **TRAILS,
        Condition={"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}},
    ),
)
RESCUE_TRUST = document(
    allow(
        "",
        "sts:AssumeRole",
        Principal={"AWS": f"arn:aws:iam::{RECOVERY}:root"},
        Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}},
    )
)
RESCUE = document(allow("Repair", "s3:PutBucketPolicy", "arn:aws:s3:::*"))


KeyUse = tuple[str, str, str, str, str]


def key_uses(source_key: str, copy_key: str) -> tuple[KeyUse, KeyUse]:
    """What the role may do with the two keys: id of the statement, action, key, region, bucket."""
    source = ("Source", "kms:Decrypt", source_key, "us-east-1", ORDERS)
    return source, ("Copy", "kms:Encrypt", copy_key, "eu-west-1", COPY)


def key_statement(sid: str, action: str, key: str, region: str, bucket: str) -> Document:
    condition = {
        "StringEquals": {"kms:ViaService": f"s3.{region}.amazonaws.com"},
        "StringLike": {"kms:EncryptionContext:aws:s3:arn": [bucket, f"{bucket}/*"]},
    }
    return allow(sid, action, key, Condition=condition)
