"""How far a reading is, for whoever shows it to a person."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Counts:
    """How much is done out of how much is known to be there; the totals of regions and calls grow on the way.

    An account is done when it was entered or could not be; a region when everything that is listed in it was. A call
    counts once, however many pages and attempts it takes. `vanished` counts resources that were deleted while we read,
    `outside` buckets in regions that were not asked for.
    """

    accounts: int = 0
    accounts_total: int = 0
    regions: int = 0
    regions_total: int = 0
    calls: int = 0
    calls_total: int = 0
    vanished: int = 0
    outside: int = 0


Progress: TypeAlias = Callable[[Counts], None]
"""Told the counts from the thread that reads: now and then, ten times a second at most, and once at the end."""
