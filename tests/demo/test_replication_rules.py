"""Which rules take an object, decided as S3 does when it is written."""

from typing import Any

import pytest
from replicating import plain

from scanner.demo import moto_corrections
from scanner.demo.emulation import empty
from scanner.demo.replication_rules import Rule, taking

moto_corrections.apply()


def rule(id_: str = "r", **changed: Any) -> Rule:
    shown: dict[str, Any] = {
        "enabled": True,
        "priority": 1,
        "prefix": "",
        "tags": frozenset(),
        "takes_kms": False,
        "destination": "arn:aws:s3:::copy",
        "storage_class": "",
        "mentions": "",
    }
    return Rule(id=id_, **{**shown, **changed})


@pytest.mark.parametrize(
    ("changed", "key", "tags", "encryption", "taken"),
    [
        ({}, "a", {}, "AES256", True),
        ({}, "a", {}, None, True),
        ({"enabled": False}, "a", {}, "AES256", False),
        ({"prefix": "logs/"}, "logs/a", {}, "AES256", True),
        ({"prefix": "logs/"}, "log", {}, "AES256", False),
        ({"tags": frozenset({("dr", "yes")})}, "a", {"dr": "yes", "more": "1"}, "AES256", True),
        ({"tags": frozenset({("dr", "yes"), ("tier", "1")})}, "a", {"dr": "yes"}, "AES256", False),
        ({"tags": frozenset({("dr", "yes")})}, "a", {"dr": "no"}, "AES256", False),
        ({}, "a", {}, "aws:kms", False),
        ({}, "a", {}, "aws:kms:dsse", False),
        ({"takes_kms": True}, "a", {}, "aws:kms", True),
        ({"takes_kms": True}, "a", {}, "AES256", True),
    ],
)
def test_a_rule_takes_what_passes_its_filter(changed, key, tags, encryption, taken):
    assert bool(taking([rule(**changed)], key, tags, encryption)) is taken


def test_of_rules_to_one_destination_the_highest_priority_counts_and_each_destination_has_one():
    rules = [rule("low"), rule("high", priority=9), rule("off", priority=10, enabled=False)]
    elsewhere = rule("elsewhere", destination="arn:aws:s3:::other")
    assert {one.id for one in taking([*rules, elsewhere], "a", {}, None)} == {"high", "elsewhere"}


def test_nothing_is_replicated_where_nobody_plays():
    with empty() as emulation:
        link = plain(emulation.endpoint_url)
        link.s3.put_object(Bucket=link.source, Key="a", Body=b"")
        assert link.status("a") is None
