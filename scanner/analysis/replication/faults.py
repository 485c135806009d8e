"""What keeps objects from arriving that is not a permission: versioning, locks, keys, selections, refused rules.

Conditions of S3 replication: https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-requirements.html and
https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-what-is-isnot-replicated.html (both 2026-11).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from scanner.analysis.arns import partition_of
from scanner.analysis.reading import at
from scanner.analysis.replication import vocabulary as why
from scanner.analysis.replication.demands import Ends
from scanner.analysis.replication.features import Features
from scanner.analysis.replication.places import KeyEnd
from scanner.analysis.replication.vocabulary import Effect, Hop, Reasons, Side
from scanner.analysis.truth import Truth, all_true, any_true, equals, negate
from scanner.estate.unknown import Unknown, Value

_SYMMETRIC: Mapping[str, str] = {"KeyUsage": "ENCRYPT_DECRYPT", "KeySpec": "SYMMETRIC_DEFAULT"}
"""The only kind of key that S3 encrypts with:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html (2026-11)."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with the link itself. `name` is for rules, `what` is a sentence for people.

    `moot` are hops whose permissions need not be asked about, for there is nothing to have them on.
    """

    name: str
    hop: Hop
    what: str
    reasons: Reasons
    effect: Effect = Effect.FAILS
    moot: tuple[Hop, ...] = ()


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something needed that was not seen; `decisive` where the link's verdict hangs on it.

    `about` is the fault that there may be, or the action that may not be allowed, with the `sides` that must allow it;
    empty where everything is in doubt, for the role was not seen.
    """

    hop: Hop
    reason: str
    decisive: bool = True
    about: str = ""
    sides: tuple[Side, ...] = ()


Trouble: TypeAlias = Fault | Doubt


def faults_of_rule(features: Features, siblings: Sequence[Features]) -> Iterator[Trouble]:
    """What is wrong with a rule by itself and beside the other rules of its bucket (itself among the siblings).

    S3 refuses such configurations, so that no replication is configured at all, except where it is said otherwise.
    """
    hop = Hop.SOURCE_BUCKET
    disabled = negate(equals(features.status, "Enabled"))
    yield from _if(disabled, Fault("RuleDisabled", hop, f"rule {features.id} is not enabled", ()))
    if _has_contrary_tags(features):
        what = f"rule {features.id} asks for two values of one tag, which no object has"
        yield Fault("FilterMatchesNothing", Hop.SOURCE_OBJECT, what, why.NOT_ELIGIBLE)
    if any(one.is_v1 for one in siblings) and len({_known(one.destination) for one in siblings} - {None}) > 1:
        what = "rules without a Filter (V1) allow one destination for all rules, and there are several"
        yield Fault("SeveralDestinationsInV1", hop, what, why.NO_CONFIGURATION)
    if any(one.is_v1 for one in siblings) and not all(one.is_v1 for one in siblings):
        what = "some rules have a Filter (V2) and some have none (V1), which S3 does not take together"
        yield Fault("MixedRuleVersions", hop, what, why.NO_CONFIGURATION)
    same = [one.id for one in siblings if one is not features and _same_priority(one, features)]
    if same:
        what = f"rule {features.id} has the same priority as {', '.join(same[:5])}"
        yield Fault("SamePriority", hop, what, why.NO_CONFIGURATION)
    if not features.is_v1 and features.tags and not isinstance(features.tags, Unknown):
        what = f"rule {features.id} filters by tag, and delete markers, which have none, cannot be replicated then"
        yield from _if(features.delete_markers, Fault("DeleteMarkersWithTagFilter", hop, what, why.NO_CONFIGURATION))


