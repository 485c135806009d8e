"""Estates of buckets and rules alone: enough to choose a link and to plan a drill of it."""

from collections.abc import Mapping
from typing import Any

from scanner.analysis.replication.links import Link, View, all_links
from scanner.estate.estate import Account, Estate
from scanner.estate.resource import Resource
from scanner.estate.unknown import from_json

HOME, AWAY = "111111111111", "222222222222"
ROLE = f"arn:aws:iam::{HOME}:role/replication"
Json = dict[str, Any]


def rule(id_: str = "dr", copy: str = "copy", **changed: Any) -> Json:
    return {
        "Id": id_,
        "Priority": 1,
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "Destination": {"Bucket": f"arn:aws:s3:::{copy}", "Account": AWAY},
        **changed,
    }


def bucket(name: str, account: str = HOME, region: str = "us-east-1", **properties: Any) -> Resource:
    shown = {"VersioningConfiguration": {"Status": "Enabled"}, "ObjectLockEnabled": False, **properties}
    return Resource("AWS::S3::Bucket", f"arn:aws:s3:::{name}", account, region, name, from_json(shown))


def source(name: str, *rules: Json, **properties: Any) -> Resource:
    return bucket(name, **{"ReplicationConfiguration": {"Role": ROLE, "Rules": list(rules)}, **properties})


def view(*buckets: Resource) -> View:
    accounts = (Account(HOME, "home", ("us-east-1",)), Account(AWAY, "away", ("eu-west-1",)))
    return View.of(Estate(resources=buckets, accounts=accounts))


def link(
    *more: Json, data: Mapping[str, Any] | None = None, copy: Mapping[str, Any] | None = None, **changed: Any
) -> tuple[View, Link]:
    """The link `data/dr/copy`: its rule but for what is given, more rules, and properties of both buckets."""
    seen = view(
        source("data", rule(**changed), *more, **(data or {})),
        bucket("copy", AWAY, "eu-west-1", **(copy or {})),
        bucket("other", HOME, "us-west-2"),
    )
    return seen, next(iter(all_links(seen)))
