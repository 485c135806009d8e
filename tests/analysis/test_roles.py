"""What each bucket is to the estate, and what is still certain when some of it could not be read."""

import pytest

from scanner.estate.intent import AccountIntent, Copy, Intent, ObjectLockIntent, Protected
from scanner.estate.unknown import Unknown

PRIMARY, RECOVERY = "111111111111", "222222222222"
REFUSED = Unknown("refused")

ORDERS = Protected(
    "orders",
    bucket="orders",
    account=PRIMARY,
    copies=(Copy("orders-dr", RECOVERY),),
    object_lock=ObjectLockIntent("COMPLIANCE", 30),
    rpo_minutes=15,
)


def test_replication_makes_a_source_and_a_destination(world, replicating):
    world.bucket("orders", ReplicationConfiguration=replicating("orders-dr"))
    world.bucket("orders-dr", RECOVERY)
    assert world.ask("orders", "IsSource") is True
    assert world.ask("orders", "IsDestination") is False
    assert world.ask("orders-dr", "IsSource") is False
    assert world.ask("orders-dr", "IsDestination") is True
    assert world.ask("orders-dr", "SourceAccounts") == [PRIMARY]


def test_a_disabled_rule_still_marks_both_ends(world, replicating):
    world.bucket("orders", ReplicationConfiguration=replicating("orders-dr", Status="Disabled"))
    world.bucket("orders-dr")
    assert world.ask("orders", "IsSource") is True
    assert world.ask("orders-dr", "IsDestination") is True


def test_the_same_name_in_another_partition_is_another_bucket(world, replicating):
    world.bucket("orders", ReplicationConfiguration=replicating("orders-dr"))
    world.bucket("orders-dr", RECOVERY, "cn-north-1", partition="aws-cn")
    assert world.ask("orders-dr", "IsDestination") is False


def test_replication_that_was_refused_leaves_other_buckets_of_the_account_in_doubt(world, replicating):
    world.bucket("ledger", ReplicationConfiguration=REFUSED)
    world.bucket("maybe")
    world.bucket("orders", ReplicationConfiguration=replicating("orders-dr"))
    world.bucket("orders-dr")
    assert world.ask("ledger", "IsSource") == REFUSED
    assert world.ask("maybe", "IsDestination") == REFUSED
    assert world.ask("maybe", "SourceAccounts") == REFUSED
    assert world.ask("orders-dr", "IsDestination") is True
    assert world.ask("orders-dr", "SourceAccounts") == [PRIMARY]


def test_nobody_replicates_into_another_account_whose_bucket_admits_nobody(world):
    world.bucket("ledger", ReplicationConfiguration=REFUSED)
    world.bucket("closed", RECOVERY)
    world.bucket("logs", RECOVERY)
    world.bucket("website", RECOVERY)
    world.policy("logs", _allowing({"Service": "logging.s3.amazonaws.com"}, "logs"), RECOVERY)
    world.policy("website", _allowing("*", "website", "s3:GetObject"), RECOVERY)
    assert world.ask("closed", "IsDestination") is False
    assert world.ask("logs", "IsDestination") is False
    assert world.ask("website", "IsDestination") is False


def test_a_bucket_that_admits_the_account_of_the_refusal_stays_in_doubt(world):
    world.bucket("ledger", ReplicationConfiguration=REFUSED)
    for name, principal in {
        "by-role": {"AWS": f"arn:aws:iam::{PRIMARY}:role/replication"},
        "by-account": {"AWS": PRIMARY},
        "by-anyone": "*",
        "by-deleted-role": {"AWS": "AROAEXAMPLE"},
        "by-canonical-id": {"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"},
    }.items():
        world.bucket(name, RECOVERY)
        world.policy(name, _allowing(principal, name), RECOVERY)
        assert world.ask(name, "IsDestination") == REFUSED, name


def test_a_policy_that_was_not_read_may_admit_anyone(world):
    world.bucket("ledger", ReplicationConfiguration=REFUSED)
    world.bucket("hidden", RECOVERY)
    world.policy("hidden", Unknown("policy refused"), RECOVERY)
    assert world.ask("hidden", "IsDestination") == REFUSED


def test_an_account_whose_buckets_were_not_listed_may_replicate_within_what_admits_it(world):
    world.not_seen("account", RECOVERY, reason="cannot be entered")
    world.bucket("closed")
    world.bucket("open")
    world.policy("open", _allowing({"AWS": RECOVERY}, "open"))
    assert world.ask("closed", "IsDestination") is False
    assert world.ask("open", "IsDestination") == Unknown("cannot be entered")


