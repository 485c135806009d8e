"""Truth as what is still possible: exact for what is certain, and never narrower than the cases it stands for."""

from itertools import product

import pytest

from scanner.evaluation.truth import FALSE, TRUE, UNKNOWN, VOID, conjunction, disjunction, negation

CERTAIN = (TRUE, FALSE, VOID)
ALL = range(1, 8)


def possible(truth: int) -> list[int]:
    return [outcome for outcome in CERTAIN if truth & outcome]


@pytest.mark.parametrize(
    ("truths", "all_of", "any_of"),
    [
        ((TRUE, TRUE), TRUE, TRUE),
        ((TRUE, FALSE), FALSE, TRUE),
        ((FALSE, FALSE), FALSE, FALSE),
        ((FALSE, UNKNOWN), FALSE, UNKNOWN),
        ((TRUE, UNKNOWN), UNKNOWN, TRUE),
        ((VOID, TRUE), TRUE, TRUE),
        ((VOID, FALSE), FALSE, FALSE),
        ((VOID, VOID), VOID, VOID),
        ((), VOID, VOID),
    ],
)
def test_all_and_any(truths: tuple[int, ...], all_of: int, any_of: int) -> None:
    assert conjunction(truths) == all_of
    assert disjunction(truths) == any_of


@pytest.mark.parametrize("combine", [conjunction, disjunction])
def test_uncertain_truths_combine_to_exactly_what_their_cases_combine_to(combine) -> None:  # type: ignore[no-untyped-def]
    for truths in product(ALL, repeat=3):
        outcomes = {combine(case) for case in product(*map(possible, truths))}
        assert combine(truths) == sum(outcomes)


def test_de_morgan_and_double_negation() -> None:
    for truths in product(ALL, repeat=2):
        assert negation(conjunction(truths)) == disjunction(map(negation, truths))
    assert [negation(negation(truth)) for truth in ALL] == list(ALL)
