"""Plays S3 replication on the emulated AWS, so that a drill there meets what it would meet at AWS.

An object version that is written (PutObject, CopyObject, CompleteMultipartUpload) into a versioned bucket whose rules
take it is PENDING at once. A moment later the link analysis is asked about each of those rules, on the estate as the
emulated AWS itself sees it. Where it says that the link works, the replica is there: same version id, content,
metadata, tags (unless the analysis says that they are lost), Object Lock and time, encrypted with the rule's key, in
the rule's storage class, with status REPLICA. Where all destinations have it the source says COMPLETED; where one has
not, FAILED, and the topics and queues that are told of `s3:Replication:OperationFailedReplication` get AWS's reason.

Not played: delete markers, changes of tags, ACLs and locks after writing (replica modification sync), objects from
before the rule and Batch Replication, replication metrics and time control, EventBridge, retries after repair, who
owns a replica (here all accounts have one canonical id), and how long replication really takes. A link on which the
analysis cannot decide fails here, without a reason where it has none.
"""

import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from moto.s3.models import FakeBucket, FakeKey
    from moto.s3.responses import S3Response

    from scanner.demo.own_view import OwnView
    from scanner.demo.replication_rules import Rule
    from scanner.estate.estate import Estate

DELAY = 0.2
"""Seconds before a replica is made, on top of what it takes to look at the estate."""

_NOT_THE_OBJECT = frozenset(
    {"acl", "attributes", "legal-hold", "partNumber", "restore", "retention", "select", "tagging", "torrent", "uploads"}
)
"""Queries that make a request one about a part or a property of an object."""


@contextmanager
def playing(endpoint_url: str, delay: float = DELAY) -> Iterator[None]:
    """Replicate what is written into the emulated AWS at this endpoint while the block runs; `delay` in seconds."""
    global _stage
    from moto.s3.responses import S3Response

    from scanner.demo.moto_corrections.patching import Correction, install

    install((Correction(S3Response, "_key_response", _key_response),))
    stage = _Stage(endpoint_url, delay)
    worker = threading.Thread(target=stage.work, name="emulated-replication", daemon=True)
    worker.start()
    before, _stage = _stage, stage
    try:
        yield
    finally:
        _stage = before
        stage.stop()
        worker.join()


@dataclass(frozen=True, slots=True)
class _Job:
    """An object version that these rules took, and when (monotonic)."""

    bucket: "FakeBucket"
    key: "FakeKey"
    rules: "tuple[Rule, ...]"
    written: float = field(default_factory=time.monotonic)


class _Stage:
    """The objects that wait for replication, and the status of each that was ever taken."""

    def __init__(self, endpoint_url: str, delay: float) -> None:
        self.statuses: WeakKeyDictionary[FakeKey, str] = WeakKeyDictionary()
        self._endpoint_url, self._delay = endpoint_url, delay
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._stopped = threading.Event()
        self._seen: tuple[str, float, Estate] | None = None

    def stop(self) -> None:
        """Let the worker come to its end; what waits stays PENDING."""
        self._stopped.set()
        self._jobs.put(None)

    def take(self, bucket: "FakeBucket", key: "FakeKey") -> None:
        """Look at an object version that was just written, and queue it if any rule takes it."""
        from scanner.demo.replicas import tags_of
        from scanner.demo.replication_rules import rules_of, taking

        rules = taking(rules_of(bucket), key.name, tags_of(key), key.encryption)
        if rules:
            self.statuses[key] = "PENDING"
            self._jobs.put(_Job(bucket, key, rules))

    def work(self) -> None:
        """Replicate one object after the other, each when its time has come, until stopped."""
        from scanner.demo.own_view import OwnView

        view = OwnView(self._endpoint_url)
        while (job := self._jobs.get()) is not None:
            if self._stopped.wait(max(0.0, job.written + self._delay - time.monotonic())):
                return
            self._replicate(job, self._estate(view, job))

    def _estate(self, view: "OwnView", job: _Job) -> "Estate":
        """The estate around the job's bucket, not older than the object."""
        if self._seen is None or self._seen[0] != job.bucket.name or self._seen[1] < job.written:
            began = time.monotonic()
            self._seen = (job.bucket.name, began, view.around(job.bucket, job.rules))
        return self._seen[2]

    def _replicate(self, job: _Job, estate: "Estate") -> None:
        if not any(version is job.key for version in job.bucket.keys.getlist(job.key.name, [])):
            return  # deleted meanwhile
        arrived = [self._follow(job, rule, estate) for rule in job.rules]
        self.statuses[job.key] = "COMPLETED" if all(arrived) else "FAILED"

    def _follow(self, job: _Job, rule: "Rule", estate: "Estate") -> bool:
        """Do what one rule asks for; whether the replica is there."""
        from scanner.demo import replicas
        from scanner.demo.moto_corrections.s3_sub_resources import bucket_named

        destination = bucket_named(rule.bucket)
        ruled = replicas.ruling(estate, job.bucket.name, rule)
        if destination is None or not ruled.arrives:
            replicas.send_failed_event(job.bucket, job.key, rule, ruled)
            return False
        replica = replicas.make(job.key, destination, rule, ruled)
        self.statuses[replica] = "REPLICA"
        replicas.place(replica, destination)
        return True


_stage: _Stage | None = None


def _key_response(original: Callable[..., Any], self: "S3Response", request: Any, full_url: str) -> Any:
    answer = original(self, request, full_url)
    stage = _stage
    if stage is None or not isinstance(answer, tuple) or answer[0] >= 300:
        return answer
    query = parse_qs(urlsplit(full_url).query, keep_blank_values=True)
    version = answer[1].get("x-amz-version-id")
    key = self.backend.get_object(self.bucket_name, self.parse_key_name(), version_id=version) if version else None
    if key is None or _NOT_THE_OBJECT & query.keys():
        return answer
    if request.method in ("GET", "HEAD") and key in stage.statuses:
        answer[1]["x-amz-replication-status"] = stage.statuses[key]
    elif (request.method == "PUT" and "uploadId" not in query) or (request.method == "POST" and "uploadId" in query):
        stage.take(self.backend.get_bucket(self.bucket_name), key)
    return answer
