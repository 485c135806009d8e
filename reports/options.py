"""What a user can choose about a report, whatever its format."""

from collections.abc import Collection
from dataclasses import dataclass

from scanner.estate.verdict import Severity, Verdict
from scanner.findings.baseline import Baseline
from scanner.findings.exit_codes import ExitCode


@dataclass(frozen=True, slots=True)
class Options:
    """Choices that every format takes; each ignores those that mean nothing to it.

    `only` narrows the findings listed, never the summary; empty for the format's own choice. `color` and `width` (in
    columns) describe the terminal. `rows` bounds how many findings of one rule the table lists. `exit_code`, `fail_on`
    and `baseline` are how the run ends, so that a report can say it; None where that is not decided.
    """

    only: Collection[Verdict] = ()
    color: bool = False
    width: int = 100
    rows: int = 20
    exit_code: ExitCode | None = None
    fail_on: Severity = Severity.HIGH
    baseline: Baseline | None = None
