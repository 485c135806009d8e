"""Runs one command and prints what it took, as JSON, from a process that is small itself.

A child's peak memory counts from what its parent held when it was started, so the parent must not be the benchmark.

    python -m tests.benchmarks.measured COMMAND [ARGUMENT ...]
"""

import json
import os
import sys
import time


def main() -> None:
    began = time.perf_counter()
    child = os.posix_spawnp(
        sys.argv[1],
        sys.argv[1:],
        os.environ,
        file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)],
    )
    _, status, usage = os.wait4(child, 0)
    wall = time.perf_counter() - began
    figures = (wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, os.waitstatus_to_exitcode(status))
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
