"""`drscan drill`: send one small object through a link, see whether it arrives and as what, and delete it again."""

import re
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

import click

from scanner.cli.options import estate_option
from scanner.errors import DrscanError
from scanner.estate.intent import Intent

if TYPE_CHECKING:
    from scanner.drill.objects import Access
    from scanner.drill.planning import DrillPlan

RULE = "replication-link-works"
"""The rule whose needs are what deciding on a link takes."""


class Seconds(click.ParamType[float]):
    """A duration: `90s`, `15m`, `2h`."""

    name = "duration"
    _UNITS = {"s": 1, "m": 60, "h": 3600}  # noqa: RUF012

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The duration in seconds, more than none and at most a week."""
        if isinstance(value, float):
            return value
        found = re.fullmatch(r"([0-9]{1,6})([smh])", str(value))
        seconds = int(found[1]) * self._UNITS[found[2]] if found else 0
        if not 0 < seconds <= 7 * 24 * 3600:
            self.fail(f"{value!r} is no duration like 90s, 15m or 2h (at most 168h)", param, ctx)
        return float(seconds)


@click.command()
@click.argument("name", metavar="LINK")
@estate_option
@click.option("--prefix", metavar="PREFIX", help="Where the canary goes.  [default: the rule's, and drscan-drill/]")
@click.option("--deadline", type=Seconds(), default="15m", show_default=True, help="How long to wait for the replica.")
@click.option("--keep", is_flag=True, help="Leave the canary at both ends.")
@click.option("--yes", is_flag=True, help="Do not ask before writing.")
@click.option("-q", "--quiet", is_flag=True, help="No progress, only the plan and the result.")
@click.pass_context
def drill(
    ctx: click.Context,
    name: str,
    intent: Intent,
    prefix: str | None,
    deadline: float,
    keep: bool,
    yes: bool,
    quiet: bool,
) -> None:
    """Send one small object through a replication link, and delete it again.

    LINK is a link's id (source/rule/destination) as the reports have it, a bucket that only one link has, or a part of
    an id that no other has. The plan is shown first, and nothing is written before you agree. The replica is compared
    with what was written; then exactly this version is deleted at both ends.

    Exit codes: 0 arrived and as it should be, 1 failed, late or different, 2 invalid input, 3 the destination could
    not be seen, 130 interrupted.

    \b
    Examples:
      drscan drill orders-data --estate estate.yaml
      drscan drill orders-data/everything/orders-dr --deadline 30m
      drscan drill orders --prefix drills/ --yes
    """
    from scanner.drill.conducting import conduct
    from scanner.drill.objects import Access
    from scanner.drill.running import Drill
    from scanner.drill.telling import plan_lines, text
    from scanner.findings.exit_codes import ExitCode
    from scanner.sources.aws.targets import targets_from

    plan, access = _planned(intent, name, prefix, quiet=quiet), Access(targets_from(intent).targets)
    click.echo(text(plan_lines(plan, deadline, keep=keep, blind=_blind(plan, access))))
    if plan.hopeless:
        click.echo(text(["", f"NOTHING WRITTEN: S3 would not try: {plan.hopeless}"]))
        ctx.exit(ExitCode.FAILING)
    if not _agreed(yes=yes):
        click.echo("Nothing was written.")
        ctx.exit(ExitCode.FAILING)
    with _interrupted_by_sigterm():
        ctx.exit(conduct(Drill(plan, access), deadline, keep=keep, say=click.echo, note=_noting(quiet=quiet)))


def _planned(intent: Intent, name: str, prefix: str | None, *, quiet: bool) -> "DrillPlan":
    import secrets
    from datetime import UTC, datetime

    from scanner import audit
    from scanner.analysis.replication.links import View
    from scanner.cli.reading import live_estate
    from scanner.drill.choosing import link_named
    from scanner.drill.planning import plan_drill

    reading = live_estate(audit.question(intent, ids=(RULE,)), 16, quiet=quiet)
    if reading.interrupted:
        raise KeyboardInterrupt
    view = View.of(reading.estate)
    stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(8)}"
    return plan_drill(view, link_named(view, name), stamp, prefix)


def _blind(plan: "DrillPlan", access: "Access") -> list[str]:
    """What cannot be looked at, and what follows from that."""
    doubts = ((spot, access.doubt(spot)) for spot in (plan.destination, *plan.others))
    return [f"{spot.bucket} cannot be looked at, and the replica stays there: {why}" for spot, why in doubts if why]


def _agreed(*, yes: bool) -> bool:
    if not yes and not sys.stdin.isatty():
        raise DrscanError("a drill writes, and there is nobody to ask", hint="allow it with --yes")
    return yes or click.confirm("Write it?", err=True)


def _noting(*, quiet: bool) -> Callable[[str], None]:
    """How messages get to stderr: not at all where nobody wants them."""
    return lambda message: None if quiet else click.echo(f"drscan: {message}", err=True)


@contextmanager
def _interrupted_by_sigterm() -> Iterator[None]:
    """Let SIGTERM end the block as Ctrl-C does, so that the canary is deleted then, too."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