def faults_of_buckets(features: Features, ends: Ends) -> Iterator[Trouble]:
    """What is wrong with the buckets at both ends."""
    source, destination = ends.source, ends.destination
    unversioned = Fault(
        "SourceUnversioned", Hop.SOURCE_BUCKET, f"versioning of {source.name} is not enabled", why.NOT_ELIGIBLE
    )
    yield from _if(negate(equals(source.look_up("VersioningConfiguration.Status"), "Enabled")), unversioned)
    hop = Hop.DESTINATION_OBJECT
    if partition_of(destination.arn) != partition_of(source.arn):
        what = f"{destination.arn} is in another partition than {source.arn}, where S3 cannot reach it"
        moot = (Hop.DESTINATION_OBJECT, Hop.DESTINATION_KEY)
        yield Fault("DestinationInOtherPartition", hop, what, why.DESTINATION_ABSENT, moot=moot)
        return
    if destination.is_absent:
        what = f"there is no bucket {destination.name} in account {destination.account}"
        yield Fault("DestinationAbsent", hop, what, why.DESTINATION_ABSENT, moot=(hop,))
        return
    # Where a bucket is known to be, it has been seen, if only from afar.
    is_placed = destination.bucket is not None or isinstance(destination.region, str)
    if is_placed and isinstance(features.account, str) and features.account != destination.account:
        what = f"{destination.name} belongs to account {destination.account}, the rule says {features.account}"
        yield Fault("DestinationInOtherAccount", hop, what, why.DESTINATION_ABSENT)
    what = f"versioning of {destination.name} is not enabled"
    versioning = equals(destination.look_up("VersioningConfiguration.Status"), "Enabled")
    yield from _if(negate(versioning), Fault("DestinationUnversioned", hop, what, why.UNVERSIONED))
    what = f"{source.name} has Object Lock, {destination.name} has not"
    unlocked = all_true((source.has_object_lock, negate(destination.has_object_lock)))
    yield from _if(unlocked, Fault("DestinationWithoutObjectLock", hop, what, why.NO_OBJECT_LOCK))


def faults_of_selection(features: Features, ends: Ends) -> Iterator[Trouble]:
    """Whether KMS objects are selected where there are some, and with a key for their replicas."""
    has_key = features.replica_key if isinstance(features.replica_key, Unknown) else features.replica_key is not None
    skipped = all_true((ends.source.uses_kms, negate(features.selects_kms)))
    what = f"objects of {ends.source.name} are encrypted with KMS, and rule {features.id} does not select those"
    yield from _if(skipped, Fault("KmsObjectsNotSelected", Hop.SOURCE_OBJECT, what, why.NOT_ELIGIBLE))
    what = f"rule {features.id} selects KMS objects and names no key for their replicas, which S3 refuses"
    keyless = all_true((features.selects_kms, negate(has_key)))
    yield from _if(keyless, Fault("ReplicaKeyMissing", Hop.DESTINATION_KEY, what, why.REPLICA_KEY_ABSENT))
    if skipped is False:
        what = f"rule {features.id} names a key for replicas and does not select KMS objects, which S3 refuses"
        unselected = all_true((has_key, negate(features.selects_kms)))
        yield from _if(unselected, Fault("ReplicaKeyUnused", Hop.SOURCE_BUCKET, what, why.NO_CONFIGURATION))


def faults_of_keys(features: Features, ends: Ends) -> Iterator[Trouble]:
    """What is wrong with the keys that are needed."""
    reads_kms = all_true((ends.source.uses_kms, features.selects_kms))
    if ends.source_key is not None:
        yield from _needed(reads_kms, _faults_of_source_key(ends.source_key))
    elif isinstance(reads_kms, Unknown):
        yield Doubt(Hop.SOURCE_KEY, reads_kms.reason, about="SourceKeyAbsent")
    if ends.replica_key is not None:
        yield from _needed(features.selects_kms, _faults_of_written_key(ends.replica_key, ends))
    needed = all_true((equals(ends.source.algorithm, None), ends.destination.uses_kms))
    if ends.default_key is not None:
        yield from _needed(needed, _faults_of_written_key(ends.default_key, ends))
    elif isinstance(needed, Unknown):
        yield Doubt(Hop.DESTINATION_KEY, needed.reason, about="ReplicaKeyAbsent")


