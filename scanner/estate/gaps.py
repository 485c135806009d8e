"""What of an estate is still unseen once templates are laid over it, and what is so for the first time.

A template shows what it states, and everything that belongs to what it declares. It shows nothing of what else is in
the account.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from scanner.estate.estate import Account, Estate, Unseen
from scanner.estate.joining import is_stated
from scanner.estate.recognition import ACCESS_POINT_POLICY, BUCKET, BUCKET_POLICY, TOPIC_POLICY
from scanner.estate.resource import Resource
from scanner.estate.shapes import known_types

_BELONGING = frozenset({ACCESS_POINT_POLICY, BUCKET_POLICY, TOPIC_POLICY})
"""What belongs to a resource alone: where that is declared, its template is all there is to see of it."""

_ITS_POLICY = ("Policy", "PolicyDocument")


def still_unseen(unseen: Iterable[Unseen], declared: Iterable[Resource]) -> tuple[Unseen, ...]:
    """The gaps without those for which a template states what was not seen."""
    stating = {(each.type, each.account, each.name): each for each in declared}

    def is_stated_now(gap: Unseen) -> bool:
        type_, _, rest = gap.what.partition(" ")
        name, _, path = rest.rpartition(" ")
        found = stating.get((type_, gap.account, name))
        if found is not None and is_stated(found, path.partition(".")[0]):
            return True
        of_bucket = type_ == BUCKET and path in _ITS_POLICY and (BUCKET_POLICY, gap.account, name) in stating
        return of_bucket or (type_ in _BELONGING and (type_, gap.account, rest) in stating)

    return tuple(gap for gap in unseen if not is_stated_now(gap))


def reaching(estate: Estate, places: Collection[tuple[str, str]]) -> Estate:
    """The estate with these accounts and regions in scope; what was not read there is unseen, type by type."""
    known = {account.id: account for account in estate.accounts}
    unseen = list(estate.unseen)
    for id_ in sorted({account for account, _ in places}):
        regions = {region for account, region in places if account == id_ and region}
        account = known.get(id_)
        if account is None:
            known[id_] = Account(id_, "", tuple(sorted(regions)))
            unseen += _unread(id_, "", f"account {id_} was not read")
        elif account.regions and not regions <= set(account.regions):
            known[id_] = replace(account, regions=tuple(sorted({*account.regions, *regions})))
            for region in sorted(regions - set(account.regions)):
                unseen += _unread(id_, region, f"region {region} of account {id_} was not read")
    return replace(estate, accounts=tuple(known.values()), unseen=tuple(unseen))


def _unread(account: str, region: str, why: str) -> Iterator[Unseen]:
    for type_ in known_types():
        if type_.startswith("AWS::") and type_ not in _BELONGING:
            yield Unseen(account, region, type_, f"{why}: only what the templates declare there is known")
