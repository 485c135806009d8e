"""The commands about rules and permissions, run as a rule author and an administrator would."""

import json
from pathlib import Path

import pytest


def test_every_built_in_rule_bears_out_its_examples_and_every_leaf_is_noticed(drscan) -> None:
    outcome = drscan("rules", "test")
    assert outcome.code == 0, outcome.out
    assert " 0 problems" in outcome.out


def test_a_new_rule_loads_passes_its_tests_and_is_not_overwritten(drscan, tmp_path: Path) -> None:
    new = ("rules", "new", "key-is-rotated", "--kind", "AWS::KMS::Key", "--out", tmp_path)
    assert drscan(*new).code == 0
    assert drscan("rules", "test", "--rules", tmp_path, "--rule", "key-is-rotated").code == 0
    again = drscan(*new)
    assert (again.code, "there already" in again.err) == (2, True)


def test_an_example_that_does_not_hold_fails_the_test_with_its_line(drscan, tmp_path: Path) -> None:
    drscan("rules", "new", "key-is-rotated", "--kind", "AWS::KMS::Key", "--out", tmp_path)
    file = tmp_path / "key-is-rotated.yaml"
    file.write_text(file.read_text().replace("expect: PASS", "expect: FAIL", 1))
    outcome = drscan("rules", "test", "--rules", tmp_path, "--rule", "key-is-rotated")
    assert outcome.code == 1
    assert f"{file}:" in outcome.out


def test_a_rule_of_ones_own_is_listed_beside_the_built_in_ones(drscan, tmp_path: Path) -> None:
    drscan("rules", "new", "key-is-rotated", "--kind", "AWS::KMS::Key", "--out", tmp_path)
    listed = json.loads(drscan("rules", "list", "--rules", tmp_path, "--format", "json").out)
    ids = {rule["id"] for rule in listed}
    assert {"key-is-rotated", "bucket-versioning-enabled"} <= ids


def test_a_rule_is_shown_with_its_reason_its_next_step_and_its_techniques(drscan) -> None:
    page = drscan("rules", "show", "bucket-versioning-enabled").out
    for part in ("**Next step:**", "ATT&CK T1485", "NIST", "https://docs.aws.amazon.com/"):
        assert part in page


def test_an_unknown_rule_is_answered_with_the_nearest(drscan) -> None:
    outcome = drscan("rules", "show", "bucket-versioning-enable")
    assert outcome.code == 2
    assert "bucket-versioning-enabled" in outcome.err


def test_one_rule_needs_one_read_action_beside_the_listing(drscan) -> None:
    policy = json.loads(drscan("permissions", "--rule", "bucket-versioning-not-suspended").out)
    actions = {action for statement in policy["Statement"] for action in statement["Action"]}
    assert actions == {"s3:GetBucketVersioning", "s3:ListAllMyBuckets", "s3:GetBucketLocation"}


def test_the_scanner_never_asks_for_an_action_that_writes_or_reads_objects(drscan) -> None:
    policy = json.loads(drscan("permissions").out)
    actions = {action for statement in policy["Statement"] for action in statement["Action"]}
    verbs = {action.partition(":")[2] for action in actions}
    assert all(verb.startswith(("Get", "List", "Describe")) for verb in verbs)
    assert not actions & {"s3:GetObject", "s3:GetObjectVersion", "secretsmanager:GetSecretValue"}


def test_the_trust_policy_admits_one_account_that_knows_the_external_id(drscan) -> None:
    printed = drscan("permissions", "--trust", "111122223333", "--external-id", "x1", "--partition", "aws-cn").out
    (statement,) = json.loads(printed)["TrustPolicy"]["Statement"]
    assert statement["Principal"] == {"AWS": "arn:aws-cn:iam::111122223333:root"}
    assert statement["Condition"] == {"StringEquals": {"sts:ExternalId": "x1"}}


@pytest.mark.parametrize("arguments", [["--trust", "me"], ["--external-id", "x"]])
def test_half_a_trust_is_refused(drscan, arguments: list[str]) -> None:
    assert drscan("permissions", *arguments).code == 2


def test_the_rule_pages_are_those_of_the_rules(drscan) -> None:
    page = Path("docs/rules.md")
    assert page.read_text(encoding="utf-8") == drscan("rules", "list", "--format", "markdown").out, "run: make docs"
