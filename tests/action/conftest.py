"""Runs the steps of action.yml as a runner would: each script in bash, with the environment that the step declares."""

import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

ACTION = Path(__file__).parents[2] / "action.yml"
EXPRESSION = re.compile(r"\$\{\{ *([a-z0-9_.-]+) *\}\}")

SUSPENDED = """\
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Orders:
    Type: AWS::S3::Bucket
    Properties:
      VersioningConfiguration: {Status: Suspended}
"""
ENABLED = SUSPENDED.replace("Suspended", "Enabled")

RULES = """\
id: versions-kept
title: Versions are kept
severity: critical
confidence: high
since: 0.1.0
kind: AWS::S3::Bucket
why: Without versions nothing comes back.
fix: Turn versioning on.
attack: []
controls: {}
references: [https://docs.aws.amazon.com/]
expect: {path: VersioningConfiguration.Status, equals: Enabled}
examples:
  - {name: on, expect: PASS, resource: {VersioningConfiguration: {Status: Enabled}}}
  - {name: off, expect: FAIL, evidence: [VersioningConfiguration.Status], resource: {}}
  - {name: unread, expect: UNKNOWN, resource: {VersioningConfiguration: {$unknown: refused}}}
"""


@pytest.fixture(scope="session")
def action() -> Any:
    """What action.yml says."""
    return yaml.safe_load(ACTION.read_text("utf-8"))


@dataclass
class Runner:
    """A runner's view of one job: a workspace with a repository, and the files that steps write to."""

    action: Any
    workspace: Path
    temp: Path
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)
    log: str = ""
    summary: str = ""

    def run(self, *names: str, **inputs: str) -> int:
        """Run these steps with these inputs (`fail_on` for `fail-on`); the exit code of the first that fails, or 0."""
        declared = self.action["inputs"]
        given = {name.replace("_", "-"): value for name, value in inputs.items()}
        assert given.keys() <= declared.keys()
        values = {name: given.get(name, about["default"]) for name, about in declared.items()}
        for step in self.action["runs"]["steps"]:
            if step["name"] in names and (code := self._step(step, values)):
                return code
        return 0

    def check(self, **inputs: str) -> int:
        """Run all steps but the installation, in whose place stands the environment that these tests run in."""
        link = self.temp / "drscan"
        link.exists() or link.symlink_to(Path(sys.executable).parent.parent)
        return self.run("Judge the templates", "Summarise", "Pass or fail", **inputs)

    def _step(self, step: Any, inputs: dict[str, str]) -> int:
        output, summary = self.temp / "output", self.temp / "summary"
        for file in (output, summary):
            file.write_text("")
        environment = {name: self._resolved(str(value), inputs) for name, value in step.get("env", {}).items()}
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=self.workspace,
            env={
                "PATH": "/usr/bin:/bin",
                "GITHUB_OUTPUT": str(output),
                "GITHUB_STEP_SUMMARY": str(summary),
                **environment,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=120,
        )
        self.log += done.stdout
        self.summary += summary.read_text()
        self.outputs[step.get("id", "")] = dict(line.split("=", 1) for line in output.read_text().splitlines())
        return done.returncode

    def _resolved(self, text: str, inputs: dict[str, str]) -> str:
        def value(found: re.Match[str]) -> str:
            match found[1].split("."):
                case ["inputs", name]:
                    return inputs[name]
                case ["runner", "temp"]:
                    return str(self.temp)
                case ["github", "action_path"]:
                    return str(ACTION.parent)
                case ["steps", id_, "outputs", name]:
                    return self.outputs[id_].get(name, "")
            raise AssertionError(f"an expression that no runner knows: {found[0]}")

        return EXPRESSION.sub(value, text)


@pytest.fixture
def runner(action: Any, tmp_path: Path) -> Runner:
    """A runner with a repository that has one good and one bad template, and a rule of its own."""
    workspace, temp = tmp_path / "work space", tmp_path / "temp"
    for folder in (workspace / "stacks" / "deep", workspace / "rules", temp):
        folder.mkdir(parents=True)
    subprocess.run(["git", "init", "-q", str(workspace)], check=True)
    (workspace / "stacks" / "bad.yaml").write_text(SUSPENDED)
    (workspace / "stacks" / "deep" / "good.yaml").write_text(ENABLED)
    (workspace / "other.yaml").write_text("name: no template\n")
    (workspace / "rules" / "versions-kept.yaml").write_text(RULES)
    return Runner(action, workspace, temp)
