"""Seed "Multi-Account Disaster Recovery using S3 Cross-Region Replication": one link to another account and region.

What the document says: versioning on both buckets; a role in the source account that reads the source and writes the
destination, with a trust relationship for S3; a destination policy that lets the role "put objects, replicate delete
markers, replicate object versions"; a rule for all objects, made in the console.

Faults that it has: it claims "zero data loss" without replication time control, metrics or a single alarm (CloudWatch
is listed and never used); "enable access logging" is advice that no step follows; any bucket of any account may use
the role through S3, for the trust has no condition; `s3:PutObject` lets the role write what is no replica; nothing is
locked, so whoever deletes versions in the recovery account deletes the copy; KMS is "optional", so it is not there.

| the document is silent on | taken |
|---|---|
| the role's exact policy | the one of the S3 user guide for a role made by hand |
| options of the rule | the console's defaults: delete markers, metrics and owner change off; the account is stored |
| encryption, public access, ownership | S3's defaults for new buckets |
"""

from scanner.demo.building import Call
from scanner.demo.estates.accounts import IRELAND, PRIMARY, RECOVERY, VIRGINIA
from scanner.demo.parts import allow, bucket, policy, replication, role, service

SOURCE, COPY, ROLE = "acme-documents", "acme-documents-dr", "acme-crr-role"

_HERE, _THERE = PRIMARY.at(VIRGINIA), RECOVERY.at(IRELAND)
_ROLE_ARN = _HERE.iam(f"role/{ROLE}")

_PERMISSIONS = policy(
    allow(["s3:GetReplicationConfiguration", "s3:ListBucket"], _HERE.bucket(SOURCE)),
    allow(
        ["s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"],
        _HERE.bucket(f"{SOURCE}/*"),
    ),
    allow(["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"], _THERE.bucket(f"{COPY}/*")),
)

_COPY_POLICY = policy(
    allow(
        ["s3:PutObject", "s3:ReplicateDelete", "s3:ReplicateObject"],
        _THERE.bucket(f"{COPY}/*"),
        to={"AWS": _ROLE_ARN},
        sid="AllowReplicationRole",
    )
)

_RULE = {
    "ID": "replicate-all-objects",
    "Priority": 0,
    "Status": "Enabled",
    "Filter": {"Prefix": ""},
    "DeleteMarkerReplication": {"Status": "Disabled"},
    "Destination": {"Bucket": _THERE.bucket(COPY), "Account": RECOVERY.id},
}

CALLS: tuple[Call, ...] = (
    *role(_HERE, ROLE, policy(allow("sts:AssumeRole", "", to=service("s3"))), {"replication": _PERMISSIONS}),
    *bucket(_HERE, SOURCE),
    *bucket(_THERE, COPY, bucket_policy=_COPY_POLICY),
    replication(_HERE, SOURCE, _ROLE_ARN, _RULE),
)
