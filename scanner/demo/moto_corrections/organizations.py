"""Who may look into an organization: the management account and its delegates. Moto shows members an empty one."""

from collections.abc import Callable
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.organizations.exceptions import AWSOrganizationsNotInUseException
from moto.organizations.models import organizations_backends
from moto.organizations.responses import OrganizationsResponse

from scanner.demo.moto_corrections.patching import Correction

_RESERVED = (
    "describe_account",
    "describe_organizational_unit",
    "describe_policy",
    "list_accounts",
    "list_accounts_for_parent",
    "list_children",
    "list_organizational_units_for_parent",
    "list_parents",
    "list_policies",
    "list_policies_for_target",
    "list_roots",
    "list_targets_for_policy",
)
"""Reads that a plain member of an organization is refused."""


def _reserved(original: Callable[..., Any], self: OrganizationsResponse) -> Any:
    """The management account's organization for those who may see it, errors as AWS has them for others."""
    if self.organizations_backend.org is not None:
        return original(self)
    boss = organizations_backends.master_accounts.get(self.current_account)
    if boss is None:
        raise AWSOrganizationsNotInUseException
    management = organizations_backends[boss[0]][boss[1]]
    if self.current_account not in {admin.account.id for admin in management.admins}:
        raise JsonRESTError("AccessDeniedException", "You don't have permissions to access this resource.")
    return _as_account(boss[0], original, self)


def _as_account(account: str, original: Callable[..., Any], self: OrganizationsResponse) -> Any:
    own, self.current_account = self.current_account, account
    try:
        return original(self)
    finally:
        self.current_account = own


CORRECTIONS = tuple(Correction(OrganizationsResponse, name, _reserved) for name in _RESERVED)
