"""Templates before they are deployed, beside checkov and cfn-lint in the same run.

Targets: 50 replicated buckets in 1 s and 100 MB, a tiny template in 0.5 s without boto3, 10,000 resources linear. The
other two are installed into an environment of their own when they are first needed. They look for other defects than
drscan does, so that the figures compare what a gate costs and not what it finds.
"""

import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.generated import PER_PAIR, TINY, cloudformation, terraform, write
from tests.benchmarks.processes import Cost, in_turn, median, python

RUNS, PAIRS = 5, 50
SIZES = (2_500, 5_000, 10_000)
OTHERS = Path.home() / ".cache" / "drscan-benchmarks" / "others"

Command = tuple[str, list[str]]


def main() -> None:
    have_others = _installed()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tiny = write(folder, "tiny.yaml", TINY)
        pairs = write(folder, "pairs.yaml", cloudformation(PAIRS))
        plan = write(folder, "plan.json", terraform(PAIRS))
        _compare("tiny template", "0.5 s", _commands(tiny, "cloudformation", have_others))
        _imports(tiny)
        _compare(f"{PAIRS} replicated buckets", "1 s, 100 MB", _commands(pairs, "cloudformation", have_others))
        _compare(f"plan of {PAIRS} pairs", "none", _commands(plan, "terraform_plan", have_others))
        _grow(folder)


def _installed() -> bool:
    """Whether the other tools are there, having tried to install them."""
    bin_ = OTHERS / "bin"
    if not ((bin_ / "checkov").exists() and (bin_ / "cfn-lint").exists()):
        print(f"installing checkov and cfn-lint into {OTHERS} ...", flush=True)
        try:
            _install()
        except (OSError, subprocess.CalledProcessError) as error:
            why = error.stderr.strip()[-300:] if isinstance(error, subprocess.CalledProcessError) else error
            print(f"they could not be installed, so that drscan runs alone: {why}")
            return False
    listed = subprocess.run(
        [str(bin_ / "python"), "-m", "pip", "freeze"], capture_output=True, text=True, check=True
    ).stdout
    print("beside              ", *(line for line in listed.split() if line.startswith(("checkov=", "cfn-lint="))))
    return True


def _install() -> None:
    OTHERS.parent.mkdir(parents=True, exist_ok=True)
    venv.create(OTHERS, with_pip=True, clear=True)
    pip = [str(OTHERS / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "checkov", "cfn-lint"], capture_output=True, text=True, check=True)


def _commands(file: Path, framework: str, have_others: bool) -> list[Command]:
    """The same file for each tool that reads its kind, each told to do nothing else and to call no service."""
    commands = [("drscan", _drscan(file))]
    if have_others:
        options = ["--framework", framework, "--skip-download", "--quiet", "--compact", "--soft-fail"]
        commands.append(("checkov", [str(OTHERS / "bin" / "checkov"), "--file", str(file), *options]))
        if framework == "cloudformation":
            commands.append(("cfn-lint", [str(OTHERS / "bin" / "cfn-lint"), "--non-zero-exit-code", "none", str(file)]))
    return commands


def _drscan(file: Path) -> list[str]:
    return python("-m", "scanner", "check", "--quiet", str(file))


def _compare(what: str, target: str, commands: Sequence[Command]) -> None:
    costs = [median(each) for each in in_turn(RUNS, *((arguments, None) for _, arguments in commands))]
    print(f"{what} (target {target})")
    for (name, _), cost in zip(commands, costs, strict=True):
        print(f"  {name:<18}{_figures(cost)}{_ratio(cost, costs[0])}", flush=True)


def _figures(cost: Cost) -> str:
    return f"{cost.wall:6.2f} s  {cost.cpu:5.2f} s CPU  {cost.peak_mb:6.1f} MB"


def _ratio(cost: Cost, ours: Cost) -> str:
    if cost is ours:
        return ""
    return f"   {cost.wall / ours.wall:4.1f} times as long, {cost.peak_mb / ours.peak_mb:.1f} times as large"


def _imports(file: Path) -> None:
    arguments = [sys.executable, "-X", "importtime", *_drscan(file)[1:]]
    loaded = subprocess.run(arguments, capture_output=True, text=True, check=False).stderr
    print("  boto3 imported    ", "yes" if "botocore" in loaded else "no")


def _grow(folder: Path) -> None:
    files = [write(folder, f"{size}.yaml", cloudformation(size // PER_PAIR)) for size in SIZES]
    costs = [median(each) for each in in_turn(1, *((_drscan(file), None) for file in files))]
    for size, cost in zip(SIZES, costs, strict=True):
        print(f"{size:>6} resources    {_figures(cost)}   {cost.wall * 1e3 / size:5.2f} ms a resource")
    growth, times = costs[-1].cpu / costs[0].cpu, SIZES[-1] / SIZES[0]
    print(f"{times:.0f} times as many     {growth:5.2f} times the CPU time (target {times:.0f}: linear)")
