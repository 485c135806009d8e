"""What an API call is to drscan: a declaration, not code.

Each entry of the tables says which operation is called how often, what it needs, what it gives, and which answers mean
that there is nothing. Everything else follows from that: which calls a run makes, the scanner's own IAM policy, the
source of each piece of evidence, and what stays unknown when a call is refused.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias

from scanner.estate.unknown import Value

Answer: TypeAlias = Mapping[str, Any]
"""What boto3 answers, as a dictionary; `{}` stands for "there is none" when AWS says so with an error."""

Properties: TypeAlias = Mapping[str, Value]
"""Values by path: a property's name, or `Observed.` and a name. A path that is not there is absent at AWS."""


class Scope(StrEnum):
    """How often a call is made: once an account, once an account and region, or once a resource."""

    ACCOUNT = "account"
    REGION = "region"
    RESOURCE = "resource"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a call is made: the account whose credentials are used (twelve digits), the region, their partition."""

    account: str
    region: str
    partition: str


@dataclass(frozen=True, slots=True)
class Found:
    """A resource as a call found it.

    `region` is empty for global things, and None where AWS did not say. `handle` is what other operations call it by
    (its name when empty). `account` is the owner's, empty when that is the account that was asked.
    """

    type: str
    arn: str
    name: str
    region: str | None = ""
    handle: str = ""
    account: str = ""
    properties: Properties = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pages:
    """How an operation pages: the parameter that takes the token, and the key of the answer that gives the next one."""

    takes: str
    gives: str


Shape: TypeAlias = Callable[[Answer], Properties]
"""Turns an answer into properties of the resource that it was asked for."""

Finder: TypeAlias = Callable[[Answer, Place, Found | None], Iterable[Found]]
"""Turns an answer (one page) into the resources that it lists; the resource that it was asked for comes along."""


def no_properties(_answer: Answer) -> Properties:
    """The shape of a call that only lists."""
    return {}


def nothing_found(_answer: Answer, _place: Place, _subject: Found | None) -> Iterable[Found]:
    """The finder of a call that lists nothing."""
    return ()


@dataclass(frozen=True, eq=False, kw_only=True)
class Call:
    """One API operation of the tables.

    `service` is boto3's client name, `operation` the API's, `iam` the IAM action that it needs. `gives` maps resource
    types to the property paths that an answer settles: given or absent. `lists` names the types whose resources it
    finds. `of` names the types that a call of scope RESOURCE is made for.

    `takes` maps parameters to what fills them: `name`, `arn` or `handle` of the resource, or `account`. `fixed` holds
    constant parameters. `region` overrides where the call goes.

    `absent` maps error codes that mean "there is none" to a text that the message must hold (empty: any message);
    `gone` lists those that mean that the resource itself vanished. `holds` is a dotted key that every true answer has,
    `root` a word that the name of its XML document has (emulators vary the rest); without these, an answer to another
    question would pass for "there is none".

    `sole` makes the one resource that this call is about, so that a refusal leaves it in the estate with its
    properties unknown. `locates` marks the call that only tells a resource's region. `not_offered_in` lists the
    partitions that do not have the operation; `everywhere` is False for a service that some regions do not have.
    """

    service: str
    operation: str
    iam: str
    scope: Scope
    gives: Mapping[str, Sequence[str]] = field(default_factory=dict)
    lists: tuple[str, ...] = ()
    of: tuple[str, ...] = ()
    takes: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, Any] = field(default_factory=dict)
    region: str = ""
    pages: Pages | None = None
    absent: Mapping[str, str] = field(default_factory=dict)
    gone: tuple[str, ...] = ()
    holds: str = ""
    root: str = ""
    properties: Shape = no_properties
    finds: Finder = nothing_found
    sole: Callable[[Place, Found | None], Found] | None = None
    locates: bool = False
    not_offered_in: tuple[str, ...] = ()
    everywhere: bool = True

    @property
    def name(self) -> str:
        """What evidence calls it: `s3:GetBucketVersioning`."""
        return f"{self.service}:{self.operation}"
