"""However many calls fail, and however they do: what is said stays true, and nothing is called absent unseen.

The same estate is read with and without faults; the second reading may know less than the first, and never otherwise.
"""

import json
import os
import random
from collections.abc import Iterator
from typing import Any

import pytest
from fault_proxy import Fault, Kind

from scanner.estate.estate import Estate
from scanner.estate.needs import Need
from scanner.estate.unknown import Unknown
from scanner.sources.aws.tables import CALLS, TYPES

EVERYTHING = frozenset(Need(type_, path) for call in CALLS for type_, paths in call.gives.items() for path in paths)
KINDS: tuple[Kind, ...] = ("refuse", "error", "malformed", "truncate", "empty", "reset")
OPERATIONS = sorted({call.name for call in CALLS})
POLICY = json.dumps({"Version": "2012-10-17", "Statement": []})
TRUE: dict[str, Estate] = {}


@pytest.fixture(scope="module")
def account() -> str:
    return f"{800_000_000_000 + os.getpid()}"


@pytest.fixture
def true_estate(aws: Any) -> Estate:
    """An estate with something of nearly every kind, read without faults."""
    if aws.account not in TRUE:
        build(aws)
        TRUE[aws.account] = aws.read(needs=EVERYTHING)
    return TRUE[aws.account]


def build(aws: Any) -> None:
    s3, sns = aws.client("s3"), aws.client("sns")
    for name in (f"one-{aws.account}", f"two-{aws.account}"):
        s3.create_bucket(Bucket=name)
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        s3.put_bucket_policy(Bucket=name, Policy=POLICY)
        s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": [{"Key": "a", "Value": "b"}]})
    aws.client("kms").create_key(Description="key")
    topic = sns.create_topic(Name="alerts")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="ops@example.com")
    aws.client("macie2").enable_macie()
    aws.client("organizations").create_organization(FeatureSet="ALL")
    trust = {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    aws.client("iam").create_role(RoleName="crr", AssumeRolePolicyDocument=document)
    backup = aws.client("backup")
    vault = backup.create_backup_vault(BackupVaultName="daily")["BackupVaultName"]
    backup.create_backup_plan(
        BackupPlan={"BackupPlanName": "nightly", "Rules": [{"RuleName": "all", "TargetBackupVaultName": vault}]}
    )
    trail = aws.client("cloudtrail")
    trail.create_trail(Name="all", S3BucketName=f"one-{aws.account}", IsMultiRegionTrail=True)


def contradictions(true: Any, said: Any, path: str) -> Iterator[str]:
    """Where the second reading says something else than the first, rather than less."""
    if isinstance(said, Unknown):
        return
    if isinstance(true, dict) and isinstance(said, dict):
        for key in true.keys() | said.keys():
            if key in true and key in said:
                yield from contradictions(true[key], said[key], f"{path}.{key}")
            elif key in true or not isinstance(said[key], Unknown):
                yield f"{path}.{key}: {'lost' if key in true else 'made up'}"
    elif true != said:
        yield f"{path}: {said!r}, not {true!r}"


def wrong(true: Estate, said: Estate) -> Iterator[str]:
    """Everything that a faulty reading got wrong."""
    found = {resource.identity: resource for resource in said.resources}
    for resource in true.resources:
        other = found.pop(resource.identity, None)
        if other is not None:
            yield from contradictions(dict(resource.properties), dict(other.properties), resource.identity)
        elif said.blind(resource.type, resource.account, resource.region) is None:
            yield f"{resource.identity}: called absent"
    for made_up in found.values():
        values = [value for key, value in made_up.properties.items() if key not in ("Bucket", "Topics", "MrapName")]
        if not all(isinstance(value, Unknown) for value in values):
            yield f"{made_up.identity}: made up"


def test_the_estate_has_something_of_most_kinds(true_estate: Estate) -> None:
    kinds = {resource.type for resource in true_estate.resources}
    assert len(kinds) >= 14
    # Moto knows no policies of vaults.
    assert {gap.what for gap in true_estate.unseen} == {"AWS::Backup::BackupVault daily AccessPolicy"}
    assert kinds <= TYPES


@pytest.mark.parametrize("operation", OPERATIONS)
def test_any_one_operation_that_fails(aws: Any, true_estate: Estate, operation: str) -> None:
    kind = random.Random(operation).choice(KINDS)
    with aws.behind(Fault(kind, operation)):
        said = aws.read(needs=EVERYTHING)
    assert list(wrong(true_estate, said)) == []
    assert said.complete


@pytest.mark.parametrize("seed", range(4))
def test_several_operations_that_fail_now_and_then(aws: Any, true_estate: Estate, seed: int) -> None:
    chance = random.Random(seed)
    faults = [
        Fault(chance.choice(KINDS), operation, times=chance.choice([1, 2, None]))
        for operation in chance.sample(OPERATIONS, 12)
    ]
    with aws.behind(*faults):
        said = aws.read(needs=EVERYTHING)
    assert list(wrong(true_estate, said)) == []
