"""What a user may set in the estate file is checked as strictly as what a rule author writes."""

from collections.abc import Callable
from typing import Any

import pytest

from scanner.estate.strict_yaml import parse_yaml
from scanner.evaluation.pack import check_params
from scanner.evaluation.parameters import Param, with_defaults
from scanner.evaluation.problems import RulePackError
from scanner.evaluation.rule import Rule

MakeRule = Callable[..., Rule]

DAYS = Param("days", "integer", 35, "How long.", minimum=1, maximum=3650)


@pytest.mark.parametrize(
    ("param", "value", "problem"),
    [
        (DAYS, 30, ""),
        (DAYS, 0, "0 is less than 1"),
        (DAYS, 3651, "3651 is more than 3650"),
        (DAYS, "30", "text where a whole number was expected"),
        (DAYS, 30.5, "a number where a whole number was expected"),
        (DAYS, True, "true or false where a whole number was expected"),
        (Param("p", "number", 1, ""), 0.5, ""),
        (Param("p", "boolean", True, ""), "yes", "text where true or false was expected"),
        (Param("p", "string", "", ""), None, "nothing where text was expected"),
        (Param("p", "list", [], ""), ["a"], ""),
        (Param("p", "list", [], ""), [1], "a list where a list of text was expected"),
        (Param("p", "list", [], ""), "a", "text where a list of text was expected"),
    ],
)
def test_a_value_must_fit(param: Param, value: Any, problem: str) -> None:
    assert param.problem(value) == problem


def test_what_is_not_given_has_its_default() -> None:
    other = Param("other", "string", "x", "")
    assert with_defaults({"days": DAYS, "other": other}, {"days": 7}) == {"days": 7, "other": "x"}


@pytest.mark.parametrize(
    ("estate", "line", "message", "hint"),
    [
        ("params:\n  the-rul: {days: 7}\n", 2, "params: there is no rule 'the-rul'", "did you mean the-rule?"),
        ("params:\n  the-rule:\n    dayz: 7\n", 3, "params.the-rule: unknown parameter 'dayz'", "did you mean days?"),
        ("params:\n  the-rule:\n    days: x\n", 3, "params.the-rule: text where a whole number was expected", ""),
    ],
)
def test_a_mistake_in_the_estate_file_has_its_line(
    make_rule: MakeRule, estate: str, line: int, message: str, hint: str
) -> None:
    declared = {"days": {"type": "integer", "default": 35, "description": "How long."}}
    expect = {"path": "ObjectLockConfiguration.Rule.DefaultRetention.Days", "at_least": {"param": "days"}}
    rule, node = make_rule(params=declared, expect=expect), parse_yaml(estate, "estate.yaml")
    with pytest.raises(RulePackError) as caught:
        check_params([rule], node.value["params"], node=node)
    (error,) = caught.value.errors
    assert (error.file, error.line, error.message, error.hint) == ("estate.yaml", line, message, hint)
    check_params([rule], {"the-rule": {"days": 7}})
