"""Where a template and what is live differ, and where they only spell it differently."""

from typing import Any

import pytest
from overlay_parts import HERE, HOME, Overlaid, bucket, bucket_policy, declared, key, live, role

from scanner.estate.overlay import differences
from scanner.estate.unknown import Unknown

ALLOW = {"Effect": "Allow", "Principal": {"AWS": HOME}, "Action": ["s3:Put*", "s3:Get*"], "Resource": "*"}
DENY = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": ["*"]}
DAYS = {"Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 30}}}
DOUBT = Unknown("refused")


def document(*statements: Any, version: str = "2012-10-17") -> dict[str, Any]:
    return {"Version": version, "Statement": list(statements)}


def entry(path: str, ours: Any, theirs: Any) -> dict[str, Any]:
    return {"Path": path, "Declared": ours, "Live": theirs}


@pytest.mark.parametrize(
    ("ours", "theirs", "found"),
    [
        ({"ObjectLockConfiguration": DAYS}, {"ObjectLockConfiguration": DAYS}, []),
        (
            {"ObjectLockConfiguration": DAYS},
            {"ObjectLockConfiguration": {"Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 30}}}},
            [entry("ObjectLockConfiguration.Rule.DefaultRetention.Mode", "COMPLIANCE", "GOVERNANCE")],
        ),
        ({"ObjectLockConfiguration": DAYS}, {}, [entry("ObjectLockConfiguration", DAYS, None)]),
        ({"ObjectLockEnabled": False}, {}, []),
        ({"ObjectLockEnabled": True}, {"ObjectLockEnabled": DOUBT}, [entry("ObjectLockEnabled", True, DOUBT)]),
        ({"ObjectLockEnabled": DOUBT}, {}, [entry("ObjectLockEnabled", DOUBT, None)]),
        ({"Tags": []}, {"Tags": [{"Key": "a"}]}, []),
        ({}, {"ObjectLockEnabled": True}, []),
        (
            {"ReplicationConfiguration": {"Rules": [{"Id": "a"}, {"Id": "b"}]}},
            {"ReplicationConfiguration": {"Rules": [{"Id": "a"}, {"Id": "c"}]}},
            [entry("ReplicationConfiguration.Rules[1].Id", "b", "c")],
        ),
        (
            {"ReplicationConfiguration": {"Rules": []}},
            {"ReplicationConfiguration": {"Rules": [{"Id": "a"}]}},
            [entry("ReplicationConfiguration.Rules", [], [{"Id": "a"}])],
        ),
    ],
)
def test_of_a_bucket(ours: Any, theirs: Any, found: Any) -> None:
    assert differences(bucket(declared, "orders", **ours), bucket(live, "orders", **theirs)) == found


def test_what_a_template_does_not_state_is_no_difference() -> None:
    ours = bucket(declared, "orders", defaults={"ObjectLockEnabled": False})
    assert differences(ours, bucket(live, "orders", ObjectLockEnabled=True)) == []


@pytest.mark.parametrize(
    ("named", "there", "differ"),
    [
        ("k-1", f"arn:aws:kms:{HERE}:{HOME}:key/k-1", False),
        ("k-2", f"arn:aws:kms:{HERE}:{HOME}:key/k-1", True),
        ("alias/copies", f"arn:aws:kms:{HERE}:{HOME}:key/k-1", False),
        ("alias/copies", "alias/others", True),
    ],
)
def test_a_key_has_several_names(named: str, there: str, differ: bool) -> None:
    def encrypted(id_: str) -> dict[str, Any]:
        return {"ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"KMSMasterKeyID": id_}}]}

    ours = bucket(declared, "orders", BucketEncryption=encrypted(named))
    assert bool(differences(ours, bucket(live, "orders", BucketEncryption=encrypted(there)))) is differ


SAME_ALLOW = {
    **ALLOW,
    "Principal": {"AWS": [f"arn:aws:iam::{HOME}:root"]},
    "Action": ["s3:Get*", "s3:Put*"],
    "Resource": ["*"],
}


@pytest.mark.parametrize(
    ("theirs", "same"),
    [
        (document(SAME_ALLOW, {**DENY, "Principal": {"AWS": "*"}}), True),
        (document(DENY, ALLOW), True),
        (document(ALLOW), False),
        (document(ALLOW, {**DENY, "Condition": {"Bool": {"aws:SecureTransport": "false"}}}), False),
        (document(ALLOW, DENY, version="2008-10-17"), False),
    ],
)
def test_policies_that_say_the_same_are_the_same(theirs: Any, same: bool) -> None:
    ours = bucket_policy(declared, "orders", document(ALLOW, DENY))
    assert (differences(ours, bucket_policy(live, "orders", theirs)) == []) is same


def test_a_policy_that_is_not_all_known_may_differ() -> None:
    ours = document({**ALLOW, "Resource": [DOUBT]})
    found = differences(bucket_policy(declared, "orders", ours), bucket_policy(live, "orders", document(ALLOW)))
    assert found == [entry("PolicyDocument", DOUBT, document(ALLOW))]


def test_what_others_attached_to_a_role_is_no_difference() -> None:
    ours = [{"PolicyName": "copy", "PolicyDocument": document(ALLOW)}, {"PolicyName": "new", "PolicyDocument": {}}]
    theirs = [{"PolicyName": "by-hand"}, {"PolicyName": "copy", "PolicyDocument": document(DENY)}]
    found = differences(role(declared, "copy", Policies=ours), role(live, "copy", Policies=theirs))
    assert found == [
        entry("Policies[0].PolicyDocument", document(ALLOW), document(DENY)),
        entry("Policies[1]", ours[1], None),
    ]


def test_the_resources_of_a_template_bear_their_differences() -> None:
    estate = Overlaid([key(live, "k-1", Enabled=False)])
    arn = f"arn:aws:kms:{HERE}:{HOME}:key/k-1"
    about = [
        declared("DR::Template::Resource", "", "Key", Type="AWS::KMS::Key", ResourceArn=arn),
        declared("DR::Template::Resource", "", "New", Type="AWS::S3::Bucket", ResourceArn="arn:aws:s3:::new"),
    ]
    after = estate.after(key(declared, "k-1", Enabled=True), bucket(declared, "new"), *about)
    found = {one.name: one.properties.get("LiveDifferences") for one in after.of_type("DR::Template::Resource")}
    assert found == {"Key": [entry("Enabled", True, False)], "New": None}


def test_there_is_an_end_to_differences() -> None:
    rules = [[{"Id": f"{side}{number}"} for number in range(1000)] for side in "ab"]
    ours, theirs = ({"ReplicationConfiguration": {"Rules": some}} for some in rules)
    assert len(differences(bucket(declared, "orders", **ours), bucket(live, "orders", **theirs))) == 50
