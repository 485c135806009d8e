"""Whether the replica is what the rule promises: each property of the copy beside what it should be.

What a replica takes over: https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-what-is-isnot-replicated.html
and, on keys and encryption, https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html
(both 2026-11).
"""

import base64
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass

from scanner.analysis.reading import at, text
from scanner.analysis.replication.links import Link
from scanner.analysis.truth import any_true
from scanner.drill.objects import Seen
from scanner.drill.planning import Canary
from scanner.estate.unknown import Unknown, Value
from scanner.estate.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Comparison:
    """One property of the replica. What could not be read is UNKNOWN, and `found` says why.

    Where it does not `count`, not seeing it takes nothing from the drill.
    """

    what: str
    verdict: Verdict
    expected: str
    found: str
    counts: bool = True


def compare(
    link: Link, canary: Canary, source: Seen, replica: Seen, bucket_owner: str | Unknown | None
) -> tuple[Comparison, ...]:
    """The replica beside what was written, what the source made of it, and what the rule promises.

    `bucket_owner` is the canonical id of the destination's owner.
    """
    checksum = base64.b64encode(hashlib.sha256(canary.body).digest()).decode()
    return (
        _compared("version id", source.version, replica.version),
        _compared("status", "REPLICA", replica.status),
        _compared("size", len(canary.body), replica.size),
        _compared("checksum", checksum, replica.checksum),
        _compared("metadata", dict(canary.metadata), _plain(replica.metadata)),
        _compared("tags", dict(canary.tags), _plain(replica.tags)),
        *_encryption(link, source, replica),
        _compared("storage class", _storage_class(link, source), replica.storage_class),
        _lock(link, source, replica),
        *_owner(link, source, replica, bucket_owner),
    )


def _compared(what: str, expected: Value, found: Value, *, counts: bool = True) -> Comparison:
    doubt = next((one for one in (expected, found) if isinstance(one, Unknown)), None)
    if doubt is not None:
        shown = "" if isinstance(expected, Unknown) else _said(expected)
        return Comparison(what, Verdict.UNKNOWN, shown, doubt.reason, counts)
    verdict = Verdict.PASS if expected == found else Verdict.FAIL
    return Comparison(what, verdict, _said(expected), _said(found), counts)


def _encryption(link: Link, source: Seen, replica: Seen) -> Iterator[Comparison]:
    """A replica is encrypted in the way of its source, with the rule's key where that is KMS."""
    expected = source.algorithm or link.ends.destination.algorithm
    yield _compared("encryption", expected, replica.algorithm)
    if expected in ("aws:kms", "aws:kms:dsse"):
        key = link.ends.replica_key if source.algorithm else link.ends.default_key
        nothing = Unknown(f"rule {link.features.id} names no key for replicas")
        yield _compared("encryption key", nothing if key is None else key.arn, replica.key)


def _storage_class(link: Link, source: Seen) -> str | Unknown:
    return text(link.features.rule, "Destination.StorageClass") or source.storage_class


def _lock(link: Link, source: Seen, replica: Seen) -> Comparison:
    """The source's retention goes along; without one the destination's default counts, from the replica's making on."""
    if source.retention is not None:
        return _compared("Object Lock", source.retention, replica.retention)
    default = text(at(link.ends.destination.look_up("ObjectLockConfiguration"), "Rule.DefaultRetention"), "Mode")
    found = replica.retention if isinstance(replica.retention, Unknown | None) else replica.retention.mode
    return _compared("Object Lock", default, found)


def _owner(link: Link, source: Seen, replica: Seen, bucket_owner: str | Unknown | None) -> Iterator[Comparison]:
    changes = any_true((link.features.owner_override, link.ends.destination.is_owner_enforced))
    if isinstance(changes, Unknown):
        return
    expected = bucket_owner if changes else source.owner
    yield _compared("owner", expected, replica.owner, counts=False)


def _plain(value: Value) -> Value:
    return value if isinstance(value, Unknown) else dict(value)


def _said(value: Value) -> str:
    if value is None:
        return "none"
    return json.dumps(value, sort_keys=True) if isinstance(value, dict) else str(value)
