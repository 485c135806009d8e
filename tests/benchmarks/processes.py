"""Whole processes measured from outside: wall time, CPU time and peak memory, as the operating system counts them."""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Cost:
    """What one finished process took: seconds on the clock and of CPU, and the peak of its memory in MB."""

    wall: float
    cpu: float
    peak_mb: float
    status: int


def run(arguments: Sequence[str], environment: Mapping[str, str] | None = None) -> Cost:
    """Run a command to its end, its output thrown away; its errors end the benchmark."""
    done = subprocess.run(
        python("-m", "tests.benchmarks.measured", *arguments),
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"{' '.join(arguments)} could not be measured:\n{done.stderr}")
    cost = Cost(*json.loads(done.stdout))
    if cost.status not in (0, 1, 3) or "Traceback" in done.stderr:
        sys.exit(f"{' '.join(arguments)} ended with {cost.status}:\n{done.stderr}")
    return cost


def python(*arguments: str) -> list[str]:
    """The command line of this same Python with these arguments."""
    return [sys.executable, *arguments]


def median(costs: Sequence[Cost]) -> Cost:
    """The median of each figure."""
    return Cost(
        statistics.median(c.wall for c in costs),
        statistics.median(c.cpu for c in costs),
        statistics.median(c.peak_mb for c in costs),
        costs[0].status,
    )


def in_turn(runs: int, *commands: tuple[Sequence[str], Mapping[str, str] | None]) -> list[list[Cost]]:
    """Each command `runs` times, in turn (A B A B ...), so that a machine that drifts drifts for all of them."""
    costs: list[list[Cost]] = [[] for _ in commands]
    for _ in range(runs):
        for place, (arguments, environment) in enumerate(commands):
            costs[place].append(run(arguments, environment))
    return costs
