"""A plan of twelve steps in two accounts, and an emulated AWS on which it is done again and again, with faults.

It makes a key with an alias, a locked bucket and a role, and changes a bucket and a bucket's policy that are there. The
accounts stay for many runs, as entering them takes longer than a plan; every run has names of its own.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import boto3
from fault_proxy import Fault, FaultProxy
from forking_drscan import Finished, Forks, Running

from scanner.estate.resource import Resource
from scanner.estate.shapes import load_shape
from scanner.estate.unknown import Unknown, Value
from scanner.remedies.accounts import Accounts
from scanner.remedies.applying import Done, Skipped, apply
from scanner.remedies.decisions import Decisions
from scanner.remedies.differences import Change
from scanner.remedies.journal import Journal
from scanner.remedies.journal_file import opened
from scanner.remedies.plan_file import write_plan
from scanner.remedies.step import CREATION, Plan, Target
from scanner.remedies.steps import Served, digest_of, steps_of
from scanner.remedies.undoing import Undone, undo
from scanner.sources.aws.patience import Patience
from scanner.sources.aws.targets import Target as Account

HOME, AWAY = "us-east-1", "eu-west-1"
LANGUAGE = "2012-10-17"
ALL = Decisions(lambda step: True, frozenset())
WRITES = (
    "kms:CreateKey",
    "kms:CreateAlias",
    "s3:CreateBucket",
    "s3:PutBucketVersioning",
    "s3:PutObjectLockConfiguration",
    "iam:CreateRole",
    "iam:PutRolePolicy",
    "kms:PutKeyPolicy",
    "s3:PutBucketPolicy",
    "s3:PutBucketEncryption",
    "s3:PutBucketReplication",
    "cloudwatch:PutMetricAlarm",
)
"""The calls that change something, one a step."""

ONCE = Patience(attempts=1, mode="standard", connect_timeout=2, read_timeout=5)


def policy(*statements: Mapping[str, Value]) -> dict[str, Value]:
    return {"Version": LANGUAGE, "Statement": [{"Effect": "Allow", **one} for one in statements]}


def trusting(service: str) -> dict[str, Value]:
    return policy({"Principal": {"Service": f"{service}.amazonaws.com"}, "Action": "sts:AssumeRole"})


@dataclass(frozen=True)
class World:
    """Names of one run: a bucket in the primary account, and what a plan makes of it and in the recovery account."""

    primary: str
    recovery: str
    name: str

    @property
    def source(self) -> Target:
        return self.bucket(f"{self.name}-data", self.primary, HOME)

    @property
    def copy(self) -> Target:
        return self.bucket(f"{self.name}-copy", self.recovery, AWAY)

    @property
    def key(self) -> Target:
        id_ = f"{{{self.name}-key}}"
        arn = f"arn:aws:kms:{AWAY}:{self.recovery}:key/{id_}"
        return Target("AWS::KMS::Key", arn, self.recovery, AWAY, id_)

    @property
    def alias(self) -> Target:
        name = f"alias/{self.name}"
        return Target("AWS::KMS::Alias", f"arn:aws:kms:{AWAY}:{self.recovery}:{name}", self.recovery, AWAY, name)

    @property
    def role(self) -> Target:
        arn = f"arn:aws:iam::{self.primary}:role/{self.name}"
        return Target("AWS::IAM::Role", arn, self.primary, "", self.name)

    @property
    def alarm(self) -> Target:
        arn = f"arn:aws:cloudwatch:{HOME}:{self.primary}:alarm:{self.name}"
        return Target("AWS::CloudWatch::Alarm", arn, self.primary, HOME, self.name)

    def bucket(self, name: str, account: str, region: str) -> Target:
        return Target("AWS::S3::Bucket", f"arn:aws:s3:::{name}", account, region, name)

    def policy_of(self, bucket: Target) -> Target:
        return Target("AWS::S3::BucketPolicy", bucket.arn, bucket.account, bucket.region, bucket.name)

    @property
    def targets(self) -> tuple[Target, ...]:
        """Everything that the plan touches."""
        buckets = (self.source, self.copy)
        return (*buckets, *map(self.policy_of, buckets), self.key, self.alias, self.role, self.alarm)


def before(world: World) -> Value:
    """The policy of the source bucket as it is found: somebody else's statement."""
    return policy({"Sid": "Theirs", **read_by(world.recovery, world.source)})


