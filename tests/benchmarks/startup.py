"""Start-up: what a person waits before anything happens. Targets: 0.25 s, and no boto3."""

import subprocess

from tests.benchmarks.processes import in_turn, median, python


def main() -> None:
    version = python("-m", "scanner", "--version")
    bare = python("-c", "pass")
    costs = in_turn(9, (bare, None), (version, None))
    python_cost, version_cost = (median(c) for c in costs)
    print(f"python -c pass     {python_cost.wall:6.3f} s")
    print(f"drscan --version   {version_cost.wall:6.3f} s  {version_cost.peak_mb:5.1f} MB  (target 0.25 s)")
    loaded = subprocess.run(
        python("-X", "importtime", "-m", "scanner", "--version"), capture_output=True, text=True, check=True
    ).stderr
    print("boto3 imported     ", "yes" if "botocore" in loaded else "no")
