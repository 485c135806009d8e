"""Sizes that AWS does not go beyond, names that are taken, and rules of the two versions side by side."""

from typing import Any

import pytest
from link_blueprint import AWAY, HOME, Blueprint, document
from planned import planned

from scanner.remedies.new_resources import alias_name, role_name
from scanner.remedies.proposals import Choices
from scanner.remedies.rule_edits import in_second_version
from scanner.remedies.step import CREATION
from tests.remedies.links.estates import ONE, Plain

BUCKET, ROLE, KEY, JOB = "AWS::S3::Bucket", "AWS::IAM::Role", "AWS::KMS::Key", "AWS::S3::BatchReplicationJob"
WORKS = "replication-link-works"


def filled(size: int, **parts: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": f"arn:aws:s3:::{'x' * size}", **parts}


def long_role(drawn: Blueprint) -> None:
    drawn.statements = {"Long": filled(10_100)}


def long_trust(drawn: Blueprint) -> None:
    drawn.trust["Condition"]["ArnLike"]["aws:SourceArn"] = f"{drawn.source_arn}/{'x' * 1_900}"


def long_bucket_policy(drawn: Blueprint) -> None:
    drawn.destination_policy = document(filled(20_200, Principal={"AWS": drawn.role_arn}))


def long_key_policy(drawn: Blueprint) -> None:
    drawn.replica_key = document(filled(32_600, Principal={"AWS": drawn.role_arn}, Action="kms:TagResource"))


@pytest.mark.parametrize(
    ("draw", "why"),
    [
        (long_role, "IAM takes 10240"),
        (long_trust, "IAM takes 2048"),
        (long_bucket_policy, "S3 takes 20480"),
        (long_key_policy, "KMS takes 32768"),
    ],
)
def test_no_policy_becomes_longer_than_aws_takes(draw: Any, why: str) -> None:
    blueprint = Blueprint()
    draw(blueprint)
    found = planned(blueprint.estate, blueprint.intent, [WORKS])
    assert found.plan.steps == ()
    assert why in found.why()


def test_rules_without_filter_that_lead_to_several_places_become_rules_with_one() -> None:
    blueprint = Blueprint()
    for name in ("Filter", "Priority", "DeleteMarkerReplication"):
        del blueprint.rule[name]
    blueprint.rule["Prefix"] = "ledger/"
    blueprint.add_rule(Id="other", Destination={"Bucket": "arn:aws:s3:::other"})
    blueprint.add(BUCKET, "arn:aws:s3:::other", HOME, "us-east-1", "other")
    found = planned(blueprint.estate, blueprint.intent, ["replication-schema-valid"])
    assert "replication-schema-valid" not in found.fails()
    first, second = found.step(BUCKET, "ReplicationConfiguration").after["Rules"]
    assert (first["Filter"], first["Priority"], second["Priority"]) == ({"Prefix": "ledger/"}, 1, 2)
    assert {one["DeleteMarkerReplication"]["Status"] for one in (first, second)} == {"Enabled"}


def test_a_rule_of_the_second_version_keeps_all_that_it_says() -> None:
    rule = {
        "Id": "a",
        "Priority": 3,
        "Filter": {"And": {"Prefix": "a/"}},
        "DeleteMarkerReplication": {"Status": "Enabled"},
    }
    same = {**rule, "Id": "b"}
    assert in_second_version([rule, same]) == [rule, {**same, "Priority": 4}]


def test_a_key_that_was_made_before_is_found_by_its_alias() -> None:
    plain = Plain().encrypted()
    first = planned(plain.estate, plain.intent, ONE).estate
    made = [one for one in first.resources if one.type in (KEY, "AWS::KMS::Alias")]
    again = Plain(resources=[one for one in made if one.account == AWAY]).encrypted()
    found = planned(again.estate, again.intent, ONE)
    assert found.verdicts("protected-bucket-has-every-copy") == ["PASS"]
    assert not [step for step in found.plan.steps if step.target.type == KEY and step.property == CREATION]


def test_a_key_without_its_accounts_say_admits_the_job_that_reports_under_it() -> None:
    plain = Plain().encrypted()
    (key,) = plain.resources
    own = document({"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{HOME}:role/admin"}, "Action": "kms:*"})
    plain.resources = [key.with_properties(KeyPolicy=own)]
    found = planned(plain.estate, plain.intent, ONE, Choices(existing_objects=True))
    admitted = found.step(KEY, "KeyPolicy", "source").after["Statement"]
    assert [one["Action"] for one in admitted[1:]] == ["kms:Decrypt", "kms:GenerateDataKey"]


def test_a_role_for_jobs_that_says_just_the_same_serves_again() -> None:
    choices = Choices(existing_objects=True)
    first = planned(Plain().estate, Plain().intent, ONE, choices)
    arn = first.step(JOB, CREATION).after["RoleArn"]
    role = first.estate.get(ROLE, arn)
    assert role is not None
    same = Plain(resources=[role])
    assert planned(same.estate, same.intent, ONE, choices).step(JOB, CREATION).after["RoleArn"] == arn
    other = Plain(resources=[role.with_properties(Policies=[])])
    assert planned(other.estate, other.intent, ONE, choices).step(JOB, CREATION).after["RoleArn"] == f"{arn}-2"


def test_names_are_such_as_aws_takes_them() -> None:
    long = "b" * 63
    assert role_name("orders", "-replication") == "orders-replication"
    assert len(role_name(long, "-batch-replication")) == 64
    assert role_name(long, "-replication") != role_name(f"{long[:-1]}c", "-replication")
    assert alias_name("orders.eu-replicas") == "alias/orders-eu-replicas"


def test_one_job_serves_all_links_of_a_bucket() -> None:
    plain = Plain(prefixes=("a/", "b/"))
    found = planned(plain.estate, plain.intent, ONE, Choices(existing_objects=True))
    assert len([step for step in found.plan.steps if step.target.type == JOB]) == 1
