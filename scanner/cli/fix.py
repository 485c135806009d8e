"""`drscan fix`: plan the changes that make findings pass, apply them, undo them."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanner.cli.choices import choice_options
from scanner.cli.fix_apply import apply
from scanner.cli.fix_undo import undo
from scanner.cli.options import FILE, estate_option, rule_options
from scanner.estate.intent import Intent
from scanner.estate.verdict import Severity

if TYPE_CHECKING:
    from scanner.remedies.proposals import Choices

FORMS = ("text", "json", "cli", "cloudformation", "terraform")
"""How a plan can be shown."""


@click.group()
def fix() -> None:
    """Plan the changes that make findings pass, apply them, and undo them.

    \b
    Examples:
      drscan fix plan --estate estate.yaml --plan plan.json
      drscan fix apply plan.json --estate estate.yaml
      drscan fix undo plan.json.journal --estate estate.yaml
    """


fix.add_command(apply)
fix.add_command(undo)


@fix.command("plan")
@estate_option
@rule_options
@click.option("--from", "source", type=FILE, metavar="SNAPSHOT", help="Plan from a saved snapshot, not live accounts.")
@click.option("--plan", "file", type=FILE, metavar="FILE", help="Write the plan into this file, for apply.")
@click.option("--format", "form", type=click.Choice(FORMS), default="text", show_default=True, help="How it is shown.")
@choice_options
@click.option("--workers", type=click.IntRange(1, 128), default=16, show_default=True, help="Calls made at a time.")
@click.option("-q", "--quiet", is_flag=True, help="No progress, only the plan.")
@click.pass_context
def plan_(
    ctx: click.Context,
    intent: Intent,
    folders: tuple[Path, ...],
    ids: tuple[str, ...],
    severity: Severity | None,
    source: Path | None,
    file: Path | None,
    form: str,
    choices: "Choices",
    workers: int,
    quiet: bool,
) -> None:
    """Show what would make failing findings pass, and change nothing.

    \b
    Examples:
      drscan fix plan
      drscan fix plan --rule replication-link-works --plan plan.json
      drscan fix plan --from today.jsonl.gz --format terraform
    """
    from scanner import audit
    from scanner.cli.reading import live_estate, saved_estate
    from scanner.remedies.plan_file import write_plan
    from scanner.remedies.planning import plan, with_remedies
    from scanner.remedies.shown import shown
    from scanner.remedies.table import REMEDIES

    asked = with_remedies(audit.question(intent, folders, ids, severity), REMEDIES)
    clock = audit.Clock()
    reading = saved_estate(source) if source is not None else live_estate(asked, workers, quiet=quiet)
    made = plan(asked, reading.estate, choices, REMEDIES, source=reading.source, clock=clock)
    click.echo(shown(made, form, color=sys.stdout.isatty() and not os.environ.get("NO_COLOR")), nl=False)
    if file is not None:
        write_plan(made, file)
        hint = f"; apply it with: drscan fix apply {file}" if made.steps else ""
        click.echo(f"drscan: {file} written{hint}", err=True)
