"""The least policies with which a link, and all other links of its role, would work: both accounts' documents."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from scanner.analysis.replication.contexts import SERVICE
from scanner.analysis.replication.demands import Demand, Ends, Grade, demands_of
from scanner.analysis.replication.links import Link, View, all_links
from scanner.analysis.replication.synthesis import need_of, needs_of
from scanner.analysis.replication.vocabulary import Hop
from scanner.policy.synthesise import Document, Need, bucket_policy, key_policy, role_policy, trust_policy

_GRADES = (Grade.REQUIRED, Grade.KEY_POLICY)


@dataclass(frozen=True, slots=True)
class LeastPolicy:
    """One document. `where` says whose policy it is, for people; `is_whole` is False for statements to add to it."""

    where: str
    document: Document
    is_whole: bool


def least_policies(view: View, link: Link) -> tuple[LeastPolicy, ...]:
    """The policies of the link's role and towards it. A role's own policy and trust cover all of its links."""
    if not isinstance(link.role, str):
        return ()
    links = [one for one in all_links(view) if one.role == link.role]
    return tuple(_policies(link, links or [link], link.role))


def _policies(link: Link, links: list[Link], role: str) -> Iterator[LeastPolicy]:
    name = role.rsplit("/", 1)[-1]
    needs = [need for one in links for need in needs_of(_demands(one), one.ends, _GRADES)]
    sources = sorted({one.ends.source.arn for one in links})
    yield LeastPolicy(f"policy of role {name}", role_policy(needs), is_whole=True)
    trust = trust_policy(SERVICE, account=link.source.account, arns=sources)
    yield LeastPolicy(f"trust policy of role {name}", trust, is_whole=True)
    destination = link.ends.destination
    if destination.account != link.source.account:
        into = [one for one in links if one.ends.destination.arn == destination.arn]
        written = [need for one in into for need in needs_of(_at(one, Hop.DESTINATION_OBJECT), one.ends, _GRADES)]
        where = f"policy of bucket {destination.name}"
        yield LeastPolicy(where, bucket_policy(written, (role,)), is_whole=False)
    yield from _key_policies(link, role)


def _key_policies(link: Link, role: str) -> Iterator[LeastPolicy]:
    """The statements for keys of other accounts; a key of the role's own account need only delegate to it."""
    used: dict[str, list[Need]] = {}
    for demand in _demands(link):
        if demand.key and demand.grade in _GRADES and _account_of(demand.key, link.ends) != link.source.account:
            used.setdefault(demand.key, []).append(need_of(demand, link.ends))
    for key, needs in used.items():
        yield LeastPolicy(f"policy of key {key}", key_policy(needs, (role,)), is_whole=False)


def _account_of(key: str, ends: Ends) -> object:
    keys = (ends.source_key, ends.replica_key, ends.default_key)
    return next((one.account for one in keys if one is not None and one.arn == key), None)


def _demands(link: Link) -> tuple[Demand, ...]:
    return demands_of(link.features, link.ends, link.role if isinstance(link.role, str) else "")


def _at(link: Link, hop: Hop) -> Iterable[Demand]:
    return (demand for demand in _demands(link) if demand.hop is hop)
