"""CloudTrail's calls: trails as each region shows them, shadows of other regions' trails among them.

A multi-region trail shows in every region and an organization's trail in every member account; each is one resource, in
its home region and of its owner, and its status and selectors are asked for there.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from scanner.estate.unknown import Value
from scanner.sources.aws.calls import Answer, Call, Found, Place, Properties, Scope
from scanner.sources.aws.values import account_in, given, moment, picked

TRAIL = "AWS::CloudTrail::Trail"
SEEN_FROM = "Observed.SeenFrom"
"""The accounts that show a trail: its owner, and the members that an organization's trail records too."""

_SAME_NAME = (
    "S3BucketName",
    "S3KeyPrefix",
    "SnsTopicName",
    "IncludeGlobalServiceEvents",
    "IsMultiRegionTrail",
    "IsOrganizationTrail",
    "CloudWatchLogsLogGroupArn",
    "CloudWatchLogsRoleArn",
)
_OTHER_NAME = ("TrailName", "EnableLogFileValidation", "KMSKeyId", "Observed.HomeRegion", SEEN_FROM)


def trails(answer: Answer, place: Place, _subject: Found | None) -> Iterable[Found]:
    """DescribeTrails."""
    for trail in answer["trailList"]:
        home = trail.get("HomeRegion", place.region)
        properties = given(
            **picked(trail, *_SAME_NAME),
            TrailName=trail["Name"],
            EnableLogFileValidation=trail.get("LogFileValidationEnabled"),
            KMSKeyId=trail.get("KmsKeyId"),
            **{"Observed.HomeRegion": home, SEEN_FROM: [place.account]},
        )
        arn = trail["TrailARN"]
        yield Found(TRAIL, arn, trail["Name"], home, handle=arn, account=account_in(arn), properties=properties)


def status(answer: Answer) -> Properties:
    """GetTrailStatus: whether it logs, and whether what it logs arrives."""
    errors = picked(answer, "LatestDeliveryError", "LatestCloudWatchLogsDeliveryError")
    moments = {
        name: moment(answer.get(name))
        for name in ("LatestDeliveryTime", "LatestCloudWatchLogsDeliveryTime", "StopLoggingTime")
    }
    return given(
        IsLogging=answer["IsLogging"], **{f"Observed.{name}": value for name, value in {**errors, **moments}.items()}
    )


def selectors(answer: Answer) -> Properties:
    """GetEventSelectors: classic or advanced ones, never both."""
    return given(
        EventSelectors=[_selector(entry) for entry in answer.get("EventSelectors", ())],
        AdvancedEventSelectors=[_advanced(entry) for entry in answer.get("AdvancedEventSelectors", ())],
    )


def _selector(entry: Mapping[str, Any]) -> dict[str, Value]:
    resources = [picked(resource, "Type", "Values") for resource in entry.get("DataResources", ())]
    same = picked(entry, "ReadWriteType", "IncludeManagementEvents")
    return given(
        **same, DataResources=resources, ExcludeManagementEventSources=entry.get("ExcludeManagementEventSources")
    )


def _advanced(entry: Mapping[str, Any]) -> dict[str, Value]:
    operators = ("Equals", "StartsWith", "EndsWith", "NotEquals", "NotStartsWith", "NotEndsWith")
    fields = [
        given(Field=selector["Field"], **{name: selector.get(name) for name in operators})
        for selector in entry["FieldSelectors"]
    ]
    return given(Name=entry.get("Name"), FieldSelectors=fields)


CALLS = (
    Call(
        service="cloudtrail",
        operation="DescribeTrails",
        iam="cloudtrail:DescribeTrails",
        scope=Scope.REGION,
        fixed={"includeShadowTrails": True},
        gives={TRAIL: (*_SAME_NAME, *_OTHER_NAME)},
        lists=(TRAIL,),
        holds="trailList",
        finds=trails,
    ),
    Call(
        service="cloudtrail",
        operation="GetTrailStatus",
        iam="cloudtrail:GetTrailStatus",
        scope=Scope.RESOURCE,
        of=(TRAIL,),
        takes={"Name": "handle"},
        gives={
            TRAIL: (
                "IsLogging",
                "Observed.LatestDeliveryError",
                "Observed.LatestDeliveryTime",
                "Observed.LatestCloudWatchLogsDeliveryError",
                "Observed.LatestCloudWatchLogsDeliveryTime",
                "Observed.StopLoggingTime",
            )
        },
        gone=("TrailNotFoundException",),
        holds="IsLogging",
        properties=status,
    ),
    Call(
        service="cloudtrail",
        operation="GetEventSelectors",
        iam="cloudtrail:GetEventSelectors",
        scope=Scope.RESOURCE,
        of=(TRAIL,),
        takes={"TrailName": "handle"},
        gives={TRAIL: ("EventSelectors", "AdvancedEventSelectors")},
        gone=("TrailNotFoundException",),
        holds="TrailARN",
        properties=selectors,
    ),
)
