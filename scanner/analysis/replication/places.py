"""The ends of a link: buckets, keys and the role, found by the names that replication rules use for them.

Whatever is not found is either absent, which is a fact, or unseen, which is a doubt; `doubt` tells one from the other,
and only a place that was seen as a whole can lack something.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from scanner.analysis.annotation import BucketId, bucket_id, buckets_by_id, buckets_elsewhere, unread
from scanner.analysis.arns import account_of, partition_of, region_of, resource_of
from scanner.analysis.kinds import ACCOUNT_PUBLIC_ACCESS_BLOCK, ALIAS, BUCKET, BUCKET_POLICY, KEY
from scanner.analysis.reading import at, elements, flag, text
from scanner.analysis.replication.names import MANAGED_POLICY, ROLE
from scanner.analysis.truth import Truth, any_true, equals
from scanner.estate.estate import Estate, Unseen
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value

AWS_MANAGED_KEY = "alias/aws/s3"

_Unplaced = tuple[str | Unknown, Unknown, None, Unknown | None]  # the last fields of an End without its bucket


@dataclass(frozen=True, slots=True)
class End:
    """A bucket at one end. `bucket` is None where it was not seen; then `doubt` says why, or it does not exist.

    `account` and `region` are where the bucket is, or else where the rule says it is.
    """

    arn: str
    name: str
    account: str | Unknown
    region: str | Unknown
    bucket: Resource | None = None
    doubt: Unknown | None = None

    @property
    def is_absent(self) -> bool:
        """Whether the bucket is known not to exist where it should."""
        return self.bucket is None and self.doubt is None

    def look_up(self, path: str) -> Value:
        """A property of the bucket; the doubt where the bucket was not seen."""
        return self.doubt if self.bucket is None else at(self.bucket.properties, path)

    @property
    def encryption(self) -> Value:
        """The default encryption that counts: the first of the list, which never has a second."""
        return next(iter(elements(self.look_up("BucketEncryption.ServerSideEncryptionConfiguration"))), None)

    @property
    def algorithm(self) -> str | Unknown | None:
        """`AES256`, `aws:kms` or `aws:kms:dsse`; None where new objects are stored in plain text."""
        return text(self.encryption, "ServerSideEncryptionByDefault.SSEAlgorithm")

    @property
    def uses_kms(self) -> Truth:
        """Whether new objects are encrypted under a KMS key."""
        found = self.algorithm
        return found if isinstance(found, Unknown) else found in ("aws:kms", "aws:kms:dsse")

    @property
    def uses_bucket_key(self) -> Truth:
        """Whether KMS is asked for a key of the bucket rather than of each object; DSSE-KMS knows no bucket keys.

        https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html (2026-11)
        """
        return False if self.algorithm == "aws:kms:dsse" else flag(self.encryption, "BucketKeyEnabled")

    @property
    def has_object_lock(self) -> Truth:
        """Whether objects can be locked."""
        configured = equals(self.look_up("ObjectLockConfiguration.ObjectLockEnabled"), "Enabled")
        return self.doubt or any_true((equals(self.look_up("ObjectLockEnabled"), True), configured))

    @property
    def is_owner_enforced(self) -> Truth:
        """Whether the bucket's owner owns every object in it, whoever wrote it."""
        rules = elements(self.look_up("OwnershipControls.Rules"))
        found = (rule if isinstance(rule, Unknown) else at(rule, "ObjectOwnership") for rule in rules)
        return any_true(equals(one, "BucketOwnerEnforced") for one in found)


@dataclass(frozen=True, slots=True)
class KeyEnd:
    """A KMS key at one end, as configuration names it. `arn` is unknown where an alias could not be followed.

    `key` is None where it was not seen; then `doubt` says why, or the key does not exist.
    """

    arn: str | Unknown
    account: str | Unknown
    region: str | Unknown
    key: Resource | None = None
    doubt: Unknown | None = None
    is_managed_by_aws: Truth = False

    @property
    def is_absent(self) -> bool:
        """Whether there is no such key."""
        return self.key is None and self.doubt is None and self.is_managed_by_aws is False

    @property
    def state(self) -> Value:
        """The key's state (`Enabled`, `PendingDeletion`); what a template says of it where nobody observed one."""
        if self.key is None:
            return self.doubt
        observed = at(self.key.properties, "Observed.KeyState")
        if observed is not None:
            return observed
        enabled = at(self.key.properties, "Enabled")
        return enabled if isinstance(enabled, Unknown) else "Disabled" if enabled is False else "Enabled"


