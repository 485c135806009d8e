"""JUnit XML by the schema that Jenkins, Surefire and their like agree on, whatever text is in it."""

import io
from dataclasses import replace
from datetime import date
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports import FORMATS, Options
from scanner.estate.intent import Waiver
from scanner.estate.resource import Resource
from scanner.estate.verdict import Evidence, Severity, Verdict
from scanner.findings.baseline import Baseline
from scanner.findings.finding import Finding
from scanner.findings.rule_info import RuleInfo
from scanner.findings.scan import Run, Scan, Tool

ATTRIBUTES = {
    "testsuites": {"name", "tests", "failures", "errors", "time"},
    "testsuite": {"name", "tests", "failures", "errors", "skipped", "timestamp"},
    "testcase": {"name", "classname"},
    "failure": {"message", "type"},
    "error": {"message", "type"},
    "skipped": {"message"},
}
CHILDREN = {"testsuites": {"testsuite"}, "testsuite": {"testcase"}, "testcase": {"failure", "error", "skipped"}}
COUNTS = {"failures": "failure", "errors": "error", "skipped": "skipped"}
FAILING = Finding("r", Verdict.FAIL, Severity.HIGH, Resource("T", "", "1", "", "n"))


def text_of(scan: Scan, **options: Any) -> str:
    stream = io.StringIO()
    FORMATS["junit"].write(scan, stream, Options(**options))
    return stream.getvalue()


def report_of(scan: Scan, **options: Any) -> ElementTree.Element:
    root = ElementTree.fromstring(text_of(scan, **options))
    for element in root.iter():
        assert set(element.attrib) <= ATTRIBUTES[element.tag]
        assert {child.tag for child in element} <= CHILDREN.get(element.tag, set())
        if element.tag in ("testsuite", "testsuites"):
            assert int(element.attrib["tests"]) == len(list(element.iter("testcase")))
            for attribute in COUNTS.keys() & element.attrib.keys():
                assert int(element.attrib[attribute]) == len(list(element.iter(COUNTS[attribute])))
    return root


def one(finding: Finding, **options: Any) -> tuple[str, str]:
    """How the test of a finding ended, and its message."""
    rules = {"r": RuleInfo("r", "It holds", Severity.HIGH)}
    root = report_of(Scan(Tool("t", "0"), Run("", "", ""), findings=(finding,), rules=rules), **options)
    (case,) = root.iter("testcase")
    return (case[0].tag, case[0].attrib["message"]) if len(case) else ("", "")


def test_a_suite_for_each_rule_and_a_case_for_each_finding(scan: Scan) -> None:
    root = report_of(scan)
    assert root.attrib == {"name": "drscan", "tests": "7", "failures": "3", "errors": "1", "time": "7.000"}
    suites = {suite.attrib["name"]: [case.attrib["name"] for case in suite] for suite in root}
    assert [len(cases) for cases in suites.values()] == [1, 5, 1]
    assert "orders-data [stacks/dr.yaml:42 111111111111 (primary) us-east-1]" in suites["bucket-versioning-enabled"]


def test_a_failure_says_all_that_a_person_needs(scan: Scan) -> None:
    case = next(case for case in report_of(scan).iter("testcase") if case.attrib["name"].startswith("orders-data"))
    (failure,) = case
    assert failure.attrib["message"].startswith('orders-data fails: VersioningConfiguration.Status: "Suspended"')
    assert failure.attrib["type"] == "high"
    for words in ("Next step: Turn on versioning.", "stacks/dr.yaml:42", "arn:aws:s3:::orders-data", "Stage is prod"):
        assert words in str(failure.text)


WAIVED = replace(FAILING, verdict=Verdict.WAIVED, waiver=Waiver("r", "*", "It moves.", "storage", date(2027, 1, 31)))
KNOWN = Baseline(frozenset({FAILING.fingerprint}), frozenset({FAILING.fingerprint}))
UNKNOWN = replace(FAILING, verdict=Verdict.UNKNOWN)
ENDINGS: list[tuple[Finding, dict[str, Any], str]] = [
    (FAILING, {}, "failure"),
    (FAILING, {"allow_unknown": True}, "failure"),
    (FAILING, {"baseline": KNOWN}, "skipped"),
    (UNKNOWN, {}, "error"),
    (UNKNOWN, {"allow_unknown": True}, "skipped"),
    (UNKNOWN, {"baseline": KNOWN}, "skipped"),
    (WAIVED, {}, "skipped"),
    (replace(FAILING, verdict=Verdict.PASS), {}, ""),
]


@pytest.mark.parametrize(("finding", "options", "ending"), ENDINGS)
def test_what_is_not_known_is_not_green_unless_the_user_says_so(
    finding: Finding, options: dict[str, Any], ending: str
) -> None:
    assert one(finding, **options)[0] == ending


def test_why_a_test_was_skipped_is_said(scan: Scan) -> None:
    assert one(FAILING, baseline=KNOWN)[1].startswith("Known to the baseline: n fails")
    assert one(WAIVED, baseline=KNOWN)[1].startswith("n fails, which its owner accepts")
    assert "Accepted until 2027-01-31, data team: Nothing is kept here." in text_of(scan)


@given(text=st.text(alphabet=st.characters(), min_size=1))
def test_any_text_at_all_makes_well_formed_xml(text: str) -> None:
    resource = Resource("T", text, text, text, text)
    ending, message = one(replace(FAILING, resource=resource, evidence=(Evidence(text, text, text),), when=text))
    assert ending == "failure"
    assert message.isprintable()


def test_control_characters_which_xml_forbids_are_visible_instead() -> None:
    assert (
        one(replace(FAILING, resource=Resource("T", "", "", "", "a\x00\x1b\ufffeb")))[1] == r"a\x00\x1b\ufffeb fails."
    )
