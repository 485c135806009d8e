"""Of what a step needs, only what nothing else that it needs needs in turn is worth a word."""

from hypothesis import given
from hypothesis import strategies as st

from scanner.remedies.shown.order import nearest_needs
from scanner.remedies.step import Safety, Step, Target

TARGET = Target("AWS::S3::Bucket", "arn:aws:s3:::a", "111111111111", "us-east-1", "a")


def steps(needs: list[set[int]]) -> list[Step]:
    return [
        Step(f"{at:02d}", TARGET, "Tags", None, [], Safety.SAFE, needs=tuple(f"{one:02d}" for one in sorted(wanted)))
        for at, wanted in enumerate(needs)
    ]


def reachable(given_steps: list[Step]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for step in given_steps:
        found[step.id] = set(step.needs).union(*(found[need] for need in step.needs))
    return found


def test_what_is_needed_by_a_need_is_left_out() -> None:
    assert [step.needs for step in nearest_needs(steps([set(), {0}, {0, 1}, {0, 2}]))] == [
        (),
        ("00",),
        ("01",),
        ("02",),
    ]


def test_what_is_no_step_is_nothing_to_wait_for() -> None:
    (_, later) = steps([set(), {0}])
    assert nearest_needs([later])[0].needs == ()


@given(st.data(), st.integers(0, 8))
def test_nothing_is_lost_and_nothing_can_be_left_out(data: st.DataObject, count: int) -> None:
    before = steps([data.draw(st.sets(st.integers(0, at - 1))) if at else set() for at in range(count)])
    after = list(nearest_needs(before))
    assert reachable(after) == reachable(before)
    for step in after:
        implied = set().union(*(reachable(after)[need] for need in step.needs))
        assert not implied & set(step.needs)
