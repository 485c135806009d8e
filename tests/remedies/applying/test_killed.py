"""`drscan fix apply` killed without warning at every call that changes something, before and after the server acted."""

import signal

import pytest
from twelve_steps import WRITES, Commands

from scanner.remedies.applying import Done


@pytest.mark.parametrize("has_acted", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("operation", WRITES)
def test_killed_at_a_write(commands: Commands, operation: str, has_acted: bool) -> None:
    stage, world = commands.stage, commands.world
    before = stage.state(world)
    with commands.held(operation, acts=has_acted) as running:
        assert running.kill().code == -signal.SIGKILL
    if WRITES.index(operation) % 2:
        assert [type(one) for one in stage.apply(world)] == [Done] * 12
        assert stage.keys(world) == ["Enabled"]
    assert {one.stays for one in stage.undo(world)} == {""}
    assert stage.state(world) == before
    assert set(stage.keys(world)) <= {"PendingDeletion"}


@pytest.mark.parametrize("operation", ["s3:DeleteBucketReplication", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"])
def test_killed_while_undoing(commands: Commands, operation: str) -> None:
    stage, world = commands.stage, commands.world
    before = stage.state(world)
    stage.apply(world)
    with commands.held(operation, command="undo", acts=True) as running:
        running.kill()
    assert "is being undone" in commands.apply("--yes").err
    assert commands.undo("--yes").code == 0
    assert (stage.state(world), stage.keys(world)) == (before, ["PendingDeletion"])


def test_ctrl_c_says_how_to_go_on_and_back(commands: Commands) -> None:
    with commands.held("iam:CreateRole", acts=True) as running:
        stopped = running.kill(signal.SIGINT)
    assert stopped.code == 130
    assert "interrupted with 5 of 12 steps done; step 06 was begun" in stopped.err
    assert f"to go back: drscan fix undo {commands.journal}" in stopped.err
    assert "Traceback" not in stopped.err
    gone_on = commands.apply("--yes")
    assert (gone_on.code, gone_on.out.count("was done"), gone_on.err.count("\n")) == (0, 5, 1)
    assert "12 of 12 steps done." in gone_on.out
