"""Answers about sets of patterns are exact: held to brute force, to z3's theory of strings, and to a clock."""

import itertools
import re
import time

import pytest
import z3
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.policy.automata import FIELD, TooLarge
from scanner.policy.pattern_sets import Effort, difference, find, includes, intersection
from scanner.policy.patterns import compile_pattern, escape

PATTERNS = st.lists(st.text("ab*?", max_size=5), min_size=1, max_size=3)
ALL_TEXTS = ["".join(chars) for size in range(7) for chars in itertools.product("abc", repeat=size)]


def matches(patterns: list[str], text: str) -> bool:
    return any(compile_pattern(pattern)(text) for pattern in patterns)


@pytest.mark.parametrize(
    ("outer", "inner"),
    [
        (["*"], ["s3:*", "?"]),
        (["arn:aws:s3:::dst/*"], ["arn:aws:s3:::dst/tax/*"]),
        (["a", "?b*", "?", "a?*", ""], ["a*"]),
        (["*a*"], ["*a?", "?a*", "ba"]),
        (["a?*"], ["a*?"]),
        (["??*", "?"], ["*?"]),
        (["x"], []),
    ],
)
def test_included(outer: list[str], inner: list[str]) -> None:
    assert includes(outer, inner) is None


@pytest.mark.parametrize(
    ("outer", "inner", "witness"),
    [
        (["arn:aws:s3:::dst/*"], ["arn:aws:s3:::dst*"], "arn:aws:s3:::dstexample"),
        (["a?*"], ["a*"], "a"),
        (["a?", "a", "aexample"], ["a*"], "ayy"),
        (["?*"], ["*"], ""),
        ([], ["ab"], "ab"),
        (["a*", "*example*", "x"], ["*"], ""),
        ([escape("a*")], ["a*"], "aexample"),
        (["a*"], [escape("*a")], "*a"),
        ([FIELD], ["*"], ":"),
    ],
)
def test_not_included_and_why(outer: list[str], inner: list[str], witness: str) -> None:
    assert includes(outer, inner) == witness


def test_intersection_of_prefix_and_suffix() -> None:
    assert intersection(["a*b"], ["ab*"]) == "ab"
    assert intersection(["a*"], ["b*"]) is None
    assert intersection(["arn:*:s3:::d/*"], ["arn:aws-cn:s3:::*/tax/*"]) is not None


def test_difference_names_what_the_others_leave() -> None:
    assert difference("b*", ["*b*a*", "b*b", "b"]) == "bx"
    assert difference("b?", ["b*"]) is None


@given(PATTERNS, PATTERNS)
def test_inclusion_agrees_with_brute_force(outer: list[str], inner: list[str]) -> None:
    answer = includes(outer, inner)
    if answer is None:
        assert all(matches(outer, text) for text in ALL_TEXTS if matches(inner, text))
    else:
        assert isinstance(answer, str)
        assert matches(inner, answer)
        assert not matches(outer, answer)


@given(PATTERNS, PATTERNS, PATTERNS)
def test_find_agrees_with_brute_force(first: list[str], second: list[str], outside: list[str]) -> None:
    answer = find((tuple(first), tuple(second)), tuple(outside))
    if answer is None:
        assert not any(matches(first, t) and matches(second, t) and not matches(outside, t) for t in ALL_TEXTS)
    else:
        assert isinstance(answer, str)
        assert matches(first, answer)
        assert matches(second, answer)
        assert not matches(outside, answer)


def as_regex(patterns: list[str]) -> z3.ReRef:
    any_char = z3.AllChar(z3.ReSort(z3.StringSort()))
    tokens = {"*": z3.Star(any_char), "?": any_char}
    empty = z3.Re("")
    each = [z3.Concat(empty, empty, *(tokens.get(char, z3.Re(char)) for char in pattern)) for pattern in patterns]
    return z3.Union(*each, each[0])


@settings(max_examples=30, deadline=None)
@given(PATTERNS, PATTERNS)
def test_inclusion_agrees_with_z3(outer: list[str], inner: list[str]) -> None:
    text, solver = z3.String("text"), z3.Solver()
    solver.set("timeout", 2000)
    solver.add(z3.InRe(text, as_regex(inner)), z3.Not(z3.InRe(text, as_regex(outer))))
    expected = solver.check()
    assert expected == z3.unknown or (expected == z3.unsat) is (includes(outer, inner) is None)


@pytest.mark.parametrize(
    ("within", "outside"),
    [
        (("*?*?*?*" * 1000,), ("*?" * 3000 + "*",)),
        (("*a" + "?" * 30 + "b",), ("*x*",)),
        (("*b*",), tuple(f"*a{'?' * gap}b*" for gap in range(40))),
        (("*",), ("*x*", *(f"*{one}*{two}*" for one in "abcdefgh" for two in "ijklmnop"))),
        (tuple(f"*{number}*" for number in range(2000)), tuple(f"*{number}" for number in range(2000))),
        (("?" * 20000 + "*",), ("?" * 20001 + "*",)),
        (("a" * 50000 + "*",), ("a" * 49999 + "?",)),
    ],
)
def test_hostile_questions_end(within: tuple[str, ...], outside: tuple[str, ...]) -> None:
    started = time.process_time()
    find((within,), outside)
    assert time.process_time() - started < 10


def test_a_question_that_outgrows_its_bound_says_so() -> None:
    assert isinstance(find((("*a" + "?" * 25,),), ("*x*",)), TooLarge)


def test_effort_bounds_several_questions_together() -> None:
    effort = Effort(left=1)
    assert find((("a*",),), ("a?*",), effort) == "a"
    assert effort.spent > 0
    assert isinstance(find((("a*",),), ("a?*",), effort), TooLarge)


FIELDS = st.text(["a", ":", "?", "*", FIELD], max_size=5)


@given(FIELDS, st.lists(FIELDS, max_size=2))
def test_one_field_of_an_arn_is_a_wildcard_that_stops_at_colons(pattern: str, outside: list[str]) -> None:
    def holds(one: str, text: str) -> bool:
        marks = {"*": ".*", "?": ".", FIELD: "[^:]*"}
        return re.fullmatch("".join(marks.get(char, char) for char in one), text) is not None

    answer = find(((pattern,),), tuple(outside))
    texts = ["".join(chars) for size in range(6) for chars in itertools.product("ab:", repeat=size)]
    assert not isinstance(answer, TooLarge)
    for text in texts if answer is None else [answer]:
        left = holds(pattern, text) and not any(holds(other, text) for other in outside)
        assert left is (answer is not None)
