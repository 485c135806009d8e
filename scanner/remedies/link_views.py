"""The links of the estate as a plan has it by now, found by what findings call them, by their role and destination."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeAlias

from scanner.analysis.annotation import BucketId
from scanner.analysis.arns import partition_of, resource_of
from scanner.analysis.kinds import ACCESS_POINT, BUCKET
from scanner.analysis.reading import text
from scanner.analysis.replication.batch import BatchRoles
from scanner.analysis.replication.deciding import Outcome
from scanner.analysis.replication.demands import Ends
from scanner.analysis.replication.examining import Examination, examine
from scanner.analysis.replication.links import Link, View, all_links, links_from
from scanner.analysis.replication.policy_book import RoleSide
from scanner.estate.estate import Estate
from scanner.estate.resource import Resource
from scanner.remedies.drafting import CannotError
from scanner.remedies.proposals import Situation

LinkName: TypeAlias = tuple[str, str, str]
"""Account and region of the source, and the link's id: what tells one link from all others."""


class _Unasked(BatchRoles):
    """The roles of Batch jobs where nobody asks about them: to look for them takes every role of an estate."""

    def outcomes(self, ends: Ends, live: RoleSide) -> Iterator[Outcome]:
        return iter(())


@dataclass(frozen=True)
class Links:
    """The links of one estate, each looked up when it is asked for.

    `refused` remembers, by role, why nothing can be taken from it, as every link of the role would ask again.
    """

    view: View
    refused: dict[str, str] = field(default_factory=dict)

    @cached_property
    def by_name(self) -> Mapping[LinkName, Link]:
        """Every link by its name."""
        return {name_of(link): link for link in all_links(self.view)}

    def named(self, name: LinkName) -> Link | None:
        """The link with that name."""
        account, region, id_ = name
        bucket = self._buckets.get((account, region, id_.partition("/")[0]))
        found = [] if bucket is None else links_from(self.view, bucket)
        return next((link for link in found if link.id == id_), None)

    def of_role(self, arn: str) -> list[Link]:
        """The links that a role serves."""
        buckets = self.view.places.estate.of_type(BUCKET)
        sources = (one for one in buckets if text(one.properties, "ReplicationConfiguration.Role") == arn)
        return [link for source in sources for link in links_from(self.view, source)]

    def into(self, bucket: str) -> list[Link]:
        """The links that write to the bucket with this ARN."""
        sources = dict.fromkeys(id_ for id_, _ in self.view.network.into((partition_of(bucket), resource_of(bucket))))
        buckets = (self._by_id[id_] for id_ in sources)
        links = (link for source in buckets for link in links_from(self.view, source))
        return [link for link in links if link.ends.destination.arn == bucket]

    @cached_property
    def _buckets(self) -> Mapping[tuple[str, str, str], Resource]:
        return {(one.account, one.region, one.name): one for one in self.view.places.estate.of_type(BUCKET)}

    @cached_property
    def _by_id(self) -> Mapping[BucketId, Resource]:
        return {(partition_of(one.arn), one.name): one for one in self.view.places.estate.of_type(BUCKET)}


def links_in(situation: Situation) -> Links:
    """The links of the working estate."""
    estate = situation.working
    for known, links in _RECENT:
        if known is estate:
            return links
    view = View.of(estate)
    view = replace(view, batch=_Unasked(view.book))
    for known, links in reversed(_RECENT):
        if all(_same(known.of_type(type_), estate.of_type(type_)) for type_ in (BUCKET, ACCESS_POINT)):
            # Rules are read once as long as no bucket changes; most remedies change policies.
            view = replace(view, network=links.view.network)
            break
    _RECENT.append((estate, Links(view)))
    return _RECENT[-1][1]


def link_named(situation: Situation, name: LinkName) -> Link:
    """The link with that name. Raises `CannotError` where the plan has it no more."""
    link = links_in(situation).named(name)
    if link is None:
        raise CannotError(f"there is no link {name[2]} any more")
    return link


def examined(situation: Situation, name: LinkName, *, with_batch: bool = False) -> Examination:
    """What is to be said of the link as the plan has it by now, and if asked for of the roles of its Batch jobs."""
    view = links_in(situation).view
    if with_batch:
        view = replace(view, batch=BatchRoles(view.book))
    return examine(view, link_named(situation, name))


def name_of(link: Link) -> LinkName:
    """What tells a link from all others."""
    return link.source.account, link.source.region, link.id


def name_from(resource: Resource) -> LinkName:
    """The name of the link that a derived resource shows."""
    return resource.account, resource.region, resource.name


def _same(some: Sequence[Resource], others: Sequence[Resource]) -> bool:
    return len(some) == len(others) and all(map(lambda one, other: one is other, some, others))


_RECENT: deque[tuple[Estate, Links]] = deque(maxlen=3)
"""Remedies of many findings look at the same estate one after the other, and a link's look-ups serve all of them."""
