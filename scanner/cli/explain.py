"""`drscan explain`: one link or finding, hop by hop: which statement of which policy decides."""

import json
from pathlib import Path

import click

from scanner.cli.options import FILE, estate_option
from scanner.errors import InvalidInputError
from scanner.estate.intent import Intent


@click.command()
@click.argument("name")
@estate_option
@click.option("--rules", "folders", type=click.Path(path_type=Path, file_okay=False), multiple=True, metavar="DIR")
@click.option("--from", "source", type=FILE, metavar="SNAPSHOT", help="Look at a saved snapshot, not live accounts.")
@click.option("--policies", is_flag=True, help="Also print the least policies with which the link would work.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("-q", "--quiet", is_flag=True, help="No progress and no messages, only results.")
def explain(
    name: str,
    intent: Intent,
    folders: tuple[Path, ...],
    source: Path | None,
    policies: bool,
    form: str,
    quiet: bool,
) -> None:
    """Explain the replication links of a bucket, one link, or one finding.

    NAME is a bucket, a link's id as the reports have it, or a finding's fingerprint (or its beginning). Each request
    that S3 would make is shown with its verdict, the statement that decides it, and what to add or remove.

    \b
    Examples:
      drscan explain orders-data
      drscan explain orders-data --from today.jsonl.gz --policies
      drscan explain 1980d3f5 --estate estate.yaml --format json
    """
    from scanner import audit
    from scanner.cli import stories
    from scanner.cli.reading import live_estate, saved_estate

    asked = audit.question(intent, folders)
    clock = audit.Clock()
    reading = saved_estate(source) if source is not None else live_estate(asked, 16, quiet=quiet)
    links, findings = stories.link_stories(reading.estate, name, policies), []
    if not links:
        scan = audit.judge(asked, reading.estate, lambda: clock.run(reading.source, reading.estate))
        links, findings = stories.declared_stories(scan, name), stories.finding_stories(scan, name)
        concerned = {finding["resource"]["name"] for finding in findings}
        links += [told for one in sorted(concerned) for told in stories.link_stories(reading.estate, one, policies)]
    if not links and not findings:
        hint = "name a bucket that replicates, a link's id, or a finding's fingerprint; the JSON report has them"
        raise InvalidInputError(f"nothing that was seen is called {name!r}", hint=hint)
    if form == "json":
        click.echo(json.dumps({"links": links, "findings": findings}, indent=2))
    else:
        click.echo(stories.text(links, findings), nl=False)
