"""Which live resource a template means, where it gives neither name nor ARN, and where it cannot be told."""

from collections.abc import Sequence

import pytest
from overlay_parts import HERE, HOME, Overlaid, alias, bucket, bucket_policy, declared, key, live, made_by, role

from scanner.estate.estate import Unseen
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown

KEY_ARN = f"arn:aws:kms:{HERE}:{HOME}:key/"
TOPIC_ARN = f"arn:aws:sns:{HERE}:{HOME}:"
REPLICATION = {"Role": f"arn:aws:iam::{HOME}:role/{{Role}}"}


@pytest.fixture
def estate() -> Overlaid:
    return Overlaid()


def grant_to(arn: str) -> dict[str, object]:
    return {"Statement": [{"Effect": "Allow", "Principal": {"AWS": arn}, "Action": "kms:Encrypt", "Resource": arn}]}


def test_a_declared_key_is_the_live_key_that_its_alias_points_to(estate: Overlaid) -> None:
    estate.resources = [key(live, "k-1", KeyPolicy={}), alias(live, "alias/copies", "k-1")]
    statement = {"Resource": f"{KEY_ARN}{{Key}}", "Condition": {"StringEquals": {"x": "${Key} {Key}"}}}
    after = estate.after(
        key(declared, "{Key}", KeyPolicy={"Statement": [statement]}),
        alias(declared, "alias/copies", "{Key}"),
        bucket(declared, "orders", BucketEncryption={"KMSMasterKeyID": f"{KEY_ARN}{{Key}}"}),
        declared("DR::Template::Resource", "", "Key", ResourceArn=f"{KEY_ARN}{{Key}}"),
    )
    [found] = after.of_type("AWS::KMS::Key")
    assert found.arn == f"{KEY_ARN}k-1"
    said = {"Resource": f"{KEY_ARN}k-1", "Condition": {"StringEquals": {"x": "${Key} k-1"}}}
    assert found.properties["KeyPolicy"] == {"Statement": [said]}
    assert after.of_type("AWS::S3::Bucket")[0].properties["BucketEncryption"] == {"KMSMasterKeyID": f"{KEY_ARN}k-1"}
    assert after.of_type("DR::Template::Resource")[0].properties["ResourceArn"] == f"{KEY_ARN}k-1"


@pytest.mark.parametrize(
    "aliases",
    [
        [alias(declared, "alias/new", "{Key}")],
        [alias(declared, "alias/copies", "{Key}"), alias(declared, "alias/other", "{Key}")],
        [alias(declared, "alias/copies", "{Key}"), alias(declared, "alias/too", "{Second}")],
    ],
    ids=["an alias that is new", "aliases of two live keys", "two keys with aliases of one live key"],
)
def test_without_one_alias_that_tells_a_key_is_new(estate: Overlaid, aliases: Sequence[Resource]) -> None:
    estate.resources = [
        *(key(live, id_) for id_ in ("k-1", "k-2")),
        alias(live, "alias/copies", "k-1"),
        alias(live, "alias/other", "k-2"),
        alias(live, "alias/too", "k-1"),
    ]
    after = estate.after(key(declared, "{Key}"), *aliases)
    assert after.get("AWS::KMS::Key", f"{KEY_ARN}{{Key}}")


def test_of_a_key_that_was_not_read_only_what_the_template_states_is_known(estate: Overlaid) -> None:
    estate.resources = [alias(live, "alias/copies", "k-1")]
    estate.unseen = [Unseen(HOME, HERE, "AWS::KMS::Key", "ListKeys refused")]
    after = estate.after(
        key(declared, "{Key}", KeyPolicy={}, defaults={"Observed": {"KeyState": "Enabled"}}),
        alias(declared, "alias/copies", "{Key}"),
    )
    [found] = after.of_type("AWS::KMS::Key")
    assert found.properties["KeyPolicy"] == {}
    assert found.properties["Observed"]["KeyState"] == Unknown("ListKeys refused")


def test_buckets_are_recognised_by_the_tags_of_their_stack(estate: Overlaid) -> None:
    estate.resources = [bucket(live, "primary-data-1x2y", Tags=made_by("primary", "Data"))]
    after = estate.after(bucket(declared, "{Data}"), bucket_policy(declared, "{Data}", grant_to("arn:aws:s3:::{Data}")))
    [found] = after.of_type("AWS::S3::Bucket")
    [policy] = after.of_type("AWS::S3::BucketPolicy")
    assert found.name == found.properties["BucketName"] == "primary-data-1x2y"
    assert policy.arn == found.arn
    assert policy.properties["PolicyDocument"] == grant_to(found.arn)


