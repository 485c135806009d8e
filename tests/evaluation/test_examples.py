"""Rules prove themselves by examples, and mutation finds what the examples leave unproven."""

from collections.abc import Callable
from typing import Any

import pytest

from scanner.evaluation.examples import check_examples
from scanner.evaluation.mutation import surviving_mutants
from scanner.evaluation.rule import Rule

MakeRule = Callable[..., Rule]

ENABLED = {"path": "VersioningConfiguration.Status", "equals": "Enabled"}
GAP = {"$unknown": "refused"}


def example(expect: str, evidence: list[str] | None = None, **resource: Any) -> dict[str, Any]:
    extra = {"evidence": evidence} if evidence else {}
    return {"name": f"{expect} {resource}", "expect": expect, "resource": resource, **extra}


def versioned(status: Any) -> dict[str, Any]:
    return {"VersioningConfiguration": {"Status": status}}


PROOF = [
    example("PASS", **versioned("Enabled")),
    example("FAIL", **versioned("Suspended")),
    example("UNKNOWN", **versioned(GAP)),
]


def test_examples_that_hold_are_no_failures(make_rule: MakeRule) -> None:
    assert check_examples(make_rule(examples=PROOF)) == []


@pytest.mark.parametrize("missing", range(3))
def test_one_example_of_each_verdict_must_be_there(make_rule: MakeRule, missing: int) -> None:
    (failure,) = check_examples(make_rule(examples=[*PROOF[:missing], *PROOF[missing + 1 :]]))
    assert failure.message == f"no example expects {PROOF[missing]['expect']}"
    assert failure.line > 1


def test_a_wrong_verdict_is_told_with_what_led_to_it(make_rule: MakeRule) -> None:
    (failure,) = check_examples(make_rule(examples=[*PROOF, example("PASS", **versioned("Suspended"), BucketName="b")]))
    assert failure.message == (
        "expects PASS and gets FAIL (VersioningConfiguration.Status equals \"Enabled\", observed 'Suspended')"
    )


def test_evidence_must_be_exactly_what_the_example_says(make_rule: MakeRule) -> None:
    right = example("FAIL", ["VersioningConfiguration.Status"], BucketName="right")
    wrong = example("FAIL", ["BucketName"], BucketName="wrong")
    (failure,) = check_examples(make_rule(examples=[*PROOF, right, wrong]))
    assert failure.message == "expects evidence BucketName and gets VersioningConfiguration.Status"


def test_an_example_may_set_parameters_and_what_the_resource_is(make_rule: MakeRule) -> None:
    rule = make_rule(
        params={"homes": {"type": "list", "default": ["eu-west-1"], "description": "Where buckets may be."}},
        expect={"path": "$region", "in": {"param": "homes"}},
        examples=[
            {"name": "home", "expect": "PASS", "resource": {"$region": "eu-west-1"}},
            {"name": "away", "expect": "FAIL", "resource": {"$region": "us-east-1"}},
            {
                "name": "moved",
                "expect": "PASS",
                "params": {"homes": ["us-east-1"]},
                "resource": {"$region": "us-east-1"},
            },
            {
                "name": "other account",
                "expect": "FAIL",
                "resource": {"$account": "222222222222", "$name": "x", "$arn": "a"},
            },
        ],
    )
    assert [failure.message for failure in check_examples(rule)] == ["no example expects UNKNOWN"]


def survivors(rule: Rule) -> list[tuple[str, str]]:
    assert check_examples(rule) == []
    return [(mutant.place, mutant.change) for mutant in surviving_mutants(rule)]


def test_a_proven_rule_has_no_surviving_mutant(make_rule: MakeRule) -> None:
    assert survivors(make_rule(examples=PROOF)) == []


