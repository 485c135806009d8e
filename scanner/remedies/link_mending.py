"""Remedies for a whole link: whatever keeps objects from arriving is put right, fault by fault and hop by hop."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from scanner.analysis.replication.vocabulary import Effect
from scanner.estate.unknown import Unknown
from scanner.findings.finding import Finding
from scanner.remedies.asked_copies import asked_of, lockable, versioned, with_destination
from scanner.remedies.drafting import CannotError, proposing
from scanner.remedies.existing_objects import with_existing_objects
from scanner.remedies.link_grants import supplied
from scanner.remedies.link_keys import KEY_FAULTS, with_replica_key
from scanner.remedies.link_rules import enabled, pinned, valid
from scanner.remedies.link_views import LinkName, examined, link_named, name_from
from scanner.remedies.policy_holders import bucket_of
from scanner.remedies.proposals import Remedy, Situation
from scanner.remedies.replication_roles import with_role

Step: TypeAlias = Callable[[Situation, LinkName], Situation]

LOCK_ACTIONS = ("s3:GetObjectRetention", "s3:GetObjectLegalHold", "s3:PutObjectRetention", "s3:PutObjectLegalHold")
"""What a role must be allowed so that locks travel with objects."""


def mended(situation: Situation, name: LinkName) -> Situation:
    """The situation in which nothing that was seen keeps the link from working.

    Raises `CannotError` for what is not for drscan to mend, with what somebody has to do about it.
    """
    situation = with_role(situation, name)
    done: set[str] = set()
    while fault := next((one for one in examined(situation, name).faults if one.effect is Effect.FAILS), None):
        if fault.name in done or fault.name not in _STEPS:
            raise CannotError(f"{fault.what}: {_ADVICE.get(fault.name, 'decide what should be instead')}")
        done.add(fault.name)
        situation = _STEPS[fault.name](situation, name)
    return supplied(situation, name)


def corrected(situation: Situation, name: LinkName) -> Situation:
    """The situation in which S3 would accept the rules of the link's source. Raises `CannotError`."""
    situation = valid(situation, name)
    if any(one.name in ("ReplicaKeyMissing", "ReplicaKeyUnused") for one in examined(situation, name).faults):
        return with_replica_key(situation, name)
    return situation


def _with_source_versions(situation: Situation, name: LinkName) -> Situation:
    return versioned(situation, situation.current(link_named(situation, name).source))


def _with_destination_versions(situation: Situation, name: LinkName) -> Situation:
    return versioned(situation, bucket_of(situation.working, link_named(situation, name).ends.destination.arn))


def _with_lock(situation: Situation, name: LinkName) -> Situation:
    return lockable(situation, bucket_of(situation.working, link_named(situation, name).ends.destination.arn))


def _with_bucket(situation: Situation, name: LinkName) -> Situation:
    link = link_named(situation, name)
    asked = asked_of(situation.intent, link.source, link.ends.destination.name)
    if asked is None:
        raise CannotError(
            f"there is no bucket {link.ends.destination.name}, and estate.yaml does not say where it should be: "
            "add it to the copies, or disable the rule"
        )
    return with_destination(situation, link.source, asked)


def _with_account(situation: Situation, name: LinkName) -> Situation:
    end = link_named(situation, name).ends.destination
    if isinstance(end.account, Unknown) or end.bucket is None:
        raise CannotError(f"whose bucket {end.name} is was not seen")
    return pinned(situation, name)


def _with_key(situation: Situation, name: LinkName) -> Situation:
    link = link_named(situation, name)
    if link.ends.source.uses_kms is False and link.features.selects_kms is False and link.ends.replica_key is None:
        raise CannotError(f"the default key of bucket {link.ends.destination.name} cannot be used: give it another one")
    return with_replica_key(situation, name)


_STEPS: Mapping[str, Step] = {
    "RuleDisabled": enabled,
    "SeveralDestinationsInV1": valid,
    "MixedRuleVersions": valid,
    "SamePriority": valid,
    "DeleteMarkersWithTagFilter": valid,
    "SourceUnversioned": _with_source_versions,
    "DestinationAbsent": _with_bucket,
    "DestinationInOtherAccount": _with_account,
    "DestinationUnversioned": _with_destination_versions,
    "DestinationWithoutObjectLock": _with_lock,
    "KmsObjectsNotSelected": _with_key,
    "ReplicaKeyUnused": _with_key,
    **dict.fromkeys(KEY_FAULTS, _with_key),
}
"""What mends each fault, by its name."""

_ADVICE: Mapping[str, str] = {
    "FilterMatchesNothing": "correct the filter",
    "NoDestination": "name one, or remove the rule",
    "DestinationInOtherPartition": "name a bucket of the source's own partition",
    "SourceKeyAbsent": "encrypt the source with a key that exists; what is under the lost key cannot be read any more",
    "SourceKeyUnusable": "enable the key, or cancel its deletion",
    "LifecycleOutrunsReplication": "let lifecycle wait some days before it moves objects",
}
"""What somebody has to do about a fault that drscan does not mend."""


def _selecting(situation: Situation, finding: Finding) -> Situation:
    name = name_from(finding.resource)
    return with_existing_objects(with_replica_key(situation, name), name)


def _locking(situation: Situation, finding: Finding) -> Situation:
    """The destination can be locked, too, and the role may bring the locks along."""
    name = name_from(finding.resource)
    return supplied(_with_lock(situation, name), name, lambda demand, _: demand.action in LOCK_ACTIONS)


REMEDIES: tuple[Remedy, ...] = (
    Remedy("select-kms-objects", "selects KMS objects, with a key for their replicas", proposing(_selecting)),
    Remedy("lock-destination", "lets the destination keep the locks of the source", proposing(_locking)),
    Remedy(
        "correct-replication-rules",
        "makes rules such as S3 accepts them",
        proposing(lambda situation, finding: corrected(situation, name_from(finding.resource))),
    ),
)
"""The remedies of whole links."""
