"""What each analysis of policies reads, and what it gives: a part of the table of all analyses."""

from scanner.analysis import access
from scanner.analysis.kinds import BUCKET, BUCKET_POLICY, KEY, TRAIL, needs
from scanner.analysis.replication.names import MANAGED_POLICY, ORG_ACCOUNT, ORG_POLICY, ORGANIZATION, ROLE, ROOT, UNIT
from scanner.estate.needs import Need

_POLICIES = needs(BUCKET) | needs(BUCKET_POLICY, "Bucket", "PolicyDocument")
_GUARDRAILS = (
    needs(ORGANIZATION)
    | needs(ROOT, "Id", "PolicyTypes")
    | needs(UNIT, "Id", "ParentId")
    | needs(ORG_ACCOUNT, "AccountId", "ParentIds", "Observed.ManagementAccountId")
    | needs(ORG_POLICY, "Name", "Type", "Content", "TargetIds")
)


def _derived(type_: str, *names: str) -> frozenset[Need]:
    return needs(type_, *(f"Derived.{name}" for name in names))


ACCESS: tuple[tuple[str, frozenset[Need], frozenset[Need], access.Derive], ...] = (
    ("plain-http", _derived(BUCKET, "AllowsPlainHttp"), _POLICIES, access.derive_plain_http),
    ("sse-c", _derived(BUCKET, "PolicyDeniesSseC"), _POLICIES, access.derive_sse_c),
    ("destruction", _derived(BUCKET, "DestructionNotDenied"), _POLICIES | _GUARDRAILS, access.derive_destruction),
    (
        "source-control",
        _derived(BUCKET, "ForeignSourceAccounts", "ControlGrantedToSource"),
        _POLICIES | _derived(BUCKET, "SourceAccounts"),
        access.derive_source_control,
    ),
    (
        "other-replicators",
        _derived(BUCKET, "OtherReplicators"),
        _POLICIES | _derived(BUCKET, "SourceAccounts") | needs(BUCKET, "ReplicationConfiguration"),
        access.derive_other_replicators,
    ),
    (
        "trail-delivery",
        _derived(TRAIL, "DeliveryPermitted"),
        _POLICIES | needs(TRAIL, "S3BucketName", "S3KeyPrefix"),
        access.derive_trail_delivery,
    ),
    (
        "key-grants",
        _derived(KEY, "PublicStatements", "HasForeignPrincipals", "ForeignAdministration", "OwnerKeepsControl"),
        needs(KEY, "KeyPolicy"),
        access.derive_key_grants,
    ),
    (
        "replication-role-use",
        _derived(ROLE, "IsReplicationRole", "TrustsOthers", "RefusesSources"),
        needs(BUCKET, "ReplicationConfiguration") | needs(ROLE, "AssumeRolePolicyDocument"),
        access.derive_replication_role_use,
    ),
    (
        "unprotecting-powers",
        _derived(ROLE, "UnprotectingPowers"),
        needs(ROLE, "Policies", "ManagedPolicyArns", "PermissionsBoundary")
        | needs(MANAGED_POLICY, "PolicyDocument")
        | _derived(ROLE, "IsReplicationRole"),
        access.derive_unprotecting_powers,
    ),
    (
        "guardrails",
        _derived(ORG_ACCOUNT, "HoldsRecoveryCopies", "NotGuarded"),
        needs(BUCKET, "Derived.IsRecoveryCopy") | _GUARDRAILS,
        access.derive_guardrails,
    ),
)
"""Name, what it gives, what it reads, and the analysis itself, in the order in which they run, after all that roles of
buckets hang on."""
