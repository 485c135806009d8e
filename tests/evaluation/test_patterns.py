"""Patterns mean what Python's mean on ASCII, refuse what cannot be done in time, and never run away or speak up."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.evaluation.patterns import MAX_TEXT, compile_pattern

ATOMS = st.sampled_from(
    ["a", "b", ".", "[ab]", "[^a]", "[a-c0-2]", r"\d", r"\w", r"\s", r"\.", r"[\w-]", "-", "é", "[-a]", "[a-]"]
)


def quantified(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    quantifier = st.sampled_from(["*", "+", "?", "{2}", "{1,}", "{0,2}", "{1,3}"])
    return st.tuples(inner, quantifier).map(lambda pair: f"(?:{pair[0]}){pair[1]}")


PATTERNS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        quantified(inner),
        st.lists(inner, max_size=3).map("".join),
        st.lists(inner, min_size=1, max_size=3).map(lambda options: f"({'|'.join(options)})"),
    ),
    max_leaves=6,
)


@given(PATTERNS, st.text(alphabet="abc01.- é\n_\ud800", max_size=8))
def test_a_pattern_means_what_python_means_by_it(pattern: str, text: str) -> None:
    assert compile_pattern(pattern).matches(text) == (re.compile(pattern, re.ASCII).fullmatch(text) is not None)


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("arn:aws[a-z-]*:s3:::.+", "arn:aws-us-gov:s3:::b", True),
        ("arn:aws[a-z-]*:s3:::.+", "arn:aws:sqs:::b", False),
        (r"[0-9]{12}", "111122223333", True),
        (r"[0-9]{12}", "11112222333", False),
        (r"[0-9]{12}", "111122223333\n", False),
        ("(?i)enabled", "ENABLED", True),
        (r"US\$", "US$", True),
        ("", "", True),
        ("()", "", True),
        ("a|", "", True),
        ("(a*)*", "aaaa", True),
    ],
)
def test_the_whole_value_must_match(pattern: str, text: str, matches: bool) -> None:
    assert compile_pattern(pattern).matches(text) is matches


@pytest.mark.parametrize(
    ("pattern", "complaint"),
    [
        ("^a", "an anchor"),
        ("a$", "an anchor"),
        (r"(a)\1", r"invalid escape sequence: \1"),
        ("(?=a)", "invalid perl operator: (?="),
        ("(?<!a)b", "invalid perl operator: (?<"),
        ("a**", "bad repetition operator: **"),
        ("*a", "no argument for repetition operator: *"),
        ("a{2,1}", "invalid repetition size: {2,1}"),
        ("a{1001}", "invalid repetition size"),
        ("[", "missing ]"),
        ("[b-a]", "invalid character class range: b-a"),
        ("(a", "missing )"),
        ("a)", "unexpected )"),
        ("a\\", "trailing \\"),
        ("a" * 501, "at most 500"),
        ("((a{255}){255}){255}", "invalid repetition size"),
        ("(" * 10 + "a" + "{9})" * 10, "invalid repetition size"),
        (r"(\pL?\pN?){90}", "too large"),
    ],
)
def test_what_is_not_supported_is_refused_by_name_and_in_silence(
    pattern: str, complaint: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ValueError) as caught:
        compile_pattern(pattern)
    assert complaint in str(caught.value)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+b",
        "(a|a)*b",
        "(a|aa)+b",
        "a*a*a*a*a*a*a*b",
        "(.*a){20}b",
        "(a?){50}a{50}b",
        "(.*a){150}b",
        "[ab]*a[ab]{250}b",
    ],
)
def test_what_makes_other_engines_run_for_years_is_over_at_once(
    pattern: str, capfd: pytest.CaptureFixture[str]
) -> None:
    compiled = compile_pattern(pattern)
    started = time.monotonic()
    assert not compiled.matches("a" * MAX_TEXT)
    assert not compiled.matches("ab" * (MAX_TEXT // 2 - 1) + "c")
    assert time.monotonic() - started < 1
    assert capfd.readouterr() == ("", "")
