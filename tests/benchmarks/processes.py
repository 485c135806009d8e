"""Whole processes measured from outside: wall time, CPU time and peak memory, as the operating system counts them."""

import os
import statistics
import subprocess
import sys
import time
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
    """Run a command to its end, its output thrown away."""
    began = time.perf_counter()
    process = subprocess.Popen(
        arguments,
        env={**os.environ, **(environment or {})},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    assert process.stderr is not None
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - began
    if process.returncode not in (0, 1, 3):
        sys.exit(f"{' '.join(arguments)} ended with {process.returncode}:\n{errors.decode(errors='replace')}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, process.returncode)


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
