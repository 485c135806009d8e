"""The estate: all resources that were seen, and an honest list of what was not.

Immutable; an analysis returns a new estate with derived resources or properties added. Look-ups by type and by ARN are
indexed on first use, so that 100,000 buckets stay linear.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown

_IS_OF_TYPE = re.compile(r"[A-Z][A-Za-z0-9]*(::[A-Za-z0-9]+)+( |\Z)")


@dataclass(frozen=True, slots=True)
class Account:
    """An account in scope: twelve-digit `id`, the `name` the user gave it, and the regions that were asked for."""

    id: str
    name: str
    regions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Unseen:
    """Something that was asked for and not seen.

    `what` is a resource type when a whole listing is missing (`AWS::S3::Bucket`), `<type> <name> <property>` when one
    property of one resource is, `run` for a reading that was cut short, or `account` or `region` when that could not
    be entered. Anything else says that something there was not seen. Account and region may be empty where they do not
    apply. `iam_action` is what would lift it, empty where no permission would.
    """

    account: str
    region: str
    what: str
    reason: str
    iam_action: str = ""


@dataclass(frozen=True)
class Estate:
    """Resources, the accounts in scope, what was not seen, and which types were asked for at all.

    `types` is None when every type that drscan knows was asked for (a full snapshot); otherwise a type outside it is
    not absent but unread. `taken` is the ISO time of the reading; `complete` is False after an interruption.
    """

    resources: tuple[Resource, ...] = ()
    accounts: tuple[Account, ...] = ()
    unseen: tuple[Unseen, ...] = ()
    types: frozenset[str] | None = None
    taken: str = ""
    complete: bool = True

    @cached_property
    def _by_type(self) -> dict[str, list[Resource]]:
        index: dict[str, list[Resource]] = {}
        for resource in self.resources:
            index.setdefault(resource.type, []).append(resource)
        return index

    @cached_property
    def _by_arn(self) -> dict[tuple[str, str], Resource]:
        return {(resource.type, resource.arn): resource for resource in self.resources}

    @cached_property
    def _unseen_listings(self) -> dict[str, list[Unseen]]:
        index: dict[str, list[Unseen]] = {}
        for unseen in self.unseen:
            index.setdefault(unseen.what, []).append(unseen)
        return index

    def of_type(self, type_: str) -> Sequence[Resource]:
        """All resources of a type, in the order they were added."""
        return self._by_type.get(type_, [])

    def get(self, type_: str, arn: str) -> Resource | None:
        """The resource with that type and ARN, or None when none was seen (ask `blind`: is it absent?)."""
        return self._by_arn.get((type_, arn))

    def blind(
        self, type_: str, account: str | None = None, region: str | None = None, *, name: str | None = None
    ) -> Unknown | None:
        """Why a resource of this type might exist there without having been seen; None when the listing is complete.

        Without account (or region) the question is about every account (or region) in scope. An account that is not
        in scope is blind for every type; so is a region outside those asked for, except for global types (asked for
        with region ""). With a name the question is about the one resource of that name: what is unseen of it may be
        all that there is.
        """
        if self.types is not None and type_ not in self.types:
            return Unknown(f"{type_} was not read by this scan")
        if account is not None and account not in self._account_ids:
            return Unknown(f"account {account} was not scanned")
        if region and account is not None and not self._covers(account, region):
            return Unknown(f"region {region} of account {account} was not scanned")
        ours = () if name is None else self._unseen_parts.get((type_, name), ())
        for gap in (*self._unseen_listings.get(type_, ()), *ours, *self._unseen_places):
            if _concerns(gap, account) and (not gap.region or region in (None, gap.region)):
                return Unknown(gap.reason)
        return None

    def adding(self, resources: Iterable[Resource]) -> "Estate":
        """A new estate with these resources added; one with the same type and ARN replaces the old one in place."""
        fresh = {(r.type, r.arn or r.identity): r for r in resources}
        kept = tuple(fresh.pop((r.type, r.arn or r.identity), r) for r in self.resources)
        return replace(self, resources=(*kept, *fresh.values()))

    @cached_property
    def _account_ids(self) -> frozenset[str]:
        return frozenset(account.id for account in self.accounts)

    @cached_property
    def _regions(self) -> dict[str, frozenset[str]]:
        return {account.id: frozenset(account.regions) for account in self.accounts}

    @cached_property
    def _unseen_parts(self) -> dict[tuple[str, str], list[Unseen]]:
        index: dict[tuple[str, str], list[Unseen]] = {}
        for gap in self.unseen:
            type_, _, rest = gap.what.partition(" ")
            # Names may hold spaces, property names do not; the property may be missing.
            for name in {rest, rest.rpartition(" ")[0]} - {""}:
                index.setdefault((type_, name), []).append(gap)
        return index

    @cached_property
    def _unseen_places(self) -> tuple[Unseen, ...]:
        return tuple(gap for gap in self.unseen if not _IS_OF_TYPE.match(gap.what))

    def _covers(self, account: str, region: str) -> bool:
        regions = self._regions.get(account, frozenset())
        return not regions or region in regions


def _concerns(gap: Unseen, account: str | None) -> bool:
    """Whether a gap lies in an account. Accounts of which not even the ids were seen are others than those in scope."""
    return account in (None, "", gap.account) or (not gap.account and gap.what != "account")
