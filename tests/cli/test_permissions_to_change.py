"""`drscan permissions --fix` and `--drill`: policies for the roles that change something."""

import json
from pathlib import Path
from typing import Any

import pytest

from scanner.remedies.differences import Change
from scanner.remedies.plan_file import write_plan
from scanner.remedies.step import Plan, Target
from scanner.remedies.steps import digest_of, steps_of

BUCKET = Target("AWS::S3::Bucket", "arn:aws:s3:::orders", "111111111111", "us-east-1", "orders")


@pytest.fixture
def plan_file(tmp_path: Path) -> Path:
    change = Change(BUCKET, "VersioningConfiguration", None, {"Status": "Enabled"})
    steps = steps_of([change], {(BUCKET, change.property): {("bucket-versioning-enabled", "0" * 16): None}})
    file = tmp_path / "plan.json"
    write_plan(Plan("2026-11-21T12:00:00Z", "aws", digest_of(steps), steps), file)
    return file


def actions(policy: dict[str, Any], start: str = "") -> set[str]:
    return {action for one in policy["Statement"] if one["Sid"].startswith(start) for action in one["Action"]}


def test_fixing_takes_a_policy_of_its_own_that_reads_what_the_remedies_are_judged_by(drscan) -> None:
    policy = json.loads(drscan("permissions", "--fix").out)
    assert {"s3:PutBucketVersioning", "iam:PassRole", "kms:CreateKey"} <= actions(policy)
    assert "s3:GetReplicationConfiguration" in actions(policy, "Read")
    assert not actions(json.loads(drscan("permissions").out), "Write")


def test_a_plan_takes_just_what_it_does(drscan, plan_file: Path) -> None:
    policies = json.loads(drscan("permissions", "--fix", "--plan", plan_file).out)
    assert list(policies) == ["111111111111"]
    policy = policies["111111111111"]
    assert [one for one in policy["Statement"] if one["Sid"].startswith("Write")] == [
        {"Sid": "WriteS3", "Effect": "Allow", "Action": ["s3:PutBucketVersioning"], "Resource": BUCKET.arn}
    ]
    assert {"s3:GetBucketVersioning", "s3:ListAllMyBuckets"} <= actions(policy, "Read")


def test_the_trust_policy_comes_with_each(drscan, plan_file: Path) -> None:
    trust = ("--trust", "222222222222", "--external-id", "x")
    whole = json.loads(drscan("permissions", "--fix", *trust).out)
    by_account = json.loads(drscan("permissions", "--fix", "--plan", plan_file, *trust).out)
    assert whole.keys() == by_account["111111111111"].keys() == {"PermissionsPolicy", "TrustPolicy"}


def test_a_drill_takes_a_policy_at_each_end(drscan) -> None:
    policies = json.loads(drscan("permissions", "--drill", "orders", "orders-dr").out)
    assert list(policies) == ["source", "destination"]
    assert "s3:PutObject" in actions(policies["source"])
    assert "s3:GetReplicationConfiguration" in actions(policies["source"], "Read")
    assert "s3:PutObject" not in actions(policies["destination"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--plan", "plan.json"], "--plan FILE goes with --fix"),
        (["--fix", "--drill", "a", "b"], "ask for one at a time"),
        (["--fix", "--plan", "missing.json"], "cannot be read"),
        (["--fix", "--external-id", "x"], "--external-id goes with --trust"),
    ],
)
def test_what_does_not_go_together_is_refused(drscan, arguments: list[str], said: str) -> None:
    outcome = drscan("permissions", *arguments)
    assert outcome.code == 2
    assert said in outcome.err
