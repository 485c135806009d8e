"""What has to be read from AWS before links can be derived, and what of a link is given then."""

from scanner.analysis.kinds import ACCESS_POINT, ACCOUNT_PUBLIC_ACCESS_BLOCK, ALIAS, BUCKET, BUCKET_POLICY, KEY, needs
from scanner.analysis.replication.names import (
    LINK,
    MANAGED_POLICY,
    ORG_ACCOUNT,
    ORG_POLICY,
    ORGANIZATION,
    ROLE,
    ROOT,
    UNIT,
)
from scanner.estate.needs import Need

GIVES: frozenset[Need] = needs(
    LINK,
    *("", "Id", "RuleId", "Rule", "Role", "Source", "Destination", "SourceKey", "ReplicaKey"),
    *("CrossesRegion", "CrossesAccount", "IsDeclared", "Verdict", "FailureReasons", "Missing", "Excess", "Unknown"),
    "Faults",
)

READS: frozenset[Need] = frozenset(
    needs(
        BUCKET,
        *("ReplicationConfiguration", "VersioningConfiguration", "ObjectLockEnabled", "ObjectLockConfiguration"),
        *("BucketEncryption", "OwnershipControls", "LifecycleConfiguration", "PublicAccessBlockConfiguration"),
    )
    | needs(ACCOUNT_PUBLIC_ACCESS_BLOCK, "RestrictPublicBuckets")
    | needs(BUCKET_POLICY, "Bucket", "PolicyDocument")
    | needs(ACCESS_POINT, "Regions", "Observed.Routes")
    | needs(
        ROLE,
        *("AssumeRolePolicyDocument", "Policies", "ManagedPolicyArns", "PermissionsBoundary", "Tags"),
        "Observed.RoleId",
    )
    | needs(MANAGED_POLICY, "PolicyDocument")
    | needs(
        KEY,
        *("KeyPolicy", "Enabled", "KeySpec", "KeyUsage", "MultiRegion", "Origin"),
        *("Observed.KeyState", "Observed.KeyManager", "Observed.Grants"),
    )
    | needs(ALIAS, "AliasName", "TargetKeyId")
    | needs(ORGANIZATION)
    | needs(ROOT, "Id", "PolicyTypes")
    | needs(UNIT, "Id", "ParentId")
    | needs(ORG_ACCOUNT, "AccountId", "ParentIds", "Observed.ManagementAccountId")
    | needs(ORG_POLICY, "Name", "Type", "Content", "TargetIds")
)
