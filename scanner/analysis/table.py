"""The analyses: what each one reads, what it gives, and which of them a run needs.

Rules say what they read; here that is followed back through the analyses to what must be read from AWS, so that a
rule on versioning costs one call a bucket and a rule on alarms reads alarms. An analysis may read only what it
declares.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from scanner.analysis.access.table import ACCESS
from scanner.analysis.access_points import derive_access_point_members
from scanner.analysis.account_regions import derive_account_regions, derive_macie
from scanner.analysis.alarm_actions import derive_alarm_topics, derive_composite_alarms, derive_watched_data
from scanner.analysis.backup_vaults import derive_backup_vaults
from scanner.analysis.declarations import derive_declarations
from scanner.analysis.denied_access import derive_denied_access
from scanner.analysis.keys import derive_bucket_keys, derive_key_users
from scanner.analysis.kinds import (
    ACCESS_POINT,
    ACCOUNT_PUBLIC_ACCESS_BLOCK,
    ACCOUNT_REGION,
    ALARM,
    ALIAS,
    BACKUP_PLAN,
    BACKUP_VAULT,
    BUCKET,
    BUCKET_POLICY,
    COMPOSITE_ALARM,
    KEY,
    MACIE_SESSION,
    METRIC_FILTER,
    PROTECTED_BUCKET,
    SUBSCRIPTION,
    TOPIC,
    TOPIC_POLICY,
    TRAIL,
    WAIVER,
    needs,
)
from scanner.analysis.link_intent import derive_link_accounts, derive_link_intent, derive_link_retention
from scanner.analysis.link_lifecycles import derive_link_lifecycles
from scanner.analysis.link_neighbours import derive_access_point_pairs, derive_link_neighbours
from scanner.analysis.link_shortfalls import derive_link_shortfalls
from scanner.analysis.log_targets import derive_access_log_targets, derive_audit_logs
from scanner.analysis.protected_buckets import derive_protected_buckets
from scanner.analysis.public_access import SETTINGS, derive_public_access_block
from scanner.analysis.replication import GIVES as LINK_GIVES
from scanner.analysis.replication import LINK, derive_links
from scanner.analysis.replication import READS as LINK_READS
from scanner.analysis.replication_alarms import derive_replication_alarms
from scanner.analysis.replication_roles import derive_replication_roles, derive_sources
from scanner.analysis.request_metrics import derive_request_metrics
from scanner.analysis.retention import derive_default_retention, derive_lifecycle
from scanner.analysis.roles import (
    DATA_ROLES,
    LOG_ROLES,
    derive_access_log_roles,
    derive_access_point_roles,
    derive_audit_log_roles,
    derive_data_roles,
    derive_roles,
)
from scanner.analysis.templates.table import TEMPLATES
from scanner.analysis.trails import derive_data_events, derive_trail_reach
from scanner.analysis.waivers import derive_waivers
from scanner.estate.estate import Estate
from scanner.estate.intent import Intent
from scanner.estate.needs import Need


@dataclass(frozen=True, slots=True)
class Analysis:
    """Facts that follow from several resources.

    `derive` returns the estate with what it `gives` added, having looked at nothing but what it `reads` (besides the
    identity of resources, what was not seen, and the intent). A need with an empty path is the existence of a type.
    """

    name: str
    gives: frozenset[Need]
    reads: frozenset[Need]
    derive: Callable[[Estate, Intent], Estate]


def close(wanted: Iterable[Need]) -> frozenset[Need]:
    """What has to be read from a source so that everything wanted is there: nothing that an analysis gives is in it."""
    wanted = frozenset(wanted)
    read = frozenset(need for analysis in _needed(wanted) for need in analysis.reads)
    return frozenset(need for need in wanted | read if need not in _GIVEN)


def derive(estate: Estate, intent: Intent, wanted: Iterable[Need]) -> Estate:
    """The estate with everything wanted that analyses give, and with nothing that nobody asked for."""
    for analysis in _needed(frozenset(wanted)):
        estate = analysis.derive(estate, intent)
    return estate


def _needed(wanted: frozenset[Need]) -> tuple[Analysis, ...]:
    """The analyses that give any of it, or what those read, in the order of the table."""
    needed: set[str] = set()
    for analysis in reversed(ANALYSES):
        if analysis.gives & wanted:
            needed.add(analysis.name)
            wanted |= analysis.reads
    return tuple(analysis for analysis in ANALYSES if analysis.name in needed)


_ALARM_METRIC = (
    "Namespace",
    "MetricName",
    "Dimensions",
    "Statistic",
    "ExtendedStatistic",
    "Period",
    "Metrics",
)
_ALARM_CONDITION = ("EvaluationPeriods", "DatapointsToAlarm", "Threshold", "ComparisonOperator", "TreatMissingData")
_TRAIL_SCOPE = ("IsLogging", "IsMultiRegionTrail", "IsOrganizationTrail", "Observed.SeenFrom")
_VAULT_FACTS = ("Observed.LockDate", "Observed.VaultType", "Observed.NumberOfRecoveryPoints")
_OBJECT_LOCK = ("ObjectLockEnabled", "ObjectLockConfiguration")


def _derived(type_: str, *names: str) -> frozenset[Need]:
    return needs(type_, *(f"Derived.{name}" for name in names))


ANALYSES: tuple[Analysis, ...] = (
    Analysis(
        "declarations",
        _derived(
            BUCKET, "IsProtected", "SameAccountDeclared", "RequiredRetentionDays", "RequiredLockMode", "RpoSeconds"
        ),
        needs(BUCKET),
        derive_declarations,
    ),
    Analysis(
        "sources",
        _derived(BUCKET, "IsSource"),
        needs(BUCKET, "ReplicationConfiguration"),
        derive_sources,
    ),
    Analysis(
        "replication-roles",
        _derived(BUCKET, "IsDestination", "IsRecoveryCopy", "SourceAccounts"),
        needs(BUCKET, "ReplicationConfiguration") | needs(BUCKET_POLICY, "Bucket", "PolicyDocument"),
        derive_replication_roles,
    ),
    Analysis(
        "access-point-roles",
        _derived(BUCKET, "IsAccessPointMember"),
        needs(BUCKET) | needs(ACCESS_POINT, "Regions") | needs(BUCKET_POLICY, "Bucket", "PolicyDocument"),
        derive_access_point_roles,
    ),
    Analysis(
        "access-log-roles",
        _derived(BUCKET, "IsAccessLogTarget"),
        needs(BUCKET, "LoggingConfiguration"),
        derive_access_log_roles,
    ),
    Analysis(
        "audit-log-roles",
        _derived(BUCKET, "IsAuditLogTarget"),
        needs(BUCKET) | needs(TRAIL, "S3BucketName") | needs(BUCKET_POLICY, "Bucket", "PolicyDocument"),
        derive_audit_log_roles,
    ),
    Analysis("data-roles", _derived(BUCKET, "HoldsData"), _derived(BUCKET, *DATA_ROLES), derive_data_roles),
    Analysis("roles", _derived(BUCKET, "Roles", "HasRole"), _derived(BUCKET, *DATA_ROLES, *LOG_ROLES), derive_roles),
    Analysis(
        "default-retention",
        _derived(BUCKET, "DefaultRetentionDays"),
        needs(BUCKET, "ObjectLockConfiguration"),
        derive_default_retention,
    ),
    Analysis(
        "lifecycle",
        _derived(BUCKET, "Lifecycle"),
        needs(BUCKET, "LifecycleConfiguration", "VersioningConfiguration"),
        derive_lifecycle,
    ),
    Analysis(
        "public-access-block",
        _derived(BUCKET, "PublicAccessBlock"),
        needs(BUCKET, "PublicAccessBlockConfiguration") | needs(ACCOUNT_PUBLIC_ACCESS_BLOCK, *SETTINGS),
        derive_public_access_block,
    ),
    Analysis(
        "access-log-targets",
        _derived(BUCKET, "AccessLogTarget"),
        needs(
            BUCKET,
            *("LoggingConfiguration", "BucketEncryption", *_OBJECT_LOCK),
            *("OwnershipControls", "AccessControl", "Observed.AclGrants"),
        )
        | needs(BUCKET_POLICY, "Bucket", "PolicyDocument"),
        derive_access_log_targets,
    ),
    Analysis(
        "audit-logs",
        _derived(BUCKET, "AuditLog"),
        needs(BUCKET, "Derived.HoldsData") | needs(TRAIL, "S3BucketName", "IsOrganizationTrail"),
        derive_audit_logs,
    ),
    Analysis(
        "data-events",
        _derived(BUCKET, "DataEvents"),
        needs(BUCKET) | needs(TRAIL, "EventSelectors", "AdvancedEventSelectors", *_TRAIL_SCOPE),
        derive_data_events,
    ),
    Analysis(
        "trail-reach", _derived(TRAIL, "MultiRegionTrailInAccount"), needs(TRAIL, *_TRAIL_SCOPE), derive_trail_reach
    ),
    Analysis(
        "bucket-keys",
        _derived(BUCKET, "EncryptionKeys"),
        needs(BUCKET, "BucketEncryption", "ReplicationConfiguration", "Derived.IsDestination")
        | needs(ALIAS, "AliasName", "TargetKeyId")
        | needs(KEY),
        derive_bucket_keys,
    ),
    Analysis(
        "key-users",
        _derived(KEY, "NeededBy"),
        needs(KEY, "KeyPolicy", "Observed.Grants")
        | needs(BUCKET, "BucketEncryption", "ReplicationConfiguration")
        | needs(ALIAS, "AliasName", "TargetKeyId")
        | needs(TRAIL, "KMSKeyId")
        | needs(TOPIC, "KmsMasterKeyId"),
        derive_key_users,
    ),
    Analysis(
        "replication-alarms",
        _derived(BUCKET, "ReplicationRules"),
        needs(BUCKET, "ReplicationConfiguration", "NotificationConfiguration")
        | needs(ALARM, *_ALARM_METRIC, *_ALARM_CONDITION),
        derive_replication_alarms,
    ),
    Analysis(
        "request-metrics",
        _derived(ALARM, "RequestMetrics"),
        needs(BUCKET, "MetricsConfigurations") | needs(ALARM, *_ALARM_METRIC),
        derive_request_metrics,
    ),
    Analysis(
        "alarm-topics",
        _derived(ALARM, "AlarmTopics"),
        needs(ALARM, "AlarmActions")
        | needs(TOPIC, "KmsMasterKeyId", "Observed.SubscriptionsConfirmed")
        | needs(SUBSCRIPTION, "TopicArn", "Observed.PendingConfirmation")
        | needs(TOPIC_POLICY, "Topics", "PolicyDocument")
        | needs(KEY, "KeyPolicy")
        | needs(ALIAS, "AliasName", "TargetKeyId"),
        derive_alarm_topics,
    ),
    Analysis(
        "composite-alarms",
        _derived(ALARM, "CompositeSpeaks"),
        needs(ALARM) | needs(COMPOSITE_ALARM, "AlarmRule"),
        derive_composite_alarms,
    ),
    Analysis(
        "watched-data",
        _derived(ALARM, "WatchesData"),
        needs(ALARM, *_ALARM_METRIC)
        | needs(METRIC_FILTER, "LogGroupName", "MetricTransformations")
        | needs(TRAIL, "CloudWatchLogsLogGroupArn"),
        derive_watched_data,
    ),
    Analysis(
        "access-point-members",
        _derived(ACCESS_POINT, "Members", "Alike", "RegionCount"),
        needs(ACCESS_POINT, "Regions")
        | needs(BUCKET, "VersioningConfiguration", "BucketEncryption", *_OBJECT_LOCK)
        | _derived(BUCKET, "PublicAccessBlock", "DefaultRetentionDays"),
        derive_access_point_members,
    ),
    Analysis(
        "account-regions",
        needs(ACCOUNT_REGION, "", "Partition", "HoldsData"),
        _derived(BUCKET, "HoldsData"),
        derive_account_regions,
    ),
    Analysis(
        "macie",
        needs(ACCOUNT_REGION, "MacieStatus"),
        needs(ACCOUNT_REGION) | needs(MACIE_SESSION, "Status"),
        derive_macie,
    ),
    Analysis(
        "denied-access",
        needs(ACCOUNT_REGION, "DeniedRequestAlarms"),
        needs(ACCOUNT_REGION)
        | needs(TRAIL, "CloudWatchLogsLogGroupArn", *_TRAIL_SCOPE)
        | needs(METRIC_FILTER, "LogGroupName", "FilterPattern", "MetricTransformations")
        | needs(ALARM, *_ALARM_METRIC),
        derive_denied_access,
    ),
    *(Analysis(*entry) for entry in ACCESS),
    Analysis("replication-links", LINK_GIVES, LINK_READS, derive_links),
    Analysis(
        "link-shortfalls",
        _derived(LINK, "Shortfalls", "Faults", "RoleExists"),
        needs(LINK, "", "Rule", "Missing", "Unknown", "Faults"),
        derive_link_shortfalls,
    ),
    Analysis(
        "link-intent",
        _derived(LINK, "Asked", "RpoMinutes", "RtoMinutes", "RequiredRetentionDays", "UncoveredPrefixes"),
        needs(LINK, "", "Source", "Destination", "Rule"),
        derive_link_intent,
    ),
    Analysis(
        "link-accounts",
        _derived(LINK, "AccountsAreNamed", "DestinationIsNamed"),
        needs(LINK, "", "Destination") | needs(BUCKET),
        derive_link_accounts,
    ),
    Analysis(
        "link-retention",
        _derived(LINK, "SourceRetentionDays", "DestinationRetentionDays"),
        needs(LINK, "", "Source", "Destination"),
        derive_link_retention,
    ),
    Analysis(
        "link-neighbours",
        _derived(LINK, "IsTwoWay", "ChainedFrom"),
        needs(LINK, "", "Source", "Destination") | needs(BUCKET, "ReplicationConfiguration", "Derived.IsDestination"),
        derive_link_neighbours,
    ),
    Analysis(
        "link-lifecycles",
        _derived(LINK, "SoonerExpiry"),
        needs(LINK, "", "Source", "Destination", "Rule") | needs(BUCKET, "LifecycleConfiguration"),
        derive_link_lifecycles,
    ),
    Analysis(
        "access-point-pairs",
        _derived(ACCESS_POINT, "Pairs"),
        needs(ACCESS_POINT, "Regions") | needs(BUCKET, "ReplicationConfiguration"),
        derive_access_point_pairs,
    ),
    Analysis(
        "protected-buckets",
        needs(PROTECTED_BUCKET, "", "Bucket", "Exists", "Copies"),
        needs(LINK, "", "Source", "Destination", "Verdict", "Unknown") | needs(BUCKET),
        derive_protected_buckets,
    ),
    Analysis(
        "backup-vaults",
        _derived(BACKUP_VAULT, "HoldsRecoveryCopy", "LockMode", "UnseenCopies"),
        needs(BACKUP_VAULT, "LockConfiguration", *_VAULT_FACTS) | needs(BACKUP_PLAN, "BackupPlan"),
        derive_backup_vaults,
    ),
    *(Analysis(*entry) for entry in TEMPLATES),
    Analysis(
        "waivers",
        needs(WAIVER, "", "Rule", "Resource", "Reason", "Owner", "Expires", "DaysLeft"),
        frozenset(),
        derive_waivers,
    ),
)
"""In the order in which they run: each reads only what the world or an earlier one gives."""

_GIVEN = frozenset(need for analysis in ANALYSES for need in analysis.gives)
