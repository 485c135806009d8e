"""What the user means to have: the accounts in scope, what must be recoverable and how well, and accepted risks.

An `Intent` is an estate.yaml that was read and checked. Account names are already resolved to ids and durations to
minutes, so that nobody downstream parses anything again. `Intent()` declares nothing, and everything works without it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal, TypeAlias

from scanner.estate.resource import Location

Param: TypeAlias = str | int | float | bool | list[str] | list[int] | list[float]
"""A rule parameter's value as the estate file gives it; the rule that declares the parameter checks its type."""


@dataclass(frozen=True, slots=True)
class AccountIntent:
    """An account in scope: its twelve-digit `id` and the `name` that the rest of the file calls it by.

    `role` is the ARN of the role to assume, empty for the default credentials; `external_id` goes with it. `regions` is
    empty when every enabled region is meant. `partition` is that of the role, or of the file.
    """

    name: str
    id: str
    role: str = ""
    external_id: str = ""
    regions: tuple[str, ...] = ()
    partition: str = "aws"


@dataclass(frozen=True, slots=True)
class OrganizationIntent:
    """How to find accounts by themselves: list those of the organization and assume `role_name` in each."""

    discover: bool
    role_name: str
    external_id: str = ""
    regions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StackIntent:
    """Where a template would be deployed: account id, region, and the parameters it would get.

    `template` is resolved against the folder of the estate file; whether it exists is for its reader to find out.
    """

    template: Path
    account: str
    region: str
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Copy:
    """A bucket that must hold a copy. `account` (an id) and `region` are empty where the user does not ask for one."""

    bucket: str
    account: str = ""
    region: str = ""


@dataclass(frozen=True, slots=True)
class ObjectLockIntent:
    """The lock that the protected data and its copies must have, at least."""

    mode: Literal["GOVERNANCE", "COMPLIANCE"]
    days: int


@dataclass(frozen=True, slots=True)
class Protected:
    """Something that must be recoverable: exactly one of `bucket` and `rds` (a DB instance identifier) is set.

    `account` is an id, empty when not said. `rpo_minutes` bounds how much may be lost, `rto_minutes` how long getting
    it back may take; None where not said. `shared_with` holds account ids. `prefixes` narrows a bucket to the key
    prefixes that matter; empty means all of it. `line` is its place in the estate file.
    """

    name: str
    bucket: str = ""
    rds: str = ""
    account: str = ""
    copies: tuple[Copy, ...] = ()
    object_lock: ObjectLockIntent | None = None
    rpo_minutes: int | None = None
    rto_minutes: int | None = None
    shared_with: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    line: int = 0


@dataclass(frozen=True, slots=True)
class Waiver:
    """A FAIL that its owner accepts: of `rule`, for resources whose ARN matches the pattern `resource` (`*` and `?`).

    It holds through the day `expires` (UTC) and not a day longer. `line` is its place in the estate file. A waiver that
    a template's resource carries has that resource's `location`, and covers what is found there and no more; `line` is
    then its place in the template.
    """

    rule: str
    resource: str
    reason: str
    owner: str
    expires: date
    line: int = 0
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class Intent:
    """A whole estate.yaml. `params` maps rule ids to the parameters it overrides; `file` is where it came from.

    `waivers` also takes those of templates. `today` is the day (UTC) on which it is held against an estate.
    """

    partition: str = "aws"
    accounts: tuple[AccountIntent, ...] = ()
    organization: OrganizationIntent | None = None
    stacks: tuple[StackIntent, ...] = ()
    protect: tuple[Protected, ...] = ()
    params: Mapping[str, Mapping[str, Param]] = field(default_factory=dict)
    waivers: tuple[Waiver, ...] = ()
    file: Path | None = None
    today: date | None = None

    def account_named(self, name: str) -> AccountIntent | None:
        """The account that the file calls `name`, or None."""
        return next((account for account in self.accounts if account.name == name), None)

    def name_of(self, account_id: str) -> str:
        """What a person calls the account with that id: its name in the file, or the id itself."""
        return next((account.name for account in self.accounts if account.id == account_id), account_id)


def load_intent(path: Path) -> Intent:
    """The checked content of an estate file.

    Raises `InvalidInputError` with file and line for anything that is not as it should be: unreadable, not YAML of the
    plain kind, an unknown key, a bad ARN, an account that is not declared, two accounts of one name or id.
    """
    # Here, so that a run without an estate file need not load the YAML and JSON Schema libraries.
    from scanner.estate.intent_file import read_intent

    return read_intent(path)