@dataclass(frozen=True)
class Places:
    """Look-ups in one estate, indexed on first use."""

    estate: Estate

    def source(self, bucket: Resource) -> End:
        """A bucket that was seen, as an end."""
        arn = f"arn:{partition_of(bucket.arn)}:s3:::{bucket.name}" if bucket.arn else bucket.arn
        return End(arn, bucket.name, bucket.account, bucket.region, bucket)

    def destination(self, arn: str, account: str | Unknown | None) -> End:
        """The bucket that a rule names by ARN; `account` is the owner that the rule names, if it does."""
        name = resource_of(arn)
        found = self._buckets.get((partition_of(arn), name))
        if found is not None:
            return End(arn, name, found.account, found.region, found)
        outside = self._buckets_elsewhere.get((partition_of(arn), name))
        if outside is not None:
            return End(arn, name, outside.account, outside.region, doubt=unread(outside))
        return End(arn, name, *self._elsewhere(name, account))

    def _elsewhere(self, name: str, account: str | Unknown | None) -> _Unplaced:
        unplaced = Unknown(f"the region of bucket {name} was not seen")
        if isinstance(account, str):
            return account, unplaced, None, self.estate.blind(BUCKET, account, name=name)
        doubt = (
            account or self.estate.blind(BUCKET) or Unknown(f"bucket {name} may be in an account that was not scanned")
        )
        return Unknown(f"which account owns bucket {name} was not seen"), unplaced, None, doubt

    def bucket_policy(self, end: End) -> Value:
        """The document of the bucket's policy, None where it has none."""
        if end.bucket is None:
            return end.doubt
        found = self._bucket_policies.get(bucket_id(end.bucket))
        if found is not None:
            document = found.properties.get("PolicyDocument")
            return Unknown(f"the policy of bucket {end.name} has no document") if document is None else document
        place = (end.bucket.account, end.bucket.region)
        doubt = self.estate.blind(BUCKET_POLICY, *place, name=end.name)
        return doubt or self._blind_for_policy(end.bucket)

    def _blind_for_policy(self, bucket: Resource) -> Unknown | None:
        """Snapshots may file what was not seen of a bucket's policy under the bucket itself."""
        gaps = (f"{BUCKET} {bucket.name}", f"{BUCKET} {bucket.name} PolicyDocument", f"{BUCKET} {bucket.name} Policy")
        return next(
            (Unknown(gap.reason) for gap in self._gaps if gap.what in gaps and gap.account in ("", bucket.account)),
            None,
        )

    @cached_property
    def _gaps(self) -> tuple[Unseen, ...]:
        return tuple(gap for gap in self.estate.unseen if gap.what.startswith(f"{BUCKET} "))

    def restricts_public_buckets(self, end: End) -> Truth:
        """Whether the account of a bucket that was seen restricts public buckets, whatever the bucket itself says."""
        account = _known(end.account)
        block = next((one for one in self.estate.of_type(ACCOUNT_PUBLIC_ACCESS_BLOCK) if one.account == account), None)
        if block is not None:
            return flag(block.properties, "RestrictPublicBuckets")
        return self.estate.blind(ACCOUNT_PUBLIC_ACCESS_BLOCK, account, "") or False

    def role(self, arn: str) -> Resource | Unknown | None:
        """The role with that ARN; None where there is none."""
        found = self.estate.get(ROLE, arn)
        return found or self.estate.blind(ROLE, account_of(arn), "")

    def managed_policy(self, arn: str) -> Value:
        """The document of a managed policy, an `Unknown` where it was not seen."""
        found = self.estate.get(MANAGED_POLICY, arn)
        if found is not None:
            return found.properties.get("PolicyDocument") or Unknown(f"managed policy {arn} has no document")
        if account_of(arn) == "aws":
            return Unknown(f"AWS's managed policy {arn} was not read")
        gap = self.estate.blind(MANAGED_POLICY, account_of(arn), "")
        return gap or Unknown(f"managed policy {arn} was not seen")

    def default_key(self, end: End) -> KeyEnd:
        """The key of a bucket's default encryption."""
        written = text(end.encryption, "ServerSideEncryptionByDefault.KMSMasterKeyID")
        if isinstance(written, Unknown):
            return KeyEnd(written, end.account, end.region, doubt=written)
        return self.key(written or AWS_MANAGED_KEY, end)

    def key(self, written: str, end: End, *, requester: str | Unknown | None = None) -> KeyEnd:
        """The key that is named at this end by key id, key ARN, alias name or alias ARN.

        Bare names are looked up in the account of the `requester` (by default the bucket's own), in its region:
        https://docs.aws.amazon.com/AmazonS3/latest/API/API_EncryptionConfiguration.html (2026-11)
        """
        if written.startswith("arn:"):
            account, region, name = account_of(written), region_of(written), resource_of(written)
        else:
            account, region, name = _known(requester or end.account), _known(end.region), written
        if not (account and region):
            doubt = Unknown(f"where key {written} is was not seen")
            return KeyEnd(doubt, end.account, end.region, doubt=doubt)
        partition = partition_of(end.arn)
        if name.startswith("alias/"):
            return self._aliased(account, region, name, partition)
        return self._key(
            written if written.startswith("arn:") else f"arn:{partition}:kms:{region}:{account}:key/{name}"
        )

    def _aliased(self, account: str, region: str, alias: str, partition: str) -> KeyEnd:
        by_aws = alias.startswith("alias/aws/")
        target = self._aliases.get((account, region, alias))
        if target is None:
            doubt = self.estate.blind(ALIAS, account, region)
            if by_aws:
                doubt = doubt or Unknown("the key that AWS manages for S3 was not seen")
            unknown = doubt or Unknown(f"there is no {alias}")
            return KeyEnd(unknown, account, region, doubt=doubt, is_managed_by_aws=by_aws)
        if isinstance(target, Unknown):
            return KeyEnd(target, account, region, doubt=target, is_managed_by_aws=by_aws)
        arn = target if target.startswith("arn:") else f"arn:{partition}:kms:{region}:{account}:key/{target}"
        return self._key(arn)

    def _key(self, arn: str) -> KeyEnd:
        account, region = account_of(arn), region_of(arn)
        found = self.estate.get(KEY, arn)
        if found is None:
            return KeyEnd(arn, account, region, doubt=self.estate.blind(KEY, account, region))
        by_aws = equals(at(found.properties, "Observed.KeyManager"), "AWS")
        return KeyEnd(arn, account, region, found, is_managed_by_aws=by_aws)

    @cached_property
    def _buckets(self) -> Mapping[BucketId, Resource]:
        return buckets_by_id(self.estate)

    @cached_property
    def _buckets_elsewhere(self) -> Mapping[BucketId, Resource]:
        return buckets_elsewhere(self.estate)

    @cached_property
    def _bucket_policies(self) -> Mapping[BucketId, Resource]:
        """By bucket. A policy's own ARN, if it has one, is its bucket's; names are unique in a partition.

        S3 takes no policy from another account, and from another region's endpoint neither, so that a template which
        declares one there gives the bucket none.
        """
        found: dict[BucketId, Resource] = {}
        by_place = {(one.account, one.name): bucket_id(one) for one in self.estate.of_type(BUCKET)}
        for policy in self.estate.of_type(BUCKET_POLICY):
            written = text(policy.properties, "Bucket")
            name = written if isinstance(written, str) else policy.name
            bucket_is = by_place.get((policy.account, name), (partition_of(policy.arn), name))
            bucket = self._buckets.get(bucket_is)
            if bucket is None or (bucket.account, bucket.region) == (policy.account, policy.region):
                found[bucket_is] = policy
        return found

    @cached_property
    def _aliases(self) -> Mapping[tuple[str, str, str], str | Unknown | None]:
        found: dict[tuple[str, str, str], str | Unknown | None] = {}
        for alias in self.estate.of_type(ALIAS):
            name = text(alias.properties, "AliasName")
            shown = name if isinstance(name, str) else alias.name
            found[alias.account, alias.region, shown] = text(alias.properties, "TargetKeyId")
        return found


def _known(value: str | Unknown) -> str:
    return "" if isinstance(value, Unknown) else value
