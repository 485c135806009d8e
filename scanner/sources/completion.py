"""A declared resource becomes what would be read of it once it is there.

Templates leave out what AWS sets by itself, write numbers as text and use older spellings. Rules and analyses know one
shape only, so all of this is settled here, for CloudFormation and Terraform alike.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from scanner.estate.resource import Resource
from scanner.estate.shapes import load_shape
from scanner.estate.unknown import Unknown, Value
from scanner.sources.conforming import conform
from scanner.sources.defaults import BY_PLACE, BY_TYPE

NOT_YET = Unknown("only known once it is deployed")
"""What stands for everything that AWS reports of a resource and nobody declares."""


def complete(type_: str, properties: Mapping[str, Value]) -> dict[str, Value]:
    """The declared properties of a resource, as a live account would show them right after the deployment.

    `properties` bear CloudFormation's names. They are pruned to the shape of the type and coerced to its kinds
    (`"30"` to 30); AWS's defaults are filled in, and `Observed` is what follows for certain, else Unknown; whatever of
    it the caller gives stays. Without a shape for the type nothing is left: an empty dictionary. What else depends on
    where the resource is comes with `completed`.
    """
    shape = load_shape(type_)
    if shape is None:
        return {}
    declared: dict[str, Value] = conform(shape.schema, properties)
    told = declared.pop("Observed", {})
    filled = BY_TYPE[type_](declared) if type_ in BY_TYPE else declared
    certain = filled.pop("Observed", {})
    observed = {**dict.fromkeys(_observable(type_), NOT_YET), **certain, **(told if isinstance(told, dict) else {})}
    known = {name: value for name, value in observed.items() if value is not None}
    return {**filled, "Observed": known} if known else filled


def completed(resource: Resource) -> Resource:
    """A declared resource with its properties complete, those too that follow from its account, region, ARN or name.

    Such are the default policy of a key, the bucket that logs go to where none is named, and the home of a trail. What
    the properties hold before counts as stated by the template, unless the resource says so itself.
    """
    stated = resource.stated
    if stated is None:
        given = (name for name, value in resource.properties.items() if value is not None)
        stated = frozenset(given) - {"Observed"}
    whole = replace(resource, properties=complete(resource.type, resource.properties), stated=stated)
    return BY_PLACE[resource.type](whole) if resource.type in BY_PLACE else whole


@cache
def _observable(type_: str) -> tuple[str, ...]:
    """What AWS reports of a type beside its properties."""
    shape = load_shape(type_)
    observed = shape.schema["properties"].get("Observed", {}) if shape else {}
    return tuple(observed.get("properties", ()))
