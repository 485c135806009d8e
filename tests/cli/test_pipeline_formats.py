"""The formats of pipelines from the command line: where they go, and what paths in them are counted from."""

import json
import subprocess
from pathlib import Path

import pytest

TEMPLATE = """\
Resources:
  Orders:
    Type: AWS::S3::Bucket
    Properties:
      VersioningConfiguration: {Status: Suspended}
"""
RULE = ("--rule", "bucket-versioning-not-suspended")


@pytest.fixture
def stacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of a repository, where the user stands, with a template in it."""
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    folder = tmp_path / "stacks"
    folder.mkdir()
    (folder / "dr.yaml").write_text(TEMPLATE)
    monkeypatch.chdir(folder)
    return folder


def test_named_formats_go_into_the_folder_and_only_those(drscan, stacks: Path) -> None:
    outcome = drscan("check", "dr.yaml", *RULE, "--format", "sarif,junit,markdown,github,gitlab", "--out", "reports")
    assert (outcome.code, outcome.out) == (0, "")
    assert sorted(path.name for path in (stacks / "reports").iterdir()) == [
        "annotations.txt",
        "drscan.sarif",
        "gl-code-quality-report.json",
        "junit.xml",
        "report.md",
    ]


def test_paths_start_at_the_top_of_the_repository(drscan, stacks: Path) -> None:
    outcome = drscan("check", "dr.yaml", *RULE, "--format", "sarif")
    (result,) = json.loads(outcome.out)["runs"][0]["results"]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "stacks/dr.yaml", "uriBaseId": "%SRCROOT%"}
    assert place["region"] == {"startLine": 2, "startColumn": 1, "endLine": 5}
    assert "file=stacks/dr.yaml,line=2,endLine=5" in drscan("check", "dr.yaml", *RULE, "--format", "github").out


def test_reports_tell_the_exit_code_that_the_program_ends_with(drscan, stacks: Path) -> None:
    declared = "Parameters: {Status: {Type: String}}\n"
    (stacks / "dr.yaml").write_text(declared + TEMPLATE.replace("Suspended", "!Ref Status"))
    for options, code in (((), 3), (("--allow-unknown",), 0)):
        outcome = drscan("check", "dr.yaml", *RULE, "--format", "markdown", *options)
        assert outcome.code == code
        assert f"\nExit code {code}: " in outcome.out
