"""What a deployment does to links: it breaks, mends, adds, removes or leaves them, or that is not clear."""

from typing import Any

import pytest
from overlay_parts import AWAY, HOME

from scanner.analysis.changes.links import effect_of
from scanner.estate.changes import LinkChange, LinkEffect
from scanner.estate.estate import Account, Unseen
from scanner.estate.unknown import Unknown

LINK = "data/dr/copies"
STRANGER = f"arn:aws:iam::{HOME}:role/other"


def without(resources: list[Any], type_: str, name: str = "") -> list[Any]:
    return [one for one in resources if one.type != type_ or (name and one.name != name)]


def test_what_no_template_touches_is_left(deploy: Any) -> None:
    assert deploy.link() == LinkChange(LINK, "works", "works", LinkEffect.LEAVES)


def test_a_policy_of_the_destination_that_admits_another_role_breaks_the_link(deploy: Any, parts: Any) -> None:
    found = deploy.link(parts.admitting(principal=STRANGER))
    assert (found.before, found.after, found.effect) == ("works", "broken", LinkEffect.BREAKS)
    assert any(line.startswith("s3:ReplicateObject on arn:aws:s3:::copies/") for line in found.because)


def test_a_destination_without_versioning_breaks_the_link(deploy: Any, parts: Any) -> None:
    found = deploy.link(parts.destination(VersioningConfiguration={"Status": "Suspended"}))
    assert found.effect is LinkEffect.BREAKS
    assert any("copies" in line for line in found.because)


def test_a_policy_that_was_missing_mends_the_link(deploy: Any, parts: Any) -> None:
    deploy.estate.resources = without(deploy.estate.resources, "AWS::S3::BucketPolicy")
    found = deploy.link(parts.admitting())
    assert (found.before, found.after, found.effect) == ("broken", "works", LinkEffect.MENDS)
    assert any(line.startswith("s3:ReplicateObject on ") for line in found.because)


def test_a_rule_adds_a_link(deploy: Any, parts: Any, there: Any) -> None:
    deploy.estate.resources = [there.source(ReplicationConfiguration=None), *there.all()[1:]]
    assert deploy.link(parts.source()) == LinkChange(LINK, "", "works", LinkEffect.ADDS)


def test_a_link_of_a_bucket_that_goes_is_removed(deploy: Any) -> None:
    found = deploy.link(removed=[("AWS::S3::Bucket", "data")])
    assert found == LinkChange(LINK, "works", "", LinkEffect.REMOVES)


def test_a_rule_by_another_id_is_the_same_link(deploy: Any, parts: Any) -> None:
    found = deploy.link(parts.source({**parts.rule, "Id": "renamed"}))
    assert found == LinkChange("data/renamed/copies", "works", "works", LinkEffect.LEAVES)


def test_a_rule_that_is_pointed_elsewhere_is_the_same_link(deploy: Any, parts: Any) -> None:
    elsewhere = {"Bucket": "arn:aws:s3:::nowhere", "Account": AWAY}
    found = deploy.link(parts.source({**parts.rule, "Destination": elsewhere}))
    assert (found.id, found.before, found.after) == ("data/dr/nowhere", "works", "broken")


def test_a_second_rule_is_a_link_of_its_own(deploy: Any, parts: Any) -> None:
    second = {**parts.rule, "Id": "second", "Priority": 2, "Filter": {"Prefix": "logs/"}}
    found = deploy(parts.source(parts.rule, second)).links
    assert [(one.id, one.effect) for one in found] == [
        (LINK, LinkEffect.LEAVES),
        ("data/second/copies", LinkEffect.ADDS),
    ]


def test_rules_that_a_stack_may_or_may_not_take_away_leave_it_unclear(deploy: Any, parts: Any) -> None:
    found = deploy.link(parts.source(ReplicationConfiguration=None))
    assert (found.before, found.after, found.effect) == ("works", "unknown", LinkEffect.UNCLEAR)
    assert "the template says nothing of it" in found.because[0]


@pytest.mark.parametrize("gap", ["bucket", "account", "rules"])
def test_a_link_that_may_have_been_there_unseen_is_not_added(deploy: Any, parts: Any, gap: str) -> None:
    [source, *others] = deploy.estate.resources
    hidden = source.with_properties(ReplicationConfiguration=Unknown("refused"))
    deploy.estate.resources = [hidden, *others] if gap == "rules" else others
    if gap == "bucket":
        deploy.estate.unseen = [Unseen(HOME, "", "AWS::S3::Bucket", "refused")]
    if gap == "account":
        deploy.estate.accounts = (Account(AWAY, "away"),)
    found = deploy.link(parts.source())
    assert (found.before, found.effect) == ("unknown", LinkEffect.UNCLEAR)
    assert found.because[0] in ("refused", f"account {HOME} was not scanned")


def test_what_is_not_known_of_a_link_and_stays_so_leaves_it(deploy: Any) -> None:
    [source, destination, policy, role] = deploy.estate.resources
    deploy.estate.resources = [source, destination, policy.with_properties(PolicyDocument=Unknown("refused")), role]
    found = deploy.link()
    assert (found.before, found.after, found.effect) == ("unknown", "unknown", LinkEffect.LEAVES)
    assert found.because


@pytest.mark.parametrize(
    ("before", "after", "effect"),
    [
        ("works", "works", "leaves"),
        ("works", "broken", "breaks"),
        ("works", "unknown", "unclear"),
        ("works", "", "removes"),
        ("broken", "works", "mends"),
        ("broken", "broken", "leaves"),
        ("broken", "unknown", "unclear"),
        ("broken", "", "removes"),
        ("unknown", "works", "unclear"),
        ("unknown", "broken", "unclear"),
        ("unknown", "unknown", "unclear"),
        ("unknown", "", "unclear"),
        ("", "works", "adds"),
        ("", "broken", "adds"),
        ("", "unknown", "adds"),
    ],
)
def test_two_verdicts_tell_what_becomes_of_a_link(before: str, after: str, effect: str) -> None:
    assert effect_of(before, after, is_same=False) == effect
