"""Which vault holds the copy that counts, whether its lock is final, and what cannot be told of copies elsewhere."""

import pytest

from scanner.estate.unknown import Unknown

PRIMARY, RECOVERY = "111111111111", "222222222222"
WEST = "eu-west-1"
COPIES = f"arn:aws:backup:{WEST}:{RECOVERY}:backup-vault:copies"
REFUSED = Unknown("refused")
VAULT = "AWS::Backup::BackupVault"


def of(world, name, fact):
    return world.ask(name, fact, VAULT)


def test_the_vault_that_copies_arrive_in_holds_the_copy_and_the_staging_vault_does_not(world):
    world.vault("daily")
    world.vault("copies", RECOVERY, WEST)
    world.plan("nightly", ("daily", [COPIES]))
    assert of(world, "copies", "HoldsRecoveryCopy") is True
    assert of(world, "daily", "HoldsRecoveryCopy") is False
    assert of(world, "daily", "UnseenCopies") == []


def test_what_one_rule_leaves_uncopied_stays(world):
    world.vault("daily")
    world.vault("copies", RECOVERY, WEST)
    world.plan("nightly", ("daily", [COPIES]), ("daily", []))
    assert of(world, "daily", "HoldsRecoveryCopy") is True


def test_a_plan_writes_to_vaults_of_its_own_account_and_region(world):
    world.vault("daily", Observed={"NumberOfRecoveryPoints": 0})
    world.plan("elsewhere", ("daily", []), account=RECOVERY)
    world.plan("there", ("daily", []), region=WEST)
    assert of(world, "daily", "HoldsRecoveryCopy") is False


@pytest.mark.parametrize(
    ("observed", "holds"), [({"NumberOfRecoveryPoints": 0}, False), ({"NumberOfRecoveryPoints": 1}, True), ({}, True)]
)
def test_without_plans_it_holds_what_is_in_it_and_a_declared_one_is_declared_for_something(world, observed, holds):
    world.vault("manual", Observed=observed)
    assert of(world, "manual", "HoldsRecoveryCopy") is holds


def test_plans_that_were_not_seen_may_do_anything(world):
    world.vault("daily")
    world.not_seen("AWS::Backup::BackupPlan")
    assert of(world, "daily", "HoldsRecoveryCopy") == REFUSED
    world.plan("nightly", ("daily", []))
    assert of(world, "daily", "HoldsRecoveryCopy") is True


def test_a_staging_vault_may_be_what_an_unseen_plan_copies_to(world):
    world.vault("daily")
    world.vault("copies", RECOVERY, WEST)
    world.plan("nightly", ("daily", [COPIES]))
    world.not_seen("AWS::Backup::BackupPlan", RECOVERY)
    assert of(world, "daily", "HoldsRecoveryCopy") == REFUSED
    assert of(world, "copies", "HoldsRecoveryCopy") is True


@pytest.mark.parametrize("rule", [(REFUSED, [COPIES]), ("daily", REFUSED), ("daily", [REFUSED])])
def test_a_rule_that_is_half_known_decides_nothing(world, rule):
    world.vault("daily")
    world.vault("copies", RECOVERY, WEST)
    world.plan("nightly", rule)
    assert of(world, "daily", "HoldsRecoveryCopy") == REFUSED


def test_copies_to_a_vault_nobody_saw_are_told(world):
    world.vault("daily")
    world.plan("nightly", ("daily", [COPIES]))
    assert of(world, "daily", "UnseenCopies") == [COPIES]
    world.not_seen(VAULT, RECOVERY)
    assert of(world, "daily", "UnseenCopies") == [REFUSED]


def test_copies_to_an_account_out_of_scope_are_not_known(world):
    world.vault("daily")
    world.plan("nightly", ("daily", [f"arn:aws:backup:{WEST}:333333333333:backup-vault:copies"]))
    assert of(world, "daily", "UnseenCopies") == [Unknown("account 333333333333 was not scanned")]


def test_an_air_gapped_target_is_a_copy_too(world):
    world.vault("daily")
    plan = world.plan("nightly", ("daily", []))
    [rule] = plan.properties["BackupPlan"]["BackupPlanRule"]
    rule["TargetLogicallyAirGappedBackupVaultArn"] = COPIES
    assert of(world, "daily", "HoldsRecoveryCopy") is False


@pytest.mark.parametrize(
    ("properties", "mode"),
    [
        ({}, None),
        ({"LockConfiguration": {"MinRetentionDays": 1}}, "GOVERNANCE"),
        ({"LockConfiguration": {"MinRetentionDays": 1}, "Observed": {"LockDate": REFUSED}}, "GOVERNANCE"),
        ({"LockConfiguration": {"ChangeableForDays": 3}, "Observed": {"LockDate": REFUSED}}, "COMPLIANCE"),
        ({"LockConfiguration": {"ChangeableForDays": REFUSED}}, REFUSED),
        (
            {"LockConfiguration": {"ChangeableForDays": REFUSED}, "Observed": {"LockDate": "2026-01-01T00:00:00Z"}},
            "COMPLIANCE",
        ),
        ({"LockConfiguration": REFUSED}, REFUSED),
        ({"Observed": {"VaultType": "LOGICALLY_AIR_GAPPED_BACKUP_VAULT"}}, "COMPLIANCE"),
    ],
)
def test_a_lock_is_final_when_it_becomes_so_by_itself(world, properties, mode):
    world.vault("copies", **properties)
    assert of(world, "copies", "LockMode") == mode
