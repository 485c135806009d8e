"""When the canary's fate is certain, how exactly its delay is known, and how patient the waiting is."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from scanner.drill.watching import Fate, Glimpse, Sighting, Timing, watch
from scanner.estate.unknown import Unknown

DEADLINE = 900.0
REFUSED = Unknown("s3:HeadObject refused")


@dataclass
class Time:
    """A clock that only sleeping moves."""

    now: float = 0.0
    pauses: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds


def watching(
    at: Callable[[float], Glimpse], *, alone: bool = True, deadline: float = DEADLINE
) -> tuple[Sighting, Time]:
    time = Time()
    timing = Timing(lambda: time.now, time.sleep)
    return watch(lambda: at(time.now), 0.0, deadline, timing, alone=alone), time


def becoming(
    *states: tuple[float, str | Unknown | None, str | Unknown | None],
) -> Callable[[float], Glimpse]:
    """What is to be seen from each moment on: status and copy."""
    return lambda now: next(Glimpse(status, copy) for since, status, copy in reversed(states) if since <= now)


@pytest.mark.parametrize(
    ("states", "alone", "fate", "earliest", "latest"),
    [
        # The replica counts, whatever the status says by then.
        ([(0, "PENDING", None), (40, "COMPLETED", "v")], True, Fate.ARRIVED, 40, 48),
        ([(0, "PENDING", None), (40, "PENDING", "v")], True, Fate.ARRIVED, 40, 48),
        ([(0, "PENDING", None), (40, "FAILED", "v")], False, Fate.ARRIVED, 40, 48),
        ([(0, None, "v")], True, Fate.ARRIVED, 0, 0),
        # FAILED ends it, after a while where it may be another rule's.
        ([(0, "PENDING", None), (20, "FAILED", None)], True, Fate.FAILED, 20, 24),
        ([(0, "PENDING", None), (20, "FAILED", None)], False, Fate.FAILED, 80, 100),
        ([(0, "PENDING", None), (20, "FAILED", None), (50, "FAILED", "v")], False, Fate.ARRIVED, 50, 60),
        ([(0, "PENDING", None), (20, "FAILED", REFUSED)], True, Fate.FAILED, 20, 24),
        # No status for a minute: no rule took it.
        ([(0, None, None)], True, Fate.UNTAKEN, 60, 70),
        ([(0, None, None), (30, "PENDING", None), (50, "COMPLETED", "v")], True, Fate.ARRIVED, 50, 60),
        # It should be there and is not, or cannot be seen.
        ([(0, "PENDING", None), (20, "COMPLETED", None)], True, Fate.LATE, 80, 100),
        ([(0, "PENDING", REFUSED), (20, "COMPLETED", REFUSED)], True, Fate.UNSEEN, 20, 24),
        # The deadline.
        ([(0, "PENDING", None)], True, Fate.LATE, DEADLINE, DEADLINE),
        ([(0, "PENDING", REFUSED)], True, Fate.LATE, DEADLINE, DEADLINE),
        ([(0, REFUSED, None)], True, Fate.LATE, DEADLINE, DEADLINE),
        ([(0, REFUSED, REFUSED)], True, Fate.UNSEEN, DEADLINE, DEADLINE),
    ],
)
def test_the_fate_is_told_as_soon_as_it_is_certain(states, alone, fate, earliest, latest) -> None:
    sighting, _ = watching(becoming(*states), alone=alone)
    assert sighting.fate is fate
    assert earliest <= sighting.seconds <= latest


@pytest.mark.parametrize("arrives", [0.2, 3.0, 70.0, 600.0])
def test_the_delay_lies_between_two_looks_that_are_near_to_each_other(arrives: float) -> None:
    sighting, _ = watching(becoming((0, "PENDING", None), (arrives, "COMPLETED", "v")))
    assert sighting.before < arrives <= sighting.seconds
    assert sighting.seconds - sighting.before <= max(0.5, 0.15 * arrives)


def test_waiting_a_quarter_of_an_hour_takes_few_looks_and_never_oversleeps() -> None:
    sighting, time = watching(becoming((0, "PENDING", None)))
    assert sighting.looks < 70
    assert max(time.pauses) <= 30
    assert sum(time.pauses) == pytest.approx(DEADLINE)


def test_a_deadline_shorter_than_any_patience_counts() -> None:
    assert watching(becoming((0, None, None)), deadline=2.0)[0].fate is Fate.UNTAKEN
    assert watching(becoming((0, "FAILED", None)), alone=False, deadline=2.0)[0].fate is Fate.FAILED
    assert watching(becoming((0, "PENDING", None)), deadline=2.0)[0].seconds == 2.0
