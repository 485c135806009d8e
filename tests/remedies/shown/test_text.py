"""Plans as text: what a person has to see at a glance."""

import re
from dataclasses import replace

import pytest

from scanner.remedies.shown.text import notes_of, show, title
from scanner.remedies.step import CREATION, WHOLE, Plan, Safety, Step, Target, Unfixed

BUCKET = Target("AWS::S3::Bucket", "arn:aws:s3:::orders", "111111111111", "us-east-1", "orders")
STEP = Step(
    "01",
    BUCKET,
    "VersioningConfiguration",
    None,
    {"Status": "Enabled"},
    Safety.SAFE,
    ("s3:PutBucketVersioning",),
    ("s3:PutBucketVersioning",),
)
EMPTY = Plan("2026-11-21T12:00:00Z", "aws", "0" * 64)


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (STEP, "Set VersioningConfiguration of orders"),
        (replace(STEP, before={"Status": "Suspended"}), "Change VersioningConfiguration of orders"),
        (replace(STEP, before={"a": 1}, after=None), "Remove VersioningConfiguration of orders"),
        (replace(STEP, property=CREATION), "Make Bucket orders"),
        (replace(STEP, property=CREATION, before={}, after=None), "Remove Bucket orders"),
        (replace(STEP, property=WHOLE, before={}), "Change Bucket orders"),
    ],
)
def test_titles_say_what_a_step_does(step: Step, expected: str) -> None:
    assert title(step) == expected


def test_the_action_is_named_where_it_is_not_called_like_the_operation() -> None:
    other = replace(STEP, actions=("s3:PutEncryptionConfiguration",), serves=(("a", "1"), ("b", "2"), ("a", "3")))
    assert dict(notes_of(STEP)) == {"for": "the steps that need it", "by": "s3:PutBucketVersioning"}
    assert dict(notes_of(other)) == {
        "for": "a, b",
        "by": "s3:PutBucketVersioning (needs s3:PutEncryptionConfiguration)",
    }


def test_what_deserves_thought_is_listed_again_at_the_end(whole: Plan) -> None:
    end = show(whole).partition("In short\n")[2]
    deserving = [step for step in whole.steps if step.safety is not Safety.SAFE]
    assert deserving
    for step in deserving:
        assert f"{step.id}  {title(step)}" in end
    assert "  --irreversible ledger\n" in end
    assert re.search(r"^  safe +\d+ ", end, re.MULTILINE)


def test_what_is_not_fixed_stands_together_by_reason() -> None:
    left = [Unfixed("r", str(number), f"arn:{number}", "it is unknown") for number in range(2)]
    text = show(replace(EMPTY, unfixed=(left[0], Unfixed("q", "3", "arn:3", "why"), left[1])))
    assert text == (
        "Nothing that drscan can do.\n\nNot fixed: 3 findings\n"
        "  q\n    why\n      arn:3\n  r\n    it is unknown\n      arn:0\n      arn:1\n"
    )


def test_color_paints_what_comes_and_goes_and_changes_no_letter(whole: Plan) -> None:
    plain, colored = show(whole), show(whole, color=True)
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == plain
    assert '\x1b[32m      + Status: "Enabled"\x1b[0m\n' in colored
    assert '\x1b[31m      -   AWS: "*"\x1b[0m\n' in colored
    assert "\x1b[1;31m" in colored


def test_colors_are_ours_alone() -> None:
    hostile = replace(STEP, target=replace(BUCKET, name="\x1b[32m+ fine\x1b[0m\n- x"))
    text = show(replace(EMPTY, steps=(hostile,)), color=True)
    assert "\\x1b[32m+ fine\\x1b[0m\\n- x" in text
    assert not any(line.startswith("- x") for line in text.split("\n"))
