"""SARIF that keeps to the published schema, and to what code scanning on GitHub asks for beyond it."""

import io
import json
import random
import re
import zlib
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports import FORMATS, Options, sarif
from reports.sarif_rules import MAX_TAGS
from scanner.estate.estate import Unseen
from scanner.estate.intent import Waiver
from scanner.estate.resource import Location, Resource
from scanner.estate.verdict import Evidence, Severity, Verdict
from scanner.findings.baseline import Baseline
from scanner.findings.exit_codes import ExitCode
from scanner.findings.finding import Finding
from scanner.findings.rule_info import RuleInfo
from scanner.findings.scan import Run, Scan, Tool

SCHEMA = json.loads((Path(__file__).parent / "schemas" / "sarif-schema-2.1.0.json").read_text("utf-8"))
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)


def log_of(scan: Scan, **options: Any) -> Any:
    stream = io.StringIO()
    FORMATS["sarif"].write(scan, stream, Options(**options))
    log = json.loads(stream.getvalue())
    VALIDATOR.validate(log)
    return log


def run_of(scan: Scan, **options: Any) -> Any:
    (run,) = log_of(scan, **options)["runs"]
    return run


def one(finding: Finding, **options: Any) -> Any:
    scan = Scan(Tool("drscan", "0.1.0"), Run("r", "", ""), findings=(finding,), rules={"r": RULE})
    (result,) = run_of(scan, **options)["results"]
    return result


def physical(result: Any) -> Any:
    (location,) = result["locations"]
    return location["physicalLocation"]


RULE = RuleInfo("r", "It holds", Severity.HIGH)
BUCKET = Resource("AWS::S3::Bucket", "arn:aws:s3:::b", "1", "eu-west-1", "b", location=Location("a.yaml", 3, 9))


def test_the_schema_is_a_schema_and_notices_a_mistake(whole: Scan) -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    log = log_of(whole)
    log["runs"][0]["results"][0]["kind"] = "failed"
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(log)


def test_a_log_has_one_run_with_all_that_github_requires(whole: Scan) -> None:
    log = log_of(whole, exit_code=ExitCode.FAILING)
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    for rule in driver["rules"]:
        for text in (rule["shortDescription"]["text"], rule["fullDescription"]["text"], rule["help"]["text"]):
            assert text
        assert rule["defaultConfiguration"]["level"] in ("note", "warning", "error")
    for result in run["results"]:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"]
        assert physical(result)["artifactLocation"]["uri"]
        assert physical(result)["region"]["startLine"] >= 1
        assert result["partialFingerprints"]
    assert run["automationDetails"]["id"] == "drscan/run-1"


VERDICTS = {
    Verdict.FAIL: ("r", "fail", "error", "8.0"),
    Verdict.UNKNOWN: ("r.unknown", "open", "none", None),
    Verdict.WAIVED: ("r.waived", "fail", "note", None),
    Verdict.PASS: ("r.pass", "pass", "none", None),
}


@pytest.mark.parametrize("verdict", VERDICTS)
def test_only_a_failure_has_the_severity_of_its_rule(verdict: Verdict) -> None:
    """GitHub looks at the rule's severity, whatever the kind or the level of the result says."""
    scan = Scan(Tool("t", "0"), Run("", "", ""), findings=(Finding("r", verdict, RULE.severity, BUCKET),))
    run = run_of(replace(scan, rules={"r": RULE}), only=[verdict])
    (result,) = run["results"]
    rule = run["tool"]["driver"]["rules"][result["ruleIndex"]]
    security = rule["properties"].get("security-severity")
    assert (result["ruleId"], result["kind"], result["level"], security) == VERDICTS[verdict]


def test_what_passes_is_left_out_unless_it_is_asked_for(scan: Scan) -> None:
    assert {result["kind"] for result in run_of(scan)["results"]} == {"fail", "open"}
    assert {result["kind"] for result in run_of(scan, only=[Verdict.PASS])["results"]} == {"pass"}


def test_what_is_undecided_and_allowed_is_no_alert_but_what_stands_in_the_way_is_told(scan: Scan) -> None:
    run = run_of(scan, allow_unknown=True)
    assert {result["kind"] for result in run["results"]} == {"fail"}
    assert notes_of(run, "undecided")[0].startswith("In the way of a verdict: grant s3:GetBucketVersioning in 2222")
    assert notes_of(run_of(scan), "undecided") == []


