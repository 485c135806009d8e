"""The whole of a plan in each form, as a person or program would get it.

A change here is a change for users: read the difference, and when it is meant, refresh the files with

    DRSCAN_REFRESH_GOLDEN=1 pytest tests/remedies/shown/test_golden.py
"""

import os
from pathlib import Path

import pytest

from scanner.remedies.shown import shown
from scanner.remedies.step import Plan

GOLDEN = Path(__file__).parent / "golden"
FILES = {
    "text": "plan.txt",
    "cli": "plan.sh",
    "cloudformation": "plan.yaml",
    "terraform": "plan.tf",
}


@pytest.mark.parametrize("form", FILES)
def test_the_plan_is_shown_as_it_was(form: str, whole: Plan) -> None:
    text = shown(whole, form)
    path = GOLDEN / FILES[form]
    if os.environ.get("DRSCAN_REFRESH_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("form", [*FILES, "json"])
def test_nothing_in_it_moves_a_cursor_or_turns_text_round(form: str, whole: Plan) -> None:
    text = shown(whole, form)
    assert all(line.isprintable() for line in text.split("\n"))


@pytest.mark.parametrize("form", FILES)
def test_of_a_plan_without_steps_there_is_nothing_to_do(form: str) -> None:
    assert "Nothing to do." in shown(Plan("2026-11-21T12:00:00Z", "aws", ""), form)
