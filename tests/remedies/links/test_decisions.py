"""What remedies of links leave to somebody: denials, guardrails, others' needs, and whatever was not seen."""

from collections.abc import Callable
from typing import Any

import pytest
from link_blueprint import AWAY, HOME, THIRD, Blueprint, document
from planned import Planned, planned

from scanner.estate.estate import Unseen
from scanner.estate.unknown import Unknown
from scanner.remedies.proposals import Choices

ROLE, POLICY, KEY, BUCKET = "AWS::IAM::Role", "AWS::S3::BucketPolicy", "AWS::KMS::Key", "AWS::S3::Bucket"
WORKS, EXCESS, ACTIONS = (
    "replication-link-works",
    "replication-role-has-no-excess",
    "replication-role-has-required-actions",
)

Draw = Callable[[Blueprint], Any]


def done(draw: Draw, *rules: str, choices: Choices | None = None, bucket_key: bool = False) -> Planned:
    blueprint = Blueprint(bucket_key=bucket_key)
    draw(blueprint)
    return planned(blueprint.estate, blueprint.intent, rules, choices)


def denied_by_bucket(drawn: Blueprint) -> None:
    drawn.destination_policy["Statement"].append(drawn.everyone_denied("s3:ReplicateObject"))


def denied_by_organization(drawn: Blueprint) -> None:
    drawn.scps[HOME] = [document(drawn.allow("*", "*"), drawn.deny("s3:ReplicateObject"))]


def bounded(drawn: Blueprint) -> None:
    arn = f"arn:aws:iam::{HOME}:policy/boundary"
    only_reads = document(drawn.allow(["s3:Get*", "s3:List*", "kms:*"], "*"))
    drawn.add("AWS::IAM::ManagedPolicy", arn, HOME, "", "boundary", PolicyDocument=only_reads)
    drawn.role = {"PermissionsBoundary": arn}


def serving_others(drawn: Blueprint) -> None:
    drawn.trust["Principal"] = {"Service": ["s3.amazonaws.com", "lambda.amazonaws.com"]}
    drawn.statements["Table"] = drawn.allow("dynamodb:*", "*")


def with_batch(drawn: Blueprint) -> None:
    drawn.trust["Principal"] = {"Service": ["s3.amazonaws.com", "batchoperations.s3.amazonaws.com"]}
    del drawn.trust["Condition"]
    drawn.statements["All"] = drawn.allow("s3:*", "*")


def for_everybody(drawn: Blueprint) -> None:
    everybody = drawn.allow("s3:PutBucketVersioning", drawn.destination_arn, Principal="*", Sid="Open")
    everybody["Condition"] = {"StringEquals": {"aws:PrincipalAccount": HOME}}
    drawn.destination_policy["Statement"].append(everybody)


def for_the_account(drawn: Blueprint) -> None:
    home = drawn.allow("s3:PutObject", f"{drawn.destination_arn}/*", Principal=drawn.root(HOME), Sid="Home")
    drawn.destination_policy["Statement"].append(home)


def without_source_key(drawn: Blueprint) -> None:
    drawn.source_key = None


def outrun(drawn: Blueprint) -> None:
    move = {"StorageClass": "GLACIER", "TransitionInDays": 0}
    drawn.source["LifecycleConfiguration"] = {"Rules": [{"Id": "cold", "Status": "Enabled", "Transitions": [move]}]}


def with_role_elsewhere(drawn: Blueprint) -> None:
    drawn.source["ReplicationConfiguration"]["Role"] = f"arn:aws:iam::{AWAY}:role/away"


def destination_gone(drawn: Blueprint) -> None:
    drawn.destination = drawn.destination_policy = None


def contrary(drawn: Blueprint) -> None:
    tags = [{"Key": "tier", "Value": "gold"}, {"Key": "tier", "Value": "silver"}]
    drawn.rule["Filter"] = {"And": {"TagFilters": tags}}


def statement_unseen(drawn: Blueprint) -> None:
    del drawn.statements["Bucket"]
    drawn.statements["Odd"] = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": Unknown("a parameter")}


def key_not_seen(drawn: Blueprint) -> None:
    del drawn.statements["Encrypt"]
    drawn.replica_key = None
    drawn.unseen.append(Unseen(AWAY, "eu-west-1", KEY, "ListKeys refused"))


