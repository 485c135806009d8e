"""From a rule and a resource to a verdict, and to the evidence for it."""

from collections.abc import Callable
from typing import Any

import pytest

from scanner.estate.estate import Account, Estate
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, from_json
from scanner.estate.verdict import Evidence, Verdict
from scanner.evaluation.judging import MAX_EVIDENCE, Judgement, judge, judge_estate
from scanner.evaluation.rule import Rule

MakeRule = Callable[..., Rule]

STATUS = {"path": "VersioningConfiguration.Status", "equals": "Enabled"}
LOCKED = {"path": "ObjectLockEnabled", "equals": True}
EACH = {"each": {"in": "ReplicationConfiguration.Rules", "that": {"path": "Status", "equals": "Enabled"}}}
WHERE = {
    "each": {
        "in": "ReplicationConfiguration.Rules",
        "where": {"path": "Status", "equals": "Enabled"},
        "that": {"path": "Destination.Account", "not_equals": {"path": "$account"}},
    }
}
SOME = {"some": {"in": "ReplicationConfiguration.Rules", "that": {"path": "Status", "equals": "Enabled"}}}
GAP = {"$unknown": "s3:GetBucketX refused: AccessDenied; needs s3:GetX"}


def bucket(name: str = "b", **properties: Any) -> Resource:
    return Resource("AWS::S3::Bucket", f"arn:aws:s3:::{name}", "111111111111", "eu-west-1", name, from_json(properties))


def versioned(status: Any) -> dict[str, Any]:
    return {"VersioningConfiguration": {"Status": status}}


def replicating(*rules: Any) -> dict[str, Any]:
    return {"ReplicationConfiguration": {"Rules": list(rules)}}


ON, OFF = {"Status": "Enabled"}, {"Status": "Disabled"}
FOREIGN = {**ON, "Destination": {"Account": "222222222222"}}
OWN = {**ON, "Destination": {"Account": "111111111111"}}


@pytest.mark.parametrize(
    ("when", "expect", "properties", "verdict"),
    [
        (None, STATUS, versioned("Enabled"), "PASS"),
        (None, STATUS, versioned("Suspended"), "FAIL"),
        (None, STATUS, {}, "FAIL"),
        (None, STATUS, versioned(GAP), "UNKNOWN"),
        (None, STATUS, {"VersioningConfiguration": GAP}, "UNKNOWN"),
        (LOCKED, STATUS, versioned("Enabled"), "NOT_APPLICABLE"),
        (LOCKED, STATUS, {"ObjectLockEnabled": GAP, **versioned("Suspended")}, "UNKNOWN"),
        (LOCKED, STATUS, {"ObjectLockEnabled": True, **versioned("Suspended")}, "FAIL"),
        (None, {"not": STATUS}, versioned("Suspended"), "PASS"),
        (None, {"all": [STATUS, LOCKED]}, {"ObjectLockEnabled": False, **versioned(GAP)}, "FAIL"),
        (None, {"all": [STATUS, LOCKED]}, {"ObjectLockEnabled": True, **versioned(GAP)}, "UNKNOWN"),
        (None, {"any": [STATUS, LOCKED]}, {"ObjectLockEnabled": True, **versioned(GAP)}, "PASS"),
        (None, {"any": [STATUS, LOCKED]}, {"ObjectLockEnabled": False, **versioned(GAP)}, "UNKNOWN"),
        (None, EACH, replicating(ON, ON), "PASS"),
        (None, EACH, replicating(ON, OFF), "FAIL"),
        (None, EACH, replicating(ON, GAP), "UNKNOWN"),
        (None, EACH, replicating(OFF, GAP), "FAIL"),
        (None, EACH, replicating(), "NOT_APPLICABLE"),
        (None, EACH, replicating(None), "NOT_APPLICABLE"),
        (None, EACH, {}, "NOT_APPLICABLE"),
        (None, EACH, {"ReplicationConfiguration": GAP}, "UNKNOWN"),
        (None, EACH, {"ReplicationConfiguration": {"Rules": "all of them"}}, "UNKNOWN"),
        (None, {"each": {**EACH["each"], "allow_empty": True}}, {}, "PASS"),
        (None, {"each": {**EACH["each"], "allow_empty": True}}, replicating(OFF), "FAIL"),
        (None, WHERE, replicating(FOREIGN, OFF), "PASS"),
        (None, WHERE, replicating(OWN, OFF), "FAIL"),
        (None, WHERE, replicating(OFF), "NOT_APPLICABLE"),
        (None, WHERE, replicating({**FOREIGN, "Status": GAP}), "UNKNOWN"),
        (None, WHERE, replicating({**FOREIGN, "Status": GAP}, FOREIGN), "PASS"),
        (None, WHERE, replicating({**OWN, "Status": GAP}, FOREIGN), "UNKNOWN"),
        (None, {"all": [STATUS, EACH]}, versioned("Enabled"), "PASS"),
        (None, {"all": [STATUS, EACH]}, {}, "FAIL"),
        (None, {"any": [STATUS, EACH]}, {}, "FAIL"),
        (None, {"not": EACH}, {}, "NOT_APPLICABLE"),
        (EACH, STATUS, versioned("Enabled"), "NOT_APPLICABLE"),
        (None, SOME, replicating(OFF, ON), "PASS"),
        (None, SOME, replicating(OFF), "FAIL"),
        (None, SOME, replicating(OFF, GAP), "UNKNOWN"),
        (None, SOME, replicating(ON, GAP), "PASS"),
        (None, SOME, {}, "FAIL"),
        (None, SOME, {"ReplicationConfiguration": GAP}, "UNKNOWN"),
        (None, {"some": {**WHERE["each"]}}, replicating(OFF, FOREIGN), "PASS"),
        (None, {"some": {**WHERE["each"]}}, replicating({**FOREIGN, **OFF}), "FAIL"),
    ],
)
def test_the_verdict(make_rule: MakeRule, when: Any, expect: Any, properties: Any, verdict: str) -> None:
    judgement = judge(make_rule(when=when, expect=expect), bucket(**properties))
    assert judgement.verdict == Verdict(verdict)
    assert bool(judgement.evidence) == (verdict != "NOT_APPLICABLE")


