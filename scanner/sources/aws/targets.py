"""Which accounts are read, and by which credentials: one by default, those of estate.yaml, or an organization's."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scanner.errors import DrscanError
from scanner.estate.estate import Unseen
from scanner.estate.intent import Intent, OrganizationIntent
from scanner.sources.aws.entry import LIST_ACCOUNTS

if TYPE_CHECKING:
    from scanner.sources.aws.sessions import Caller, Gate


@dataclass(frozen=True, slots=True)
class Target:
    """An account to read.

    `account_id` is its twelve digits, `name` what the user calls it. `role_arn` is assumed, with `external_id`; without
    it the default credentials must belong to the account. `regions` are read; empty means every region that the account
    has enabled.
    """

    account_id: str
    name: str
    role_arn: str | None = None
    external_id: str | None = None
    regions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Targets:
    """The accounts to read, and what is unseen already because it could not be found out (to be given to `read`)."""

    targets: tuple[Target, ...]
    unseen: tuple[Unseen, ...] = ()


def open_session(profile: str | None = None) -> Any:
    """A boto3 session by boto3's own configuration. Raises `DrscanError` for a profile that is missing or broken."""
    import boto3
    from botocore.exceptions import BotoCoreError

    try:
        return boto3.Session(profile_name=profile)
    except BotoCoreError as error:
        raise DrscanError(str(error), hint="check AWS_PROFILE, ~/.aws/config and ~/.aws/credentials") from error


def targets_from(intent: Intent, session: Any = None) -> Targets:
    """The accounts that the intent declares or has discovered, else the one of the session's credentials.

    Raises `DrscanError` when it takes credentials or a region to tell and there are none.
    """
    declared = tuple(
        Target(account.id, account.name, account.role or None, account.external_id or None, account.regions)
        for account in intent.accounts
    )
    organization = intent.organization
    if declared and not (organization and organization.discover):
        return Targets(declared)
    from scanner.sources.aws.sessions import Gate

    gate = Gate(session or open_session())
    gate.require_credentials()
    if organization and organization.discover:
        return _discovered(gate, gate.caller(), organization, declared)
    region = gate.region()
    caller = gate.caller()
    return Targets((Target(caller.account, intent.name_of(caller.account), regions=(region,)),))


def _discovered(
    gate: "Gate", caller: "Caller", organization: OrganizationIntent, declared: Iterable[Target]
) -> Targets:
    known = {target.account_id: target for target in declared}
    own = Target(caller.account, caller.account, regions=organization.regions)
    outcome = gate.ask(LIST_ACCOUNTS, caller)
    for account_id, name in outcome.properties.get("accounts", ()):
        role = f"arn:{caller.partition}:iam::{account_id}:role/{organization.role_name}"
        found = Target(account_id, name or account_id, role, organization.external_id or None, organization.regions)
        if account_id == caller.account:
            found = Target(account_id, found.name, regions=organization.regions)
        known.setdefault(account_id, found)
    if outcome.failure is None:
        return Targets(tuple(known.values()))
    known.setdefault(caller.account, own)
    gap = Unseen("", "", "account", outcome.failure.reason, outcome.failure.iam_action)
    return Targets(tuple(known.values()), (gap,))
