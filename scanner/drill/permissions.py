"""The least that a drill takes at each end of a link: the right to one's own canaries, and to nothing else.

The canary is recognised by `OWN_PREFIX` in its key, wherever the rule's own prefix puts it.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from scanner.drill.actions import Side, drill_actions
from scanner.drill.planning import OWN_PREFIX
from scanner.estate.needs import Need
from scanner.sources.aws.permissions import permissions_for

_WAYS: Mapping[str, Any] = {"key": {"StringLike": {"kms:ViaService": ["s3.*.amazonaws.com", "s3.*.amazonaws.com.cn"]}}}


def drill_permissions(
    source: str, copy: str, needs: Iterable[Need] = (), partition: str = "aws"
) -> dict[str, dict[str, Any]]:
    """The identity policies for a drill from bucket to bucket, one for each end: they may be in two accounts.

    `needs` are what has to be read to plan it.
    """
    read = permissions_for(needs, partition)
    ends = ((Side.SOURCE, source), (Side.DESTINATION, copy))
    return {
        str(side): {**read, "Statement": [*read["Statement"], *_statements(side, f"arn:{partition}:s3:::{bucket}")]}
        for side, bucket in ends
    }


def _statements(side: Side, bucket: str) -> Iterator[dict[str, Any]]:
    resources = {"object": f"{bucket}/*{OWN_PREFIX}*", "bucket": bucket, "key": "*"}
    for on, resource in resources.items():
        taken = sorted({one.action for one in drill_actions(side) if one.on == on})
        if taken:
            statement = {"Sid": f"Drill{on.capitalize()}", "Effect": "Allow", "Action": taken, "Resource": resource}
            yield statement | ({"Condition": _WAYS[on]} if on in _WAYS else {})
