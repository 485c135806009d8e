"""An estate knows what it holds and, as exactly, what it may not call absent."""

import pytest

from scanner.estate.estate import Account, Estate, Unseen
from scanner.estate.needs import Need
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, from_json, to_json

PRIMARY = Account("111111111111", "primary", ("us-east-1",))
RECOVERY = Account("222222222222", "recovery", ("eu-west-1",))


def bucket(name: str, **properties: object) -> Resource:
    return Resource("AWS::S3::Bucket", f"arn:aws:s3:::{name}", PRIMARY.id, "us-east-1", name, properties)


def test_a_complete_listing_leaves_nothing_to_be_blind_for() -> None:
    estate = Estate(accounts=(PRIMARY,))
    assert estate.blind("AWS::S3::Bucket") is None
    assert estate.blind("AWS::S3::Bucket", PRIMARY.id, "us-east-1") is None
    assert estate.blind("AWS::IAM::Role", PRIMARY.id, "") is None


@pytest.mark.parametrize(
    ("account", "region", "says"),
    [
        ("999999999999", "us-east-1", "account 999999999999 was not scanned"),
        (PRIMARY.id, "ap-south-1", "region ap-south-1 of account 111111111111 was not scanned"),
        (RECOVERY.id, "eu-west-1", "ListKeys refused"),
        (None, None, "ListKeys refused"),
    ],
)
def test_what_was_not_scanned_or_refused_may_exist(account: str | None, region: str | None, says: str) -> None:
    refused = Unseen(RECOVERY.id, "eu-west-1", "AWS::KMS::Key", "ListKeys refused", "kms:ListKeys")
    estate = Estate(accounts=(PRIMARY, RECOVERY), unseen=(refused,))
    assert estate.blind("AWS::KMS::Key", account, region) == Unknown(says)


def test_a_refusal_blinds_only_its_own_type_account_and_region() -> None:
    refused = Unseen(RECOVERY.id, "eu-west-1", "AWS::KMS::Key", "ListKeys refused")
    estate = Estate(accounts=(PRIMARY, RECOVERY), unseen=(refused,))
    assert estate.blind("AWS::SNS::Topic") is None
    assert estate.blind("AWS::KMS::Key", PRIMARY.id, "us-east-1") is None


@pytest.mark.parametrize("what", ["account", "region", "run", "*", "", "all", "s3:ListAllMyBuckets", "AWS::S3::"])
def test_a_place_that_could_not_be_entered_blinds_every_type(what: str) -> None:
    estate = Estate(accounts=(RECOVERY,), unseen=(Unseen(RECOVERY.id, "eu-west-1", what, "AssumeRole refused"),))
    assert estate.blind("AWS::S3::Bucket", RECOVERY.id, "eu-west-1") == Unknown("AssumeRole refused")


def test_an_interrupted_run_blinds_everything() -> None:
    estate = Estate(accounts=(PRIMARY, RECOVERY), unseen=(Unseen("", "", "run", "interrupted"),), complete=False)
    assert estate.blind("AWS::IAM::Role", PRIMARY.id, "") == Unknown("interrupted")
    assert estate.blind("AWS::S3::Bucket", RECOVERY.id, "eu-west-1") == Unknown("interrupted")


@pytest.mark.parametrize("what", ["AWS::S3::BucketPolicy orders PolicyDocument", "AWS::S3::BucketPolicy orders"])
def test_what_is_unseen_of_one_resource_blinds_for_that_one_alone(what: str) -> None:
    estate = Estate(accounts=(PRIMARY,), unseen=(Unseen(PRIMARY.id, "us-east-1", what, "refused"),))
    place = ("AWS::S3::BucketPolicy", PRIMARY.id, "us-east-1")
    assert estate.blind(*place, name="orders") == Unknown("refused")
    assert estate.blind(*place, name="copies") is None
    assert estate.blind(*place) is None


def test_accounts_that_could_not_be_listed_are_others_than_those_in_scope() -> None:
    estate = Estate(accounts=(PRIMARY,), unseen=(Unseen("", "", "account", "ListAccounts refused"),))
    assert estate.blind("AWS::S3::Bucket") == Unknown("ListAccounts refused")
    assert estate.blind("AWS::S3::Bucket", PRIMARY.id, "") is None


def test_a_type_that_no_rule_asked_for_is_unread_not_absent() -> None:
    estate = Estate(accounts=(PRIMARY,), types=frozenset({"AWS::S3::Bucket"}))
    assert estate.blind("AWS::S3::Bucket") is None
    assert estate.blind("AWS::KMS::Key") == Unknown("AWS::KMS::Key was not read by this scan")


def test_adding_replaces_in_place_and_appends_what_is_new() -> None:
    estate = Estate(resources=(bucket("a"), bucket("b")))
    richer = estate.adding([bucket("c"), bucket("a", Tags=[])])
    assert [r.name for r in richer.resources] == ["a", "b", "c"]
    found = richer.get("AWS::S3::Bucket", "arn:aws:s3:::a")
    assert found is not None
    assert found.properties == {"Tags": []}
    assert estate.resources[0].properties == {}


def test_derived_facts_are_added_beside_the_old_ones_on_a_copy() -> None:
    plain = bucket("a")
    derived = plain.with_derived(IsSource=True).with_derived(IsDestination=False)
    assert derived.properties["Derived"] == {"IsSource": True, "IsDestination": False}
    assert plain.properties == {}


def test_unknown_survives_json_at_any_depth() -> None:
    value = {"Rules": [{"Status": Unknown("refused")}, Unknown("not read")], "Name": "x"}
    assert from_json(to_json(value)) == value


def test_only_the_exact_marker_is_unknown() -> None:
    lookalikes = {"a": {"$unknown": 7}, "b": {"$unknown": "x", "more": 1}}
    assert from_json(lookalikes) == lookalikes


@pytest.mark.parametrize(
    ("path", "need"),
    [
        ("VersioningConfiguration.Status", "VersioningConfiguration"),
        ("Observed.KeyState", "Observed.KeyState"),
        ("Derived.Trail.Covers", "Derived.Trail"),
        ("BucketName", "BucketName"),
    ],
)
def test_a_path_needs_as_much_as_sources_tell_apart(path: str, need: str) -> None:
    assert Need.of("T", path) == Need("T", need)
