"""The links of the estate as a plan has it by now, found by what findings call them, by their role and destination."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from scanner.analysis.replication.examining import Examination, examine
from scanner.analysis.replication.links import Link, View, all_links
from scanner.estate.estate import Estate
from scanner.estate.resource import Resource
from scanner.remedies.drafting import CannotError
from scanner.remedies.proposals import Situation

LinkName: TypeAlias = tuple[str, str, str]
"""Account and region of the source, and the link's id: what tells one link from all others."""


@dataclass(frozen=True)
class Links:
    """All links of one estate, each looked up once."""

    view: View

    @cached_property
    def by_name(self) -> Mapping[LinkName, Link]:
        """Every link by its name."""
        return {name_of(link): link for link in all_links(self.view)}

    @cached_property
    def by_role(self) -> Mapping[str, Sequence[Link]]:
        """The links of each role that is known by its ARN."""
        found: dict[str, list[Link]] = {}
        for link in self.by_name.values():
            if isinstance(link.role, str):
                found.setdefault(link.role, []).append(link)
        return found

    def into(self, bucket: str) -> list[Link]:
        """The links that write to the bucket with this ARN."""
        return [link for link in self.by_name.values() if link.ends.destination.arn == bucket]


def links_in(situation: Situation) -> Links:
    """The links of the working estate."""
    for estate, links in _RECENT:
        if estate is situation.working:
            return links
    found = Links(View.of(situation.working))
    _RECENT.append((situation.working, found))
    return found


def link_named(situation: Situation, name: LinkName) -> Link:
    """The link with that name. Raises `CannotError` where the plan has it no more."""
    link = links_in(situation).by_name.get(name)
    if link is None:
        raise CannotError(f"there is no link {name[2]} any more")
    return link


def examined(situation: Situation, name: LinkName) -> Examination:
    """What is to be said of the link as the plan has it by now."""
    return examine(links_in(situation).view, link_named(situation, name))


def name_of(link: Link) -> LinkName:
    """What tells a link from all others."""
    return link.source.account, link.source.region, link.id


def name_from(resource: Resource) -> LinkName:
    """The name of the link that a derived resource shows."""
    return resource.account, resource.region, resource.name


_RECENT: deque[tuple[Estate, Links]] = deque(maxlen=2)
"""Remedies of many findings look at the same estate one after the other, and a link's look-ups serve all of them."""
