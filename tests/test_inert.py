"""Nothing that comes out of `inert` can move a cursor, turn round, hide or break a line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.inert import inert, inert_lines, one_line, shortened

CASES = [
    ("orders-data_1.eu", "orders-data_1.eu"),
    ("Überwachung 監視 наблюдение", "Überwachung 監視 наблюдение"),
    ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
    ("a\nb\r\tc", "a\\nb\\r\\tc"),
    ("\x00\x07\x7f\x9b", "\\x00\\x07\\x7f\\x9b"),
    ("invoice\u202efdp.exe", "invoice\\u202efdp.exe"),
    ("a\u200bb\ufeffc\u2066d", "a\\u200bb\\ufeffc\\u2066d"),
    ("line\u2028paragraph\u2029", "line\\u2028paragraph\\u2029"),
    ("\ud800\U000e0041", "\\ud800\\U000e0041"),
    ("no\xa0break\u3000space", "no\\xa0break\\u3000space"),
    ("<b>&amp;", "<b>&amp;"),
]


@pytest.mark.parametrize(("text", "shown"), CASES)
def test_what_is_active_or_invisible_becomes_visible_and_letters_stay(text: str, shown: str) -> None:
    assert inert(text) == shown


@given(text=st.text() | st.binary().map(lambda data: data.decode("latin-1")))
def test_whatever_goes_in_printable_text_comes_out(text: str) -> None:
    assert inert(text).isprintable()
    assert inert(inert(text)) == inert(text)


def test_lines_of_our_own_stay_lines() -> None:
    assert inert_lines("first\n  \x1b[2Jsecond\r\n") == "first\n  \\x1b[2Jsecond\\r\n"


def test_prose_may_run_over_lines_but_is_shown_on_one() -> None:
    assert one_line("  Turn it on,\n  then\twait. \x1b ") == "Turn it on, then wait. \\x1b"


def test_a_long_text_loses_its_end_and_says_so() -> None:
    assert shortened("abcdef", 6) == "abcdef"
    assert shortened("abcdefg", 6) == "abcde…"