def read_by(account: str, bucket: Target) -> dict[str, Value]:
    principal = {"AWS": f"arn:aws:iam::{account}:root"}
    return {"Principal": principal, "Action": "s3:GetObject", "Resource": f"{bucket.arn}/*"}


def changes(world: World) -> Iterator[Change]:
    """The twelve changes, not in order."""
    source, copy, key, role = world.source, world.copy, world.key, world.role
    yield Change(key, CREATION, None, {"Description": f"copies of {source.name}"})
    kept = {"Sid": "Keeper", "Principal": {"AWS": f"arn:aws:iam::{world.recovery}:root"}, "Action": "kms:*"}
    use = {"Sid": "Use", "Principal": {"AWS": role.arn}, "Action": "kms:Encrypt"}
    everything = {"Resource": "*"}
    yield Change(
        key, "KeyPolicy", policy({**kept, **everything}), policy({**kept, **everything}, {**use, **everything})
    )
    yield Change(world.alias, CREATION, None, {"AliasName": world.alias.name, "TargetKeyId": key.name})
    yield Change(copy, CREATION, None, {"BucketName": copy.name, "ObjectLockEnabled": True})
    retention = {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 3}}
    locked = {"ObjectLockEnabled": "Enabled"}
    yield Change(copy, "ObjectLockConfiguration", locked, {**locked, "Rule": retention})
    yield Change(source, "VersioningConfiguration", {"Status": "Suspended"}, {"Status": "Enabled"})
    made = {"RoleName": role.name, "Path": "/", "AssumeRolePolicyDocument": trusting("s3")}
    yield Change(role, CREATION, None, made)
    write = policy({"Action": "s3:ReplicateObject", "Resource": f"{copy.arn}/*"})
    yield Change(role, "Policies", [], [{"PolicyName": "copy", "PolicyDocument": write}])
    theirs = before(world)["Statement"]
    ours = policy(*theirs, {"Sid": "Ours", **read_by(world.primary, source)})
    yield Change(world.policy_of(source), "PolicyDocument", before(world), ours)
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key.arn}
    rule = {"ServerSideEncryptionByDefault": default, "BucketKeyEnabled": True}
    plain = {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False}
    blocked = {"BlockedEncryptionTypes": {"EncryptionType": ["SSE-C"]}}
    yield Change(
        copy,
        "BucketEncryption",
        {"ServerSideEncryptionConfiguration": [{**plain, **blocked}]},
        {"ServerSideEncryptionConfiguration": [{**rule, **blocked}]},
    )
    link = {
        "Id": "all",
        "Priority": 1,
        "Status": "Enabled",
        "Filter": {},
        "DeleteMarkerReplication": {"Status": "Disabled"},
        "Destination": {"Bucket": copy.arn, "Account": world.recovery},
    }
    yield Change(source, "ReplicationConfiguration", None, {"Role": role.arn, "Rules": [link]})
    late = {
        "AlarmName": world.alarm.name,
        "ActionsEnabled": True,
        "ComparisonOperator": "GreaterThanThreshold",
        "Dimensions": [{"Name": "SourceBucket", "Value": source.name}],
        "EvaluationPeriods": 1,
        "MetricName": "ReplicationLatency",
        "Namespace": "AWS/S3",
        "Period": 60,
        "Statistic": "Maximum",
        "Threshold": 900.0,
        "TreatMissingData": "notBreaching",
    }
    yield Change(world.alarm, CREATION, None, late)


def twelve_steps(world: World) -> Plan:
    """The plan."""
    return plan_of(changes(world))