@pytest.mark.parametrize(
    ("severity", "level", "score"),
    [("critical", "error", 9.0), ("high", "error", 7.0), ("medium", "warning", 4.0), ("low", "note", 0.1)],
)
def test_the_score_of_a_severity_is_in_the_band_that_github_calls_by_its_name(
    severity: str, level: str, score: float
) -> None:
    rule = RuleInfo("r", "It holds", Severity(severity))
    run = run_of(Scan(Tool("t", "0"), Run("", "", ""), rules={"r": rule}))
    (described,) = run["tool"]["driver"]["rules"]
    assert score < float(described["properties"]["security-severity"]) < score + 2.9
    assert described["defaultConfiguration"]["level"] == level
    assert described["properties"]["tags"] == ["security", severity]


def test_a_rule_is_explained_with_why_next_step_techniques_controls_and_references(scan: Scan) -> None:
    rules = {rule["id"]: rule for rule in run_of(scan)["tool"]["driver"]["rules"]}
    rule = rules["recovery-bucket-locked"]
    assert rule["name"] == "RecoveryBucketLocked"
    assert rule["helpUri"] == "https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html"
    for words in ("whoever takes over", "**Next step:** Turn on Object Lock", "T1485 Data Destruction", r"CP-9\(8\)"):
        assert words in rule["help"]["markdown"]
    assert "Next step: Turn on Object Lock" in rule["help"]["text"]
    assert "javascript" not in json.dumps(rule)
    assert rule["properties"]["tags"][:4] == ["security", "critical", "T1485", "T1490"]
    assert rule["properties"]["precision"] == "high"


def test_a_failure_says_what_was_seen_and_expected_when_and_what_to_do(scan: Scan) -> None:
    result = next(each for each in run_of(scan)["results"] if "orders-data" in each["message"]["text"])
    first, *rest = result["message"]["text"].splitlines()
    assert first.startswith(
        'orders-data fails: VersioningConfiguration.Status: "Suspended", expected: equals "Enabled"'
    )
    assert first.endswith(", when Stage is prod.")
    assert rest == [
        "What should hold: Buckets that take part in replication keep versions.",
        "Next step: Turn on versioning.",
    ]
    assert physical(result)["region"] == {"startLine": 42, "startColumn": 1, "endLine": 57}
    assert physical(result)["artifactLocation"] == {"uri": "stacks/dr.yaml", "uriBaseId": "%SRCROOT%"}


def test_what_stands_in_no_file_has_a_path_that_names_it_for_github_rejects_a_file_with_a_result_without_one() -> None:
    result = one(Finding("r", Verdict.FAIL, Severity.HIGH, replace(BUCKET, location=None)))
    assert physical(result)["artifactLocation"] == {"uri": "estate/1/eu-west-1/AWS%3A%3AS3%3A%3ABucket/b"}
    (location,) = result["locations"]
    assert location["logicalLocations"][0]["fullyQualifiedName"] == "arn:aws:s3:::b"
    assert "no file" in location["message"]["text"]


def test_github_s_own_fingerprint_is_given_only_where_it_could_not_tell_results_apart() -> None:
    finding = Finding("r", Verdict.FAIL, Severity.HIGH, BUCKET)
    beside = replace(finding, resource=replace(BUCKET, arn="arn:aws:s3:::c", name="c"))
    scan = Scan(Tool("t", "0"), Run("", "", ""), rules={"r": RULE})
    (alone,) = run_of(replace(scan, findings=(finding,)))["results"]
    assert alone["partialFingerprints"] == {"drscan/v1": finding.fingerprint}
    first, second = run_of(replace(scan, findings=(finding, beside)))["results"]
    assert first["partialFingerprints"]["primaryLocationLineHash"] == f"{finding.fingerprint}:1"
    assert second["partialFingerprints"]["primaryLocationLineHash"] == f"{beside.fingerprint}:1"


@pytest.mark.parametrize(("location", "kind"), [(None, "external"), (Location("a.yaml", 3), "inSource")])
def test_a_waived_failure_is_suppressed_with_who_accepts_it_until_when_and_why(
    location: Location | None, kind: str
) -> None:
    waiver = Waiver("r", "*", "It moves.", "storage", date(2027, 1, 31), location=location)
    result = one(Finding("r", Verdict.WAIVED, Severity.HIGH, BUCKET, waiver=waiver))
    assert result["suppressions"] == [
        {"kind": kind, "status": "accepted", "justification": "until 2027-01-31, storage: It moves."}
    ]


