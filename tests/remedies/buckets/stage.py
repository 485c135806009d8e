"""A replicated bucket on an emulated AWS, in two accounts, made by plain boto3 calls; and the way through a whole fix.

It is replicated well and otherwise left as it is: what is to be mended a test takes away, or finds missing.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from planned import judged, pack

from scanner import audit
from scanner.estate.estate import Estate
from scanner.estate.intent import AccountIntent, Intent
from scanner.estate.unknown import Value
from scanner.estate.verdict import Verdict
from scanner.remedies.applying import Done, Skipped, apply
from scanner.remedies.decisions import Decisions
from scanner.remedies.journal import Journal
from scanner.remedies.journal_file import opened
from scanner.remedies.plan_file import read_plan, write_plan
from scanner.remedies.planning import plan, with_remedies
from scanner.remedies.proposals import Choices
from scanner.remedies.step import Plan, Safety
from scanner.remedies.table import REMEDIES
from scanner.remedies.undoing import Undone, undo
from scanner.sources.aws.reader import read
from scanner.sources.aws.targets import Target

HOME, AWAY = "us-east-1", "eu-west-1"
LANGUAGE = "2012-10-17"


def policy(*statements: Mapping[str, Value]) -> str:
    return json.dumps({"Version": LANGUAGE, "Statement": [{"Effect": "Allow", **one} for one in statements]})


@dataclass
class Stage:
    """Two accounts with the bucket, its copy and the role; `folder` takes plans and journals."""

    aws: Any
    recovery: str
    folder: Path
    choices: Choices = field(default_factory=Choices)

    @property
    def primary(self) -> str:
        return str(self.aws.account)

    @property
    def source(self) -> str:
        return f"data-{self.primary}"

    @property
    def copy(self) -> str:
        return f"copy-{self.primary}"

    @property
    def intent(self) -> Intent:
        entered = (
            AccountIntent(name, id_, f"arn:aws:iam::{id_}:role/drscan", regions=(HOME, AWAY))
            for name, id_ in (("primary", self.primary), ("recovery", self.recovery))
        )
        return Intent(accounts=tuple(entered))

    def here(self, service: str) -> Any:
        return self.aws.client(service, HOME, self.primary)

    def there(self, service: str) -> Any:
        return self.aws.client(service, AWAY, self.recovery)

    def build(self) -> None:
        self.aws.bucket(self.source, HOME, self.primary)
        self.aws.bucket(self.copy, AWAY, self.recovery)
        on = {"Status": "Enabled"}
        self.here("s3").put_bucket_versioning(Bucket=self.source, VersioningConfiguration=on)
        self.there("s3").put_bucket_versioning(Bucket=self.copy, VersioningConfiguration=on)
        source, copy = f"arn:aws:s3:::{self.source}", f"arn:aws:s3:::{self.copy}"
        trust = {"Principal": {"Service": "s3.amazonaws.com"}, "Action": "sts:AssumeRole"}
        role = self.here("iam").create_role(RoleName="copying", AssumeRolePolicyDocument=policy(trust))["Role"]["Arn"]
        read_ = [f"s3:GetObjectVersion{part}" for part in ("ForReplication", "Acl", "Tagging")]
        write = ["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"]
        allowed = (
            {"Action": ["s3:GetReplicationConfiguration", "s3:ListBucket"], "Resource": source},
            {"Action": read_, "Resource": f"{source}/*"},
            {"Action": write, "Resource": f"{copy}/*"},
        )
        self.here("iam").put_role_policy(RoleName="copying", PolicyName="copy", PolicyDocument=policy(*allowed))
        admitted = {"Sid": "Copies", "Principal": {"AWS": role}, "Action": write, "Resource": f"{copy}/*"}
        self.there("s3").put_bucket_policy(Bucket=self.copy, Policy=policy(admitted))
        rule = {
            "ID": "dr",
            "Priority": 1,
            "Status": "Enabled",
            "Filter": {"Prefix": ""},
            "DeleteMarkerReplication": {"Status": "Disabled"},
            "Destination": {"Bucket": copy, "Account": self.recovery},
        }
        configuration = {"Role": role, "Rules": [rule]}
        self.here("s3").put_bucket_replication(Bucket=self.source, ReplicationConfiguration=configuration)

    def asked(self, rules: Collection[str]) -> audit.Question:
        chosen = tuple(rule for rule in pack().rules if rule.id in rules)
        return with_remedies(audit.Question(pack(), chosen, self.intent), REMEDIES)

    def seen(self, rules: Collection[str]) -> Estate:
        """What a scan for these rules reads."""
        targets = [Target(one.id, one.name, one.role, None, one.regions) for one in self.intent.accounts]
        return read(targets, self.asked(rules).needs, session=self.aws.session)

    def failing(self, rules: Collection[str]) -> set[tuple[str, str]]:
        """What a scan finds failing: rule and resource."""
        scan = judged(self.asked(rules), self.seen(rules))
        return {(one.rule, one.resource.name) for one in scan.findings if one.verdict is Verdict.FAIL}

    def plan(self, rules: Collection[str]) -> Plan:
        asked = self.asked(rules)
        return plan(asked, self.seen(rules), self.choices, REMEDIES, source="aws", clock=audit.Clock())

    def kept(self, made: Plan) -> tuple[Path, Plan]:
        """The plan as its file has it."""
        file = self.folder / "plan.json"
        write_plan(made, file)
        return file, read_plan(file)

    @contextmanager
    def journal(self, made: Plan | None = None) -> Iterator[Journal]:
        with opened(self.folder / "plan.json.journal", made) as journal:
            yield journal

    def apply(self, made: Plan) -> list[Done | Skipped]:
        """Do the plan, with everything allowed that it asks for."""
        names = frozenset(step.target.arn for step in made.steps if step.safety is Safety.IRREVERSIBLE)
        with self.journal(made) as journal:
            return list(apply(journal, self.aws.accounts(self.recovery), Decisions(lambda _: True, names)))

    def undo(self) -> list[Undone]:
        with self.journal() as journal:
            return list(undo(journal, self.aws.accounts(self.recovery)))


def properties_of(estate: Estate) -> dict[tuple[str, str], Value]:
    """Every property of every resource by its place, so that a difference names what differs."""
    return {
        (resource.identity, name): value for resource in estate.resources for name, value in resource.properties.items()
    }
