"""`drscan check`: judge templates and plans before they are deployed."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanner.cli.options import FILE, Reporting, estate_option, reporting_options, rule_options
from scanner.errors import InvalidInputError
from scanner.estate.intent import Intent
from scanner.estate.verdict import Severity

if TYPE_CHECKING:
    from scanner.check.deployments import Place


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE|DIR]...")
@estate_option
@click.option(
    "--parameters",
    "given",
    multiple=True,
    metavar="KEY=VALUE|FILE",
    help="Parameters of the templates, one by one or in a file (repeatable).",
)
@click.option("--account", default="", metavar="ID", help="The account that the templates go to.")
@click.option("--region", default="", metavar="NAME", help="The region that the templates go to.")
@click.option("--live", is_flag=True, help="Lay the templates over what is live.")
@click.option("--from", "source", type=FILE, metavar="SNAPSHOT", help="Lay the templates over a saved snapshot.")
@click.option("--workers", type=click.IntRange(1, 128), default=16, show_default=True, help="Calls made at a time.")
@rule_options
@click.option("--allow-unknown", is_flag=True, help="Exit with 0, not 3, when something could not be decided.")
@click.option("--skip-other", is_flag=True, help="Leave out files that are no templates.")
@reporting_options
@click.pass_context
def check(
    ctx: click.Context,
    files: tuple[Path, ...],
    intent: Intent,
    given: tuple[str, ...],
    account: str,
    region: str,
    live: bool,
    source: Path | None,
    workers: int,
    folders: tuple[Path, ...],
    ids: tuple[str, ...],
    severity: Severity | None,
    allow_unknown: bool,
    skip_other: bool,
    reporting: Reporting,
) -> None:
    """Judge CloudFormation templates and Terraform plans before they are deployed.

    A folder stands for the templates and plans in it. With stacks in an estate file, all of them are judged as one
    estate, across accounts and regions; without, what lies outside a template is unknown.

    \b
    Examples:
      drscan check primary.yaml
      drscan check primary.yaml --account 111111111111 --region us-east-1
      drscan check --estate estate.yaml --format sarif --out reports
      terraform show -json plan.out > plan.json && drscan check plan.json
      drscan check recovery.yaml --estate estate.yaml --live
    """
    from scanner import audit
    from scanner.check import judging
    from scanner.check.deployments import planned
    from scanner.cli.reading import live_estate, saved_estate
    from scanner.cli.reporting import check as check_choices
    from scanner.cli.reporting import report

    check_choices(reporting)
    if live and source is not None:
        raise InvalidInputError("--live and --from exclude each other")
    named = _templates(files, skip_other)
    if skip_other and not named and not intent.stacks:
        return
    asked = audit.question(intent, folders, ids, severity)
    templates = planned(named, intent, _place(intent, account, region, given))
    clock = audit.Clock()
    reading = None
    if source is not None:
        reading = saved_estate(source)
    elif live:
        reading = live_estate(asked, workers, quiet=reporting.quiet)
    words = ", ".join(str(each.deployment.file) for each in templates)
    scan = judging.judge(
        judging.Check(asked, templates, reading.estate if reading else None),
        lambda estate: clock.run(words, estate, interrupted=reading is not None and reading.interrupted),
    )
    ctx.exit(report(scan, reporting, allow_unknown=allow_unknown))


def _templates(files: Sequence[Path], skip_other: bool) -> list[Path]:
    """The templates that were named, those of folders among them."""
    from scanner.sources.templates import is_template, templates_in

    found: list[Path] = []
    for file in files:
        if file.is_dir():
            found.extend(templates_in(file))
        elif not skip_other or is_template(file):
            found.append(file)
    return found


def _place(intent: Intent, account: str, region: str, given: Sequence[str]) -> "Place":
    """Where templates go that no stack names; an account may be called by its name in the estate file."""
    import re

    from scanner.check.deployments import Place
    from scanner.check.parameters import read_parameters

    named = intent.account_named(account)
    id_ = named.id if named else account
    if id_ and not re.fullmatch(r"[0-9]{12}", id_):
        raise InvalidInputError(
            f"{account!r} is no account", hint="expected twelve digits, or a name of the estate file"
        )
    if region and not re.fullmatch(r"[a-z]{2}(-[a-z]+)+-[0-9]", region):
        raise InvalidInputError(f"{region!r} is no region", hint="expected a name such as eu-west-1")
    return Place(id_, region, read_parameters(given) if given else {})
