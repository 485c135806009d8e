"""A bucket that must be protected, and what there is beside it: the estates that whole protection is built upon."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from link_blueprint import AWAY, HOME, REGIONS
from planned import pack

from scanner.estate.estate import Account, Estate, Unseen
from scanner.estate.intent import AccountIntent, Copy, Intent, ObjectLockIntent, Protected
from scanner.estate.resource import Resource
from scanner.sources.completion import completed

ALL = frozenset(rule.id for rule in pack().rules if rule.remedy)
ONE = frozenset({"protected-bucket-has-every-copy"})


@dataclass
class Plain:
    """Bucket `orders`, as S3 makes it, that must have a copy `orders-dr` in another account and region."""

    partition: str = "aws"
    same_account: bool = False
    source: dict[str, Any] = field(default_factory=dict)
    destination: dict[str, Any] | None = None
    resources: list[Resource] = field(default_factory=list)
    unseen: list[Unseen] = field(default_factory=list)
    scanned: Iterable[str] | None = None
    copy: Copy | None = None
    rpo: int | None = None
    lock: ObjectLockIntent | None = None
    prefixes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.home_region, self.away_region = REGIONS[self.partition]
        self.away = HOME if self.same_account else AWAY
        self.source_arn, self.destination_arn = self.arn("orders"), self.arn("orders-dr")

    def arn(self, bucket: str) -> str:
        return f"arn:{self.partition}:s3:::{bucket}"

    def bucket(self, name: str, account: str, region: str, **properties: Any) -> Resource:
        return completed(
            Resource("AWS::S3::Bucket", self.arn(name), account, region, name, {"BucketName": name, **properties})
        )

    def encrypted(self, *, bucket_key: bool = False) -> "Plain":
        """The same with a key of its own for the source."""
        arn = f"arn:{self.partition}:kms:{self.home_region}:{HOME}:key/source"
        self.resources.append(completed(Resource("AWS::KMS::Key", arn, HOME, self.home_region, "source")))
        default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": arn}
        rule = {"ServerSideEncryptionByDefault": default, "BucketKeyEnabled": bucket_key}
        self.source["BucketEncryption"] = {"ServerSideEncryptionConfiguration": [rule]}
        return self

    @property
    def estate(self) -> Estate:
        found = [*self.resources, self.bucket("orders", HOME, self.home_region, **self.source)]
        if self.destination is not None:
            found.append(self.bucket("orders-dr", self.away, self.away_region, **self.destination))
        scanned = {HOME, self.away} if self.scanned is None else set(self.scanned)
        accounts = tuple(Account(id_, id_) for id_ in sorted(scanned))
        seen = tuple(one for one in found if one.account in scanned)
        return Estate(seen, accounts, tuple(self.unseen), taken="2026-11-21T00:00:00Z")

    @property
    def intent(self) -> Intent:
        copy = self.copy or Copy("orders-dr", self.away, self.away_region)
        entry = Protected(
            "orders",
            bucket="orders",
            account=HOME,
            copies=(copy,),
            object_lock=self.lock,
            rpo_minutes=self.rpo,
            prefixes=self.prefixes,
        )
        accounts = tuple(AccountIntent(id_, id_, partition=self.partition) for id_ in sorted({HOME, self.away}))
        return Intent(partition=self.partition, accounts=accounts, protect=(entry,))
