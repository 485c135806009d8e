"""Macie's call: is it on?

Macie answers with a refusal when nobody has enabled it (code AccessDeniedException, message "Macie is not enabled"),
which must not be taken for a missing permission. China and GovCloud have no Macie (botocore's endpoints, 2026-11).
"""

from collections.abc import Iterable

from scanner.sources.aws.calls import Answer, Call, Found, Place, Scope
from scanner.sources.aws.values import given

SESSION = "AWS::Macie::Session"


def session(answer: Answer, place: Place, _subject: Found | None) -> Iterable[Found]:
    """GetMacieSession: there in every region that has Macie, without a status where it is not enabled."""
    properties = given(Status=answer.get("status"), FindingPublishingFrequency=answer.get("findingPublishingFrequency"))
    yield Found(SESSION, "", place.account, place.region, properties=properties)


def sole_session(place: Place, _subject: Found | None) -> Found:
    """The session of an account and region before it was read."""
    return Found(SESSION, "", place.account, place.region)


CALLS = (
    Call(
        service="macie2",
        operation="GetMacieSession",
        iam="macie2:GetMacieSession",
        scope=Scope.REGION,
        gives={SESSION: ("Status", "FindingPublishingFrequency")},
        lists=(SESSION,),
        absent={"AccessDeniedException": "Macie is not enabled"},
        holds="status",
        finds=session,
        sole=sole_session,
        not_offered_in=("aws-cn", "aws-us-gov"),
        everywhere=False,
    ),
)