LEFT: dict[str, tuple[Draw, str, str]] = {
    "a denial in the bucket's policy": (denied_by_bucket, WORKS, "has to exempt the role"),
    "a denial of the organization": (denied_by_organization, WORKS, "has to exempt the role"),
    "a permission boundary": (bounded, WORKS, "boundary"),
    "a role that serves others, too": (serving_others, EXCESS, "give replication a role of its own"),
    "a role that runs Batch jobs, too": (with_batch, EXCESS, "give them a role of their own"),
    "a statement for everybody": (
        for_everybody,
        "recovery-bucket-grants-no-control-to-source",
        "statement Open of the policy of bucket ledger-copy is for everybody",
    ),
    "a statement for the account": (for_the_account, EXCESS, "name those who need it"),
    "a key that is lost": (without_source_key, WORKS, "there is no key"),
    "a lifecycle that is too quick": (outrun, WORKS, "let lifecycle wait"),
    "a role of another account": (with_role_elsewhere, ACTIONS, f"is no role of account {HOME}"),
    "a destination that is gone": (destination_gone, WORKS, "estate.yaml does not say where"),
    "a filter that selects nothing": (contrary, WORKS, "correct the filter"),
    "a policy half seen": (statement_unseen, ACTIONS, "a parameter"),
}


@pytest.mark.parametrize("case", LEFT)
def test_what_somebody_has_to_decide_is_told_and_left_as_it_is(case: str) -> None:
    draw, rule, why = LEFT[case]
    found = done(draw, rule)
    assert set(found.verdicts(rule)) == {"FAIL"}
    assert found.plan.steps == ()
    assert why in found.why()


def test_nothing_is_added_to_a_key_that_was_not_seen() -> None:
    found = done(key_not_seen, WORKS)
    assert all(step.target.type != KEY for step in found.plan.steps)


def test_a_role_with_links_that_were_not_seen_loses_nothing() -> None:
    def draw(drawn: Blueprint) -> None:
        drawn.statements["All"] = drawn.allow("s3:*", "*")
        other = {"ReplicationConfiguration": Unknown("GetBucketReplication refused")}
        drawn.add(BUCKET, "arn:aws:s3:::other", HOME, "us-east-1", "other", **other)

    found = done(draw, EXCESS, ACTIONS)
    assert found.plan.steps == ()


def test_a_managed_policy_is_detached_where_it_grants_too_much_and_what_is_left_of_it_stays() -> None:
    wide, kept = f"arn:aws:iam::{HOME}:policy/wide", "arn:aws:iam::aws:policy/Empty"

    def draw(drawn: Blueprint) -> None:
        deny = drawn.deny("s3:DeleteObject", "*", Sid="Never")
        statements = [drawn.statements.pop(sid) for sid in ("Bucket", "Read")]
        everything = document(deny, *statements, drawn.allow("s3:Put*", "*"))
        drawn.add("AWS::IAM::ManagedPolicy", wide, HOME, "", "wide", PolicyDocument=everything)
        drawn.add("AWS::IAM::ManagedPolicy", kept, "aws", "", "Empty", PolicyDocument=document(deny))
        drawn.accounts = (HOME, AWAY, "aws")
        drawn.role = {"ManagedPolicyArns": [wide, kept]}

    found = done(draw, EXCESS, ACTIONS, WORKS)
    assert set(found.verdicts(EXCESS)) == set(found.verdicts(WORKS)) == {"PASS"}, found.why()
    assert found.step(ROLE, "ManagedPolicyArns").after == [kept]
    policies = {one["PolicyName"]: one["PolicyDocument"]["Statement"] for one in found.step(ROLE, "Policies").after}
    assert policies["wide"][0]["Sid"] == "Never"
    assert "s3:Put*" not in str(policies)
    assert all(step.target.type != "AWS::IAM::ManagedPolicy" for step in found.plan.steps)


