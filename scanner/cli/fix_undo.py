"""`drscan fix undo`: what is said and asked, and the exit code."""

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanner.cli.fix_wording import EXIT_INTERRUPTED, EXIT_LEFT, accounts_of, counted, what
from scanner.cli.options import FILE, estate_option
from scanner.errors import DrscanError
from scanner.estate.intent import Intent
from scanner.estate.unknown import to_json
from scanner.inert import inert, inert_lines

if TYPE_CHECKING:
    from scanner.remedies.accounts import Accounts
    from scanner.remedies.journal import Journal
    from scanner.remedies.undoing import Taken, Undone

_LONGEST_VALUE = 120
"""Characters of a value that are said on the line of its step."""


@click.command()
@click.argument("file", metavar="JOURNAL", type=FILE)
@estate_option
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def undo(ctx: click.Context, file: Path, intent: Intent, yes: bool) -> None:
    """Take back what a journal says was done, the last step first.

    Nothing is undone where somebody else has changed the same thing since.

    \b
    Exit codes: 0 all is as it was, 1 something stays or failed, 2 refused before anything was changed, 130 interrupted.

    \b
    Example:
      drscan fix undo plan.json.journal
    """
    from scanner.remedies.journal_file import opened
    from scanner.remedies.undoing import to_undo

    with opened(file) as journal:
        if not yes and not sys.stdin.isatty():
            raise DrscanError("undoing is asked about, and there is nobody to ask", hint="allow it with --yes")
        accounts = accounts_of(intent)
        taken = to_undo(journal, accounts)
        if not taken:
            click.echo("Nothing to undo: all of it was undone before.")
            return
        if not yes and not _may_undo(taken):
            click.echo("Nothing was undone.")
            ctx.exit(EXIT_LEFT)
        ctx.exit(_undo(journal, accounts, taken))


def _may_undo(taken: "tuple[Taken, ...]") -> bool:
    from scanner.remedies.shown.value_diff import difference

    for one in taken:
        lines = [f"{one.step.id}  {_back(one)}"]
        lines += [f"      {line}" for line in difference(one.now, one.prior, one.step.property)]
        click.echo("\n".join(map(inert, lines)), err=True)
    return click.confirm(f"Undo {'this step' if len(taken) == 1 else f'these {len(taken)} steps'}?", err=True)


def _undo(journal: "Journal", accounts: "Accounts", taken: "tuple[Taken, ...]") -> int:
    from scanner.remedies.undoing import gone_back

    stays = 0
    try:
        for one, undone in zip(taken, gone_back(journal, accounts, taken), strict=True):
            stays += bool(undone.stays)
            click.echo(inert(_told_back(one, undone)))
    except KeyboardInterrupt:
        click.echo(f"\ndrscan: interrupted; to go on: drscan fix undo {inert(str(journal.file))}", err=True)
        return EXIT_INTERRUPTED
    except (DrscanError, BrokenPipeError) as error:
        if not journal.has_grown:
            raise
        said = error.diagnostic() if isinstance(error, DrscanError) else "nobody reads what is said"
        click.echo(f"drscan: {inert_lines(said)}", err=True)
        return EXIT_LEFT
    click.echo(f"Undone, but for what is said of {counted(stays)}." if stays else "Undone: all of it is as it was.")
    return EXIT_LEFT if stays else 0


def _told_back(one: "Taken", undone: "Undone") -> str:
    if not undone.stays:
        return f"undone    {one.step.id}  {_back(one)}{f': {undone.later}' if undone.later else ''}"
    now = json.dumps(to_json(undone.now))
    is_now = f"; it is now {now}" if undone.now is not None and len(now) <= _LONGEST_VALUE else ""
    return f"stays     {one.step.id}  {_back(one)}: {undone.stays}{is_now}"


def _back(taken: "Taken") -> str:
    from scanner.remedies.step import CREATION

    step = taken.step
    if step.property != CREATION:
        return what(replace(step, before=taken.now, after=taken.prior))
    return f"Take away{what(step).removeprefix('Make')}"
