"""The pre-commit hook, by running its own entry on what pre-commit would pass it."""

import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

HOOKS = Path(__file__).parents[2] / ".pre-commit-hooks.yaml"


@pytest.fixture
def hook() -> Any:
    (found,) = yaml.safe_load(HOOKS.read_text("utf-8"))
    return found


def run(hook: Any, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the entry in a repository, as pre-commit does: from its environment, arguments first and then file names."""
    program, *entry = shlex.split(hook["entry"])
    command = [str(Path(sys.executable).parent / program), *entry, *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)


def test_it_is_given_yaml_and_json_all_at_once(hook: Any) -> None:
    assert (hook["id"], hook["language"], hook["require_serial"]) == ("drscan-check", "python", True)
    assert hook["types_or"] == ["yaml", "json"]


ARGUMENTS = ("--rules", "rules", "--rule", "versions-kept")
CASES = {
    "a bad template": (["stacks/bad.yaml"], 1),
    "a good template": (["stacks/deep/good.yaml"], 0),
    "both": (["stacks/bad.yaml", "stacks/deep/good.yaml"], 1),
    "a good one among others": (["other.yaml", "package.json", "stacks/deep/good.yaml"], 0),
}


@pytest.mark.parametrize(("files", "code"), CASES.values(), ids=CASES)
def test_a_commit_passes_or_fails(runner: Any, hook: Any, files: list[str], code: int) -> None:
    (runner.workspace / "package.json").write_text('{"name": "no template"}')
    assert run(hook, runner.workspace, *ARGUMENTS, *files).returncode == code


def test_files_that_are_no_templates_are_passed_over_in_silence(runner: Any, hook: Any) -> None:
    (runner.workspace / "list.json").write_text("[1, 2]")
    (runner.workspace / "tags.yaml").write_text("a: !Custom 1\n---\nb: {{ helm }}\n")
    done = run(hook, runner.workspace, *ARGUMENTS, "other.yaml", "list.json", "tags.yaml")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_broken_template_is_named_with_its_line(runner: Any, hook: Any) -> None:
    (runner.workspace / "broken.yaml").write_text("Resources:\n  A:\n    Type: AWS::S3::Bucket\n   bad\n")
    done = run(hook, runner.workspace, *ARGUMENTS, "broken.yaml")
    assert done.returncode == 2
    assert "broken.yaml:4" in done.stderr
