"""Seed "Secure Multi-Region S3 Architecture": three regions behind one Multi-Region Access Point, keys and Object Lock.

What the document says: three buckets in three regions with versioning, Object Lock and a customer managed key per
region; replication of one to the others; a Multi-Region Access Point for global reading and writing; "a restricted,
immutable logging bucket" that captures all activity; alarms on access-denied events; Macie; least-privilege roles.

Faults that it has:
- writes through the access point land in the nearest bucket, but only the first bucket replicates, so what is written
  in Oregon or Ireland is nowhere else;
- Object Lock is on without a default retention, which locks nothing by itself;
- the one log bucket is locked and encrypted with KMS, so S3 delivers no access logs to it, and nothing else writes
  there: no trail is mentioned; buckets of other regions cannot log to it at all;
- the alarm watches the request metric `4xxErrors` with a FilterId, but there is no metrics configuration, so there is
  no such metric; and the subscription behind it was never confirmed;
- Macie is on in the first region only;
- keys are not rotated, and all three belong to the account that holds the data: who takes the account takes all copies.

| the document is silent on | taken |
|---|---|
| default retention of the data buckets | none, as the console offers it |
| mode and days in the log bucket | COMPLIANCE, one year: it says immutable |
| delete markers, metrics, RTC | off, the console's defaults |
| the replication role | the console's actions, each on its own side, keys by their ARNs without conditions |
| policies of the data buckets | none |
| which region is first | Virginia; alarm, topic and Macie are in the stack of the first region |
"""

from scanner.demo.building import Call, Place, given
from scanner.demo.estates.accounts import IRELAND, OREGON, PRIMARY, VIRGINIA
from scanner.demo.parts import (
    access_point,
    alarm,
    allow,
    bucket,
    key,
    macie,
    policy,
    replication,
    role,
    root,
    service,
    topic,
)

SOURCE, LOGS, ROLE, MRAP, TOPIC = (
    "acme-secure-us-east-1",
    "acme-secure-logs",
    "acme-secure-replication",
    "acme-global",
    "acme-secure-alerts",
)
COPIES = {"acme-secure-eu-west-1": IRELAND, "acme-secure-us-west-2": OREGON}

_HERE = PRIMARY.at(VIRGINIA)
_ROLE_ARN = _HERE.iam(f"role/{ROLE}")


def _own_key(place: Place) -> str:
    return policy(allow("kms:*", to=root(place), sid="EnableIAMUserPermissions"))


def _key_of(name: str) -> str:
    return given(f"key/{name}")


def _data(place: Place, name: str, *, log_to: str = "") -> tuple[Call, ...]:
    return (
        *key(place, name, _own_key(place), rotated=False),
        *bucket(place, name, lock={}, key=_key_of(name), log_to=log_to),
    )


def _rule(number: int, copy: str) -> dict[str, object]:
    return {
        "ID": f"to-{copy}",
        "Priority": number,
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "DeleteMarkerReplication": {"Status": "Disabled"},
        "SourceSelectionCriteria": {"SseKmsEncryptedObjects": {"Status": "Enabled"}},
        "Destination": {
            "Bucket": _HERE.bucket(copy),
            "EncryptionConfiguration": {"ReplicaKmsKeyID": _key_of(copy)},
        },
    }


_PERMISSIONS = policy(
    allow(["s3:GetReplicationConfiguration", "s3:ListBucket"], _HERE.bucket(SOURCE)),
    allow(
        [
            "s3:GetObjectVersionForReplication",
            "s3:GetObjectVersionAcl",
            "s3:GetObjectVersionTagging",
            "s3:GetObjectRetention",
            "s3:GetObjectLegalHold",
        ],
        _HERE.bucket(f"{SOURCE}/*"),
    ),
    allow(
        ["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"], [_HERE.bucket(f"{copy}/*") for copy in COPIES]
    ),
    allow("kms:Decrypt", _key_of(SOURCE)),
    allow("kms:Encrypt", [_key_of(copy) for copy in COPIES]),
)

_LOG_POLICY = policy(
    allow(
        "s3:PutObject",
        _HERE.bucket(f"{LOGS}/*"),
        to=service("logging.s3"),
        when={"StringEquals": {"aws:SourceAccount": PRIMARY.id}},
        sid="S3ServerAccessLogs",
    )
)

CALLS: tuple[Call, ...] = (
    *key(_HERE, LOGS, _own_key(_HERE), rotated=False),
    *bucket(_HERE, LOGS, lock={"Mode": "COMPLIANCE", "Days": 365}, key=_key_of(LOGS), bucket_policy=_LOG_POLICY),
    *_data(_HERE, SOURCE, log_to=LOGS),
    *(call for name, region in COPIES.items() for call in _data(PRIMARY.at(region), name)),
    *role(_HERE, ROLE, policy(allow("sts:AssumeRole", "", to=service("s3"))), {"replication": _PERMISSIONS}),
    replication(_HERE, SOURCE, _ROLE_ARN, *(_rule(number, copy) for number, copy in enumerate(COPIES, 1))),
    access_point(_HERE, MRAP, (SOURCE, *COPIES)),
    *topic(_HERE, TOPIC, "security@acme.example", confirmed=False, publishers=("cloudwatch",)),
    alarm(
        _HERE,
        "acme-secure-access-denied",
        "4xxErrors",
        TOPIC,
        Dimensions={"BucketName": SOURCE, "FilterId": "EntireBucket"},
    ),
    macie(_HERE),
)
