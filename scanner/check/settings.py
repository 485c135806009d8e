"""The places in which templates are judged that nobody said a place for.

A template that names account 222222222222 may be meant for that very account, or for another. So it is judged in an
account that it does not name and in each that it names, and likewise for regions: what comes out the same everywhere
is certain, and what does not hangs on where the template goes.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from scanner.estate.resource import Resource
from scanner.estate.unknown import Value
from scanner.sources.declared import UNNAMED_ACCOUNT, UNNAMED_REGION

MAX_ACCOUNTS = 3
MAX_REGIONS = 3
"""How many of the accounts and regions that templates name are tried, the most frequent ones."""

_ACCOUNT = re.compile(r"(?<![0-9A-Za-z-])[0-9]{12}(?![0-9A-Za-z-])")
_AREA = "af|ap|ca|cn|eu|il|me|mx|sa|us|us-gov|us-iso|us-isob"
_REGION = re.compile(rf"(?<![a-z0-9])(?:{_AREA})-[a-z]{{4,9}}-[1-9](?![0-9a-z])")


@dataclass(frozen=True, slots=True)
class Setting:
    """Where what nobody placed is taken to be. The first setting of all is a place that no template names.

    `united` are accounts that a plan tells apart by their credentials only, taken for the account it is deployed to:
    two profiles may well be one account.
    """

    account: str = UNNAMED_ACCOUNT
    region: str = UNNAMED_REGION
    united: tuple[str, ...] = ()

    def shown(self, text: str) -> str:
        """A name or ARN with the tried account and region taken back out, so that places can be compared."""
        for account in (self.account, *self.united):
            text = text.replace(account, UNNAMED_ACCOUNT)
        return text if self.region == UNNAMED_REGION else text.replace(self.region, UNNAMED_REGION)


UNNAMED = Setting()


def settings_of(resources: Sequence[Resource], *, account: bool, region: bool) -> tuple[Setting, ...]:
    """The settings worth trying: `account` and `region` say which of the two nobody named.

    `resources` are those of the unnamed setting, every reference to its own account and region resolved.
    """
    made_up = tuple(sorted({one.account for one in resources if is_made_up(one.account)}))
    accounts, regions = Counter[str](), Counter[str]()
    if account or region:
        for text in _texts([resource.properties for resource in resources if not resource.type.startswith("DR::")]):
            accounts.update(_ACCOUNT.findall(text))
            regions.update(_REGION.findall(text))
    tried_accounts = _most(accounts, MAX_ACCOUNTS) if account else []
    tried_regions = _most(regions, MAX_REGIONS) if region else []
    united = [(), made_up] if made_up else [()]
    places = product([UNNAMED_ACCOUNT, *tried_accounts], [UNNAMED_REGION, *tried_regions], united)
    return tuple(Setting(*place) for place in places)


def is_made_up(account: str) -> bool:
    """Whether an account id stands for one that a plan tells apart and does not name."""
    return account.startswith("000000") and account != UNNAMED_ACCOUNT


def _most(found: Counter[str], limit: int) -> list[str]:
    named = (text for text, _ in found.most_common() if text != UNNAMED_ACCOUNT and not is_made_up(text))
    return list(named)[:limit]


def _texts(values: Iterable[Value]) -> Iterator[str]:
    """All strings in some values, keys apart; without recursion, for values are as deep as somebody made them."""
    left = list(values)
    while left:
        match left.pop():
            case str() as text:
                yield text
            case dict() as members:
                left.extend(members.values())
                left.extend(key for key in members if ":" in key)
            case list() | tuple() as items:
                left.extend(items)
