"""The options that several commands share, and how their values become ours."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar, cast

import click

from scanner.estate.intent import Intent, load_intent
from scanner.estate.verdict import Severity, Verdict

Command = TypeVar("Command", bound=Callable[..., Any])

FORMATS = ("table", "json", "html", "sarif", "junit", "markdown", "github", "gitlab")
"""The report formats by name, worded here too so that help need not import them; a test compares the two."""

FILE = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False)


@dataclass(frozen=True, slots=True)
class Reporting:
    """What the user chose about what comes out. `formats` is empty and `out` None where nothing was said."""

    formats: tuple[str, ...] | None
    out: Path | None
    fail_on: Severity
    strict: bool
    baseline: Path | None
    only: tuple[Verdict, ...]
    quiet: bool
    no_color: bool


class CommaSeparated(click.ParamType[tuple[str, ...]]):
    """Values of a closed list, separated by commas and in any case: `table,json`."""

    def __init__(self, name: str, choices: tuple[str, ...]) -> None:
        self.name = name
        self.choices = {choice.lower(): choice for choice in choices}

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        """The chosen values in the order given; an error that lists the choices for any other."""
        if isinstance(value, tuple):
            return value
        words = [word.strip().lower() for word in str(value).split(",") if word.strip()]
        for word in words:
            if word not in self.choices:
                self.fail(f"{word!r} is not one of {', '.join(self.choices.values())}", param, ctx)
        return tuple(dict.fromkeys(self.choices[word] for word in words))

    def get_metavar(self, param: click.Parameter, ctx: click.Context | None = None) -> str:
        """How the help shows the value."""
        return ",".join(self.choices.values()) if len(self.choices) < 5 else self.name.upper() + ",..."


def rule_options(command: Command) -> Command:
    """`--rules`, `--rule` and `--severity`: which rules are run."""
    return _all(
        command,
        click.option("--rules", "folders", type=FOLDER, multiple=True, metavar="DIR", help="Add a folder of rules."),
        click.option("--rule", "ids", multiple=True, metavar="ID", help="Run only this rule (repeatable)."),
        click.option(
            "--severity",
            type=click.Choice([str(s) for s in Severity]),
            callback=lambda _c, _p, value: Severity(value) if value else None,
            help="Run only rules of this severity or worse.",
        ),
    )


def estate_option(command: Command) -> Command:
    """`--estate`: what the user means to have."""
    return _all(
        command,
        click.option(
            "--estate",
            "intent",
            type=FILE,
            metavar="FILE",
            callback=lambda _c, _p, path: load_intent(path) if path else Intent(),
            help="estate.yaml: accounts, what must be protected, waivers.",
        ),
    )


def reporting_options(command: Command) -> Command:
    """Everything about what comes out, gathered into one argument, `reporting`: formats, verdicts, terminal."""

    @wraps(command)
    def with_reporting(*args: Any, **kwargs: Any) -> Any:
        chosen = {each.name: kwargs.pop(each.name) for each in fields(Reporting)}
        return command(*args, reporting=Reporting(**chosen), **kwargs)

    return _all(
        cast(Command, with_reporting),
        click.option(
            "--format",
            "formats",
            type=CommaSeparated("format", FORMATS),
            help=f"{', '.join(FORMATS)}: one for stdout, any for --out.  [default: table; to --out also json, html]",
        ),
        click.option("--out", type=FOLDER, metavar="DIR", help="Write reports into this folder."),
        click.option(
            "--fail-on",
            type=click.Choice([str(s) for s in Severity]),
            default=str(Severity.HIGH),
            show_default=True,
            callback=lambda _c, _p, value: Severity(value),
            help="Exit with 1 when a finding of this severity or worse fails.",
        ),
        click.option("--strict", is_flag=True, help="Count UNKNOWN as failing."),
        click.option("--baseline", type=FILE, metavar="FILE", help="JSON report whose failures are known."),
        click.option(
            "--only",
            type=CommaSeparated("verdict", tuple(v for v in Verdict if v is not Verdict.NOT_APPLICABLE)),
            callback=lambda _c, _p, value: tuple(Verdict(v) for v in value or ()),
            help="List only findings of these verdicts.",
        ),
        click.option("-q", "--quiet", is_flag=True, help="No progress and no messages, only results."),
        click.option("--no-color", is_flag=True, help="No colour in the table (as NO_COLOR)."),
    )


def _all(command: Command, *decorators: Callable[[Any], Any]) -> Command:
    for decorator in reversed(decorators):
        command = decorator(command)
    return command