def test_a_baseline_tells_new_from_known_and_new_ones_come_first(scan: Scan) -> None:
    assert all("baselineState" not in result for result in run_of(scan)["results"])
    baseline = Baseline(frozenset({scan.findings[0].fingerprint, scan.findings[4].fingerprint}))
    results = run_of(scan, baseline=baseline)["results"]
    states = {result["partialFingerprints"]["drscan/v1"]: result["baselineState"] for result in results}
    assert states[scan.findings[0].fingerprint] == "unchanged"
    assert states[scan.findings[4].fingerprint] == "updated"
    assert states[scan.findings[1].fingerprint] == "new"
    assert results[-1]["baselineState"] == "unchanged"


def test_the_invocation_tells_how_the_run_ended_and_what_was_not_seen(scan: Scan) -> None:
    (invocation,) = run_of(scan, exit_code=ExitCode.INCOMPLETE)["invocations"]
    assert not invocation["executionSuccessful"]
    assert (invocation["exitCode"], invocation["startTimeUtc"]) == (3, "2026-11-21T10:00:00Z")
    told = [note["message"]["text"] for note in invocation["toolExecutionNotifications"]]
    assert any("sts:AssumeRole refused" in text for text in told)
    assert any("the waiver of a-rule expired" in text for text in told)
    (allowed,) = run_of(scan, exit_code=ExitCode.INCOMPLETE, allow_unknown=True)["invocations"]
    assert (allowed["exitCode"], allowed["exitCodeDescription"][-19:]) == (0, ", which was allowed")


def notes_of(run: Any, id_: str) -> list[str]:
    notes = run["invocations"][0]["toolExecutionNotifications"]
    return [note["message"]["text"] for note in notes if note["descriptor"]["id"] == id_]


def test_more_results_than_github_takes_are_cut_the_worst_kept_and_it_is_told(
    scan: Scan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sarif, "MAX_RESULTS", 2)
    run = run_of(scan)
    assert [result["level"] for result in run["results"]] == ["error", "error"]
    assert notes_of(run, "cut") == ["3 results are left out, for GitHub takes no more; the JSON report has all"]
    monkeypatch.setattr(sarif, "MAX_NOTIFICATIONS", 1)
    many = run_of(replace(scan, coverage=replace(scan.coverage, unseen=(Unseen("1", "", "x", "y"),) * 3)))
    assert notes_of(many, "unseen")[-1] == "2 more things were not seen; JSON has all"


def test_a_file_stays_below_the_size_that_github_takes_whatever_is_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "MAX_PACKED", 100_000)
    noise = random.Random(1)
    names = [noise.randbytes(60).hex() for _ in range(3000)]
    findings = [
        Finding("r", Verdict.FAIL, Severity.HIGH, replace(BUCKET, name=name, arn=name, location=None)) for name in names
    ]
    stream = io.StringIO()
    scan = Scan(Tool("t", "0"), Run("", "", ""), findings=tuple(findings), rules={"r": RULE})
    FORMATS["sarif"].write(scan, stream, Options())
    assert 80_000 < len(zlib.compress(stream.getvalue().encode())) < 105_000
    run = json.loads(stream.getvalue())["runs"][0]
    assert notes_of(run, "cut")[0].startswith(f"{3000 - len(run['results']):,} results are left out")


def test_a_rule_has_no_more_tags_than_github_takes_and_it_is_told() -> None:
    rule = replace(RULE, controls={"framework": tuple(f"C-{number}" for number in range(30))})
    run = run_of(Scan(Tool("t", "0"), Run("", "", ""), rules={"r": rule}))
    (described,) = run["tool"]["driver"]["rules"]
    assert len(described["properties"]["tags"]) == MAX_TAGS
    assert "C-29" in described["help"]["markdown"]
    assert notes_of(run, "tags") == ["1 rule would have more than 20 tags: the rest is in their help"]


def test_nothing_hostile_is_active_in_it(whole: Scan) -> None:
    stream = io.StringIO()
    FORMATS["sarif"].write(whole, stream, Options())
    assert all(" " <= char <= "~" or char == "\n" for char in stream.getvalue())
    assert "<" not in stream.getvalue()


@given(name=st.text(min_size=1), line=st.integers(0, 9), end_line=st.integers(0, 9))
def test_any_name_of_resource_and_file_makes_a_valid_log(name: str, line: int, end_line: int) -> None:
    resource = replace(BUCKET, name=name, location=Location(name, line, end_line))
    result = one(Finding("r", Verdict.FAIL, Severity.HIGH, resource, (Evidence(name, name, name),), when=name))
    uri = physical(result)["artifactLocation"]["uri"]
    assert re.fullmatch(r"(file://)?[A-Za-z0-9._~%/-]+", uri)
    region = physical(result)["region"]
    assert 1 <= region["startLine"] <= region.get("endLine", 9)
    assert not re.search(r"\]\(", result["message"]["text"])
