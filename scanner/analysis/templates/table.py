"""What each analysis of templates reads, and what it gives: a part of the table of all analyses."""

from scanner.analysis.access import Derive
from scanner.analysis.kinds import BACKUP_VAULT, BUCKET, TEMPLATE, TEMPLATE_RESOURCE, needs
from scanner.analysis.templates import (
    derive_differences,
    derive_foreign_partitions,
    derive_policy_faults,
    derive_template_roles,
)
from scanner.analysis.templates.retention import NEEDED_ROLES
from scanner.estate.needs import Need


def _derived(type_: str, *names: str) -> frozenset[Need]:
    return needs(type_, *(f"Derived.{name}" for name in names))


TEMPLATES: tuple[tuple[str, frozenset[Need], frozenset[Need], Derive], ...] = (
    (
        "foreign-partitions",
        _derived(TEMPLATE, "ForeignPartitions"),
        needs(TEMPLATE, "Partition", "LiteralPartitions"),
        derive_foreign_partitions,
    ),
    (
        "template-roles",
        _derived(TEMPLATE_RESOURCE, "Roles", "IsNeeded", "MayBeNeeded"),
        needs(TEMPLATE_RESOURCE, "Type", "ResourceArn")
        | needs(BACKUP_VAULT, "EncryptionKeyArn")
        | _derived(BUCKET, "EncryptionKeys", *NEEDED_ROLES),
        derive_template_roles,
    ),
    (
        "policy-faults",
        _derived(TEMPLATE_RESOURCE, "PolicyFaults"),
        needs(TEMPLATE_RESOURCE, "Policies"),
        derive_policy_faults,
    ),
    (
        "live-differences",
        _derived(TEMPLATE_RESOURCE, "Differences"),
        needs(TEMPLATE_RESOURCE, "LiveDifferences"),
        derive_differences,
    ),
)
