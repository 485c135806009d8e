"""What a role may do beyond need: exactly the statement that grants it, and a request to show for it."""

import pytest

from scanner.estate.unknown import Unknown

HOME, AWAY = "111111111111", "222222222222"


def excess(b):
    return [(one["Hop"], one["Action"], one["Statement"].get("Sid")) for one in b.link()["Excess"]]


def own(actions, resources, **more):
    return lambda b: b.statements.update(More=b.allow(actions, resources(b), **more))


def at_destination(actions, resource=""):
    def change(b):
        role = {"AWS": b.role_arn}
        b.destination_policy["Statement"].append(
            b.allow(actions, b.destination_arn + resource, Principal=role, Sid="More")
        )

    return change


def on_key(key, actions):
    def change(b):
        getattr(b, key)["Statement"].append(b.allow(actions, "*", Principal={"AWS": b.role_arn}, Sid="More"))

    return change


BEYOND = {
    "reading objects": (own("s3:GetObject", lambda b: f"{b.source_arn}/*"), ("source-object", "s3:GetObject")),
    "replicating into the source": (
        own("s3:ReplicateObject", lambda b: f"{b.source_arn}/*"),
        ("source-object", "s3:ReplicateObject"),
    ),
    "tags at the destination": (
        own("s3:GetObjectVersionTagging", lambda b: f"{b.destination_arn}/*"),
        ("destination-object", "s3:GetObjectVersionTagging"),
    ),
    "another prefix": (
        own("s3:ReplicateObject", lambda b: f"{b.destination_arn}/*"),
        ("destination-object", "s3:ReplicateObject"),
    ),
    "listing everything": (own("s3:List*", lambda b: b.destination_arn), ("destination-object", "s3:List*")),
    "everything": (own("*", lambda b: "*"), ("source-object", "*")),
    "all but something": (
        lambda b: b.statements.update(More={"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}),
        ("source-object", "NotAction"),
    ),
    "decrypting without S3": (
        own("kms:Decrypt", lambda b: b.source_key_arn),
        ("source-key", "kms:Decrypt"),
    ),
    "re-encryption": (own("kms:ReEncrypt*", lambda b: b.replica_key_arn), ("destination-key", "kms:ReEncrypt*")),
    "versioning of the destination": (
        at_destination(["s3:PutBucketVersioning"]),
        ("destination-object", "s3:PutBucketVersioning"),
    ),
    "listing the destination": (at_destination("s3:List*"), ("destination-object", "s3:List*")),
    "deleting copies": (at_destination("s3:DeleteObject", "/*"), ("destination-object", "s3:DeleteObject")),
    "administering the replica key": (on_key("replica_key", "kms:*"), ("destination-key", "kms:*")),
    "administering the source key": (
        on_key("source_key", "kms:ScheduleKeyDeletion"),
        ("source-key", "kms:ScheduleKeyDeletion"),
    ),
}


@pytest.mark.parametrize("name", BEYOND)
def test_what_goes_beyond_need_is_found_and_nothing_else(blueprint, name):
    change, (hop, action) = BEYOND[name]
    change(blueprint)
    found = blueprint.link()["Excess"]
    assert {one["Action"] for one in found} == {action}
    assert all(one["Statement"].get("Sid") == "More" for one in found)
    if name not in ("everything", "all but something"):
        assert {one["Hop"] for one in found} == {hop}
    assert all(one["Resource"] == one["Witness"]["Resource"] for one in found)


@pytest.mark.parametrize("partition", ["aws-cn", "aws-us-gov"])
def test_partitions_make_no_difference(draw, partition):
    b = draw(partition=partition)
    own("s3:GetObject", lambda b: f"{b.source_arn}/*")(b)
    assert excess(b) == [("source-object", "s3:GetObject", "More")]


def test_what_one_link_needs_is_not_too_much_for_another_of_the_same_role(blueprint):
    other = blueprint.add_rule(Id="all", Priority=2)
    other["Filter"] = {}
    blueprint.statements["All"] = blueprint.allow("s3:GetObjectVersionAcl", f"{blueprint.source_arn}/*")
    assert [link["Excess"] for link in blueprint.links()] == [[], []]


def test_a_foreign_account_that_may_do_anything_with_the_key_lends_it_to_the_role(blueprint):
    blueprint.replica_key["Statement"][1] |= {"Principal": blueprint.root(HOME), "Action": "kms:*"}
    assert excess(blueprint) == [("destination-key", "kms:*", "Replicas")]


def test_other_principals_of_the_destination_are_not_the_roles_concern(blueprint):
    other = {"AWS": blueprint.arn("iam", "", AWAY, "role/admin")}
    blueprint.destination_policy["Statement"].append(
        blueprint.allow("s3:*", f"{blueprint.destination_arn}/*", Principal=other)
    )
    assert excess(blueprint) == []


def test_rules_that_were_not_seen_may_need_what_looks_like_too_much(blueprint):
    blueprint.add(
        "AWS::S3::Bucket",
        blueprint.arn("s3", "", "", "other"),
        HOME,
        blueprint.home_region,
        "other",
        ReplicationConfiguration=Unknown("refused"),
    )
    assert blueprint.link()["Excess"] == Unknown("refused")


def test_a_policy_that_was_not_read_leaves_its_part_open(blueprint):
    blueprint.role["ManagedPolicyArns"] = [blueprint.arn("iam", "", "aws", "policy/Unread")]
    (entry,) = blueprint.link()["Excess"]
    assert isinstance(entry, Unknown)


def test_a_role_that_was_not_seen_has_an_unknown_excess(blueprint):
    blueprint.source["ReplicationConfiguration"]["Role"] = blueprint.arn("iam", "", "999999999999", "role/r")
    assert isinstance(blueprint.link()["Excess"], Unknown)
