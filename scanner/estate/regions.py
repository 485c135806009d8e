"""Regions by their names: which texts are one, and which partition it belongs to.

The names tell: https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html (2026-11).
"""

import re

_REGION = re.compile(r"[a-z]{2,6}(?:-[a-z]{2,12}){1,3}-[0-9]{1,2}\Z")
_PARTITIONS = {
    "cn-": "aws-cn",
    "us-gov-": "aws-us-gov",
    "us-iso-": "aws-iso",
    "us-isob-": "aws-iso-b",
    "eu-isoe-": "aws-iso-e",
    "us-isof-": "aws-iso-f",
    "eusc-": "aws-eusc",
}


def is_region(text: str) -> bool:
    """Whether a text looks like one of AWS's regions, as `unnamed-region-1` and `global` do not."""
    return _REGION.match(text) is not None and not text.startswith("unnamed-")


def partition_of(region: str, default: str) -> str:
    """The partition that a region belongs to, the default for one that nobody named."""
    if not is_region(region):
        return default
    return next((partition for prefix, partition in _PARTITIONS.items() if region.startswith(prefix)), "aws")
