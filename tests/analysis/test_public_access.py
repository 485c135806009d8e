"""Block Public Access as it takes effect, and what a bucket's policy leaves open."""

import pytest

from scanner.estate.unknown import Unknown

SETTINGS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
REFUSED = Unknown("refused")
PRIMARY = "111111111111"


def account_block(world, **settings):
    world.add("AWS::S3::AccountPublicAccessBlock", "", PRIMARY, "", PRIMARY, **settings)


@pytest.mark.parametrize(
    ("own", "above", "expected"),
    [
        (True, False, True),
        (False, True, True),
        (False, False, False),
        (None, True, True),
        (True, REFUSED, True),
        (REFUSED, True, True),
        (REFUSED, False, REFUSED),
        (False, REFUSED, REFUSED),
        (None, None, False),
    ],
)
def test_the_stricter_of_bucket_and_account_counts(world, own, above, expected):
    account_block(world, **({} if above is None else dict.fromkeys(SETTINGS, above)))
    properties = {} if own is None else {"PublicAccessBlockConfiguration": dict.fromkeys(SETTINGS, own)}
    bucket = world.bucket("b", **properties)
    assert world.ask(bucket, "PublicAccessBlock") == dict.fromkeys(SETTINGS, expected)


def test_each_setting_counts_by_itself(world):
    account_block(world, BlockPublicAcls=True)
    bucket = world.bucket("b", PublicAccessBlockConfiguration={"RestrictPublicBuckets": True})
    assert world.ask(bucket, "PublicAccessBlock") == {
        "BlockPublicAcls": True,
        "BlockPublicPolicy": False,
        "IgnorePublicAcls": False,
        "RestrictPublicBuckets": True,
    }


def test_settings_of_another_account_do_not_count(world):
    account_block(world, **dict.fromkeys(SETTINGS, True))
    bucket = world.bucket("b", "222222222222")
    assert world.ask(bucket, "PublicAccessBlock") == dict.fromkeys(SETTINGS, False)


def test_an_account_that_was_not_read_may_block(world):
    world.not_seen("AWS::S3::AccountPublicAccessBlock", PRIMARY)
    assert world.ask(world.bucket("b"), "PublicAccessBlock") == dict.fromkeys(SETTINGS, REFUSED)


def test_a_policy_that_was_not_read_may_deny(world):
    for name in ("none", "some", "refused"):
        world.bucket(name)
    world.policy("some", {"Version": "2012-10-17", "Statement": []})
    world.policy("refused", REFUSED)
    assert world.ask("none", "PolicyDeniesSseC") is False
    assert world.ask("some", "PolicyDeniesSseC") is False
    assert world.ask("refused", "PolicyDeniesSseC") == REFUSED


def test_a_policy_that_may_exist_leaves_it_open(world):
    world.bucket("b")
    world.not_seen("AWS::S3::BucketPolicy", PRIMARY)
    assert world.ask("b", "PolicyDeniesSseC") == REFUSED
    elsewhere = world.bucket("elsewhere", "222222222222")
    assert world.ask(elsewhere, "PolicyDeniesSseC") is False


def test_a_policy_of_which_the_bucket_is_not_known_may_be_any(world):
    world.bucket("b")
    world.add("AWS::S3::BucketPolicy", "", PRIMARY, "us-east-1", "?", Bucket=REFUSED, PolicyDocument={})
    assert world.ask("b", "PolicyDeniesSseC") == REFUSED
