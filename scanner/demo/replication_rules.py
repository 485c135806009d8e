"""Which replication rules take an object, as S3 decides it at the moment of writing: filter, status, priority, KMS.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-add-config.html (2026-11).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from moto.s3.models import FakeBucket

from scanner.demo.moto_corrections import s3_documents as documents

_KMS = ("aws:kms", "aws:kms:dsse")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: what it takes, and where to. `destination` is the bucket's ARN; `storage_class` empty for the source's.

    `mentions` is the rule as it was written, for whoever looks for ARNs in it.
    """

    id: str
    enabled: bool
    priority: int
    prefix: str
    tags: frozenset[tuple[str, str]]
    takes_kms: bool
    destination: str
    storage_class: str
    mentions: str

    @property
    def bucket(self) -> str:
        """The name of the destination bucket."""
        return self.destination.rpartition(":")[2]

    def takes(self, key: str, tags: Mapping[str, str], encryption: str | None) -> bool:
        """Whether the rule takes an object of this key, with these tags, encrypted so (`AES256`, `aws:kms`, None)."""
        return (
            self.enabled
            and key.startswith(self.prefix)
            and self.tags <= set(tags.items())
            and (self.takes_kms or encryption not in _KMS)
        )


def rules_of(bucket: FakeBucket) -> tuple[Rule, ...]:
    """The rules of a bucket; none where it does not replicate, or is not versioned any more."""
    if not bucket.is_versioned:
        return ()
    return tuple(_rule(each) for each in _each(documents.held(bucket, "replication").get("Rule")))


def taking(rules: Iterable[Rule], key: str, tags: Mapping[str, str], encryption: str | None) -> tuple[Rule, ...]:
    """The rules that take an object: of several to one destination, the one with the highest priority."""
    found: dict[str, Rule] = {}
    for rule in sorted(rules, key=lambda rule: rule.priority):
        if rule.takes(key, tags, encryption):
            found[rule.destination] = rule
    return tuple(found.values())


def _rule(written: Mapping[str, Any]) -> Rule:
    filter_ = written.get("Filter") or {}
    both = filter_.get("And") or {}
    tags = (*_each(filter_.get("Tag")), *_each(both.get("Tag")))
    criteria = (written.get("SourceSelectionCriteria") or {}).get("SseKmsEncryptedObjects") or {}
    destination = written.get("Destination") or {}
    return Rule(
        id=str(written.get("ID")),
        enabled=written.get("Status") == "Enabled",
        priority=int(written.get("Priority") or 0),
        prefix=filter_.get("Prefix") or both.get("Prefix") or written.get("Prefix") or "",
        tags=frozenset((tag.get("Key") or "", tag.get("Value") or "") for tag in tags),
        takes_kms=criteria.get("Status") == "Enabled",
        destination=str(destination.get("Bucket")),
        storage_class=destination.get("StorageClass") or "",
        mentions=str(written),
    )


def _each(value: Any) -> list[Mapping[str, Any]]:
    """What XML has once, several times or not at all."""
    return value if isinstance(value, list) else [value] if value else []
