"""Whole comparisons against an independent judge: the same two policies as formulas for z3's theory of strings."""

from functools import reduce
from typing import Any

import pytest
import z3
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.policy.compare import Contained, Exceeds, compare, prepare
from scanner.policy.document import parse_policy

Raw = dict[str, Any]
ACTION = "s3:GetObject"  # on objects and on objects behind an access point
SHAPES = ("arn:aws:s3:::?*/?*", "arn:aws:s3:%:%:accesspoint/?*/object/?*")
RESOURCE, VALUE, PRESENT = z3.String("resource"), z3.String("value"), z3.Bool("present")

ANY = z3.AllChar(z3.ReSort(z3.StringSort()))
MARKS = {"*": z3.Star(ANY), "?": ANY, "%": z3.Star(z3.Intersect(ANY, z3.Complement(z3.Re(":"))))}


def matches(text: z3.SeqRef, patterns: list[str]) -> z3.BoolRef:
    def regex(pattern: str) -> z3.ReRef:
        return reduce(z3.Concat, (MARKS.get(char, z3.Re(char)) for char in pattern), z3.Re(""))

    return z3.Or([z3.InRe(text, regex(pattern)) for pattern in patterns])


def holds(operator: str, values: list[str]) -> z3.BoolRef:
    match operator:
        case "StringLike":
            return z3.And(PRESENT, matches(VALUE, values))
        case "StringLikeIfExists":
            return z3.Or(z3.Not(PRESENT), matches(VALUE, values))
        case "StringNotLike":
            return z3.Or(z3.Not(PRESENT), z3.Not(matches(VALUE, values)))
        case "Null":
            return z3.Not(PRESENT) if values == ["true"] else PRESENT
    pytest.fail(operator)


def applies(statement: Raw) -> z3.BoolRef:
    negated = "NotResource" in statement
    covers = matches(RESOURCE, statement["NotResource" if negated else "Resource"])
    conditions = [holds(operator, keys["k:v"]) for operator, keys in statement["Condition"].items()]
    return z3.And(z3.Not(covers) if negated else covers, *conditions)


def allows(statements: list[Raw]) -> z3.BoolRef:
    allowed = [applies(one) for one in statements if one["Effect"] == "Allow"]
    return z3.And(z3.Or(allowed), *(z3.Not(applies(one)) for one in statements if one["Effect"] == "Deny"))


resources = st.lists(
    st.sampled_from(["*", "arn:aws:s3:::a*", "arn:aws:s3:::a/*", "arn:aws:s3:::?/b", "*/b*", "arn:*:accesspoint/*"]),
    min_size=1,
    max_size=2,
    unique=True,
)
values = st.lists(st.sampled_from(["x", "x*", "?", "*y"]), min_size=1, max_size=2, unique=True)
conditions = st.one_of(
    st.just({}),
    st.builds(
        lambda operator, values: {operator: {"k:v": values}},
        st.sampled_from(["StringLike", "StringLikeIfExists", "StringNotLike"]),
        values,
    ),
    st.sampled_from(["true", "false"]).map(lambda wanted: {"Null": {"k:v": [wanted]}}),
)
statements = st.builds(
    lambda effect, element, resource, condition: {
        "Effect": effect,
        "Action": ACTION,
        element: resource,
        "Condition": condition,
    },
    st.sampled_from(["Allow", "Allow", "Deny"]),
    st.sampled_from(["Resource", "Resource", "NotResource"]),
    resources,
    conditions,
)
sides = st.lists(statements, min_size=1, max_size=2)


@settings(max_examples=20, deadline=None)
@given(sides, sides)
def test_z3_comes_to_the_same_answer(granted: list[Raw], allowed: list[Raw]) -> None:
    solver = z3.Solver()
    solver.set("timeout", 300)
    solver.add(matches(RESOURCE, list(SHAPES)), allows(granted), z3.Not(allows(allowed)))
    expected = solver.check()
    first, second = (prepare([parse_policy({"Statement": side})]) for side in (granted, allowed))
    found = compare(first, second)
    assert isinstance(found, Contained | Exceeds)
    assert expected == z3.unknown or (expected == z3.unsat) is isinstance(found, Contained)
