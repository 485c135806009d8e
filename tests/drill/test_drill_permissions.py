"""The policies for a drill: one's own canaries, and nothing else."""

from typing import Any

from scanner.drill.actions import Side, drill_actions
from scanner.drill.permissions import drill_permissions
from scanner.drill.planning import OWN_PREFIX
from scanner.estate.needs import Need
from scanner.policy.actions import exists

POLICIES = drill_permissions("orders", "orders-dr", [Need("AWS::S3::Bucket", "ReplicationConfiguration")], "aws-cn")


def granted(side: str, start: str = "Drill") -> dict[str, Any]:
    statements = [one for one in POLICIES[side]["Statement"] if one["Sid"].startswith(start)]
    return {action: one for one in statements for action in one["Action"]}


def test_each_end_may_do_what_a_drill_does_there() -> None:
    for side in Side:
        wanted = {one.action for one in drill_actions(side)}
        assert set(granted(str(side))) == wanted
        assert all(map(exists, wanted))


def test_only_canaries_are_written_read_and_deleted() -> None:
    assert granted("source")["s3:DeleteObjectVersion"]["Resource"] == f"arn:aws-cn:s3:::orders/*{OWN_PREFIX}*"
    assert granted("destination")["s3:DeleteObjectVersion"]["Resource"] == f"arn:aws-cn:s3:::orders-dr/*{OWN_PREFIX}*"
    assert granted("destination")["s3:ListBucket"]["Resource"] == "arn:aws-cn:s3:::orders-dr"


def test_keys_are_used_through_s3_alone() -> None:
    for action, side in (("kms:GenerateDataKey", "source"), ("kms:Decrypt", "destination")):
        (way,) = granted(side)[action]["Condition"]["StringLike"]
        assert way == "kms:ViaService"


def test_the_plan_can_be_made_at_both_ends() -> None:
    assert set(granted("source", "Read")) == set(granted("destination", "Read")) >= {"s3:GetReplicationConfiguration"}
