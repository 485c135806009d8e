"""From the instances of a plan to resources in the one shape: the entry of everything that knows types.

Terraform spreads over many resources what is one for AWS: a bucket and its versioning, a role and its policies. They
are joined here by the name that they resolve to and by the place where their providers work.
"""

from collections.abc import Sequence

from scanner.estate.resource import Resource
from scanner.sources.declared import Declared, Deployment
from scanner.sources.terraform.planned import Planned


def declared_by(planned: Sequence[Planned], deployment: Deployment) -> Declared:
    """The resources of a plan's instances, joined, and what of them lands on things that the plan does not show.

    Of attributes that the provider computes where nobody configures them (`versioning` and `policy` of a bucket,
    `policy` of a key, `managed_policy_arns` of a role), `values` must hold those that the configuration gives, known
    or Unknown, and those whose value is known. One that is unknown and not configured is left to AWS and must be
    absent from `values`: here an Unknown is something that somebody decided on and nobody can read yet.
    """
    return Declared()


def resources_of(planned: Sequence[Planned], deployment: Deployment) -> tuple[Resource, ...]:
    """The resources alone of `declared_by`."""
    return declared_by(planned, deployment).resources