def plan_of(changes: Iterable[Change], serves: Mapping[tuple[Target, str], Served] | None = None) -> Plan:
    """A plan of any changes; `serves` are the findings that they are for."""
    steps = steps_of(changes, serves or {})
    return Plan("2026-11-21T12:00:00Z", "a test", digest_of(steps), steps)


@dataclass
class Stage:
    """An emulated AWS behind a faulty proxy, and two accounts in it that are entered once."""

    endpoint_url: str
    proxy: FaultProxy
    folder: Path
    accounts: tuple[str, str] = ("", "")
    _runs: int = 0
    _left: int = 0
    _entered: dict[Patience, Accounts] = field(default_factory=dict)
    _clients: dict[tuple[str, str, str], Any] = field(default_factory=dict)
    _session: Any = None

    def world(self, *, alone: bool = False) -> World:
        """A world of its own: a bucket that keeps no versions any more, with somebody's policy.

        With `alone` nothing of earlier worlds is in its accounts. Otherwise that is so from time to time: keys that are
        scheduled for deletion stay, and make looking for one longer.
        """
        self._left -= 1
        if alone or self._left < 0:
            self._left = 40
            number = 300_000_000_000 + self._runs
            self.accounts, self._entered = (f"{number}", f"{number + 1}"), {}
        self._runs += 1
        world = World(*self.accounts, f"run-{self._runs}")
        s3, name = self.client("s3", world.primary, HOME), world.source.name
        s3.create_bucket(Bucket=name)
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Suspended"})
        s3.put_bucket_policy(Bucket=name, Policy=json.dumps(before(world)))
        return world

    def live(self, patience: Patience = ONCE) -> Accounts:
        """The way into the accounts, through the proxy, without waiting for anything."""
        if patience not in self._entered:
            targets = [Account(one, one, f"arn:aws:iam::{one}:role/drscan", None, (HOME,)) for one in self.accounts]
            live = self._entered[patience] = Accounts(targets, self.session, pauses=(), patience=patience)
            for account in self.accounts:
                live.reach(account)
        return self._entered[patience]

    @property
    def session(self) -> Any:
        if self._session is None:
            self._session = boto3.Session("test", "test", region_name=HOME)
        return self._session

    def client(self, service: str, account: str, region: str) -> Any:
        """A plain boto3 client past the proxy, as somebody else has it."""
        known = self._clients.get((service, account, region))
        if known is None:
            sts = self.session.client("sts", endpoint_url=self.endpoint_url)
            role = sts.assume_role(RoleArn=f"arn:aws:iam::{account}:role/somebody", RoleSessionName="somebody")
            keys = role["Credentials"]
            known = self._clients[service, account, region] = self.session.client(
                service,
                region_name=region,
                endpoint_url=self.endpoint_url,
                aws_access_key_id=keys["AccessKeyId"],
                aws_secret_access_key=keys["SecretAccessKey"],
                aws_session_token=keys["SessionToken"],
            )
        return known

    def journal(self, world: World) -> Path:
        return self.folder / f"{world.name}.journal"

    def apply(self, world: World, plan: Plan | None = None, decisions: Decisions = ALL) -> list[Done | Skipped]:
        """Apply the world's plan, or go on with it."""
        return list(self.applying(world, plan, decisions))

    def applying(self, world: World, plan: Plan | None = None, decisions: Decisions = ALL) -> Iterator[Done | Skipped]:
        """The same, step by step."""
        with opened(self.journal(world), plan or twelve_steps(world)) as journal:
            yield from apply(journal, self.live(), decisions)

    def undo(self, world: World) -> list[Undone]:
        """Undo what the world's journal says."""
        with opened(self.journal(world)) as journal:
            return list(undo(journal, self.live()))

    @contextmanager
    def opened(self, world: World) -> Iterator[Journal]:
        """The world's journal."""
        with opened(self.journal(world), twelve_steps(world)) as journal:
            yield journal

    def state(self, world: World, targets: Sequence[Target] = ()) -> dict[str, Value]:
        """Every property of everything that the plan touches; None where there is no such thing."""
        return {f"{one.type} {one.name}": self._state(one) for one in targets or world.targets if "{" not in one.arn}

    def _state(self, target: Target) -> Value:
        shape = load_shape(target.type)
        assert shape is not None
        names = tuple(name for name in shape.schema["properties"] if name != "Observed")
        wanted = Resource(target.type, target.arn, target.account, target.region, target.name)
        found = self.live().read(wanted, names)
        assert not isinstance(found, Unknown), found.reason
        return found and {name: value for name, value in found.properties.items() if name != "Observed"}

    def keys(self, world: World) -> list[str]:
        """The states of the keys that were made in this world, be it by whom it may."""
        kms = self.client("kms", world.recovery, AWAY)
        found = [kms.describe_key(KeyId=one["KeyId"])["KeyMetadata"] for one in kms.list_keys()["Keys"]]
        return [one["KeyState"] for one in found if one["Description"] == f"copies of {world.source.name}"]

    @contextmanager
    def faulty(self, *faults: Fault) -> Iterator[FaultProxy]:
        """What goes wrong in the block. Calls are counted anew, and their count stays."""
        self.live()
        self.proxy.reset(*faults)
        try:
            yield self.proxy
        finally:
            self.proxy.faults = []


