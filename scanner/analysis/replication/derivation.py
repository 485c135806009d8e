"""Adds a `DR::Replication::Link` to the estate for every replication rule, and for every copy that no rule makes.

Links become plain properties as soon as they are examined, for an estate may have tens of thousands of them. A role's
excess is known only after its last link, so that comes in a second round.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from scanner.analysis.annotation import bucket_id
from scanner.analysis.kinds import BUCKET
from scanner.analysis.replication.copies import DeclaredCopies, missing_copies
from scanner.analysis.replication.description import link_properties, link_resource
from scanner.analysis.replication.examining import Examination, examine
from scanner.analysis.replication.excess import RoleExcess, RoleNeeds, excess_of
from scanner.analysis.replication.links import View, links_from
from scanner.estate.estate import Estate
from scanner.estate.intent import Intent
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value


@dataclass(frozen=True, slots=True)
class _Draft:
    """A link but for its excess: whose role, and by which policies besides the role's."""

    link: Resource
    role: str | Unknown | None
    bucket: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Roles:
    """What roles need, and what they have beyond that, by ARN."""

    view: View
    needs: dict[str, RoleNeeds] = field(default_factory=dict)
    excess: dict[str, RoleExcess] = field(default_factory=dict)

    def of(self, draft: _Draft) -> Value:
        """The excess that concerns a link; none where there is no role to have any."""
        if draft.role is None or isinstance(draft.role, Unknown):
            return [] if draft.role is None else draft.role
        needs = self.needs[draft.role]
        unseen = _unseen_rules(self.view, needs.role.role.account)
        if unseen is not None:
            return unseen
        if draft.role not in self.excess:
            self.excess[draft.role] = excess_of(needs, self.view.places)
        return self.excess[draft.role].of(draft.bucket, draft.keys)


def derive_links(estate: Estate, intent: Intent) -> Estate:
    """The estate with all its replication links."""
    view, copies = View.of(estate), DeclaredCopies.of(estate, intent)
    roles = _Roles(view)
    drafts = [_draft(found, copies, roles) for bucket in estate.of_type(BUCKET) for found in _examined(view, bucket)]
    links = (draft.link.with_properties(Excess=roles.of(draft)) for draft in drafts)
    return estate.adding((*links, *missing_copies(view, copies)))


def _examined(view: View, bucket: Resource) -> Iterator[Examination]:
    return (examine(view, link) for link in links_from(view, bucket))


def _draft(found: Examination, copies: DeclaredCopies, roles: _Roles) -> _Draft:
    link, ends = found.link, found.link.ends
    role: str | Unknown | None = None
    if found.role is not None:
        role = found.role.role.arn
        roles.needs.setdefault(role, RoleNeeds(found.role)).add(found)
    else:
        seen = roles.view.book.role(link.role) if isinstance(link.role, str) else link.role
        role = seen if isinstance(seen, Unknown) else None
    properties = link_properties(
        found, is_declared=copies.names(bucket_id(link.source), ends.destination), named_accounts=copies.accounts
    )
    keys = (key.arn for key in (ends.source_key, ends.replica_key, ends.default_key) if key is not None)
    return _Draft(
        link_resource(link.id, link.source, properties),
        role,
        ends.destination.arn,
        tuple(arn for arn in keys if isinstance(arn, str)),
    )


def _unseen_rules(view: View, account: str) -> Unknown | None:
    """Why a role of the account may have links that were not seen, which would need what looks like too much."""
    return view.network.unseen_in(account) or view.places.estate.blind(BUCKET, account)
