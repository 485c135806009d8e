"""A value that is known later is the very thing that its expression leads to, or Unknown: never a guess."""

from pathlib import Path
from typing import Any

import pytest
from terraform_plan import Json, Made, constant, plan, refer

from scanner.estate.unknown import Unknown
from scanner.sources.declared import Deployment
from scanner.sources.terraform.planned import Planned
from scanner.sources.terraform.template import open_plan

HERE = Deployment(Path("plan.json"), Path(), "111111111111", "us-east-1")
KEY_ARN = "arn:aws:kms:us-east-1:111111111111:key/"
LATER = Unknown("known after apply")


def resolved(value: Json) -> dict[str, Planned]:
    """The instances of a plan by address."""
    return {one.address: one for one in open_plan(HERE.file, value).planned(HERE)}


def key(name: str = "k", **rest: Any) -> Made:
    return Made(f"aws_kms_key.{name}", {"description": "d"}, {"arn": True, "key_id": True, "id": True}, **rest)


def bucket(name: str = "b", **rest: Any) -> Made:
    return Made(f"aws_s3_bucket.{name}", {"bucket": None}, {"arn": True, "id": True, "bucket": True}, **rest)


def encryption(given: Json, name: str = "e", **rest: Any) -> Made:
    """A resource that takes a key in a nested block."""
    algorithm = {"sse_algorithm": constant("aws:kms")}
    return Made(
        f"aws_s3_bucket_server_side_encryption_configuration.{name}",
        {"bucket": "orders", "rule": [{"apply": [{"sse_algorithm": "aws:kms"}]}]},
        {"rule": [{"apply": [{"kms_master_key_id": True}]}]},
        {"bucket": constant("orders"), "rule": [{"apply": [{**algorithm, "kms_master_key_id": given}]}]},
        **rest,
    )


def taken(value: Json, at: str = "aws_s3_bucket_server_side_encryption_configuration.e") -> Any:
    return resolved(value)[at].values["rule"][0]["apply"][0]["kms_master_key_id"]


def test_a_key_that_does_not_exist_yet_is_still_that_key() -> None:
    found = taken(plan(key(), encryption(refer("aws_kms_key.k.arn"))))
    assert found == KEY_ARN + "{aws_kms_key.k}"


@pytest.mark.parametrize("name", ["rule", "versioning_configuration"])
def test_a_dynamic_block_over_something_unknown_may_be_there(name: str) -> None:
    settings = Made("aws_s3_bucket_settings.s", {"bucket": "orders"}, {name: True}, {"bucket": constant("orders")})
    assert resolved(plan(settings))[settings.address].values[name] == LATER


def test_a_key_that_exists_has_the_arn_that_the_plan_knows() -> None:
    arn = KEY_ARN + "11111111-2222-3333-4444-555555555555"
    there = Made("aws_kms_key.k", {"arn": arn, "key_id": "1", "id": "1"}, actions=("no-op",))
    known = encryption(refer("aws_kms_key.k.arn"))
    known.known["rule"][0]["apply"][0]["kms_master_key_id"] = arn
    known.later.clear()
    assert taken(plan(there, known)) == arn


REPLICA = Made(
    "aws_kms_replica_key.r",
    {"primary_key_arn": None},
    {"arn": True, "key_id": True, "primary_key_arn": True},
    {"primary_key_arn": refer("aws_kms_key.k.arn")},
)

LEADING_TO_ONE_KEY = {
    "its id": refer("aws_kms_key.k.key_id"),
    "a key that is not made, or else this one": refer("aws_kms_external_key.no[0].arn", "aws_kms_key.k.arn"),
    "a condition on a known variable": refer("var.encrypt", "aws_kms_key.k.arn"),
    "the only instance of a splat": refer("aws_kms_key.counted"),
    "an index": refer("aws_kms_key.counted[0].arn"),
    "a condition on a bucket": refer("aws_s3_bucket.b.id", "aws_kms_key.k.arn"),
}


@pytest.mark.parametrize("given", LEADING_TO_ONE_KEY.values(), ids=LEADING_TO_ONE_KEY)
def test_leading_to_one_key(given: Json) -> None:
    made = (key(), key("counted", key=0), bucket(), encryption(given))
    missing = Made("aws_kms_external_key.no", key=0, actions=("delete",))
    assert str(taken(plan(*made, missing, variables={"encrypt": True}))).startswith(("{aws_kms_key.", KEY_ARN))


