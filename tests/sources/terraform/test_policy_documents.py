"""A policy that Terraform reads during the apply is put together from what the plan shows of it."""

import json
from pathlib import Path
from typing import Any

import pytest
from terraform_plan import Json, Made, constant, plan, refer

from scanner.estate.unknown import Unknown
from scanner.sources.declared import Deployment
from scanner.sources.terraform.documents import document_of
from scanner.sources.terraform.template import open_plan

HERE = Deployment(Path("plan.json"), Path(), "111111111111", "us-east-1")
ROLE = Made("aws_iam_role.r", {"name": "copier", "path": "/"}, {"arn": True, "id": True})
KEY = Made("aws_kms_key.k", {}, {"arn": True, "key_id": True})
BUCKET = Made("aws_s3_bucket.b", {"bucket": "orders"}, {"arn": True, "id": True})
ROLE_ARN = "arn:aws:iam::111111111111:role/copier"
KEY_ARN = "arn:aws:kms:us-east-1:111111111111:key/{aws_kms_key.k}"


def policy(*documents: Made) -> Any:
    """What a bucket policy says that takes the first of these documents."""
    name = documents[0].address
    taker = Made("aws_s3_bucket_policy.p", {"bucket": "x"}, {"policy": True}, {"policy": refer(f"{name}.json")})
    planned = open_plan(HERE.file, plan(ROLE, KEY, BUCKET, *documents, taker)).planned(HERE)
    return next(one.values["policy"] for one in planned if one.address == taker.address)


def document(known: Json, later: Json, given: Json, name: str = "d", **rest: Any) -> Made:
    later = {"id": True, "json": True, "minified_json": True, **later}
    return Made(f"data.aws_iam_policy_document.{name}", known, later, given, actions=("read",), **rest)


def statement(given: Json, count: int, **known: Any) -> Made:
    """A document of one statement whose resources are known later."""
    block = {"actions": ["kms:Encrypt"], "resources": [None] * count, **known}
    return document(
        {"statement": [block]},
        {"statement": [{"resources": [True] * count}]},
        {"statement": [{"actions": constant(["kms:Encrypt"]), "resources": given}]},
    )


def test_whole_things_stand_in_a_statement_as_they_are() -> None:
    known = {
        "statement": [
            {
                "actions": ["kms:Encrypt"],
                "resources": [None],
                "principals": [{"type": "AWS", "identifiers": [None]}],
                "sid": "Keys",
            }
        ]
    }
    later = {"statement": [{"resources": [True], "principals": [{"identifiers": [True]}]}]}
    principals = [{"type": constant("AWS"), "identifiers": refer("aws_iam_role.r.arn")}]
    given = {"statement": [{"resources": refer("aws_kms_key.k.arn"), "principals": principals}]}
    assert policy(document(known, later, given)) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Keys",
                "Effect": "Allow",
                "Action": "kms:Encrypt",
                "Resource": KEY_ARN,
                "Principal": {"AWS": ROLE_ARN},
            }
        ],
    }


UNKNOWN_RESOURCE = {
    "a bucket's ARN, which may have a part of the bucket behind it": (refer("aws_s3_bucket.b.arn"), 1),
    "two references in one text": (refer("aws_kms_key.k.arn", "aws_s3_bucket.b.arn"), 1),
    "a local": (refer("local.arns"), 1),
}


@pytest.mark.parametrize(("given", "count"), UNKNOWN_RESOURCE.values(), ids=UNKNOWN_RESOURCE)
def test_what_may_have_been_made_longer_is_unknown_in_its_place(given: Json, count: int) -> None:
    found = policy(statement(given, count))["Statement"][0]
    assert found["Action"] == "kms:Encrypt"
    assert isinstance(found["Resource"], Unknown)


def test_a_key_among_parts_of_buckets_is_still_told() -> None:
    given = refer("aws_s3_bucket.b.arn", "aws_s3_bucket.b.arn", "aws_kms_key.k.arn")
    resources = policy(statement(given, 3))["Statement"][0]["Resource"]
    assert resources[2] == KEY_ARN
    assert all(isinstance(one, Unknown) for one in resources[:2])


def test_known_entries_of_a_list_stay_beside_unknown_ones() -> None:
    found = policy(
        document(
            {"statement": [{"actions": ["s3:*"], "resources": ["arn:aws:s3:::x", None]}]},
            {"statement": [{"resources": [False, True]}]},
            {"statement": [{"resources": refer("aws_kms_key.k.arn")}]},
        )
    )
    assert found["Statement"][0]["Resource"] == ["arn:aws:s3:::x", KEY_ARN]


