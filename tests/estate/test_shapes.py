"""Shapes tell what a type has, and what was probably meant where it has not."""

import pytest

from scanner.estate.shapes import ANYTHING, Shape, items_of, known_types, load_shape


def shape(type_: str) -> Shape:
    found = load_shape(type_)
    assert found is not None
    return found


@pytest.mark.parametrize("type_", known_types())
def test_every_shape_fits_a_resource_of_which_nothing_is_known(type_: str) -> None:
    assert list(shape(type_).problems({})) == []


@pytest.mark.parametrize(
    "type_", ["AWS::S3::Buckets", "aws::s3::bucket", "../../etc/passwd", "", "AWS::S3::Bucket\n", "A" * 9999]
)
def test_an_unknown_type_has_no_shape(type_: str) -> None:
    assert load_shape(type_) is None


def test_a_path_leads_to_the_schema_of_its_value() -> None:
    bucket = shape("AWS::S3::Bucket")
    assert bucket.at(("VersioningConfiguration", "Status"))["enum"] == ["Enabled", "Suspended"]
    rules = bucket.at(("ReplicationConfiguration", "Rules"))
    element = items_of(rules)
    assert element is not None
    assert bucket.at(("Destination", "Bucket"), element) == {"type": "string"}


def test_inside_an_open_document_everything_goes() -> None:
    assert shape("AWS::KMS::Key").at(("KeyPolicy", "Statement", "Whatever")) == ANYTHING


@pytest.mark.parametrize(
    ("path", "complaint"),
    [
        ("VersioningConfiguration.Staus", "did you mean Status?"),
        ("versioningconfiguration", "did you mean VersioningConfiguration?"),
        ("VersioningConfiguration.Xyz", "expected one of Status"),
        ("VersioningConfiguration.Status.Deeper", "there is nothing below it"),
        ("ReplicationConfiguration.Rules.Status", "ReplicationConfiguration.Rules is a list; use each or some"),
    ],
)
def test_a_path_that_the_shape_lacks_is_named_with_what_was_probably_meant(path: str, complaint: str) -> None:
    with pytest.raises(LookupError) as caught:
        shape("AWS::S3::Bucket").at(tuple(path.split(".")))
    assert complaint in str(caught.value)


@pytest.mark.parametrize(
    ("properties", "messages"),
    [
        ({"VersioningConfiguration": {"Status": "Enabled"}}, []),
        ({"VersioningConfiguration": {"$unknown": "refused"}}, []),
        ({"$unknown": "refused"}, []),
        ({"VersioningConfiguration": {"Status": "enabled"}}, ["'enabled' is not allowed here"]),
        ({"VersioningConfiguration": "Enabled"}, ["text where an object was expected"]),
        ({"VersioningConfiguration": {"$unknown": 5}}, ["$unknown stands alone, with its reason as text"]),
        ({"Versioning": {}}, ["unknown key 'Versioning'"]),
    ],
)
def test_properties_are_held_against_the_shape(properties: object, messages: list[str]) -> None:
    assert [problem.message for problem in shape("AWS::S3::Bucket").problems(properties)] == messages