IN_DOUBT = {
    "one of two keys": refer("aws_kms_key.k.arn", "aws_kms_key.other.arn"),
    "a local, of which plans show nothing": refer("local.key_arn"),
    "a local or a key": refer("local.key_arn", "aws_kms_key.k.arn"),
    "something that may hold anything": refer("aws_ssm_parameter.p.value"),
    "something that may hold anything, or a key": refer("aws_ssm_parameter.p.value", "aws_kms_key.k.arn"),
    "the bucket's ARN, which is no key": refer("aws_s3_bucket.b.arn"),
    "any of two instances": refer("aws_kms_key.counted"),
    "a data source that is not read yet": refer("data.aws_kms_key.d.arn"),
    "a module that is not there": refer("module.none.arn"),
    "no reference at all": {},
}


@pytest.mark.parametrize("given", IN_DOUBT.values(), ids=IN_DOUBT)
def test_in_doubt_the_value_is_unknown(given: Json) -> None:
    parameter = Made("aws_ssm_parameter.p", {}, {"value": True})
    data = Made("data.aws_kms_key.d", {}, {"arn": True}, actions=("read",))
    made = (key(), key("other"), key("counted", key=0), key("counted", key=1), bucket(), parameter, data)
    found = taken(plan(*made, encryption(given)))
    assert isinstance(found, Unknown)
    assert found.reason.startswith("known after apply")


def test_the_reason_names_what_the_value_is_made_of() -> None:
    found = taken(plan(encryption(refer("local.key_arn"))))
    assert found == Unknown("known after apply, made of local.key_arn")


def test_what_a_template_makes_of_a_reference_is_not_guessed() -> None:
    policy = Made("aws_s3_bucket_policy.p", {}, {"policy": True}, {"policy": refer("aws_s3_bucket.b.arn")})
    name = Made("aws_iam_role.r", {}, {"name": True}, {"name": refer("aws_s3_bucket.b.id")})
    destination = Made(
        "aws_s3_bucket_replication_configuration.c",
        {"rule": [{"destination": [{}]}]},
        {"rule": [{"destination": [{"bucket": True}]}]},
        {"rule": [{"destination": [{"bucket": refer("aws_s3_bucket.b.id")}]}]},
    )
    found = resolved(plan(bucket(), policy, name, destination))
    assert found[policy.address].values["policy"] == Unknown("known after apply, made of aws_s3_bucket.b.arn")
    assert found[name.address].values["name"] == Unknown("known after apply, made of aws_s3_bucket.b.id")
    assert isinstance(found[destination.address].values["rule"][0]["destination"][0]["bucket"], Unknown)


def test_left_to_aws_is_absent_and_configured_is_unknown() -> None:
    later = {"arn": True, "id": True, "versioning": True, "bucket": True}
    made = Made("aws_s3_bucket.b", {"bucket": None}, later, {"bucket": refer("random_id.r.hex")})
    values = resolved(plan(made))["aws_s3_bucket.b"].values
    assert values == {"bucket": Unknown("known after apply, made of random_id.r.hex")}


def test_a_block_without_arguments_configures_nothing() -> None:
    made = Made("aws_kms_key.k", {"description": None}, {"arn": True, "policy": True})
    assert resolved(plan(made))["aws_kms_key.k"].values == {"description": None}


def test_sensitive_values_never_leave_as_text() -> None:
    made = Made("aws_db_instance.d", {"password": "hunter2", "tags": {"a": "secret", "b": "b"}, "list": ["x", "y"]})
    hidden = {"password": True, "tags": {"a": True}, "list": [False, True]}
    whole = Made("aws_db_instance.w", {"password": "hunter2"}, hidden=True)
    found = resolved(plan(Made(made.block, made.known, hidden=hidden), whole))
    assert found["aws_db_instance.d"].values == {
        "password": Unknown("sensitive"),
        "tags": {"a": Unknown("sensitive"), "b": "b"},
        "list": ["x", Unknown("sensitive")],
    }
    assert found["aws_db_instance.w"].values == {"password": Unknown("sensitive")}


def test_placeholders_are_unknown_also_within_a_policy() -> None:
    role = Made("aws_iam_role.r", {"name": "REPLACE_ME", "path": "/", "policy": '{"Statement": [{"Action": "s3:*"}]}'})
    text = '{"Statement": [{"Resource": ["arn:aws:s3:::orders", "<YOUR-BUCKET>"]}]}'
    found = resolved(plan(role, Made("aws_s3_bucket_policy.p", {"policy": text})))
    assert found["aws_iam_role.r"].values["name"] == Unknown("placeholder REPLACE_ME")
    assert found["aws_iam_role.r"].values["policy"] == '{"Statement": [{"Action": "s3:*"}]}'
    resources = ["arn:aws:s3:::orders", Unknown("placeholder <YOUR-BUCKET>")]
    assert found["aws_s3_bucket_policy.p"].values["policy"] == {"Statement": [{"Resource": resources}]}


