"""A plan may hold anything: values of any kind give resources of the shape with Unknowns in them, never an error."""

from time import perf_counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.estate.shapes import load_shape
from scanner.estate.unknown import Unknown, to_json
from scanner.sources.terraform.resources import TYPES, declared_by
from tests.sources.terraform.instances import BUCKET, HERE, declared, planned, the_one

ATTRIBUTES = (
    *("bucket", "name", "id", "arn", "role", "roles", "user", "group", "key_id", "policy", "policy_arn", "path", "acl"),
    *("grant", "versioning", "versioning_configuration", "rule", "rules", "filter", "and", "tag", "tags", "prefix"),
    *("destination", "replication_configuration", "lifecycle_rule", "expiration", "transition", "date", "days"),
    *("logging", "target_bucket", "access_control_policy", "owner", "grantee", "permission", "permissions", "type"),
    *("details", "region", "topic", "events", "topic_arn", "endpoint", "protocol", "metric_query", "metric", "roots"),
    *("event_selector", "data_resource", "values", "inline_policy", "managed_policy_arns", "status", "enabled"),
    *("metric_transformation", "dimensions", "constraints", "operations", "primary_key_arn", "account_id", "lifecycle"),
    *("object_lock_enabled", "object_lock_configuration", "default_retention", "key_material_base64", "valid_to"),
    *("deletion_window_in_days", "skip_final_snapshot", "force_destroy", "expected_bucket_owner", "target_id"),
)
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.sampled_from(["", "orders", "{", '{"Statement": []}', "[" * 99, "2027-02-30", "arn:aws:s3:::orders", "\ud800"]),
    st.just(Unknown("known after apply")),
)
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(ATTRIBUTES), inner, max_size=4),
    max_leaves=12,
)
INSTANCES = st.lists(
    st.builds(
        lambda type_, name, values: planned(type_, name, **values),
        st.sampled_from(sorted(TYPES)),
        st.sampled_from("abc"),
        st.dictionaries(st.sampled_from([name for name in ATTRIBUTES if name != "region"]), ANYTHING, max_size=8),
    ),
    max_size=5,
)


@given(INSTANCES, INSTANCES)
def test_anything_at_all(instances: list[Any], removed: list[Any]) -> None:
    for one in declared_by(instances, HERE, removed).resources:
        shape = load_shape(one.type)
        assert shape is not None, one.type
        assert list(shape.problems(to_json(one.properties))) == []


@pytest.mark.parametrize("type_", sorted(TYPES))
@pytest.mark.parametrize("value", [5, "text", [5], [[]], {"a": 1}, [None], [{}], Unknown("x")])
def test_every_attribute_of_every_type_may_be_of_another_kind(type_: str, value: Any) -> None:
    bucket = planned("aws_s3_bucket", "b", bucket="orders")
    wrong = planned(type_, "w", **dict.fromkeys((name for name in ATTRIBUTES if name not in ("region",)), value))
    for one in declared(bucket, wrong).resources:
        shape = load_shape(one.type)
        assert shape is not None
        assert list(shape.problems(to_json(one.properties))) == []


def test_what_is_of_another_kind_is_not_known() -> None:
    versioning = planned("aws_s3_bucket_versioning", "v", bucket="orders", versioning_configuration="Enabled")
    bucket = planned("aws_s3_bucket", "b", bucket="orders", replication_configuration={"role": 5, "rules": "none"})
    found = the_one(BUCKET, bucket, versioning).properties
    assert found["VersioningConfiguration"] == Unknown("versioning_configuration is not a block")
    assert found["ReplicationConfiguration"]["Rules"] == Unknown("rules is not a list of blocks")


def test_a_policy_that_is_none() -> None:
    for text in ("{", "[]", "[" * 100_000, '{"a": NaN}'):
        role = the_one("AWS::IAM::Role", planned("aws_iam_role", "r", name="r", assume_role_policy=text))
        assert isinstance(role.properties["AssumeRolePolicyDocument"], Unknown)


def test_many_parts_take_time_in_proportion() -> None:
    def seconds(count: int) -> float:
        buckets = [planned("aws_s3_bucket", f"b{number}", bucket="orders") for number in range(count)]
        lost = [planned("aws_s3_bucket_metric", f"m{n}", bucket=Unknown("x"), filter=[]) for n in range(count)]
        role = planned("aws_iam_role", "r", name="r")
        attached = [
            planned("aws_iam_role_policy_attachment", f"a{n}", role="r", policy_arn=f"arn:{n}") for n in range(count)
        ]
        start = perf_counter()
        declared(*buckets, *lost, role, *attached)
        return perf_counter() - start

    seconds(50)
    assert seconds(1600) < 60 * max(seconds(200), 0.01)