def test_a_region_that_was_not_entered_hides_no_bucket_from_the_list(world):
    world.not_seen("region", PRIMARY, "eu-south-1")
    world.bucket("orders")
    assert world.ask("orders", "IsDestination") is False


def test_without_an_estate_file_a_destination_is_a_recovery_copy(world, replicating):
    world.bucket("orders", ReplicationConfiguration=replicating("orders-dr"))
    world.bucket("orders-dr")
    assert world.ask("orders-dr", "IsRecoveryCopy") is True
    assert world.ask("orders", "IsRecoveryCopy") is False


def test_the_estate_file_says_which_destination_is_the_copy(world, replicating):
    world.intent = Intent(protect=(ORDERS,))
    world.bucket("orders", ReplicationConfiguration=replicating("orders-dr", "analytics"))
    world.bucket("orders-dr", RECOVERY)
    world.bucket("analytics")
    assert world.ask("orders-dr", "IsRecoveryCopy") is True
    assert world.ask("analytics", "IsRecoveryCopy") is False
    assert world.ask("analytics", "IsDestination") is True


def test_an_original_that_is_replicated_back_to_is_no_copy(world, replicating):
    world.intent = Intent(protect=(ORDERS,))
    world.bucket("orders")
    world.bucket("orders-dr", RECOVERY, ReplicationConfiguration=replicating("orders"))
    assert world.ask("orders", "IsRecoveryCopy") is False
    assert world.ask("orders", "IsProtected") is True


def test_a_declared_copy_is_one_whatever_could_not_be_read(world):
    world.intent = Intent(protect=(ORDERS,))
    world.bucket("ledger", RECOVERY, ReplicationConfiguration=REFUSED)
    world.bucket("orders-dr", RECOVERY)
    assert world.ask("orders-dr", "IsRecoveryCopy") is True
    assert world.ask("orders-dr", "IsDestination") == REFUSED
    assert world.ask("orders-dr", "SourceAccounts") == [PRIMARY]


def test_what_the_estate_file_asks_for_stands_on_original_and_copy(world):
    stricter = Protected("audit", bucket="orders", object_lock=ObjectLockIntent("GOVERNANCE", 90), rpo_minutes=60)
    world.intent = Intent(protect=(ORDERS, stricter))
    world.bucket("orders")
    world.bucket("orders-dr", RECOVERY)
    world.bucket("other")
    assert world.ask("orders", "RequiredRetentionDays") == 90
    assert world.ask("orders", "RequiredLockMode") == "COMPLIANCE"
    assert world.ask("orders", "RpoSeconds") == 900
    assert world.ask("orders-dr", "RequiredRetentionDays") == 30
    assert world.ask("orders-dr", "RpoSeconds") is None
    assert world.ask("other", "RequiredRetentionDays") is None
    assert world.ask("other", "IsProtected") is False


def test_a_declared_bucket_is_looked_for_in_the_partition_of_its_account(world):
    china = AccountIntent("china", RECOVERY, partition="aws-cn")
    world.intent = Intent(accounts=(china,), protect=(Protected("orders", bucket="orders", account=RECOVERY),))
    world.bucket("orders")
    world.bucket("orders-cn", RECOVERY, "cn-north-1", partition="aws-cn")
    assert world.ask("orders", "IsProtected") is False


def test_one_account_for_both_ends_must_be_said(world):
    same = Protected("a", bucket="a", account=PRIMARY, copies=(Copy("a-dr", PRIMARY),))
    unsaid = Protected("b", bucket="b", copies=(Copy("b-dr"),))
    world.intent = Intent(protect=(same, unsaid, ORDERS))
    for name in ("a-dr", "b-dr", "orders-dr"):
        world.bucket(name)
    assert world.ask("a-dr", "SameAccountDeclared") is True
    assert world.ask("b-dr", "SameAccountDeclared") is False
    assert world.ask("orders-dr", "SameAccountDeclared") is False


def test_members_of_access_points(world):
    world.bucket("orders")
    world.bucket("other")
    world.access_point("global", {"Bucket": "orders"})
    assert world.ask("orders", "IsAccessPointMember") is True
    assert world.ask("other", "IsAccessPointMember") is False
    world.not_seen("AWS::S3::MultiRegionAccessPoint", PRIMARY)
    assert world.ask("orders", "IsAccessPointMember") is True
    assert world.ask("other", "IsAccessPointMember") == REFUSED


