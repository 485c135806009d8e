"""What the reader says of a small estate is what boto3 says of it, bucket by bucket.

The truth is asked for here with plain boto3, operation by operation, in the words of S3's API. How rules of replication
and lifecycle are translated is tested elsewhere, on recorded answers; here it counts that the right ones arrive.
"""

import json
from typing import Any

import botocore.exceptions
import pytest

BUCKET = "AWS::S3::Bucket"
PLACES = {"us-east-1": 2, "eu-west-1": 2, "ap-southeast-2": 1}


@pytest.fixture
def buckets(aws: Any) -> dict[str, str]:
    """Five buckets in three regions, no two alike."""
    made: dict[str, str] = {}
    for region, count in PLACES.items():
        for number in range(count):
            name = f"b{number}-{region}-{aws.account}"
            build(aws.client("s3", region), name, region, len(made))
            made[name] = region
    return made


def build(s3: Any, name: str, region: str, number: int) -> None:
    place = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    s3.create_bucket(Bucket=name, ObjectLockEnabledForBucket=number == 0, **place)
    if number != 4:
        s3.put_bucket_versioning(
            Bucket=name, VersioningConfiguration={"Status": ["Enabled", "Enabled", "Suspended", "Enabled"][number]}
        )
    if number == 0:
        lock = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 30}}}
        s3.put_object_lock_configuration(Bucket=name, ObjectLockConfiguration=lock)
        s3.put_bucket_policy(Bucket=name, Policy=json.dumps({"Version": "2012-10-17", "Statement": []}))
    if number == 1:
        rule = {
            "ID": "all",
            "Status": "Enabled",
            "Priority": 1,
            "Filter": {"And": {"Prefix": "tax/", "Tags": [{"Key": "dr", "Value": "yes"}]}},
            "DeleteMarkerReplication": {"Status": "Disabled"},
            "Destination": {"Bucket": f"arn:aws:s3:::copy-{name}", "StorageClass": "STANDARD_IA"},
        }
        role = "arn:aws:iam::111111111111:role/r"
        s3.put_bucket_replication(Bucket=name, ReplicationConfiguration={"Role": role, "Rules": [rule]})
        s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": [{"Key": "team", "Value": "<b>dr</b>"}]})
    if number == 2:
        s3.delete_public_access_block(Bucket=name)
        s3.put_bucket_lifecycle_configuration(
            Bucket=name,
            LifecycleConfiguration={
                "Rules": [
                    {
                        "ID": "old",
                        "Status": "Enabled",
                        "Filter": {"Prefix": "logs/"},
                        "NoncurrentVersionExpiration": {"NoncurrentDays": 7},
                    }
                ]
            },
        )


def answered(s3: Any, operation: str, bucket: str) -> dict[str, Any]:
    """What boto3 answers; nothing where S3 says that there is none."""
    try:
        return dict(getattr(s3, operation)(Bucket=bucket))
    except botocore.exceptions.ClientError as error:
        if "NotFound" in str(error) or "NoSuch" in str(error):
            return {}
        raise


def truth(s3: Any, bucket: str) -> dict[str, Any]:
    """Every property that the test reads, as boto3 and S3's API know it; absent ones as None."""
    asked = {path: answered(s3, operation, bucket) for path, (operation, *_) in ASKED.items()}
    found = {path: asked[path].get(key) for path, (_, key) in ASKED.items()}
    return {path: RENAMED.get(path, lambda value: value)(value) for path, value in found.items()}


def status(value: str | None) -> dict[str, str] | None:
    return {"Status": value} if value else None


def default_encryption(value: Any) -> Any:
    rules = [rule["ApplyServerSideEncryptionByDefault"] for rule in value["Rules"]]
    return rules or None


def ids(value: Any) -> list[str] | None:
    rules = value["Rules"] if isinstance(value, dict) else value
    return [rule.get("ID", rule.get("Id")) for rule in rules] if rules else None


def ours(path: str, value: Any) -> Any:
    """Our own value, as far as it is compared with boto3's."""
    if path == "BucketEncryption":
        rules = value["ServerSideEncryptionConfiguration"]
        return [rule["ServerSideEncryptionByDefault"] for rule in rules]
    return ids(value) if path in ("ReplicationConfiguration", "LifecycleConfiguration") else value


ASKED = {
    "VersioningConfiguration": ("get_bucket_versioning", "Status"),
    "ObjectLockConfiguration": ("get_object_lock_configuration", "ObjectLockConfiguration"),
    "PublicAccessBlockConfiguration": ("get_public_access_block", "PublicAccessBlockConfiguration"),
    "OwnershipControls": ("get_bucket_ownership_controls", "OwnershipControls"),
    "Tags": ("get_bucket_tagging", "TagSet"),
    "LoggingConfiguration": ("get_bucket_logging", "LoggingEnabled"),
    "BucketEncryption": ("get_bucket_encryption", "ServerSideEncryptionConfiguration"),
    "ReplicationConfiguration": ("get_bucket_replication", "ReplicationConfiguration"),
    "LifecycleConfiguration": ("get_bucket_lifecycle_configuration", "Rules"),
}
RENAMED = {
    "VersioningConfiguration": status,
    "BucketEncryption": default_encryption,
    "ReplicationConfiguration": ids,
    "LifecycleConfiguration": ids,
}


