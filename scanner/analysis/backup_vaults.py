"""Which backup vaults hold the recovery points that count, and whether those vaults are locked for good.

A plan that copies at once makes its first vault a staging place: the copy is what a recovery starts from, and a lock on
the staging vault alone protects nothing that matters.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from scanner.analysis.annotation import annotate
from scanner.analysis.arns import account_of, region_of, resource_of
from scanner.analysis.blind_spots import blind_accounts
from scanner.analysis.kinds import BACKUP_PLAN, BACKUP_VAULT
from scanner.analysis.reading import at, elements, present, text
from scanner.analysis.truth import Truth, first_doubt
from scanner.estate.estate import Estate
from scanner.estate.intent import Intent
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value

AIR_GAPPED = "LOGICALLY_AIR_GAPPED_BACKUP_VAULT"
"""A vault of AWS's own account, always locked in compliance mode (AWS Backup guide, read 2026-11-21)."""

_Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Plans:
    """What plans do with recovery points.

    `copies` holds, by account, region and name of a vault, where each rule that writes there copies to: ARNs, or an
    `Unknown` for one that is not known. `arriving` are the ARNs of all vaults copied to. `doubts` says by place why a
    rule may write to a vault that it does not name, `elsewhere` why one may copy to a vault that none names.
    """

    copies: dict[tuple[str, str, str], list[list[str | Unknown]]] = field(default_factory=dict)
    arriving: set[str] = field(default_factory=set)
    doubts: dict[_Place, Unknown] = field(default_factory=dict)
    elsewhere: list[Unknown] = field(default_factory=list)


def derive_backup_vaults(estate: Estate, _: Intent) -> Estate:
    """Adds to vaults whether each `HoldsRecoveryCopy`, its `LockMode`, and its `UnseenCopies`.

    A vault holds the recovery copy when copies arrive there, or when a plan leaves recovery points there uncopied.
    `UnseenCopies` are the vaults that its recovery points are copied to and that were not seen: an ARN where there is
    no such vault, an `Unknown` where there may be one.
    """
    plans = _plans(estate)

    def facts(vault: Resource) -> Mapping[str, Value]:
        return present(
            HoldsRecoveryCopy=_holds_copy(estate, plans, vault),
            LockMode=_lock_mode(vault),
            UnseenCopies=list(_unseen_copies(estate, plans, vault)),
        )

    return annotate(estate, BACKUP_VAULT, facts)


def _plans(estate: Estate) -> _Plans:
    plans = _Plans()
    plans.elsewhere.extend(blind_accounts(estate, BACKUP_PLAN).values())
    for plan in estate.of_type(BACKUP_PLAN):
        rules = at(plan.properties, "BackupPlan.BackupPlanRule")
        for rule in elements(rules):
            _note(plans, plan, rule)
    return plans


def _note(plans: _Plans, plan: Resource, rule: Value) -> None:
    copies = [_destination(action) for action in elements(at(rule, "CopyActions"))]
    air_gapped = text(rule, "TargetLogicallyAirGappedBackupVaultArn")
    if air_gapped is not None:
        copies.append(air_gapped)
    plans.arriving.update(copy for copy in copies if isinstance(copy, str))
    plans.elsewhere.extend(copy for copy in copies if isinstance(copy, Unknown))
    match text(rule, "TargetBackupVault"):
        case str() as name:
            plans.copies.setdefault((plan.account, plan.region, name), []).append(copies)
        case Unknown() as unknown:
            plans.doubts.setdefault((plan.account, plan.region), unknown)


def _destination(action: Value) -> str | Unknown:
    found = text(action, "DestinationBackupVaultArn")
    return Unknown("the copy action names no vault") if found is None else found


def _holds_copy(estate: Estate, plans: _Plans, vault: Resource) -> Truth:
    if vault.arn in plans.arriving:
        return True
    rules = plans.copies.get((vault.account, vault.region, vault.name), [])
    if any(not copies for copies in rules):
        return True
    doubt = plans.doubts.get((vault.account, vault.region)) or estate.blind(BACKUP_PLAN, vault.account, vault.region)
    if rules:
        unclear = next((one for copies in rules for one in copies if all(map(_is_unknown, copies))), None)
        return first_doubt(doubt, unclear, *plans.elsewhere) or False
    # No plan writes here. What is in it, however it came there, is all there is of it; one that is only declared is
    # declared to hold something.
    return doubt or at(vault.properties, "Observed.NumberOfRecoveryPoints") != 0


def _is_unknown(value: Value) -> bool:
    return isinstance(value, Unknown)


def _lock_mode(vault: Resource) -> str | Unknown | None:
    """A lock that was given a time to think about it becomes final after that time, and shows when."""
    lock = vault.properties.get("LockConfiguration")
    if at(vault.properties, "Observed.VaultType") == AIR_GAPPED:
        return "COMPLIANCE"
    if lock is None or isinstance(lock, Unknown):
        return lock
    grace, final = at(lock, "ChangeableForDays"), at(vault.properties, "Observed.LockDate")
    if isinstance(grace, int) or isinstance(final, str):
        return "COMPLIANCE"
    return "GOVERNANCE" if grace is None else grace


def _unseen_copies(estate: Estate, plans: _Plans, vault: Resource) -> Iterable[Value]:
    rules = plans.copies.get((vault.account, vault.region, vault.name), [])
    for copy in dict.fromkeys(copy for copies in rules for copy in copies):
        if isinstance(copy, Unknown):
            yield copy
        elif estate.get(BACKUP_VAULT, copy) is None:
            name = resource_of(copy).removeprefix("backup-vault:")
            yield estate.blind(BACKUP_VAULT, account_of(copy), region_of(copy), name=name) or copy
