"""Members of a Multi-Region Access Point: who they are, and whether they are protected alike."""

import pytest

from scanner.estate.unknown import Unknown

PRIMARY, RECOVERY = "111111111111", "222222222222"
EAST, WEST = "us-east-1", "eu-west-1"
REFUSED = Unknown("refused")
BLOCKED = dict.fromkeys(("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"), True)
LOCKED = {
    "ObjectLockEnabled": True,
    "ObjectLockConfiguration": {"Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 30}}},
}
VERSIONED = {"VersioningConfiguration": {"Status": "Enabled"}}


def point(world, *names):
    return world.access_point("global", *({"Bucket": name} for name in names))


def test_a_member_as_it_is(world):
    world.bucket("east", PublicAccessBlockConfiguration=BLOCKED, **VERSIONED, **LOCKED)
    [member] = world.ask(point(world, "east"), "Members")
    assert member == {
        "Bucket": "east",
        "NamedAccount": PRIMARY,
        "Exists": True,
        "Account": PRIMARY,
        "Region": EAST,
        "Versioning": "Enabled",
        "ObjectLock": "COMPLIANCE 30 days",
        "Encryption": "AES256",
        "PublicAccessBlocked": True,
    }


def test_a_member_of_another_account_is_named_with_it(world):
    world.bucket("west", RECOVERY, WEST)
    access_point = world.access_point("global", {"Bucket": "west", "BucketAccountId": RECOVERY}, {"Bucket": "west"})
    named, unnamed = world.ask(access_point, "Members")
    assert (named["NamedAccount"], named["Account"]) == (RECOVERY, RECOVERY)
    assert (unnamed["NamedAccount"], unnamed["Account"]) == (PRIMARY, RECOVERY)


def test_a_member_that_is_not_there(world):
    [gone] = world.ask(point(world, "gone"), "Members")
    assert gone == {"Bucket": "gone", "NamedAccount": PRIMARY, "Exists": False}
    foreign = world.access_point("foreign", {"Bucket": "x", "BucketAccountId": "333333333333"})
    [member] = world.ask(foreign, "Members")
    assert "333333333333 was not scanned" in member["Exists"].reason


def test_regions_are_counted_as_far_as_they_are_known(world):
    world.bucket("east")
    world.bucket("east-too")
    world.bucket("west", region=WEST)
    world.not_seen("AWS::S3::Bucket", PRIMARY)
    assert world.ask(point(world, "east", "east-too"), "RegionCount") == 1
    world.resources.pop()
    assert world.ask(point(world, "east", "west", "unseen"), "RegionCount") == 2
    world.resources.pop()
    assert world.ask(point(world, "east", "unseen"), "RegionCount") == REFUSED


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ({}, {}, (True, True, True)),
        (LOCKED, LOCKED, (True, True, True)),
        (LOCKED, {}, (False, True, True)),
        (LOCKED, {"ObjectLockEnabled": True}, (False, True, True)),
        (LOCKED, {"ObjectLockConfiguration": REFUSED, "ObjectLockEnabled": True}, (REFUSED, True, True)),
        ({}, {"PublicAccessBlockConfiguration": BLOCKED}, (True, True, False)),
        ({}, {"PublicAccessBlockConfiguration": REFUSED}, (True, True, REFUSED)),
        ({}, {"BucketEncryption": REFUSED}, (True, REFUSED, True)),
        (
            {},
            {
                "BucketEncryption": {
                    "ServerSideEncryptionConfiguration": [
                        {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}
                    ]
                }
            },
            (True, False, True),
        ),
    ],
)
def test_whether_members_are_alike(world, first, second, expected):
    world.bucket("east", **first)
    world.bucket("west", region=WEST, **second)
    alike = world.ask(point(world, "east", "west"), "Alike")
    assert (alike["ObjectLock"], alike["Encryption"], alike["PublicAccessBlocked"]) == expected


def test_two_that_differ_differ_whatever_the_third_is(world):
    world.bucket("east", **LOCKED)
    world.bucket("west", region=WEST)
    world.bucket("south", region="sa-east-1", ObjectLockEnabled=REFUSED)
    assert world.ask(point(world, "east", "west", "south"), "Alike")["ObjectLock"] is False


def test_regions_that_were_not_read(world):
    access_point = world.add("AWS::S3::MultiRegionAccessPoint", "arn:aws:s3::1:accesspoint/x", PRIMARY, "", "x")
    assert world.ask(access_point, "Members") == []
    world.resources.remove(access_point)
    refused = world.add(
        "AWS::S3::MultiRegionAccessPoint", "arn:aws:s3::1:accesspoint/x", PRIMARY, "", "x", Regions=REFUSED
    )
    assert world.ask(refused, "Members") == [REFUSED]
    assert world.ask(refused, "Alike")["ObjectLock"] == REFUSED
