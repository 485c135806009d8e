"""The places where data is kept: Macie there, and whether refused requests there raise an alarm."""

import pytest

from scanner.estate.unknown import Unknown

PRIMARY, RECOVERY = "111111111111", "222222222222"
EAST, WEST = "us-east-1", "eu-west-1"
REFUSED = Unknown("refused")
GROUP = f"arn:aws:logs:{EAST}:{PRIMARY}:log-group:trail:*"
DENIED = '{ $.errorCode = "AccessDenied*" }'


@pytest.fixture
def data(world, replicating):
    """A source here and its copy in another account and region."""
    world.bucket("orders", ReplicationConfiguration=replicating("orders-dr"))
    world.bucket("orders-dr", RECOVERY, WEST)
    return world


def test_a_place_is_where_data_is(data):
    data.bucket("scratch", region="eu-central-1")
    assert data.place("HoldsData") is True
    assert data.place("HoldsData", RECOVERY, WEST) is True
    assert data.place("Partition") == "aws"
    with pytest.raises(KeyError):
        data.place("HoldsData", region="eu-central-1")


def test_a_place_where_data_may_be(data):
    data.bucket("ledger", region="eu-central-1", ReplicationConfiguration=REFUSED)
    assert data.place("HoldsData", region="eu-central-1") == REFUSED


def session(world, account, region, **properties):
    world.add("AWS::Macie::Session", "", account, region, account, **properties)


def test_macie_is_judged_where_the_data_is(data):
    session(data, PRIMARY, EAST, Status="ENABLED")
    session(data, RECOVERY, EAST, Status="ENABLED")
    assert data.place("MacieStatus") == "ENABLED"
    assert data.place("MacieStatus", RECOVERY, WEST) is None
    data.not_seen("AWS::Macie::Session", RECOVERY, WEST)
    assert data.place("MacieStatus", RECOVERY, WEST) == REFUSED


def test_macie_that_was_never_enabled_or_not_read(data):
    session(data, PRIMARY, EAST)
    session(data, RECOVERY, WEST, Status=REFUSED)
    assert data.place("MacieStatus") is None
    assert data.place("MacieStatus", RECOVERY, WEST) == REFUSED


@pytest.fixture
def watched(data):
    """All of the way from the trail to the alarm."""
    data.trail(CloudWatchLogsLogGroupArn=GROUP)
    data.metric_filter(DENIED)
    data.alarm("denied", Namespace="Audit", MetricName="Denied", Dimensions=[])
    return data


def alarms(world):
    return world.place("DeniedRequestAlarms")


def without(world, type_):
    world.resources = [one for one in world.resources if one.type != type_]
    return world


def test_refused_requests_raise_an_alarm(watched):
    assert alarms(watched) == ["s3", "kms"]


@pytest.mark.parametrize("missing", ["AWS::CloudTrail::Trail", "AWS::Logs::MetricFilter", "AWS::CloudWatch::Alarm"])
def test_every_part_of_the_way_is_needed(watched, missing):
    assert alarms(without(watched, missing)) == []


@pytest.mark.parametrize(
    ("missing", "account", "region"),
    [
        ("AWS::CloudTrail::Trail", PRIMARY, EAST),
        ("AWS::Logs::MetricFilter", PRIMARY, EAST),
        ("AWS::CloudWatch::Alarm", PRIMARY, EAST),
    ],
)
def test_a_part_that_was_not_seen_may_be_there(watched, missing, account, region):
    without(watched, missing).not_seen(missing, account, region)
    assert alarms(watched) == [REFUSED, REFUSED]


def test_a_filter_may_look_at_one_service_only(watched):
    without(watched, "AWS::Logs::MetricFilter")
    watched.metric_filter('{ $.eventSource = "kms.amazonaws.com" && $.errorCode = "AccessDenied" }')
    assert alarms(watched) == ["kms"]


def test_a_filter_on_single_resources_is_not_judged(watched):
    without(watched, "AWS::Logs::MetricFilter")
    watched.metric_filter('{ $.requestParameters.bucketName = "orders" && $.errorCode = "AccessDenied" }')
    assert all("single resources" in doubt.reason for doubt in alarms(watched))


@pytest.mark.parametrize(
    "filter_",
    [
        {"pattern": DENIED, "group": "application"},
        {"pattern": '{ $.errorCode = "Throttling" }'},
        {"pattern": DENIED, "MetricTransformations": [{"MetricNamespace": "Audit", "MetricName": "Other"}]},
        {
            "pattern": DENIED,
            "MetricTransformations": [
                {"MetricNamespace": "Audit", "MetricName": "Denied", "Dimensions": [{"Key": "User", "Value": "$.u"}]}
            ],
        },
    ],
)
def test_the_alarm_must_watch_the_very_metric_of_the_log(watched, filter_):
    without(watched, "AWS::Logs::MetricFilter").metric_filter(**filter_)
    assert alarms(watched) == []


@pytest.mark.parametrize("filter_", [{"pattern": REFUSED}, {"pattern": DENIED, "MetricTransformations": REFUSED}])
def test_a_filter_that_was_not_read(watched, filter_):
    without(watched, "AWS::Logs::MetricFilter").metric_filter(**filter_)
    assert len(alarms(watched)) == 2
    assert all(isinstance(found, Unknown) for found in alarms(watched))


def test_an_alarm_that_could_not_be_made_out_may_be_the_one(watched):
    without(watched, "AWS::CloudWatch::Alarm").alarm("unclear", Namespace="Audit", MetricName=REFUSED)
    assert alarms(watched) == [REFUSED, REFUSED]


@pytest.mark.parametrize(
    ("trail", "expected"),
    [
        ({"IsLogging": False}, []),
        ({"IsMultiRegionTrail": False, "region": WEST}, []),
        ({"CloudWatchLogsLogGroupArn": None}, []),
        ({"CloudWatchLogsLogGroupArn": REFUSED}, [REFUSED, REFUSED]),
    ],
)
def test_the_trail_must_write_to_the_log_group(watched, trail, expected):
    properties = {"CloudWatchLogsLogGroupArn": GROUP} | trail
    without(watched, "AWS::CloudTrail::Trail").trail(**properties)
    assert alarms(watched) == expected
