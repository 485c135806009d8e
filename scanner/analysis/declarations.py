"""What the estate file says of each bucket: that it must be protected, or that it must hold a copy, and how well.

Nothing here is read from AWS. Where the file is silent, nothing is put on the bucket, and rules fall back on their own
parameters.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from scanner.analysis.annotation import BucketId, annotate, bucket_id
from scanner.analysis.kinds import BUCKET
from scanner.analysis.reading import present
from scanner.estate.estate import Estate
from scanner.estate.intent import Intent, Protected
from scanner.estate.resource import Resource
from scanner.estate.unknown import Value


@dataclass(frozen=True, slots=True)
class Declared:
    """The entries of the estate file that name a bucket as the original, and those that name it as a copy."""

    originals: tuple[Protected, ...] = ()
    copies: tuple[Protected, ...] = ()

    @property
    def all(self) -> tuple[Protected, ...]:
        """Every entry that names the bucket, in whichever part."""
        return (*self.originals, *self.copies)

    @property
    def prefixes(self) -> tuple[str, ...]:
        """The key prefixes that matter in this bucket: all of them (the empty prefix) unless every entry narrows it."""
        narrowed = [entry.prefixes for entry in self.all]
        if not narrowed or not all(narrowed):
            return ("",)
        return tuple(sorted({prefix for prefixes in narrowed for prefix in prefixes}))


NOTHING = Declared()


def declared(intent: Intent) -> Mapping[BucketId, Declared]:
    """What the estate file says, by bucket."""
    originals: dict[BucketId, list[Protected]] = {}
    copies: dict[BucketId, list[Protected]] = {}
    for entry in intent.protect:
        if entry.bucket:
            originals.setdefault(bucket_named(intent, entry.bucket, entry.account), []).append(entry)
        for copy in entry.copies:
            copies.setdefault(bucket_named(intent, copy.bucket, copy.account), []).append(entry)
    return {key: Declared(tuple(originals.get(key, ())), tuple(copies.get(key, ()))) for key in {**originals, **copies}}


def named_accounts(estate: Estate, intent: Intent) -> frozenset[str]:
    """All accounts that the estate file names, in whichever part; those that were scanned count as named."""
    copies = {copy.account for entry in intent.protect for copy in entry.copies}
    originals = {entry.account for entry in intent.protect}
    scanned, listed = {account.id for account in estate.accounts}, {account.id for account in intent.accounts}
    return frozenset((copies | originals | scanned | listed) - {""})


def derive_declarations(estate: Estate, intent: Intent) -> Estate:
    """Puts what the estate file declares on the buckets it names.

    `IsProtected` and `SameAccountDeclared` (it is a copy that the file itself puts into the original's account) on
    every bucket; `RequiredRetentionDays` and `RequiredLockMode` on originals and copies of entries with an Object
    Lock; `RpoSeconds` on originals whose entry states an RPO. The strictest entry counts.
    """
    by_bucket = declared(intent)

    def facts(bucket: Resource) -> Mapping[str, Value]:
        entries = by_bucket.get(bucket_id(bucket), NOTHING)
        locks = [entry.object_lock for entry in entries.all if entry.object_lock is not None]
        objectives = [entry.rpo_minutes for entry in entries.originals if entry.rpo_minutes is not None]
        return present(
            IsProtected=bool(entries.originals),
            SameAccountDeclared=any(_same_account(entry, bucket.name) for entry in entries.copies),
            RequiredRetentionDays=max((lock.days for lock in locks), default=None),
            # The stricter mode is also the first in the alphabet.
            RequiredLockMode=min((lock.mode for lock in locks), default=None),
            RpoSeconds=min((minutes * 60 for minutes in objectives), default=None),
        )

    return annotate(estate, BUCKET, facts)


def _same_account(entry: Protected, name: str) -> bool:
    return any(copy.bucket == name and copy.account and copy.account == entry.account for copy in entry.copies)


def bucket_named(intent: Intent, name: str, account: str) -> BucketId:
    """The identity of a bucket that the estate file names; the account tells its partition."""
    partitions = {known.id: known.partition for known in intent.accounts}
    return partitions.get(account, intent.partition), name
