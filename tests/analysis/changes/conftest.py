"""A link from one account to another as it is live, and the same parts as templates declare them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from overlay_parts import AWAY, HOME, THERE, Make, Overlaid, bucket, bucket_policy, declared, live, role

from scanner.analysis.changes import changes_between
from scanner.analysis.replication import derive_links
from scanner.estate.changes import Changes, LinkChange
from scanner.estate.estate import Estate
from scanner.estate.intent import Intent
from scanner.estate.resource import Resource

Json = dict[str, Any]
ROLE = f"arn:aws:iam::{HOME}:role/copy"
COPIES = "arn:aws:s3:::copies"


def document(*statements: Json) -> Json:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(actions: Any, resources: Any, **more: Any) -> Json:
    return {"Effect": "Allow", "Action": actions, "Resource": resources, **more}


@dataclass
class Parts:
    """The parts of a working link, each as resource of whichever kind it is made."""

    make: Make
    rule: Json = field(
        default_factory=lambda: {
            "Id": "dr",
            "Priority": 1,
            "Status": "Enabled",
            "Filter": {"Prefix": ""},
            "DeleteMarkerReplication": {"Status": "Disabled"},
            "Destination": {"Bucket": COPIES, "Account": AWAY},
        }
    )

    def source(self, *rules: Json, **properties: Any) -> Resource:
        """Without rules it has the one; `ReplicationConfiguration=None` leaves them out."""
        replication = {"ReplicationConfiguration": {"Role": ROLE, "Rules": list(rules or (self.rule,))}} | properties
        return bucket(self.make, "data", **_BUCKET | {name: value for name, value in replication.items() if value})

    def destination(self, **properties: Any) -> Resource:
        return bucket(self.make, "copies", account=AWAY, region=THERE, **_BUCKET | properties)

    def admitting(self, *actions: str, principal: str = ROLE) -> Resource:
        """The destination's policy; without actions it admits the role to all that it needs."""
        named = list(actions or ("s3:ReplicateObject", "s3:ReplicateDelete"))
        statement = allow(named, f"{COPIES}/*", Sid="Copies", Principal={"AWS": principal})
        return bucket_policy(self.make, "copies", document(statement), account=AWAY, region=THERE)

    def role(self, *more: Json) -> Resource:
        service = {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sts:AssumeRole"}
        read = ["s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"]
        statements = (
            allow(["s3:GetReplicationConfiguration", "s3:ListBucket"], "arn:aws:s3:::data"),
            allow(read, "arn:aws:s3:::data/*"),
            allow(["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"], f"{COPIES}/*"),
            *more,
        )
        policies = [{"PolicyName": "copy", "PolicyDocument": document(*statements)}]
        return role(self.make, "copy", AssumeRolePolicyDocument=document(service), Policies=policies)

    def all(self) -> list[Resource]:
        return [self.source(), self.destination(), self.admitting(), self.role()]


_BUCKET: Mapping[str, Any] = {
    "VersioningConfiguration": {"Status": "Enabled"},
    "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
    "BucketEncryption": {
        "ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
    },
}


@dataclass
class Deployment:
    """An estate as it is live, to deploy templates to."""

    estate: Overlaid = field(default_factory=lambda: Overlaid(Parts(live).all()))

    def __call__(self, *templates: Resource, **more: Any) -> Changes:
        return changes_between(_derived(self.estate.before), _derived(self.estate.after(*templates, **more)))

    def link(self, *templates: Resource, **more: Any) -> LinkChange:
        """What becomes of the one link."""
        [found] = self(*templates, **more).links
        return found


def _derived(estate: Estate) -> Estate:
    return derive_links(estate, Intent())


@pytest.fixture
def deploy() -> Deployment:
    return Deployment()


@pytest.fixture
def there() -> Parts:
    """The parts as they are live."""
    return Parts(live)


@pytest.fixture
def parts() -> Parts:
    """The parts as a template declares them."""
    return Parts(declared)
