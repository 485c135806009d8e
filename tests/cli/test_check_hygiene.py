"""`drscan check` on what templates say beyond their resources: one small template a fault, and exactly what fails."""

import json
from pathlib import Path

import pytest

RULES = (
    *("stateful-resources-retained", "template-has-no-placeholders", "template-partition-consistent"),
    *("template-policy-actions-exist", "vault-lock-is-compliance", "vault-locked", "waiver-in-force"),
)
PLACE = ("--account", "111111111111", "--region", "us-east-1")

REPLICATED = """
Resources:
  Orders:
    Type: AWS::S3::Bucket
    Metadata: {drscan: {waivers: [{rule: %(waived)s, reason: tried out, owner: ops, expires: "%(expires)s"}]}}
    Properties:
      BucketName: orders
      ReplicationConfiguration:
        Role: arn:aws:iam::111111111111:role/replication
        Rules: [{Id: all, Status: Enabled, Prefix: "", Destination: {Bucket: !GetAtt Copy.Arn}}]
  Copy:
    Type: AWS::S3::Bucket
    DeletionPolicy: %(kept)s
    UpdateReplacePolicy: Retain
"""

POLICY = """
Resources:
  Policy:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Action: %s, Resource: !Sub "%s"}]
"""

VAULT = """
Resources:
  Vault:
    Type: AWS::Backup::BackupVault
    DeletionPolicy: Retain
    UpdateReplacePolicy: Retain
    Properties: {BackupVaultName: %s%s}
"""
LOCK = ", LockConfiguration: {MinRetentionDays: 35, ChangeableForDays: 3}"
PLAN = """
  Plan:
    Type: AWS::Backup::BackupPlan
    Properties:
      BackupPlan:
        BackupPlanName: nightly
        BackupPlanRule:
          - RuleName: all
            TargetBackupVault: !Ref Vault
            CopyActions: [{DestinationBackupVaultArn: "arn:aws:backup:eu-west-1:222222222222:backup-vault:copies"}]
"""
ESTATE = """version: 1
accounts: {primary: {id: "111111111111"}, recovery: {id: "222222222222"}}
stacks:
  - {template: primary.yaml, account: primary, region: us-east-1}
  - {template: recovery.yaml, account: recovery, region: eu-west-1}
"""


@pytest.fixture
def check(drscan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Checks templates by name, and gives what is not good: rule, name of the resource and verdict."""
    monkeypatch.chdir(tmp_path)

    def run(*options: str, rules: tuple[str, ...] = RULES, **templates: str) -> set[tuple[str, str, str]]:
        for name, text in templates.items():
            (tmp_path / f"{name}.yaml").write_text(text)
        files = [] if "--estate" in options else [f"{name}.yaml" for name in templates]
        chosen = [word for rule in rules for word in ("--rule", rule)]
        outcome = drscan("check", *files, *chosen, *options, "--format", "json")
        found = json.loads(outcome.out)["findings"]
        return {(one["rule"], one["resource"]["name"], one["verdict"]) for one in found if one["verdict"] != "PASS"}

    return run


def replicated(kept: str = "Retain", waived: str = "stateful-resources-retained", expires: str = "2999-01-01") -> str:
    return REPLICATED % {"kept": kept, "waived": waived, "expires": expires}


@pytest.mark.parametrize(("kept", "bad"), [("Retain", set()), ("RetainExceptOnCreate", set()), ("Delete", {"Copy"})])
def test_a_copy_must_outlive_its_stack(check, kept: str, bad: set[str]) -> None:
    found = check(*PLACE, rules=("stateful-resources-retained",), stack=replicated(kept))
    assert {name for _, name, verdict in found if verdict == "FAIL"} == bad


@pytest.mark.parametrize(
    ("action", "resource", "fails"),
    [
        ("s3:ReplicateObject", "arn:${AWS::Partition}:s3:::orders/*", set()),
        ("s3:ReplicationTags", "arn:${AWS::Partition}:s3:::orders/*", {"template-policy-actions-exist"}),
        ("s3:ReplicateObject", "arn:${AWS::Partition}:s3:::orders", {"template-policy-actions-exist"}),
        ("kms:Decrypt", "arn:${AWS::Partition}:s3:::orders", {"template-policy-actions-exist"}),
        ("s3:ReplicateObject", "arn:aws-cn:s3:::orders/*", {"template-partition-consistent"}),
        ("s3:ReplicateObject", "arn:${AWS::Partition}:s3:::my-bucket/*", {"template-has-no-placeholders"}),
    ],
)
def test_what_a_policy_names_must_be_there(check, action: str, resource: str, fails: set[str]) -> None:
    found = check(*PLACE, stack=POLICY % (action, resource))
    assert {rule for rule, _, verdict in found if verdict == "FAIL"} == fails


@pytest.mark.parametrize(
    ("primary", "recovery", "bad"),
    [
        ("", LOCK, set()),
        (LOCK, LOCK, set()),
        (LOCK, "", {("vault-locked", "copies", "FAIL")}),
        ("", "", {("vault-locked", "copies", "FAIL")}),
    ],
)
def test_the_lock_must_be_on_the_vault_that_is_copied_to(check, tmp_path, primary, recovery, bad) -> None:
    (tmp_path / "estate.yaml").write_text(ESTATE)
    stacks = {"primary": VAULT % ("daily", primary) + PLAN, "recovery": VAULT % ("copies", recovery)}
    assert check("--estate", "estate.yaml", **stacks) == bad


def test_of_a_vault_elsewhere_nothing_is_known(check) -> None:
    assert check(*PLACE, primary=VAULT % ("daily", LOCK) + PLAN) == {("vault-locked", "daily", "UNKNOWN")}


def test_a_waiver_in_a_template_covers_what_is_found_of_its_bucket_until_its_day(check) -> None:
    rules = ("replication-link-works", "waiver-in-force")
    waiver = f"{rules[0]} for arn:aws:s3:::orders in stack.yaml"
    verdicts = []
    for waived, expires in (
        ("bucket-versioning-enabled", "2999-01-01"),
        (rules[0], "2999-01-01"),
        (rules[0], "2020-01-01"),
    ):
        found = check(*PLACE, rules=rules, stack=replicated("Retain", waived, expires))
        verdicts.append({(rule, verdict) for rule, _, verdict in found})
        assert (waiver in {name for _, name, _ in found}) == (expires == "2020-01-01")
    link, own = rules
    assert verdicts == [{(link, "FAIL")}, {(link, "WAIVED")}, {(link, "FAIL"), (own, "FAIL")}]