def test_every_property_is_what_boto3_says(aws: Any, buckets: dict[str, str]) -> None:
    estate = aws.read(*(f"{BUCKET}.{path}" for path in ASKED), regions=tuple(PLACES))
    assert {bucket.name: bucket.region for bucket in estate.of_type(BUCKET)} == buckets
    assert estate.unseen == ()
    clients = {region: aws.client("s3", region) for region in PLACES}
    for bucket in estate.of_type(BUCKET):
        expected = truth(clients[bucket.region], bucket.name)
        assert {path: ours(path, bucket.properties.get(path)) for path in ASKED} == expected
        assert bucket.properties["ObjectLockEnabled"] is (expected["ObjectLockConfiguration"] is not None)


def test_every_policy_is_what_boto3_says(aws: Any, buckets: dict[str, str]) -> None:
    estate = aws.read("AWS::S3::BucketPolicy.PolicyDocument", regions=tuple(PLACES))
    found = {policy.name: policy.properties["PolicyDocument"] for policy in estate.of_type("AWS::S3::BucketPolicy")}
    policies = {name: answered(aws.client("s3", region), "get_bucket_policy", name) for name, region in buckets.items()}
    assert found == {name: json.loads(answer["Policy"]) for name, answer in policies.items() if answer}


def test_a_replication_rule_comes_through_the_wire_whole(aws: Any, buckets: dict[str, str]) -> None:
    estate = aws.read(f"{BUCKET}.ReplicationConfiguration", regions=tuple(PLACES))
    (configuration,) = [
        bucket.properties["ReplicationConfiguration"]
        for bucket in estate.of_type(BUCKET)
        if "ReplicationConfiguration" in bucket.properties
    ]
    (rule,) = configuration["Rules"]
    assert rule["Filter"] == {"And": {"Prefix": "tax/", "TagFilters": [{"Key": "dr", "Value": "yes"}]}}
    assert rule["Destination"]["StorageClass"] == "STANDARD_IA"


def test_only_buckets_of_the_asked_regions_are_read(aws: Any, buckets: dict[str, str]) -> None:
    seen = []
    with aws.behind() as proxy:
        estate = aws.read(f"{BUCKET}.VersioningConfiguration", regions=("eu-west-1",), progress=seen.append)
    assert {bucket.region for bucket in estate.of_type(BUCKET)} == {"eu-west-1"}
    assert proxy.calls["s3:GetBucketVersioning"] == PLACES["eu-west-1"]
    assert seen[-1].outside == len(buckets) - PLACES["eu-west-1"]
    assert estate.blind(BUCKET, aws.account, "us-east-1") is not None
    elsewhere = {(one.name, one.region, one.account) for one in estate.of_type("DR::Bucket::Elsewhere")}
    assert elsewhere == {(name, region, aws.account) for name, region in buckets.items() if region != "eu-west-1"}
    assert estate.unseen == ()


def test_a_rule_on_versioning_takes_one_call_a_bucket_and_the_listing(aws: Any, buckets: dict[str, str]) -> None:
    with aws.behind() as proxy:
        aws.read(f"{BUCKET}.VersioningConfiguration", regions=tuple(PLACES))
    assert proxy.calls == {"sts:AssumeRole": 1, "s3:ListBuckets": 1, "s3:GetBucketVersioning": len(buckets)}


def test_each_bucket_is_asked_in_its_own_region(aws: Any, buckets: dict[str, str]) -> None:
    with aws.behind() as proxy:
        aws.read(f"{BUCKET}.VersioningConfiguration", regions=tuple(PLACES))
    asked = {each.path.strip("/"): each.region for each in proxy.asked if each.operation == "s3:GetBucketVersioning"}
    assert asked == buckets


def test_what_nothing_needed_is_unknown_not_absent(aws: Any, buckets: dict[str, str]) -> None:
    estate = aws.read(f"{BUCKET}.VersioningConfiguration", regions=("us-east-1",))
    bucket = estate.of_type(BUCKET)[0]
    assert bucket.properties["ReplicationConfiguration"].reason == "not read by this scan"
    assert bucket.properties["Observed"]["AclGrants"].reason == "not read by this scan"
    assert bucket.properties["BucketName"] == bucket.name
    assert estate.blind("AWS::S3::BucketPolicy") is not None
    assert estate.unseen == ()
