"""A whole plan becomes an estate: replication across accounts and modules, before any of it exists."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from terraform_plan import Json, Made, constant, plan, refer, write

from scanner.estate.resource import Location, Resource
from scanner.estate.unknown import Unknown
from scanner.sources.declared import UNNAMED_ACCOUNT, UNNAMED_REGION, Declared, Deployment
from scanner.sources.terraform.template import open_plan

HERE = Deployment(Path("plan.json"), Path("/nowhere"), "111111111111", "us-east-1")
THERE = {"region": constant("eu-west-1"), "assume_role": [{"role_arn": refer("var.recovery_role")}]}
RECOVERY = "arn:aws:iam::222222222222:role/deploy"
LATER = {"arn": True, "id": True}


def replication() -> Json:
    """A bucket, its role and policy here; the bucket of copies and its key in a module, in another account."""
    destination = {"bucket": refer("module.copy.bucket_arn")}
    destination["encryption_configuration"] = [{"replica_kms_key_id": refer("module.copy.key_arn")}]
    role = Made(
        "aws_iam_role.copier",
        {"name": "copier", "path": "/", "assume_role_policy": json.dumps({"Statement": []})},
        LATER,
        {"name": constant("copier"), "assume_role_policy": constant("{}")},
    )
    policy = Made(
        "data.aws_iam_policy_document.copier",
        {"statement": [{"actions": ["kms:Encrypt"], "resources": [None]}]},
        {"json": True, "statement": [{"resources": [True]}]},
        {"statement": [{"actions": constant(["kms:Encrypt"]), "resources": refer("module.copy.key_arn")}]},
        actions=("read",),
    )
    granted = Made(
        "aws_iam_role_policy.copier",
        {"name": "copy"},
        {"id": True, "role": True, "policy": True},
        {"role": refer("aws_iam_role.copier.id"), "policy": refer("data.aws_iam_policy_document.copier.json")},
    )
    rule = {"id": "all", "status": "Enabled", "destination": [{"encryption_configuration": [{}]}]}
    link = Made(
        "aws_s3_bucket_replication_configuration.r",
        {"rule": [rule]},
        {
            "bucket": True,
            "role": True,
            "rule": [{"destination": [{"bucket": True, "encryption_configuration": [{"replica_kms_key_id": True}]}]}],
        },
        {
            "bucket": refer("aws_s3_bucket.source.id"),
            "role": refer("aws_iam_role.copier.arn"),
            "rule": [{"id": constant("all"), "status": constant("Enabled"), "destination": [destination]}],
        },
    )
    inner = {"module": "module.copy", "provider": "aws.recovery"}
    copy = Made("aws_s3_bucket.this", {"bucket": "orders-copy", "force_destroy": True}, LATER, **inner)
    key = Made("aws_kms_key.this", {"deletion_window_in_days": 7}, {**LATER, "key_id": True}, **inner)
    source = Made("aws_s3_bucket.source", {"bucket": "orders"}, LATER, {"bucket": constant("orders")})
    outputs = {"bucket_arn": refer("aws_s3_bucket.this.arn"), "key_arn": refer("aws_kms_key.this.arn")}
    return plan(
        *(role, policy, granted, link, copy, key, source),
        calls={"module.copy": {"source": "./copy", "outputs": outputs}},
        providers={"aws": {"region": constant("us-east-1")}, "aws.recovery": THERE},
        variables={"recovery_role": RECOVERY},
    )


def declared(value: Json, deployment: Deployment = HERE) -> Declared:
    return open_plan(deployment.file, value).declare(deployment, {})


def of_type(found: Declared, type_: str) -> dict[str, Resource]:
    return {one.name: one for one in found.resources if one.type == type_}


class TestReplication:
    FOUND = declared(replication())

    def test_the_rule_leads_to_the_bucket_and_the_key_of_the_other_account(self) -> None:
        source, copy = of_type(self.FOUND, "AWS::S3::Bucket").values()
        (key,) = of_type(self.FOUND, "AWS::KMS::Key").values()
        (role,) = of_type(self.FOUND, "AWS::IAM::Role").values()
        source, copy = (source, copy) if source.name == "orders" else (copy, source)
        configuration = source.properties["ReplicationConfiguration"]
        destination = configuration["Rules"][0]["Destination"]
        assert destination["Bucket"] == copy.arn
        assert destination["EncryptionConfiguration"]["ReplicaKmsKeyID"] == key.arn
        assert configuration["Role"] == role.arn
        assert (copy.account, copy.region) == (key.account, key.region) == ("222222222222", "eu-west-1")
        assert (source.account, source.region) == ("111111111111", "us-east-1")
        assert key.arn == "arn:aws:kms:eu-west-1:222222222222:key/{module.copy.aws_kms_key.this}"

    def test_the_role_has_its_policy_with_the_key_in_it(self) -> None:
        (role,) = of_type(self.FOUND, "AWS::IAM::Role").values()
        (key,) = of_type(self.FOUND, "AWS::KMS::Key").values()
        (policy,) = role.properties["Policies"]
        assert policy["PolicyDocument"]["Statement"][0]["Resource"] == key.arn

    def test_the_copy_may_be_destroyed_and_that_is_told(self) -> None:
        told = of_type(self.FOUND, "DR::Template::Resource")["module.copy.aws_s3_bucket.this"]
        assert told.properties["ForceDestroy"] is True

    def test_there_is_nothing_left_to_decide(self) -> None:
        assert open_plan(HERE.file, replication()).variables(HERE) == ()
        assert self.FOUND.messages == ()
        assert self.FOUND.unseen == ()

    def test_in_another_place_only_what_is_not_named_moves(self) -> None:
        moved = declared(replication(), HERE.at("333333333333", "ap-south-1", "aws"))
        places = {one.name: (one.account, one.region) for one in moved.resources if one.type == "AWS::S3::Bucket"}
        assert places == {"orders": ("333333333333", "us-east-1"), "orders-copy": ("222222222222", "eu-west-1")}

    def test_plans_of_several_stacks_have_stand_ins_of_their_own(self) -> None:
        (key,) = of_type(declared(replication(), replace(HERE, stack="b")), "AWS::KMS::Key").values()
        assert key.arn.endswith("{b.module.copy.aws_kms_key.this}")


class TestWholeTemplate:
    def whole(self, value: Json, deployment: Deployment = HERE) -> Resource:
        (found,) = of_type(declared(value, deployment), "DR::Template").values()
        return found

    def test_what_is_written_out_in_the_configuration(self, tmp_path: Path) -> None:
        role = Made(
            "aws_iam_role.r",
            {"name": "r"},
            {},
            {
                "name": constant("REPLACE_ME"),
                "description": constant("arn:aws:s3:::x"),
                "policy": constant(json.dumps({"Resource": ["arn:aws-cn:s3:::x/*"]})),
            },
            module="module.m[0]",
        )
        calls = {"module.m": {"source": "./m", "expressions": {"bucket": constant("arn:aws:s3:::y")}}}
        file = write(tmp_path, plan(role, calls=calls, variables={"b": "<YOUR-BUCKET>"}), indent=1)
        found = open_plan(file).declare(replace(HERE, file=file), {}).resources[0]
        block = found.properties["Placeholders"][1]["Line"]
        assert found.location == Location(str(file), 1)
        assert found.properties == {
            "Format": "terraform",
            "Partition": "aws",
            "LiteralPartitions": [
                {"Partition": "aws", "Where": "module.m.bucket", "Line": 1},
                {"Partition": "aws-cn", "Where": "module.m.aws_iam_role.r.policy.Resource", "Line": block},
            ],
            "Placeholders": [
                {"Text": "<YOUR-BUCKET>", "Where": "var.b", "Line": 1},
                {"Text": "REPLACE_ME", "Where": "module.m.aws_iam_role.r.name", "Line": block},
            ],
        }
        assert '"address": "module.m[0].aws_iam_role.r"' in file.read_text().splitlines()[block].replace("\\", "")

    def test_where_it_goes(self) -> None:
        nowhere = HERE.at(UNNAMED_ACCOUNT, UNNAMED_REGION, "aws")
        assert self.whole(plan(), nowhere).properties["Partition"] == Unknown("no account or region was named")
        china = plan(providers={"aws": {"region": constant("cn-north-1")}})
        assert self.whole(china, nowhere).properties["Partition"] == "aws-cn"
        assert self.whole(china, nowhere).region == "cn-north-1"


class TestRemoving:
    def removed(self, *made: Made) -> tuple[tuple[str, str], ...]:
        return declared(plan(*made)).removed

    def test_resources_that_a_plan_destroys(self) -> None:
        before = {"bucket": "orders", "arn": "arn:aws:s3:::orders", "id": "orders"}
        gone = Made("aws_s3_bucket.b", before=before, actions=("delete",))
        assert self.removed(gone) == (("AWS::S3::Bucket", "arn:aws:s3:::orders"),)

    def test_settings_go_from_what_they_belong_to(self) -> None:
        enabled = {"bucket": "orders", "versioning_configuration": [{"status": "Enabled"}]}
        setting = Made("aws_s3_bucket_versioning.v", before=enabled, actions=("delete",))
        policy = Made("aws_s3_bucket_policy.p", before={"bucket": "orders", "policy": "{}"}, actions=("delete",))
        assert self.removed(setting, policy) == (
            ("AWS::S3::Bucket VersioningConfiguration", "orders"),
            ("AWS::S3::BucketPolicy", "orders"),
        )

    @pytest.mark.parametrize("actions", [("delete", "create"), ("create", "delete")])
    def test_what_is_replaced_under_its_name_stays(self, actions: tuple[str, ...]) -> None:
        values: Json = {"bucket": "orders"}
        replaced = Made(
            "aws_s3_bucket.b", values, LATER, before={**values, "arn": "arn:aws:s3:::orders"}, actions=actions
        )
        assert self.removed(replaced) == ()
        renamed = replace(replaced, known={"bucket": "sales"})
        assert self.removed(renamed) == (("AWS::S3::Bucket", "arn:aws:s3:::orders"),)

    def test_what_is_only_forgotten_or_left_out_is_still_there(self) -> None:
        forgotten = Made("aws_sns_topic.t", {"name": "t"}, actions=("forget",), before={"name": "t"})
        left_out = Made("aws_s3_bucket.b", {"bucket": "orders"}, actions=("no-op",))
        value = plan(read=[left_out, forgotten])
        value["resource_changes"] = plan(forgotten)["resource_changes"]
        found = declared(value)
        assert found.removed == ()
        assert set(of_type(found, "AWS::S3::Bucket")) == {"orders"}
        assert set(of_type(found, "AWS::SNS::Topic")) == {"t"}

    def test_what_a_replacement_left_over_is_destroyed_as_well(self) -> None:
        value = plan(Made("aws_sns_topic.t", {"name": "new"}, actions=("no-op",)))
        (old,) = plan(Made("aws_sns_topic.t", before={"name": "old"}, actions=("delete",)))["resource_changes"]
        value["resource_changes"].append({**old, "deposed": "abcd1234"})
        found = declared(value)
        assert [name.rpartition(":")[2] for _, name in found.removed] == ["old"]
        assert set(of_type(found, "AWS::SNS::Topic")) == {"new"}

    def test_what_was_moved_is_there_once(self) -> None:
        value = plan(
            Made("aws_sns_topic.new", {"name": "t"}, actions=("no-op",)),
            read=[Made("aws_sns_topic.old", {"name": "t"})],
        )
        value["resource_changes"][0]["previous_address"] = "aws_sns_topic.old"
        addresses = [one.address for one in open_plan(HERE.file, value).planned(HERE)]
        assert addresses == ["aws_sns_topic.new"]


GAPS: dict[str, tuple[Json, str]] = {
    "planning failed": ({"errored": True}, "planning failed, so the plan is not whole"),
    "changes are deferred": ({"deferred_changes": [{}]}, "Terraform defers some changes to a later plan"),
}


@pytest.mark.parametrize(("rest", "reason"), GAPS.values(), ids=GAPS)
def test_what_a_plan_leaves_out_is_unseen(rest: Json, reason: str) -> None:
    (gap,) = declared(plan(**rest)).unseen
    assert (gap.account, gap.region, gap.reason) == ("", "", reason)


def test_an_estate_file_that_says_something_else_is_told() -> None:
    caller = Made("data.aws_caller_identity.me", {"account_id": "222222222222"})
    value = plan(read=[caller], providers={"aws": {"region": constant("eu-west-1")}}, variables={"env": "dev"})
    final = replace(HERE, is_final=True, parameters={"env": "prod", "other": "x"})
    assert declared(value, final).messages == (
        "plan.json: the plan was made in account 222222222222, not in 111111111111",
        "plan.json: the plan was made for region eu-west-1, not for us-east-1",
        "plan.json: the plan was made with another value of env than it is given here",
    )
    assert declared(value, HERE).messages == ()


def test_resources_of_other_providers_are_passed_over() -> None:
    found: Any = open_plan(HERE.file, plan(Made("random_id.r", {"hex": "x"}))).planned(HERE)
    assert found == ()