CALLS = {
    "module.keys": {"source": "./keys", "outputs": {"arn": refer("aws_kms_key.k.arn"), "all": refer("local.all")}},
    "module.store": {
        "source": "./store",
        "expressions": {"key": refer("module.keys.arn"), "both": refer("module.keys.arn", "aws_s3_bucket.b.arn")},
        "variables": {"preset": "x"},
    },
    "module.store.module.inner": {"source": "./inner", "expressions": {"key": refer("var.key")}},
}
ADDRESS = "aws_s3_bucket_server_side_encryption_configuration.e"


class TestModules:
    def taken(self, given: Json, module: str) -> Any:
        made = (key(module="module.keys"), bucket(), encryption(given, module=module))
        return taken(plan(*made, calls=CALLS), f"{module}.{ADDRESS}")

    def test_through_an_output_a_variable_and_another_variable(self) -> None:
        expected = KEY_ARN + "{module.keys.aws_kms_key.k}"
        assert self.taken(refer("var.key"), "module.store") == expected
        assert self.taken(refer("var.key"), "module.store.module.inner") == expected

    def test_a_member_of_an_object_that_holds_one_key_among_other_things(self) -> None:
        assert self.taken(refer("var.both.key"), "module.store") == KEY_ARN + "{module.keys.aws_kms_key.k}"

    @pytest.mark.parametrize("given", [refer("var.preset"), refer("var.none"), refer("local.x")])
    def test_what_leads_to_no_key(self, given: Json) -> None:
        assert isinstance(self.taken(given, "module.store"), Unknown)

    def test_each_instance_of_a_module_has_its_own(self) -> None:
        calls = {
            "module.site": {
                "source": "./site",
                "for_each_expression": refer("var.sites"),
                "expressions": {"key": refer("aws_kms_key.of", "each.key")},
            }
        }
        made = [key("of", key=name) for name in ("eu", "us")]
        made += [encryption(refer("var.key"), module=f'module.site["{name}"]') for name in ("eu", "us")]
        value = plan(*made, calls=calls, variables={"sites": ["eu", "us"]})
        found = {name: taken(value, f'module.site["{name}"].{ADDRESS}') for name in ("eu", "us")}
        assert found["eu"] != found["us"]
        assert all(f"of--{name}--" in text for name, text in found.items())


class TestInstances:
    def versioning(self, given: Json, key: str | int) -> Made:
        return Made("aws_s3_bucket_versioning.v", {}, {"bucket": True}, {"bucket": given}, key=key)

    @pytest.mark.parametrize("keys", [(0, 1), ("eu", "us")])
    def test_a_setting_belongs_to_the_bucket_of_its_own_key(self, keys: tuple[str | int, ...]) -> None:
        own = "count.index" if keys[0] == 0 else "each.key"
        settings = [self.versioning(refer("aws_s3_bucket.b", own), one) for one in keys]
        found = resolved(plan(*(bucket(key=one) for one in keys), *settings))
        names = [found[setting.address].values["bucket"] for setting in settings]
        assert len(set(names)) == 2
        assert all(str(one) in name for one, name in zip(keys, names, strict=True))

    def test_a_setting_that_waits_for_the_policy_of_its_bucket_is_the_buckets(self) -> None:
        policy = Made(
            "aws_s3_bucket_policy.p", {}, {"id": True, "bucket": True}, {"bucket": refer("aws_s3_bucket.b.id")}
        )
        waiting = refer("local.has_policy", "aws_s3_bucket_policy.p.id", "aws_s3_bucket.b.id")
        alone = refer("local.has_policy", "aws_s3_bucket.b.id")
        settings = [
            Made(f"aws_s3_bucket_versioning.v{number}", {}, {"bucket": True}, {"bucket": given})
            for number, given in enumerate((waiting, alone))
        ]
        found = resolved(plan(bucket(), policy, *settings))
        assert found["aws_s3_bucket_versioning.v0"].values["bucket"] == "{aws_s3_bucket.b}"
        assert isinstance(found["aws_s3_bucket_versioning.v1"].values["bucket"], Unknown)

    def test_an_index_that_is_looked_up_is_not_followed(self) -> None:
        setting = self.versioning(refer("aws_s3_bucket.b", "var.peers", "each.key"), "eu")
        value = plan(bucket(key="eu"), bucket(key="us"), setting, variables={"peers": {}})
        assert isinstance(resolved(value)[setting.address].values["bucket"], Unknown)

    def test_for_each_over_other_resources_gives_each_its_own(self) -> None:
        setting = Made(
            "aws_s3_bucket_versioning.v",
            {},
            {"bucket": True},
            {"bucket": refer("each.value.id")},
            key="eu",
            each=refer("aws_s3_bucket.b"),
        )
        found = resolved(plan(bucket(key="eu"), bucket(key="us"), setting))
        assert "eu" in found[setting.address].values["bucket"]

    @pytest.mark.parametrize(("block", "is_known"), [("aws_s3_bucket.copy", True), ("aws_s3_bucket.b", False)])
    def test_a_destination_by_the_own_key_unless_both_sides_are_of_one_block(self, block: str, is_known: bool) -> None:
        replication = Made(
            "aws_s3_bucket_replication_configuration.r",
            {"rule": [{"destination": [{}]}]},
            {"bucket": True, "rule": [{"destination": [{"bucket": True}]}]},
            {
                "bucket": refer("aws_s3_bucket.b", "each.key"),
                "rule": [{"destination": [{"bucket": refer(block, "each.key")}]}],
            },
            key="eu",
        )
        buckets = [bucket(name, key=one) for name in ("b", "copy") for one in ("eu", "us")]
        found = resolved(plan(*buckets, replication))[replication.address].values
        assert isinstance(found["bucket"], str)
        assert isinstance(found["rule"][0]["destination"][0]["bucket"], str) == is_known


