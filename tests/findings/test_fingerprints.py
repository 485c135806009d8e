"""A fingerprint follows the fault, not the words around it."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.estate.resource import Location, Resource
from scanner.estate.verdict import Evidence, Severity, Verdict
from scanner.findings.finding import Finding
from scanner.findings.fingerprints import fingerprint

BUCKET = "AWS::S3::Bucket arn:aws:s3:::orders"


def test_it_stays_what_it_was_in_the_first_release() -> None:
    """Baselines on other people's disks hold these: a change here breaks all of them."""
    assert fingerprint("a-rule", BUCKET, ["Rules[0].Status"]) == "d0ace86aa8ba49072ba47af738beccbb"


SAME: list[tuple[str, Sequence[str], Sequence[str]]] = [
    ("the order of evidence", ["A", "B"], ["B", "A"]),
    ("a good element put before the bad one", ["Rules[0].Status"], ["Rules[1].Status"]),
]
OTHER: list[tuple[str, Sequence[str], Sequence[str]]] = [
    ("another place", ["A"], ["B"]),
    ("a second fault beside the known one", ["Rules[0].Status"], ["Rules[0].Status", "Rules[1].Status"]),
    ("no evidence", [], ["A"]),
    ("a boundary between parts", ["AB"], ["A", "B"]),
]


@pytest.mark.parametrize(("one", "two"), [case[1:] for case in SAME], ids=[case[0] for case in SAME])
def test_does_not_change_with(one: Sequence[str], two: Sequence[str]) -> None:
    assert fingerprint("r", BUCKET, one) == fingerprint("r", BUCKET, two)


@pytest.mark.parametrize(("one", "two"), [case[1:] for case in OTHER], ids=[case[0] for case in OTHER])
def test_changes_with(one: Sequence[str], two: Sequence[str]) -> None:
    assert fingerprint("r", BUCKET, one) != fingerprint("r", BUCKET, two)


def test_changes_with_rule_resource_and_the_number_of_faults_beyond_the_cap() -> None:
    assert len({fingerprint(*key) for key in (("r", "x", ()), ("s", "x", ()), ("r", "y", ()), ("r", "x", (), 1))}) == 4


def test_a_finding_keeps_it_over_lines_values_severity_and_verdict() -> None:
    def found(verdict: Verdict, severity: Severity, evidence: Evidence, line: int) -> str:
        resource = Resource("T", "arn", "1", "r", "n", location=Location("a.yaml", line))
        return Finding("rule", verdict, severity, resource, (evidence,)).fingerprint

    then = found(Verdict.FAIL, Severity.HIGH, Evidence("A", "equals 1", 2, "s3:X"), 10)
    now = found(Verdict.UNKNOWN, Severity.LOW, Evidence("A", "is 1", 3, "derived"), 99)
    assert then == now


@given(rule=st.text(), identity=st.text(), paths=st.lists(st.text()))
def test_it_is_always_32_hexadecimal_digits(rule: str, identity: str, paths: list[str]) -> None:
    mark = fingerprint(rule, identity, paths)
    assert len(mark) == 32
    assert set(mark) <= set("0123456789abcdef")
