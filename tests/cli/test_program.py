"""The program's edge: start-up, help, and errors that a person can act upon."""

import subprocess
import sys

import pytest

import reports
from scanner import __version__, audit
from scanner.cli.app import COMMANDS
from scanner.cli.options import FORMATS


def test_version_is_said_without_loading_what_it_does_not_need() -> None:
    slow = {"boto3", "botocore", "yaml", "jinja2", "jsonschema", "re2", "rich"}
    code = "import sys; sys.argv = ['drscan', '--version']\nfrom scanner.__main__ import main\ntry: main()\n"
    code += f"except SystemExit: print(sorted({slow} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == f"drscan, version {__version__}\n[]\n"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_with_an_example(drscan, command: str) -> None:
    outcome = drscan(command, "--help")
    assert outcome.code == 0
    assert f"drscan {command}" in outcome.out


def test_help_names_the_formats_that_there_are() -> None:
    assert tuple(reports.FORMATS) == FORMATS


def test_no_credentials_is_one_clear_message(drscan, monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    outcome = drscan("scan")
    assert (outcome.code, outcome.out) == (2, "")
    assert "credentials" in outcome.err
    assert "Traceback" not in outcome.err


def test_a_bug_is_said_in_one_line_and_where_to_take_it(drscan, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(*_: object, **__: object) -> None:
        raise ZeroDivisionError("seven")

    monkeypatch.setattr(audit, "question", break_down)
    outcome = drscan("scan")
    assert outcome.code == 2
    assert "a bug in drscan: ZeroDivisionError: seven" in outcome.err
    assert "DRSCAN_DEBUG=1" in outcome.err
    assert "Traceback" not in outcome.err


def test_a_reader_that_leaves_early_is_no_error() -> None:
    command = f"{sys.executable} -m scanner rules list --format markdown | head -1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert done.stdout == "# Rules\n"
    assert done.stderr == ""


def test_hostile_names_and_messages_cannot_reach_the_terminal(drscan, monkeypatch, tmp_path) -> None:
    loud = tmp_path / "\x1b[2J\u202e.jsonl"
    loud.write_text("\x1b]0;owned\x07")

    def break_down(*_: object, **__: object) -> None:
        raise ZeroDivisionError("\x1b[2J\n\u202e")

    outcomes = [drscan("scan", "--from", loud), drscan("scan", "\x1b[2J\u202e"), drscan("scan", "--from", f"{loud}x")]
    monkeypatch.setattr(audit, "question", break_down)
    outcomes.append(drscan("scan"))
    for outcome in outcomes:
        assert outcome.code == 2
        assert r"\u202e" in outcome.err
        assert outcome.err.replace("\n", "").isprintable()


def test_a_hostile_rule_is_listed_and_shown_without_its_escapes(drscan, tmp_path) -> None:
    drscan("rules", "new", "my-rule", "--out", tmp_path)
    rule = (tmp_path / "my-rule.yaml").read_text()
    (tmp_path / "my-rule.yaml").write_text(rule.replace("title: ", 'title: "\\e[2J', 1).replace("sentence", 'x"', 1))
    for command in (["list"], ["list", "--format", "markdown"]):
        outcome = drscan("rules", *command, "--rules", tmp_path, "--rule", "my-rule")
        assert outcome.code == 0, outcome.err
        assert r"\x1b[2J" in outcome.out
        assert outcome.out.replace("\n", "").isprintable()
    shown = drscan("rules", "show", "my-rule", "--rules", tmp_path)
    assert r"\x1b[2J" in shown.out
    assert "\x1b" not in shown.out
