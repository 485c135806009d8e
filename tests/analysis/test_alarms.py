"""What alarms watch, and whether somebody hears them."""

import pytest

from scanner.estate.unknown import Unknown

PRIMARY, RECOVERY = "111111111111", "222222222222"
EAST, WEST = "us-east-1", "eu-west-1"
REFUSED = Unknown("refused")


def on_requests(bucket="orders", filter_id="all", metric="4xxErrors"):
    dimensions = {"BucketName": bucket, "FilterId": filter_id}
    named = [{"Name": name, "Value": value} for name, value in dimensions.items() if value is not None]
    return {"Namespace": "AWS/S3", "MetricName": metric, "Dimensions": named}


def test_a_request_metric_is_joined_to_what_its_bucket_publishes(world):
    world.bucket("orders", RECOVERY, WEST, MetricsConfigurations=[{"Id": "all"}, {"Id": "tmp", "Prefix": "tmp/"}])
    assert world.ask(world.alarm("a", **on_requests()), "RequestMetrics") == [
        {
            "MetricName": "4xxErrors",
            "BucketName": "orders",
            "FilterId": "all",
            "MetricAccount": PRIMARY,
            "BucketAccount": RECOVERY,
            "BucketRegion": WEST,
            "FilterIds": ["all", "tmp"],
        }
    ]


def test_a_bucket_that_publishes_nothing_or_is_not_there(world):
    world.bucket("silent")
    world.bucket("refused", MetricsConfigurations=REFUSED)
    found = {
        name: world.ask(world.alarm(name, **on_requests(name)), "RequestMetrics")[0]["FilterIds"]
        for name in ("silent", "refused", "gone")
    }
    assert found == {"silent": [], "refused": [REFUSED], "gone": []}


def test_a_bucket_that_was_not_listed_may_publish(world):
    alarm = world.alarm("a", **on_requests())
    world.not_seen("AWS::S3::Bucket", PRIMARY)
    [metric] = world.ask(alarm, "RequestMetrics")
    assert (metric["BucketRegion"], metric["FilterIds"]) == (REFUSED, [REFUSED])


@pytest.mark.parametrize(
    "properties",
    [
        {},
        on_requests(metric="BucketSizeBytes"),
        on_requests() | {"Namespace": "AWS/EC2"},
        on_requests() | {"Dimensions": [{"Name": "AccessPointName", "Value": "lambda"}]},
        {"Metrics": [{"Id": "e", "Expression": "1"}]},
    ],
)
def test_other_metrics_are_left_out(world, properties):
    assert world.ask(world.alarm("a", **properties), "RequestMetrics") == []


def test_what_could_not_be_made_out_stays_in_doubt(world):
    dimensions = world.alarm("a", Namespace="AWS/S3", MetricName="4xxErrors", Dimensions=REFUSED)
    [metric] = world.ask(dimensions, "RequestMetrics")
    assert "dimensions of alarm a" in metric.reason
    assert world.ask(world.alarm("b", Metrics=REFUSED), "RequestMetrics") == [REFUSED]


def test_a_metric_of_another_account_is_looked_for_there(world):
    world.bucket("orders", RECOVERY, MetricsConfigurations=[{"Id": "all"}])
    stat = {"Metric": on_requests(), "Stat": "Sum", "Period": 60}
    alarm = world.alarm("a", Metrics=[{"Id": "m", "MetricStat": stat, "AccountId": RECOVERY}])
    [metric] = world.ask(alarm, "RequestMetrics")
    assert (metric["MetricAccount"], metric["BucketAccount"]) == (RECOVERY, RECOVERY)


def subscribed(world, topic, pending=False):
    arn = topic if isinstance(topic, str) else topic.arn
    state = {} if pending is None else {"Observed": {"PendingConfirmation": pending}}
    world.add("AWS::SNS::Subscription", f"{arn}:1", PRIMARY, EAST, "s", TopicArn=arn, **state)


def topics_of(world, *arns):
    return world.ask(world.alarm("a", AlarmActions=list(arns)), "AlarmTopics")


def test_an_alarm_leads_to_a_topic_that_somebody_reads(world):
    topic = world.topic("pager")
    subscribed(world, topic)
    assert topics_of(world, topic.arn) == [
        {
            "Arn": topic.arn,
            "Exists": True,
            "Account": PRIMARY,
            "Region": EAST,
            "Confirmed": True,
            "PublishPermitted": True,
            "KeyPermits": True,
        }
    ]


def confirmed(world, topic):
    [entry] = topics_of(world, topic.arn)
    return entry["Confirmed"]


