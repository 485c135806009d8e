"""Cases: every combination of what conditions hang on, and in words what the failing ones have in common."""

import pytest

from scanner.check.cases import MAX_CASES, Case, cases_of, when
from scanner.sources.declared import OTHER, Variable

STAGE = Variable("Stage", ("dev", "prod", OTHER))
LOCKED = Variable("Locked", (True, False))


def failing(judged: tuple[Case, ...], **options: object) -> list[Case]:
    return [case for case in judged if all(case.options[0, name] == option for name, option in options.items())]


def test_a_template_without_variables_has_one_case() -> None:
    assert cases_of([()]).cases == (Case({}),)


def test_every_combination_is_a_case_and_the_first_is_made_of_first_options() -> None:
    found = cases_of([(STAGE, LOCKED)])
    assert len(found.cases) == 6
    assert found.cases[0].of(0) == {"Stage": "dev", "Locked": True}
    assert len({tuple(case.options.items()) for case in found.cases}) == 6


def test_variables_of_one_name_in_two_stacks_are_two() -> None:
    found = cases_of([(LOCKED,), (LOCKED,)])
    assert {(case.of(0)["Locked"], case.of(1)["Locked"]) for case in found.cases} == {
        (True, True),
        (True, False),
        (False, True),
        (False, False),
    }


def test_more_cases_than_are_judged_are_counted_and_the_most_important_variable_is_tried_in_full() -> None:
    variables = tuple(Variable(f"V{number}", (True, False)) for number in range(8))
    found = cases_of([variables])
    assert (len(found.cases), found.left_out) == (MAX_CASES, 256 - MAX_CASES)
    assert {case.of(0)["V0"] for case in found.cases} == {True, False}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, ""),
        ({"Stage": "prod"}, "Stage is prod"),
        ({"Stage": OTHER}, "Stage is another value"),
        ({"Locked": False}, "Locked is false"),
        ({"Stage": "prod", "Locked": False}, "Stage is prod and Locked is false"),
    ],
)
def test_words_name_only_what_makes_a_difference(options: dict[str, object], words: str) -> None:
    judged = cases_of([(STAGE, LOCKED)]).cases
    assert when(failing(judged, **options), judged) == words


def test_several_ways_to_fail_are_all_named() -> None:
    judged = cases_of([(STAGE, LOCKED)]).cases
    wrong = [case for case in judged if case.options[0, "Stage"] != "prod"]
    assert when(wrong, judged) == "Stage is dev; or Stage is another value"
