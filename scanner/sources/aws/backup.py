"""AWS Backup's calls: vaults with their locks and policies, and plans with what they copy where.

Recovery points are not listed: there may be millions of them.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from scanner.estate.unknown import Unknown, Value
from scanner.sources.aws.calls import Answer, Call, Found, Pages, Place, Properties, Scope
from scanner.sources.aws.values import account_in, given, moment, picked, policy_document

VAULT, PLAN = "AWS::Backup::BackupVault", "AWS::Backup::BackupPlan"
_BY_TOKEN = Pages("NextToken", "NextToken")
_GONE = ("ResourceNotFoundException",)
_NOT_SHOWN = Unknown("AWS shows the day on which a lock becomes final (LockDate), not how many days that took")


def vaults(answer: Answer, place: Place, _subject: Found | None) -> Iterable[Found]:
    """ListBackupVaults: everything about a vault but its policy."""
    for vault in answer["BackupVaultList"]:
        arn, name = vault["BackupVaultArn"], vault["BackupVaultName"]
        properties = given(
            **picked(vault, "BackupVaultName", "EncryptionKeyArn"),
            LockConfiguration=_lock(vault),
            **{f"Observed.{key}": vault.get(key) for key in ("Locked", "NumberOfRecoveryPoints", "VaultType")},
            **{"Observed.LockDate": moment(vault.get("LockDate"))},
        )
        yield Found(VAULT, arn, name, place.region, account=account_in(arn), properties=properties)


def access_policy(answer: Answer) -> Properties:
    """GetBackupVaultAccessPolicy."""
    return given(AccessPolicy=policy_document(answer.get("Policy")))


def plans(answer: Answer, place: Place, _subject: Found | None) -> Iterable[Found]:
    """ListBackupPlans."""
    for plan in answer["BackupPlansList"]:
        arn, name = plan["BackupPlanArn"], plan["BackupPlanName"]
        yield Found(PLAN, arn, name, place.region, handle=plan["BackupPlanId"], account=account_in(arn))


def plan_rules(answer: Answer) -> Properties:
    """GetBackupPlan, whose names for the same things are not quite CloudFormation's."""
    plan = answer["BackupPlan"]
    rules = [_rule(rule) for rule in plan["Rules"]]
    return {"BackupPlan": given(BackupPlanName=plan["BackupPlanName"], BackupPlanRule=rules)}


def _lock(vault: Mapping[str, Any]) -> dict[str, Value] | None:
    if not vault.get("Locked"):
        return None
    days = picked(vault, "MinRetentionDays", "MaxRetentionDays")
    return {**days, "ChangeableForDays": _NOT_SHOWN} if vault.get("LockDate") else days


def _rule(rule: Mapping[str, Any]) -> dict[str, Value]:
    copies = [
        given(DestinationBackupVaultArn=copy["DestinationBackupVaultArn"], Lifecycle=_lifecycle(copy))
        for copy in rule.get("CopyActions", ())
    ]
    return given(
        **picked(rule, "RuleName", "ScheduleExpression", "TargetLogicallyAirGappedBackupVaultArn"),
        TargetBackupVault=rule["TargetBackupVaultName"],
        Lifecycle=_lifecycle(rule),
        CopyActions=copies,
    )


def _lifecycle(part: Mapping[str, Any]) -> dict[str, Value]:
    return picked(part.get("Lifecycle"), "DeleteAfterDays", "MoveToColdStorageAfterDays")


CALLS = (
    Call(
        service="backup",
        operation="ListBackupVaults",
        iam="backup:ListBackupVaults",
        scope=Scope.REGION,
        gives={
            VAULT: (
                *("BackupVaultName", "EncryptionKeyArn", "LockConfiguration"),
                *("Observed.LockDate", "Observed.Locked", "Observed.NumberOfRecoveryPoints", "Observed.VaultType"),
            )
        },
        lists=(VAULT,),
        pages=_BY_TOKEN,
        holds="BackupVaultList",
        finds=vaults,
        everywhere=False,
    ),
    Call(
        service="backup",
        operation="GetBackupVaultAccessPolicy",
        iam="backup:GetBackupVaultAccessPolicy",
        scope=Scope.RESOURCE,
        of=(VAULT,),
        takes={"BackupVaultName": "name"},
        gives={VAULT: ("AccessPolicy",)},
        absent={"ResourceNotFoundException": "has no associated POLICY"},
        holds="BackupVaultArn",
        properties=access_policy,
    ),
    Call(
        service="backup",
        operation="ListBackupPlans",
        iam="backup:ListBackupPlans",
        scope=Scope.REGION,
        lists=(PLAN,),
        pages=_BY_TOKEN,
        holds="BackupPlansList",
        finds=plans,
        everywhere=False,
    ),
    Call(
        service="backup",
        operation="GetBackupPlan",
        iam="backup:GetBackupPlan",
        scope=Scope.RESOURCE,
        of=(PLAN,),
        takes={"BackupPlanId": "handle"},
        gives={PLAN: ("BackupPlan",)},
        gone=_GONE,
        holds="BackupPlan.BackupPlanName",
        properties=plan_rules,
    ),
)
