"""What a run has seen so far, what it tried in vain, and what it set out to see.

Kept by one thread. Whatever has no entry here at the end was not read, so that a run that is cut short at any point
still tells the truth about the rest.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from scanner.estate.estate import Account, Unseen
from scanner.estate.resource import BUCKET_ELSEWHERE, Resource
from scanner.sources.aws.calls import Call, Found, Place, Properties
from scanner.sources.aws.faults import Failure

Listing: TypeAlias = tuple[Call, str, str]
"""A call that is made once an account (empty region) or once an account and region: call, account, region."""


@dataclass(eq=False, slots=True)
class Record:
    """A resource as one account sees it: what the listing `by` told, and what came of the calls made for it.

    A call is in `answers`, in `failures`, or in neither when it was not made. `below` are the resources that were found
    by asking for this one, and that vanish with it.
    """

    found: Found
    place: Place
    by: Call
    answers: dict[Call, Properties] = field(default_factory=dict)
    failures: dict[Call, Failure] = field(default_factory=dict)
    below: list["Record"] = field(default_factory=list)
    vanished: bool = False

    @property
    def owner(self) -> str:
        """The account that owns the resource."""
        return self.found.account or self.place.account


class Ledger:
    """All records, all listings and all places that could not be entered."""

    def __init__(self) -> None:
        self.accounts: list[Account] = []
        self.places: list[Unseen] = []
        self.elsewhere: dict[str, Resource] = {}
        self.listings: dict[Listing, Failure | None] = {}
        self.expected: set[Listing] = set()
        self._records: dict[tuple[str, str, str], Record] = {}

    @property
    def records(self) -> Iterator[Record]:
        """The records of what is still there."""
        return (record for record in self._records.values() if not record.vanished)

    def add(self, found: Found, place: Place, by: Call, parent: Record | None = None) -> Record | None:
        """A new record; None when this account has seen the resource before, in another region or on another page."""
        key = (place.account, found.type, found.arn or f"{found.region}/{found.name}")
        if key in self._records:
            return None
        record = self._records[key] = Record(found, place, by)
        if parent is not None:
            parent.below.append(record)
            record.vanished = parent.vanished
        return record

    def outside(self, found: Found, place: Place, region: str) -> None:
        """Note a bucket in a region that was not asked for, so that nobody calls it absent; nothing is read of it."""
        account = found.account or place.account
        self.elsewhere[found.arn] = Resource(BUCKET_ELSEWHERE, found.arn, account, region, found.name)

    def vanish(self, record: Record) -> None:
        """The resource was deleted while we read; whatever hung on it went along."""
        record.vanished = True
        for below in record.below:
            self.vanish(below)

    def expect(self, call: Call, account: str, region: str = "") -> None:
        """Note a listing that is to be made."""
        self.expected.add((call, account, region))

    def listed(self, call: Call, account: str, region: str, failure: Failure | None) -> None:
        """Note how a listing ended; only after all that it found was added."""
        self.listings[call, account, region] = failure
