"""What of a template recovery depends on: copies, logs, their keys, vaults and databases, and nothing else."""

import pytest

from scanner.estate.intent import Copy, Intent, Protected
from scanner.estate.unknown import Unknown

RECOVERY, WEST = "222222222222", "eu-west-1"
DECLARED = "DR::Template::Resource"
REFUSED = Unknown("refused")


def of(world, address):
    return world.ask(address, "IsNeeded", DECLARED), world.ask(address, "Roles", DECLARED)


@pytest.fixture
def pair(world, replicating):
    """Orders and their copy, each under a key of its own, and a log bucket."""
    here, there = world.key("here"), world.key("there", RECOVERY, WEST)
    replication = replicating("orders-dr")
    replication["Rules"][0]["Destination"]["EncryptionConfiguration"] = {"ReplicaKmsKeyID": there.arn}
    default = {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": here.arn}}
    source = world.bucket(
        "orders",
        ReplicationConfiguration=replication,
        BucketEncryption={"ServerSideEncryptionConfiguration": [default]},
        LoggingConfiguration={"DestinationBucketName": "logs"},
    )
    for one in (source, world.bucket("orders-dr", RECOVERY, WEST), world.bucket("logs"), here, there):
        world.declared(one, one.name)
    return world


def test_copies_and_logs_are_needed_and_originals_have_a_copy(pair):
    assert of(pair, "orders-dr") == (True, ["destination", "recovery-copy"])
    assert of(pair, "logs") == (True, ["access-log-target"])
    assert of(pair, "orders") == (False, [])


def test_keys_are_needed_for_what_lies_under_them(pair):
    assert of(pair, "there") == (True, ["encryption-key"])
    assert of(pair, "here") == (False, [])


def test_so_are_the_keys_of_vaults(world):
    for name, known in (("here", True), ("there", False)):
        key = world.key(name, RECOVERY, WEST if known else "eu-south-1")
        world.declared(key, name)
        arn = key.arn if known else REFUSED
        world.vault(name, RECOVERY, key.region, EncryptionKeyArn=arn)
    assert of(world, "here") == (True, ["encryption-key"])
    assert of(world, "there") == (REFUSED, [REFUSED])


def test_what_the_estate_file_calls_a_copy_is_one(world):
    world.intent = Intent(protect=(Protected("orders", bucket="orders", copies=(Copy("orders-dr"),)),))
    world.declared(world.bucket("orders-dr"), "Copy")
    assert of(world, "Copy") == (True, ["recovery-copy"])


@pytest.mark.parametrize(
    ("type_", "role"),
    [
        ("AWS::Backup::BackupVault", "vault"),
        ("AWS::Backup::LogicallyAirGappedBackupVault", "vault"),
        ("AWS::RDS::DBInstance", "database"),
        ("AWS::RDS::DBCluster", "database"),
    ],
)
def test_vaults_and_databases_always_are(world, type_, role):
    world.declared(type_)
    assert of(world, "Thing") == (True, [role])


def test_nothing_else_is(world):
    world.declared("AWS::SQS::Queue")
    assert of(world, "Thing") == (False, [])
    assert world.ask("Thing", "MayBeNeeded", DECLARED) is False


def test_where_others_may_replicate_to_it_nobody_knows(world):
    world.declared(world.bucket("maybe"), "Maybe")
    world.not_seen("AWS::S3::Bucket")
    needed, roles = of(world, "Maybe")
    assert needed == REFUSED
    assert world.ask("Maybe", "MayBeNeeded", DECLARED) is True
    assert set(roles) == {REFUSED}


def test_a_copy_under_a_key_that_is_not_known_may_lie_under_any_of_its_region(world, replicating):
    replication = replicating("orders-dr")
    replication["Rules"][0]["Destination"]["EncryptionConfiguration"] = {"ReplicaKmsKeyID": REFUSED}
    world.bucket("orders", ReplicationConfiguration=replication)
    world.bucket("orders-dr", RECOVERY, WEST)
    for region in ("us-east-1", WEST):
        key = world.key(f"key-{region}", RECOVERY, region)
        world.declared(key, key.name)
    assert of(world, "key-eu-west-1")[0] == REFUSED
    assert of(world, "key-us-east-1")[0] is False


def test_a_replica_of_a_key_is_a_key(pair):
    pair.declared("AWS::KMS::ReplicaKey", "Replica", ResourceArn=f"arn:aws:kms:{WEST}:{RECOVERY}:key/there")
    assert of(pair, "Replica") == (True, ["encryption-key"])


@pytest.mark.parametrize("type_", ["AWS::S3::Bucket", "AWS::KMS::Key", "AWS::KMS::ReplicaKey"])
def test_what_does_not_say_what_it_becomes_is_not_known(world, type_):
    world.declared(type_, ResourceArn=REFUSED)
    assert isinstance(of(world, "Thing")[0], Unknown)
