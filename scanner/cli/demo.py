"""`drscan demo`: published architectures on an emulated AWS, audited."""

import os
import tempfile
from dataclasses import replace
from pathlib import Path

import click

from scanner.cli.options import Reporting, reporting_options
from scanner.estate.intent import Intent, load_intent

DEFAULT_OUT = Path("drscan-report")


@click.command()
@reporting_options
@click.option(
    "--serve",
    "port",
    type=click.IntRange(0, 65535),
    metavar="PORT",
    help="Keep the emulated AWS running here, and write DIR/estate.yaml for it.",
)
@click.pass_context
def demo(ctx: click.Context, reporting: Reporting, port: int | None) -> None:
    """Audit published disaster-recovery architectures on an emulated AWS.

    Five architectures as their documents publish them, with the faults that those have, beside a healthy one and an
    account that refuses some reads. Nothing leaves this machine and no credentials are used. Reports go to
    ./drscan-report unless --out names another folder. Needs: pip install "drscan[demo]".

    \b
    Examples:
      drscan demo
      drscan demo --serve 5000 --out drscan-demo
    """
    if port is not None:
        from scanner.demo.serving import serve

        serve(port, reporting.out or Path("drscan-demo"), say=click.echo)
        return
    ctx.exit(_audited(replace(reporting, out=reporting.out or DEFAULT_OUT)))


def _audited(reporting: Reporting) -> int:
    from scanner import audit
    from scanner.cli.reading import live_estate
    from scanner.cli.reporting import check, report
    from scanner.demo import emulation

    check(reporting)
    with emulation.running() as running:
        os.environ.update(running.environment)
        asked = audit.question(_intent(running.estate_yaml))
        clock = audit.Clock()
        reading = live_estate(asked, workers=16, quiet=reporting.quiet)
    run = clock.run("emulated aws", reading.estate, interrupted=reading.interrupted)
    return report(audit.judge(asked, reading.estate, lambda: run, calls=reading.calls), reporting)


def _intent(text: str) -> Intent:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "estate.yaml"
        file.write_text(text, encoding="utf-8")
        return load_intent(file)
