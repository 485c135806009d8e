"""What a copy's lifecycle takes away sooner than the original's."""

import pytest

from scanner import analysis
from scanner.estate.needs import Need
from scanner.estate.unknown import Unknown

LINK = "DR::Replication::Link"
RECOVERY, WEST = "222222222222", "eu-west-1"
TAGGED = {"TagFilters": [{"Key": "temporary", "Value": "yes"}]}


def sooner(world, replicating, here, there, prefix=""):
    """The entries for lifecycle rules `here`, at the source, and `there`, at the destination."""
    source, copy = ({"LifecycleConfiguration": {"Rules": rules}} if rules else {} for rules in (here, there))
    rule = replicating("orders-dr", Filter={"Prefix": prefix})
    world.bucket("orders", ReplicationConfiguration=rule, **source)
    world.bucket("orders-dr", RECOVERY, WEST, **copy)
    found = analysis.derive(world.estate, world.intent, {Need(LINK, "Derived.SoonerExpiry")})
    (link,) = found.of_type(LINK)
    return link.properties["Derived"]["SoonerExpiry"]


def rule(status="Enabled", **after):
    return {"Id": "r", "Status": status, **after}


def expired(days, **more):
    return rule(ExpirationInDays=days, **more)


def superseded(days, **more):
    return rule(NoncurrentVersionExpiration={"NoncurrentDays": days, **more})


@pytest.mark.parametrize(
    ("here", "there"),
    [
        pytest.param([], [], id="neither end has a lifecycle"),
        pytest.param([expired(30)], [], id="only the source has"),
        pytest.param([expired(30)], [expired(30)], id="both the same"),
        pytest.param([expired(30), superseded(9)], [expired(31), superseded(10)], id="the copy a day longer"),
        pytest.param([], [expired(1, status="Disabled")], id="the copy's is disabled"),
        pytest.param([], [expired(1, Prefix="logs/")], id="the copy's is for other keys"),
        pytest.param([expired(30, **TAGGED)], [expired(30, **TAGGED)], id="both for the same tag"),
        pytest.param([expired(30, Prefix="or")], [expired(30, Prefix="orders/")], id="the source's is wider"),
        pytest.param(
            [superseded(5, NewerNoncurrentVersions=2)], [superseded(5, NewerNoncurrentVersions=3)], id="more are kept"
        ),
    ],
)
def test_nothing_goes_sooner(world, replicating, here, there):
    assert sooner(world, replicating, here, there, prefix="orders/") == []


@pytest.mark.parametrize(
    ("here", "there", "entry"),
    [
        pytest.param([], [expired(30)], ("current", 30, None), id="the source keeps all for ever"),
        pytest.param([expired(31)], [expired(30)], ("current", 30, 31), id="a day sooner"),
        pytest.param([superseded(31)], [superseded(30)], ("noncurrent", 30, 31), id="superseded versions, too"),
        pytest.param([], [rule(ExpirationDate="2027-01-31")], ("current", 0, None), id="on a date"),
        pytest.param(
            [expired(30, status="Disabled")], [expired(30)], ("current", 30, None), id="disabled at the source"
        ),
        pytest.param(
            [expired(30, **TAGGED)], [expired(30)], ("current", 30, None), id="the source takes tagged ones only"
        ),
        pytest.param(
            [expired(30, Prefix="orders/2026/")], [expired(30)], ("current", 30, None), id="or some keys only"
        ),
        pytest.param(
            [superseded(5, NewerNoncurrentVersions=3)],
            [superseded(5, NewerNoncurrentVersions=2)],
            ("noncurrent", 5, None),
            id="or keeps more of the newest",
        ),
    ],
)
def test_something_goes_sooner(world, replicating, here, there, entry):
    (found,) = sooner(world, replicating, here, there, prefix="orders/")
    assert (found["Versions"], found["Days"], found.get("SourceDays")) == entry


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ([], [Unknown("refused")]),
        ([], [expired(Unknown("parameter Days has no value"))]),
        ([], [expired(30, status=Unknown("parameter Keep has no value"))]),
        ([expired(30, Prefix=Unknown("parameter Prefix has no value"))], [expired(30)]),
        ([expired(Unknown("parameter Days has no value"))], [expired(30)]),
    ],
)
def test_what_was_not_seen_may_go_sooner(world, replicating, here, there):
    found = sooner(world, replicating, here, there)
    assert found
    assert all(isinstance(entry, Unknown) for entry in found)


def test_a_destination_that_was_not_seen_may_expire_anything(world, replicating):
    world.bucket("orders", ReplicationConfiguration=replicating("orders-dr"))
    world.not_seen("AWS::S3::Bucket", RECOVERY)
    found = analysis.derive(world.estate, world.intent, {Need(LINK, "Derived.SoonerExpiry")})
    (entry,) = found.of_type(LINK)[0].properties["Derived"]["SoonerExpiry"]
    assert isinstance(entry, Unknown)
