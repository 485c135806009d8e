"""Instances of a plan, as they are once it is read and resolved."""

from pathlib import Path
from typing import Any

from scanner.estate.resource import Location, Resource
from scanner.sources.completion import completed
from scanner.sources.declared import Declared, Deployment
from scanner.sources.terraform.planned import Place, Planned
from scanner.sources.terraform.resources import declared_by

HERE = Deployment(Path("plan.json"), Path(), "111111111111", "eu-west-1")
BUCKET = "AWS::S3::Bucket"
KEPT = "DR::Template::Resource"


def planned(
    type_: str,
    name: str,
    /,
    *,
    account: str = HERE.account,
    region: str = HERE.region,
    actions: tuple[str, ...] = ("create",),
    **values: Any,
) -> Planned:
    address = f"{type_}.{name}"
    place = Place(account, region, "aws", HERE.stand_in(address))
    return Planned(address, type_, name, values, place, Location("plan.json", 1, 9), actions=actions)


def declared(*instances: Planned, removed: tuple[Planned, ...] = ()) -> Declared:
    return declared_by(instances, HERE, removed)


def all_of(type_: str, *instances: Planned) -> list[Resource]:
    return [one for one in declared(*instances).resources if one.type == type_]


def the_one(type_: str, *instances: Planned) -> Resource:
    (found,) = all_of(type_, *instances)
    return found


def like(found: Resource, **properties: Any) -> dict[str, Any]:
    """What a resource in the place of the one found is with these properties, given as CloudFormation has them."""
    bare = Resource(found.type, found.arn, found.account, found.region, found.name, properties)
    return dict(completed(bare).properties)