def evidence(judgement: Judgement) -> list[tuple[str, str, Any]]:
    return [(found.path, found.expected, found.observed) for found in judgement.evidence]


def test_a_fail_shows_the_false_leaves_that_decided(make_rule: MakeRule) -> None:
    rule = make_rule(
        expect={"all": [STATUS, LOCKED, {"any": [{"path": "BucketName", "exists": True}, {"not": STATUS}]}]}
    )
    assert evidence(judge(rule, bucket(ObjectLockEnabled=False, **versioned("Enabled")))) == [
        ("ObjectLockEnabled", "equals true", False),
        ("BucketName", "exists", None),
        ("VersioningConfiguration.Status", 'does not equal "Enabled"', "Enabled"),
    ]


def test_a_pass_shows_the_true_leaves(make_rule: MakeRule) -> None:
    rule = make_rule(expect={"any": [STATUS, LOCKED]})
    assert evidence(judge(rule, bucket(**versioned("Enabled")))) == [
        ("VersioningConfiguration.Status", 'equals "Enabled"', "Enabled")
    ]


def test_an_unknown_shows_what_could_not_be_seen_and_why(make_rule: MakeRule) -> None:
    rule = make_rule(when={"any": [LOCKED, STATUS]}, expect={"path": "BucketName", "exists": True})
    judgement = judge(rule, bucket(ObjectLockEnabled=GAP, **versioned("Suspended")))
    assert evidence(judgement) == [("ObjectLockEnabled", "equals true", Unknown(GAP["$unknown"]))]


def test_evidence_from_a_list_has_indexes(make_rule: MakeRule) -> None:
    judgement = judge(make_rule(expect=WHERE), bucket(**replicating(OFF, None, OWN, FOREIGN)))
    assert evidence(judgement) == [
        (
            "ReplicationConfiguration.Rules[2].Destination.Account",
            'does not equal $account ("111111111111")',
            "111111111111",
        )
    ]


@pytest.mark.parametrize(
    ("expect", "properties", "expected"),
    [
        (WHERE, replicating({**OWN, "Status": GAP}), [".Rules[0].Status"]),
        (WHERE, replicating(GAP, FOREIGN), [".Rules[0]"]),
        (WHERE, {"ReplicationConfiguration": GAP}, [".Rules"]),
        (SOME, replicating(OFF, OFF), [".Rules[0].Status", ".Rules[1].Status"]),
        (SOME, replicating(), [".Rules"]),
        ({"each": {**EACH["each"], "allow_empty": True}}, {}, [".Rules"]),
        ({"not": SOME}, replicating(ON, OFF), [".Rules[0].Status"]),
        ({"some": WHERE["each"]}, replicating(FOREIGN), [".Rules[0].Status", ".Rules[0].Destination.Account"]),
    ],
)
def test_evidence_names_the_elements_that_decided(
    make_rule: MakeRule, expect: Any, properties: Any, expected: list[str]
) -> None:
    judgement = judge(make_rule(expect=expect), bucket(**properties))
    assert [path.removeprefix("ReplicationConfiguration") for path, _, _ in evidence(judgement)] == expected


