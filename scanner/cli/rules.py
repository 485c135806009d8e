"""`drscan rules`: list, show, test and write rules."""

import json
from collections.abc import Sequence
from pathlib import Path

import click

from scanner.cli.options import rule_options
from scanner.errors import InvalidInputError
from scanner.estate.verdict import Severity
from scanner.evaluation.pack import RulePack, builtin_directory, load_pack
from scanner.evaluation.rule import Rule
from scanner.inert import inert, inert_lines


@click.group()
def rules() -> None:
    """List, show, test and write rules."""


@rules.command("list")
@rule_options
@click.option("--format", "form", type=click.Choice(["table", "json", "markdown"]), default="table", show_default=True)
def list_(folders: tuple[Path, ...], ids: tuple[str, ...], severity: Severity | None, form: str) -> None:
    """List the rules, the worst first.

    \b
    Example:
      drscan rules list --severity critical
    """
    chosen = _chosen(folders, ids, severity)
    match form:
        case "json":
            click.echo(json.dumps([_summary(rule) for rule in chosen], indent=2))
        case "markdown":
            from scanner.cli.rule_pages import pages

            click.echo(inert_lines(pages(chosen)), nl=False)
        case _:
            from tabulate import tabulate

            rows = [(rule.severity, rule.id, inert(rule.title), rule.kind) for rule in chosen]
            click.echo(tabulate(rows, headers=("severity", "id", "title", "kind"), maxcolwidths=[None, None, 70, None]))


@rules.command()
@click.argument("id_", metavar="ID")
@click.option("--rules", "folders", type=click.Path(path_type=Path, file_okay=False), multiple=True, metavar="DIR")
def show(id_: str, folders: tuple[Path, ...]) -> None:
    """Show one rule: what it asks, why, and how to mend what fails it.

    \b
    Example:
      drscan rules show bucket-versioning-enabled
    """
    from scanner.cli.rule_pages import page

    (rule,) = _pack(folders).select([id_])
    click.echo(inert_lines(page(rule)), nl=False)


@rules.command()
@rule_options
def test(folders: tuple[Path, ...], ids: tuple[str, ...], severity: Severity | None) -> None:
    """Run the examples of the rules, and see whether they would notice a mistake in them.

    Every leaf of every rule is changed in turn; a change that no example notices is reported, because such a rule could
    be wrong without anyone seeing it. Exits with 1 when an example fails or a change goes unnoticed.

    \b
    Example:
      drscan rules test --rules my-rules --rule my-rule
    """
    from scanner.evaluation.examples import check_examples
    from scanner.evaluation.mutation import surviving_mutants

    chosen = _chosen(folders, ids, severity)
    problems = 0
    for rule in chosen:
        lines = [(f.line, f.example, f.message) for f in check_examples(rule)]
        # An example that fails notices every change, so mutants say something only when all hold.
        lines = lines or [(m.line, m.place, f"no example notices: {m.change}") for m in surviving_mutants(rule)]
        problems += len(lines)
        for line, place, message in lines:
            click.echo(inert(f"{rule.file}:{line}: {rule.id}: {place + ': ' if place else ''}{message}"))
    examples = sum(len(rule.examples) for rule in chosen)
    click.echo(f"{len(chosen)} rules, {examples} examples, {problems} problems")
    if problems:
        raise click.exceptions.Exit(1)


@rules.command()
@click.argument("id_", metavar="ID")
@click.option("--kind", default="AWS::S3::Bucket", show_default=True, help="The resource type that it judges.")
@click.option(
    "--out", "folder", type=click.Path(path_type=Path, file_okay=False), default=Path("my-rules"), show_default=True
)
def new(id_: str, kind: str, folder: Path) -> None:
    """Write the skeleton of a rule, which loads and passes its tests, to start from.

    \b
    Example:
      drscan rules new my-rule --kind AWS::KMS::Key --out my-rules
      drscan rules test --rules my-rules --rule my-rule
    """
    from scanner.evaluation.skeleton import skeleton

    text = skeleton(id_, kind)
    file = folder / f"{id_}.yaml"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with file.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError:
        raise InvalidInputError("the file is there already", file=file, hint="choose another id or folder") from None
    click.echo(f"{file} written. Next:\n  drscan rules test --rules {folder} --rule {id_}")


def _pack(folders: Sequence[Path]) -> RulePack:
    return load_pack(builtin_directory(), *folders)


def _chosen(folders: Sequence[Path], ids: Sequence[str], severity: Severity | None) -> list[Rule]:
    severities = [s for s in Severity if severity is None or s.rank <= severity.rank]
    return sorted(_pack(folders).select(ids, severities), key=lambda rule: (rule.severity.rank, rule.id))


def _summary(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.id,
        "title": rule.title,
        "severity": str(rule.severity),
        "confidence": str(rule.confidence),
        "kind": rule.kind,
        "attack": [{"technique": a.technique, "how": a.how} for a in rule.attack],
        "controls": {key: list(ids) for key, ids in rule.controls.items()},
        "file": rule.file,
    }