class Commands:
    """A world with its plan and estate file on disk, and `drscan fix` as a process."""

    def __init__(self, stage: Stage, forks: Forks, *, alone: bool = False) -> None:
        self.stage, self.forks, self.folder, self.world = stage, forks, stage.folder, stage.world(alone=alone)
        self.plan, self.estate = self.folder / "plan.json", self.folder / "estate.yaml"
        self.journal = stage.journal(self.world)
        write_plan(twelve_steps(self.world), self.plan)
        accounts = {
            name: {"id": id_, "role": f"arn:aws:iam::{id_}:role/drscan", "regions": [HOME, AWAY]}
            for name, id_ in (("primary", self.world.primary), ("recovery", self.world.recovery))
        }
        self.intend({"version": 1, "accounts": accounts})

    def intend(self, intent: Mapping[str, Value]) -> None:
        """Write the estate file."""
        self.intent = intent
        self.estate.write_text(json.dumps(intent))

    def fix(self, command: str, *arguments: object) -> Finished:
        """Any command of `drscan fix`."""
        return self.forks.start("fix", command, *arguments, "--estate", self.estate, folder=self.folder).wait()

    def start(self, *options: object, plan: Path | None = None, journal: Path | None = None) -> Running:
        """Begin to apply the plan."""
        files = (plan or self.plan, "--journal", journal or self.journal, "--estate", self.estate)
        return self.forks.start("fix", "apply", *files, *options, folder=self.folder)

    def apply(self, *options: object, plan: Path | None = None, journal: Path | None = None) -> Finished:
        """Apply the plan."""
        return self.start(*options, plan=plan, journal=journal).wait()

    def start_undo(self, *options: object, journal: Path | None = None) -> Running:
        """Begin to undo what the journal says."""
        file = journal or self.journal
        return self.forks.start("fix", "undo", file, "--estate", self.estate, *options, folder=self.folder)

    def undo(self, *options: object, journal: Path | None = None) -> Finished:
        """Undo what the journal says."""
        return self.start_undo(*options, journal=journal).wait()

    @contextmanager
    def held(self, operation: str, *, command: str = "apply", acts: bool = False) -> Iterator[Running]:
        """An apply (or undo) that waits for the answer to this call for as long as the block runs."""
        with self.stage.faulty(Fault("hold", operation, acts=acts, times=1)) as proxy:
            running = self.start("--yes") if command == "apply" else self.start_undo("--yes")
            deadline = monotonic() + 30
            while not proxy.held and monotonic() < deadline:
                sleep(0.005)
            assert proxy.held
            yield running