A = {"id": constant("a"), "kms_key_id": refer("aws_kms_key.a.arn")}
B = {"id": constant("b"), "kms_key_id": refer("aws_kms_key.b.arn")}


class TestBlocks:
    """Which block of the configuration a planned block comes from."""

    def made(self, planned: list[Json], given: list[Json], name: str = "rule") -> list[Any]:
        later = [{"kms_key_id": True}] * len(planned)
        one = Made("aws_s3_bucket.x", {name: planned}, {name: later}, {name: given})
        keys = [key("a"), key("b")]
        return [rule["kms_key_id"] for rule in resolved(plan(*keys, one))["aws_s3_bucket.x"].values[name]]

    def test_lists_keep_their_order(self) -> None:
        assert self.made([{"id": "a"}, {"id": "b"}], [A, B]) == [
            KEY_ARN + "{aws_kms_key.a}",
            KEY_ARN + "{aws_kms_key.b}",
        ]

    def test_sets_are_told_by_their_constants(self) -> None:
        assert self.made([{"id": "b"}, {"id": "a"}], [A, B], "destination") == [
            KEY_ARN + "{aws_kms_key.b}",
            KEY_ARN + "{aws_kms_key.a}",
        ]

    @pytest.mark.parametrize(
        ("planned", "given"),
        [
            ([{"id": "a"}, {"id": "b"}], [A]),
            ([{"id": "z"}], [A]),
            ([{"id": "a"}, {"id": "a"}], [{"kms_key_id": refer("aws_kms_key.a.arn")}] * 2),
        ],
        ids=["dynamic blocks beside it", "another constant", "no way to tell them apart"],
    )
    def test_in_doubt_nothing_is_followed(self, planned: list[Json], given: list[Json]) -> None:
        assert self.made(planned, given, "destination") == [LATER] * len(planned)


class TestLists:
    TOPIC = Made("aws_sns_topic.t", {"name": "alarms"}, {"arn": True, "id": True})
    ARN = "arn:aws:sns:us-east-1:111111111111:alarms"

    def actions(self, count: int, given: Json) -> Any:
        alarm = Made(
            "aws_cloudwatch_metric_alarm.a",
            {"alarm_actions": [None] * count},
            {"alarm_actions": [True] * count},
            {"alarm_actions": given},
        )
        other = Made("aws_sns_topic.o", {"name": "others"}, {"arn": True})
        return resolved(plan(self.TOPIC, other, alarm))["aws_cloudwatch_metric_alarm.a"].values["alarm_actions"]

    def test_each_reference_stands_for_an_element(self) -> None:
        assert self.actions(1, refer("aws_sns_topic.t.arn")) == [self.ARN]
        assert self.actions(2, refer("aws_sns_topic.t.arn", "aws_sns_topic.o.arn"))[0] == self.ARN

    def test_elements_that_are_not_as_many_as_references_are_unknown(self) -> None:
        found = self.actions(1, refer("aws_sns_topic.t.arn", "aws_sns_topic.o.arn"))
        assert [type(one) for one in found] == [Unknown]

    def test_a_list_that_is_unknown_as_a_whole_stays_so(self) -> None:
        alarm = Made("aws_x.a", {}, {"alarm_actions": True}, {"alarm_actions": refer("aws_sns_topic.t.arn")})
        found = resolved(plan(self.TOPIC, alarm))["aws_x.a"].values["alarm_actions"]
        assert found == Unknown("known after apply, made of aws_sns_topic.t.arn")
