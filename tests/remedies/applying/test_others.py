"""Somebody else changes things meanwhile: what they did is told and never overwritten, in either direction."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from fault_proxy import Fault
from twelve_steps import AWAY, HOME, WRITES, Stage, World, plan_of, policy, trusting

from scanner.errors import DrscanError
from scanner.remedies.applying import Done
from scanner.remedies.differences import Change
from scanner.remedies.moved import StateChangedError
from scanner.remedies.step import CREATION


@dataclass(frozen=True)
class Somebody:
    """Somebody else's hand in the accounts."""

    stage: Stage
    world: World

    def s3(self, region: str = HOME) -> Any:
        account = self.world.primary if region == HOME else self.world.recovery
        return self.stage.client("s3", account, region)

    def iam(self) -> Any:
        return self.stage.client("iam", self.world.primary, HOME)

    def kms(self) -> Any:
        return self.stage.client("kms", self.world.recovery, AWAY)

    def cloudwatch(self) -> Any:
        return self.stage.client("cloudwatch", self.world.primary, HOME)


def enables_versioning(who: Somebody) -> None:
    enabled = {"Status": "Enabled"}
    who.s3().put_bucket_versioning(Bucket=who.world.source.name, VersioningConfiguration=enabled)


def suspends_versioning(who: Somebody) -> None:
    suspended = {"Status": "Suspended"}
    who.s3().put_bucket_versioning(Bucket=who.world.source.name, VersioningConfiguration=suspended)


def changes_the_policy(who: Somebody) -> None:
    theirs = policy({"Sid": "New", "Principal": "*", "Action": "s3:GetObject", "Resource": f"{who.world.source.arn}/*"})
    who.s3().put_bucket_policy(Bucket=who.world.source.name, Policy=json.dumps(theirs))


def takes_the_policy_away(who: Somebody) -> None:
    who.s3().delete_bucket_policy(Bucket=who.world.source.name)


def makes_the_copy(who: Somebody) -> None:
    who.s3(AWAY).create_bucket(Bucket=who.world.copy.name, CreateBucketConfiguration={"LocationConstraint": AWAY})


def makes_the_role(who: Somebody) -> None:
    who.iam().create_role(RoleName=who.world.role.name, AssumeRolePolicyDocument=json.dumps(trusting("ec2")))


def makes_the_alias(who: Somebody) -> None:
    key = who.kms().create_key()["KeyMetadata"]["KeyId"]
    who.kms().create_alias(AliasName=who.world.alias.name, TargetKeyId=key)


def makes_the_alarm(who: Somebody) -> None:
    who.cloudwatch().put_metric_alarm(
        AlarmName=who.world.alarm.name,
        ComparisonOperator="GreaterThanThreshold",
        EvaluationPeriods=3,
        MetricName="Theirs",
        Namespace="Theirs",
        Period=60,
        Statistic="Maximum",
        Threshold=1,
    )


def removes_the_bucket(who: Somebody) -> None:
    who.s3().delete_bucket_policy(Bucket=who.world.source.name)
    who.s3().delete_bucket(Bucket=who.world.source.name)


def gives_the_role_more(who: Somebody) -> None:
    more = policy({"Action": "s3:*", "Resource": "*"})
    who.iam().put_role_policy(RoleName=who.world.role.name, PolicyName="theirs", PolicyDocument=json.dumps(more))


def trusts_another(who: Somebody) -> None:
    who.iam().update_assume_role_policy(RoleName=who.world.role.name, PolicyDocument=json.dumps(trusting("ec2")))


def changes_the_key_policy(who: Somebody) -> None:
    key = who.kms().describe_key(KeyId=who.world.alias.name)["KeyMetadata"]["Arn"]
    root = {"Principal": {"AWS": f"arn:aws:iam::{who.world.recovery}:root"}, "Action": "kms:*", "Resource": "*"}
    theirs = policy({"Sid": "Theirs", **root})
    who.kms().put_key_policy(KeyId=key, PolicyName="default", Policy=json.dumps(theirs))


def stops_replication(who: Somebody) -> None:
    who.s3().delete_bucket_replication(Bucket=who.world.source.name)


def raises_the_threshold(who: Somebody) -> None:
    who.cloudwatch().put_metric_alarm(
        AlarmName=who.world.alarm.name,
        ComparisonOperator="GreaterThanThreshold",
        Dimensions=[{"Name": "SourceBucket", "Value": who.world.source.name}],
        EvaluationPeriods=1,
        MetricName="ReplicationLatency",
        Namespace="AWS/S3",
        Period=60,
        Statistic="Maximum",
        Threshold=1e6,
        TreatMissingData="notBreaching",
    )


Act = Callable[[Somebody], None]

BETWEEN_PLAN_AND_APPLY: list[tuple[Act, str]] = [
    (enables_versioning, "VersioningConfiguration of {name}-data"),
    (changes_the_policy, "PolicyDocument of {name}-data"),
    (takes_the_policy_away, r"{name}-data \(gone\)"),
    (removes_the_bucket, r"{name}-data \(gone\)"),
    (makes_the_copy, "existence of {name}-copy"),
    (makes_the_role, "existence of {name}"),
    (makes_the_alias, "existence of alias/{name}"),
    (makes_the_alarm, "existence of {name}"),
]

BETWEEN_APPLY_AND_UNDO: list[tuple[Act, str]] = [
    (changes_the_policy, "PolicyDocument of {name}-data"),
    (takes_the_policy_away, r"{name}-data \(gone\)"),
    (gives_the_role_more, "Policies of {name}"),
    (trusts_another, "existence of {name}"),
    (changes_the_key_policy, "KeyPolicy of "),
    (raises_the_threshold, "existence of {name}"),
]


