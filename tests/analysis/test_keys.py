"""Which keys the estate cannot do without, and under whose keys copies lie."""

import pytest

from scanner.estate.unknown import Unknown

PRIMARY, RECOVERY = "111111111111", "222222222222"
EAST, WEST = "us-east-1", "eu-west-1"
REFUSED = Unknown("refused")


def under(key, algorithm="aws:kms"):
    default = {"SSEAlgorithm": algorithm} | ({} if key is None else {"KMSMasterKeyID": key})
    return {"BucketEncryption": {"ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": default}]}}


def replicated_under(key, destination="orders-dr"):
    encryption = {"EncryptionConfiguration": {"ReplicaKmsKeyID": key}}
    rule = {"Status": "Enabled", "Destination": {"Bucket": f"arn:aws:s3:::{destination}", **encryption}}
    return {"ReplicationConfiguration": {"Rules": [rule]}}


def test_whatever_lies_under_a_key_needs_it(world):
    key = world.key("k1")
    orders = world.bucket("orders", **under(key.arn))
    trail = world.trail(KMSKeyId=key.arn)
    topic = world.topic("pager", KmsMasterKeyId=key.arn)
    world.bucket("ledger", **replicated_under(key.arn))
    assert world.ask(key, "NeededBy") == sorted([orders.arn, trail.arn, topic.arn, "replication of ledger"])
    assert world.ask(world.key("k2"), "NeededBy") == []


def test_only_so_many_users_are_named(world):
    key = world.key("k1")
    for number in range(30):
        world.bucket(f"b{number:02}", **under(key.arn))
    assert len(world.ask(key, "NeededBy")) == 20


@pytest.mark.parametrize("name", ["k1", "alias/data", f"arn:aws:kms:{EAST}:{PRIMARY}:alias/data"])
def test_keys_are_found_by_id_and_by_alias(world, name):
    key = world.key("k1")
    world.alias("alias/data", "k1")
    orders = world.bucket("orders", **under(name))
    assert world.ask(key, "NeededBy") == [orders.arn]


def test_an_alias_is_resolved_where_it_is_used(world):
    here, there = world.key("k1"), world.key("k2", region=WEST)
    world.alias("alias/data", "k1")
    world.alias("alias/data", there.arn, region=WEST)
    west = world.bucket("west", region=WEST, **under("alias/data"))
    assert world.ask(here, "NeededBy") == []
    assert world.ask(there, "NeededBy") == [west.arn]


@pytest.mark.parametrize(
    "encryption", [under(None), under("alias/aws/s3"), under("k1", algorithm="AES256"), under("alias/none"), {}]
)
def test_keys_that_nobody_could_lose_are_not_needed(world, encryption):
    key = world.key("k1")
    world.bucket("orders", **encryption)
    assert world.ask(key, "NeededBy") == []


def test_an_alias_that_was_not_listed_may_name_any_key_of_the_region(world):
    near, far = world.key("k1"), world.key("k2", region=WEST)
    world.bucket("orders", **under("alias/data"))
    world.not_seen("AWS::KMS::Alias", PRIMARY, EAST)
    assert world.ask(near, "NeededBy") == REFUSED
    assert world.ask(far, "NeededBy") == []


def test_encryption_that_was_not_read_may_use_any_key_of_the_region(world):
    near, used, far = world.key("k1"), world.key("k2"), world.key("k3", region=WEST)
    world.bucket("orders", BucketEncryption=REFUSED)
    ledger = world.bucket("ledger", **under(used.arn))
    assert world.ask(near, "NeededBy") == REFUSED
    assert world.ask(used, "NeededBy") == [ledger.arn]
    assert world.ask(far, "NeededBy") == []


def test_replication_that_was_not_read_may_use_any_key(world):
    far = world.key("k3", region=WEST)
    world.bucket("orders", ReplicationConfiguration=REFUSED)
    assert world.ask(far, "NeededBy") == REFUSED


