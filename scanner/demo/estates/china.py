"""Seed "Cross-Account Backups for Disaster Recovery in AWS", its S3 part: two accounts in one region of aws-cn.

What the document prints in full: the role's policy and the target's bucket policy. It asks for versioning on both, a
replication rule with the role `s3crr_role_for_<source>`, RTO at most 12 hours and RPO at most 24 hours. Its
placeholders (`ds-source-bucket-name`, `AccountId`) are replaced by names here.

Faults that it has:
- the target policy lets the foreign role call `s3:PutBucketVersioning`: the source account can suspend the versioning
  of its own copy;
- the role may replicate into the source bucket, and read the target;
- the role grants the change of owner and the target policy does not; it works only because new buckets ignore ACLs;
- the copy is in the same region, so a regional failure takes both;
- "lifecycle management" is promised without a number, so there is none; nothing is locked; there are no metrics and no
  alarms, so nobody would know whether the RPO is met.

| the document is silent on | taken |
|---|---|
| options of the rule | the console's defaults; the owner change that the role's policy speaks of is chosen |
| policy of the source bucket | none, it prints none |
| the region | cn-northwest-1, which its state machine names |
"""

from scanner.demo.building import Call
from scanner.demo.estates.accounts import CHINA_SOURCE, CHINA_TARGET, NINGXIA
from scanner.demo.estates.console import replication_role_policy
from scanner.demo.parts import allow, bucket, policy, replication, role, service

SOURCE, COPY = "ds-source-contracts", "ds-target-contracts"
ROLE = f"s3crr_role_for_{SOURCE}"

_HERE, _THERE = CHINA_SOURCE.at(NINGXIA), CHINA_TARGET.at(NINGXIA)
_ROLE_ARN = _HERE.iam(f"role/service-role/{ROLE}")

_COPY_POLICY = policy(
    allow(
        ["s3:ReplicateObject", "s3:ReplicateDelete"],
        _THERE.bucket(f"{COPY}/*"),
        to={"AWS": _ROLE_ARN},
        sid="Set-permissions-for-objects",
    ),
    allow(
        ["s3:GetBucketVersioning", "s3:PutBucketVersioning"],
        _THERE.bucket(COPY),
        to={"AWS": _ROLE_ARN},
        sid="Set permissions on bucket",
    ),
)

_RULE = {
    "ID": "cross-account-backup",
    "Priority": 0,
    "Status": "Enabled",
    "Filter": {"Prefix": ""},
    "DeleteMarkerReplication": {"Status": "Disabled"},
    "Destination": {
        "Bucket": _THERE.bucket(COPY),
        "Account": CHINA_TARGET.id,
        "AccessControlTranslation": {"Owner": "Destination"},
    },
}

CALLS: tuple[Call, ...] = (
    *bucket(_HERE, SOURCE),
    *bucket(_THERE, COPY, bucket_policy=_COPY_POLICY),
    *role(
        _HERE,
        ROLE,
        policy(allow("sts:AssumeRole", "", to=service("s3"))),
        {"replication": replication_role_policy(_HERE, SOURCE, COPY)},
        path="/service-role/",
    ),
    replication(_HERE, SOURCE, _ROLE_ARN, _RULE),
)
