"""Policy variables are filled in from the request, stand for themselves, and exist in version 2012-10-17 only."""

import pytest

from scanner.policy.patterns import escape
from scanner.policy.request import Context, context_of
from scanner.policy.truth import Unseen
from scanner.policy.variables import Template, Unresolved, fill, read_text

NEW = "2012-10-17"
CONTEXT = context_of({"aws:username": "alice", "aws:PrincipalTag/team": "dr", "aws:TagKeys": ["a", "b"], "k": "*"})


def filled(text: str, context: Context = CONTEXT) -> str | Unresolved | Unseen:
    read = read_text(text, NEW, str)
    return fill(read, context) if isinstance(read, Template) else read


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("home/${aws:username}/", "home/alice/"),
        ("${AWS:UserName}", "alice"),
        ("${aws:PrincipalTag/team}-${aws:username}", "dr-alice"),
        ("${ aws:username }", "alice"),
        ("${aws:missing, 'x y'}", "x y"),
        ("${aws:missing,''}", ""),
        ("${aws:username, 'x'}", "alice"),
        ("${*}${?}${$}{x}", "*?${x}"),
        ("${unclosed", "${unclosed"),
        ("$ {aws:username}", "$ {aws:username}"),
    ],
)
def test_fills_in(text: str, expected: str) -> None:
    assert filled(text) == expected


@pytest.mark.parametrize("text", ["${aws:missing}", "${aws:TagKeys}", "${}", "${aws:missing, x}", "${aws:missing, '}"])
def test_without_a_value_a_variable_stays_unresolved(text: str) -> None:
    assert isinstance(filled(text), Unresolved)


def test_an_unseen_value_leaves_the_text_unseen() -> None:
    doubt = Unseen("who knows")
    assert filled("${k}", context_of({"k": doubt})) is doubt
    assert filled("${k}", Context({}, others=doubt)) is doubt


def test_older_documents_have_no_variables() -> None:
    assert read_text("${aws:username}/${*}", "2008-10-17", str) == "${aws:username}/${*}"


def test_in_patterns_values_and_escapes_are_no_wildcards() -> None:
    read = read_text("${k}/${*}/*", NEW, escape)
    assert isinstance(read, Template)
    assert fill(read, CONTEXT) == f"{escape('*')}/{escape('*')}/*"