def test_the_key_that_the_user_chose_goes_before_any_other() -> None:
    chosen = f"arn:aws:kms:eu-west-1:{AWAY}:key/chosen"

    def draw(drawn: Blueprint) -> None:
        drawn.key_states["replica"] = "PendingDeletion"
        account = document(drawn.allow("kms:*", "*", Principal=drawn.root(AWAY)))
        observed = {"KeyState": "Enabled", "KeyManager": "CUSTOMER", "Grants": []}
        drawn.add(KEY, chosen, AWAY, "eu-west-1", "chosen", KeyPolicy=account, Observed=observed)

    choices = Choices(keys={(AWAY, "eu-west-1"): chosen})
    found = done(draw, "replication-replica-key-usable", WORKS, choices=choices)
    (rule,) = found.step(BUCKET, "ReplicationConfiguration").after["Rules"]
    assert rule["Destination"]["EncryptionConfiguration"] == {"ReplicaKmsKeyID": chosen}
    assert set(found.verdicts(WORKS)) == {"PASS"}
    unseen = Choices(keys={(AWAY, "eu-west-1"): f"{chosen}-not"})
    assert "was not seen as one that works" in done(draw, "replication-replica-key-usable", choices=unseen).why()


def test_a_missing_key_is_the_one_that_the_destination_encrypts_with() -> None:
    def draw(drawn: Blueprint) -> None:
        drawn.rule["Destination"]["EncryptionConfiguration"] = {"ReplicaKmsKeyID": drawn.source_key_arn}

    found = done(draw, "replication-replica-key-usable")
    (rule,) = found.step(BUCKET, "ReplicationConfiguration").after["Rules"]
    assert rule["Destination"]["EncryptionConfiguration"] == {
        "ReplicaKmsKeyID": f"arn:aws:kms:eu-west-1:{AWAY}:key/replica"
    }


def test_other_users_of_a_statement_keep_what_the_role_loses() -> None:
    auditor = f"arn:aws:iam::{THIRD}:role/auditor"

    def draw(drawn: Blueprint) -> None:
        both = {"AWS": [auditor, drawn.role_arn]}
        shared = drawn.allow("s3:GetBucketVersioning", drawn.destination_arn, Principal=both, Sid="Shared")
        drawn.destination_policy["Statement"].append(shared)

    found = done(draw, EXCESS)
    assert set(found.verdicts(EXCESS)) == {"PASS"}, found.why()
    kept = [one for one in found.step(POLICY, "PolicyDocument").after["Statement"] if one["Sid"] == "Shared"]
    assert [one["Principal"] for one in kept] == [{"AWS": auditor}]


def test_a_link_that_shares_a_role_keeps_what_it_needs_when_the_role_is_narrowed() -> None:
    def draw(drawn: Blueprint) -> None:
        drawn.statements = {"All": drawn.allow(["s3:*", "kms:*"], "*")}
        drawn.add_rule(Id="two", Priority=2, Filter={"Prefix": "other/"})

    found = done(draw, EXCESS, WORKS)
    assert found.verdicts(WORKS) == ["PASS", "PASS"]
    assert found.verdicts(EXCESS) == ["PASS", "PASS"]
    policy = str(found.step(ROLE, "Policies").after)
    assert "ledger/ledger/*" in policy
    assert "ledger/other/*" in policy
    assert "s3:*" not in policy


@pytest.mark.parametrize(("granted", "kept"), [("kms:*", False), ("kms:Decrypt", True)])
def test_what_may_be_needed_stays_where_it_was_granted_by_name(granted: str, kept: bool) -> None:
    def draw(drawn: Blueprint) -> None:
        drawn.statements["Encrypt"] = drawn.allow(["kms:Encrypt", granted], drawn.replica_key_arn)

    found = done(draw, EXCESS, WORKS, bucket_key=False)
    assert set(found.verdicts(EXCESS)) == set(found.verdicts(WORKS)) == {"PASS"}
    on_replica = [
        one
        for policy in found.step(ROLE, "Policies").after
        for one in policy["PolicyDocument"]["Statement"]
        if one["Resource"].endswith("key/replica")
    ]
    assert any("kms:Decrypt" in one["Action"] for one in on_replica) is kept
    contexts = {one["Condition"]["StringLike"]["kms:EncryptionContext:aws:s3:arn"] for one in on_replica}
    assert contexts == {"arn:aws:s3:::ledger-copy", "arn:aws:s3:::ledger-copy/ledger/*"}
