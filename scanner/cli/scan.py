"""`drscan scan`: audit live accounts, or a snapshot of them."""

from pathlib import Path

import click

from scanner.cli.options import FILE, Reporting, estate_option, reporting_options, rule_options
from scanner.errors import InvalidInputError
from scanner.estate.intent import Intent
from scanner.estate.verdict import Severity


@click.command()
@estate_option
@rule_options
@click.option("--from", "source", type=FILE, metavar="SNAPSHOT", help="Judge a saved snapshot, not live accounts.")
@click.option("--save", type=FILE, metavar="SNAPSHOT", help="Save what was read; gzipped if the name ends in .gz.")
@click.option("--workers", type=click.IntRange(1, 128), default=16, show_default=True, help="Calls made at a time.")
@reporting_options
@click.pass_context
def scan(
    ctx: click.Context,
    intent: Intent,
    folders: tuple[Path, ...],
    ids: tuple[str, ...],
    severity: Severity | None,
    source: Path | None,
    save: Path | None,
    workers: int,
    reporting: Reporting,
) -> None:
    """Audit live accounts, or a snapshot of them.

    Without an estate file, the account and region of your credentials (AWS_PROFILE, AWS_DEFAULT_REGION, ... as usual).

    \b
    Examples:
      drscan scan
      drscan scan --estate estate.yaml --format table,json,html --out reports
      drscan scan --save today.jsonl.gz
      drscan scan --from today.jsonl.gz --rule bucket-versioning-enabled
    """
    from scanner import audit
    from scanner.cli.reading import live_estate, saved_estate
    from scanner.cli.reporting import check, report

    check(reporting)
    if save is not None and not save.resolve().parent.is_dir():
        raise InvalidInputError("cannot be written: there is no such folder", file=save)
    asked = audit.question(intent, folders, ids, severity)
    clock = audit.Clock()
    reading = saved_estate(source) if source is not None else live_estate(asked, workers, quiet=reporting.quiet)
    if save is not None:
        from scanner.estate.snapshot import write_snapshot

        write_snapshot(reading.estate, save)
    scan = audit.judge(
        asked,
        reading.estate,
        lambda: clock.run(reading.source, reading.estate, interrupted=reading.interrupted),
        calls=reading.calls,
    )
    ctx.exit(report(scan, reporting))
