"""How a scan ends: the exit code that scripts and pipelines act upon, and what it means in words."""

from enum import IntEnum
from typing import assert_never

from scanner.estate.verdict import Severity, Verdict
from scanner.findings.baseline import Baseline
from scanner.findings.finding import Finding
from scanner.findings.scan import Scan


class ExitCode(IntEnum):
    """The exit codes of the contract."""

    CLEAN = 0
    FAILING = 1
    INVALID = 2
    INCOMPLETE = 3
    INTERRUPTED = 130


def exit_code(
    scan: Scan, fail_on: Severity = Severity.HIGH, *, strict: bool = False, baseline: Baseline | None = None
) -> ExitCode:
    """The exit code of a finished scan.

    Failing is a FAIL of severity `fail_on` or worse that is not in the baseline; with `strict` an UNKNOWN too. With
    failures and blind spots together the failures win; an interrupted scan says so whatever it found.
    """
    if scan.run.interrupted:
        return ExitCode.INTERRUPTED
    known = baseline or Baseline()
    if any(_counts(finding, fail_on, strict) and finding not in known for finding in scan.findings):
        return ExitCode.FAILING
    if scan.coverage.unseen or scan.counts[Verdict.UNKNOWN] or not scan.run.complete:
        return ExitCode.INCOMPLETE
    return ExitCode.CLEAN


def meaning(code: ExitCode, fail_on: Severity) -> str:
    """One sentence for a person on what the exit code says."""
    match code:
        case ExitCode.CLEAN:
            return f"nothing fails at {fail_on} or worse, and everything asked for was seen"
        case ExitCode.FAILING:
            return f"something fails at {fail_on} or worse"
        case ExitCode.INVALID:
            return "invalid input: nothing was judged"
        case ExitCode.INCOMPLETE:
            return f"nothing fails at {fail_on} or worse, but not everything could be seen"
        case ExitCode.INTERRUPTED:
            return "interrupted: this is only what was seen until then"
    assert_never(code)


def _counts(finding: Finding, fail_on: Severity, strict: bool) -> bool:
    failing = finding.verdict is Verdict.FAIL or (strict and finding.verdict is Verdict.UNKNOWN)
    return failing and finding.severity.rank <= fail_on.rank
