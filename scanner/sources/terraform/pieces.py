"""What one resource of Terraform gives: resources of the one shape, and parts of others.

A bucket of the one shape is put together from a dozen resources of Terraform, a role from several. Each table of types
says in these terms what a type gives; `resources` puts the pieces together.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value
from scanner.sources.terraform.identities import known_as, owner_of
from scanner.sources.terraform.planned import Planned
from scanner.sources.terraform.readers import Reader, built, plain


@dataclass(frozen=True, slots=True)
class Target:
    """Which resource a piece belongs to: its type, and its name, id or ARN, Unknown where nobody knows it yet.

    `owner` is the account that the piece insists on as the owner, None where it does not. `crosses` says that an ARN of
    another account does as well.
    """

    type: str
    name: str | Unknown
    owner: Value = None
    crosses: bool = False


@dataclass(frozen=True, slots=True)
class Own:
    """A resource of its own, without AWS's defaults.

    With a target it is the policy of that, and has its ARN; it comes to nothing where the target cannot be reached.
    """

    planned: Planned
    resource: Resource
    target: Target | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """Properties of another resource. They take the place of what it has, or are added to it where `adds` says so."""

    planned: Planned
    target: Target
    properties: Mapping[str, Value]
    adds: bool = False


Piece: TypeAlias = Own | Part

Maker: TypeAlias = Callable[[Planned], Iterable[Piece]]
"""What a type gives of one instance."""

Types: TypeAlias = Mapping[str, Maker]
"""Makers by Terraform's type."""

Properties: TypeAlias = Callable[[Planned], Mapping[str, Value]]
"""What an instance says in the one shape."""


def whole(type_: str, named: str = "", id_: str = "", /, **fields: Reader) -> Maker:
    """A type that is a resource of its own: `named` is the property that holds its name, `id_` its made-up id."""
    return lambda planned: [Own(planned, resource_of(planned, type_, built(planned.values, fields), named, id_))]


def part(type_: str, by: str, /, **fields: Reader) -> Maker:
    """A type that sets properties of the resource that its attribute `by` names."""
    return lambda planned: [Part(planned, target_of(planned, type_, by), built(planned.values, fields))]


def added(type_: str, by: str, properties: Properties) -> Maker:
    """A type that adds to lists of the resource that its attribute `by` names."""
    return lambda planned: [Part(planned, target_of(planned, type_, by), properties(planned), adds=True)]


def added_to_each(type_: str, by: str, properties: Properties) -> Maker:
    """A type that adds to lists of every resource that its attribute `by` lists."""

    def make(planned: Planned) -> Iterable[Piece]:
        names = plain(by)(planned.values)
        each = names if isinstance(names, list | tuple) else [] if names is None else [names]
        return [Part(planned, Target(type_, _name(name, by)), properties(planned), adds=True) for name in each]

    return make


def together(*makers: Maker) -> Maker:
    """A type that gives several things."""
    return lambda planned: [piece for make in makers for piece in make(planned)]


def target_of(planned: Planned, type_: str, by: str) -> Target:
    """What the attribute `by` names."""
    return Target(type_, _name(planned.values.get(by), by), plain("expected_bucket_owner")(planned.values))


def resource_of(
    planned: Planned, type_: str, properties: Mapping[str, Value], named: str = "", id_: str = ""
) -> Resource:
    """The resource that an instance itself is, with its name and id among the properties where these are wanted."""
    known = known_as(planned.type, planned.values, planned.place)
    found = {**properties, **({id_: known.attributes["id"]} if id_ else {})}
    if named and found.get(named) is None:
        found[named] = known.name
    region = "" if known.is_global else planned.region
    return Resource(type_, known.arn, account_of(planned), region, known.name, found, planned.location)


def of_another(
    planned: Planned, type_: str, arn: str, name: str, properties: Mapping[str, Value], region: str | None = None
) -> Resource:
    """A resource that an instance is beside its own name: under that ARN and name, or the stand-in for the latter."""
    where = planned.region if region is None else region
    shown = name or planned.place.stand_in
    found = {key: value for key, value in properties.items() if value is not None}
    return Resource(type_, arn, account_of(planned), where, shown, found, planned.location)


def account_of(planned: Planned) -> str:
    """The account that a resource is in."""
    return owner_of(planned.type, planned.values, planned.place)


def name_or_stand_in(planned: Planned, key: str = "name") -> Value:
    """The name that an attribute gives, the stand-in where it gives none."""
    return plain(key, planned.place.stand_in)(planned.values)


def _name(value: Value, by: str) -> str | Unknown:
    return value if isinstance(value, Unknown) or (isinstance(value, str) and value) else Unknown(f"{by} is no name")
