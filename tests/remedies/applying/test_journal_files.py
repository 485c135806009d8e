"""Journals as files: on disk before anything happens, for one program at a time, and believed in nothing."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from twelve_steps import World, twelve_steps

from scanner.errors import DrscanError, InvalidInputError
from scanner.remedies.journal import Entry, Event, entry
from scanner.remedies.journal_file import held, opened
from scanner.remedies.plan_file import plan_document
from scanner.remedies.step import Plan

WORLD = World("111111111111", "222222222222", "orders")
KEY_ID = "0f3e2d1c-aaaa-bbbb-cccc-0123456789ab"
Line = dict[str, Any]


@pytest.fixture
def plan() -> Plan:
    return twelve_steps(WORLD)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "journal"


def begun(file: Path, plan: Plan) -> list[Entry]:
    """A journal of two steps, and its entries."""
    made = {WORLD.key.arn: WORLD.key.arn.replace(WORLD.key.name, KEY_ID), WORLD.key.name: KEY_ID}
    entries = [
        entry("01", Event.BEGUN),
        entry("01", Event.MADE, made=made),
        entry("01", Event.DONE, plan.steps[0].after),
        entry("04", Event.BEGUN, plan.steps[3].before),
        entry("04", Event.FAILED, reason="s3:PutBucketVersioning failed"),
    ]
    with opened(file, plan) as journal:
        for one in entries:
            journal.add(one)
    return entries


def refusal(file: Path, plan: Plan | None = None) -> InvalidInputError:
    """Why a journal is refused, whose file is left as it is."""
    before = file.read_bytes()
    with pytest.raises(InvalidInputError) as raised, opened(file, plan):
        pass
    assert file.read_bytes() == before
    assert raised.value.file == str(file)
    return raised.value


def test_what_is_added_is_found_again(plan: Plan, file: Path) -> None:
    entries = begun(file, plan)
    assert file.stat().st_mode & 0o777 == 0o600
    with opened(file) as journal:
        assert (journal.plan, journal.entries) == (plan, entries)
        assert (journal.stands("01"), journal.stands("04"), journal.stands("05")) == (Event.DONE, Event.BEGUN, None)
        assert journal.prior("04") == {"Status": "Suspended"}
        assert journal.made[WORLD.key.name] == KEY_ID
        assert not journal.is_going_back


def test_a_journal_that_others_could_read_is_its_owner_s_again(plan: Plan, file: Path) -> None:
    begun(file, plan)
    file.chmod(0o644)
    with opened(file, plan):
        assert file.stat().st_mode & 0o777 == 0o600


def test_nothing_is_left_of_a_journal_in_which_nothing_was_written(plan: Plan, file: Path) -> None:
    with opened(file, plan):
        assert file.stat().st_size == 0
    assert not file.exists()


def test_every_line_is_on_disk_when_adding_it_returns(plan: Plan, file: Path) -> None:
    with opened(file, plan) as journal:
        for number in range(1, 4):
            journal.add(entry(f"{number:02d}", Event.BEGUN))
            assert file.read_bytes().count(b"\n") == number + 1


@pytest.mark.parametrize("cut", [1, 2, 10, 40])
def test_a_line_that_was_cut_off_says_nothing_and_is_written_over(plan: Plan, file: Path, cut: int) -> None:
    entries = begun(file, plan)
    whole = file.read_bytes()
    file.write_bytes(whole[:-cut])
    with opened(file) as journal:
        assert journal.entries == entries[:-1]
        assert file.read_bytes() == whole[:-cut]
        journal.add(entries[-1])
    assert file.read_bytes() == whole


@pytest.mark.parametrize("size", [0, 1, 18, 19, 200])
def test_a_first_line_that_was_cut_off_is_no_beginning(plan: Plan, file: Path, size: int) -> None:
    begun(file, plan)
    file.write_bytes(file.read_bytes()[:size])
    assert "nothing was ever done" in refusal(file).message
    begun(file, plan)
    with opened(file) as journal:
        assert len(journal.entries) == 5


def test_every_cut_leaves_a_journal_or_none(plan: Plan, file: Path) -> None:
    entries = begun(file, plan)
    whole = file.read_bytes()
    first = whole.index(b"\n")
    for size in range(first, len(whole), 7):
        file.write_bytes(whole[:size])
        with opened(file, plan) as journal:
            assert journal.entries == entries[: max(whole[:size].count(b"\n") - 1, 0)]


def test_a_journal_is_one_program_s(plan: Plan, file: Path) -> None:
    begun(file, plan)
    with opened(file), pytest.raises(DrscanError, match="in use by another drscan"), opened(file):
        pass
    with held(file), pytest.raises(DrscanError, match="in use by another drscan"), held(file):
        pass


def test_a_journal_that_was_replaced_meanwhile_is_not_written(plan: Plan, file: Path) -> None:
    begun(file, plan)
    copy = file.with_name("copy")
    with opened(file) as journal:
        copy.write_bytes(file.read_bytes())
        copy.replace(file)
        with opened(file):
            before = file.read_bytes()
        journal.add(entry("05", Event.BEGUN, plan.steps[4].before))
    assert file.read_bytes() == before


def test_a_full_disk_stops_before_the_call(plan: Plan, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun(file, plan)
    with opened(file) as journal:
        full = os.open("/dev/full", os.O_RDWR)
        kept, journal.handle = journal.handle, full
        monkeypatch.setattr(os, "ftruncate", lambda _handle, _size: None)
        with pytest.raises(DrscanError, match="cannot be written: No space left on device"):
            journal.add(entry("05", Event.BEGUN))
        journal.handle = kept
        os.close(full)
        assert journal.stands("05") is None


def test_a_link_is_not_followed(plan: Plan, file: Path) -> None:
    target = file.with_name("target")
    begun(target, plan)
    file.symlink_to(target)
    assert refusal(file, plan).message == "is a symbolic link"


def test_what_is_no_file(plan: Plan, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for file in (Path("/dev/null"), tmp_path / "pipe"):
        with pytest.raises(InvalidInputError, match="no plain file"), opened(file, plan):
            pass
    with pytest.raises(InvalidInputError, match="Is a directory"), opened(tmp_path, plan):
        pass
    with pytest.raises(InvalidInputError, match="No such file"), opened(tmp_path / "missing"):
        pass


@pytest.mark.parametrize(
    "text",
    ["notes of somebody", "notes\nof somebody\n", '{"a": 1}', '{"drscan_plan": 1, "x": 2}', "\x00" * 50, "[" * 10_000],
)
def test_somebody_s_file_is_never_written_over(plan: Plan, file: Path, text: str) -> None:
    file.write_text(text)
    refusal(file, plan)
    refusal(file)


def test_a_journal_has_a_largest_size(plan: Plan, file: Path) -> None:
    with file.open("wb") as stream:
        stream.truncate(1 << 40)
    with pytest.raises(InvalidInputError, match="larger than 256 MiB"), opened(file, plan):
        pass


def test_a_journal_of_another_plan(plan: Plan, file: Path) -> None:
    begun(file, plan)
    another = twelve_steps(World("111111111111", "222222222222", "others"))
    assert "journal of another plan" in refusal(file, another).message


def test_a_journal_of_the_plan_before_it_was_edited(plan: Plan, file: Path) -> None:
    begun(file, plan)
    edited = Plan(plan.created, "somewhere else", plan.digest, plan.steps)
    assert "journal of another plan" in refusal(file, edited).message


def test_a_journal_whose_plan_was_edited(plan: Plan, file: Path) -> None:
    begun(file, plan)
    file.write_bytes(file.read_bytes().replace(b'"Suspended"', b'"Enabled"', 1))
    assert "checksum does not fit" in refusal(file).message


def head(plan: Plan) -> Line:
    return {"drscan_journal": 1, "id": "0123456789ab", "plan": plan_document(plan)}


@pytest.mark.parametrize(
    "more",
    [{"drscan_journal": 2}, {"id": "../../etc"}, {"id": 1}, {"plan": []}, {"plan": {}}, {"shell": "x"}],
    ids=str,
)
def test_first_lines_that_are_none(plan: Plan, file: Path, more: Line) -> None:
    lines = [{**head(plan), **more}, {"step": "01", "event": "begun", "at": "x"}]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    refusal(file)


BEGUN: Line = {"step": "04", "event": "begun", "at": "now", "value": {"Status": "Suspended"}}
KEY_BEGUN: Line = {"step": "01", "event": "begun", "at": "now"}


def made(**names: str) -> Line:
    return {"step": "01", "event": "made", "at": "now", "made": names}


HOSTILE: dict[str, tuple[list[Any], str]] = {
    "no line": ([None], "no line of a journal"),
    "a list": ([[]], "no line of a journal"),
    "an unknown step": ([{**BEGUN, "step": "13"}], "no line of a journal"),
    "a step that is no text": ([{**BEGUN, "step": 4}], "no line of a journal"),
    "an unknown event": ([{**BEGUN, "event": "exploded"}], "no line of a journal"),
    "a key too many": ([{**BEGUN, "shell": "x"}], "no line of a journal"),
    "a reason that is no text": ([{**BEGUN, "reason": 1}], "no line of a journal"),
    "names that are none": ([{**BEGUN, "made": ["x"]}], "no line of a journal"),
    "done without having begun": ([{**BEGUN, "event": "done"}], "step 04 cannot be done here"),
    "undone without having begun": ([{**BEGUN, "event": "undone"}], "step 04 cannot be undone here"),
    "begun twice": ([BEGUN, BEGUN], "step 04 cannot be begun here"),
    "begun after it was done": ([BEGUN, {**BEGUN, "event": "done"}, BEGUN], "step 04 cannot be begun here"),
    "going on after it was undone": (
        [BEGUN, {**BEGUN, "event": "undone"}, {**BEGUN, "event": "undoing"}],
        "step 04 cannot be undoing here",
    ),
    "another time before": ([{**BEGUN, "value": {"Status": "Enabled"}}], "did not begin from what the plan found"),
    "no time before": ([{**BEGUN, "value": None}], "did not begin from what the plan found"),
    "something there before it was made": ([{**KEY_BEGUN, "value": {}}], "did not begin from what the plan found"),
    "a value that is not known": (
        [BEGUN, {**BEGUN, "event": "done", "value": {"$unknown": "x"}}],
        "has a value that is not known",
    ),
    "names of what it does not make": ([BEGUN, {**BEGUN, "event": "made", "made": {"a": "b"}}], "something else"),
    "a name for any text": ([KEY_BEGUN, made(Status="Enabled")], "something else"),
    "a key elsewhere": (
        [KEY_BEGUN, made(**{WORLD.key.arn: f"arn:aws:kms:eu-west-1:333333333333:key/{KEY_ID}"})],
        "something else",
    ),
    "a key that is everything": ([KEY_BEGUN, made(**{WORLD.key.name: "*"})], "something else"),
    "a key with more behind it": ([KEY_BEGUN, made(**{WORLD.key.name: f"{KEY_ID}\n*"})], "something else"),
}


@pytest.mark.parametrize(("lines", "says"), HOSTILE.values(), ids=HOSTILE)
def test_lines_that_drscan_does_not_write(plan: Plan, file: Path, lines: list[Any], says: str) -> None:
    file.write_text("".join(json.dumps(line) + "\n" for line in (head(plan), *lines)))
    for asked in (plan, None):
        refused = refusal(file, asked)
        assert says in refused.message
        assert refused.line == len(lines) + 1


@pytest.mark.parametrize("line", ["{", '{"a": NaN}', '{"a": 1, "a": 2}', "[" * 100_000, "\ud800"], ids=len)
def test_lines_that_are_no_json(plan: Plan, file: Path, line: str) -> None:
    text = "".join(f"{one}\n" for one in (json.dumps(head(plan)), line, json.dumps(BEGUN)))
    file.write_bytes(text.encode(errors="surrogatepass"))
    assert refusal(file, plan).line == 2