def named(change: object) -> str:
    return getattr(change, "__name__", "")


@pytest.fixture
def world(stage: Stage) -> World:
    return stage.world()


@pytest.mark.parametrize(("change", "what"), BETWEEN_PLAN_AND_APPLY, ids=named)
def test_between_plan_and_apply(stage: Stage, world: World, change: Act, what: str) -> None:
    change(Somebody(stage, world))
    with stage.faulty() as proxy, pytest.raises(StateChangedError, match=what.format(name=world.name)):
        stage.apply(world)
    assert not set(proxy.calls) & set(WRITES)
    assert not stage.journal(world).exists()


@pytest.mark.parametrize(("change", "what"), BETWEEN_APPLY_AND_UNDO, ids=named)
def test_between_apply_and_undo(stage: Stage, world: World, change: Act, what: str) -> None:
    stage.apply(world)
    before = stage.journal(world).read_bytes()
    change(Somebody(stage, world))
    after = stage.state(world)
    with pytest.raises(StateChangedError, match=what.format(name=world.name)):
        stage.undo(world)
    assert stage.state(world) == after
    assert stage.journal(world).read_bytes() == before
    with pytest.raises(StateChangedError, match=what.format(name=world.name)):
        stage.apply(world)


@pytest.mark.parametrize(("change", "what"), BETWEEN_APPLY_AND_UNDO[:2], ids=named)
def test_between_an_interrupted_run_and_the_next(stage: Stage, world: World, change: Act, what: str) -> None:
    with stage.faulty(Fault("refuse", "cloudwatch:PutMetricAlarm")), pytest.raises(DrscanError):
        stage.apply(world)
    change(Somebody(stage, world))
    after = stage.state(world)
    for go in (stage.apply, stage.undo):
        with pytest.raises(StateChangedError, match=what.format(name=world.name)):
            go(world)
    assert stage.state(world) == after


@pytest.mark.parametrize(
    ("operation", "change"),
    [
        ("s3:PutBucketPolicy", changes_the_policy),
        ("s3:PutBucketPolicy", takes_the_policy_away),
        ("iam:CreateRole", makes_the_role),
        ("cloudwatch:PutMetricAlarm", makes_the_alarm),
        ("s3:CreateBucket", makes_the_copy),
    ],
    ids=named,
)
def test_after_a_step_was_begun(stage: Stage, world: World, operation: str, change: Act) -> None:
    """The journal cannot tell whether the call had its effect; what is there tells that it was somebody else's."""
    with stage.faulty(Fault("reset", operation)), pytest.raises(DrscanError):
        stage.apply(world)
    change(Somebody(stage, world))
    after = stage.state(world)
    for go in (stage.apply, stage.undo):
        with pytest.raises(StateChangedError):
            go(world)
    assert stage.state(world) == after


def test_what_somebody_took_back_already_is_left_as_it_is(stage: Stage, world: World) -> None:
    before = stage.state(world)
    stage.apply(world)
    stops_replication(Somebody(stage, world))
    suspends_versioning(Somebody(stage, world))
    with pytest.raises(StateChangedError, match=r"VersioningConfiguration of .*, ReplicationConfiguration of "):
        stage.apply(world)
    with stage.faulty() as proxy:
        assert {one.stays for one in stage.undo(world)} == {""}
    assert not {"s3:PutBucketVersioning", "s3:DeleteBucketReplication"} & set(proxy.calls)
    assert stage.state(world) == before


def test_right_before_a_step(stage: Stage, world: World) -> None:
    """Everything was as planned when the run began."""
    steps = stage.applying(world)
    done = [next(steps) for _ in range(8)]
    changes_the_policy(Somebody(stage, world))
    with pytest.raises(StateChangedError, match="PolicyDocument"):
        next(steps)
    assert [type(one) for one in done] == [Done] * 8


def test_what_they_did_is_shown(stage: Stage, world: World) -> None:
    enables_versioning(Somebody(stage, world))
    with pytest.raises(StateChangedError) as raised:
        stage.apply(world)
    said = raised.value.diagnostic().splitlines()
    place = f"{world.primary} us-east-1"
    assert said[0] == f"the accounts are not as the plan found them: VersioningConfiguration of {world.source.name}"
    assert said[1] == f"  step 04  VersioningConfiguration of {world.source.name}, in {place}"
    assert [line.split() for line in said[2:4]] == [["-", "Status:", '"Suspended"'], ["+", "Status:", '"Enabled"']]
    assert said[4].startswith("  nothing of it was overwritten")


def test_objects_in_a_new_bucket_are_nobody_s_to_delete(stage: Stage, world: World) -> None:
    copy, s3 = world.copy, Somebody(stage, world).s3(AWAY)
    stage.apply(world, plan_of([Change(copy, CREATION, None, {"BucketName": copy.name})]))
    s3.put_object(Bucket=copy.name, Key="theirs", Body=b"kept")
    (undone,) = stage.undo(world)
    assert "BucketNotEmpty" in undone.stays
    assert s3.get_object(Bucket=copy.name, Key="theirs")["Body"].read() == b"kept"
    s3.delete_object(Bucket=copy.name, Key="theirs")
    assert [one.stays for one in stage.undo(world)] == [""]
    assert stage.state(world, [copy]) == {f"{copy.type} {copy.name}": None}


def test_a_role_that_others_use_stays(stage: Stage, world: World) -> None:
    made = {"RoleName": world.role.name, "Path": "/", "AssumeRolePolicyDocument": trusting("s3")}
    stage.apply(world, plan_of([Change(world.role, CREATION, None, made)]))
    gives_the_role_more(Somebody(stage, world))
    (undone,) = stage.undo(world)
    assert "DeleteConflict" in undone.stays
