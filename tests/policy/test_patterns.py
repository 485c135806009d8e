"""`*` is any run, `?` exactly one character, everything else means itself; held to brute force."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.policy.patterns import compile_pattern, escape, is_literal, normalise

PATTERNS = st.text("ab*?", max_size=8)
TEXTS = st.text("ab", max_size=8)


def slow_match(pattern: str, text: str) -> bool:
    """The definition, character by character."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(slow_match(pattern[1:], text[skip:]) for skip in range(len(text) + 1))
    return bool(text) and pattern[0] in ("?", text[0]) and slow_match(pattern[1:], text[1:])


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("s3:Get*", "s3:GetObject", True),
        ("s3:Get*", "s3:PutObject", False),
        ("a*a", "a", False),
        ("*a*b*", "xxaxxbxx", True),
        ("a?c", "a\nc", True),
        ("a.c", "abc", False),
        ("[ab]", "a", False),
        ("", "", True),
        ("?", "", False),
        ("ab*?b", "ab", False),
    ],
)
def test_matches_the_whole_text(pattern: str, text: str, expected: bool) -> None:
    assert compile_pattern(pattern)(text) is expected


@given(PATTERNS, TEXTS)
def test_agrees_with_the_definition(pattern: str, text: str) -> None:
    assert compile_pattern(pattern)(text) is slow_match(pattern, text)


@given(PATTERNS, TEXTS)
def test_normalising_keeps_the_language(pattern: str, text: str) -> None:
    assert slow_match(normalise(pattern), text) is slow_match(pattern, text)


@given(st.text("ab*?", max_size=5), st.text("ab*?", max_size=5))
def test_an_escaped_text_matches_itself_only(text: str, other: str) -> None:
    assert is_literal(escape(text))
    assert compile_pattern(escape(text))(other) is (text == other)


def test_an_escaped_star_can_stand_beside_a_real_one() -> None:
    match = compile_pattern("a/" + escape("*") + "/*")
    assert match("a/*/b")
    assert not match("a/x/b")


def test_case_is_ignored_only_on_request() -> None:
    assert compile_pattern("S3:Get*", ignore_case=True)("s3:gEtObject")
    assert not compile_pattern("S3:Get*")("s3:GetObject")


@pytest.mark.parametrize("pattern", ["*?*?*?*" * 3000, "*a?" * 5000 + "b", "a*" * 20000, "?" * 50000])
def test_hostile_patterns_take_bounded_time(pattern: str) -> None:
    started = time.process_time()
    compile_pattern(pattern)("a" * 20000)
    assert time.process_time() - started < 5