def test_an_element_of_plain_values_is_a_dot(make_rule: MakeRule) -> None:
    owners = {"in": "OwnershipControls.Rules", "that": {"path": "ObjectOwnership", "in": ["BucketOwnerEnforced"]}}
    expect = {"all": [{"each": owners}, {"each": {"in": "Tags", "that": {"path": ".", "exists": True}}}]}
    judgement = judge(make_rule(expect=expect), bucket(Tags=[{"Key": "a", "Value": "b"}]))
    assert evidence(judgement) == [("Tags[0]", "exists", {"Key": "a", "Value": "b"})]


def test_a_rooted_path_leaves_the_element(make_rule: MakeRule) -> None:
    that = {"path": "$.VersioningConfiguration.Status", "equals": {"path": "Status"}}
    rule = make_rule(expect={"each": {"in": "ReplicationConfiguration.Rules", "that": that}})
    judgement = judge(rule, bucket(**versioned("Enabled"), **replicating(ON)))
    assert evidence(judgement) == [("VersioningConfiguration.Status", 'equals Status ("Enabled")', "Enabled")]


def test_an_unknown_operand_gives_its_reason(make_rule: MakeRule) -> None:
    rule = make_rule(expect={"path": "BucketName", "equals": {"path": "LoggingConfiguration.DestinationBucketName"}})
    judgement = judge(rule, bucket(BucketName="b", LoggingConfiguration={"$unknown": "refused"}))
    assert judgement.evidence[0].observed == Unknown("LoggingConfiguration.DestinationBucketName: refused")


def test_evidence_is_capped_and_the_rest_is_counted(make_rule: MakeRule) -> None:
    judgement = judge(make_rule(expect=EACH), bucket(**replicating(*[OFF] * (MAX_EVIDENCE + 7))))
    assert (len(judgement.evidence), judgement.more) == (MAX_EVIDENCE, 7)


def test_evidence_says_where_it_came_from(make_rule: MakeRule) -> None:
    def source_of(resource: Resource, path: str) -> str:
        return f"{resource.name}:{path}"

    judgement = judge(make_rule(expect=EACH), bucket(**replicating(OFF)), source_of=source_of)
    assert judgement.evidence == (
        Evidence(
            "ReplicationConfiguration.Rules[0].Status",
            'equals "Enabled"',
            "Disabled",
            "b:ReplicationConfiguration.Rules.Status",
        ),
    )
    own = judge(make_rule(expect={"path": "$region", "in": ["eu-west-1"]}), bucket(), source_of=source_of)
    assert own.evidence[0].source == ""


DAYS = {"days": {"type": "integer", "default": 35, "minimum": 1, "description": "How long."}}
RETAINED = {"path": "ObjectLockConfiguration.Rule.DefaultRetention.Days", "at_least": {"param": "days"}}


@pytest.mark.parametrize(("days", "verdict"), [(None, "FAIL"), (30, "PASS"), (31, "FAIL")])
def test_a_parameter_has_a_default_that_may_be_overridden(make_rule: MakeRule, days: int | None, verdict: str) -> None:
    rule = make_rule(params=DAYS, expect=RETAINED)
    locked = bucket(ObjectLockConfiguration={"Rule": {"DefaultRetention": {"Days": 30}}})
    judgement = judge(rule, locked, {} if days is None else {"days": days})
    assert judgement.verdict == Verdict(verdict)
    assert judgement.evidence[0].expected == f"is at least {days or 35} (days)"


def test_an_estate_is_judged_rule_by_rule_on_what_is_of_its_kind(make_rule: MakeRule) -> None:
    key = Resource("AWS::KMS::Key", "arn:aws:kms:eu-west-1:111111111111:key/k", "111111111111", "eu-west-1", "k")
    estate = Estate((bucket("one", **versioned("Enabled")), key, bucket("two")), (Account("111111111111", "a"),))
    rules = [make_rule(), make_rule(params=DAYS, expect=RETAINED)]
    judgements = list(judge_estate(rules, estate, {"the-rule": {"days": 1}}))
    assert [(found.resource.name, found.verdict.value) for found in judgements] == [
        ("one", "PASS"),
        ("two", "FAIL"),
        ("one", "FAIL"),
        ("two", "FAIL"),
    ]
    assert judgements[2].evidence[0].expected == "is at least 1 (days)"
