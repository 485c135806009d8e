"""Progress on stderr while accounts are read: only for a person at a terminal, never in a log."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from scanner.sources.aws.progress import Counts


@dataclass
class Watch:
    """Told the counts by the reader; keeps the last calls, and shows the rest where somebody looks."""

    show: "Callable[[Counts], None] | None" = None
    calls: int = field(default=0)

    def __call__(self, counts: "Counts") -> None:
        """Take note of how far the reading is."""
        self.calls = counts.calls
        if self.show is not None:
            self.show(counts)


@contextmanager
def showing(*, quiet: bool) -> Iterator[Watch]:
    """A progress bar for as long as the block runs; nothing when `quiet` or when stderr is no terminal."""
    if quiet or not sys.stderr.isatty():
        yield Watch()
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[said]}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading", total=None, said="")

        def show(counts: "Counts") -> None:
            said = (
                f"accounts {counts.accounts}/{counts.accounts_total}  "
                f"regions {counts.regions}/{counts.regions_total}  calls {counts.calls}/{counts.calls_total}"
            )
            bar.update(task, completed=counts.calls, total=counts.calls_total or None, said=said)

        yield Watch(show)
