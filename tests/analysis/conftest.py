"""A small world to ask analyses about: resources in the one shape, with nothing that a test does not speak of."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from scanner import analysis
from scanner.estate.estate import Account, Estate, Unseen
from scanner.estate.intent import Intent
from scanner.estate.needs import Need
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value

PRIMARY, RECOVERY = "111111111111", "222222222222"
EAST, WEST = "us-east-1", "eu-west-1"


@dataclass
class World:
    """What exists, and what was not seen of it. `ask` derives a property and answers with its value."""

    intent: Intent = field(default_factory=Intent)
    resources: list[Resource] = field(default_factory=list)
    unseen: list[Unseen] = field(default_factory=list)
    accounts: tuple[Account, ...] = (Account(PRIMARY, "primary"), Account(RECOVERY, "recovery"))

    def add(self, type_: str, arn: str, account: str, region: str, name: str, **properties: Value) -> Resource:
        added = Resource(type_, arn, account, region, name, properties)
        self.resources = [one for one in self.resources if one.identity != added.identity] + [added]
        return added

    def bucket(
        self, name: str, account: str = PRIMARY, region: str = EAST, partition: str = "aws", **properties: Value
    ) -> Resource:
        return self.add("AWS::S3::Bucket", f"arn:{partition}:s3:::{name}", account, region, name, **properties)

    def policy(self, bucket: str, document: Value, account: str = PRIMARY, region: str = EAST) -> Resource:
        return self.add("AWS::S3::BucketPolicy", "", account, region, bucket, Bucket=bucket, PolicyDocument=document)

    def trail(self, name: str = "audit", account: str = PRIMARY, region: str = EAST, **properties: Value) -> Resource:
        healthy = {"IsLogging": True, "IsMultiRegionTrail": True, "IsOrganizationTrail": False, "S3BucketName": "logs"}
        return self._regional(
            "AWS::CloudTrail::Trail", "cloudtrail", "trail/", name, account, region, healthy | properties
        )

    def alarm(self, name: str, account: str = PRIMARY, region: str = EAST, **properties: Value) -> Resource:
        return self._regional("AWS::CloudWatch::Alarm", "cloudwatch", "alarm:", name, account, region, properties)

    def topic(self, name: str, account: str = PRIMARY, region: str = EAST, **properties: Value) -> Resource:
        return self._regional("AWS::SNS::Topic", "sns", "", name, account, region, properties)

    def key(self, name: str, account: str = PRIMARY, region: str = EAST, **properties: Value) -> Resource:
        return self._regional("AWS::KMS::Key", "kms", "key/", name, account, region, properties)

    def alias(self, name: str, target: Value, account: str = PRIMARY, region: str = EAST) -> Resource:
        properties = {"AliasName": name, "TargetKeyId": target}
        return self._regional("AWS::KMS::Alias", "kms", "", name, account, region, properties)

    def access_point(self, name: str, *members: Value, **properties: Value) -> Resource:
        arn = f"arn:aws:s3::{PRIMARY}:accesspoint/{name}.mrap"
        return self.add("AWS::S3::MultiRegionAccessPoint", arn, PRIMARY, "", name, Regions=list(members), **properties)

    def metric_filter(self, pattern: str, group: str = "trail", name: str = "denied", **properties: Value) -> Resource:
        metric = {"MetricNamespace": "Audit", "MetricName": "Denied"}
        healthy = {"LogGroupName": group, "FilterPattern": pattern, "MetricTransformations": [metric]}
        return self.add("AWS::Logs::MetricFilter", "", PRIMARY, EAST, f"{group}:{name}", **healthy | properties)

    def vault(self, name: str, account: str = PRIMARY, region: str = EAST, **properties: Value) -> Resource:
        return self._regional("AWS::Backup::BackupVault", "backup", "backup-vault:", name, account, region, properties)

    def plan(self, name: str, *rules: tuple[Value, Value], account: str = PRIMARY, region: str = EAST) -> Resource:
        """A backup plan, whose rules are pairs: the vault written to, and the ARNs of those copied to."""
        written = [
            {"TargetBackupVault": vault, "CopyActions": copies}
            if isinstance(copies, Unknown)
            else {"TargetBackupVault": vault, "CopyActions": [{"DestinationBackupVaultArn": arn} for arn in copies]}
            for vault, copies in rules
        ]
        properties = {"BackupPlan": {"BackupPlanRule": written}}
        return self._regional("AWS::Backup::BackupPlan", "backup", "backup-plan:", name, account, region, properties)

    def declared(self, of: Resource | str, address: str = "Thing", **properties: Value) -> Resource:
        """A resource as a template of CloudFormation declares it: one that exists here, or a type alone."""
        type_, arn = (of, "") if isinstance(of, str) else (of.type, of.arn)
        region = EAST if isinstance(of, str) else of.region
        facts = {"Address": address, "Type": type_, "Format": "cloudformation", "ResourceArn": arn, **properties}
        return self.add("DR::Template::Resource", "", PRIMARY, region, address, **facts)

    def not_seen(self, what: str, account: str = PRIMARY, region: str = "", reason: str = "refused") -> None:
        self.unseen.append(Unseen(account, region, what, reason))

    @property
    def estate(self) -> Estate:
        return Estate(tuple(self.resources), self.accounts, tuple(self.unseen))

    def ask(self, resource: Resource | str, fact: str, type_: str = "AWS::S3::Bucket") -> Any:
        """The derived fact (`IsSource`) of a resource, given itself or by the name of a bucket; None where absent."""
        if isinstance(resource, Resource):
            type_, resource = resource.type, resource.name
        wanted = {Need(type_, f"Derived.{fact}")}
        found = analysis.derive(self.estate, self.intent, wanted)
        derived = next(one for one in found.of_type(type_) if one.name == resource).properties["Derived"]
        return derived.get(fact)

    def place(self, fact: str, account: str = PRIMARY, region: str = EAST) -> Any:
        """The fact of the account's part of a region, or a KeyError when the estate keeps no data there."""
        wanted = {Need("DR::AccountRegion", ""), Need("DR::AccountRegion", fact)}
        places = analysis.derive(self.estate, self.intent, wanted).of_type("DR::AccountRegion")
        return {(one.account, one.region): one for one in places}[account, region].properties.get(fact)

    def _regional(
        self, type_: str, service: str, kind: str, name: str, account: str, region: str, properties: dict[str, Value]
    ) -> Resource:
        return self.add(
            type_, f"arn:aws:{service}:{region}:{account}:{kind}{name}", account, region, name, **properties
        )


@pytest.fixture
def world() -> World:
    """An empty world of two accounts, both scanned in every region."""
    return World()


@pytest.fixture
def replicating() -> Callable[..., dict[str, Value]]:
    """Makes a replication configuration with one rule to each destination bucket named; keywords go into the rules."""

    def configuration(*destinations: str, **rule: Value) -> dict[str, Value]:
        rules = [
            {"Id": f"to-{name}", "Status": "Enabled", **rule, "Destination": {"Bucket": f"arn:aws:s3:::{name}"}}
            for name in destinations
        ]
        return {"Role": "arn:aws:iam::111111111111:role/replication", "Rules": rules}

    return configuration
