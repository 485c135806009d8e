"""Parts of ARNs, for joining resources that name each other by ARN here and by bare name there.

Nothing checks the partition against a list: `aws`, `aws-cn`, `aws-us-gov` and those to come read alike.
"""


def partition_of(arn: str) -> str:
    """`aws` of `arn:aws:s3:::orders`; empty where the text is not an ARN."""
    return _part(arn, 1)


def region_of(arn: str) -> str:
    """The region an ARN names; empty for global resources and for what is not an ARN."""
    return _part(arn, 3)


def account_of(arn: str) -> str:
    """The twelve digits an ARN names; empty for buckets, whose ARNs carry none."""
    return _part(arn, 4)


def service_of(arn: str) -> str:
    """`sns` of `arn:aws:sns:eu-west-1:111111111111:pager`; empty where the text is not an ARN."""
    return _part(arn, 2)


def resource_of(arn: str) -> str:
    """What follows the account: `key/1234`, `log-group:trail:*`, or a bucket's name; empty for what is not an ARN."""
    parts = arn.split(":", 5)
    return parts[5] if parts[0] == "arn" and len(parts) == 6 else ""


def log_group_of(arn: str) -> str:
    """The log group's name in the ARN that a trail gives (`arn:...:log-group:NAME:*`)."""
    kind, _, rest = resource_of(arn).partition(":")
    return rest.removesuffix(":*") if kind == "log-group" else ""


def _part(arn: str, index: int) -> str:
    parts = arn.split(":", 5)
    return parts[index] if parts[0] == "arn" and len(parts) == 6 else ""
