"""Our patterns mean what Python's mean, refuse what they cannot do, and never run away."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.evaluation.regex import MAX_TEXT, compile_regex

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


@given(PATTERNS, st.text(alphabet="abc01.- é\n_", max_size=8))
def test_a_pattern_means_what_python_means_by_it(pattern: str, text: str) -> None:
    assert compile_regex(pattern).matches(text) == (re.compile(pattern, re.ASCII).fullmatch(text) is not None)


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("arn:aws[a-z-]*:s3:::.+", "arn:aws-us-gov:s3:::b", True),
        ("arn:aws[a-z-]*:s3:::.+", "arn:aws:sqs:::b", False),
        (r"[0-9]{12}", "111122223333", True),
        (r"[0-9]{12}", "11112222333", False),
        ("", "", True),
        ("()", "", True),
        ("a|", "", True),
        ("(a*)*", "aaaa", True),
    ],
)
def test_the_whole_value_must_match(pattern: str, text: str, matches: bool) -> None:
    assert compile_regex(pattern).matches(text) is matches


@pytest.mark.parametrize(
    ("pattern", "complaint"),
    [
        ("^a", "an anchor"),
        ("a$", "an anchor"),
        (r"(a)\1", "backreferences"),
        (r"\bword", "boundaries"),
        ("(?=a)", "no lookaround"),
        ("(?P<n>a)", "no lookaround, names or flags"),
        ("(?i)a", "no lookaround, names or flags"),
        ("a*?", "a second quantifier"),
        ("a**", "a second quantifier"),
        ("*a", "a bare *"),
        ("a{", "no number"),
        ("a{2,1}", "below its minimum"),
        ("a{256}", "no number up to 255"),
        ("a{1x}", "no {m}"),
        ("[", "empty, unclosed"),
        ("[]", "empty, unclosed"),
        ("[b-a]", "does not run upwards"),
        (r"[^\W]", "negated class inside"),
        ("(a", "a missing )"),
        ("a)", "an unmatched )"),
        ("a]", "a bare ]"),
        ("a\\", "the escape"),
        ("(" * 21 + ")" * 21, "nested deeper than 20"),
        ("a" * 501, "at most 500"),
        ("((a{255}){255}){255}", "too large"),
        ("(" * 10 + "a" + "{9})" * 10, "too large"),
    ],
)
def test_what_is_not_supported_is_refused_by_name(pattern: str, complaint: str) -> None:
    with pytest.raises(ValueError) as caught:
        compile_regex(pattern)
    assert complaint in str(caught.value)


@pytest.mark.parametrize(
    "pattern", ["(a+)+b", "(a|a)*b", "(a|aa)+b", "a*a*a*a*a*a*a*b", "(.*a){20}b", "(a?){50}a{50}b"]
)
def test_what_makes_other_engines_run_for_years_is_over_at_once(pattern: str) -> None:
    regex = compile_regex(pattern)
    started = time.monotonic()
    assert not regex.matches("a" * MAX_TEXT)
    assert time.monotonic() - started < 2


def test_hostile_text_does_not_fill_the_memory() -> None:
    regex = compile_regex("[^x]*")
    assert regex.matches("".join(map(chr, range(0x4E00, 0x4E00 + MAX_TEXT))))
    assert regex.matches("".join(map(chr, range(0xAC00, 0xAC00 + MAX_TEXT))))
    assert regex.cached <= 4096
