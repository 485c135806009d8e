"""Two of them at once: one is refused, or finds that the other has changed things; nothing is done by halves."""

import shutil

from twelve_steps import Commands

from scanner.remedies.journal import Event


def test_two_applies_of_one_journal(commands: Commands) -> None:
    with commands.held("s3:PutBucketVersioning") as first:
        second = commands.apply("--yes")
        undo = commands.undo("--yes")
        first.kill()
    assert (second.code, second.out) == (2, "")
    assert "is in use by another drscan" in second.err
    assert (undo.code, "is in use by another drscan" in undo.err) == (2, True)
    assert commands.apply("--yes").code == 0


def test_two_applies_of_one_plan_with_journals_of_their_own(commands: Commands) -> None:
    other = commands.folder / "other.journal"
    with commands.held("s3:PutBucketVersioning") as first:
        second = commands.apply("--yes", journal=other)
        first.kill()
    assert (second.code, "plan.json is in use by another drscan" in second.err) == (2, True)
    assert not other.exists()


def test_a_copy_of_the_plan_finds_what_the_first_one_does(commands: Commands) -> None:
    copy, other = commands.folder / "copy.json", commands.folder / "copy.journal"
    shutil.copy(commands.plan, copy)
    with commands.held("s3:PutBucketVersioning", acts=True) as first:
        second = commands.apply("--yes", plan=copy, journal=other)
        first.kill()
    assert (second.code, second.out, other.exists()) == (2, "", False)
    assert f"VersioningConfiguration of {commands.world.source.name}" in second.err
    assert f"existence of {commands.world.copy.name}" in second.err
    assert commands.apply("--yes").code == 0
    assert commands.stage.keys(commands.world) == ["Enabled"]


def test_a_copy_that_passed_every_check_stops_where_the_other_one_was_first(commands: Commands) -> None:
    """Both have found everything as planned; one waits before its first call while the other does all of it."""
    stage, world = commands.stage, commands.world
    copy, other = commands.folder / "copy.json", commands.folder / "copy.journal"
    shutil.copy(commands.plan, copy)
    before = stage.state(world)
    with commands.held("kms:CreateKey", acts=True) as first:
        assert commands.apply("--yes", plan=copy, journal=other).code == 0
        first.kill()
    gone_on = commands.apply("--yes")
    assert gone_on.code == 2
    assert "the accounts are not as the plan found them" in gone_on.err
    assert commands.undo("--yes").code == 0
    # Each has made a key of its own, and none has touched the other's.
    assert sorted(stage.keys(world)) == ["Enabled", "PendingDeletion"]
    assert commands.undo("--yes", journal=other).code == 0
    assert stage.state(world) == before
    assert stage.keys(world) == ["PendingDeletion"] * 2


def test_undoing_twice_at_once(commands: Commands) -> None:
    stage, world = commands.stage, commands.world
    before = stage.state(world)
    stage.apply(world)
    with commands.held("kms:PutKeyPolicy", command="undo") as first:
        assert "is in use by another drscan" in commands.undo("--yes").err
        first.kill()
    with stage.opened(world) as journal:
        assert journal.stands("08") is Event.UNDOING
    assert commands.undo("--yes").code == 0
    assert stage.state(world) == before