@pytest.mark.parametrize(
    ("expect", "examples", "survivor"),
    [
        (
            {"all": [ENABLED, {"path": "BucketName", "exists": True}]},
            [
                example("PASS", BucketName="b", **versioned("Enabled")),
                example("FAIL"),
                example("UNKNOWN", BucketName="b", **versioned(GAP)),
            ],
            ("expect.all[1]", "BucketName exists taken as always true"),
        ),
        (
            {"path": "VersioningConfiguration.Status", "in": ["Enabled", "Suspended"]},
            [example("PASS", **versioned("Enabled")), example("FAIL"), PROOF[2]],
            ("expect.in[1]", "in without 'Suspended'"),
        ),
        (
            {"path": "LifecycleConfiguration.Rules", "exists": True},
            [
                example("PASS", LifecycleConfiguration={"Rules": []}),
                example("FAIL"),
                example("UNKNOWN", LifecycleConfiguration=GAP),
            ],
            None,
        ),
        (
            {"not": {"not": ENABLED}},
            PROOF,
            None,
        ),
        (
            {"any": [ENABLED, {"path": "BucketName", "exists": True}]},
            [example("PASS", BucketName="b", **versioned("Enabled")), example("FAIL"), PROOF[2]],
            ("expect.any[1]", "BucketName exists taken as always false"),
        ),
        (
            {"each": {"in": "Tags", "where": {"path": "Key", "equals": "a"}, "that": {"path": "Value", "equals": "b"}}},
            [
                example("PASS", Tags=[{"Key": "a", "Value": "b"}]),
                example("FAIL", Tags=[{"Key": "a", "Value": "c"}]),
                example("UNKNOWN", Tags=GAP),
            ],
            ("expect.each.where", "without where"),
        ),
        (
            {"each": {"in": "Tags", "that": {"path": "Key", "equals": "a"}}},
            [example("PASS", Tags=[{"Key": "a"}]), example("FAIL", Tags=[{"Key": "b"}]), example("UNKNOWN", Tags=GAP)],
            ("expect.each", "some instead of each"),
        ),
        (
            {"some": {"in": "Tags", "that": {"path": "Key", "equals": "a"}}},
            [example("PASS", Tags=[{"Key": "a"}]), example("FAIL", Tags=[{"Key": "b"}]), example("UNKNOWN", Tags=GAP)],
            ("expect.some", "each instead of some"),
        ),
    ],
    ids=["leaf", "member", "proven", "not", "any", "where", "each", "some"],
)
def test_what_no_example_notices_survives(
    make_rule: MakeRule, expect: Any, examples: Any, survivor: tuple[str, str] | None
) -> None:
    found = survivors(make_rule(expect=expect, examples=examples))
    assert survivor in found if survivor else found == []


def days(number: Any) -> dict[str, Any]:
    return {"ObjectLockConfiguration": {"Rule": {"DefaultRetention": {"Days": number}}}}


RETAINED = "ObjectLockConfiguration.Rule.DefaultRetention.Days"
PARAM = {"days": {"type": "integer", "default": 35, "description": "How long."}}


@pytest.mark.parametrize("operand", [35, {"param": "days"}])
@pytest.mark.parametrize(("good", "bad", "left"), [(35, 34, []), (36, 34, ["one more"]), (35, 1, ["one less"])])
def test_a_threshold_is_proven_from_both_sides(
    make_rule: MakeRule, operand: Any, good: int, bad: int, left: list[str]
) -> None:
    rule = make_rule(
        params=PARAM if isinstance(operand, dict) else None,
        expect={"path": RETAINED, "at_least": operand},
        examples=[example("PASS", **days(good)), example("FAIL", **days(bad)), example("UNKNOWN", **days(GAP))],
    )
    assert survivors(rule) == [("expect", f"at_least {change}") for change in left]


NOTHING_SEEN = example("UNKNOWN", VersioningConfiguration=GAP, Tags=GAP, ReplicationConfiguration=GAP)
TAGGED = {"each": {"in": "Tags", "that": {"path": "Key", "exists": True}}}


@pytest.mark.parametrize(("sibling", "matters"), [(ENABLED, False), (TAGGED, True)])
def test_allow_empty_is_asked_about_only_where_it_can_matter(make_rule: MakeRule, sibling: Any, matters: bool) -> None:
    each = {"each": {"in": "ReplicationConfiguration.Rules", "that": {"path": "Status", "equals": "Enabled"}}}
    rule = make_rule(expect={"all": [sibling, each]}, examples=[NOTHING_SEEN])
    found = [(mutant.place, mutant.change) for mutant in surviving_mutants(rule)]
    assert (("expect.all[1].each", "with allow_empty") in found) is matters
