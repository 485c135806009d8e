"""Replication links on an emulated AWS, each in accounts of its own: as they should be, but for what a test breaks."""

import itertools
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from scanner.demo.building import Call, Clients, Place, build, given
from scanner.demo.estates.links import Link
from scanner.demo.parts import allow, bucket, key, policy, replication, role, root, service

_NUMBERS = itertools.count(300_000_000_000 + 1_000_000 * (os.getpid() % 100_000))
READ = ("s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging")
WRITE = ("s3:ReplicateObject",)


@dataclass(frozen=True)
class Pair:
    """A source and its copy: places, bucket names, and clients for both ends."""

    endpoint_url: str
    here: Place
    source: str
    there: Place
    copy: str
    clients: Clients

    @property
    def s3(self) -> Any:
        return self.clients.get(self.here, "s3")

    @property
    def s3_there(self) -> Any:
        return self.clients.get(self.there, "s3")

    @property
    def link(self) -> str:
        return f"{self.source}/dr/{self.copy}"

    @property
    def role_arn(self) -> str:
        return self.here.iam("role/replication")

    def rule(self, **changed: Any) -> dict[str, Any]:
        """The rule of a plain link, but for what is given."""
        return {
            "ID": "dr",
            "Priority": 1,
            "Status": "Enabled",
            "Filter": {"Prefix": ""},
            "DeleteMarkerReplication": {"Status": "Disabled"},
            "Destination": {"Bucket": self.there.bucket(self.copy), "Account": self.there.account},
            **changed,
        }

    def build(self, *calls: Call) -> dict[str, str]:
        return build(calls, self.endpoint_url)

    def replicate(self, *rules: Mapping[str, Any]) -> None:
        """Put these rules in place of those that there are."""
        self.build(replication(self.here, self.source, self.role_arn, *rules))

    def status(self, name: str) -> str | None:
        """What S3 says of the newest version of an object of the source."""
        found: str | None = self.s3.head_object(Bucket=self.source, Key=name).get("ReplicationStatus")
        return found

    def settled(self, name: str, seconds: float = 20) -> str | None:
        """The status when it is no longer PENDING."""
        return waited(lambda: self.status(name), lambda status: status != "PENDING", seconds)

    def versions(self, *, there: bool = False) -> list[tuple[str, str]]:
        """All versions in the source, or in the copy; delete markers as ("key", "marker")."""
        s3, name = (self.s3_there, self.copy) if there else (self.s3, self.source)
        answer = s3.list_object_versions(Bucket=name)
        markers = [(one["Key"], "marker") for one in answer.get("DeleteMarkers", [])]
        return [(one["Key"], one["VersionId"]) for one in answer.get("Versions", [])] + markers


def waited(look: Callable[[], Any], enough: Callable[[Any], bool], seconds: float = 20) -> Any:
    """What `look` gives as soon as it is enough, or when the time is over."""
    end = time.monotonic() + seconds
    while not enough(found := look()) and time.monotonic() < end:
        time.sleep(0.02)
    return found


def pair(endpoint_url: str, name: str = "data") -> Pair:
    """Places and names in two new accounts; nothing is there yet."""
    home, away = str(next(_NUMBERS)), str(next(_NUMBERS))
    here, there = Place(home, "us-east-1"), Place(away, "eu-west-1")
    return Pair(endpoint_url, here, f"{name}-{home}", there, f"{name}-copy-{away}", Clients(endpoint_url))


def plain(
    endpoint_url: str,
    *,
    read: tuple[str, ...] = READ,
    write: tuple[str, ...] = WRITE,
    admitted: tuple[str, ...] = WRITE,
    **rule: Any,
) -> Pair:
    """A link without KMS into another account. `read` and `write` are what the role may, `admitted` what the copy's
    policy lets in."""
    made = pair(endpoint_url)
    source, copy = made.here.bucket(made.source), made.there.bucket(made.copy)
    statements = (
        allow(["s3:GetReplicationConfiguration", "s3:ListBucket"], source),
        allow(read, f"{source}/*"),
        *([allow(write, f"{copy}/*")] if write else ()),
    )
    lets_in = policy(allow(admitted, f"{copy}/*", to={"AWS": made.role_arn})) if admitted else ""
    trust = policy(allow("sts:AssumeRole", "", to=service("s3")))
    made.build(
        *role(made.here, "replication", trust, {"replicate": policy(*statements)}),
        *bucket(made.here, made.source),
        *bucket(made.there, made.copy, bucket_policy=lets_in),
        replication(made.here, made.source, made.role_arn, made.rule(**rule)),
    )
    return made


def guarded(endpoint_url: str, mode: str = "GOVERNANCE", days: int = 1) -> Pair:
    """A link with a key and Object Lock at both ends, between two accounts."""
    made = pair(endpoint_url, "vault")
    link = Link(made.here, made.source, made.there, made.copy, "replication")
    lock = {"Mode": mode, "Days": days}
    incoming = (allow("kms:*", to=root(made.there)), link.admits_role_to_key())
    lets_in = policy(link.admits_role())
    made.build(
        *key(made.here, made.source, policy(allow("kms:*", to=root(made.here)))),
        *key(made.there, made.copy, policy(*incoming)),
        *bucket(made.here, made.source, lock=lock, key=given(f"key/{made.source}")),
        *bucket(made.there, made.copy, lock=lock, key=given(f"key/{made.copy}"), bucket_policy=lets_in),
        *link.role_calls(),
        link.rule_call(),
    )
    return made


def same_account(made: Pair) -> Pair:
    """The same pair, its copy in the source's account."""
    return replace(made, there=Place(made.here.account, made.there.region))
