"""What a user can choose about a report, whatever its format."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from scanner.estate.verdict import Severity, Verdict
from scanner.findings.baseline import Baseline
from scanner.findings.exit_codes import ExitCode, meaning


@dataclass(frozen=True, slots=True)
class Options:
    """Choices that every format takes; each ignores those that mean nothing to it.

    `only` narrows the findings listed, never the summary; empty for the format's own choice. `color` and `width` (in
    columns) describe the terminal. `rows` bounds how many findings of one rule the table lists. `exit_code`, `fail_on`,
    `allow_unknown` and `baseline` are how the run ends, so that a report can say it; None where that is not decided.
    `root` is the top of the repository, from which pipelines count paths; without one, files are called what users call
    them.
    """

    only: Collection[Verdict] = ()
    color: bool = False
    width: int = 100
    rows: int = 20
    exit_code: ExitCode | None = None
    fail_on: Severity = Severity.HIGH
    allow_unknown: bool = False
    baseline: Baseline | None = None
    root: Path | None = None

    @property
    def ending(self) -> tuple[int, str] | None:
        """The number that the program ends with, and what that says in words; None where it is not decided."""
        if self.exit_code is None:
            return None
        told = meaning(self.exit_code, self.fail_on)
        if self.exit_code is ExitCode.INCOMPLETE and self.allow_unknown:
            return int(ExitCode.CLEAN), f"{told}, which was allowed"
        return int(self.exit_code), told
