"""Protection built from the estate file alone: the whole path, with nothing too much, and nothing left to do."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from link_blueprint import AWAY, HOME
from planned import Planned, pack, planned

from scanner import audit
from scanner.analysis.replication import LINK
from scanner.estate.estate import Unseen
from scanner.estate.intent import Copy, ObjectLockIntent
from scanner.estate.unknown import Unknown
from scanner.remedies.copy_rules import CONTROLLED_BELOW
from scanner.remedies.proposals import Choices
from scanner.remedies.step import CREATION
from tests.remedies.links.estates import ALL, ONE, Plain

BUCKET, POLICY, ROLE, KEY = "AWS::S3::Bucket", "AWS::S3::BucketPolicy", "AWS::IAM::Role", "AWS::KMS::Key"
COMPLIANCE = ObjectLockIntent("COMPLIANCE", 30)

WAYS: dict[str, Callable[[], Plain]] = {
    "only the source": Plain,
    "both buckets": lambda: Plain(destination={}),
    "in one account": lambda: Plain(same_account=True),
    "in one account of China": lambda: Plain(partition="aws-cn", same_account=True, destination={}),
    "under a key": lambda: Plain().encrypted(),
    "under a bucket key, in China": lambda: Plain(partition="aws-cn").encrypted(bucket_key=True),
    "under a key, both buckets": lambda: Plain(partition="aws-us-gov", destination={}).encrypted(),
    "to be locked": lambda: Plain(lock=COMPLIANCE, rpo=15),
    "locked already": lambda: Plain(source={"ObjectLockEnabled": True}),
    "locked already, the copy not": lambda: Plain(source={"ObjectLockEnabled": True}, destination={}),
    "with ACLs at the copy": lambda: Plain(
        destination={"OwnershipControls": {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}}
    ),
    "by prefixes": lambda: Plain(prefixes=("a/", "b/", "a/x/")),
}


def links(found: Planned) -> list[Any]:
    return [link.properties for link in audit.derived(found.asked, found.estate).of_type(LINK)]


@pytest.mark.parametrize("rules", [ONE, ALL], ids=["alone", "with all other rules"])
@pytest.mark.parametrize("way", WAYS)
def test_the_copy_works_with_nothing_too_much_and_a_second_plan_is_empty(way: str, rules: frozenset[str]) -> None:
    plain = WAYS[way]()
    found = planned(plain.estate, plain.intent, rules)
    assert found.verdicts("protected-bucket-has-every-copy") == ["PASS"], found.why()
    assert [(one["Verdict"], one["Excess"], one["Faults"]) for one in links(found)] == [("works", [], [])] * (
        2 if plain.prefixes else 1
    )
    assert found.again.steps == ()


@pytest.mark.parametrize("way", WAYS)
def test_rules_that_look_at_links_find_nothing_wrong_with_what_was_built(way: str) -> None:
    plain = WAYS[way]()
    built = planned(plain.estate, plain.intent, ONE)
    looked = planned(built.estate, plain.intent, [rule.id for rule in built.asked.pack.rules if rule.kind == LINK])
    assert {one.rule for one in looked.before.findings if str(one.verdict) == "FAIL"} <= {
        "replica-retention-not-weakened"  # whether the source locks is the source's own business
    }


def test_a_copy_that_is_made_is_versioned_private_and_hears_no_plain_http() -> None:
    found = planned(Plain().estate, Plain().intent, ONE)
    copy = found.estate.get(BUCKET, "arn:aws:s3:::orders-dr")
    assert copy is not None
    assert (copy.account, copy.region) == (AWAY, "eu-west-1")
    assert copy.properties["VersioningConfiguration"] == {"Status": "Enabled"}
    assert set(copy.properties["PublicAccessBlockConfiguration"].values()) == {True}
    assert "SSE-C" in str(copy.properties["BucketEncryption"])
    tls, admitted = found.step(POLICY, CREATION).after["PolicyDocument"]["Statement"]
    assert (tls["Effect"], tls["Principal"], tls["Condition"]) == (
        "Deny",
        "*",
        {"Bool": {"aws:SecureTransport": "false"}},
    )
    assert admitted["Principal"] == {"AWS": f"arn:aws:iam::{HOME}:role/orders-replication"}
    assert admitted["Action"] == "s3:ReplicateObject"


def test_the_rule_says_what_the_estate_file_asks() -> None:
    plain = Plain(rpo=15)
    (rule,) = planned(plain.estate, plain.intent, ONE).step(BUCKET, "ReplicationConfiguration").after["Rules"]
    assert rule == {
        "Id": "to-orders-dr",
        "Priority": 1,
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "DeleteMarkerReplication": {"Status": "Disabled"},
        "Destination": {
            "Bucket": "arn:aws:s3:::orders-dr",
            "Account": AWAY,
            "AccessControlTranslation": {"Owner": "Destination"},
            "ReplicationTime": {"Status": "Enabled", "Time": {"Minutes": 15}},
            "Metrics": {"Status": "Enabled", "EventThreshold": {"Minutes": 15}},
        },
    }


def test_within_an_account_no_owner_changes_and_no_policy_is_needed_but_for_tls() -> None:
    plain = Plain(same_account=True, rpo=24 * 60)
    found = planned(plain.estate, plain.intent, ONE)
    (rule,) = found.step(BUCKET, "ReplicationConfiguration").after["Rules"]
    assert rule["Destination"] == {"Bucket": "arn:aws:s3:::orders-dr", "Metrics": {"Status": "Enabled"}}
    assert [one["Effect"] for one in found.step(POLICY, CREATION).after["PolicyDocument"]["Statement"]] == ["Deny"]


def test_replicas_get_a_key_of_their_own_place_with_alias_and_rotation() -> None:
    plain = Plain().encrypted()
    found = planned(plain.estate, plain.intent, ONE)
    (key,) = (one for one in found.estate.of_type(KEY) if one.account == AWAY)
    assert (key.region, key.properties["EnableKeyRotation"]) == ("eu-west-1", True)
    (alias,) = found.estate.of_type("AWS::KMS::Alias")
    assert alias.properties == {"AliasName": "alias/orders-dr-replicas", "TargetKeyId": key.name}
    account, role = key.properties["KeyPolicy"]["Statement"]
    assert account["Action"] == "kms:*"
    assert (role["Principal"], role["Action"]) == (
        {"AWS": f"arn:aws:iam::{HOME}:role/orders-replication"},
        "kms:Encrypt",
    )
    default = found.step(BUCKET, "BucketEncryption", "orders-dr").after["ServerSideEncryptionConfiguration"][0]
    assert default["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key.arn}


def test_rules_that_are_there_already_are_kept_and_one_role_serves_all() -> None:
    role = f"arn:aws:iam::{HOME}:role/other"
    other = {"Bucket": "arn:aws:s3:::elsewhere"}
    old = {"Id": "old", "Status": "Enabled", "Prefix": "logs/", "Destination": other}
    plain = Plain(source={"ReplicationConfiguration": {"Role": role, "Rules": [old]}})
    plain.resources.append(plain.bucket("elsewhere", HOME, "us-west-2"))
    after = planned(plain.estate, plain.intent, ONE).step(BUCKET, "ReplicationConfiguration").after
    assert after["Role"] == role
    first, second = after["Rules"]
    # S3 takes no mixture of versions, and a rule of the first one replicates delete markers.
    assert first == {
        "Id": "old",
        "Status": "Enabled",
        "Filter": {"Prefix": "logs/"},
        "Priority": 1,
        "DeleteMarkerReplication": {"Status": "Enabled"},
        "Destination": other,
    }
    assert (second["Id"], second["Priority"]) == ("to-orders-dr", 2)


def test_a_copy_that_is_written_to_as_well_gets_deletes() -> None:
    back = {"Id": "back", "Status": "Enabled", "Priority": 1, "Filter": {"Prefix": ""}}
    back |= {"DeleteMarkerReplication": {"Status": "Enabled"}, "Destination": {"Bucket": "arn:aws:s3:::orders"}}
    role = f"arn:aws:iam::{AWAY}:role/back"
    plain = Plain(destination={"ReplicationConfiguration": {"Role": role, "Rules": [back]}})
    (rule,) = planned(plain.estate, plain.intent, ONE).step(BUCKET, "ReplicationConfiguration", "orders").after["Rules"]
    assert rule["DeleteMarkerReplication"] == {"Status": "Enabled"}


def test_the_copy_is_locked_as_the_estate_file_asks_and_that_is_irreversible() -> None:
    plain = Plain(lock=COMPLIANCE)
    step = planned(plain.estate, plain.intent, ONE).step(BUCKET, "ObjectLockConfiguration")
    assert step.after["Rule"] == {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 30}}
    assert step.safety == "irreversible"


def test_a_role_of_somebody_else_with_that_name_is_left_alone() -> None:
    plain = Plain()
    found = planned(plain.estate, plain.intent, ONE).estate
    (role,) = found.of_type(ROLE)
    trust = {"Version": "2012-10-17", "Statement": [{**role.properties["AssumeRolePolicyDocument"]["Statement"][0]}]}
    trust["Statement"][0] |= {"Principal": {"Service": "lambda.amazonaws.com"}}
    taken = role.with_properties(AssumeRolePolicyDocument=trust)
    plain.resources.append(taken)
    after = planned(plain.estate, plain.intent, ONE)
    assert after.estate.get(ROLE, role.arn) == taken
    assert after.step(BUCKET, "ReplicationConfiguration").after["Role"] == f"{role.arn}-2"


CANNOT: dict[str, tuple[Plain, str]] = {
    "an account that was not scanned": (Plain(scanned=(HOME,)), f"account {AWAY} was not scanned"),
    "a region that nobody named": (Plain(copy=Copy("orders-dr", AWAY)), "in which region"),
    "a bucket that is somewhere else": (
        Plain(destination={}, copy=Copy("orders-dr", AWAY, "eu-central-1")),
        "buckets do not move",
    ),
    "rules that were not seen": (
        Plain(source={"ReplicationConfiguration": Unknown("refused")}, destination={}),
        "",
    ),
    "versioning that was not seen": (
        Plain(destination={"VersioningConfiguration": Unknown("refused")}),
        "the versioning of bucket orders-dr is not known: refused",
    ),
    "buckets that were not seen": (
        Plain(unseen=[Unseen(AWAY, "", "AWS::S3::Bucket", "ListBuckets refused")]),
        "ListBuckets refused",
    ),
    "roles that were not seen": (
        Plain(destination={}, unseen=[Unseen(HOME, "", "AWS::IAM::Role", "refused there")]),
        "refused there",
    ),
    "keys that were not seen": (
        Plain(destination={}, unseen=[Unseen(AWAY, "eu-west-1", "AWS::KMS::Alias", "refused there")]).encrypted(),
        "refused there",
    ),
    "a policy that was not seen": (
        Plain(destination={}, unseen=[Unseen(AWAY, "eu-west-1", "AWS::S3::BucketPolicy orders-dr", "refused there")]),
        "whether s3:ReplicateObject is allowed is not known: refused there",
    ),
}


@pytest.mark.parametrize("case", CANNOT)
def test_nothing_is_built_upon_what_is_not_known_or_not_decided(case: str) -> None:
    plain, why = CANNOT[case]
    found = planned(plain.estate, plain.intent, ONE)
    assert found.plan.steps == ()
    assert why in found.why()


def test_an_original_that_is_gone_cannot_be_copied() -> None:
    plain = Plain()
    estate = plain.estate
    found = planned(type(estate)((), estate.accounts, taken=estate.taken), plain.intent, ONE)
    assert found.plan.steps == ()
    assert "restore it, or correct estate.yaml" in found.why()


def test_an_original_of_somebody_else_is_not_copied() -> None:
    plain = Plain(destination={})
    (entry,) = plain.intent.protect
    intent = replace(plain.intent, protect=(replace(entry, account=AWAY),))
    found = planned(plain.estate, intent, ONE)
    assert found.plan.steps == ()
    assert f"belongs to account {HOME}" in found.why()


def test_time_control_starts_where_the_rule_on_metrics_wants_it() -> None:
    (rule,) = (one for one in pack().rules if one.id == "replication-metrics-enabled")
    assert rule.params["controlled_below_minutes"].default == CONTROLLED_BELOW


def test_prefixes_that_no_rule_takes_get_one_of_their_own() -> None:
    plain = Plain(destination={}, prefixes=("a/",))
    built = planned(plain.estate, plain.intent, ONE)
    wider = Plain(prefixes=("a/", "b/"))
    rule = "replication-covers-protected-prefixes"
    found = planned(built.estate, wider.intent, [rule])
    assert set(found.verdicts(rule)) == {"PASS"}
    rules = found.step(BUCKET, "ReplicationConfiguration").after["Rules"]
    assert [one["Filter"]["Prefix"] for one in rules] == ["a/", "b/"]
    assert found.again.steps == ()
    off = [{**one, "Status": "Disabled"} if one["Filter"] == {"Prefix": "b/"} else one for one in rules]
    source = found.estate.get(BUCKET, plain.source_arn)
    assert source is not None
    asleep = source.with_properties(
        ReplicationConfiguration={**source.properties["ReplicationConfiguration"], "Rules": off}
    )
    awake = planned(found.estate.adding([asleep]), wider.intent, [rule])
    assert awake.step(BUCKET, "ReplicationConfiguration").after["Rules"] == rules


def test_objects_that_were_there_before_get_a_job_only_where_it_is_asked_for() -> None:
    plain = Plain().encrypted()
    found = planned(plain.estate, plain.intent, ALL, Choices(existing_objects=True))
    job = found.step("AWS::S3::BatchReplicationJob", CREATION)
    assert (job.target.type, job.target.account, job.target.region) == (
        "AWS::S3::BatchReplicationJob",
        HOME,
        "us-east-1",
    )
    assert job.after["Operation"] == {"S3ReplicateObject": {}}
    chosen = job.after["ManifestGenerator"]["S3JobManifestGenerator"]["Filter"]
    assert chosen == {"EligibleForReplication": True, "ObjectReplicationStatuses": ["NONE", "FAILED"]}
    role = found.estate.get(ROLE, job.after["RoleArn"])
    assert role is not None
    (trusted,) = role.properties["AssumeRolePolicyDocument"]["Statement"]
    assert trusted["Principal"] == {"Service": "batchoperations.s3.amazonaws.com"}
    granted = {
        (action, one["Resource"])
        for one in role.properties["Policies"][0]["PolicyDocument"]["Statement"]
        for action in ([one["Action"]] if isinstance(one["Action"], str) else one["Action"])
    }
    assert granted == {
        ("s3:InitiateReplication", "arn:aws:s3:::orders/*"),
        ("s3:GetReplicationConfiguration", "arn:aws:s3:::orders"),
        ("s3:PutInventoryConfiguration", "arn:aws:s3:::orders"),
        ("s3:PutObject", "arn:aws:s3:::orders/batch-replication-reports/*"),
        ("kms:GenerateDataKey", f"arn:aws:kms:us-east-1:{HOME}:key/source"),
    }
    assert {one["Verdict"] for one in links(found)} == {"works"}
    assert found.again.steps == ()
    assert not planned(plain.estate, plain.intent, ALL).estate.of_type("AWS::S3::BatchReplicationJob")
