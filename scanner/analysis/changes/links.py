"""What a deployment does to each link: two verdicts beside each other, and why.

A link is the same before and after when source, rule and destination are. What is left is matched by its destination,
then by its rule: a rule may get another id, or be pointed elsewhere.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from scanner.analysis.annotation import BucketId, buckets_by_id, buckets_elsewhere, unread
from scanner.analysis.arns import partition_of
from scanner.analysis.kinds import BUCKET
from scanner.analysis.replication.names import LINK
from scanner.analysis.replication.neighbours import rules_in
from scanner.estate.changes import LinkChange, LinkEffect
from scanner.estate.estate import Estate
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value

_UNKNOWN, _NONE = "unknown", ""
_TELLING = (
    *("Verdict", "Missing", "Unknown", "Faults", "Rule", "Role", "Source", "Destination", "SourceKey", "ReplicaKey"),
)
"""What of a link is looked at to say that nothing happens to it; what its role has beyond need is not among it."""

_MAX_LINES = 8
_LONGEST_LINE = 300

_Pair: TypeAlias = tuple[Resource | None, Resource | None]


def link_changes(before: Estate, after: Estate) -> tuple[LinkChange, ...]:
    """Every link of either estate, in the order of the second; those that are gone come last."""
    sides = _Side(before), _Side(after)
    return tuple(_change(pair, *sides) for pair in _pairs(before.of_type(LINK), after.of_type(LINK)))


def effect_of(before: str, after: str, *, is_same: bool) -> LinkEffect:
    """What becomes of a link, by its two verdicts. `is_same` says that all that is known of it is as it was."""
    if before and after and is_same:
        return LinkEffect.LEAVES
    match before, after:
        case "", "":
            return LinkEffect.LEAVES
        case "", _:
            return LinkEffect.ADDS
        case _, "":
            return LinkEffect.UNCLEAR if before == _UNKNOWN else LinkEffect.REMOVES
        case ("works", "works") | ("broken", "broken"):
            return LinkEffect.LEAVES
        case "works", "broken":
            return LinkEffect.BREAKS
        case "broken", "works":
            return LinkEffect.MENDS
        case _:
            return LinkEffect.UNCLEAR


@dataclass(frozen=True)
class _Side:
    """One of the two estates, asked whether a link may be there that is not among its links."""

    estate: Estate

    def may_hide(self, link: Resource) -> Unknown | None:
        """Why the estate may have a link from the same source, although it was not found there."""
        place = _source(link)
        bucket = self._buckets.get(place)
        if bucket is not None:
            rules = rules_in(bucket)
            if isinstance(rules, Unknown):
                return rules
            return next((rule.destination for rule in rules if isinstance(rule.destination, Unknown)), None)
        if place in self._elsewhere:
            return unread(self._elsewhere[place])
        return self.estate.blind(BUCKET, link.account, link.region, name=place[1])

    @cached_property
    def _buckets(self) -> Mapping[BucketId, Resource]:
        return buckets_by_id(self.estate)

    @cached_property
    def _elsewhere(self) -> Mapping[BucketId, Resource]:
        return buckets_elsewhere(self.estate)


def _pairs(before: Iterable[Resource], after: Iterable[Resource]) -> Iterator[_Pair]:
    old, new = list(before), list(after)
    partners: dict[int, Resource] = {}
    for sameness in (_by_name, _by_destination, _by_rule):
        found = dict(_matched(old, new, sameness))
        partners |= found
        taken = {id(one) for one in found.values()}
        old = [one for one in old if id(one) not in taken]
        new = [one for one in new if id(one) not in found]
    yield from ((partners.get(id(one)), one) for one in after)
    yield from ((one, None) for one in old)


def _matched(
    old: Iterable[Resource], new: Iterable[Resource], sameness: Callable[[Resource], Hashable]
) -> Iterator[tuple[int, Resource]]:
    """Each new link with the old one that is like it, where there is one of the kind on each side."""
    groups: dict[Hashable, tuple[list[Resource], list[Resource]]] = {}
    for number, links in enumerate((old, new)):
        for link in links:
            groups.setdefault(sameness(link), ([], []))[number].append(link)
    for theirs, ours in groups.values():
        if len(theirs) == len(ours) == 1:
            yield id(ours[0]), theirs[0]


def _by_name(link: Resource) -> Hashable:
    return (*_source(link), link.account, link.name)


def _by_destination(link: Resource) -> Hashable:
    return (*_source(link), link.account, link.properties["Destination"]["Bucket"])


def _by_rule(link: Resource) -> Hashable:
    return (*_source(link), link.account, "rule", link.properties["RuleId"])


def _source(link: Resource) -> BucketId:
    source = link.properties["Source"]
    return partition_of(source["Arn"]), source["Bucket"]


def _change(pair: _Pair, before: _Side, after: _Side) -> LinkChange:
    old, new = pair
    link = new or old
    assert link is not None
    hidden_before = before.may_hide(link) if old is None else None
    hidden_after = after.may_hide(link) if new is None else None
    verdicts = _verdict(old, hidden_before), _verdict(new, hidden_after)
    is_same = old is not None and new is not None and _facts(old) == _facts(new)
    effect = effect_of(*verdicts, is_same=is_same)
    doubts = tuple(doubt.reason for doubt in (hidden_before, hidden_after) if doubt is not None)
    return LinkChange(link.name, *verdicts, effect, _because(effect, old, new, doubts))


def _facts(link: Resource) -> list[Value]:
    return [link.properties.get(name) for name in _TELLING]


def _verdict(link: Resource | None, hidden: Unknown | None) -> str:
    if link is None:
        return _NONE if hidden is None else _UNKNOWN
    return str(link.properties["Verdict"])


def _because(
    effect: LinkEffect, old: Resource | None, new: Resource | None, doubts: tuple[str, ...]
) -> tuple[str, ...]:
    told = old if effect is LinkEffect.MENDS or new is None else new
    lines = [*doubts, *(_troubles(told) if told is not None and effect is not LinkEffect.REMOVES else ())]
    if effect is LinkEffect.UNCLEAR and not lines and old is not None:
        lines = list(_troubles(old))
    distinct = list(dict.fromkeys(_short(line) for line in lines))
    more = [f"and {len(distinct) - _MAX_LINES} more"] if len(distinct) > _MAX_LINES else []
    return (*distinct[:_MAX_LINES], *more)


def _troubles(link: Resource) -> Iterator[str]:
    """What is at fault, what is missing, and then what is not known, in the words in which links tell it."""
    properties = link.properties
    for fault in properties["Faults"]:
        yield _with_effect(fault, fault["What"])
    for missing in properties["Missing"]:
        yield _with_effect(missing, f"{missing['Action']} on {missing['Resource']}: {missing['DecidedBy']}")
    if properties["Verdict"] == _UNKNOWN:
        yield from (doubt["Reason"] for doubt in properties["Unknown"])


def _with_effect(trouble: Mapping[str, Value], what: str) -> str:
    return f"{what} (it works without)" if trouble["Effect"] == "degrades" else what


def _short(line: str) -> str:
    return line if len(line) <= _LONGEST_LINE else line[: _LONGEST_LINE - 3] + "..."
