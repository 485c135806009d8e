"""What goes with what a deployment removes."""

import pytest
from overlay_parts import AWAY, HERE, HOME, Overlaid, bucket, bucket_policy, declared, key, live, role

from scanner.estate.estate import Unseen
from scanner.estate.unknown import Unknown

TOPIC = f"arn:aws:sns:{HERE}:{HOME}:pager"
POINT = f"arn:aws:s3::{HOME}:accesspoint/mabc.mrap"


@pytest.fixture
def estate() -> Overlaid:
    found = Overlaid()
    found.resources = [
        bucket(
            live,
            "orders",
            ReplicationConfiguration={"Role": "r"},
            VersioningConfiguration={"Status": "Enabled"},
            BucketEncryption={},
        ),
        bucket_policy(live, "orders", {}),
        bucket(live, "invoices"),
        bucket_policy(live, "invoices", {}),
        role(live, "copy"),
        key(live, "k-1"),
        live("AWS::SNS::Topic", TOPIC),
        live("AWS::SNS::TopicPolicy", TOPIC, Topics=[TOPIC]),
        live("AWS::SNS::Subscription", f"{TOPIC}:1", TopicArn=TOPIC, Protocol="sms", Endpoint="+1"),
        live("AWS::S3::MultiRegionAccessPoint", POINT, "both", region="", Name="both"),
        live("AWS::S3::MultiRegionAccessPointPolicy", POINT, "both", region="", MrapName="both"),
    ]
    return found


@pytest.mark.parametrize(
    ("type_", "name", "gone"),
    [
        ("AWS::S3::Bucket", "orders", {0, 1}),
        ("AWS::S3::Bucket", "arn:aws:s3:::orders", {0, 1}),
        ("AWS::S3::BucketPolicy", "orders", {1}),
        ("AWS::IAM::Role", "copy", {4}),
        ("AWS::KMS::Key", f"arn:aws:kms:{HERE}:{HOME}:key/k-1", {5}),
        ("AWS::SNS::Topic", TOPIC, {6, 7, 8}),
        ("AWS::S3::MultiRegionAccessPoint", "both", {9, 10}),
        ("AWS::S3::Bucket", "", set()),
        ("AWS::S3::Bucket", "refunds", set()),
    ],
)
def test_with_a_resource_goes_what_belongs_to_it(estate: Overlaid, type_: str, name: str, gone: set[int]) -> None:
    left = [one for number, one in enumerate(estate.resources) if number not in gone]
    assert list(estate.after(removed=[(type_, name)]).resources) == left


def test_a_name_counts_in_the_accounts_that_templates_go_to(estate: Overlaid) -> None:
    assert estate.after(removed=[("AWS::IAM::Role", "copy")], places={(AWAY, "eu-west-1")}) == estate.before


def test_what_is_removed_and_declared_is_made_anew(estate: Overlaid) -> None:
    after = estate.after(bucket(declared, "orders"), removed=[("AWS::S3::Bucket", "orders")])
    assert after.get("AWS::S3::Bucket", "arn:aws:s3:::orders") == bucket(declared, "orders")


def test_what_was_not_seen_of_it_goes_too(estate: Overlaid) -> None:
    estate.unseen = [Unseen(HOME, HERE, "AWS::S3::Bucket orders Tags", "refused")]
    assert not estate.after(removed=[("AWS::S3::Bucket", "orders")]).unseen


@pytest.mark.parametrize(
    ("what", "left"),
    [
        ("ReplicationConfiguration", None),
        ("VersioningConfiguration", {"Status": "Suspended"}),
        ("BucketEncryption", Unknown("what is left of BucketEncryption when what set it goes is not known")),
    ],
)
def test_a_property_may_go_alone(estate: Overlaid, what: str, left: object) -> None:
    after = estate.after(removed=[(f"AWS::S3::Bucket {what}", "orders")])
    assert after.of_type("AWS::S3::Bucket")[0].properties.get(what) == left


def test_an_entry_of_a_list_may_go_alone(estate: Overlaid) -> None:
    policies = [{"PolicyName": "read"}, {"PolicyName": "write"}, Unknown("refused")]
    estate.resources = [role(live, "copy", Policies=policies, ManagedPolicyArns=["arn:a", "arn:b"])]
    gone = [("AWS::IAM::Role Policies read", "copy"), ("AWS::IAM::Role ManagedPolicyArns arn:b", "copy")]
    [found] = estate.after(removed=gone).resources
    assert found.properties["Policies"] == policies[1:]
    assert found.properties["ManagedPolicyArns"] == ["arn:a"]