def test_nobody_has_confirmed(world):
    topic = world.topic("pager", Observed={"SubscriptionsConfirmed": 0})
    assert confirmed(world, topic) is False
    subscribed(world, topic, pending=True)
    assert confirmed(world, topic) is False


def test_the_topics_own_count_knows_subscribers_elsewhere(world):
    world.not_seen("AWS::SNS::Subscription", PRIMARY, EAST)
    assert confirmed(world, world.topic("heard", Observed={"SubscriptionsConfirmed": 1})) is True
    assert confirmed(world, world.topic("unheard", Observed={"SubscriptionsConfirmed": 0})) is False
    assert confirmed(world, world.topic("uncounted")) == REFUSED
    assert confirmed(world, world.topic("refused", Observed=REFUSED)) == REFUSED


def test_a_template_does_not_know_who_confirms(world):
    topic = world.topic("pager")
    subscribed(world, topic, pending=None)
    assert "live account" in confirmed(world, topic).reason


def test_topics_that_are_not_there(world):
    gone, foreign = f"arn:aws:sns:{EAST}:{PRIMARY}:gone", f"arn:aws:sns:{EAST}:333333333333:foreign"
    first, second = topics_of(world, gone, foreign)
    assert (first["Exists"], first["Confirmed"]) == (False, False)
    assert "333333333333 was not scanned" in second["Exists"].reason


def test_actions_of_other_services_are_left_out(world):
    assert topics_of(world, "arn:aws:ssm-incidents::111111111111:response-plan/data") == []
    assert topics_of(world, REFUSED) == [REFUSED]


def speaks(world, rule):
    world.add("AWS::CloudWatch::CompositeAlarm", "arn:composite", PRIMARY, EAST, "all", AlarmRule=rule)
    return world.ask(world.alarm("too late"), "CompositeSpeaks")


@pytest.mark.parametrize(
    "rule",
    [
        'ALARM("too late") OR ALARM(failed)',
        "NOT (OK('too late'))",
        f'ALARM( "arn:aws:cloudwatch:{EAST}:{PRIMARY}:alarm:too late" )',
    ],
)
def test_a_composite_alarm_may_speak_for_its_parts(world, rule):
    assert "its rule is not evaluated" in speaks(world, rule).reason


def test_a_composite_alarm_of_other_parts_does_not(world):
    assert speaks(world, 'ALARM("too late again") AND ALARM(late)') is False


def test_composite_alarms_that_were_not_seen(world):
    assert speaks(world, REFUSED) == REFUSED
    world.not_seen("AWS::CloudWatch::CompositeAlarm", PRIMARY, WEST)
    west = world.alarm("west", region=WEST)
    assert world.ask(west, "CompositeSpeaks") == REFUSED


def watches(world, namespace, name="Denied", region=EAST, account=PRIMARY):
    return world.ask(world.alarm("a", account, region, Namespace=namespace, MetricName=name), "WatchesData")


@pytest.mark.parametrize(
    ("namespace", "expected"), [("AWS/S3", True), ("AWS/KMS", True), ("AWS/EC2", False), ("Custom", False)]
)
def test_alarms_on_storage_and_keys_watch_data(world, namespace, expected):
    assert watches(world, namespace) is expected


def test_an_alarm_on_what_a_trail_wrote_watches_data(world):
    world.trail(CloudWatchLogsLogGroupArn=f"arn:aws:logs:{EAST}:{PRIMARY}:log-group:trail:*")
    world.metric_filter("AccessDenied")
    world.metric_filter("ERROR", "application", MetricTransformations=[{"MetricNamespace": "App", "MetricName": "E"}])
    assert watches(world, "Audit") is True
    assert watches(world, "Audit", "Other") is False
    assert watches(world, "Audit", region=WEST) is False
    assert watches(world, "App", "E") is False


def test_a_log_group_may_be_that_of_a_trail_that_was_not_seen(world):
    world.metric_filter("AccessDenied")
    assert watches(world, "Audit") is False
    world.trail(CloudWatchLogsLogGroupArn=REFUSED)
    assert watches(world, "Audit") == REFUSED


def test_a_metric_may_come_from_a_filter_that_was_not_seen(world):
    world.not_seen("AWS::Logs::MetricFilter", PRIMARY, EAST)
    assert watches(world, "Custom") == REFUSED
    assert watches(world, "AWS/EC2") is False
    assert watches(world, "Custom", region=WEST) is False
    assert world.ask(world.alarm("unclear", Metrics=REFUSED), "WatchesData") == REFUSED
