"""Which part goes where: by name and place, and what comes of parts that do not arrive."""

from typing import Any

import pytest

from scanner.estate.estate import Unseen
from scanner.estate.unknown import Unknown
from scanner.sources.declared import Declared
from scanner.sources.terraform.planned import Planned
from scanner.sources.terraform.unnamed import unnamed_account, unnamed_region
from tests.sources.terraform.instances import BUCKET, KEPT, all_of, declared, planned, the_one

POLICY = '{"Statement": []}'
DOCUMENT = {"Statement": []}
LATER = Unknown("known after apply")


def bucket(name: str = "orders", **more: Any) -> Planned:
    return planned("aws_s3_bucket", "b", bucket=name, **more)


def versioning(of: Any = "orders", name: str = "v", **more: Any) -> Planned:
    return planned(
        "aws_s3_bucket_versioning", name, bucket=of, versioning_configuration=[{"status": "Enabled"}], **more
    )


def misplaced(found: Declared) -> dict[str, str]:
    kept = (one.properties for one in found.resources if one.type == KEPT)
    return {one["Address"]: one["Misplaced"] for one in kept if "Misplaced" in one}


@pytest.mark.parametrize("of", ["orders", "arn:aws:s3:::orders"])
def test_a_part_finds_its_bucket_by_name_or_arn(of: str) -> None:
    found = the_one(BUCKET, bucket(), versioning(of))
    assert found.properties["VersioningConfiguration"] == {"Status": "Enabled"}
    assert found.stated == {"BucketName", "VersioningConfiguration"}


def test_a_part_finds_a_bucket_without_a_name_by_its_stand_in() -> None:
    nameless = planned("aws_s3_bucket", "b", bucket=LATER)
    found = the_one(BUCKET, nameless, versioning("{aws_s3_bucket.b}"))
    assert (found.arn, found.properties["BucketName"]) == ("arn:aws:s3:::{aws_s3_bucket.b}", LATER)
    assert found.properties["VersioningConfiguration"] == {"Status": "Enabled"}


@pytest.mark.parametrize("place", [{"region": "us-east-1"}, {"account": "222222222222"}])
def test_a_part_that_works_elsewhere_does_not_reach_its_bucket(place: dict[str, str]) -> None:
    found = declared(bucket(), versioning(**place))
    (only,) = [one for one in found.resources if one.type == BUCKET]
    assert "VersioningConfiguration" not in only.properties
    reason = misplaced(found)["aws_s3_bucket_versioning.v"]
    assert "eu-west-1 of account 111111111111" in reason
    assert next(iter(place.values())) in reason
    assert found.unseen == ()


@pytest.mark.parametrize("place", [{"region": unnamed_region("var.region")}, {"account": unnamed_account("profile=x")}])
def test_a_part_whose_place_nobody_names_may_reach_its_bucket_or_not(place: dict[str, str]) -> None:
    policy = planned("aws_s3_bucket_policy", "p", bucket="orders", policy=POLICY, **place)
    found = declared(bucket(), versioning(**place), policy)
    one = {resource.type: resource.properties for resource in found.resources if resource.type != KEPT}
    assert isinstance(one[BUCKET]["VersioningConfiguration"], Unknown)
    assert isinstance(one["AWS::S3::BucketPolicy"]["PolicyDocument"], Unknown)
    assert {type(reason) for reason in misplaced(found).values()} == {Unknown}
    assert len(misplaced(found)) == 2


def test_a_part_that_expects_another_owner_is_refused() -> None:
    part = planned("aws_s3_bucket_versioning", "v", bucket="orders", expected_bucket_owner="222222222222")
    assert "222222222222" in misplaced(declared(bucket(), part))["aws_s3_bucket_versioning.v"]
    right = planned("aws_s3_bucket_versioning", "v", bucket="orders", expected_bucket_owner="111111111111")
    assert misplaced(declared(bucket(), right)) == {}


def test_what_says_nothing_in_the_one_shape_must_arrive_as_well() -> None:
    cors = planned("aws_s3_bucket_cors_configuration", "c", bucket="orders", region="us-east-1")
    assert set(misplaced(declared(bucket(), cors))) == {"aws_s3_bucket_cors_configuration.c"}


def test_a_policy_that_does_not_reach_its_bucket_is_none() -> None:
    policy = planned("aws_s3_bucket_policy", "p", bucket="orders", policy=POLICY, region="us-east-1")
    assert all_of("AWS::S3::BucketPolicy", bucket(), policy) == []
    assert set(misplaced(declared(bucket(), policy))) == {"aws_s3_bucket_policy.p"}


