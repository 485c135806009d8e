"""Declared properties are cut down to their shape; what is of no kind that AWS takes becomes Unknown, never absent."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner.estate.shapes import Shape, known_types, load_shape
from scanner.estate.unknown import Unknown, to_json
from scanner.sources.completion import complete
from scanner.sources.conforming import conform

LATER = Unknown("parameter Name has no value")


@pytest.mark.parametrize(
    ("kind", "written", "conformed"),
    [
        ("string", "x", "x"),
        ("string", 30, "30"),
        ("string", 30.0, "30"),
        ("string", 0.5, "0.5"),
        ("string", True, "true"),
        ("integer", 30, 30),
        ("integer", "30", 30),
        ("integer", " 30 ", 30),
        ("integer", "-1", -1),
        ("integer", 30.0, 30),
        ("number", "0.5", 0.5),
        ("number", "900", 900),
        ("number", 1, 1),
        ("boolean", True, True),
        ("boolean", "true", True),
        ("boolean", "False", False),
        ("object", {"Any": 1}, {"Any": 1}),
        ("object", '{"Version": "2012-10-17"}', {"Version": "2012-10-17"}),
        ("object", "{}", {}),
        ("string", None, None),
        ("string", LATER, LATER),
        ("object", LATER, LATER),
    ],
)
def test_values_are_brought_to_the_kind_of_their_shape(kind: str, written: Any, conformed: Any) -> None:
    found = conform({"type": kind}, written, "It")
    assert found == conformed
    assert type(found) is type(conformed)


@pytest.mark.parametrize(
    ("kind", "written", "complaint"),
    [
        ("string", ["x"], "a list where text was expected for It"),
        ("integer", "thirty", "text where a number was expected for It"),
        ("integer", 0.5, "a number where a whole number was expected for It"),
        ("integer", True, "true or false where a number was expected for It"),
        ("number", "nan", "text where a number was expected for It"),
        ("number", "1e999", "text where a number was expected for It"),
        ("integer", "9" * 100_000, "text where a number was expected for It"),
        ("boolean", "yes", "text where true or false was expected for It"),
        ("boolean", 1, "a number where true or false was expected for It"),
        ("array", "x", "text where a list was expected for It"),
        ("object", ["x"], "a list where an object was expected for It"),
        ("object", "{", "the policy is not JSON"),
        ("object", "[" * 100_000, "the policy is not JSON"),
    ],
)
def test_what_aws_would_refuse_is_unknown(kind: str, written: Any, complaint: str) -> None:
    assert conform({"type": kind}, written, "It") == Unknown(complaint)


def test_a_value_that_is_not_allowed_is_unknown() -> None:
    schema = {"type": "string", "enum": ["Enabled", "Suspended"]}
    assert conform(schema, "enabled", "Status") == Unknown("'enabled' is none of the values that Status may have")


def test_what_no_shape_has_is_dropped_and_what_says_nothing_with_it() -> None:
    declared = {
        "AccelerateConfiguration": {"AccelerationStatus": "Enabled"},
        "Derived": {"IsSource": True},
        "Tags": [],
        "VersioningConfiguration": {"Status": "Enabled", "Colour": "red"},
        "InventoryConfigurations": [None, {"Id": "a", "Prefix": None, "OptionalFields": []}],
    }
    shape = load_shape("AWS::S3::Bucket")
    assert shape is not None
    assert conform(shape.schema, declared) == {
        "VersioningConfiguration": {"Status": "Enabled"},
        "InventoryConfigurations": [{"Id": "a"}],
    }


def test_an_unknown_stays_where_it_is() -> None:
    rule = {"Status": "Enabled", "Filter": {"Prefix": LATER}, "Destination": LATER}
    declared = {"ReplicationConfiguration": {"Role": LATER, "Rules": [rule, LATER]}}
    shape = load_shape("AWS::S3::Bucket")
    assert shape is not None
    assert conform(shape.schema, declared) == declared


NAMES = st.sampled_from(["Rules", "Status", "Filter", "Statement", "Tags", "X"])
PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just(LATER)
ANYTHING = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=2), max_leaves=5
)


def like(schema: Any) -> st.SearchStrategy[Any]:
    """Documents with the names of a shape, and anything at all behind them."""
    if schema.get("type") == "array":
        return st.lists(like(schema.get("items", {})), max_size=2) | ANYTHING
    known = {name: inner for name, inner in schema.get("properties", {}).items() if name != "Derived"}
    if not known:
        return st.sampled_from(schema["enum"]) | ANYTHING if "enum" in schema else ANYTHING
    return ANYTHING | st.fixed_dictionaries({}, optional={name: like(inner) for name, inner in known.items()})


SHAPES: list[Shape] = [shape for type_ in known_types() if (shape := load_shape(type_)) and type_.startswith("AWS::")]
DECLARED = st.sampled_from(SHAPES).flatmap(lambda shape: st.tuples(st.just(shape), like(shape.schema)))


@settings(max_examples=150, suppress_health_check=list(HealthCheck))
@given(DECLARED)
def test_whatever_is_declared_completes_to_something_that_fits_the_shape(declared: tuple[Shape, Any]) -> None:
    shape, properties = declared
    if isinstance(properties, dict):
        assert list(shape.problems(to_json(complete(shape.type, properties)))) == []
