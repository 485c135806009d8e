"""No fix makes anything fail that passes today: it is left, and what it would have done is told."""

from typing import Any

from link_blueprint import AWAY, HOME
from planned import planned

from scanner.remedies.step import Safety
from tests.remedies.buckets.estates import Drawn

LOCK, ALIKE, TLS = (
    "recovery-bucket-object-lock-enabled",
    "mrap-members-equally-protected",
    "bucket-denies-insecure-transport",
)


def twins(**logging: Any) -> Drawn:
    """Original and copy are members of an access point, alike; with logging, the original takes logs of another."""
    drawn = Drawn()
    members = [{"Bucket": "ledger", "BucketAccountId": HOME}, {"Bucket": "ledger-copy", "BucketAccountId": AWAY}]
    arn = drawn.arn("s3", "", HOME, "accesspoint/twins.mrap")
    drawn.add("AWS::S3::MultiRegionAccessPoint", arn, HOME, "", "twins", Name="twins", Regions=members)
    drawn.bucket("fourth", **logging)
    return drawn


def test_what_would_fail_by_a_fix_is_mended_along_with_it() -> None:
    blueprint = twins()
    found = planned(blueprint.estate, blueprint.intent, [LOCK, ALIKE])
    assert found.verdicts(ALIKE) == ["PASS"]
    locked = {step.target.name for step in found.plan.steps if step.safety is Safety.IRREVERSIBLE}
    assert locked == {"ledger", "ledger-copy"}


def test_a_fix_that_would_make_something_else_fail_for_good_is_left_and_others_are_not() -> None:
    blueprint = twins(LoggingConfiguration={"DestinationBucketName": "ledger"})
    found = planned(blueprint.estate, blueprint.intent, [LOCK, ALIKE, TLS])
    assert found.verdicts(ALIKE) == ["PASS"]
    assert f"it would make {ALIKE} fail for twins, which passes today" in found.why()
    assert {step.target.type for step in found.plan.steps} == {"AWS::S3::BucketPolicy"}
    assert found.again.steps == ()
