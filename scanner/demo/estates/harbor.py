"""The healthy estate, "harbor": what the published architectures aim at, done in full. Every rule should pass on it.

Two architectures in three accounts. `harbor-orders` is copied one way from the primary account (Virginia) to the
recovery account (Ireland). `harbor-catalog` is one bucket in each of the two behind a Multi-Region Access Point,
replicated both ways. Both ends are versioned and locked in COMPLIANCE mode, encrypted with a rotated key of their own
account and region, refuse plain HTTP, and the copy's policy refuses to be taken apart by anybody but a break-glass
role. Access logs go to a separate, unlocked SSE-S3 bucket of the same region, as S3 demands. What watches over all
this is in `harbor_watch`.
"""

from collections.abc import Iterator
from typing import Any

from scanner.demo.building import Call, Place, given
from scanner.demo.estates.accounts import HARBOR_AUDIT, HARBOR_PRIMARY, HARBOR_RECOVERY, IRELAND, VIRGINIA
from scanner.demo.estates.links import Link
from scanner.demo.parts import (
    Statement,
    access_point,
    account_blocks_public_access,
    allow,
    bucket,
    deny,
    key,
    only_tls,
    policy,
    role,
    root,
    service,
)

PRIMARY, RECOVERY = HARBOR_PRIMARY.at(VIRGINIA), HARBOR_RECOVERY.at(IRELAND)
BREAK_GLASS, TOPIC, METRICS = "harbor-break-glass", "harbor-alerts", "EntireBucket"

ORDERS = Link(PRIMARY, "harbor-orders", RECOVERY, "harbor-orders-dr", "harbor-orders-replication")
CATALOG = Link(
    PRIMARY, "harbor-catalog-us-east-1", RECOVERY, "harbor-catalog-eu-west-1", "harbor-catalog-out", both_ways=True
)
CATALOG_BACK = Link(RECOVERY, CATALOG.copy, PRIMARY, CATALOG.source, "harbor-catalog-back", both_ways=True)
LINKS = (ORDERS, CATALOG, CATALOG_BACK)

_RETENTION = {"Mode": "COMPLIANCE", "Days": 35}
_KEPT = {PRIMARY: 90, RECOVERY: 120}  # days that a superseded version is kept: the copy outlives the source


def calls() -> Iterator[Call]:
    """The buckets, keys, roles and links, and the access point."""
    for place in (PRIMARY, RECOVERY):
        yield from _access_log_bucket(place)
        yield from break_glass_role(place)
    for name, place in buckets().items():
        yield from key(place, name, _key_policy(place, name))
    for name, place in buckets().items():
        yield from _data_bucket(place, name)
    for link in LINKS:
        yield from link.role_calls()
        yield link.rule_call()
    yield access_point(PRIMARY, "harbor-catalog", (CATALOG.source, CATALOG.copy))
    for account in (HARBOR_PRIMARY, HARBOR_RECOVERY, HARBOR_AUDIT):
        yield account_blocks_public_access(account.at(account.regions[0]))


def buckets() -> dict[str, Place]:
    """The buckets that hold data or copies, and where they are."""
    ends = [(link.source, link.here) for link in LINKS] + [(link.copy, link.there) for link in LINKS]
    return dict(ends)


def access_log_bucket(place: Place) -> str:
    """The name of the bucket for the access logs of a place."""
    return f"harbor-access-logs-{place.region}"


def denies_destruction(place: Place, bucket_name: str) -> Statement:
    """The statement that leaves unprotecting a bucket to the break-glass role of its account."""
    actions = [
        "BypassGovernanceRetention",
        "DeleteBucketPolicy",
        "DeleteObjectVersion",
        "PutBucketObjectLockConfiguration",
        "PutBucketPolicy",
        "PutBucketVersioning",
        "PutEncryptionConfiguration",
        "PutLifecycleConfiguration",
        "PutReplicationConfiguration",
    ]
    resources = [place.bucket(bucket_name), place.bucket(f"{bucket_name}/*")]
    when = {"ArnNotEquals": {"aws:PrincipalArn": place.iam(f"role/{BREAK_GLASS}")}}
    return deny([f"s3:{action}" for action in actions], resources, when, "OnlyBreakGlassUnprotects")


def break_glass_role(place: Place) -> tuple[Call, ...]:
    """A role for the worst day: of the account itself, with a second factor, and only for changing policies."""
    when = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    trust = policy(allow("sts:AssumeRole", "", to=root(place), when=when))
    may = policy(allow(["s3:PutBucketPolicy", "s3:PutLifecycleConfiguration"], place.bucket("harbor-*")))
    return role(place, BREAK_GLASS, trust, {"repair": may})


def _data_bucket(place: Place, name: str) -> tuple[Call, ...]:
    incoming = [link.admits_role() for link in LINKS if link.copy == name]
    return bucket(
        place,
        name,
        lock=_RETENTION,
        key=given(f"key/{name}"),
        bucket_policy=policy(*incoming, denies_destruction(place, name), only_tls(place, name)),
        lifecycle=(_lifecycle(_KEPT[place]),),
        log_to=access_log_bucket(place),
        request_metrics=METRICS,
        tags={"data-classification": "confidential", "recovery": "protected"},
    )


def _key_policy(place: Place, bucket_name: str) -> str:
    incoming = (link.admits_role_to_key() for link in LINKS if link.copy == bucket_name)
    return policy(allow("kms:*", to=root(place), sid="AccountDecides"), *incoming)


def _lifecycle(days: int) -> dict[str, Any]:
    return {
        "ID": f"superseded-versions-{days}-days",
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "NoncurrentVersionExpiration": {"NoncurrentDays": days},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
    }


def _access_log_bucket(place: Place) -> tuple[Call, ...]:
    name = access_log_bucket(place)
    sources = [place.bucket(data) for data, at in buckets().items() if at == place]
    when = {"StringEquals": {"aws:SourceAccount": place.account}, "ArnLike": {"aws:SourceArn": sources}}
    delivery = allow("s3:PutObject", place.bucket(f"{name}/*"), to=service("logging.s3"), when=when, sid="AccessLogs")
    keep = {**_lifecycle(90), "ID": "logs-400-days", "Expiration": {"Days": 400}}
    return bucket(place, name, bucket_policy=policy(delivery, only_tls(place, name)), lifecycle=(keep,))