def test_a_document_that_was_read_is_the_text_that_the_plan_knows() -> None:
    text = json.dumps({"Version": "2012-10-17", "Statement": []})
    read = Made("data.aws_iam_policy_document.d", {"json": text})
    taker = Made("aws_s3_bucket_policy.p", {"policy": text}, {}, {"policy": refer(f"{read.address}.json")})
    (planned,) = open_plan(HERE.file, plan(taker, read=[read])).planned(HERE)
    assert planned.values["policy"] == text


def test_a_document_that_waits_for_something_else_is_known_all_the_same() -> None:
    block = {"actions": ["s3:GetObject"], "effect": "Deny", "not_resources": ["*"], "sid": None}
    found = policy(document({"statement": [block]}, {}, {}))
    assert found["Statement"] == [{"Effect": "Deny", "Action": "s3:GetObject", "NotResource": "*"}]


def test_statements_of_a_dynamic_block_are_unknown() -> None:
    assert policy(document({}, {"statement": True}, {"statement": []}))["Statement"] == [Unknown("known after apply")]


class TestSources:
    def test_other_documents_come_first_and_statements_of_one_sid_replace_each_other(self) -> None:
        inner = document({"statement": [{"sid": "A", "actions": ["a:A"]}, {"actions": ["a:B"]}]}, {}, {}, "inner")
        outer = document(
            {"statement": [{"sid": "A", "actions": ["a:C"]}], "source_policy_documents": [None]},
            {"source_policy_documents": [True]},
            {"source_policy_documents": refer(f"{inner.address}.json")},
        )
        assert [one["Action"] for one in policy(outer, inner)["Statement"]] == ["a:C", "a:B"]

    def test_a_source_that_is_not_known_is_one_unknown_statement(self) -> None:
        later = document(
            {"statement": [{"actions": ["a:A"]}]},
            {"source_policy_documents": [True]},
            {"source_policy_documents": refer("local.more")},
        )
        found = policy(later)["Statement"]
        assert isinstance(found[0], Unknown)
        assert found[1]["Action"] == "a:A"

    def test_an_override_that_is_not_known_leaves_nothing_certain(self) -> None:
        later = document(
            {"statement": [{"actions": ["a:A"]}]},
            {"override_policy_documents": [True]},
            {"override_policy_documents": refer("local.more")},
        )
        assert isinstance(policy(later), Unknown)

    def test_documents_that_contain_each_other_stay_unknown(self) -> None:
        def of(name: str, other: str) -> Made:
            given = {"source_policy_documents": refer(f"data.aws_iam_policy_document.{other}.json")}
            return document({"statement": []}, {"source_policy_documents": [True]}, given, name)

        assert [type(one) for one in policy(of("a", "b"), of("b", "a"))["Statement"]] == [Unknown]


BLOCKS = [
    ({"principals": [{"type": "*", "identifiers": ["*"]}]}, {"Principal": "*"}),
    ({"principals": [{"type": "AWS", "identifiers": ["*"]}]}, {"Principal": {"AWS": "*"}}),
    (
        {"principals": [{"type": "AWS", "identifiers": ["a"]}, {"type": "AWS", "identifiers": ["b"]}]},
        {"Principal": {"AWS": ["a", "b"]}},
    ),
    ({"not_principals": [{"type": "Service", "identifiers": ["s"]}]}, {"NotPrincipal": {"Service": "s"}}),
    ({"principals": Unknown("u")}, {"Principal": Unknown("u")}),
    ({"principals": [{"type": Unknown("u"), "identifiers": ["a"]}]}, {"Principal": Unknown("known after apply")}),
    (
        {
            "condition": [
                {"test": "StringLike", "variable": "aws:userid", "values": ["&{aws:username}", "x"]},
                {"test": "StringLike", "variable": "s3:prefix", "values": ["y"]},
            ]
        },
        {"Condition": {"StringLike": {"aws:userid": ["${aws:username}", "x"], "s3:prefix": "y"}}},
    ),
    (
        {"condition": [{"test": Unknown("u"), "variable": "v", "values": []}]},
        {"Condition": Unknown("known after apply")},
    ),
    ({"not_actions": ["a:*"], "effect": "Deny"}, {"NotAction": "a:*", "Effect": "Deny"}),
    ({"actions": Unknown("u")}, {"Action": Unknown("u")}),
]


@pytest.mark.parametrize(("block", "expected"), BLOCKS, ids=str)
def test_blocks_become_what_the_provider_makes_of_them(block: Json, expected: Json) -> None:
    assert document_of({"statement": [block]})["Statement"] == [{"Effect": "Allow", **expected}]


@pytest.mark.parametrize("wrong", [7, "x", [7], [None], {"a": 1}, [{"principals": [7], "condition": [7]}]], ids=str)
def test_what_no_plan_holds_is_unknown_and_no_failure(wrong: Any) -> None:
    found = document_of({"statement": wrong, "source_policy_documents": wrong, "source_json": wrong})
    assert isinstance(found["Statement"], list)
