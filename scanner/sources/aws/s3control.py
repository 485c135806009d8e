"""S3's calls on accounts and Multi-Region Access Points.

The control plane of Multi-Region Access Points is in us-west-2, whatever regions they span, so other partitions do not
have it: S3 user guide, "Managing Multi-Region Access Points", 2026-11.
"""

from collections.abc import Iterable
from dataclasses import replace

from scanner.sources.aws.calls import Answer, Call, Found, Pages, Place, Properties, Scope
from scanner.sources.aws.s3_answers import four_blocks
from scanner.sources.aws.values import given, moment, picked, policy_document

MRAP = "AWS::S3::MultiRegionAccessPoint"
_MRAP_POLICY = "AWS::S3::MultiRegionAccessPointPolicy"
_ACCOUNT_BLOCK = "AWS::S3::AccountPublicAccessBlock"
_BLOCKS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
_HOME = "us-west-2"
_NOT_OFFERED_IN = ("aws-cn", "aws-us-gov")
_NO_POLICY = {"NoSuchMultiRegionAccessPointPolicy": ""}
_GONE = ("NoSuchMultiRegionAccessPoint",)


def account_block(answer: Answer, place: Place, _subject: Found | None) -> Iterable[Found]:
    """GetPublicAccessBlock of an account: there even when nothing is set, for then nothing is blocked."""
    block = four_blocks(answer.get("PublicAccessBlockConfiguration"))
    yield Found(_ACCOUNT_BLOCK, "", place.account, properties=block)


def sole_account_block(place: Place, _subject: Found | None) -> Found:
    """The public access block of an account before it was read."""
    return Found(_ACCOUNT_BLOCK, "", place.account)


def access_points(answer: Answer, place: Place, _subject: Found | None) -> Iterable[Found]:
    """ListMultiRegionAccessPoints, which tells all but policy and routes."""
    for point in answer["AccessPoints"]:
        members = [picked(member, "Bucket", "BucketAccountId") for member in point.get("Regions", ())]
        properties = given(
            Name=point["Name"],
            PublicAccessBlockConfiguration=four_blocks(point.get("PublicAccessBlock")),
            Regions=members,
            **{
                "Observed.Alias": point.get("Alias"),
                "Observed.Status": point.get("Status"),
                "Observed.CreatedAt": moment(point.get("CreatedAt")),
                "Observed.Regions": [
                    picked(member, "Bucket", "Region", "BucketAccountId") for member in point.get("Regions", ())
                ],
            },
        )
        arn = f"arn:{place.partition}:s3::{place.account}:accesspoint/{point.get('Alias', point['Name'])}"
        yield Found(MRAP, arn, point["Name"], properties=properties)


def access_point_policy(answer: Answer, place: Place, subject: Found | None) -> Iterable[Found]:
    """GetMultiRegionAccessPointPolicy: the policy in force; one that is only proposed is none yet."""
    text = answer.get("Policy", {}).get("Established", {}).get("Policy")
    if text:
        policy = sole_access_point_policy(place, subject)
        yield replace(policy, properties={**policy.properties, "Policy": policy_document(text)})


def sole_access_point_policy(_place: Place, subject: Found | None) -> Found:
    """The policy of an access point before it was read."""
    assert subject is not None
    return Found(_MRAP_POLICY, subject.arn, subject.name, properties={"MrapName": subject.name})


def policy_status(answer: Answer) -> Properties:
    """GetMultiRegionAccessPointPolicyStatus: whether S3 takes the policy for public; no policy, no status."""
    return given(**{"Observed.PolicyIsPublic": answer.get("Established", {}).get("IsPublic")})


def routes(answer: Answer) -> Properties:
    """GetMultiRegionAccessPointRoutes: which regions get traffic (100) and which stand by (0)."""
    return {
        "Observed.Routes": [picked(route, "Bucket", "Region", "TrafficDialPercentage") for route in answer["Routes"]]
    }


CALLS = (
    Call(
        service="s3control",
        operation="GetPublicAccessBlock",
        iam="s3:GetAccountPublicAccessBlock",
        scope=Scope.ACCOUNT,
        takes={"AccountId": "account"},
        gives={_ACCOUNT_BLOCK: _BLOCKS},
        lists=(_ACCOUNT_BLOCK,),
        absent={"NoSuchPublicAccessBlockConfiguration": ""},
        holds="PublicAccessBlockConfiguration.BlockPublicAcls",
        finds=account_block,
        sole=sole_account_block,
    ),
    Call(
        service="s3control",
        operation="ListMultiRegionAccessPoints",
        iam="s3:ListMultiRegionAccessPoints",
        scope=Scope.ACCOUNT,
        takes={"AccountId": "account"},
        region=_HOME,
        gives={
            MRAP: (
                "Name",
                "PublicAccessBlockConfiguration",
                "Regions",
                "Observed.Alias",
                "Observed.Status",
                "Observed.CreatedAt",
                "Observed.Regions",
            )
        },
        lists=(MRAP,),
        pages=Pages("NextToken", "NextToken"),
        holds="AccessPoints",
        finds=access_points,
        not_offered_in=_NOT_OFFERED_IN,
    ),
    Call(
        service="s3control",
        operation="GetMultiRegionAccessPointPolicy",
        iam="s3:GetMultiRegionAccessPointPolicy",
        scope=Scope.RESOURCE,
        of=(MRAP,),
        takes={"AccountId": "account", "Name": "name"},
        region=_HOME,
        gives={_MRAP_POLICY: ("MrapName", "Policy")},
        lists=(_MRAP_POLICY,),
        absent=_NO_POLICY,
        gone=_GONE,
        root="MultiRegionAccessPointPolicy",
        finds=access_point_policy,
        sole=sole_access_point_policy,
        not_offered_in=_NOT_OFFERED_IN,
    ),
    Call(
        service="s3control",
        operation="GetMultiRegionAccessPointPolicyStatus",
        iam="s3:GetMultiRegionAccessPointPolicyStatus",
        scope=Scope.RESOURCE,
        of=(MRAP,),
        takes={"AccountId": "account", "Name": "name"},
        region=_HOME,
        gives={MRAP: ("Observed.PolicyIsPublic",)},
        absent=_NO_POLICY,
        gone=_GONE,
        root="MultiRegionAccessPointPolicyStatus",
        properties=policy_status,
        not_offered_in=_NOT_OFFERED_IN,
    ),
    Call(
        service="s3control",
        operation="GetMultiRegionAccessPointRoutes",
        iam="s3:GetMultiRegionAccessPointRoutes",
        scope=Scope.RESOURCE,
        of=(MRAP,),
        takes={"AccountId": "account", "Mrap": "arn"},
        region=_HOME,
        gives={MRAP: ("Observed.Routes",)},
        gone=_GONE,
        holds="Routes",
        properties=routes,
        not_offered_in=_NOT_OFFERED_IN,
    ),
)
