"""What other resources may refer to of each type before it exists, and after."""

from typing import Any

import pytest

from scanner.estate.unknown import Unknown
from scanner.sources.terraform.identities import identity
from scanner.sources.terraform.planned import Place
from scanner.sources.terraform.resources import TYPES
from tests.sources.terraform.instances import planned, the_one

PLACE = Place("111111111111", "eu-west-1", "aws", "{x}")
LATER = Unknown("known after apply")
IAM = "arn:aws:iam::111111111111"


@pytest.mark.parametrize(
    ("type_", "values", "attributes"),
    [
        (
            "aws_s3_bucket",
            {"bucket": "orders", "id": LATER},
            {
                "id": "orders",
                "bucket": "orders",
                "arn": "arn:aws:s3:::orders",
                "bucket_domain_name": "orders.s3.amazonaws.com",
                "bucket_regional_domain_name": "orders.s3.eu-west-1.amazonaws.com",
                "region": "eu-west-1",
            },
        ),
        ("aws_s3_bucket", {}, {"id": "{x}", "bucket": "{x}", "arn": "arn:aws:s3:::{x}"}),
        ("aws_s3_bucket", {"bucket": LATER}, {"bucket": "{x}", "arn": "arn:aws:s3:::{x}"}),
        ("aws_s3_bucket_versioning", {"bucket": "orders"}, {"id": "orders", "bucket": "orders"}),
        ("aws_iam_role", {"path": "/dr/"}, {"id": "{x}", "name": "{x}", "arn": f"{IAM}:role/dr/{{x}}"}),
        ("aws_iam_role", {"name": "crr", "path": "/dr/"}, {"id": "crr", "arn": f"{IAM}:role/dr/crr"}),
        ("aws_iam_role", {"name": "crr", "path": LATER}, {"name": "crr", "arn": f"{IAM}:role/{{x}}"}),
        ("aws_iam_policy", {"name": "p"}, {"id": f"{IAM}:policy/p", "arn": f"{IAM}:policy/p", "name": "p"}),
        ("aws_kms_key", {}, {"id": "{x}", "key_id": "{x}", "arn": "arn:aws:kms:eu-west-1:111111111111:key/{x}"}),
        ("aws_kms_key", {"id": "12", "key_id": "12", "arn": "arn:k"}, {"id": "12", "key_id": "12", "arn": "arn:k"}),
        (
            "aws_kms_replica_key",
            {"primary_key_arn": "arn:aws:kms:us-east-1:111111111111:key/mrk-1"},
            {"key_id": "mrk-1", "arn": "arn:aws:kms:eu-west-1:111111111111:key/mrk-1"},
        ),
        (
            "aws_kms_replica_key",
            {"primary_key_arn": LATER},
            {"key_id": "{x}", "arn": "arn:aws:kms:eu-west-1:111111111111:key/{x}"},
        ),
        ("aws_kms_alias", {"name": "alias/dr"}, {"arn": "arn:aws:kms:eu-west-1:111111111111:alias/dr"}),
        ("aws_sns_topic", {"name": "t"}, {"id": "arn:aws:sns:eu-west-1:111111111111:t", "name": "t"}),
        ("aws_sns_topic_policy", {"arn": "arn:t"}, {"id": "arn:t", "arn": "arn:t"}),
        ("aws_cloudwatch_log_group", {"name": "/g"}, {"arn": "arn:aws:logs:eu-west-1:111111111111:log-group:/g"}),
        ("aws_backup_vault", {"name": "v"}, {"id": "v", "arn": "arn:aws:backup:eu-west-1:111111111111:backup-vault:v"}),
        (
            "aws_s3control_multi_region_access_point",
            {"details": [{"name": "point"}], "account_id": "222222222222"},
            {"id": "222222222222:point", "alias": "{x}", "arn": "arn:aws:s3::222222222222:accesspoint/{x}"},
        ),
        (
            "aws_organizations_organization",
            {},
            {
                "id": "{x}",
                "master_account_id": "111111111111",
                "roots": [
                    {"id": "{x.root}", "arn": "arn:aws:organizations::111111111111:root/{x}/{x.root}", "name": "Root"}
                ],
            },
        ),
        ("aws_organizations_organization", {"id": "o-1", "roots": [{"id": "r-1"}]}, {"roots": [{"id": "r-1"}]}),
        ("aws_made_up", {"arn": "arn:m", "id": LATER}, {"arn": "arn:m", "id": "{x}"}),
        ("aws_made_up", {}, {"arn": "{x}", "id": "{x}"}),
    ],
)
def test_what_may_be_referred_to(type_: str, values: dict[str, Any], attributes: dict[str, Any]) -> None:
    found = identity(type_, values, PLACE)
    assert {name: found[name] for name in attributes} == attributes


def test_other_partitions() -> None:
    china = Place("111111111111", "cn-north-1", "aws-cn", "{x}")
    found = identity("aws_s3_bucket", {"bucket": "orders"}, china)
    assert found["arn"] == "arn:aws-cn:s3:::orders"
    assert found["bucket_regional_domain_name"] == "orders.s3.cn-north-1.amazonaws.com.cn"


@pytest.mark.parametrize("type_", sorted(TYPES))
def test_names_are_always_texts(type_: str) -> None:
    for values in ({}, dict.fromkeys(("name", "bucket", "id", "arn", "path", "details", "roots"), LATER)):
        found = identity(type_, values, PLACE)
        assert all(isinstance(value, str) for name, value in found.items() if name != "roots")


@pytest.mark.parametrize(
    ("type_", "kind"),
    [
        ("aws_s3_bucket", "AWS::S3::Bucket"),
        ("aws_iam_role", "AWS::IAM::Role"),
        ("aws_kms_key", "AWS::KMS::Key"),
        ("aws_sns_topic", "AWS::SNS::Topic"),
    ],
)
def test_references_are_the_text_that_the_resource_is_known_by(type_: str, kind: str) -> None:
    instance = planned(type_, "x")
    found = the_one(kind, instance)
    attributes = identity(type_, instance.values, instance.place)
    assert attributes["arn"] == found.arn
    assert found.name in attributes.values()
