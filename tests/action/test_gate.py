"""The example of a gated repository: it passes as it is, and fails on a pull request that breaks its link."""

import json
from pathlib import Path
from shutil import copytree
from typing import Any

import jsonschema
import pytest

from tests.action.test_pre_commit import hook, run

__all__ = ["hook"]

ROOT = Path(__file__).parents[2]
SARIF = json.loads((ROOT / "tests" / "reports" / "schemas" / "sarif-schema-2.1.0.json").read_text("utf-8"))
FILES = ["estate.yaml", "primary.yaml", "recovery.yaml", "alarm.yaml"]
PULL_REQUEST = ("BucketKeyEnabled: false", "BucketKeyEnabled: true")
"""A change that looks like nothing but savings: S3 then names the bucket where the role's policy expects objects."""


@pytest.fixture
def repository(runner: Any) -> Path:
    """A repository with the example, whose waivers never run out."""
    folder = Path(copytree(ROOT / "examples" / "gate", runner.workspace, dirs_exist_ok=True))
    estate = folder / "estate.yaml"
    estate.write_text(estate.read_text("utf-8").replace("2027-12-31", "2999-12-31"), "utf-8")
    return folder


def change(repository: Path) -> int:
    """Make the change of the pull request; the line that it is in."""
    template = repository / "primary.yaml"
    text = template.read_text("utf-8")
    assert text.count(PULL_REQUEST[0]) == 1
    template.write_text(text.replace(*PULL_REQUEST), "utf-8")
    return text[: text.index(PULL_REQUEST[0])].count("\n") + 1


def quoted_in_the_readme() -> list[str]:
    """What the readme shows of the outcome, line by line."""
    _, _, after = (
        (ROOT / "README.md").read_text("utf-8").partition("$ drscan check --estate examples/gate/estate.yaml\n")
    )
    lines = [" ".join(line.split()) for line in after.partition("```")[0].splitlines() if line != "..."]
    assert lines
    return lines


def test_the_example_passes_and_nothing_of_it_is_unknown(runner: Any, repository: Path) -> None:
    assert runner.check(estate="estate.yaml") == 0
    report = json.loads(Path(runner.outputs["check"]["json"]).read_text("utf-8"))
    assert (report["summary"]["FAIL"], report["summary"]["UNKNOWN"]) == (0, 0)
    assert [link["verdict"] for link in report["links"]] == ["works"]
    assert runner.summary.startswith("### drscan passed")


def test_a_pull_request_that_breaks_the_link_fails_at_its_line(runner: Any, repository: Path) -> None:
    line = change(repository)
    assert runner.check(estate="estate.yaml") == 1
    sarif = json.loads(Path(runner.outputs["check"]["sarif"]).read_text("utf-8"))
    jsonschema.validate(sarif, SARIF)
    failing = [each for each in sarif["runs"][0]["results"] if each["kind"] == "fail" and "suppressions" not in each]
    (found,) = [each for each in failing if each["ruleId"] == "replication-link-works"]
    place = found["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "primary.yaml"
    assert place["region"]["startLine"] <= line <= place["region"]["endLine"]
    assert "example-orders/to-recovery/example-orders-copy" in found["message"]["text"]
    assert runner.summary.startswith("### drscan failed")
    assert "DstPutObjectNotPermitted" in runner.summary


def test_the_hook_lets_through_what_is_healthy_and_nothing_else(repository: Path, hook: Any) -> None:
    arguments = ("--estate", "estate.yaml", *FILES)
    assert run(hook, repository, *arguments).returncode == 0
    change(repository)
    broken = run(hook, repository, *arguments)
    assert broken.returncode == 1
    said = " ".join(broken.stdout.split())
    assert "no kms:Encrypt on arn:aws:kms:eu-west-1:222222222222:key/{recovery.Key}" in said
    for line in quoted_in_the_readme():
        assert line in said
