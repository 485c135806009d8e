"""Seed "S3 Cross-Region Bucket Replication (CRR)": Oregon to Virginia in one account, a Batch job for old objects.

What the document says (mostly in screenshots): two buckets, objects uploaded before there is a rule, a rule and its
role made by the console, versioning on both, a Batch Operations job for what was there before.

Faults that it has: source and copy live in one account, so one administrator, or one stolen session, takes both; the
role that the console made may also replicate into the source; who started the Batch job may start it for the whole
bucket and its role writes the report into the copy itself; whether deletes are replicated was never decided; KMS and
CloudWatch are "optional" and absent; nothing is locked.

| the document is silent on | taken |
|---|---|
| the role | what the console makes: `service-role/` path, both buckets in both statements |
| delete markers, metrics, RTC | the console's default for each: off |
| the Batch role, manifest and report | what the console makes, with the report in the destination bucket |
"""

from scanner.demo.building import Call
from scanner.demo.estates.accounts import OREGON, PRIMARY, VIRGINIA
from scanner.demo.estates.console import replication_role_policy
from scanner.demo.parts import allow, bucket, policy, replication, role, service

SOURCE, COPY = "acme-photos-oregon", "acme-photos-virginia"
ROLE, BATCH_ROLE = f"s3crr_role_for_{SOURCE}", "acme-photos-batch-replication"

_HERE, _THERE = PRIMARY.at(OREGON), PRIMARY.at(VIRGINIA)
_ROLE_ARN = _HERE.iam(f"role/service-role/{ROLE}")

_BATCH_PERMISSIONS = policy(
    allow("s3:InitiateReplication", _HERE.bucket(f"{SOURCE}/*")),
    allow(["s3:GetReplicationConfiguration", "s3:PutInventoryConfiguration"], _HERE.bucket(SOURCE)),
    allow(["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"], _THERE.bucket(f"{COPY}/*")),
)

_RULE = {
    "ID": "crr",
    "Priority": 0,
    "Status": "Enabled",
    "Filter": {"Prefix": ""},
    "DeleteMarkerReplication": {"Status": "Disabled"},
    "Destination": {"Bucket": _THERE.bucket(COPY)},
}

CALLS: tuple[Call, ...] = (
    *bucket(_HERE, SOURCE),
    *bucket(_THERE, COPY),
    Call(_HERE, "s3", "put_object", {"Bucket": SOURCE, "Key": "before-the-rule.jpg", "Body": b"uploaded first"}),
    *role(
        _HERE,
        ROLE,
        policy(allow("sts:AssumeRole", "", to=service("s3"))),
        {"replication": replication_role_policy(_HERE, SOURCE, COPY)},
        path="/service-role/",
    ),
    *role(
        _HERE,
        BATCH_ROLE,
        policy(allow("sts:AssumeRole", "", to=service("batchoperations.s3"))),
        {"batch-replication": _BATCH_PERMISSIONS},
    ),
    replication(_HERE, SOURCE, _ROLE_ARN, _RULE),
)
