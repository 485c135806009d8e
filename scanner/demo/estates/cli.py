"""Seed "Cross-Region Replication (CRR) in Amazon S3": Virginia to Ireland in one account, by the AWS CLI.

What the document says, as commands: versioning on both buckets; a role that S3 may assume; an inline policy that
"grants the necessary s3:Get* on source and s3:Replicate* on destination", in the text above with `s3:PutObjectAcl`
and `s3:PutObjectTagging`; one rule with priority 1, empty prefix and storage class STANDARD.

Faults that it has: `s3:Get*` does not hold `s3:ListBucket`, so S3 cannot use the role as printed, and it does hold
reading every object and every configuration of the source; `PutObjectAcl` and `PutObjectTagging` are not needed and
let the role change what is no replica; one account owns both ends; nothing is locked, watched or encrypted with a
key; objects that exist already are not mentioned.

| the document is silent on | taken |
|---|---|
| DeleteMarkerReplication: the printed rule has none, and S3 refuses it so | `Disabled`, the least that S3 accepts |
| the trust policy | S3 may assume the role, without conditions |
| everything else of the buckets | S3's defaults for new buckets |
"""

from scanner.demo.building import Call
from scanner.demo.estates.accounts import IRELAND, PRIMARY, VIRGINIA
from scanner.demo.parts import allow, bucket, policy, replication, role, service

SOURCE, COPY, ROLE = "source-bucket-us-east-1", "dest-bucket-eu-west-1", "s3-replication-role"

_HERE, _THERE = PRIMARY.at(VIRGINIA), PRIMARY.at(IRELAND)

_PERMISSIONS = policy(
    allow("s3:Get*", [_HERE.bucket(SOURCE), _HERE.bucket(f"{SOURCE}/*")]),
    allow(["s3:Replicate*", "s3:PutObjectAcl", "s3:PutObjectTagging"], _THERE.bucket(f"{COPY}/*")),
)

_RULE = {
    "ID": "ReplicateToEU",
    "Status": "Enabled",
    "Priority": 1,
    "Filter": {"Prefix": ""},
    "DeleteMarkerReplication": {"Status": "Disabled"},
    "Destination": {"Bucket": _THERE.bucket(COPY), "StorageClass": "STANDARD"},
}

CALLS: tuple[Call, ...] = (
    *bucket(_HERE, SOURCE),
    *bucket(_THERE, COPY),
    *role(_HERE, ROLE, policy(allow("sts:AssumeRole", "", to=service("s3"))), {"S3ReplicationPolicy": _PERMISSIONS}),
    replication(_HERE, SOURCE, _HERE.iam(f"role/{ROLE}"), _RULE),
)
