"""Whether anyone would be told that replication fails or falls behind."""

import pytest

from scanner.estate.unknown import Unknown

PRIMARY, RECOVERY = "111111111111", "222222222222"
EAST, WEST = "us-east-1", "eu-west-1"
REFUSED = Unknown("refused")


def watching(metric, source="orders", destination="orders-dr", rule="to-orders-dr", **properties):
    names = {"SourceBucket": source, "DestinationBucket": destination, "RuleId": rule}
    return {
        "Namespace": "AWS/S3",
        "MetricName": metric,
        "Dimensions": [{"Name": name, "Value": value} for name, value in names.items()],
        "EvaluationPeriods": 1,
        "Period": 60,
        **properties,
    }


def failures(comparison="GreaterThanThreshold", threshold=0, statistic="Sum", **properties):
    condition = {"ComparisonOperator": comparison, "Threshold": threshold, "Statistic": statistic}
    return watching("OperationsFailedReplication", **condition, **properties)


def latency(threshold=900, **properties):
    condition = {"ComparisonOperator": "GreaterThanThreshold", "Threshold": threshold, "Statistic": "Maximum"}
    return watching("ReplicationLatency", **{**condition, **properties})


@pytest.fixture
def orders(world, replicating):
    """A bucket here that replicates to one of another account and region."""
    world.bucket("orders-dr", RECOVERY, WEST)
    return world.bucket("orders", ReplicationConfiguration=replicating("orders-dr"))


def rule_of(world, bucket):
    [rule] = world.ask(bucket, "ReplicationRules")
    return rule


def test_the_rule_and_the_alarm_that_watches_it(world, orders):
    world.alarm("failed", **failures())
    world.alarm("late", region=WEST, **latency(Period=300, EvaluationPeriods=3, TreatMissingData="ignore"))
    assert rule_of(world, orders) == {
        "Id": "to-orders-dr",
        "Status": "Enabled",
        "Destination": "orders-dr",
        "MetricsEnabled": False,
        "FailureEvents": False,
        "FailureAlarms": [{"Name": "failed", "FailuresToFire": 1, "DatapointsToAlarm": 1}],
        "LatencyAlarms": [
            {
                "Name": "late",
                "Statistic": "Maximum",
                "ThresholdSeconds": 900,
                "WindowSeconds": 900,
                "TreatMissingData": "ignore",
            }
        ],
    }


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (("GreaterThanThreshold", 0, "Sum"), 1),
        (("GreaterThanThreshold", 0.5, "Sum"), 1),
        (("GreaterThanThreshold", 1, "Sum"), 2),
        (("GreaterThanOrEqualToThreshold", 1, "Sum"), 1),
        (("GreaterThanOrEqualToThreshold", 1.5, "Sum"), 2),
        (("GreaterThanOrEqualToThreshold", 0, "Sum"), None),
        (("GreaterThanThreshold", -1, "Sum"), None),
        (("LessThanThreshold", 1, "Sum"), None),
        (("GreaterThanThreshold", 0, "Average"), 1),
        (("GreaterThanThreshold", 0.1, "Average"), None),
        (("GreaterThanOrEqualToThreshold", 1, "Average"), None),
        (("GreaterThanThreshold", 0, "SampleCount"), None),
        (("GreaterThanThreshold", None, "Sum"), None),
        (("GreaterThanThreshold", REFUSED, "Sum"), REFUSED),
        ((REFUSED, 0, "Sum"), REFUSED),
        (("GreaterThanThreshold", 0, REFUSED), REFUSED),
    ],
)
def test_how_many_failures_are_sure_to_fire(world, orders, condition, expected):
    world.alarm("failed", **failures(*condition))
    [alarm] = rule_of(world, orders)["FailureAlarms"]
    assert alarm.get("FailuresToFire") == expected


def test_a_maximum_of_failures_is_not_documented(world, orders):
    world.alarm("failed", **failures(statistic="Maximum"))
    [alarm] = rule_of(world, orders)["FailureAlarms"]
    assert "not Maximum" in alarm["FailuresToFire"].reason


def test_all_evaluation_periods_must_breach_unless_the_alarm_says_otherwise(world, orders):
    world.alarm("patient", **failures(EvaluationPeriods=5))
    world.alarm("prompt", **failures(EvaluationPeriods=5, DatapointsToAlarm=1))
    found = {alarm["Name"]: alarm["DatapointsToAlarm"] for alarm in rule_of(world, orders)["FailureAlarms"]}
    assert found == {"patient": 5, "prompt": 1}


@pytest.mark.parametrize(
    "elsewhere",
    [
        failures(source="other"),
        failures(destination="other"),
        failures(rule="other"),
        failures(Namespace="Custom"),
        failures(region=WEST),
        failures(account=RECOVERY),
        failures(Dimensions=[{"Name": "BucketName", "Value": "orders"}]),
    ],
)
def test_an_alarm_on_something_else_does_not_watch_the_rule(world, orders, elsewhere):
    world.alarm("failed", **elsewhere)
    assert rule_of(world, orders)["FailureAlarms"] == []


