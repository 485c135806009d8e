"""Waiting for the replica: when to look again, and when enough has been seen to say what became of the object.

AWS replicates most objects within 15 minutes, and many in seconds:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-time-control.html (2026-11).
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from scanner.estate.unknown import Unknown

SETTLING = 60.0
"""Seconds that are waited for what should follow at once: a status after writing, a replica after COMPLETED."""


class Fate(StrEnum):
    """What became of the canary.

    UNTAKEN: no rule of the bucket took it. LATE: it was not there by the deadline. UNSEEN: the destination could not be
    looked at, or neither end could.
    """

    ARRIVED = "arrived"
    FAILED = "failed"
    UNTAKEN = "untaken"
    LATE = "late"
    UNSEEN = "unseen"


@dataclass(frozen=True, slots=True)
class Glimpse:
    """One look: the source's replication status, and the version id that is in the destination (None: nothing is)."""

    status: str | Unknown | None
    copy: str | Unknown | None


@dataclass(frozen=True, slots=True)
class Sighting:
    """How it ended, `seconds` after the writing; `before` is the look before the last, up to which it had not."""

    fate: Fate
    seconds: float
    before: float
    looks: int
    last: Glimpse


Look: TypeAlias = Callable[[], Glimpse]


@dataclass(frozen=True, slots=True)
class Timing:
    """The clock that is waited by, in seconds. The pause between looks grows with the time that has passed, by `share`,
    so that the delay is measured to that share whether it is seconds or hours."""

    now: Callable[[], float] = field(default=time.monotonic)
    sleep: Callable[[float], None] = field(default=time.sleep)
    shortest: float = 0.5
    longest: float = 30.0
    share: float = 0.15

    def pause(self, elapsed: float) -> float:
        """How long to wait before the next look."""
        return min(max(self.shortest, elapsed * self.share), self.longest)


def watch(look: Look, written: float, deadline: float, timing: Timing, *, alone: bool) -> Sighting:
    """Look until the canary's fate is clear or the deadline (seconds) is over; `written` is when it was, by the clock.

    Not `alone` means that other rules copy it, too: then FAILED may be theirs.
    """
    before, looks, since = 0.0, 0, {"FAILED": 0.0, "COMPLETED": 0.0}
    while True:
        glimpse, looks = look(), looks + 1
        elapsed = timing.now() - written
        if isinstance(glimpse.status, str) and glimpse.status in since:
            since[glimpse.status] = since[glimpse.status] or elapsed
            settled = elapsed - since[glimpse.status] >= SETTLING
        else:
            settled = elapsed >= SETTLING
        fate = _fate(glimpse, settled=settled, alone=alone) or (_at_deadline(glimpse) if elapsed >= deadline else None)
        if fate is not None:
            return Sighting(fate, elapsed, before, looks, glimpse)
        before = elapsed
        timing.sleep(min(timing.pause(elapsed), max(0.0, deadline - elapsed)))


def _fate(glimpse: Glimpse, *, settled: bool, alone: bool) -> Fate | None:
    """What is certain by now. `settled` tells that the status has been what it is for long enough."""
    if isinstance(glimpse.copy, str):
        return Fate.ARRIVED
    match glimpse.status:
        case "FAILED" if alone or settled:
            return Fate.FAILED
        case "COMPLETED" if isinstance(glimpse.copy, Unknown):
            return Fate.UNSEEN
        case "COMPLETED" if settled:
            return Fate.LATE
        case None if settled:
            return Fate.UNTAKEN
    return None


def _at_deadline(glimpse: Glimpse) -> Fate:
    if glimpse.status is None:
        return Fate.UNTAKEN
    if glimpse.status == "FAILED":
        return Fate.FAILED
    return Fate.UNSEEN if isinstance(glimpse.status, Unknown) and isinstance(glimpse.copy, Unknown) else Fate.LATE
