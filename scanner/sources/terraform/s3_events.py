"""What a bucket tells of itself: request metrics, events and inventories, each in a resource of its own."""

from collections.abc import Mapping

from scanner.estate.unknown import Unknown, Value
from scanner.sources.terraform.pieces import Types, added, part
from scanner.sources.terraform.planned import Planned
from scanner.sources.terraform.readers import (
    Reader,
    Values,
    block,
    built,
    each,
    first,
    inside,
    pairs,
    plain,
    wrapped,
)

BUCKET = "AWS::S3::Bucket"


def _metrics(planned: Planned) -> Mapping[str, Value]:
    filter_ = first(planned.values, "filter")
    selected = {"Prefix": filter_} if isinstance(filter_, Unknown) else built(filter_ or {}, _METRICS_FILTER)
    return {"MetricsConfigurations": [{"Id": plain("name")(planned.values), **selected}]}


def _inventory(planned: Planned) -> Mapping[str, Value]:
    return {"InventoryConfigurations": [built(planned.values, _INVENTORY)]}


def _notifications(values: Values) -> Value:
    """Every destination of events; a resource without any takes them all away."""
    return built(values, _NOTIFICATIONS)


def _destinations(key: str, arn: str, named: str) -> Reader:
    """One entry an event, as CloudFormation wants it."""

    def entries(entry: Values) -> Value:
        rest = built(entry, {"Filter": _key_filter, named: plain(arn)})
        events = plain("events")(entry)
        return [{"Event": event, **rest} for event in (events if isinstance(events, list | tuple) else [events])]

    def read(values: Values) -> Value:
        found = each(key, entries)(values)
        if not isinstance(found, list):
            return found
        return [entry for some in found for entry in (some if isinstance(some, list) else [some])]

    return read


def _key_filter(entry: Values) -> Value:
    named = (("prefix", plain("filter_prefix")(entry)), ("suffix", plain("filter_suffix")(entry)))
    rules = [{"Name": name, "Value": value} for name, value in named if value is not None]
    return {"S3Key": {"Rules": rules}} if rules else None


_METRICS_FILTER: Mapping[str, Reader] = {
    "Prefix": plain("prefix"),
    "TagFilters": pairs("tags"),
    "AccessPointArn": plain("access_point"),
}
_INVENTORY: Mapping[str, Reader] = {
    "Id": plain("name"),
    "Enabled": plain("enabled", True),
    "Destination": inside(
        "destination",
        block(
            "bucket",
            BucketArn=plain("bucket_arn"),
            BucketAccountId=plain("account_id"),
            Format=plain("format"),
            Prefix=plain("prefix"),
        ),
    ),
    "IncludedObjectVersions": plain("included_object_versions"),
    "ScheduleFrequency": inside("schedule", plain("frequency")),
    "OptionalFields": plain("optional_fields"),
    "Prefix": inside("filter", plain("prefix")),
}
_NOTIFICATIONS: Mapping[str, Reader] = {
    "TopicConfigurations": _destinations("topic", "topic_arn", "Topic"),
    "QueueConfigurations": _destinations("queue", "queue_arn", "Queue"),
    "LambdaConfigurations": _destinations("lambda_function", "lambda_function_arn", "Function"),
    "EventBridgeConfiguration": wrapped(EventBridgeEnabled=plain("eventbridge")),
}

TYPES: Types = {
    "aws_s3_bucket_metric": added(BUCKET, "bucket", _metrics),
    "aws_s3_bucket_inventory": added(BUCKET, "bucket", _inventory),
    "aws_s3_bucket_notification": part(BUCKET, "bucket", NotificationConfiguration=_notifications),
}
