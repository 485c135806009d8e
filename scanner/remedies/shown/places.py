"""Where the calls of a plan are made, for what has no region of its own."""

from collections.abc import Iterable

from scanner.remedies.step import Step, Target

_FIRST_REGIONS = {"aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}


def region_for(target: Target, steps: Iterable[Step]) -> str:
    """The target's own region; for what is global one that the plan knows in the same account, else its partition's
    first."""
    if target.region:
        return target.region
    here = (step.target.region for step in steps if step.target.account == target.account and step.target.region)
    partition = target.arn.split(":")[1] if target.arn.startswith("arn:") else ""
    return next(here, _FIRST_REGIONS.get(partition, "us-east-1"))
