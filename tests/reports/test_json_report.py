"""The JSON report keeps to its published schema, whatever is in it, and is small enough to keep for years."""

import io
import json
from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports import FORMATS, Options
from reports.json_report import VALUE_LIMIT
from scanner.estate.resource import Location, Resource
from scanner.estate.unknown import Unknown, Value
from scanner.estate.verdict import Evidence, Severity, Verdict
from scanner.findings.baseline import read_baseline
from scanner.findings.finding import Finding
from scanner.findings.scan import Run, Scan, Tool

SCHEMA = json.loads(files("reports").joinpath("report.schema.json").read_text("utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def text_of(scan: Scan, **options: Any) -> str:
    stream = io.StringIO()
    FORMATS["json"].write(scan, stream, Options(**options))
    return stream.getvalue()


def observed(value: Value) -> Value:
    finding = Finding("r", Verdict.FAIL, Severity.LOW, Resource("T", "", "", "", "n"), (Evidence("p", "e", value),))
    report = json.loads(text_of(Scan(Tool("t", "0"), Run("", "", ""), findings=(finding,))))
    VALIDATOR.validate(report)
    return report["findings"][0]["evidence"][0]["observed"]


def test_the_published_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_a_report_keeps_to_the_published_schema(scan: Scan) -> None:
    VALIDATOR.validate(json.loads(text_of(scan)))


BROKEN: dict[str, Callable[[Any], object]] = {
    "a key too many": lambda report: report.update(extra=1),
    "a finding without fingerprint": lambda report: report["findings"][0].pop("fingerprint"),
    "a verdict that is only counted": lambda report: report["findings"][0].update(verdict="NOT_APPLICABLE"),
    "a severity in capitals": lambda report: report["findings"][0].update(severity="HIGH"),
    "another version": lambda report: report.update(schema_version="2.0"),
}


@pytest.mark.parametrize("breaking", BROKEN.values(), ids=BROKEN)
def test_the_schema_notices(scan: Scan, breaking: Callable[[Any], object]) -> None:
    report = json.loads(text_of(scan))
    breaking(report)
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(report)


def test_a_report_of_the_first_version_still_keeps_to_the_schema(scan: Scan) -> None:
    report = json.loads(text_of(scan))
    report["schema_version"] = "1.0"
    for finding in report["findings"]:
        finding.pop("when", None)
        (finding["location"] or {}).pop("end_line", None)
    VALIDATOR.validate(report)


def test_where_a_template_declares_a_resource_and_when_a_verdict_holds_is_told_where_it_is_known(scan: Scan) -> None:
    found = {finding["resource"]["name"]: finding for finding in json.loads(text_of(scan))["findings"][:4]}
    assert found["orders-data"]["location"] == {"file": "stacks/dr.yaml", "line": 42, "end_line": 57}
    assert found["orders-data"]["when"] == "Stage is prod"
    assert found["orders-dr"]["location"] is None
    assert "when" not in found["orders-dr"]
    shorter = replace(scan.findings[2], resource=replace(scan.findings[2].resource, location=Location("a", 1)))
    (finding,) = json.loads(text_of(replace(scan, findings=(shorter,))))["findings"]
    assert finding["location"] == {"file": "a", "line": 1}


def test_what_templates_would_change_is_told_where_they_were_laid_over_something(scan: Scan, whole: Scan) -> None:
    assert "changes" not in json.loads(text_of(scan))
    report = json.loads(text_of(whole))
    VALIDATOR.validate(report)
    changes = report["changes"]
    assert [link["effect"] for link in changes["links"]] == ["leaves", "mends", "breaks", "unclear"]
    assert changes["links"][3] == {
        "id": "new/dr/new-dr",
        "before": "",
        "after": "unknown",
        "effect": "unclear",
        "because": [],
    }
    assert changes["access"][0]["context"] == {
        "aws:SourceVpc": "vpc-1",
        "aws:SecureTransport": {"$unknown": "not said"},
    }
    assert changes["doubts"] == ["policy of key {ReplicaKey}: the live one could not be read"]


LINK = {
    "id": "l",
    "source": {"bucket": "a", "account": "1", "region": "r"},
    "destination": {"bucket": "b", "account": "2", "region": "s"},
    "rule": "all",
    "role": "arn:aws:iam::1:role/r",
    "verdict": "broken",
    "failure_reasons": ["DstPutObjectNotPermitted"],
    "missing": [
        {
            "hop": "destination-object",
            "action": "s3:ReplicateObject",
            "resource": "arn:aws:s3:::b/*",
            "effect": "fails",
            "decided_by": "bucket policy of b",
        }
    ],
    "faults": [{"name": "DestinationUnversioned", "hop": "destination-object", "effect": "fails", "what": "it is not"}],
    "excess": [{"hop": "source-object", "action": "s3:*", "resource": "*", "statement": {"Sid": "All"}}],
    "unknown": [{"hop": "source-key", "reason": "refused"}],
}


def test_links_have_the_shape_of_the_contract(scan: Scan) -> None:
    report = json.loads(text_of(replace(scan, links=(LINK,))))
    VALIDATOR.validate(report)
    assert report["links"] == [LINK]


def test_the_summary_counts_everything_whatever_is_listed(scan: Scan) -> None:
    everything, failing = json.loads(text_of(scan)), json.loads(text_of(scan, only=[Verdict.FAIL]))
    assert everything["summary"] == failing["summary"]
    assert everything["summary"] == {
        "PASS": 2,
        "FAIL": 3,
        "UNKNOWN": 1,
        "NOT_APPLICABLE": 4,
        "WAIVED": 1,
        "by_severity": {"critical": 1, "high": 2, "medium": 0, "low": 0, "info": 0},
    }
    assert {finding["verdict"] for finding in failing["findings"]} == {"FAIL"}
    assert len(everything["findings"]) == len(scan.findings)


def test_rules_are_told_once_for_all_their_findings(scan: Scan) -> None:
    text = text_of(scan)
    assert text.count("Replication needs versions at both ends.") == 1
    assert {finding["rule"] for finding in json.loads(text)["findings"]} <= json.loads(text)["rules"].keys()


def test_hostile_names_survive_but_the_file_is_plain_ascii_without_control_characters(scan: Scan, hostile: str) -> None:
    text = text_of(scan)
    assert json.loads(text)["coverage"]["accounts"][1]["name"] == hostile
    assert all(" " <= char <= "~" or char == "\n" for char in text)
    assert "<" not in text


OBSERVED: list[tuple[Value, Value]] = [
    (None, None),
    (True, True),
    ("Enabled", "Enabled"),
    ([1, {"a": "b"}], [1, {"a": "b"}]),
    (Unknown("refused"), {"$unknown": "refused"}),
    ([Unknown("refused")], [{"$unknown": "refused"}]),
    ("x" * 300, "x" * 300),
]


@pytest.mark.parametrize(("value", "shown"), OBSERVED)
def test_a_value_is_reported_as_it_is(value: Value, shown: Value) -> None:
    assert observed(value) == shown


@pytest.mark.parametrize("value", ["x" * 5000, ["y"] * 5000, {"z" * 5000: 1}, "\u202e" * 200])
def test_a_long_value_is_cut_and_says_so(value: Value) -> None:
    cut = observed(value)
    assert cut["length"] == len(json.dumps(value))
    assert json.dumps(value).startswith(cut["$shortened"])
    assert len(json.dumps(cut)) < 2 * VALUE_LIMIT


@settings(deadline=None)
@given(value=st.text() | st.lists(st.text()))
def test_any_text_can_be_observed(value: Value) -> None:
    assert observed(value) == value or "$shortened" in observed(value)


def test_a_report_serves_as_a_baseline(scan: Scan, tmp_path: Path) -> None:
    path = tmp_path / "findings.json"
    path.write_text(text_of(scan))
    baseline = read_baseline(path)
    verdicts = {finding.verdict for finding in scan.findings if finding in baseline}
    assert verdicts == {Verdict.FAIL, Verdict.UNKNOWN}
    assert len(baseline.failing) == 3


def test_a_finding_takes_less_than_a_kilobyte(scan: Scan) -> None:
    usual = [finding for finding in scan.findings if finding.resource.name == "orders-data"] * 500
    assert len(text_of(replace(scan, findings=tuple(usual)))) / len(usual) < 1024
