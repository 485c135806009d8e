"""Where logs go, and whether they could arrive and stay."""

import pytest

from scanner.estate.unknown import Unknown

PRIMARY, RECOVERY = "111111111111", "222222222222"
REFUSED = Unknown("refused")
TO_LOGS = {"DestinationBucketName": "logs"}


def encrypted(algorithm):
    return {"ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": algorithm}}]}


def test_the_target_stands_where_logging_is_configured(world):
    world.bucket("orders", LoggingConfiguration=TO_LOGS)
    world.bucket("logs", RECOVERY, "eu-west-1", BucketEncryption=encrypted("aws:kms"), ObjectLockEnabled=True)
    assert world.ask("orders", "AccessLogTarget") == {
        "Name": "logs",
        "Exists": True,
        "IsItself": False,
        "Account": RECOVERY,
        "Region": "eu-west-1",
        "SSEAlgorithms": ["aws:kms"],
        "ObjectLockEnabled": True,
        "DeliveryPermitted": False,
    }


def test_a_plain_target_is_encrypted_by_s3_itself(world):
    world.bucket("orders", LoggingConfiguration=TO_LOGS)
    world.bucket("logs")
    target = world.ask("orders", "AccessLogTarget")
    assert (target["SSEAlgorithms"], target["ObjectLockEnabled"]) == (["AES256"], False)


def test_a_bucket_may_log_into_itself(world):
    world.bucket("orders", LoggingConfiguration={"DestinationBucketName": "orders"})
    assert world.ask("orders", "AccessLogTarget")["IsItself"] is True


def test_what_was_not_read_of_the_target_is_not_known(world):
    world.bucket("orders", LoggingConfiguration=TO_LOGS)
    world.bucket("logs", BucketEncryption=REFUSED, ObjectLockConfiguration=REFUSED)
    target = world.ask("orders", "AccessLogTarget")
    assert (target["SSEAlgorithms"], target["ObjectLockEnabled"]) == ([REFUSED], REFUSED)


def test_a_target_that_is_not_there(world):
    world.bucket("orders", LoggingConfiguration=TO_LOGS)
    assert world.ask("orders", "AccessLogTarget") == {"Name": "logs", "IsItself": False, "Exists": False}
    world.not_seen("AWS::S3::Bucket", PRIMARY)
    assert world.ask("orders", "AccessLogTarget")["Exists"] == REFUSED


@pytest.mark.parametrize(("logging", "expected"), [({}, None), ({"LoggingConfiguration": REFUSED}, REFUSED)])
def test_no_logging_and_logging_that_was_not_read(world, logging, expected):
    assert world.ask(world.bucket("orders", **logging), "AccessLogTarget") == expected


@pytest.mark.parametrize(
    ("bucket", "trails", "expected"),
    [
        ({"account": RECOVERY}, [{}], True),
        ({}, [{}], False),
        ({}, [{"IsOrganizationTrail": True}], True),
        ({}, [{"IsOrganizationTrail": REFUSED}], REFUSED),
        ({"account": RECOVERY}, [{}, {"name": "own", "account": RECOVERY}], True),
        ({}, [{"account": RECOVERY}, {"name": "own"}], False),
    ],
)
def test_the_watched_do_not_own_the_record(world, replicating, bucket, trails, expected):
    world.bucket("orders", ReplicationConfiguration=replicating("orders-dr"))
    world.bucket("logs", **bucket)
    for trail in trails:
        world.trail(**trail)
    assert world.ask("logs", "AuditLog") == {"FromElsewhere": expected}


def test_an_account_that_may_hold_data_may_be_watched(world):
    world.bucket("ledger", ReplicationConfiguration=REFUSED)
    world.bucket("logs")
    world.trail()
    assert world.ask("logs", "AuditLog") == {"FromElsewhere": REFUSED}


def test_a_bucket_without_trails_is_no_audit_log(world):
    assert world.ask(world.bucket("orders"), "AuditLog") is None


def test_a_target_in_a_region_that_was_not_asked_for_exists(world):
    world.bucket("orders", LoggingConfiguration=TO_LOGS)
    world.add("DR::Bucket::Elsewhere", "arn:aws:s3:::logs", PRIMARY, "ap-south-1", "logs")
    target = world.ask("orders", "AccessLogTarget")
    assert (target["Exists"], target["Account"], target["Region"]) == (True, PRIMARY, "ap-south-1")
    says = f"bucket logs is in region ap-south-1 of account {PRIMARY}, which was not scanned"
    assert target["DeliveryPermitted"] == Unknown(says)
