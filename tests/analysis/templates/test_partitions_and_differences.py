"""ARNs of another partition, and what is live but not declared: only what is sure is told as such."""

import pytest

from scanner.estate.unknown import Unknown

UNNAMED = Unknown("no account or region was named")
REFUSED = Unknown("refused")
HERE = {"Partition": "aws", "Where": "Resources.Role", "Line": 3}
CHINA = {"Partition": "aws-cn", "Where": "Resources.Key", "Line": 9}


@pytest.mark.parametrize(
    ("own", "literals", "foreign"),
    [
        ("aws", [HERE], []),
        ("aws-cn", [HERE, CHINA], [HERE]),
        ("aws-us-gov", [HERE, CHINA], [HERE, CHINA]),
        (UNNAMED, [], []),
        (UNNAMED, [HERE], [UNNAMED]),
        ("aws", [{"Partition": REFUSED}], [REFUSED]),
    ],
)
def test_foreign_partitions(world, own, literals, foreign):
    template = world.add("DR::Template", "", "1", "r", "stack.yaml", Partition=own, LiteralPartitions=literals)
    assert world.ask(template, "ForeignPartitions") == foreign


def difference(declared, live):
    return {"Path": "VersioningConfiguration.Status", "Declared": declared, "Live": live}


SURE = difference("Enabled", "Suspended")


@pytest.mark.parametrize(
    ("found", "told"),
    [
        ([], []),
        ([SURE], [SURE]),
        ([difference("Enabled", REFUSED)], [REFUSED]),
        ([difference(REFUSED, "Enabled"), SURE], [REFUSED, SURE]),
        ([REFUSED], [REFUSED]),
        (REFUSED, REFUSED),
    ],
)
def test_differences(world, found, told):
    assert world.ask(world.declared("AWS::S3::Bucket", LiveDifferences=found), "Differences") == told


def test_where_nothing_live_was_read_there_is_nothing_to_differ_from(world):
    assert world.ask(world.declared("AWS::S3::Bucket"), "Differences") is None
