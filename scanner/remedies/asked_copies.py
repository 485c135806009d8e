"""What the estate file asks of a copy, and the bucket for it, made where there is none: versioned, locked, TLS only."""

from collections.abc import Iterable
from dataclasses import dataclass

from scanner.analysis.annotation import bucket_id
from scanner.analysis.declarations import declared
from scanner.analysis.kinds import BUCKET
from scanner.analysis.replication.places import Places
from scanner.estate.intent import Copy, Intent, Protected
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value
from scanner.remedies.drafting import CannotError, changed, known
from scanner.remedies.new_resources import new_bucket, tls_only_policy
from scanner.remedies.proposals import Situation

BLOCKED: Value = {"EncryptionType": ["SSE-C"]}
"""What a new bucket refuses: encryption with keys that only the writer has."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A copy that the estate file asks for, with all entries that do."""

    copy: Copy
    entries: tuple[Protected, ...]

    @property
    def prefixes(self) -> tuple[str, ...]:
        """The key prefixes that have to be in the copy; the empty one where all keys have to."""
        if not all(entry.prefixes for entry in self.entries):
            return ("",)
        wanted = sorted({prefix for entry in self.entries for prefix in entry.prefixes})
        return tuple(one for one in wanted if not any(one.startswith(other) for other in wanted if other != one))

    @property
    def rpo_minutes(self) -> int | None:
        """The shortest recovery point objective of the entries."""
        return min((entry.rpo_minutes for entry in self.entries if entry.rpo_minutes is not None), default=None)

    @property
    def retention(self) -> dict[str, Value] | None:
        """The strictest default retention that the entries ask for."""
        locks = [entry.object_lock for entry in self.entries if entry.object_lock is not None]
        if not locks:
            return None
        return {"Mode": min(lock.mode for lock in locks), "Days": max(lock.days for lock in locks)}


def asked_of(intent: Intent, source: Resource, destination: str) -> Asked | None:
    """What the estate file asks of the copy of a bucket in the destination of that name; None where it asks nothing.

    Raises `CannotError` where two entries put the copy into different places.
    """
    entries = declared(intent).get(bucket_id(source))
    found = [
        (copy, entry)
        for entry in (entries.originals if entries else ())
        for copy in entry.copies
        if copy.bucket == destination
    ]
    if not found:
        return None
    account = _sole((copy.account for copy, _ in found), f"account of {destination}")
    region = _sole((copy.region for copy, _ in found), f"region of {destination}")
    return Asked(Copy(destination, account, region), tuple(dict.fromkeys(entry for _, entry in found)))


def with_destination(situation: Situation, source: Resource, asked: Asked) -> Situation:
    """The situation in which the copy's bucket is where it was asked for, and keeps versions.

    Raises `CannotError` where that is somewhere else, where it may be what was not seen, or nobody said where it
    should be.
    """
    copy = asked.copy
    partition, _ = bucket_id(source)
    account = copy.account or source.account
    end = Places(situation.working).destination(f"arn:{partition}:s3:::{copy.bucket}", account)
    if end.bucket is None:
        if end.doubt is not None:
            raise CannotError(f"whether bucket {copy.bucket} exists is not known: {end.doubt.reason}")
        return _made(situation, (partition, account, copy.region), source, asked)
    if copy.account not in ("", end.bucket.account) or copy.region not in ("", end.bucket.region):
        place = f"account {end.bucket.account}, {end.bucket.region}"
        raise CannotError(
            f"bucket {copy.bucket} is in {place}, and estate.yaml asks for another place: buckets do not move, "
            "so name another bucket there, or correct estate.yaml"
        )
    return versioned(situation, end.bucket)


def versioned(situation: Situation, bucket: Resource) -> Situation:
    """The situation in which the bucket keeps versions."""
    had = known(bucket.properties.get("VersioningConfiguration"), f"the versioning of bucket {bucket.name}") or {}
    if had.get("Status") == "Enabled":
        return situation
    return changed(situation, bucket.with_properties(VersioningConfiguration={**had, "Status": "Enabled"}))


def lockable(situation: Situation, bucket: Resource) -> Situation:
    """The situation in which objects of the bucket can be locked, which nobody can take back."""
    if has_object_lock(situation, bucket):
        return situation
    on = {"ObjectLockEnabled": True, "ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled"}}
    situation = versioned(situation, bucket)
    return changed(situation, situation.current(bucket).with_properties(**on))


def has_object_lock(situation: Situation, bucket: Resource) -> bool:
    """Whether objects of the bucket can be locked. Raises `CannotError` where that is not known."""
    found = Places(situation.working).source(bucket).has_object_lock
    if isinstance(found, Unknown):
        raise CannotError(f"whether bucket {bucket.name} has Object Lock is not known: {found.reason}")
    return found


def _made(situation: Situation, place: tuple[str, str, str], source: Resource, asked: Asked) -> Situation:
    _, account, region = place
    if not region:
        raise CannotError(f"in which region bucket {asked.copy.bucket} should be is not said: add it in estate.yaml")
    doubt = situation.working.blind(BUCKET, account, region)
    if doubt is not None:
        raise CannotError(f"{doubt.reason}: drscan makes bucket {asked.copy.bucket} only where it sees")
    is_locked = asked.retention is not None or has_object_lock(situation, source)
    bucket = new_bucket(place, asked.copy.bucket, locked=is_locked)
    if asked.retention is not None:
        lock = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": asked.retention}}
        bucket = bucket.with_properties(ObjectLockConfiguration=lock)
    return changed(situation, bucket.with_properties(BucketEncryption=encryption()), tls_only_policy(bucket))


def encryption(key: str = "") -> dict[str, Value]:
    """Default encryption of a new bucket, with S3's keys or with this one; nobody brings keys of their own."""
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key} if key else {"SSEAlgorithm": "AES256"}
    rule = {
        "ServerSideEncryptionByDefault": default,
        "BucketKeyEnabled": bool(key),
        "BlockedEncryptionTypes": BLOCKED,
    }
    return {"ServerSideEncryptionConfiguration": [rule]}


def _sole(values: Iterable[str], what: str) -> str:
    found = {value for value in values if value}
    if len(found) > 1:
        raise CannotError(f"estate.yaml names more than one {what}: decide for one")
    return next(iter(found), "")
