"""Whether the buckets that logs are sent to let the senders in."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from scanner.analysis.access.bucket_statements import BucketStatements
from scanner.analysis.access.deliveries import Judged, access_logs_arrive, trail_arrives
from scanner.analysis.annotation import BucketId, annotate, buckets_by_id
from scanner.analysis.arns import partition_of
from scanner.analysis.kinds import BUCKET, TRAIL
from scanner.analysis.reading import text
from scanner.analysis.replication.documents import compiled
from scanner.analysis.truth import Truth
from scanner.estate.estate import Estate
from scanner.estate.intent import Intent
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value
from scanner.policy.statements import PolicyKind


@dataclass(frozen=True)
class LogBuckets:
    """The policies of buckets that logs go to, each made ready once. Make one for each estate."""

    buckets: BucketStatements
    _policies: dict[BucketId, Judged] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, estate: Estate) -> "LogBuckets":
        """Those of an estate."""
        return cls(BucketStatements.of(estate))

    def take_logs_of(self, source: Resource, target: Resource) -> Truth:
        """Whether S3 may deliver the access logs of the source to the target."""
        prefix = text(source.properties, "LoggingConfiguration.LogFilePrefix")
        if isinstance(prefix, Unknown):
            return prefix
        return access_logs_arrive(self._policy(target), target, source, prefix or "")

    def take_trail(self, trail: Resource, target: Resource) -> Truth:
        """Whether CloudTrail may deliver the trail's logs to the target."""
        return trail_arrives(self._policy(target), target.arn, target.account, trail)

    def _policy(self, bucket: Resource) -> Judged:
        place = partition_of(bucket.arn), bucket.name
        if place not in self._policies:
            document = self.buckets.document(bucket)
            name = f"of bucket {bucket.name}"
            self._policies[place] = None if document is None else compiled(document, PolicyKind.RESOURCE, name)
        return self._policies[place]


def derive_trail_delivery(estate: Estate, _: Intent) -> Estate:
    """Adds `DeliveryPermitted` to trails: whether the bucket that it names lets CloudTrail deliver."""
    targets, buckets = LogBuckets.of(estate), buckets_by_id(estate)

    def facts(trail: Resource) -> Mapping[str, Value]:
        name = text(trail.properties, "S3BucketName")
        if not isinstance(name, str):
            return {"DeliveryPermitted": name or Unknown("which bucket the trail writes to is not known")}
        bucket = buckets.get((partition_of(trail.arn), name))
        if bucket is not None:
            return {"DeliveryPermitted": targets.take_trail(trail, bucket)}
        unseen = estate.blind(BUCKET) or Unknown(f"bucket {name} may be in an account that was not scanned")
        return {"DeliveryPermitted": unseen}

    return annotate(estate, TRAIL, facts)
