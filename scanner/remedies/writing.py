"""How a property gets from one value to another: the API requests for it, as data.

A `Write` is declared for each type and property that remedies change. One pure function gives the requests in either
direction, so that undoing is the same thing with the values swapped.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from scanner.estate.unknown import Value
from scanner.remedies.step import Safety, Target


@dataclass(frozen=True, slots=True)
class Request:
    """One API call: boto3's client and the API's operation, the IAM action it takes, where it is made, its parameters.

    `region` is empty for the target's own (or the home region of global services). `gives` maps stand-ins to the key of
    the answer (dotted) that holds what they stand for, for calls that make something: `{"{orders-key}":
    "KeyMetadata.Arn"}`. `done` are error codes that mean that it had been done before, so that doing it twice is safe.
    """

    service: str
    operation: str
    action: str
    parameters: Mapping[str, Any]
    region: str = ""
    gives: Mapping[str, str] = field(default_factory=dict)
    done: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What plans call it: `s3:PutBucketVersioning`."""
        return f"{self.service}:{self.operation}"


class CannotWriteError(Exception):
    """There is no way from the one value to the other; the message says why, for a person."""


Requests: TypeAlias = Callable[[Target, Value, Value], tuple[Request, ...]]
"""The requests that take a property of the target from one value to another. Raises `CannotWriteError`."""


def _says_nothing(_target: Target, _before: Value, _after: Value) -> str:
    return ""


def _safe(_target: Target, _before: Value, _after: Value) -> Safety:
    return Safety.SAFE


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """How one property of one type is written.

    `rank` orders steps: keys (10) before buckets (20) before versioning (30) before Object Lock (35) before roles (40)
    and their policies (50) before key and bucket policies (60) before encryption (70) before replication (80) before
    metrics and alarms (90) before Batch jobs (100). `safety`, `interrupts`, `costs` and `undoing` tell of one change.

    The write of a `CREATION` takes the properties named in `takes`; what AWS gives the new resource by itself is what
    `scanner.sources.completion` says of those. Whatever else it should have is written property by property.
    """

    type: str
    property: str
    rank: int
    requests: Requests
    takes: tuple[str, ...] = ()
    safety: Callable[[Target, Value, Value], Safety] = _safe
    interrupts: Callable[[Target, Value, Value], str] = _says_nothing
    costs: Callable[[Target, Value, Value], str] = _says_nothing
    undoing: Callable[[Target, Value, Value], str] = _says_nothing
