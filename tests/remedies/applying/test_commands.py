"""`drscan fix apply` and `undo` as processes: what they say, what they ask, and the exit codes that scripts rely on."""

import json
import os
import pty
import select
import subprocess
import sys
from pathlib import Path

import pytest
from fault_proxy import Fault
from forking_drscan import Forks
from twelve_steps import AWAY, HOME, WRITES, Commands, Stage, plan_of, policy

from scanner.remedies.differences import Change
from scanner.remedies.plan_file import write_plan


def calls(commands: Commands) -> set[str]:
    return set(commands.stage.proxy.calls)


def test_done_and_undone(commands: Commands) -> None:
    before = commands.stage.state(commands.world)
    applied = commands.apply("--yes")
    lines, source = applied.out.splitlines(), commands.world.source
    assert (applied.code, len(lines), lines[-1]) == (0, 13, "12 of 12 steps done.")
    assert lines[3] == f"done      04  Change VersioningConfiguration of {source.name} ({source.account} {HOME})"
    assert applied.err == f"drscan: to go back: drscan fix undo {commands.journal}\n"
    again = commands.apply()
    assert (again.code, again.out.count("was done")) == (0, 12)
    assert "12 of 12 steps done, all of them before this run." in again.out
    undone = commands.undo("--yes")
    assert (undone.code, undone.err) == (0, "")
    assert undone.out.splitlines()[-1] == "Undone: all of it is as it was."
    assert "scheduled for deletion" in undone.out
    assert commands.stage.state(commands.world) == before
    assert commands.undo("--yes").out == "Nothing to undo: all of it was undone before.\n"
    assert "was undone" in commands.apply("--yes").err


def test_files_are_their_owner_s_and_hold_no_secrets(commands: Commands) -> None:
    commands.apply("--yes")
    text = commands.journal.read_text() + commands.plan.read_text()
    assert {path.stat().st_mode & 0o777 for path in (commands.journal, commands.plan)} == {0o600}
    for secret in ("AccessKey", "Secret", "Token", "ASIA", "AKIA", str(commands.stage.proxy.asked[-1].access_key)):
        assert secret not in text
    named = {"plan.json", commands.journal.name, "estate.yaml"}
    assert {path.name for path in commands.folder.iterdir() if path.suffix not in (".out", ".err")} == named


def test_the_journal_lies_beside_the_plan_unless_it_is_named(commands: Commands) -> None:
    arguments = ("apply", commands.plan, "--yes")
    assert commands.fix(*map(str, arguments)).code == 0
    assert commands.plan.with_name("plan.json.journal").exists()


def test_nobody_to_ask_is_found_out_before_anything_is_done(commands: Commands) -> None:
    with commands.stage.faulty():
        refused = commands.apply()
        assert calls(commands) == set()
    assert (refused.code, refused.out, commands.journal.exists()) == (2, "", False)
    assert refused.err.startswith("drscan: steps 01, 05, 10, 11 deserve review, and there is nobody to ask")
    commands.apply("--yes")
    assert (commands.undo().code, "nobody to ask" in commands.undo().err) == (2, True)


