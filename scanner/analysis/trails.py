"""Which trails record what happens in a place, and whether the data events of a bucket are among it.

A trail counts for a bucket when it is logging, covers the bucket's region and account, and its selectors take all reads
(or all writes) of the objects that matter. Nothing is called unrecorded while a trail may exist unseen.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from scanner.analysis.annotation import annotate, bucket_id
from scanner.analysis.declarations import NOTHING, declared
from scanner.analysis.kinds import BUCKET, TRAIL
from scanner.analysis.reading import at, elements, flag
from scanner.analysis.selectors import Selection, selections
from scanner.analysis.truth import Truth, all_true, any_true
from scanner.estate.estate import Estate
from scanner.estate.intent import Intent
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value


@dataclass(frozen=True, slots=True)
class Trails:
    """The trails of an estate by owning account, and those that an organization shares among its accounts."""

    own: Mapping[str, Sequence[Resource]]
    shared: Sequence[Resource]

    def for_account(self, account: str) -> Iterable[Resource]:
        """Every trail that might record what happens in the account."""
        yield from self.own.get(account, ())
        yield from (trail for trail in self.shared if trail.account != account)


def trails_of(estate: Estate) -> Trails:
    """The trails of the estate, indexed."""
    own: dict[str, list[Resource]] = {}
    shared: list[Resource] = []
    for trail in estate.of_type(TRAIL):
        own.setdefault(trail.account, []).append(trail)
        if flag(trail.properties, "IsOrganizationTrail") is not False:
            shared.append(trail)
    return Trails(own, shared)


def records_in(trail: Resource, account: str, region: str) -> Truth:
    """Whether the trail is logging and records events of that account and region at all."""
    here = trail.region == region or flag(trail.properties, "IsMultiRegionTrail")
    return all_true((flag(trail.properties, "IsLogging"), here, _reaches(trail, account)))


def derive_data_events(estate: Estate, intent: Intent) -> Estate:
    """Adds `DataEvents` to every bucket: `Read` and `Write`, whether trails record all such events of its objects."""
    trails, entries = trails_of(estate), declared(intent)
    selected = {trail.identity: selections(trail) for trail in estate.of_type(TRAIL)}

    def facts(bucket: Resource) -> Mapping[str, Value]:
        prefixes = entries.get(bucket_id(bucket), NOTHING).prefixes
        recording = [
            (records_in(trail, bucket.account, bucket.region), selected[trail.identity])
            for trail in trails.for_account(bucket.account)
        ]
        # Every region shows the trails of other regions that cover it, so its own listing is enough.
        unseen = estate.blind(TRAIL, bucket.account, bucket.region) or False

        def recorded(write: bool) -> Truth:
            return all_true(_recorded(bucket, prefix, recording, unseen, write=write) for prefix in prefixes)

        return {"DataEvents": {"Read": recorded(False), "Write": recorded(True)}}

    return annotate(estate, BUCKET, facts)


def derive_trail_reach(estate: Estate, _: Intent) -> Estate:
    """Adds `MultiRegionTrailInAccount` to trails: whether the account has a logging trail that covers all regions."""
    trails = trails_of(estate)
    accounts = {trail.account for trail in estate.of_type(TRAIL)}
    covered = {account: _has_multi_region_trail(estate, trails, account) for account in accounts}
    return annotate(estate, TRAIL, lambda trail: {"MultiRegionTrailInAccount": covered[trail.account]})


def _has_multi_region_trail(estate: Estate, trails: Trails, account: str) -> Truth:
    found = any_true(
        all_true((flag(t.properties, "IsMultiRegionTrail"), flag(t.properties, "IsLogging"), _reaches(t, account)))
        for t in trails.for_account(account)
    )
    return any_true((found, estate.blind(TRAIL, account) or False))


def _reaches(trail: Resource, account: str) -> Truth:
    if trail.account == account or account in elements(at(trail.properties, "Observed.SeenFrom")):
        return True
    shared = flag(trail.properties, "IsOrganizationTrail")
    if shared is not True:
        return shared
    return Unknown(f"whether account {account} belongs to the organization of trail {trail.name} was not seen")


def _recorded(
    bucket: Resource, prefix: str, recording: list[tuple[Truth, tuple[Selection, ...]]], unseen: Truth, *, write: bool
) -> Truth:
    arn = f"{bucket.arn}/{prefix}"
    covered = (
        all_true((active, any_true(one.records(arn, bucket.name, write=write) for one in chosen)))
        for active, chosen in recording
    )
    return any_true((*covered, unseen))
