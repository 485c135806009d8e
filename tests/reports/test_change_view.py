"""What templates would change, in words, the worst first."""

import pytest

from reports.change_view import ChangeView, change_view
from scanner.estate.changes import AccessChange, Changes, LinkChange, LinkEffect


def view(*links: LinkChange, access: tuple[AccessChange, ...] = (), doubts: tuple[str, ...] = ()) -> ChangeView:
    found = change_view(Changes(links, access, doubts))
    assert found is not None
    return found


def link(effect: LinkEffect, *because: str, id_: str = "a/all/b") -> LinkChange:
    return LinkChange(id_, "works", "broken", effect, because)


GRANT = AccessChange("policy of bucket b", "Open", "*", "s3:GetObject", "arn:aws:s3:::b/*", {})


def test_without_anything_live_there_are_no_changes() -> None:
    assert change_view(None) is None


LINES = [
    ((), (), (), "changes no link and grants nothing new"),
    ((link(LinkEffect.LEAVES),) * 3, (), (), "leaves 3 links as before"),
    ((link(LinkEffect.MENDS), link(LinkEffect.BREAKS)), (), (), "breaks 1 link, mends 1 link"),
    (
        (link(LinkEffect.ADDS),),
        (GRANT,) * 2,
        ("x",),
        "adds 1 link, newly grants access in 2 ways; 1 thing could not be",
    ),
]


@pytest.mark.parametrize(("links", "access", "doubts", "line"), LINES)
def test_all_of_it_in_one_line(
    links: tuple[LinkChange, ...], access: tuple[AccessChange, ...], doubts: tuple[str, ...], line: str
) -> None:
    assert view(*links, access=access, doubts=doubts).line.startswith(line)


def test_every_effect_has_its_words_and_its_place() -> None:
    found = view(*(link(effect) for effect in LinkEffect))
    assert [row.effect for row in found.links] == ["breaks", "removes", "unclear", "mends", "adds"]
    assert found.line.count("1 link") == len(LinkEffect)


def test_a_link_says_what_it_was_what_it_would_be_and_why() -> None:
    (row,) = view(link(LinkEffect.BREAKS, "no kms:Decrypt", "no role", "no key")).links
    assert (row.name, row.states) == ("a/all/b", "works → broken")
    assert row.line == "works → broken: no kms:Decrypt (and 2 more)"
    (new,) = view(LinkChange("n", "", "works", LinkEffect.ADDS)).links
    assert new.line == "no link → works"


def test_a_grant_is_one_sentence_with_the_request_that_shows_it() -> None:
    (row,) = view(access=(GRANT,)).access
    assert row.line == "policy of bucket b, statement Open would let * do s3:GetObject on arn:aws:s3:::b/*"
    given = AccessChange("p", "", "*", "a:B", "r", {"aws:SourceIp": ["1.2.3.4"], "x": True})
    (row,) = view(access=(given,)).access
    assert row.line == 'p would let * do a:B on r, given aws:SourceIp = ["1.2.3.4"], x = true'


def test_what_a_report_leaves_out_is_counted() -> None:
    found = view(*(link(LinkEffect.BREAKS),) * 5, access=(GRANT,) * 3, doubts=("x",) * 2)
    assert found.more(2) == 3 + 1


def test_names_are_inert() -> None:
    (row,) = view(link(LinkEffect.BREAKS, "\x1b[2J", id_="a\nb")).links
    assert (row.name, row.because) == (r"a\nb", (r"\x1b[2J",))