def answering(commands: Commands, command: str, file: Path, *answers: str) -> tuple[int, str]:
    """Run a command at a terminal, where each question gets its answer; the exit code and all that is seen."""
    ours, theirs = pty.openpty()
    asked = [sys.executable, "-m", "scanner", "fix", command, str(file), "--estate", str(commands.estate)]
    process = subprocess.Popen(asked, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
    os.close(theirs)
    seen, left = "", list(answers)
    while select.select([ours], [], [], 60)[0]:
        try:
            seen += os.read(ours, 4096).decode()
        except OSError:  # all of it was read
            break
        if left and seen.count("[y/N]") > len(answers) - len(left):
            os.write(ours, left.pop(0).encode())
    os.close(ours)
    return process.wait(60), seen.replace("\r\n", "\n")


def test_steps_that_deserve_it_are_asked_about_first_of_all(commands: Commands) -> None:
    code, seen = answering(commands, "apply", commands.plan, "y\n", "y\n", "n\n")
    assert code == 1
    journal = commands.plan.with_name("plan.json.journal")
    asked, _, done = seen.partition("\ndone ")
    assert [asked.count(f"\n{number}  ") for number in ("05", "10", "11")] == [1, 1, 0]
    assert "costs       a customer managed key costs a monthly fee" in asked
    assert "left out  10  " in done
    assert "you said no" in done
    assert "it needs step 10, which is not done" in done
    assert "10 of 12 steps done, 2 left out." in done
    code, seen = answering(commands, "undo", journal, "n\n")
    assert (code, "Undo these 10 steps? [y/N]" in seen, "Nothing was undone." in seen) == (1, True, True)
    code, seen = answering(commands, "undo", journal, "y\n")
    assert (code, "Undone: all of it is as it was." in seen) == (0, True)


def test_leaving_at_a_question_changes_nothing(commands: Commands) -> None:
    code, seen = answering(commands, "apply", commands.plan, "y\n", "\x04")
    assert (code, "interrupted" in seen) == (130, True)
    assert not commands.plan.with_name("plan.json.journal").exists()


def test_what_failed_and_how_to_go_on_is_said(commands: Commands) -> None:
    with commands.stage.faulty(Fault("refuse", "s3:PutBucketPolicy", message="no")):
        failed = commands.apply("--yes")
    assert (failed.code, len(failed.out.splitlines())) == (1, 8)
    assert failed.err.splitlines() == [
        "drscan: step 09 failed: s3:PutBucketPolicy refused: AccessDenied: no; it needs s3:PutBucketPolicy",
        f"  mend it and apply again to go on, or go back with: drscan fix undo {commands.journal}",
        "drscan: stopped with 8 of 12 steps done; step 09 was begun, and is looked at first when you go on",
        "  to go on: the same command again",
        f"  to go back: drscan fix undo {commands.journal}",
    ]
    with commands.stage.faulty(Fault("refuse", "kms:PutKeyPolicy")):
        stuck = commands.undo("--yes")
    assert (stuck.code, stuck.out) == (1, "undone    09  Change PolicyDocument of ") if False else stuck.code == 1
    assert "undoing step 08 failed: kms:PutKeyPolicy refused" in stuck.err
    assert f"go on with: drscan fix undo {commands.journal}" in stuck.err
    assert commands.undo("--yes").code == 0


def test_what_others_changed_is_exit_code_2_and_nothing_is_done(commands: Commands) -> None:
    s3, name = commands.stage.client("s3", commands.world.primary, HOME), commands.world.source.name
    theirs = policy(
        {"Sid": "Evil\x1b[2J", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{name}/*"}
    )
    s3.put_bucket_policy(Bucket=name, Policy=json.dumps(theirs))
    with commands.stage.faulty():
        refused = commands.apply("--yes")
        assert not calls(commands) & set(WRITES)
    assert (refused.code, refused.out, commands.journal.exists()) == (2, "", False)
    assert f"PolicyDocument of {name}" in refused.err
    assert "\x1b" not in refused.err


def test_what_stays_is_said_and_is_exit_code_1(commands: Commands) -> None:
    copy = commands.world.copy
    commands.stage.client("s3", copy.account, copy.region).create_bucket(
        Bucket=copy.name, CreateBucketConfiguration={"LocationConstraint": copy.region}
    )
    plan = commands.folder / "versioning.json"
    write_plan(plan_of([Change(copy, "VersioningConfiguration", None, {"Status": "Enabled"})]), plan)
    assert commands.apply(plan=plan).code == 0
    undone = commands.undo("--yes")
    assert undone.code == 1
    assert 'can only suspend it afterwards; it is now {"Status": "Suspended"}' in undone.out
    assert "Undone, but for what is said of 1 step." in undone.out


def test_an_account_without_a_way_into_it(commands: Commands) -> None:
    accounts = {"primary": commands.intent["accounts"]["primary"]}
    commands.intend({**commands.intent, "accounts": accounts})
    refused = commands.apply("--yes")
    assert (refused.code, refused.out, commands.journal.exists()) == (2, "", False)
    assert f"there is no way into account {commands.world.recovery}" in refused.err
    assert "--estate" in refused.err


def test_files_that_cannot_be_used(commands: Commands, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    notes.write_text("mine")
    for finished in (commands.apply("--yes", plan=notes), commands.apply("--yes", journal=notes)):
        assert (finished.code, finished.out) == (2, "")
    for finished in (commands.undo("--yes", journal=notes), commands.undo("--yes", journal=tmp_path / "none")):
        assert (finished.code, finished.out) == (2, "")
    assert notes.read_text() == "mine"
    assert commands.apply("--yes", "--irreversible", "orders").code == 2


class TestJudgedAgain:
    """After each step the rules that it serves are judged again, on what was read back."""

    @pytest.fixture
    def alone(self, stage: Stage, forks: Forks) -> Commands:
        """Commands in accounts with nothing else in them."""
        return Commands(stage, forks, alone=True)

    def planned(self, alone: Commands, *rules: str) -> None:
        chosen = [part for rule in rules for part in ("--rule", rule)]
        planned = alone.fix("plan", *chosen, "--plan", alone.plan, "-q")
        assert planned.code == 0, planned.err

    def test_steps_that_stand_alone(self, alone: Commands) -> None:
        name, s3 = alone.world.source.name, alone.stage.client("s3", alone.world.primary, HOME)
        s3.create_bucket(Bucket=f"{name}-more")
        s3.put_bucket_versioning(Bucket=f"{name}-more", VersioningConfiguration={"Status": "Suspended"})
        self.planned(alone, "bucket-versioning-not-suspended")
        with alone.stage.faulty(Fault("refuse", "s3:PutBucketVersioning", path="*-more")):
            first = alone.apply("--yes")
        assert (first.code, first.out.count("PASS")) == (1, 1)
        assert f"              PASS  bucket-versioning-not-suspended  {name}\n" in first.out
        second = alone.apply("--yes")
        assert (second.code, second.out.count("PASS")) == (0, 1)
        assert f"              PASS  bucket-versioning-not-suspended  {name}-more\n" in second.out
        assert second.out.splitlines()[-1] == "Judged again: 2 pass, 0 fail, 0 unknown."

    def test_steps_that_only_together_do_it(self, alone: Commands) -> None:
        copy = {"bucket": alone.world.copy.name, "account": "recovery", "region": AWAY}
        data = {"name": "data", "bucket": alone.world.source.name, "account": "primary", "copies": [copy], "rpo": "1h"}
        alone.intend({**alone.intent, "protect": [data]})
        self.planned(alone, "protected-bucket-has-every-copy")
        applied = alone.apply("--yes")
        assert applied.code == 0
        said = [line.split() for line in applied.out.splitlines() if line.startswith("   ")]
        assert [line[0] for line in said] == ["still"] * (len(said) - 1) + ["PASS"]
        assert said[-2][-1] == f"{len(said):02d})"