def test_a_vault_lock_in_the_wrong_account_does_not_lock() -> None:
    vault = planned("aws_backup_vault", "v", name="v")
    lock = planned(
        "aws_backup_vault_lock_configuration", "l", backup_vault_name="v", min_retention_days=9, account="222222222222"
    )
    found = declared(vault, lock)
    assert set(misplaced(found)) == {"aws_backup_vault_lock_configuration.l"}
    (only,) = [one for one in found.resources if one.type == "AWS::Backup::BackupVault"]
    assert "LockConfiguration" not in only.properties


def test_a_bucket_that_the_plan_does_not_make_is_unseen() -> None:
    found = declared(versioning("others"))
    assert [one.type for one in found.resources] == []
    reason = "aws_s3_bucket_versioning.v is for it, and this plan does not make it"
    assert found.unseen == (Unseen("111111111111", "eu-west-1", "AWS::S3::Bucket others", reason),)


def test_the_policy_of_a_bucket_that_the_plan_does_not_make_is_known() -> None:
    policy = planned("aws_s3_bucket_policy", "p", bucket="others", policy=POLICY)
    found = the_one("AWS::S3::BucketPolicy", policy)
    assert (found.arn, found.name) == ("arn:aws:s3:::others", "others")
    assert found.properties == {"Bucket": "others", "PolicyDocument": DOCUMENT}
    assert [gap.what for gap in declared(policy).unseen] == ["AWS::S3::Bucket others"]


def test_of_a_part_for_nobody_knows_what_nothing_is_certain() -> None:
    set_already = planned("aws_s3_bucket", "c", bucket="copies")
    elsewhere = planned("aws_s3_bucket", "d", bucket="far", region="us-east-1")
    found = declared(bucket(), set_already, elsewhere, versioning("copies"), versioning(LATER, "w"))
    status = {one.name: one.properties.get("VersioningConfiguration") for one in found.resources if one.type == BUCKET}
    assert (status["copies"], status["far"]) == ({"Status": "Enabled"}, None)
    assert isinstance(status["orders"], Unknown)
    assert "aws_s3_bucket_versioning.w" in status["orders"].reason
    (gap,) = found.unseen
    assert (gap.what, gap.region) == ("AWS::S3::Bucket", "eu-west-1")


def test_a_policy_for_nobody_knows_what_hides_policies() -> None:
    found = declared(bucket(), planned("aws_s3_bucket_policy", "p", bucket=LATER, policy=POLICY))
    (policy,) = [one for one in found.resources if one.type == "AWS::S3::BucketPolicy"]
    assert (policy.arn, policy.properties["Bucket"]) == ("", LATER)
    assert [gap.what for gap in found.unseen] == ["AWS::S3::BucketPolicy"]


def test_two_that_set_the_same_leave_it_open() -> None:
    found = the_one(BUCKET, bucket(), versioning(), versioning(name="w")).properties["VersioningConfiguration"]
    assert found == Unknown("aws_s3_bucket_versioning.v and aws_s3_bucket_versioning.w both set it")
    policies = [planned("aws_s3_bucket_policy", name, bucket="orders", policy=POLICY) for name in "pq"]
    policy = the_one("AWS::S3::BucketPolicy", bucket(), *policies)
    assert isinstance(policy.properties["PolicyDocument"], Unknown)


def test_a_bucket_that_is_declared_twice_is_one() -> None:
    twice = [planned("aws_s3_bucket", name, bucket="orders", acl=acl) for name, acl in (("a", "private"), ("b", "x"))]
    found = the_one(BUCKET, *twice, versioning())
    assert found.properties["BucketName"] == "orders"
    assert isinstance(found.properties["AccessControl"], Unknown)
    assert found.properties["VersioningConfiguration"] == {"Status": "Enabled"}


def test_what_stands_apart_counts_and_not_what_the_bucket_had() -> None:
    old = bucket(versioning=[{"enabled": False}], policy='{"Statement": [], "Id": "old"}', actions=("no-op",))
    found = the_one(BUCKET, old, versioning())
    assert found.properties["VersioningConfiguration"] == {"Status": "Enabled"}
    assert the_one("AWS::S3::BucketPolicy", old).properties["PolicyDocument"]["Id"] == "old"
    policy = planned("aws_s3_bucket_policy", "p", bucket="orders", policy=POLICY)
    assert the_one("AWS::S3::BucketPolicy", old, policy).properties["PolicyDocument"] == DOCUMENT


