"""What replication does with one object: the replica that it makes, and the event that it sends where it fails."""

import copy
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote_plus

from moto.s3.models import FakeBucket, FakeKey, s3_backends

from scanner.analysis.replication.examining import Examination, examine
from scanner.analysis.replication.links import Link, View, all_links
from scanner.analysis.replication.vocabulary import DESTINATION_ABSENT, NO_CONFIGURATION, Effect, LinkVerdict
from scanner.demo.moto_corrections.s3_sub_resources import bucket_named
from scanner.demo.replication_rules import Rule
from scanner.estate.estate import Estate

FAILED_EVENT = "s3:Replication:OperationFailedReplication"
"""The event that S3 sends for an object that it could not replicate."""

_TAG_REASONS = frozenset({"SrcGetTaggingNotPermitted", "DstPutTaggingNotPermitted"})


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the link analysis says of a rule.

    `reasons` are AWS's failure reasons, none where the objects arrive; `replica_key` is the ARN of the key that the
    rule names for replicas, empty where it names none; without `keeps_tags` tags are lost on the way.
    """

    arrives: bool
    reasons: Sequence[str] = ()
    replica_key: str = ""
    keeps_tags: bool = True


def ruling(estate: Estate, source: str, rule: Rule) -> Ruling:
    """What becomes of the objects that a rule of the bucket `source` takes."""
    view = View.of(estate)
    link = next((one for one in all_links(view) if _is(one, source, rule)), None)
    if link is None:
        return Ruling(arrives=False, reasons=NO_CONFIGURATION)
    found = examine(view, link)
    if found.verdict is not LinkVerdict.WORKS:
        # In here all accounts are seen: a destination that nobody has is no doubt.
        absent = DESTINATION_ABSENT if bucket_named(rule.bucket) is None else ()
        return Ruling(arrives=False, reasons=found.failure_reasons or absent)
    key = link.ends.replica_key.arn if link.ends.replica_key else ""
    return Ruling(arrives=True, replica_key=key if isinstance(key, str) else "", keeps_tags=_keeps_tags(found))


def make(source: FakeKey, destination: FakeBucket, rule: Rule, ruled: Ruling) -> FakeKey:
    """The replica, not in the destination yet: same version id, metadata, tags, lock and time; its own key and class.

    What is encrypted stays so, in the same way:
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html (2026-11).
    """
    replica: FakeKey = copy.copy(source)
    replica._metadata = copy.deepcopy(source.metadata)
    replica.bucket_name, replica.account_id = destination.name, destination.account_id
    replica.region_name, replica.partition = destination.region_name, destination.partition
    if rule.storage_class:
        replica.set_storage_class(rule.storage_class)
    if rule.takes_kms and source.encryption in ("aws:kms", "aws:kms:dsse"):
        replica.kms_key_id = ruled.replica_key
    if not replica.lock_mode and destination.object_lock_enabled and destination.has_default_lock:
        replica.lock_mode, replica.lock_until = destination.default_lock_mode, destination.default_retention()
    backend = s3_backends[destination.account_id][destination.partition]
    backend.put_object_tagging(replica, tags_of(source) if ruled.keeps_tags else {})
    return replica


def place(replica: FakeKey, destination: FakeBucket) -> None:
    """Put the replica into the destination, beside whatever has its key there."""
    destination.keys.setlist(replica.name, [*destination.keys.getlist(replica.name, []), replica])


def tags_of(key: FakeKey) -> dict[str, str]:
    """The tags of an object."""
    tags: dict[str, str] = s3_backends[key.account_id][key.partition].tagger.get_tag_dict_for_resource(key.arn)
    return tags


def send_failed_event(bucket: FakeBucket, key: FakeKey, rule: Rule, ruled: Ruling) -> None:
    """Tell the topics and queues that the bucket's notifications name for it, with the failure reason.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-failure-codes.html (2026-11).
    """
    for kind, arn, id_ in _listeners(bucket, key):
        message = json.dumps({"Records": [_record(bucket, key, rule, ruled, id_)]})
        _send(kind, arn, message)


def _is(link: Link, source: str, rule: Rule) -> bool:
    return (link.source.name, link.features.id) == (source, rule.id)


def _keeps_tags(found: Examination) -> bool:
    degraded = (short.demand for short in found.missing if short.demand.effect is Effect.DEGRADES)
    return not any(_TAG_REASONS & set(demand.reasons) for demand in degraded)


def _listeners(bucket: FakeBucket, key: FakeKey) -> Iterator[tuple[str, str, str]]:
    wanted = bucket.notification_configuration
    for kind, listeners in (("sns", wanted.topic), ("sqs", wanted.queue)) if wanted is not None else ():
        for one in listeners:
            if one.matches(FAILED_EVENT, key.name):
                yield kind, one.arn, one.id


def _record(bucket: FakeBucket, key: FakeKey, rule: Rule, ruled: Ruling, id_: str) -> dict[str, Any]:
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    held = {"key": quote_plus(key.name), "size": key.size, "eTag": key.etag.strip('"'), "versionId": key.version_id}
    return {
        "eventVersion": "2.2",
        "eventSource": "aws:s3",
        "awsRegion": bucket.region_name,
        "eventTime": now,
        "eventName": FAILED_EVENT.removeprefix("s3:"),
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": id_,
            "bucket": {"name": bucket.name, "arn": bucket.arn},
            "object": held,
        },
        "replicationEventData": {
            "replicationRuleId": rule.id,
            "destinationBucket": rule.destination,
            "s3Operation": "OBJECT_PUT",
            "requestTime": now,
            "failureReason": next(iter(ruled.reasons), ""),
        },
    }


def _send(kind: str, arn: str, message: str) -> None:
    from moto.sns.models import sns_backends
    from moto.sqs.models import sqs_backends

    _, _, _, region, account, name = arn.split(":", 5)
    # As S3 does not, the emulated one does not mind a topic or queue that is gone.
    if kind == "sns" and arn in sns_backends[account][region].topics:
        sns_backends[account][region].publish(arn=arn, message=message)
    if kind == "sqs" and name in sqs_backends[account][region].queues:
        sqs_backends[account][region].send_message(queue_name=name, message_body=message)