def test_roles_are_recognised_by_the_names_that_stacks_give(estate: Overlaid) -> None:
    estate.resources = [role(live, "primary-Role-1ABCDEFGHIJK2")]
    [found] = estate.after(role(declared, "{Role}")).of_type("AWS::IAM::Role")
    assert found.name == "primary-Role-1ABCDEFGHIJK2"


@pytest.mark.parametrize(
    ("stand_in", "stacks", "is_new"),
    [
        ("{Data}", ["blue"], False),
        ("{Data}", ["blue", "green"], True),
        ("{green.Data}", ["blue", "green"], False),
        ("{file-name.Data}", ["blue"], False),
        ("{file-name.Data}", ["blue", "green"], True),
        ("{blue.Data}", ["blue", "blue"], True),
        ("{Other}", ["blue"], True),
        ("{aws_s3_bucket.Data}", ["blue"], True),
        ("{module.copies.aws_s3_bucket.Data}", ["blue"], True),
    ],
)
def test_the_stack_must_be_the_only_one_it_can_be(
    estate: Overlaid, stand_in: str, stacks: list[str], is_new: bool
) -> None:
    estate.resources = [
        bucket(live, f"{stack}-{number}", Tags=made_by(stack, "Data")) for number, stack in enumerate(stacks)
    ]
    after = estate.after(bucket(declared, stand_in))
    assert (after.get("AWS::S3::Bucket", f"arn:aws:s3:::{stand_in}") is not None) is is_new


def test_what_stacks_made_elsewhere_is_not_meant(estate: Overlaid) -> None:
    estate.resources = [bucket(live, "primary-data", region="ap-south-1", Tags=made_by("primary", "Data"))]
    assert len(estate.after(bucket(declared, "{Data}")).of_type("AWS::S3::Bucket")) == 2


def test_access_points_are_recognised_by_name(estate: Overlaid) -> None:
    arn = f"arn:aws:s3::{HOME}:accesspoint/"
    estate.resources = [live("AWS::S3::MultiRegionAccessPoint", f"{arn}mabc.mrap", "both", region="", Name="both")]
    point = declared("AWS::S3::MultiRegionAccessPoint", f"{arn}{{Point}}", "both", region="", Name="both")
    policy = declared(
        "AWS::S3::MultiRegionAccessPointPolicy", "", "both", region="", MrapName="both", Policy=arn + "{Point}"
    )
    after = estate.after(point, policy)
    assert [one.arn for one in after.of_type("AWS::S3::MultiRegionAccessPoint")] == [f"{arn}mabc.mrap"]
    assert after.of_type("AWS::S3::MultiRegionAccessPointPolicy")[0].properties["Policy"] == f"{arn}mabc.mrap"


def test_a_policy_of_several_topics_becomes_that_of_each(estate: Overlaid) -> None:
    there = live(
        "AWS::SNS::TopicPolicy", f"{TOPIC_ARN}pager", Topics=[f"{TOPIC_ARN}pager"], PolicyDocument={"Id": "old"}
    )
    estate.resources = [there]
    topics = [f"{TOPIC_ARN}pager", f"{TOPIC_ARN}mail", Unknown("parameter Topic has no value")]
    after = estate.after(declared("AWS::SNS::TopicPolicy", "", "{Policy}", Topics=topics, PolicyDocument={"Id": "new"}))
    found = {one.arn: one.properties["PolicyDocument"]["Id"] for one in after.of_type("AWS::SNS::TopicPolicy")}
    assert found == {f"{TOPIC_ARN}pager": "new", f"{TOPIC_ARN}mail": "new", "": "new"}


@pytest.mark.parametrize(
    ("type_", "stated", "name"),
    [
        ("AWS::S3::BucketPolicy", {"Bucket": "orders"}, "orders"),
        ("AWS::SNS::Subscription", {"TopicArn": TOPIC_ARN, "Protocol": "sms", "Endpoint": "+1"}, "x"),
        ("AWS::Logs::MetricFilter", {"LogGroupName": "trail", "FilterName": "denied"}, "trail:denied"),
        ("AWS::Macie::Session", {}, HOME),
        ("AWS::S3::AccountPublicAccessBlock", {}, HOME),
        ("AWS::Organizations::Policy", {"Type": "SERVICE_CONTROL_POLICY", "Name": "guard"}, "guard"),
    ],
)
def test_what_has_no_lasting_arn_is_known_by_what_it_is_for(
    estate: Overlaid, type_: str, stated: dict[str, object], name: str
) -> None:
    estate.resources = [live(type_, "arn:made:up", name, **stated)]
    assert len(estate.after(declared(type_, "", "{Policy}", **stated)).resources) == 1
