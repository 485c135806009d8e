"""AWS Backup's types: vaults with their locks and policies, and plans."""

from collections.abc import Mapping

from scanner.estate.unknown import Value
from scanner.sources.terraform.pieces import Types, part, whole
from scanner.sources.terraform.readers import Reader, Values, block, blocks, built, plain, positive

VAULT = "AWS::Backup::BackupVault"

_LIFECYCLE = block(
    "lifecycle", DeleteAfterDays=positive("delete_after"), MoveToColdStorageAfterDays=positive("cold_storage_after")
)
_LOCK: Mapping[str, Reader] = {
    "ChangeableForDays": positive("changeable_for_days"),
    "MaxRetentionDays": positive("max_retention_days"),
    "MinRetentionDays": positive("min_retention_days"),
}


def _plan(values: Values) -> Value:
    return built(
        values,
        {
            "BackupPlanName": plain("name"),
            "BackupPlanRule": blocks(
                "rule",
                RuleName=plain("rule_name"),
                TargetBackupVault=plain("target_vault_name"),
                TargetLogicallyAirGappedBackupVaultArn=plain("target_logically_air_gapped_backup_vault_arn"),
                ScheduleExpression=plain("schedule"),
                Lifecycle=_LIFECYCLE,
                CopyActions=blocks(
                    "copy_action", DestinationBackupVaultArn=plain("destination_vault_arn"), Lifecycle=_LIFECYCLE
                ),
            ),
        },
    )


TYPES: Types = {
    "aws_backup_vault": whole(
        VAULT, "BackupVaultName", BackupVaultName=plain("name"), EncryptionKeyArn=plain("kms_key_arn")
    ),
    "aws_backup_vault_lock_configuration": part(
        VAULT, "backup_vault_name", LockConfiguration=lambda values: built(values, _LOCK)
    ),
    "aws_backup_vault_policy": part(VAULT, "backup_vault_name", AccessPolicy=plain("policy")),
    "aws_backup_vault_notifications": part(VAULT, "backup_vault_name"),
    "aws_backup_plan": whole("AWS::Backup::BackupPlan", BackupPlan=_plan),
}
