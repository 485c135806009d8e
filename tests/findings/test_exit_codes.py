"""How a scan ends, as scripts rely on it."""

from dataclasses import replace

import pytest

from scanner.estate.estate import Unseen
from scanner.estate.resource import Resource
from scanner.estate.verdict import Severity, Verdict
from scanner.findings.baseline import Baseline
from scanner.findings.exit_codes import ExitCode, exit_code, meaning
from scanner.findings.finding import Finding
from scanner.findings.scan import Coverage, Run, Scan, Tool

BUCKET = Resource("AWS::S3::Bucket", "arn:aws:s3:::a", "1", "r", "a")
FAIL = Finding("rule", Verdict.FAIL, Severity.HIGH, BUCKET)
MINOR = replace(FAIL, severity=Severity.MEDIUM)
UNKNOWN = replace(FAIL, verdict=Verdict.UNKNOWN)
WAIVED = replace(FAIL, verdict=Verdict.WAIVED)
PASS = replace(FAIL, verdict=Verdict.PASS)
BLIND = Coverage(unseen=(Unseen("1", "", "account", "refused"),))
KNOWN = Baseline(failing=frozenset({FAIL.fingerprint}))
RUN = Run("id", "", "")


def scan(*findings: Finding, coverage: Coverage = Coverage(), run: Run = RUN) -> Scan:  # noqa: B008 - frozen
    return Scan(Tool("drscan", "0"), run, coverage, findings)


CASES = {
    "nothing at all": (scan(), {}, ExitCode.CLEAN),
    "all passes": (scan(PASS, WAIVED), {}, ExitCode.CLEAN),
    "something fails": (scan(FAIL, PASS), {}, ExitCode.FAILING),
    "something fails below the bar": (scan(MINOR), {}, ExitCode.CLEAN),
    "the bar is lower": (scan(MINOR), {"fail_on": Severity.INFO}, ExitCode.FAILING),
    "the bar is higher": (scan(FAIL), {"fail_on": Severity.CRITICAL}, ExitCode.CLEAN),
    "something is unknown": (scan(PASS, UNKNOWN), {}, ExitCode.INCOMPLETE),
    "something was not seen": (scan(PASS, coverage=BLIND), {}, ExitCode.INCOMPLETE),
    "it stopped early": (scan(run=replace(RUN, complete=False)), {}, ExitCode.INCOMPLETE),
    "failures and blind spots together": (scan(FAIL, UNKNOWN, coverage=BLIND), {}, ExitCode.FAILING),
    "a minor failure and a blind spot": (scan(MINOR, coverage=BLIND), {}, ExitCode.INCOMPLETE),
    "unknown, and strict": (scan(UNKNOWN), {"strict": True}, ExitCode.FAILING),
    "unknown below the bar, and strict": (
        scan(replace(UNKNOWN, severity=Severity.LOW)),
        {"strict": True},
        ExitCode.INCOMPLETE,
    ),
    "a known failure": (scan(FAIL), {"baseline": KNOWN}, ExitCode.CLEAN),
    "another failure": (scan(FAIL, replace(FAIL, rule="new")), {"baseline": KNOWN}, ExitCode.FAILING),
    "a known unknown is still a blind spot": (
        scan(UNKNOWN),
        {"strict": True, "baseline": Baseline(unknown=frozenset({UNKNOWN.fingerprint}))},
        ExitCode.INCOMPLETE,
    ),
    "an unknown that used to fail": (scan(UNKNOWN), {"strict": True, "baseline": KNOWN}, ExitCode.FAILING),
    "a failure that used to be unknown": (
        scan(FAIL),
        {"baseline": Baseline(unknown=frozenset({FAIL.fingerprint}))},
        ExitCode.FAILING,
    ),
    "interrupted": (scan(FAIL, run=replace(RUN, complete=False, interrupted=True)), {}, ExitCode.INTERRUPTED),
}


@pytest.mark.parametrize(("result", "options", "code"), CASES.values(), ids=CASES)
def test_exit_code_when(result: Scan, options: dict[str, object], code: ExitCode) -> None:
    assert exit_code(result, **options) is code  # type: ignore[arg-type]


def test_the_numbers_are_a_contract() -> None:
    assert [int(code) for code in ExitCode] == [0, 1, 2, 3, 130]


@pytest.mark.parametrize("code", ExitCode)
def test_every_code_has_a_meaning_of_its_own(code: ExitCode) -> None:
    others = {meaning(other, Severity.HIGH) for other in ExitCode if other is not code}
    assert meaning(code, Severity.HIGH) not in others
