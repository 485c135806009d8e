"""What may be done is settled before anything is: who is asked, what is named, and what waits for what was left out."""

from dataclasses import replace

import pytest
from twelve_steps import World, twelve_steps

from scanner.errors import InvalidInputError
from scanner.remedies.decisions import Decisions, left_out
from scanner.remedies.step import Plan, Safety, Step

PLAN = twelve_steps(World("111111111111", "222222222222", "orders"))
LOCK, REPLICATION = "05", "11"


def deciding(*refused: str, names: tuple[str, ...] = (), plan: Plan = PLAN) -> dict[str, str]:
    return left_out(plan, plan.steps, Decisions(lambda step: step.id not in refused, frozenset(names)))


def having(step: str, **changed: object) -> Plan:
    return replace(PLAN, steps=tuple(replace(one, **changed) if one.id == step else one for one in PLAN.steps))  # type: ignore[arg-type]


IRREVERSIBLE = having(LOCK, safety=Safety.IRREVERSIBLE)
BUCKET = PLAN.steps[4].target


def test_what_deserves_review_is_asked_about_once_each_and_in_order() -> None:
    asked: list[Step] = []
    assert left_out(PLAN, PLAN.steps, Decisions(lambda step: not asked.append(step))) == {}
    assert [step.id for step in asked] == [step.id for step in PLAN.steps if step.safety is Safety.REVIEW]


def test_what_needs_a_step_that_was_left_out_is_left_out_unasked() -> None:
    asked: list[str] = []
    out = left_out(PLAN, PLAN.steps, Decisions(lambda step: bool(asked.append(step.id))))
    assert out["01"] == "you said no"
    assert out["02"] == "it needs step 01, which is not done"
    assert {step.id for step in PLAN.steps if "01" in step.needs} <= out.keys()
    assert not {"10", "11"} & set(asked)
    assert "12" not in out


def test_steps_that_were_done_before_are_not_asked_about() -> None:
    assert left_out(PLAN, PLAN.steps[5:], Decisions(lambda _: False)).keys() == {"10", "11"}


def test_what_cannot_be_undone_takes_its_name() -> None:
    out = deciding(plan=IRREVERSIBLE)
    assert out[LOCK] == f"it cannot be undone: allow it with --irreversible {BUCKET.name}"
    assert REPLICATION in out
    for name in (BUCKET.name, BUCKET.arn):
        assert deciding(names=(name,), plan=IRREVERSIBLE) == {}


@pytest.mark.parametrize("name", ["orders", "orders-data", "*", "", BUCKET.name.upper(), f"{BUCKET.arn}/*"])
def test_a_name_that_is_not_exactly_one(name: str) -> None:
    with pytest.raises(InvalidInputError, match="no step that cannot be undone is about it") as raised:
        deciding(names=(BUCKET.name, name), plan=IRREVERSIBLE)
    assert raised.value.hint == f"such steps are about: {BUCKET.name}"


def test_a_name_in_a_plan_without_such_steps() -> None:
    with pytest.raises(InvalidInputError) as raised:
        deciding(names=(BUCKET.name,))
    assert raised.value.hint == "this plan has no such step"


def test_a_name_that_two_things_have() -> None:
    twin = replace(BUCKET, arn=BUCKET.arn.replace("arn:aws:", "arn:aws-cn:"))
    steps = (*IRREVERSIBLE.steps, replace(IRREVERSIBLE.steps[4], id="13", target=twin))
    plan = replace(IRREVERSIBLE, steps=steps)
    with pytest.raises(InvalidInputError, match="that may be any of"):
        deciding(names=(BUCKET.name,), plan=plan)
    assert deciding(names=(BUCKET.arn, twin.arn), plan=plan) == {}


def test_what_is_only_shown_is_never_done() -> None:
    out = deciding(plan=having(REPLICATION, safety=Safety.MANUAL))
    assert out == {REPLICATION: "drscan only shows this one: decide, and do it by hand"}