def _faults_of_source_key(key: KeyEnd) -> Iterator[Trouble]:
    hop = Hop.SOURCE_KEY
    if key.is_absent:
        yield Fault("SourceKeyAbsent", hop, f"there is no key {key.arn}", why.SOURCE_KEY_STATE, moot=(hop,))
    elif isinstance(key.arn, Unknown) and key.is_managed_by_aws is not True:
        yield Doubt(hop, key.arn.reason, about="SourceKeyAbsent")
    elif key.key is not None:
        yield from _faults_of_use(key, Fault("SourceKeyUnusable", hop, "", why.SOURCE_KEY_STATE))


def _faults_of_written_key(key: KeyEnd, ends: Ends) -> Iterator[Trouble]:
    hop, region = Hop.DESTINATION_KEY, ends.destination.region
    if isinstance(region, str) and isinstance(key.region, str) and region != key.region:
        what = f"key {key.arn} is in {key.region}, {ends.destination.name} in {region}"
        yield Fault("ReplicaKeyInOtherRegion", hop, what, why.REPLICA_KEY_ABSENT, moot=(hop,))
    elif key.is_absent:
        yield Fault("ReplicaKeyAbsent", hop, f"there is no key {_shown(key)}", why.REPLICA_KEY_ABSENT, moot=(hop,))
    else:
        across = _crosses_accounts(key, ends)
        what = f"key {_shown(key)} is managed by AWS, and other accounts can never use such a key"
        foreign = Fault("ReplicaKeyManagedByAws", hop, what, why.DESTINATION_WRITE)
        yield from _if(all_true((key.is_managed_by_aws, across)), foreign)
        if isinstance(key.arn, Unknown) and key.is_managed_by_aws is not True:
            yield Doubt(hop, key.arn.reason, about="ReplicaKeyAbsent")
        if key.key is not None:
            yield from _faults_of_use(key, Fault("ReplicaKeyUnusable", hop, "", why.REPLICA_KEY_STATE))


def _faults_of_use(key: KeyEnd, fault: Fault) -> Iterator[Trouble]:
    """`fault`, with what is wrong, where a key that was seen cannot encrypt objects."""
    properties = key.key.properties if key.key is not None else {}
    for name, needed in _SYMMETRIC.items():
        found = at(properties, name)
        if isinstance(found, str) and found != needed:
            yield replace(fault, what=f"key {key.arn} cannot be used: S3 needs a {name} of {needed}, it has {found}")
            return
    what = f"key {key.arn} cannot be used: its state is {key.state}"
    yield from _if(negate(_is_usable(key.state)), replace(fault, what=what))


def _crosses_accounts(key: KeyEnd, ends: Ends) -> Truth:
    if isinstance(key.account, Unknown):
        return key.account
    return negate(equals(ends.source.account, key.account))


def _is_usable(state: Value) -> Truth:
    """Whether a key in this state encrypts and decrypts; one that is being updated does.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html (2026-11)
    """
    return any_true((equals(state, "Enabled"), equals(state, "Updating")))


def _shown(key: KeyEnd) -> str:
    return key.arn if isinstance(key.arn, str) else f"of account {key.account}"


def _needed(needed: Truth, troubles: Iterator[Trouble]) -> Iterator[Trouble]:
    """Troubles with something that may not be needed are doubts."""
    if needed is False:
        return
    for trouble in troubles:
        doubt = needed if isinstance(needed, Unknown) else None
        if doubt is None or isinstance(trouble, Doubt):
            yield trouble
        else:
            yield Doubt(trouble.hop, doubt.reason, about=trouble.name)


def _if(holds: Truth, fault: Fault) -> Iterator[Trouble]:
    if isinstance(holds, Unknown):
        yield Doubt(fault.hop, holds.reason, decisive=fault.effect is Effect.FAILS, about=fault.name)
    elif holds:
        yield fault


def _has_contrary_tags(features: Features) -> bool:
    if isinstance(features.tags, Unknown):
        return False
    return len({key for key, _ in features.tags}) < len(set(features.tags))


def _same_priority(one: Features, other: Features) -> bool:
    if one.is_v1 or other.is_v1 or not isinstance(one.priority, int):
        return False
    return bool(one.priority == other.priority)


def _known(value: str | Unknown | None) -> str | None:
    return value if isinstance(value, str) else None
