"""From the instances of a plan to resources in the one shape: the entry of everything that knows types.

Terraform spreads over many resources what is one for AWS: a bucket and its versioning, a role and its policies. They
are joined here by the name that they resolve to and by the place where their providers work.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from scanner.estate.estate import Unseen
from scanner.estate.resource import Resource
from scanner.estate.shapes import known_types
from scanner.sources.completion import completed
from scanner.sources.declared import Declared, Deployment
from scanner.sources.terraform import backup, iam, kms, organizations, s3, s3_events, s3_split, sns, watching
from scanner.sources.terraform.joining import join
from scanner.sources.terraform.keeping import kept_resource
from scanner.sources.terraform.pieces import Piece, Types
from scanner.sources.terraform.planned import Planned

TYPES: Types = {
    **backup.TYPES,
    **iam.TYPES,
    **kms.TYPES,
    **organizations.TYPES,
    **s3.TYPES,
    **s3_events.TYPES,
    **s3_split.TYPES,
    **sns.TYPES,
    **watching.TYPES,
}
"""What each type of the provider gives; one that is not here gives nothing that the one shape has."""

_STACKS = ("aws_cloudformation_stack", "aws_cloudformation_stack_set", "aws_cloudformation_stack_set_instance")


def declared_by(planned: Sequence[Planned], deployment: Deployment, removed: Sequence[Planned] = ()) -> Declared:
    """The resources of a plan's instances, joined, and what of them lands on things that the plan does not show.

    Of attributes that the provider computes where nobody configures them (`versioning` and `policy` of a bucket,
    `policy` of a key, `managed_policy_arns` of a role), `values` must hold those that the configuration gives, known
    or Unknown, and those whose value is known. One that is unknown and not configured is left to AWS and must be
    absent from `values`: here an Unknown is something that somebody decided on and nobody can read yet.

    `removed` are the instances that the plan destroys, as they were: what a bucket's values still show of a
    replication configuration that goes is not there afterwards.
    """
    managed = [one for one in planned if one.mode == "managed"]
    pairs = [(one, _pieces(one)) for one in managed]
    joined = join(
        [piece for _, pieces in pairs for piece in pieces], [piece for one in removed for piece in _pieces(one)]
    )
    kept = (kept_resource(one, pieces, joined, deployment) for one, pieces in pairs if one.type.startswith("aws_"))
    beside = [completed(one) for one in kept if one is not None]
    return Declared(
        resources=(*kms.settled(_whole(one) for one in joined.resources), *beside),
        unseen=(*joined.unseen, *(gap for one in managed for gap in _unread(one))),
    )


def resources_of(planned: Sequence[Planned], deployment: Deployment) -> tuple[Resource, ...]:
    """The resources alone of `declared_by`."""
    return declared_by(planned, deployment).resources


def _pieces(planned: Planned) -> list[Piece]:
    return list(TYPES[planned.type](planned)) if planned.type in TYPES else []


def _whole(resource: Resource) -> Resource:
    """The resource with AWS's defaults, which remembers what the plan itself sets."""
    known = s3.told(resource)
    stated = frozenset(name for name, value in known.properties.items() if value != s3.NOT_IN_PLAN) - {"Observed"}
    return replace(completed(known), stated=stated)


def _unread(planned: Planned) -> Iterator[Unseen]:
    """What an instance makes that is not looked into: whole stacks, and the same things by another provider."""
    if planned.type in _STACKS:
        yield Unseen(planned.account, planned.region, f"stack {planned.address}", "its template is not looked into")
    elif planned.type.startswith("awscc_"):
        type_ = _of_cloud_control().get(planned.type.removeprefix("awscc_").replace("_", ""))
        if type_ is not None:
            reason = f"{planned.address} is of the provider awscc, which is not read"
            yield Unseen(planned.account, planned.region, type_, reason)


def _of_cloud_control() -> Mapping[str, str]:
    return {type_.removeprefix("AWS::").replace("::", "").lower(): type_ for type_ in known_types()}