def test_an_access_point_of_another_account_routes_to_what_admits_that_account(world):
    world.not_seen("AWS::S3::MultiRegionAccessPoint", RECOVERY)
    world.bucket("closed")
    world.bucket("open")
    world.policy("open", _allowing({"AWS": RECOVERY}, "open", "s3:GetObject"))
    assert world.ask("closed", "IsAccessPointMember") is False
    assert world.ask("open", "IsAccessPointMember") == REFUSED


def test_targets_of_access_logs_are_in_doubt_only_where_logs_could_be_delivered(world):
    world.bucket("orders", LoggingConfiguration={"DestinationBucketName": "logs"})
    world.bucket("ledger", LoggingConfiguration=REFUSED)
    world.bucket("logs")
    world.bucket("near")
    world.bucket("far", region="eu-west-1")
    world.bucket("foreign", RECOVERY)
    assert world.ask("logs", "IsAccessLogTarget") is True
    assert world.ask("near", "IsAccessLogTarget") == REFUSED
    assert world.ask("far", "IsAccessLogTarget") is False
    assert world.ask("foreign", "IsAccessLogTarget") is False


def test_logging_without_a_target_means_the_bucket_itself(world):
    world.bucket("orders", LoggingConfiguration={"LogFilePrefix": "log/"})
    assert world.ask("orders", "IsAccessLogTarget") is True


CLOUDTRAIL = {"Service": "cloudtrail.amazonaws.com"}


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (None, False),
        (Unknown("policy refused"), REFUSED),
        ((CLOUDTRAIL, {}), REFUSED),
        ((CLOUDTRAIL, {"StringEquals": {"aws:SourceAccount": RECOVERY}}), REFUSED),
        ((CLOUDTRAIL, {"StringEquals": {"aws:SourceAccount": PRIMARY}}), False),
        ((CLOUDTRAIL, {"StringEquals": {"aws:SourceArn": f"arn:aws:cloudtrail:us-east-1:{PRIMARY}:trail/a"}}), False),
        ((CLOUDTRAIL, {"ArnLike": {"aws:SourceArn": f"arn:aws:cloudtrail:*:{RECOVERY}:trail/*"}}), REFUSED),
        (({"Service": "config.amazonaws.com"}, {}), False),
        (({"AWS": RECOVERY}, {}), False),
        (({"AWS": "arn:aws:iam::903692715234:root"}, {}), REFUSED),
    ],
)
def test_targets_of_trails_are_in_doubt_only_where_cloudtrail_may_write_for_that_account(world, policy, expected):
    world.not_seen("AWS::CloudTrail::Trail", RECOVERY, "eu-west-1")
    world.trail(S3BucketName="archive")
    world.bucket("archive")
    world.bucket("other")
    if policy is not None:
        document = policy if isinstance(policy, Unknown) else _allowing(policy[0], "other", "s3:PutObject", policy[1])
        world.policy("other", document)
    assert world.ask("archive", "IsAuditLogTarget") is True
    assert world.ask("other", "IsAuditLogTarget") == expected


def test_roles_come_together_and_name_what_is_not_known(world, replicating):
    world.bucket("orders", ReplicationConfiguration=replicating("orders-dr"))
    world.bucket("orders-dr")
    world.bucket("logs")
    world.trail(S3BucketName="logs")
    world.bucket("scratch")
    assert world.ask("orders", "Roles") == ["source"]
    assert world.ask("orders-dr", "Roles") == ["destination", "recovery-copy"]
    assert world.ask("logs", "HoldsData") is False
    assert world.ask("logs", "HasRole") is True
    assert world.ask("scratch", "HasRole") is False
    world.not_seen("AWS::S3::MultiRegionAccessPoint")
    assert world.ask("orders", "HoldsData") is True
    assert world.ask("logs", "HoldsData") == REFUSED
    assert world.ask("logs", "HasRole") is True
    assert world.ask("scratch", "Roles") == [REFUSED]


def _allowing(principal, bucket, action="s3:*", condition=None):
    arn = f"arn:aws:s3:::{bucket}"
    statement = {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": [arn, f"{arn}/*"]}
    return {"Version": "2012-10-17", "Statement": [statement | ({"Condition": condition} if condition else {})]}
