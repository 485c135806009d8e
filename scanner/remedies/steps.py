"""Changes put in order, with everything that a person wants to know of each before it is done."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import TypeAlias

from scanner.estate.unknown import Value, to_json
from scanner.remedies.differences import Change
from scanner.remedies.step import CREATION, Step, Target
from scanner.remedies.writes.table import write_of
from scanner.remedies.writing import Write
from scanner.sources.declared import is_stand_in

Served: TypeAlias = dict[tuple[str, str], None]
"""The findings that a change is for, by rule and fingerprint, in order."""


def steps_of(changes: Iterable[Change], serves: Mapping[tuple[Target, str], Served]) -> tuple[Step, ...]:
    """The steps that make the changes, each after those that it needs."""
    pairs = ((_write(change), change) for change in changes)
    # A change without a request of its own comes with another one, as Object Lock does with its configuration.
    written = (pair for pair in pairs if pair[0].requests(pair[1].target, pair[1].before, pair[1].after))
    ranked = sorted(written, key=lambda pair: pair[0].rank)
    drafts: list[tuple[int, Step]] = []
    for number, (write, change) in enumerate(ranked, 1):
        step = _step(f"{number:02d}", write, change, tuple(_served(change, serves)))
        needs = tuple(one.id for rank, one in drafts if rank < write.rank and _is_needed(one, step))
        drafts.append((write.rank, replace(step, needs=needs)))
    return tuple(step for _, step in drafts)


def digest_of(steps: Sequence[Step]) -> str:
    """A digest of the state that the steps start from: every property that they change, as it is before."""
    state = [[step.target.type, step.target.arn, step.property, to_json(step.before)] for step in steps]
    return sha256(json.dumps(state, sort_keys=True).encode()).hexdigest()


def redrawn(step: Step) -> Step | None:
    """The step with all that follows from its change worked out anew; None where there is nothing to write.

    Raises `CannotWriteError`, and whatever values raise that are not such as the property has.
    """
    write = write_of(step.target.type, step.property)
    if write is None or not write.requests(step.target, step.before, step.after):
        return None
    change = Change(step.target, step.property, step.before, step.after)
    return replace(_step(step.id, write, change, step.serves), needs=step.needs)


def _write(change: Change) -> Write:
    write = write_of(change.target.type, change.property)
    assert write is not None, "planning takes up only what can be written"
    return write


def _step(id_: str, write: Write, change: Change, serves: tuple[tuple[str, str], ...]) -> Step:
    target, before, after = change.target, change.before, change.after
    requests = write.requests(target, before, after)
    return Step(
        id=id_,
        target=target,
        property=change.property,
        before=before,
        after=after,
        safety=write.safety(target, before, after),
        operations=tuple(dict.fromkeys(request.name for request in requests)),
        actions=tuple(dict.fromkeys(request.action for request in requests)),
        serves=serves,
        interrupts=write.interrupts(target, before, after),
        costs=write.costs(target, before, after),
        undoing=write.undoing(target, before, after),
    )


def _served(change: Change, serves: Mapping[tuple[Target, str], Served]) -> Iterable[tuple[str, str]]:
    """What a change is for. A property of a new resource serves whatever its creation does."""
    return serves.get((change.target, change.property)) or serves.get((change.target, CREATION), {})


_NOBODY_WAITS_FOR = frozenset(
    {
        "LifecycleConfiguration",
        "LoggingConfiguration",
        "MetricsConfigurations",
        "OwnershipControls",
        "PublicAccessBlockConfiguration",
        "Tags",
        "EnableKeyRotation",
    }
)
"""Properties without which anything else can be done all the same: who leaves them need not leave the rest."""


_LOCK = "ObjectLockConfiguration"


def _is_needed(earlier: Step, step: Step) -> bool:
    """Whether a step must come after another: the same resource's, or that of one which its value names."""
    if earlier.property in _NOBODY_WAITS_FOR:
        return False
    if earlier.property == _LOCK and not (step.property == "ReplicationConfiguration" and step.before is None):
        # Only a new replication configuration is refused for want of a lock at the other end.
        return False
    if earlier.target == step.target:
        return True
    if step.property == "LoggingConfiguration" and step.after:
        # S3 knows the target by its name alone.
        return bool(earlier.target.name == step.after.get("DestinationBucketName"))
    return bool(earlier.target.arn) and _names(step.after, earlier.target)


def _names(value: Value, target: Target) -> bool:
    text = json.dumps(to_json(value))
    # Some values name what is to be made by its id alone, as aliases do with keys.
    called = (target.arn, target.name) if is_stand_in(target.name) else (target.arn,)
    return any(json.dumps(one)[1:-1] in text for one in called)
