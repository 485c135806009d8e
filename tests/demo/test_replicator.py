"""The emulated AWS replicates what AWS would, and says FAILED, with the reason, where it would not."""

import json
from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError
from replicating import READ, Pair, guarded, plain, waited

from scanner.demo.emulation import empty
from scanner.demo.parts import bucket
from scanner.demo.replicator import playing


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with empty() as emulation, playing(emulation.endpoint_url, delay=0.05):
        yield emulation.endpoint_url


def write(link: Pair, name: str = "a", **more: object) -> str:
    answer = link.s3.put_object(Bucket=link.source, Key=name, Body=b"hello", ChecksumAlgorithm="SHA256", **more)
    version: str = answer["VersionId"]
    return version


def replica(link: Pair, name: str = "a") -> dict[str, object]:
    found: dict[str, object] = link.s3_there.head_object(Bucket=link.copy, Key=name, ChecksumMode="ENABLED")
    return found


def is_there(link: Pair, name: str = "a") -> bool:
    try:
        replica(link, name)
    except ClientError:
        return False
    return True


def test_a_replica_arrives_in_another_account_with_all_that_the_object_has(endpoint: str) -> None:
    link = plain(endpoint)
    version = write(link, Metadata={"made-by": "test"}, Tagging="dr=yes", ContentType="text/plain")
    assert link.status("a") == "PENDING"
    assert link.settled("a") == "COMPLETED"
    found, original = replica(link), link.s3.head_object(Bucket=link.source, Key="a", ChecksumMode="ENABLED")
    same = ("VersionId", "ETag", "LastModified", "Metadata", "ContentType", "ChecksumSHA256", "TagCount")
    assert [found[name] for name in same] == [original[name] for name in same]
    assert (found["VersionId"], found["ReplicationStatus"]) == (version, "REPLICA")
    tags = link.s3_there.get_object_tagging(Bucket=link.copy, Key="a", VersionId=version)["TagSet"]
    assert tags == [{"Key": "dr", "Value": "yes"}]


def test_a_replica_has_the_rules_key_and_the_objects_lock(endpoint: str) -> None:
    link = guarded(endpoint)
    write(link)
    assert link.settled("a") == "COMPLETED"
    found, original = replica(link), link.s3.head_object(Bucket=link.source, Key="a")
    assert found["ServerSideEncryption"] == original["ServerSideEncryption"] == "aws:kms"
    assert str(found["SSEKMSKeyId"]).startswith(f"arn:aws:kms:eu-west-1:{link.there.account}:key/")
    lock = ("ObjectLockMode", "ObjectLockRetainUntilDate")
    assert [found[name] for name in lock] == [original[name] for name in lock]


def test_copies_and_multipart_uploads_replicate_and_replicas_go_no_further(endpoint: str) -> None:
    link = plain(endpoint)
    write(link)
    link.s3.copy_object(Bucket=link.source, Key="b", CopySource={"Bucket": link.source, "Key": "a"})
    upload = {"Bucket": link.source, "Key": "c"}
    upload["UploadId"] = link.s3.create_multipart_upload(**upload)["UploadId"]
    part = link.s3.upload_part(**upload, PartNumber=1, Body=b"all")["ETag"]
    link.s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": [{"ETag": part, "PartNumber": 1}]})
    assert {name: link.settled(name) for name in "abc"} == dict.fromkeys("abc", "COMPLETED")
    assert sorted(link.versions(there=True)) == sorted(link.versions())
    assert replica(link)["ReplicationStatus"] == "REPLICA"


def test_the_storage_class_is_the_rules(endpoint: str) -> None:
    link = plain(endpoint)
    destination = {**link.rule()["Destination"], "StorageClass": "STANDARD_IA"}
    link.replicate(link.rule(Destination=destination))
    write(link)
    assert link.settled("a") == "COMPLETED"
    assert replica(link)["StorageClass"] == "STANDARD_IA"


