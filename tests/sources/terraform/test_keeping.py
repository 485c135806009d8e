"""How resources of every type are kept, and the policies that they carry."""

from dataclasses import replace
from typing import Any

import pytest

from scanner.estate.shapes import load_shape
from scanner.estate.unknown import Unknown, to_json
from scanner.sources.terraform.resources import declared_by
from tests.sources.terraform.instances import HERE, KEPT, planned, the_one

POLICY = '{"Statement": []}'
DOCUMENT: dict[str, Any] = {"Statement": []}


def kept(type_: str, **values: Any) -> dict[str, Any]:
    return dict(the_one(KEPT, planned(type_, "x", **values)).properties)


def test_a_bucket() -> None:
    found = the_one(KEPT, planned("aws_s3_bucket", "x", bucket="orders", force_destroy=True))
    assert (found.arn, found.name, found.region) == ("", "aws_s3_bucket.x", "eu-west-1")
    assert found.location is not None
    assert found.properties == {
        "Address": "aws_s3_bucket.x",
        "Type": "AWS::S3::Bucket",
        "Format": "terraform",
        "ResourceArn": "arn:aws:s3:::orders",
        "DeletionPolicy": "Delete",
        "UpdateReplacePolicy": "Delete",
        "ForceDestroy": True,
        "PreventDestroy": Unknown("a plan does not show prevent_destroy"),
    }


@pytest.mark.parametrize(("given", "shown"), [(None, False), (False, False), (Unknown("x"), Unknown("x"))])
def test_whether_a_bucket_is_emptied(given: Any, shown: Any) -> None:
    assert kept("aws_s3_bucket", bucket="orders", force_destroy=given)["ForceDestroy"] == shown


@pytest.mark.parametrize(
    ("type_", "values", "policy"),
    [
        ("aws_db_instance", {"skip_final_snapshot": True}, "Delete"),
        ("aws_db_instance", {"skip_final_snapshot": False}, "Snapshot"),
        ("aws_rds_cluster", {"skip_final_snapshot": None}, "Snapshot"),
        ("aws_rds_cluster", {"skip_final_snapshot": Unknown("x")}, Unknown("x")),
        ("aws_fsx_windows_file_system", {"skip_final_backup": True}, "Delete"),
        ("aws_ebs_volume", {"final_snapshot": True}, "Snapshot"),
        ("aws_elasticache_cluster", {"final_snapshot_identifier": "last"}, "Snapshot"),
        ("aws_cloudwatch_log_group", {"skip_destroy": True}, "Retain"),
        ("aws_dynamodb_table", {}, "Delete"),
    ],
)
def test_what_stays_of_what_is_destroyed(type_: str, values: dict[str, Any], policy: Any) -> None:
    found = kept(type_, **values)
    assert (found["DeletionPolicy"], found["UpdateReplacePolicy"]) == (policy, policy)


@pytest.mark.parametrize("type_", ["aws_kms_key", "aws_kms_replica_key", "aws_kms_external_key"])
def test_how_long_a_key_can_be_saved(type_: str) -> None:
    assert kept(type_)["PendingWindowInDays"] == 30
    assert kept(type_, deletion_window_in_days=7)["PendingWindowInDays"] == 7


@pytest.mark.parametrize(
    ("type_", "values", "shown", "policies"),
    [
        (
            "aws_iam_role",
            {"assume_role_policy": POLICY, "inline_policy": [{"name": "in", "policy": POLICY}]},
            "AWS::IAM::Role",
            [("AssumeRolePolicyDocument", "trust"), ("in", "identity")],
        ),
        ("aws_iam_policy", {"policy": POLICY}, "AWS::IAM::ManagedPolicy", [("PolicyDocument", "identity")]),
        (
            "aws_iam_role_policy",
            {"role": "r", "policy": POLICY, "name": "p"},
            "AWS::IAM::RolePolicy",
            [("p", "identity")],
        ),
        ("aws_s3_bucket", {"policy": POLICY}, "AWS::S3::Bucket", [("PolicyDocument", "bucket")]),
        (
            "aws_s3_bucket_policy",
            {"bucket": "b", "policy": POLICY},
            "AWS::S3::BucketPolicy",
            [("PolicyDocument", "bucket")],
        ),
        ("aws_kms_key", {"policy": POLICY}, "AWS::KMS::Key", [("KeyPolicy", "key")]),
        ("aws_kms_key_policy", {"key_id": "k", "policy": POLICY}, "AWS::KMS::Key", [("KeyPolicy", "key")]),
        (
            "aws_sns_topic_policy",
            {"arn": "arn:t", "policy": POLICY},
            "AWS::SNS::TopicPolicy",
            [("PolicyDocument", "topic")],
        ),
        (
            "aws_backup_vault_policy",
            {"backup_vault_name": "v", "policy": POLICY},
            "AWS::Backup::BackupVault",
            [("AccessPolicy", "vault")],
        ),
        ("aws_sqs_queue_policy", {"queue_url": "u", "policy": POLICY}, "aws_sqs_queue_policy", [("policy", "other")]),
        (
            "aws_opensearch_domain",
            {"access_policies": POLICY},
            "AWS::OpenSearchService::Domain",
            [("access_policies", "other")],
        ),
    ],
)
def test_the_policies_that_it_carries(
    type_: str, values: dict[str, Any], shown: str, policies: list[tuple[str, str]]
) -> None:
    found = kept(type_, **values)
    assert found["Type"] == shown
    assert found["Policies"] == [{"Name": name, "Kind": kind, "Document": DOCUMENT} for name, kind in policies]


def test_a_part_is_not_kept_by_itself_and_is_known_by_what_it_is_for() -> None:
    key = planned("aws_kms_key", "k")
    policy = planned("aws_kms_key_policy", "p", key_id="{aws_kms_key.k}", policy=POLICY)
    parts = [one for one in declared_by([key, policy], HERE).resources if one.name == "aws_kms_key_policy.p"]
    assert [one.properties.get("DeletionPolicy") for one in parts] == [None]
    assert parts[0].properties["ResourceArn"] == "arn:aws:kms:eu-west-1:111111111111:key/{aws_kms_key.k}"


def test_what_has_neither_data_nor_policies_is_left_out() -> None:
    instances = [planned(type_, "x") for type_ in ("aws_sns_topic", "aws_lambda_function", "google_storage_bucket")]
    assert not [one for one in declared_by(instances, HERE).resources if one.type == KEPT]


def test_the_stack_tells_plans_apart() -> None:
    (found,) = declared_by([planned("aws_sqs_queue", "x")], replace(HERE, stack="dr")).resources
    assert found.name == "dr.aws_sqs_queue.x"


def test_it_keeps_to_its_shape() -> None:
    shape = load_shape(KEPT)
    assert shape is not None
    wrong = planned("aws_s3_bucket", "x", bucket="b", force_destroy=[], policy=5)
    for one in declared_by([wrong], HERE).resources:
        if one.type == KEPT:
            assert list(shape.problems(to_json(one.properties))) == []
