"""What every kind of template gives: where it would be deployed goes in, resources in the one shape come out.

CloudFormation and Terraform differ in all but this. A resource that has no physical name or id before it exists gets a
stand-in, so that whatever refers to it still refers to *it*: two stand-ins are the same exactly when they stand for the
same resource, and no real name contains the braces.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Protocol, TypeAlias

from scanner.estate.estate import Unseen
from scanner.estate.intent import Waiver
from scanner.estate.resource import Resource
from scanner.estate.unknown import Value
from scanner.sources.attaching import Attachment

UNNAMED_ACCOUNT = "000000000000"
"""Stands for the account of a template of which nobody said where it goes. AWS gives this number to nobody."""

UNNAMED_REGION = "unnamed-region-1"
"""Stands for the region of a template of which nobody said where it goes."""

OTHER = "any other value"
"""The option of a `Variable` that stands for every value that the template does not mention."""

Option: TypeAlias = str | bool


@dataclass(frozen=True, slots=True)
class Variable:
    """Something that a template's conditions hang on and that nothing decides: a parameter, or a condition by itself.

    `options` are the values worth telling apart, the likeliest (a default) first: texts for a parameter, perhaps
    `OTHER` at the end; True and False for a condition.
    """

    name: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Deployment:
    """One template with the place it would go to.

    `file` is the template as the user named it; nothing outside the folder `root` is read for it. `stack` tells the
    stand-ins of several templates apart and is empty where there is only one. `account` and `region` are never empty:
    see `UNNAMED_ACCOUNT`. `parameters` were given for this deployment; `is_final` says that no others will be (an
    estate file names the stack), so that defaults decide conditions, too. `assumed` fixes an option of each variable.
    `accounts` are ids that the estate file names: no placeholders, whatever they look like.
    """

    file: Path
    root: Path
    account: str
    region: str
    partition: str = "aws"
    stack: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    is_final: bool = False
    assumed: Mapping[str, Option] = field(default_factory=dict)
    accounts: frozenset[str] = frozenset()

    def assuming(self, assumed: Mapping[str, Option]) -> "Deployment":
        """The same deployment in one case of its variables."""
        return replace(self, assumed=assumed)

    def at(self, account: str, region: str, partition: str) -> "Deployment":
        """The same deployment in another place."""
        return replace(self, account=account, region=region, partition=partition)

    def stand_in(self, address: str) -> str:
        """What stands for the unknown name or id of the resource with that logical id or address."""
        return stand_in(self.stack, address)


@dataclass(frozen=True, slots=True)
class Declared:
    """What a template would make in one place and one case.

    `exports` are the values that other stacks of the same account and region may import, by name. `unseen` is what the
    template makes and this cannot show. `waivers` stand in the template itself; their `location` is that of the
    resource that carries them. `removed` are the resources, by type and name or ARN, that a plan deletes.
    """

    resources: tuple[Resource, ...] = ()
    exports: Mapping[str, Value] = field(default_factory=dict)
    unseen: tuple[Unseen, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    messages: tuple[str, ...] = ()
    removed: tuple[tuple[str, str], ...] = ()
    attached: tuple[Attachment, ...] = ()


Exports: TypeAlias = Mapping[tuple[str, str, str], Value]
"""What stacks export to each other, by account, region and export name."""


class Template(Protocol):
    """A template that was read and is well formed; nothing of it is resolved yet."""

    def variables(self, deployment: Deployment) -> Sequence[Variable]:
        """What decides and is not decided, most important first."""
        ...

    def declare(self, deployment: Deployment, exports: Exports) -> Declared:
        """What it would make there. Raises `InvalidInputError` for what can never be deployed (cyclic references)."""
        ...


def stand_in(stack: str, address: str) -> str:
    """A stand-in: braces around the stack and the address, without any character that ARNs or patterns give a meaning.

    Addresses that differ only in such characters are told apart by a digest.
    """
    whole = f"{stack}.{address}" if stack else address
    plain = re.sub(r"[^A-Za-z0-9._-]", "-", whole)
    mark = "" if plain == whole and len(plain) <= _LONGEST else "-" + sha256(whole.encode()).hexdigest()[:8]
    return "{" + plain[:_LONGEST] + mark + "}"


def is_stand_in(text: str) -> bool:
    """Whether a name or ARN contains a stand-in."""
    return _STAND_IN.search(text) is not None


_LONGEST = 120
_STAND_IN = re.compile(r"(?<!\$)\{[A-Za-z0-9._-]+\}")
