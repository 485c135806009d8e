"""Which link is meant: by its id, a bucket of it, or a part of the id that no other link has."""

from collections.abc import Callable, Sequence

from scanner.analysis.annotation import bucket_id
from scanner.analysis.kinds import BUCKET
from scanner.analysis.replication.links import Link, View, all_links
from scanner.errors import InvalidInputError
from scanner.estate.unknown import Unknown
from scanner.inert import shortened

_SHOWN = 10


def link_named(view: View, name: str) -> Link:
    """The one link of that name. Raises `InvalidInputError` for a name that no link has, or that several have.

    The most exact reading counts: the id, then a bucket of either end, then the id's beginning, then any part of it.
    """
    if not name:  # which every id holds: a variable that is not set must not choose a link
        raise InvalidInputError("the name of the link is empty", hint="name it source/rule/destination")
    links = tuple(all_links(view))
    readings: tuple[Callable[[Link], bool], ...] = (
        lambda link: name == link.id,
        lambda link: name in (link.source.name, link.ends.destination.name),
        lambda link: link.id.startswith(name),
        lambda link: name in link.id,
    )
    for is_named in readings:
        found = [link for link in links if is_named(link)]
        if len(found) == 1:
            return found[0]
        if found:
            raise InvalidInputError(f"{len(found)} links are called {name!r}", hint=f"say which: {_listed(found)}")
    raise InvalidInputError(f"no link that was seen is called {name!r}", hint=_hint(view, links, name))


def _hint(view: View, links: Sequence[Link], name: str) -> str:
    """What may have been meant, or what was not seen of it."""
    estate = view.places.estate
    for bucket in estate.of_type(BUCKET):
        rules = view.network.rules_of(bucket_id(bucket))
        if isinstance(rules, Unknown) and bucket.name.startswith(name.split("/")[0]):
            return f"the replication rules of {bucket.name} were not seen: {rules.reason}"
    if links:
        return f"links are called source/rule/destination; there are {_listed(links)}"
    gap = next((f"{each.what} {each.reason}" for each in estate.unseen), "")
    return f"not everything was seen: {gap}" if gap else "no bucket that was seen has a replication rule"


def _listed(links: Sequence[Link]) -> str:
    more = f" and {len(links) - _SHOWN} more" if len(links) > _SHOWN else ""
    return ", ".join(shortened(link.id, 400) for link in links[:_SHOWN]) + more