def test_trails_that_were_not_seen_use_keys_of_their_region(world):
    near, far = world.key("k1"), world.key("k2", region=WEST)
    world.not_seen("AWS::CloudTrail::Trail", PRIMARY, EAST)
    assert world.ask(near, "NeededBy") == REFUSED
    assert world.ask(far, "NeededBy") == []


def test_the_keys_of_a_copy_and_who_names_them(world):
    own, foreign = world.key("own", RECOVERY, WEST), world.key("foreign", PRIMARY, EAST)
    world.bucket("orders", **replicated_under(foreign.arn))
    copy = world.bucket("orders-dr", RECOVERY, WEST, **under(own.arn))
    assert world.ask(copy, "EncryptionKeys") == [
        {"Arn": own.arn, "Account": RECOVERY, "Region": WEST, "By": copy.arn},
        {"Arn": foreign.arn, "Account": PRIMARY, "Region": EAST, "By": "replication of orders"},
    ]


@pytest.mark.parametrize("encryption", [{}, under(None), under("alias/aws/s3")])
def test_a_copy_without_a_key_of_anybodys(world, encryption):
    assert world.ask(world.bucket("orders-dr", **encryption), "EncryptionKeys") == []


def test_an_alias_is_resolved_by_whoever_writes(world):
    world.key("k1")
    world.alias("alias/data", "k1")
    [key] = world.ask(world.bucket("orders-dr", **under("alias/data")), "EncryptionKeys")
    assert "account of whoever writes" in key["Account"].reason


def test_an_id_alone_tells_the_key_only_where_that_was_seen(world):
    key = world.key("k1")
    assert world.ask(world.bucket("a", **under("k1")), "EncryptionKeys")[0]["Arn"] == key.arn
    [unseen] = world.ask(world.bucket("b", **under("k9")), "EncryptionKeys")
    assert "from its id alone" in unseen["Arn"].reason


def test_whoever_may_replicate_unseen_may_bring_a_key(world):
    world.bucket("ledger", ReplicationConfiguration=REFUSED)
    copy = world.bucket("orders-dr")
    assert world.ask(copy, "EncryptionKeys") == [REFUSED]
    world.bucket("orders", **replicated_under(f"arn:aws:kms:{EAST}:{PRIMARY}:key/k1"))
    assert [key["By"] for key in world.ask(copy, "EncryptionKeys")] == ["replication of orders"]


def admitting(principal, **condition):
    statement = {"Effect": "Allow", "Principal": principal, "Action": "kms:Encrypt", "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [statement | ({"Condition": condition} if condition else {})]}


@pytest.mark.parametrize(
    ("policy", "grants", "expected"),
    [
        (admitting({"AWS": PRIMARY}), [], []),
        (admitting({"AWS": RECOVERY}), [], REFUSED),
        (admitting({"AWS": f"arn:aws:iam::{RECOVERY}:role/replication"}), [], REFUSED),
        (admitting("*", StringEquals={"kms:CallerAccount": PRIMARY}), [], []),
        (admitting("*", StringEquals={"aws:PrincipalOrgID": "o-1"}), [], REFUSED),
        (admitting({"Service": "cloudtrail.amazonaws.com"}), [], REFUSED),
        (admitting({"Service": "s3.amazonaws.com"}, StringEquals={"aws:SourceAccount": PRIMARY}), [], []),
        (REFUSED, [], REFUSED),
        (admitting({"AWS": PRIMARY}), [{"GranteePrincipal": f"arn:aws:iam::{RECOVERY}:role/r"}], REFUSED),
        (admitting({"AWS": PRIMARY}), [{"GranteePrincipal": f"arn:aws:iam::{PRIMARY}:role/r"}], []),
        (admitting({"AWS": PRIMARY}), [{"GranteeServicePrincipal": "dynamodb.amazonaws.com"}], REFUSED),
        (admitting({"AWS": PRIMARY}), REFUSED, REFUSED),
    ],
)
def test_another_account_that_was_not_seen_needs_a_key_only_if_the_key_admits_it(world, policy, grants, expected):
    key = world.key("k1", KeyPolicy=policy, Observed={"Grants": grants})
    world.not_seen("account", RECOVERY)
    assert world.ask(key, "NeededBy") == expected
