"""The live estate as it would be after a deployment: what templates declare, laid over what is there.

A pure function of what was read and what is declared. It takes nothing for absent that was not seen: what templates do
not show of a place that was not read stays unseen.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from scanner.estate.differences import differences
from scanner.estate.estate import Estate
from scanner.estate.gaps import reaching, still_unseen
from scanner.estate.joining import joined, unread
from scanner.estate.recognition import KEY, Identity, has_stand_in, identity_of, recognised
from scanner.estate.removal import without
from scanner.estate.resource import BUCKET_ELSEWHERE, Resource
from scanner.estate.unknown import Value

__all__ = ["differences", "overlay"]

_TEMPLATE, _IN_TEMPLATE = "DR::Template", "DR::Template::Resource"
_KINDS_OF = {"AWS::KMS::ReplicaKey": KEY}


def overlay(
    live: Estate,
    declared: Sequence[Resource],
    removed: Sequence[tuple[str, str]] = (),
    *,
    places: Collection[tuple[str, str]] = (),
) -> Estate:
    """The live estate with the declared resources in it and the removed ones gone.

    `removed` are types and names or ARNs; a type with a property behind a space removes that property alone, and with
    the name of an entry behind that, just this entry of the property's list (`AWS::IAM::Role Policies read`). `places`
    are the accounts and regions that templates go to: names of what is removed count there, and those that were not
    read come into scope, with all that may be there besides as unseen. A declared resource that is there already
    becomes what the two come to together (see `joined`); a `DR::Template::Resource` of one gets its `LiveDifferences`.
    """
    before = without(live, removed, {account for account, _ in places})
    meeting = _meeting(before, recognised(before, declared))
    changed = {id(there): _after(meeting, each) for each, there in _pairs(meeting)}
    kept = tuple(changed.get(id(resource), resource) for resource in before.resources)
    new = [_after(meeting, each) for identity, each in meeting.declared.items() if identity not in meeting.live]
    unseen = still_unseen(before.unseen, meeting.declared.values())
    after = replace(before, resources=(*kept, *sorted(new, key=_place)), unseen=unseen)
    return reaching(after, places)


@dataclass(frozen=True, slots=True)
class _Meeting:
    """Declared resources and live ones of the same types, each by what tells which it is.

    `gaps` are why whole resources were not seen, by type and name and by account. `terraform` are the files that
    Terraform wrote. `differences` are by type and ARN.
    """

    before: Estate
    declared: Mapping[Identity, Resource]
    live: Mapping[Identity, Resource]
    gaps: Mapping[tuple[str, str], str]
    terraform: frozenset[str]
    differences: dict[tuple[str, str], list[Value]]


def _meeting(before: Estate, declared: Sequence[Resource]) -> _Meeting:
    found: dict[Identity, Resource] = {}
    for each in declared:
        identity = identity_of(each)
        # Two templates may declare one thing, in whatever order they are read.
        found[identity] = max(found[identity], each, key=_last_word) if identity in found else each
    types = sorted({each.type for each in declared} | {BUCKET_ELSEWHERE})
    live = {identity_of(there): there for type_ in types for there in before.of_type(type_)}
    terraform = frozenset(_file(each) for each in declared if each.properties.get("Format") == "terraform")
    gaps = {(gap.what, gap.account): gap.reason for gap in before.unseen}
    meeting = _Meeting(before, found, live, gaps, terraform, {})
    for each, there in _pairs(meeting):
        if there.location is None and there.type == each.type:
            meeting.differences[each.type, each.arn] = differences(each, there)
    return meeting


def _pairs(meeting: _Meeting) -> Iterator[tuple[Resource, Resource]]:
    """Every declared resource that is live, with the live one."""
    live = meeting.live
    return ((each, live[identity]) for identity, each in meeting.declared.items() if identity in live)


def _after(meeting: _Meeting, each: Resource) -> Resource:
    """What a declared resource will be."""
    there = meeting.live.get(identity_of(each))
    if each.type == _IN_TEMPLATE:
        return _compared(meeting, each, there)
    if each.type == _TEMPLATE:
        return each
    reason = _why_unread(meeting, each, there)
    if reason is not None:
        there = unread(each, reason)
    return each if there is None else joined(each, there, keeps=_is_terraforms(meeting, each))


def _is_terraforms(meeting: _Meeting, each: Resource) -> bool:
    """Plans are told by what they say of themselves; a resource may be located where its configuration stands."""
    file = _file(each)
    return file in meeting.terraform or file.endswith((".tf", ".tf.json"))


def _why_unread(meeting: _Meeting, each: Resource, there: Resource | None) -> str | None:
    """Why nothing is known of a resource that exists; None where something is, or it does not."""
    if there is not None:
        elsewhere = there.type == BUCKET_ELSEWHERE
        return f"the bucket is in region {there.region}, which was not scanned" if elsewhere else None
    # Nobody chooses the id of a key, so one that has an id was made before; but replicas of one have its id.
    if each.type == KEY and each.arn and not has_stand_in(each.arn):
        doubt = meeting.before.blind(KEY, each.account, each.region)
        is_replica = each.arn.rpartition("/")[2].startswith("mrk-")
        return doubt.reason if doubt else None if is_replica else f"key {each.name} was not found"
    return meeting.gaps.get((f"{each.type} {each.name}", each.account))


def _compared(meeting: _Meeting, each: Resource, there: Resource | None) -> Resource:
    """What a template says of a resource, with where that differs from what is live."""
    type_, arn = each.properties.get("Type"), each.properties.get("ResourceArn")
    place = (_KINDS_OF.get(type_, type_), arn) if isinstance(type_, str) and isinstance(arn, str) else ("", "")
    found = meeting.differences.get(place)
    if found is None and there is not None:
        found = there.properties.get("LiveDifferences")
    return each if found is None else each.with_properties(LiveDifferences=found)


def _file(resource: Resource) -> str:
    return resource.location.file if resource.location else resource.name


def _place(resource: Resource) -> tuple[str, ...]:
    return (resource.type, resource.account, resource.region, resource.arn, resource.name, _file(resource))


def _last_word(resource: Resource) -> tuple[str, int, str]:
    line = resource.location.line if resource.location else 0
    return (_file(resource), line, repr(resource.properties))
