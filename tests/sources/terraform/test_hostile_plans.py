"""A plan that nobody's Terraform wrote: refused with a word, or declared in bounded time; never a failure of ours."""

import copy
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from terraform_plan import Json, Made, constant, plan, refer

from scanner.errors import InvalidInputError
from scanner.estate.unknown import Unknown
from scanner.sources.declared import UNNAMED_ACCOUNT, UNNAMED_REGION, Declared, Deployment
from scanner.sources.terraform.template import open_plan

HERE = Deployment(Path("plan.json"), Path("/nowhere"), UNNAMED_ACCOUNT, UNNAMED_REGION)

WHOLE = plan(
    Made("aws_kms_key.k", {"description": "d"}, {"arn": True, "policy": True}, {"policy": refer("local.p")}),
    Made(
        "aws_s3_bucket_versioning.v",
        {"versioning_configuration": [{"status": "Enabled"}]},
        {"bucket": True},
        {"bucket": refer("aws_s3_bucket.b", "each.key")},
        key="eu",
    ),
    Made("aws_s3_bucket.b", {"bucket": "orders"}, {"arn": True}, {"bucket": refer("var.name")}, key="eu"),
    Made("aws_sqs_queue.q", {}, {"arn": True}, {"kms": refer("var.key")}, module='module.m["a"]'),
    Made("aws_sqs_queue.gone", before={"arn": "arn:aws:sqs:eu-west-1:222222222222:gone"}, actions=("delete",)),
    read=[Made("data.aws_caller_identity.me", {"account_id": "111111111111"})],
    calls={"module.m": {"source": "./m", "expressions": {"key": refer("aws_kms_key.k.arn")}, "outputs": {"o": {}}}},
    providers={"aws": {"region": refer("var.region"), "assume_role": [{"role_arn": constant("arn:aws:iam::1:r")}]}},
    variables={"name": "orders", "region": "eu-west-1"},
)
WRONG: tuple[Any, ...] = (None, True, 7, "x", [], [7], {}, {"a": 7}, [[[]]], "arn:aws:s3:::x", -1.5)


def declared(value: Any) -> Declared | None:
    """What a plan declares, None where it is refused with a word."""
    try:
        return open_plan(HERE.file, value).declare(HERE, {})
    except InvalidInputError:
        return None


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in members:
        yield from _places(one, (*path, key))


PLACES = [path for path in _places(WHOLE) if path]


def _changed(path: tuple[Any, ...], wrong: Any) -> Json:
    value = copy.deepcopy(WHOLE)
    at = value
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = wrong
    return value


def test_the_plan_itself_is_well_formed() -> None:
    found = declared(WHOLE)
    assert found is not None
    assert ("AWS::S3::Bucket", "orders") in {(one.type, one.name) for one in found.resources}


@settings(max_examples=400)
@given(path=st.sampled_from(PLACES), wrong=st.sampled_from(WRONG))
def test_a_wrong_kind_anywhere_is_refused_or_declared(path: tuple[Any, ...], wrong: Any) -> None:
    declared(_changed(path, wrong))


@settings(max_examples=100)
@given(
    references=st.lists(
        st.text(max_size=20) | st.sampled_from(["var.", "module.m.o", "each.value[", 'a.b["']), max_size=4
    )
)
def test_any_reference_is_followed_or_not(references: list[str]) -> None:
    place = ("configuration", "root_module", "resources", 1, "expressions", "bucket")
    assert declared(_changed(place, {"references": references})) is not None


def test_the_error_says_what_is_wrong() -> None:
    with pytest.raises(InvalidInputError, match="resource_changes is text and not a list") as error:
        open_plan(HERE.file, {**WHOLE, "resource_changes": "x"})
    assert error.value.file == "plan.json"


def _nested(depth: int, name: str) -> Json:
    value: Json = {}
    for _ in range(depth):
        value = {name: [value]}
    return value


