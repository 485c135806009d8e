"""The GitHub Action, by running its own steps: it fails and passes as it should, and no input is ever obeyed."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

GATE = {"rules": "rules", "fail_on": "critical"}


def test_what_comes_from_outside_never_is_text_of_a_script(action: Any) -> None:
    steps = action["runs"]["steps"]
    assert action["runs"]["using"] == "composite"
    assert all(step["shell"] == "bash" for step in steps)
    assert not [step["name"] for step in steps if "${{" in step["run"]]


def test_every_input_reaches_a_step_and_every_output_comes_from_one(action: Any) -> None:
    text = json.dumps(action["runs"])
    assert [name for name in action["inputs"] if f"inputs.{name} " not in text] == []
    for name, about in action["outputs"].items():
        assert about["value"] == f"${{{{ steps.check.outputs.{name} }}}}"
        assert f"output {name} " in text or f"{name}=" in text


def test_a_bad_template_fails_and_everything_is_written_first(runner: Any) -> None:
    assert runner.check(files="stacks/bad.yaml", **GATE) == 1
    outputs = runner.outputs["check"]
    assert outputs["exit-code"] == "1"
    run = json.loads(Path(outputs["sarif"]).read_text())["runs"][0]
    result = next(each for each in run["results"] if each["ruleId"] == "versions-kept")
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "stacks/bad.yaml"
    assert result["locations"][0]["physicalLocation"]["region"]["startLine"] == 3
    assert json.loads(Path(outputs["json"]).read_text())["summary"]["FAIL"] >= 1
    assert Path(outputs["html"]).read_text().startswith("<!doctype html>")
    assert runner.summary == Path(outputs["markdown"]).read_text()
    assert runner.summary.startswith("### drscan failed: ")
    assert re.search(
        r"^::error file=stacks/bad.yaml,line=3,endLine=\d,title=critical%3A versions-kept::", runner.log, re.M
    )


def test_a_good_template_passes_where_unknowns_are_allowed(runner: Any) -> None:
    assert runner.check(files="stacks/deep/good.yaml", **GATE) == 3
    assert runner.check(files="stacks/deep/good.yaml", allow_unknown="true", **GATE) == 0
    assert runner.outputs["check"]["exit-code"] == "0"
    assert runner.summary.count("### drscan ") == 2


@pytest.mark.parametrize(
    ("files", "judged"),
    [
        ("stacks/bad.yaml\nstacks/deep/good.yaml\n", {"stacks/bad.yaml", "stacks/deep/good.yaml"}),
        ("stacks/**/*.yaml", {"stacks/bad.yaml", "stacks/deep/good.yaml"}),
        ("stacks/b*.yaml\r\n\r\n", {"stacks/bad.yaml"}),
        ("stacks/with space.yaml", {"stacks/with space.yaml"}),
        ("stacks/$(touch taken);`touch taken`.yaml", {"stacks/$(touch taken);`touch taken`.yaml"}),
    ],
)
def test_files_are_named_one_a_line_or_by_patterns(runner: Any, files: str, judged: set[str]) -> None:
    for file in judged:
        (runner.workspace / file).write_text((runner.workspace / "stacks" / "bad.yaml").read_text())
    assert runner.check(files=files, **GATE) == 1
    report = json.loads(Path(runner.outputs["check"]["json"]).read_text())
    assert {finding["location"]["file"] for finding in report["findings"] if finding["location"]} == judged
    assert not (runner.workspace / "taken").exists()


@pytest.mark.parametrize(
    "inputs",
    [
        {"files": "missing.yaml"},
        {"files": "--help"},
        {"files": "stacks/bad.yaml", "estate": "missing.yaml"},
        {"files": "stacks/bad.yaml", "account": "1; touch taken"},
        {"files": "stacks/bad.yaml", "parameters": "$(touch taken)"},
        {"files": "stacks/bad.yaml", "fail_on": "`touch taken`"},
        {"files": "stacks/bad.yaml", "strict": "true; touch taken"},
        {"files": "stacks/bad.yaml", "baseline": "--help"},
    ],
)
def test_input_that_cannot_be_used_fails_and_is_never_obeyed(runner: Any, inputs: dict[str, str]) -> None:
    assert runner.check(**inputs) == 2
    assert not list(runner.workspace.rglob("taken"))
    assert "sarif" not in runner.outputs["check"]


def test_parameters_are_passed_on_line_by_line(runner: Any) -> None:
    template = (runner.workspace / "stacks" / "bad.yaml").read_text().replace("Suspended", "!Ref Status")
    declared = "Parameters:\n  Status: {Type: String}\n  Other: {Type: String, Default: x}\n"
    (runner.workspace / "stacks" / "asked.yaml").write_text(declared + template)
    given = {"files": "stacks/asked.yaml", "allow_unknown": "true", **GATE}
    assert runner.check(parameters="Status=Suspended\nOther=a b\n", **given) == 1
    assert runner.check(parameters="Status=Enabled\nOther=a b\n", **given) == 0


def test_what_a_baseline_knows_breaks_nothing(runner: Any) -> None:
    assert runner.check(files="stacks/bad.yaml", out="before", **GATE) == 1
    known = {"baseline": "before/findings.json", "allow_unknown": "true", **GATE}
    assert runner.check(files="stacks/bad.yaml", out="after", **known) == 0
    assert runner.outputs["check"]["sarif"] == str(runner.workspace / "after" / "drscan.sarif")


def test_a_later_run_does_not_hand_out_the_reports_of_an_earlier_one(runner: Any) -> None:
    assert runner.check(files="stacks/bad.yaml", **GATE) == 1
    assert runner.check(files="missing.yaml", **GATE) == 2
    assert runner.outputs["check"] == {"exit-code": "2"}
    assert "::error title=drscan::Invalid input: nothing was judged." in runner.log


def test_names_from_templates_are_printed_where_the_runner_obeys_nothing(runner: Any) -> None:
    hostile = "::error::forged.yaml"
    (runner.workspace / hostile).write_text((runner.workspace / "stacks" / "bad.yaml").read_text())
    assert runner.check(files=hostile, annotations="false", **GATE) == 1
    lines = runner.log.splitlines()
    word = next(line for line in lines if line.startswith("::stop-commands::")).removeprefix("::stop-commands::")
    assert re.fullmatch(r"[0-9a-f]{32}", word)
    assert lines.index(f"::{word}::") == len(lines) - 1


def test_drscan_is_installed_from_the_action_itself_with_the_python_that_was_asked_for(
    runner: Any, tmp_path: Path
) -> None:
    record = tmp_path / "record"
    python = tmp_path / "python-of-mine"
    python.write_text(
        f'#!/bin/bash\nprintf "%s\\n" "$@" >> {record}\n'
        'if [ "$2" = venv ]; then mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; fi\n'
    )
    python.chmod(0o755)
    assert runner.run("Install drscan", python=str(python)) == 0
    made, installed = record.read_text().split("venv", 1)[1].split("\n-m\n", 1)
    assert made.strip() == str(runner.temp / "drscan")
    assert installed.splitlines()[:2] == ["pip", "install"]
    assert (Path(installed.splitlines()[-1]) / "setup.cfg").is_file()