def test_tags_are_lost_where_the_role_may_not_read_them(endpoint: str) -> None:
    link = plain(endpoint, read=READ[:2])
    write(link, Tagging="dr=yes")
    assert link.settled("a") == "COMPLETED"
    assert "TagCount" not in replica(link)


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ({"admitted": ()}, "DstPutObjectNotPermitted"),
        ({"write": ()}, "DstPutObjectNotPermitted"),
        ({"read": READ[1:]}, "SrcGetObjectNotPermitted"),
    ],
)
def test_a_broken_link_fails_and_tells_a_queue_why(endpoint: str, broken: dict[str, tuple[str, ...]], reason: str):
    link = plain(endpoint, **broken)
    sqs = link.clients.get(link.here, "sqs")
    url = sqs.create_queue(QueueName="failures")["QueueUrl"]
    queue = {"QueueArn": link.here.arn("sqs", "failures"), "Events": ["s3:Replication:OperationFailedReplication"]}
    notify = {"QueueConfigurations": [queue]}
    link.s3.put_bucket_notification_configuration(Bucket=link.source, NotificationConfiguration=notify)
    version = write(link)
    assert link.settled("a") == "FAILED"
    assert not is_there(link)
    bodies = [json.loads(one["Body"]) for one in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]]
    record = next(body["Records"][0] for body in bodies if "Records" in body)
    assert record["replicationEventData"]["failureReason"] == reason
    assert record["replicationEventData"]["replicationRuleId"] == "dr"
    assert record["s3"]["object"]["versionId"] == version


def test_a_destination_that_nobody_has_fails(endpoint: str) -> None:
    link = plain(endpoint)
    link.replicate(link.rule(Destination={"Bucket": "arn:aws:s3:::nobody-has-this"}))
    write(link)
    assert link.settled("a") == "FAILED"


def test_one_failing_destination_of_two_makes_the_object_failed_and_the_other_has_it(endpoint: str) -> None:
    link = plain(endpoint)
    link.build(*bucket(link.there, f"closed-{link.copy}"))
    closed = {"Bucket": f"arn:aws:s3:::closed-{link.copy}", "Account": link.there.account}
    link.replicate(link.rule(), link.rule(ID="second", Priority=2, Destination=closed))
    write(link)
    assert link.settled("a") == "FAILED"
    assert is_there(link)


def test_a_repaired_link_replicates_what_is_written_from_then_on(endpoint: str) -> None:
    link = plain(endpoint, admitted=())
    write(link, "before")
    assert link.settled("before") == "FAILED"
    allowed = {"Effect": "Allow", "Principal": {"AWS": link.role_arn}, "Action": "s3:ReplicateObject"}
    document = {"Version": "2012-10-17", "Statement": [{**allowed, "Resource": f"arn:aws:s3:::{link.copy}/*"}]}
    link.s3_there.put_bucket_policy(Bucket=link.copy, Policy=json.dumps(document))
    write(link, "after")
    assert (link.settled("after"), link.status("before")) == ("COMPLETED", "FAILED")


def test_what_no_rule_takes_has_no_status(endpoint: str) -> None:
    link = plain(endpoint, Filter={"Prefix": "logs/"})
    write(link, "other/a")
    write(link, "logs/a")
    assert link.settled("logs/a") == "COMPLETED"
    assert link.status("other/a") is None
    assert [key for key, _ in link.versions(there=True)] == ["logs/a"]


def test_what_was_deleted_meanwhile_is_not_replicated(endpoint: str) -> None:
    link = plain(endpoint)
    version = write(link)
    link.s3.delete_object(Bucket=link.source, Key="a", VersionId=version)
    write(link, "b")
    assert waited(lambda: link.settled("b"), lambda status: status == "COMPLETED") == "COMPLETED"
    assert [key for key, _ in link.versions(there=True)] == ["b"]
