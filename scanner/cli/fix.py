"""`drscan fix`: plan the changes that make findings pass, apply them, undo them."""

import os
import sys
from pathlib import Path

import click

from scanner.cli.fix_apply import apply, undo
from scanner.cli.options import FILE, estate_option, rule_options
from scanner.errors import InvalidInputError
from scanner.estate.intent import Intent
from scanner.estate.verdict import Severity

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
@click.option("--existing-objects", is_flag=True, help="Copy what is there already, by S3 Batch Replication.")
@click.option("--key", "keys", multiple=True, metavar="ARN", help="Use this KMS key in its place (repeatable).")
@click.option("--log-bucket", default="", metavar="NAME", help="Takes access logs; may hold {account} and {region}.")
@click.option(
    "--topic", "topics", multiple=True, metavar="ARN", help="An SNS topic for alarms of its region (repeatable)."
)
@click.option("--email", default="", metavar="ADDRESS", help="Who is subscribed to a topic that nobody hears.")
@click.option("--failure-events", is_flag=True, help="Let S3 tell the topic of failed replication, not an alarm.")
@click.option("--break-glass", multiple=True, metavar="ARN", help="Whom denials are to spare (repeatable).")
@click.option("--lock-mode", type=click.Choice(["GOVERNANCE", "COMPLIANCE"]), default="GOVERNANCE", show_default=True)
@click.option("--lock-days", type=click.IntRange(1, 36500), default=35, show_default=True)
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
    existing_objects: bool,
    keys: tuple[str, ...],
    log_bucket: str,
    topics: tuple[str, ...],
    email: str,
    lock_mode: str,
    lock_days: int,
    break_glass: tuple[str, ...],
    failure_events: bool,
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
    from scanner.remedies.proposals import Choices
    from scanner.remedies.shown import shown
    from scanner.remedies.table import REMEDIES

    asked = with_remedies(audit.question(intent, folders, ids, severity), REMEDIES)
    choices = Choices(
        keys=_keys(keys),
        log_bucket=log_bucket,
        topics=topics,
        email=email,
        existing_objects=existing_objects,
        lock_mode=lock_mode,
        lock_days=lock_days,
        break_glass=tuple(map(_principal, break_glass)),
        failure_events=failure_events,
    )
    clock = audit.Clock()
    reading = saved_estate(source) if source is not None else live_estate(asked, workers, quiet=quiet)
    made = plan(asked, reading.estate, choices, REMEDIES, source=reading.source, clock=clock)
    click.echo(shown(made, form, color=sys.stdout.isatty() and not os.environ.get("NO_COLOR")), nl=False)
    if file is not None:
        write_plan(made, file)
        hint = f"; apply it with: drscan fix apply {file}" if made.steps else ""
        click.echo(f"drscan: {file} written{hint}", err=True)


def _principal(arn: str) -> str:
    parts = arn.split(":", 5)
    if len(parts) != 6 or parts[2] != "iam" or not parts[5].startswith(("role/", "user/")) or set("*?$") & set(arn):
        raise InvalidInputError(f"{arn!r} is no principal's ARN", hint="expected arn:aws:iam::ACCOUNT:role/NAME")
    return arn


def _keys(arns: tuple[str, ...]) -> dict[tuple[str, str], str]:
    return dict(_key(arn) for arn in arns)


def _key(arn: str) -> tuple[tuple[str, str], str]:
    parts = arn.split(":", 5)
    if len(parts) != 6 or parts[2] != "kms" or not parts[5].startswith("key/"):
        raise InvalidInputError(f"{arn!r} is no key's ARN", hint="expected arn:aws:kms:REGION:ACCOUNT:key/ID")
    return (parts[4], parts[3]), arn