@pytest.mark.parametrize("depth", [100, 5000])
@pytest.mark.parametrize("name", ["child_modules", "x"])
def test_depth_is_bounded(depth: int, name: str) -> None:
    declared(plan(planned_values={"root_module": _nested(depth, name)}))
    deep = declared(plan(Made("aws_sns_topic.t", {"policy": _nested(depth, "x")}, {"policy": _nested(depth, "x")})))
    assert deep is None or deep.resources


def test_modules_in_modules_are_bounded() -> None:
    module: Json = {}
    for _ in range(200):
        module = {"module_calls": {"m": {"source": "./m", "module": module}}}
    with pytest.raises(InvalidInputError, match="calls modules in more than"):
        open_plan(HERE.file, plan(configuration={"root_module": module}))


def _values(value: Json, address: str) -> Any:
    return next(one.values for one in open_plan(HERE.file, value).planned(HERE) if one.address == address)


def test_references_in_a_circle_stay_unknown() -> None:
    made = [
        Made(f"aws_kms_replica_key.k{one}", {}, {"arn": True, "primary_key_arn": True}, {"primary_key_arn": given})
        for one, given in enumerate([refer("aws_kms_replica_key.k1.arn"), refer("aws_kms_replica_key.k0.arn")])
    ]
    assert "primary_key_arn" in _values(plan(*made), made[0].address)


def test_a_chain_of_references_without_end_is_cut() -> None:
    made = [
        Made(
            f"aws_s3_bucket_versioning.v{one}",
            {},
            {"bucket": True},
            {"bucket": refer(f"aws_s3_bucket_versioning.v{one + 1}.bucket")},
        )
        for one in range(500)
    ]
    assert declared(plan(*made)) is not None


def test_outputs_that_double_at_every_step_are_cut() -> None:
    calls = {
        f"module.m{one}": {
            "source": "./m",
            "expressions": {"v": refer(f"module.m{one + 1}.o", f"module.m{one + 1}.o")},
            "outputs": {"o": refer("var.v", "var.v")},
        }
        for one in range(60)
    }
    taker = Made("aws_kms_alias.a", {}, {"target_key_id": True}, {"target_key_id": refer("module.m0.o")})
    started = time.monotonic()
    assert isinstance(_values(plan(taker, calls=calls), taker.address)["target_key_id"], Unknown)
    assert time.monotonic() - started < 5


def _many(count: int) -> Json:
    """As many buckets, each with a setting that belongs to it, and one reference that may mean any of them."""
    buckets = [
        Made("aws_s3_bucket.b", {"bucket": f"orders-{key}"}, {"arn": True, "id": True}, key=key) for key in range(count)
    ]
    settings_ = [
        Made(
            "aws_s3_bucket_versioning.v",
            {"versioning_configuration": [{"status": "Enabled"}]},
            {"bucket": True},
            {"bucket": refer("aws_s3_bucket.b", "count.index")},
            key=key,
        )
        for key in range(count)
    ]
    any_ = [
        Made("aws_kms_alias.a", {}, {"target_key_id": True}, {"target_key_id": refer("aws_s3_bucket.b")}, key=key)
        for key in range(count)
    ]
    return plan(*buckets, *settings_, *any_)


def test_many_resources_take_linear_time() -> None:
    found = declared(_many(1000))
    assert found is not None
    buckets = [one for one in found.resources if one.type == "AWS::S3::Bucket"]
    assert len(buckets) == 1000
    assert all(one.properties["VersioningConfiguration"] == {"Status": "Enabled"} for one in buckets)


def test_nothing_hidden_is_told_anywhere() -> None:
    secret = "correct horse battery staple"
    made = Made("aws_iam_role.r", {"name": secret, "description": secret}, hidden={"name": True, "description": True})
    value = plan(
        made, variables={"password": secret, "region": secret}, providers={"aws": {"region": refer("var.region")}}
    )
    declared_variables = value["configuration"]["root_module"]["variables"]
    declared_variables |= {"password": {"sensitive": True}, "region": {"sensitive": True}}
    found = declared(value)
    assert secret not in json.dumps(found, default=str)
