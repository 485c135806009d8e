"""The organization around the accounts: FullAWSAccess everywhere, and guardrails over the healthy estate only.

No published document speaks of an organization, so their accounts have what AWS gives by default: the policies that
allow everything. The accounts for China cannot belong to it; an organization lives in one partition.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from scanner.demo.building import Call, given
from scanner.demo.estates.accounts import (
    GUARDED,
    HARBOR_AUDIT,
    HARBOR_PRIMARY,
    HARBOR_RECOVERY,
    MANAGEMENT,
    PRIMARY,
    RECOVERY,
    VIRGINIA,
    DemoAccount,
)
from scanner.demo.estates.harbor import BREAK_GLASS
from scanner.demo.parts import allow, policy

_HERE = MANAGEMENT.at(VIRGINIA)
_UNITS = {"Published": (PRIMARY, RECOVERY, GUARDED), "Harbor": (HARBOR_PRIMARY, HARBOR_RECOVERY, HARBOR_AUDIT)}
_MEMBERS = tuple(account for accounts in _UNITS.values() for account in accounts)

_UNPROTECTING = [
    "backup:DeleteBackupVaultLockConfiguration",
    "cloudtrail:DeleteTrail",
    "cloudtrail:PutEventSelectors",
    "cloudtrail:StopLogging",
    "kms:DisableKey",
    "kms:ScheduleKeyDeletion",
    "macie2:DisableMacie",
    "s3:PutAccountPublicAccessBlock",
    "s3:PutBucketObjectLockConfiguration",
    "s3:PutBucketVersioning",
]
_NOT_BREAK_GLASS = {"ArnNotLike": {"aws:PrincipalArn": f"arn:aws:iam::*:role/{BREAK_GLASS}"}}
_STRANGERS = {
    "StringNotEqualsIfExists": {"aws:PrincipalOrgID": given("organization")},
    "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
}

_POLICIES = {
    "SERVICE_CONTROL_POLICY": (
        "harbor-guardrails",
        policy(
            {**allow("organizations:LeaveOrganization", sid="Stay"), "Effect": "Deny"},
            {**allow(_UNPROTECTING, when=_NOT_BREAK_GLASS, sid="StayProtected"), "Effect": "Deny"},
        ),
    ),
    "RESOURCE_CONTROL_POLICY": (
        "harbor-data-stays-in-the-organization",
        policy({**allow(["s3:*", "kms:*"], to="*", when=_STRANGERS, sid="NoStrangers"), "Effect": "Deny"}),
    ),
}


def calls() -> Iterator[Call]:
    """The organization, its units and accounts, and the guardrails. Needs `known_account_ids` around it."""
    yield _call("create_organization", gives={"organization": "Organization.Id"}, FeatureSet="ALL")
    yield _call("list_roots", gives={"root": "Roots.0.Id"})
    for type_ in _POLICIES:
        yield _call("enable_policy_type", RootId=given("root"), PolicyType=type_)
    for unit in _UNITS:
        arguments = {"ParentId": given("root"), "Name": unit}
        yield _call("create_organizational_unit", {f"unit/{unit}": "OrganizationalUnit.Id"}, **arguments)
    for account in _MEMBERS:
        yield _call("create_account", AccountName=account.name, Email=f"{account.name}@demo.example")
        yield _move(account)
    for type_, (name, content) in _POLICIES.items():
        arguments = {"Name": name, "Type": type_, "Description": name, "Content": content}
        yield _call("create_policy", {f"policy/{name}": "Policy.PolicySummary.Id"}, **arguments)
        yield _call("attach_policy", PolicyId=given(f"policy/{name}"), TargetId=given("unit/Harbor"))


@contextmanager
def known_account_ids() -> Iterator[None]:
    """Let the emulated AWS give new accounts the ids of the demo, in order; AWS and moto draw them by lot."""
    from moto.organizations import utils

    by_lot = utils.make_random_account_id
    ids = iter([by_lot(), *(account.id for account in _MEMBERS)])  # moto draws one for the management account, too
    utils.make_random_account_id = lambda: next(ids, "") or by_lot()
    try:
        yield
    finally:
        utils.make_random_account_id = by_lot


def _call(operation: str, gives: dict[str, str] | None = None, **arguments: str) -> Call:
    return Call(_HERE, "organizations", operation, arguments, gives or {})


def _move(account: DemoAccount) -> Call:
    unit = next(name for name, accounts in _UNITS.items() if account in accounts)
    places = {"SourceParentId": given("root"), "DestinationParentId": given(f"unit/{unit}")}
    return _call("move_account", None, AccountId=account.id, **places)
