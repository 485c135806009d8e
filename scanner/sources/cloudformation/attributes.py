"""What resources of a template are called, and what `Ref` and `Fn::GetAtt` give of them.

Most physical names and all ids are made up when a stack is deployed; stand-ins take their place, so that every
reference to a resource is the very text that the resource itself is known by. Formats of ARNs: service authorization
reference; return values: CloudFormation's template reference (both 2026-11).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from scanner.estate.unknown import Unknown, Value
from scanner.sources.cloudformation.naming import NAMINGS, Naming
from scanner.sources.declared import Deployment
from scanner.sources.placeholders import placeholder_in

_ACCOUNT = re.compile(r"(?<![0-9])[0-9]{12}(?![0-9])")
_DNS_SUFFIXES = {"aws": "amazonaws.com", "aws-us-gov": "amazonaws.com", "aws-cn": "amazonaws.com.cn"}


@dataclass(frozen=True, slots=True)
class Identity:
    """What a resource is known by: its `name`, and its `arn`, empty where drscan does not know its type's format.

    `is_global` says that its type has no region.
    """

    name: str
    arn: str
    is_global: bool
    parts: Mapping[str, str] = field(repr=False)


def identity(type_: str, logical_id: str, properties: Mapping[str, Value], deployment: Deployment) -> Identity:
    """What a declared resource is called; the stand-in for its logical id takes the place of what is not known.

    `properties` are resolved; only those that names are made of are looked at.
    """
    naming = NAMINGS.get(type_, Naming())
    stand_in = deployment.stand_in(logical_id)
    name, path = _name(naming, properties, deployment), _path(naming, properties)
    if path is None:
        # With its path unknown the whole ARN is; nothing must take it for that of a role without a path.
        name, path = stand_in, "/"
    parts = {
        "partition": deployment.partition,
        "account": deployment.account,
        "region": deployment.region,
        "name": stand_in if name is None else name,
        "path": path,
        "id": stand_in,
    }
    arn = naming.arn.format_map(parts)
    return Identity(parts["name"], arn, naming.is_global, {**parts, "arn": arn})


def ref(type_: str, logical_id: str, properties: Mapping[str, Value], deployment: Deployment) -> Value:
    """What `Ref` gives of a resource: its name, id or ARN, whichever it is for the type."""
    if _is_custom(type_):
        return Unknown(f"what {logical_id} gives back is only known once it is deployed")
    naming = NAMINGS.get(type_)
    if naming is None:
        return deployment.stand_in(logical_id)
    return _filled(naming.ref, identity(type_, logical_id, properties, deployment))


def attribute(type_: str, name: str, logical_id: str, properties: Mapping[str, Value], deployment: Deployment) -> Value:
    """What `Fn::GetAtt` gives of a resource; Unknown where only the deployment tells."""
    naming = NAMINGS.get(type_)
    if naming is not None and name in naming.attributes:
        return _filled(naming.attributes[name], identity(type_, logical_id, properties, deployment))
    if naming is None and not _is_custom(type_) and name in _own_names(type_):
        return deployment.stand_in(logical_id)
    return Unknown(f"{type_}.{name} is only known once it is deployed")


def vouched(deployment: Deployment) -> frozenset[str]:
    """The accounts that the user named for this deployment: no placeholders, whatever they look like."""
    given = (account for value in deployment.parameters.values() for account in _ACCOUNT.findall(value))
    return frozenset((deployment.account, *given)) | deployment.accounts


def _filled(form: str, known: Identity) -> Value:
    if "{dns}" not in form:
        return form.format_map(known.parts)
    suffix = _DNS_SUFFIXES.get(known.parts["partition"])
    if suffix is None:
        return Unknown(f"the domain of partition {known.parts['partition']} is not known")
    return form.format_map({**known.parts, "dns": suffix})


def _name(naming: Naming, properties: Mapping[str, Value], deployment: Deployment) -> str | None:
    written = naming.written_name(properties)
    match written:
        case str() if written and placeholder_in(written, real=vouched(deployment)) is None:
            return written
        case int() if not isinstance(written, bool):
            return str(written)
        case _:
            return None


def _path(naming: Naming, properties: Mapping[str, Value]) -> str | None:
    """The path of an IAM resource; None where it is there and not known, and with it the ARN."""
    path = properties.get("Path") if "{path}" in naming.arn else None
    return "/" if path is None else path if isinstance(path, str) else None


def _is_custom(type_: str) -> bool:
    """Whether code of the template's owner decides what it gives back."""
    return type_.startswith("Custom::") or type_ == "AWS::CloudFormation::CustomResource"


def _own_names(type_: str) -> tuple[str, ...]:
    """The attributes that name the resource itself: `Arn`, `Id`, `QueueArn` of a queue."""
    last = type_.rpartition("::")[2]
    return ("Arn", "Id", f"{last}Arn", f"{last}Id", f"{last}Name")
