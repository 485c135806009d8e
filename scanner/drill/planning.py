"""What a drill is going to do, all of it, before it does anything: which object, where to, and what may stay behind."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from scanner.analysis.reading import at, text
from scanner.analysis.replication.examining import Examination, examine
from scanner.analysis.replication.features import Features
from scanner.analysis.replication.links import Link, View, links_from
from scanner.analysis.replication.places import End
from scanner.errors import InvalidInputError
from scanner.estate.unknown import Unknown

OWN_PREFIX = "drscan-drill/"
"""What stands between the rule's prefix and the canary's name where the user says nothing else."""

_LONGEST_KEY = 1024  # bytes of UTF-8
_MOST_TAGS = 10
_NEVER_TRIED = frozenset({"RuleDisabled", "SourceUnversioned", "FilterMatchesNothing", "NoDestination"})
"""Faults with which S3 does not even look at an object, so that nothing is to be learnt by writing one."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A key in a bucket. `account` and `region` are empty where they were not seen; `doubt` says why."""

    account: str
    region: str
    bucket: str
    key: str
    doubt: str = ""

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.key}"


@dataclass(frozen=True, slots=True)
class Canary:
    """The object that is written."""

    body: bytes
    metadata: Mapping[str, str]
    tags: Mapping[str, str]


@dataclass(frozen=True)
class DrillPlan:
    """A drill of one link. `others` are the places to which other rules of the bucket copy the canary as well.

    `hopeless` says why S3 would not even try, empty where it would; `warnings` are for people.
    """

    link: Link
    found: Examination = field(repr=False)
    source: Spot
    destination: Spot
    canary: Canary
    others: tuple[Spot, ...] = ()
    hopeless: str = ""
    warnings: tuple[str, ...] = ()


def plan_drill(view: View, link: Link, stamp: str, prefix: str | None = None) -> DrillPlan:
    """The plan for a canary under the prefix (default: the rule's own and `OWN_PREFIX`).

    `stamp` makes the canary's key one that nobody uses. Raises `InvalidInputError` for a prefix that the rule does not
    take, and for a rule whose filter was not seen.
    """
    features, found = link.features, examine(view, link)
    key = _key(features, prefix, stamp)
    canary = _canary(features, stamp)
    source = Spot(link.source.account, link.source.region, link.source.name, key)
    takers = [one for one in links_from(view, link.source) if _takes(one.features, key, canary.tags)]
    destination = _spot(link.ends.destination, key)
    others = {spot.bucket: spot for spot in (_spot(one.ends.destination, key) for one in takers)}
    for known in (destination.bucket, ""):
        others.pop(known, None)
    return DrillPlan(
        link=link,
        found=found,
        source=source,
        destination=destination,
        canary=canary,
        others=tuple(others.values()),
        hopeless=next((fault.what for fault in found.faults if fault.name in _NEVER_TRIED), ""),
        warnings=(*_of_rules(link, takers), *_of_locks(link)),
    )


def _key(features: Features, prefix: str | None, stamp: str) -> str:
    for doubt in (features.prefix, features.tags):
        if isinstance(doubt, Unknown):
            raise InvalidInputError(f"what rule {features.id} takes was not seen: {doubt.reason}")
    assert isinstance(features.prefix, str)
    begins = f"{features.prefix}{OWN_PREFIX}" if prefix is None else prefix
    if not begins.startswith(features.prefix):
        hint = f"it takes keys that begin with {features.prefix!r}"
        raise InvalidInputError(f"rule {features.id} does not take objects under {begins!r}", hint=hint)
    key = f"{begins}{stamp}"
    try:
        size = len(key.encode())
    except UnicodeEncodeError:
        raise InvalidInputError(f"the prefix {begins!r} is not UTF-8, which keys are") from None
    if size > _LONGEST_KEY:
        raise InvalidInputError(f"the prefix is too long: a key has at most {_LONGEST_KEY} bytes")
    return key


def _canary(features: Features, stamp: str) -> Canary:
    assert not isinstance(features.tags, Unknown)
    tags = dict(features.tags)
    if len(tags) < _MOST_TAGS:
        tags.setdefault("drscan-drill", "canary")
    about = "written by drscan drill, and deleted by it"
    return Canary(f"drscan drill {stamp}\n".encode(), {"drscan-drill": stamp, "drscan-about": about}, tags)


def _takes(features: Features, key: str, tags: Mapping[str, str]) -> bool:
    """Whether another rule copies the canary, too; where that is not known, yes."""
    if features.status != "Enabled" and not isinstance(features.status, Unknown):
        return False
    under = isinstance(features.prefix, Unknown) or key.startswith(features.prefix)
    return under and (isinstance(features.tags, Unknown) or set(features.tags) <= set(tags.items()))


def _spot(end: End, key: str) -> Spot:
    account, region = (value if isinstance(value, str) else "" for value in (end.account, end.region))
    doubt = end.account.reason if isinstance(end.account, Unknown) else ""
    return Spot(account, region, end.name, key, doubt)


def _of_rules(link: Link, takers: list[Link]) -> Iterator[str]:
    for other in takers:
        same = other.ends.destination.arn == link.ends.destination.arn
        if same and _priority(other.features) > _priority(link.features):
            yield f"rule {other.features.id} leads to the same bucket with a higher priority: it is the one that counts"


def _priority(features: Features) -> int:
    return features.priority if isinstance(features.priority, int) else 0


def _of_locks(link: Link) -> Iterator[str]:
    for end in (link.ends.source, link.ends.destination):
        configuration = end.look_up("ObjectLockConfiguration")
        if isinstance(configuration, Unknown):
            if end.has_object_lock is not False:
                yield f"whether {end.name} locks its objects was not seen: the canary may have to stay there"
            continue
        retention = at(configuration, "Rule.DefaultRetention")
        mode = text(retention, "Mode")
        if mode is None:
            continue
        span = f"{at(retention, 'Days')} days" if at(retention, "Days") else f"{at(retention, 'Years')} years"
        if mode == "COMPLIANCE":
            yield f"{end.name} locks every object in COMPLIANCE mode for {span}: NOBODY can delete the canary before"
        else:
            yield f"{end.name} locks every object in {mode} mode for {span}: the canary stays there until then"
