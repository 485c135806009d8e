"""Paths name values of a resource, and reading one never mistakes a malformed resource for an absence."""

import pytest

from scanner.estate.paths import PSEUDO_PROPERTIES, parse_path, walk
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown


@pytest.mark.parametrize(
    ("text", "parts", "rooted", "pseudo"),
    [
        ("Status", ("Status",), False, ""),
        ("VersioningConfiguration.Status", ("VersioningConfiguration", "Status"), False, ""),
        ("$.A.B", ("A", "B"), True, ""),
        (".", (), False, ""),
        ("$account", (), False, "$account"),
        ("Condition.aws:SourceArn", ("Condition", "aws:SourceArn"), False, ""),
    ],
)
def test_a_path_is_names_with_dots(text: str, parts: tuple[str, ...], rooted: bool, pseudo: str) -> None:
    path = parse_path(text)
    assert (path.parts, path.rooted, path.pseudo) == (parts, rooted, pseudo)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("Rules[0].Status", "use each or some"),
        ("A..B", "names separated by single dots"),
        (".A", "names separated by single dots"),
        ("A.", "names separated by single dots"),
        ("$.", "names separated by single dots"),
        ("", "names separated by single dots"),
        ("A. B", "names separated by single dots"),
        ("A.\x1bB", "names separated by single dots"),
        ("$acount", "none of $type"),
        ("A" * 257, "at most 256"),
    ],
)
def test_what_is_no_path_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(ValueError) as caught:
        parse_path(text)
    assert complaint in str(caught.value)


REFUSED = Unknown("refused")


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"A": {"B": 1}}, 1),
        ({"A": {}}, None),
        ({"A": None}, None),
        ({}, None),
        ({"A": {"B": REFUSED}}, REFUSED),
        ({"A": REFUSED}, REFUSED),
        (REFUSED, REFUSED),
        (None, None),
    ],
)
def test_walking_finds_the_value_or_what_hides_it(value: object, found: object) -> None:
    assert walk(value, ("A", "B")) == found


@pytest.mark.parametrize(
    ("value", "kind"), [({"A": "text"}, "text"), ({"A": [{"B": 1}]}, "a list"), ({"A": 1}, "a number")]
)
def test_a_malformed_resource_is_unknown_and_not_absent(value: object, kind: str) -> None:
    assert walk(value, ("A", "B")) == Unknown(f"malformed: {kind} where an object with B was expected")


def bucket(arn: str = "arn:aws:s3:::b", account: str = "111111111111", region: str = "eu-west-1") -> Resource:
    return Resource("AWS::S3::Bucket", arn, account, region, "b")


@pytest.mark.parametrize(
    ("name", "resource", "value"),
    [
        ("$type", bucket(), "AWS::S3::Bucket"),
        ("$name", bucket(), "b"),
        ("$account", bucket(), "111111111111"),
        ("$account", bucket(account=""), Unknown("the account is not known")),
        ("$arn", bucket(arn=""), Unknown("the ARN is not known")),
        ("$region", bucket(), "eu-west-1"),
        ("$region", bucket(region=""), None),
        ("$partition", bucket(arn="arn:aws-cn:s3:::b"), "aws-cn"),
        ("$partition", bucket(arn="", region="cn-north-1"), "aws-cn"),
        ("$partition", bucket(arn="", region="us-gov-west-1"), "aws-us-gov"),
        ("$partition", bucket(arn="", region="us-isob-east-1"), "aws-iso-b"),
        ("$partition", bucket(arn=""), "aws"),
        ("$partition", bucket(arn="", region=""), Unknown("the partition is not known without ARN or region")),
    ],
)
def test_what_is_known_of_a_resource_besides_its_properties(name: str, resource: Resource, value: object) -> None:
    assert PSEUDO_PROPERTIES[name](resource) == value
