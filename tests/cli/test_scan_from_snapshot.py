"""`drscan scan --from`: exit codes, formats and what is said where, on snapshots that need no account."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

RULE = "bucket-versioning-not-suspended"
PRIMARY = {"id": "111111111111", "name": "primary", "regions": ["us-east-1"]}


def bucket(name: str, status: object) -> dict[str, object]:
    return {
        "type": "AWS::S3::Bucket",
        "arn": f"arn:aws:s3:::{name}",
        "account": PRIMARY["id"],
        "region": "us-east-1",
        "name": name,
        "properties": {"VersioningConfiguration": {"Status": status}},
    }


@pytest.fixture
def snapshot(tmp_path: Path) -> Callable[..., Path]:
    def write(*buckets: dict[str, object], **header: object) -> Path:
        first = {
            "drscan_snapshot": 1,
            "taken": "2026-11-21T00:00:00Z",
            "accounts": [PRIMARY],
            "unseen": [],
            **header,
        }
        path = tmp_path / "estate.jsonl"
        path.write_text("".join(json.dumps(line) + "\n" for line in (first, *buckets)))
        return path

    return write


REFUSED = {"$unknown": "s3:GetBucketVersioning refused: AccessDenied; needs s3:GetBucketVersioning"}
UNSEEN = {
    "account": PRIMARY["id"],
    "region": "us-east-1",
    "what": "AWS::S3::Bucket",
    "reason": "s3:ListBuckets refused: AccessDenied; needs s3:ListAllMyBuckets",
    "iam_action": "s3:ListAllMyBuckets",
}


@pytest.mark.parametrize(
    ("status", "options", "code"),
    [
        ("Enabled", [], 0),
        ("Suspended", ["--fail-on", "medium"], 1),
        ("Suspended", ["--fail-on", "critical"], 0),
        (REFUSED, [], 3),
        (REFUSED, ["--strict", "--fail-on", "medium"], 1),
    ],
)
def test_the_exit_code_is_that_of_the_contract(drscan, snapshot, status: object, options: list[str], code: int) -> None:
    path = snapshot(bucket("a", status))
    assert drscan("scan", "--from", path, "--rule", RULE, *options).code == code


def test_a_refused_listing_is_a_blind_spot_not_a_clean_bill(drscan, snapshot) -> None:
    outcome = drscan("scan", "--from", snapshot(unseen=[UNSEEN]), "--rule", RULE)
    assert outcome.code == 3
    assert "s3:ListAllMyBuckets" in outcome.out


def test_failures_and_blind_spots_together_are_failures(drscan, snapshot) -> None:
    path = snapshot(bucket("a", "Suspended"), unseen=[UNSEEN])
    assert drscan("scan", "--from", path, "--rule", RULE, "--fail-on", "medium").code == 1


def test_a_type_that_a_partial_snapshot_did_not_read_is_a_blind_spot(drscan, snapshot) -> None:
    outcome = drscan("scan", "--from", snapshot(types=["AWS::KMS::Key"]), "--rule", RULE, "--format", "json")
    (unseen,) = json.loads(outcome.out)["coverage"]["unseen"]
    assert (outcome.code, unseen["what"]) == (3, "AWS::S3::Bucket")


def test_results_go_to_stdout_and_stderr_stays_empty(drscan, snapshot) -> None:
    outcome = drscan("scan", "--from", snapshot(bucket("a", "Enabled")), "--rule", RULE, "--format", "json")
    assert json.loads(outcome.out)["summary"]["PASS"] == 1
    assert outcome.err == ""


def test_a_folder_gets_every_format_and_the_terminal_the_table(drscan, snapshot, tmp_path: Path) -> None:
    out = tmp_path / "reports"
    outcome = drscan("scan", "--from", snapshot(bucket("a", "Enabled")), "--rule", RULE, "--out", out)
    assert sorted(path.name for path in out.iterdir()) == ["findings.json", "report.html"]
    assert json.loads((out / "findings.json").read_text())["summary"]["PASS"] == 1
    assert "1 passed" in outcome.out


def test_a_saved_snapshot_gives_the_same_findings_again(drscan, snapshot, tmp_path: Path) -> None:
    first = snapshot(bucket("a", "Suspended"), bucket("b", REFUSED))
    saved = tmp_path / "saved.jsonl.gz"
    before = drscan("scan", "--from", first, "--rule", RULE, "--format", "json", "--save", saved)
    after = drscan("scan", "--from", saved, "--rule", RULE, "--format", "json")
    assert json.loads(after.out)["findings"] == json.loads(before.out)["findings"]
    assert after.code == before.code


def test_a_baseline_forgives_what_it_knows_and_nothing_else(drscan, snapshot, tmp_path: Path) -> None:
    baseline = tmp_path / "baseline.json"
    known = snapshot(bucket("a", "Suspended"))
    baseline.write_text(drscan("scan", "--from", known, "--rule", RULE, "--format", "json").out)
    options = ("--rule", RULE, "--fail-on", "medium", "--baseline", baseline)
    assert drscan("scan", "--from", known, *options).code == 0
    assert drscan("scan", "--from", snapshot(bucket("a", "Suspended"), bucket("b", "Suspended")), *options).code == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--rule", "bucket-versioning-not-suspendet"], "bucket-versioning-not-suspended"),
        (["--format", "table,json"], "--out"),
        (["--format", "yaml"], "'yaml' is not one of table, json, html"),
        (["--baseline", "/nowhere.json"], "/nowhere.json"),
        (["--estate", "/nowhere.yaml"], "/nowhere.yaml"),
        (["--rules", "/nowhere"], "/nowhere"),
        (["--save", "/nowhere/estate.jsonl"], "/nowhere/estate.jsonl"),
        (["--severity", "worst"], "worst"),
        (["--no-such-option"], "--no-such-option"),
    ],
)
def test_bad_arguments_end_with_2_and_say_what_to_do(drscan, snapshot, arguments: list[str], says: str) -> None:
    outcome = drscan("scan", "--from", snapshot(bucket("a", "Enabled")), *arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert says in outcome.err
    assert "Traceback" not in outcome.err


def test_a_broken_snapshot_is_named_with_its_line(drscan, snapshot) -> None:
    path = snapshot(bucket("a", "Enabled"))
    path.write_text(path.read_text() + '{"type": "AWS::S3::Bucket"\n')
    outcome = drscan("scan", "--from", path)
    assert outcome.code == 2
    assert f"{path}:3:" in outcome.err


def test_what_is_not_there_is_found_out_before_anything_is_judged(drscan, tmp_path: Path) -> None:
    occupied = tmp_path / "file"
    occupied.write_text("")
    outcome = drscan("scan", "--from", tmp_path / "missing.jsonl", "--out", occupied)
    assert outcome.code == 2


def test_what_only_templates_have_no_snapshot_lacks(drscan, snapshot) -> None:
    path = snapshot(types=["AWS::S3::Bucket"])
    outcome = drscan("scan", "--from", path, "--rule", "template-has-no-placeholders", "--format", "json")
    assert (outcome.code, json.loads(outcome.out)["coverage"]["unseen"]) == (0, [])


ESTATE = """version: 1
waivers:
  - {rule: %s, resource: "arn:aws:s3:::a", reason: cheap, owner: data team, expires: %s}
"""


@pytest.mark.parametrize(
    ("expires", "verdicts"),
    [
        ("2999-01-01", {RULE: "WAIVED", "waiver-in-force": "PASS"}),
        ("2020-01-01", dict.fromkeys((RULE, "waiver-in-force"), "FAIL")),
    ],
)
def test_a_waiver_that_has_run_out_fails_by_itself(
    drscan, snapshot, tmp_path: Path, expires: str, verdicts: dict[str, str]
) -> None:
    estate = tmp_path / "estate.yaml"
    estate.write_text(ESTATE % (RULE, expires))
    chosen = ("--rule", RULE, "--rule", "waiver-in-force", "--format", "json")
    outcome = drscan("scan", "--from", snapshot(bucket("a", "Suspended")), "--estate", estate, *chosen)
    found = {finding["rule"]: finding for finding in json.loads(outcome.out)["findings"]}
    assert {rule: finding["verdict"] for rule, finding in found.items()} == verdicts
    assert found["waiver-in-force"]["location"] == {"file": str(estate), "line": 3}
