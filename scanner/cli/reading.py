"""Where the estate of a scan comes from: live accounts, with progress for whoever watches, or a snapshot."""

from dataclasses import dataclass
from pathlib import Path

import click

from scanner.audit import Question
from scanner.cli.progress import showing
from scanner.estate.estate import Estate


@dataclass(frozen=True, slots=True)
class Reading:
    """An estate and how it was come by: `source` in words, the `calls` made (None for none), whether it was stopped."""

    estate: Estate
    source: str
    calls: int | None = None
    interrupted: bool = False


def saved_estate(path: Path) -> Reading:
    """The estate of a snapshot. Raises `InvalidInputError` with the line of whatever is wrong in it."""
    from scanner.estate.snapshot_reading import read_snapshot

    return Reading(read_snapshot(path), f"snapshot {path.name}")


def live_estate(asked: Question, workers: int, *, quiet: bool) -> Reading:
    """What the question needs, read from the accounts of its intent.

    An early end (Ctrl-C, expired credentials) is said on stderr, and what was seen until then comes back.
    """
    from scanner.sources.aws.reader import read
    from scanner.sources.aws.stopping import Stop, stop_of
    from scanner.sources.aws.targets import targets_from

    found = targets_from(asked.intent)
    with showing(quiet=quiet) as progress:
        estate = read(found.targets, asked.needs, progress=progress, workers=workers, unseen=found.unseen)
    stop = stop_of(estate)
    if stop is not None:
        click.echo(f"drscan: {stop[1]}; the report says what was seen until then", err=True)
    return Reading(estate, "aws", progress.calls, stop is not None and stop[0] is Stop.INTERRUPTED)
