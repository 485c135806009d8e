"""A link is found by whatever part of its name is enough, and by nothing less."""

import pytest
from drill_links import bucket, rule, source, view

from scanner.analysis.replication.links import View
from scanner.drill.choosing import link_named
from scanner.errors import InvalidInputError
from scanner.estate.estate import Estate, Unseen

SEEN = view(
    source("orders", rule("all", "orders-dr"), rule("logs", "archive")),
    source("photos", rule("all", "photos-dr")),
    source("photos-dr", rule("all", "deep")),
    bucket("orders-dr"),
)


@pytest.mark.parametrize(
    ("name", "id_"),
    [
        ("orders/all/orders-dr", "orders/all/orders-dr"),
        ("archive", "orders/logs/archive"),
        ("photos", "photos/all/photos-dr"),
        ("orders/l", "orders/logs/archive"),
        ("logs", "orders/logs/archive"),
        ("deep", "photos-dr/all/deep"),
        ("dr/all", "photos-dr/all/deep"),
    ],
)
def test_the_most_exact_reading_of_a_name_counts(name: str, id_: str) -> None:
    assert link_named(SEEN, name).id == id_


@pytest.mark.parametrize("name", ["orders", "photos-dr", "all", "/"])
def test_a_name_that_several_links_have_is_no_name_and_they_are_listed(name: str) -> None:
    with pytest.raises(InvalidInputError, match="links are called") as caught:
        link_named(SEEN, name)
    assert "/all/" in caught.value.hint


def test_an_empty_name_chooses_nothing_even_where_there_is_one_link() -> None:
    with pytest.raises(InvalidInputError, match="the name of the link is empty"):
        link_named(view(source("data", rule())), "")


def test_a_name_that_no_link_has_gets_those_that_there_are() -> None:
    with pytest.raises(InvalidInputError, match="no link that was seen is called 'nothing'") as caught:
        link_named(SEEN, "nothing")
    assert "orders/logs/archive" in caught.value.hint


def test_what_was_not_seen_is_said() -> None:
    refused = {"$unknown": "s3:GetBucketReplication refused"}
    guarded = view(bucket("guarded", ReplicationConfiguration=refused), source("data", rule()))
    for name in ("guarded", "guar", "guarded/rule/copy"):
        with pytest.raises(InvalidInputError) as caught:
            link_named(guarded, name)
        assert caught.value.hint == "the replication rules of guarded were not seen: s3:GetBucketReplication refused"
    blind = View.of(Estate(unseen=(Unseen("1", "", "account", "sts:AssumeRole refused"),)))
    with pytest.raises(InvalidInputError) as caught:
        link_named(blind, "data")
    assert caught.value.hint == "not everything was seen: account sts:AssumeRole refused"
    with pytest.raises(InvalidInputError) as caught:
        link_named(view(bucket("data")), "data")
    assert caught.value.hint == "no bucket that was seen has a replication rule"


def test_hostile_names_are_quoted_and_shortened() -> None:
    loud = view(source("data", *(rule(f"\x1b[2J\u202e{'x' * 5000}{n}", f"copy-{n}") for n in range(40))))
    with pytest.raises(InvalidInputError) as caught:
        link_named(loud, "data")
    said = caught.value.diagnostic()
    assert said.replace("\n", "").isprintable()
    assert len(said) < 10_000
    assert said.endswith("and 30 more")
