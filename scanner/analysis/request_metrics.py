"""Alarms on S3 request metrics joined to the bucket configurations that publish them.

S3 publishes request metrics only for a metrics configuration of the bucket, under its id as the dimension FilterId
(S3 guide, "Metrics and dimensions", read 2026-11-21). CloudWatch takes an alarm on any name, and one on a metric that
nobody publishes waits for data for ever.
"""

from collections.abc import Mapping

from scanner.analysis.annotation import BucketId, annotate, buckets_by_id
from scanner.analysis.arns import partition_of
from scanner.analysis.kinds import ALARM, BUCKET
from scanner.analysis.metrics import WatchedMetric, watched_metrics
from scanner.analysis.reading import elements, present, text
from scanner.estate.estate import Estate
from scanner.estate.intent import Intent
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value

REQUEST_METRICS = frozenset(
    {
        "AllRequests",
        "GetRequests",
        "PutRequests",
        "DeleteRequests",
        "HeadRequests",
        "PostRequests",
        "SelectRequests",
        "SelectBytesScanned",
        "SelectBytesReturned",
        "ListRequests",
        "BytesDownloaded",
        "BytesUploaded",
        "4xxErrors",
        "5xxErrors",
        "FirstByteLatency",
        "TotalRequestLatency",
    }
)


def derive_request_metrics(estate: Estate, _: Intent) -> Estate:
    """Adds `RequestMetrics` to alarms: one entry for each S3 request metric of a bucket that the alarm watches.

    `MetricName`, `BucketName` and `FilterId` as the alarm names them, `MetricAccount` where it looks, and of the bucket
    `BucketAccount`, `BucketRegion` and `FilterIds`, the ids that it publishes metrics under.
    """
    buckets = buckets_by_id(estate)

    def facts(alarm: Resource) -> Mapping[str, Value]:
        found = [_joined(estate, alarm, metric, buckets) for metric in watched_metrics(alarm)]
        return {"RequestMetrics": [entry for entry in found if entry is not None]}

    return annotate(estate, ALARM, facts)


def _joined(
    estate: Estate, alarm: Resource, metric: WatchedMetric | Unknown, buckets: Mapping[BucketId, Resource]
) -> Value:
    if isinstance(metric, Unknown):
        return metric
    if metric.namespace != "AWS/S3" or metric.name not in REQUEST_METRICS or "BucketName" not in metric.dimensions:
        return None
    name = metric.dimensions["BucketName"]
    bucket = buckets.get((partition_of(alarm.arn), name))
    return present(
        MetricName=metric.name,
        BucketName=name,
        FilterId=metric.dimensions.get("FilterId"),
        MetricAccount=metric.account,
        **(_of_bucket(bucket) if bucket is not None else _unseen(estate, metric)),
    )


def _of_bucket(bucket: Resource) -> Mapping[str, Value]:
    configurations = elements(bucket.properties.get("MetricsConfigurations"))
    ids = [text(configuration, "Id") for configuration in configurations]
    return {
        "BucketAccount": bucket.account,
        "BucketRegion": bucket.region,
        "FilterIds": [i for i in ids if i is not None],
    }


def _unseen(estate: Estate, metric: WatchedMetric) -> Mapping[str, Value]:
    # Metrics of a bucket are in its own account, so only there could an unseen bucket matter.
    doubt = estate.blind(BUCKET, metric.account, "")
    if doubt is None:
        return {"FilterIds": []}
    return {"BucketAccount": doubt, "BucketRegion": doubt, "FilterIds": [doubt]}