def test_what_the_plan_destroys_is_gone_with_its_traces() -> None:
    rule = {"id": "r", "status": "Enabled", "destination": [{"bucket": "arn:aws:s3:::copy"}]}
    there = bucket(
        versioning=[{"enabled": True}],
        replication_configuration=[{"role": "arn:role", "rules": [rule]}],
        server_side_encryption_configuration=[{"rule": [{"bucket_key_enabled": True}]}],
        policy=POLICY,
        actions=("update",),
    )
    gone = (
        versioning(),
        planned("aws_s3_bucket_replication_configuration", "r", bucket="orders", role="arn:role", rule=[rule]),
        planned("aws_s3_bucket_server_side_encryption_configuration", "e", bucket="orders", rule=[{}]),
        planned("aws_s3_bucket_policy", "p", bucket="orders", policy=POLICY),
    )
    found = declared(there, removed=gone).resources
    (only,) = [one for one in found if one.type == BUCKET]
    assert only.properties["VersioningConfiguration"] == {"Status": "Suspended"}
    assert "ReplicationConfiguration" not in only.properties
    assert isinstance(only.properties["BucketEncryption"], Unknown)
    assert not [one for one in found if one.type == "AWS::S3::BucketPolicy"]


def test_policies_that_the_plan_takes_from_a_role() -> None:
    inline = [{"name": name, "policy": POLICY} for name in ("stays", "goes")]
    role = planned("aws_iam_role", "r", name="r", inline_policy=inline, managed_policy_arns=["arn:goes", "arn:stays"])
    gone = (
        planned("aws_iam_role_policy", "g", name="goes", role="r", policy=POLICY),
        planned("aws_iam_role_policy_attachment", "g", role="r", policy_arn="arn:goes"),
    )
    (found,) = [one for one in declared(role, removed=gone).resources if one.type == "AWS::IAM::Role"]
    assert [one["PolicyName"] for one in found.properties["Policies"]] == ["stays"]
    assert found.properties["ManagedPolicyArns"] == ["arn:stays"]


def test_an_inline_policy_that_the_role_had_is_changed_by_its_own_resource() -> None:
    role = planned("aws_iam_role", "r", name="r", inline_policy=[{"name": "p", "policy": '{"Id": "old"}'}])
    policy = planned("aws_iam_role_policy", "p", name="p", role="r", policy=POLICY)
    found = the_one("AWS::IAM::Role", role, policy)
    assert found.properties["Policies"] == [{"PolicyName": "p", "PolicyDocument": DOCUMENT}]


def test_roles_of_the_same_name_in_two_accounts_are_two() -> None:
    roles = [planned("aws_iam_role", name, name="crr", account=name * 12) for name in "12"]
    policy = planned("aws_iam_role_policy", "p", name="p", role="crr", policy=POLICY, account="2" * 12)
    found = {one.account: one.properties.get("Policies") for one in all_of("AWS::IAM::Role", *roles, policy)}
    assert found == {"1" * 12: None, "2" * 12: [{"PolicyName": "p", "PolicyDocument": DOCUMENT}]}
    other = planned("aws_iam_role_policy", "p", name="p", role="crr", policy=POLICY, account="3" * 12)
    reason = "aws_iam_role_policy.p is for it, and this plan does not make it"
    assert declared(*roles, other).unseen == (Unseen("3" * 12, "", "AWS::IAM::Role crr", reason),)


def test_a_role_is_reached_from_any_region() -> None:
    role = planned("aws_iam_role", "r", name="crr", region="us-east-1")
    policy = planned("aws_iam_role_policy", "p", name="p", role="crr", policy=LATER)
    assert the_one("AWS::IAM::Role", role, policy).properties["Policies"][0]["PolicyDocument"] == LATER


def test_a_grant_may_cross_accounts_and_not_regions() -> None:
    arn = "arn:aws:kms:eu-west-1:111111111111:key/{aws_kms_key.k}"
    key = planned("aws_kms_key", "k")
    grant = planned("aws_kms_grant", "g", key_id=arn, account="222222222222")
    found = the_one("AWS::KMS::Key", key, grant)
    assert found.properties["Observed"]["Grants"][0]["IssuingAccount"] == "arn:aws:iam::222222222222:root"
    far = planned("aws_kms_grant", "g", key_id=arn, account="222222222222", region="us-east-1")
    assert the_one("AWS::KMS::Key", key, far).properties["Observed"]["Grants"] == []
    assert set(misplaced(declared(key, far))) == {"aws_kms_grant.g"}


def test_what_is_not_looked_into_is_unseen() -> None:
    stack = planned("aws_cloudformation_stack", "s")
    bucket_policy = planned("awscc_s3_bucket_policy", "p")
    other = planned("awscc_lex_bot", "l")
    assert [gap.what for gap in declared(stack, bucket_policy, other, planned("random_id", "r")).unseen] == [
        "stack aws_cloudformation_stack.s",
        "AWS::S3::BucketPolicy",
    ]


def test_data_sources_make_nothing() -> None:
    there = Planned(**{name: getattr(bucket(), name) for name in Planned.__slots__ if name != "mode"}, mode="data")
    assert declared(there).resources == ()