def test_latency_is_published_in_the_region_of_the_destination(world, orders):
    world.alarm("beside-the-source", region=EAST, **latency())
    assert rule_of(world, orders)["LatencyAlarms"] == []


def test_an_alarm_that_fires_when_latency_is_low_is_none(world, orders):
    world.alarm("low", region=WEST, **latency(ComparisonOperator="LessThanThreshold"))
    world.alarm("unclear", region=WEST, **latency(ComparisonOperator=REFUSED))
    assert rule_of(world, orders)["LatencyAlarms"] == [REFUSED]


def test_a_metric_fetched_by_a_query_is_the_same_metric(world, orders):
    metric = failures()
    query = {"Id": "m", "MetricStat": {"Metric": metric, "Stat": "Sum", "Period": 60}, "AccountId": PRIMARY}
    condition = {"ComparisonOperator": "GreaterThanThreshold", "Threshold": 0, "EvaluationPeriods": 1}
    world.alarm("central", RECOVERY, Metrics=[query], **condition)
    [alarm] = rule_of(world, orders)["FailureAlarms"]
    assert alarm["FailuresToFire"] == 1


def test_a_calculation_is_not_evaluated(world, orders):
    stat = {"Id": "m", "MetricStat": {"Metric": failures(), "Stat": "Sum", "Period": 60}}
    world.alarm("math", Metrics=[stat, {"Id": "e", "Expression": "m * 2"}])
    [alarm] = rule_of(world, orders)["FailureAlarms"]
    assert "not evaluated" in alarm.reason


def test_alarms_that_were_not_seen_are_not_absent(world, orders):
    world.not_seen("AWS::CloudWatch::Alarm", PRIMARY, EAST)
    world.alarm("late", region=WEST, **latency(TreatMissingData=REFUSED))
    rule = rule_of(world, orders)
    assert rule["FailureAlarms"] == [REFUSED]
    assert [alarm["Name"] for alarm in rule["LatencyAlarms"]] == ["late"]


def test_an_alarm_that_could_not_be_made_out_may_be_the_one(world, orders):
    world.alarm("unclear", Namespace="AWS/S3", MetricName=REFUSED, Dimensions=[])
    assert rule_of(world, orders)["FailureAlarms"] == [REFUSED]


def test_the_region_of_an_unseen_destination_is_not_known(world, replicating):
    bucket = world.bucket("orders", ReplicationConfiguration=replicating("elsewhere"))
    [alarm] = rule_of(world, bucket)["LatencyAlarms"]
    assert "region of elsewhere was not seen" in alarm.reason


def test_the_id_of_a_rule_may_be_of_s3s_making(world, replicating):
    configuration = replicating("orders-dr")
    del configuration["Rules"][0]["Id"]
    [alarm] = rule_of(world, world.bucket("orders", ReplicationConfiguration=configuration))["FailureAlarms"]
    assert "an id of its own" in alarm.reason


@pytest.mark.parametrize(
    ("destination", "expected"),
    [
        ({}, False),
        ({"Metrics": {"Status": "Enabled"}}, True),
        ({"Metrics": {"Status": "Disabled"}}, False),
        ({"ReplicationTime": {"Status": "Enabled"}}, True),
        ({"Metrics": REFUSED}, REFUSED),
    ],
)
def test_metrics_are_on_by_themselves_or_with_replication_time_control(world, replicating, destination, expected):
    configuration = replicating("orders-dr")
    configuration["Rules"][0]["Destination"].update(destination)
    assert rule_of(world, world.bucket("orders", ReplicationConfiguration=configuration))["MetricsEnabled"] == expected


@pytest.mark.parametrize(
    ("notifications", "expected"),
    [
        ({"TopicConfigurations": [{"Event": "s3:Replication:OperationFailedReplication"}]}, True),
        ({"LambdaConfigurations": [{"Event": "s3:Replication:*"}]}, True),
        ({"QueueConfigurations": [{"Event": "s3:Replication:OperationMissedThreshold"}]}, False),
        ({"EventBridgeConfiguration": {"EventBridgeEnabled": True}}, False),
        (REFUSED, REFUSED),
    ],
)
def test_failures_may_be_sent_as_events_but_not_through_eventbridge(world, replicating, notifications, expected):
    properties = {"ReplicationConfiguration": replicating("orders-dr"), "NotificationConfiguration": notifications}
    assert rule_of(world, world.bucket("orders", **properties))["FailureEvents"] == expected


def test_replication_that_was_not_read(world):
    assert world.ask(world.bucket("a", ReplicationConfiguration=REFUSED), "ReplicationRules") == REFUSED
    assert world.ask(world.bucket("b"), "ReplicationRules") is None
    broken = {"Rules": [REFUSED, {"Id": "r", "Destination": {"Bucket": REFUSED}}]}
    first, second = world.ask(world.bucket("c", ReplicationConfiguration=broken), "ReplicationRules")
    assert first == REFUSED
    assert (second["Destination"], second["FailureAlarms"], second["LatencyAlarms"]) == (REFUSED, [REFUSED], [REFUSED])
