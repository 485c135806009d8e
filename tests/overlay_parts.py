"""Resources as they are read live and as templates declare them, with nothing that a test does not speak of."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import pytest

from scanner.estate.estate import Account, Estate, Unseen
from scanner.estate.overlay import overlay
from scanner.estate.resource import Location, Resource
from scanner.estate.unknown import Value

HOME, AWAY = "111111111111", "222222222222"
HERE, THERE = "us-east-1", "eu-west-1"
FILE = "primary.yaml"

Make = Callable[..., Resource]


def live(
    type_: str, arn: str, name: str = "", account: str = HOME, region: str = HERE, **properties: Value
) -> Resource:
    """A resource that was read."""
    name = name or arn.rpartition("/")[2].rpartition(":")[2]
    return Resource(type_, arn, account, region, name, properties)


def declared(
    type_: str,
    arn: str,
    name: str = "",
    account: str = HOME,
    region: str = HERE,
    defaults: dict[str, Value] | None = None,
    file: str = FILE,
    **stated: Value,
) -> Resource:
    """A resource of a template that states these properties; `defaults` are what AWS sets besides."""
    name = name or arn.rpartition("/")[2].rpartition(":")[2]
    properties = {**(defaults or {}), **stated}
    return Resource(type_, arn, account, region, name, properties, Location(file, 3, 9), frozenset(stated))


def bucket(make: Make, name: str, **properties: Any) -> Resource:
    return make("AWS::S3::Bucket", f"arn:aws:s3:::{name}", name, BucketName=name, **properties)


def bucket_policy(make: Make, name: str, document: Value, **more: Any) -> Resource:
    arn = f"arn:aws:s3:::{name}"
    return make("AWS::S3::BucketPolicy", arn, name, Bucket=name, PolicyDocument=document, **more)


def key(make: Make, id_: str, **properties: Any) -> Resource:
    return make("AWS::KMS::Key", f"arn:aws:kms:{HERE}:{HOME}:key/{id_}", id_, **properties)


def alias(make: Make, name: str, target: str, **more: Any) -> Resource:
    arn = f"arn:aws:kms:{HERE}:{HOME}:{name}"
    return make("AWS::KMS::Alias", arn, name, AliasName=name, TargetKeyId=target, **more)


def role(make: Make, name: str, **properties: Any) -> Resource:
    return make("AWS::IAM::Role", f"arn:aws:iam::{HOME}:role/{name}", name, region="", **properties)


def made_by(stack: str, logical_id: str) -> list[Value]:
    """The tags that CloudFormation puts on what it makes."""
    tags = {"aws:cloudformation:stack-name": stack, "aws:cloudformation:logical-id": logical_id}
    return [{"Key": name, "Value": value} for name, value in tags.items()]


@dataclass
class Overlaid:
    """An estate of two accounts that were read in one region each, and what it comes to with templates laid over it."""

    resources: list[Resource] = field(default_factory=list)
    unseen: list[Unseen] = field(default_factory=list)
    accounts: tuple[Account, ...] = (Account(HOME, "home", (HERE,)), Account(AWAY, "away", (THERE,)))

    @property
    def before(self) -> Estate:
        return Estate(tuple(self.resources), self.accounts, tuple(self.unseen))

    def after(self, *templates: Resource, **more: Any) -> Estate:
        return overlay(self.before, templates, **more)

    def fate(self, one: Resource, *others: Resource) -> Resource:
        """What becomes of a declared resource, which keeps its ARN or is alone of its type."""
        after = self.after(one, *others)
        return after.get(one.type, one.arn) or _only(after.of_type(one.type))


def _only(found: Iterable[Resource]) -> Resource:
    [one] = found
    return one


@pytest.fixture
def estate() -> Overlaid:
    return Overlaid()
