"""A replication link as it should be: least privilege on both sides, keys of their own, metrics, and a lock at the end.

From the S3 user guide's permissions for replication, its KMS chapter and its advice on the confused deputy (2026-11).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scanner.demo.building import Call, Place, given
from scanner.demo.parts import Statement, allow, policy, replication, role, service


@dataclass(frozen=True, slots=True)
class Link:
    """From a bucket to its copy, by a role of the source account.

    With `both_ways` the copy replicates back: delete markers and changes of replicas travel, too.
    """

    here: Place
    source: str
    there: Place
    copy: str
    role_name: str
    both_ways: bool = False

    @property
    def rule_id(self) -> str:
        """The id of the replication rule; metrics and alarms carry it."""
        return f"{self.source}-to-{self.copy}"

    @property
    def role_arn(self) -> str:
        """The ARN of the replication role."""
        return self.here.iam(f"role/{self.role_name}")

    @property
    def _write_actions(self) -> list[str]:
        markers = ["s3:ReplicateDelete"] if self.both_ways else []
        return ["s3:ReplicateObject", *markers, "s3:PutObjectRetention", "s3:PutObjectLegalHold"]

    @property
    def _write_key_actions(self) -> list[str]:
        return ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey"]

    def admits_role(self) -> Statement:
        """The statement of the copy's bucket policy that lets the role write, and nothing else."""
        objects = self.there.bucket(f"{self.copy}/*")
        return allow(self._write_actions, objects, to={"AWS": self.role_arn}, sid="ReplicateInto")

    def admits_role_to_key(self) -> Statement:
        """The statement of the copy's key policy that lets the role use the key through S3, for this bucket."""
        when = _through_s3(self.there, self.copy)
        return allow(self._write_key_actions, to={"AWS": self.role_arn}, when=when, sid="ReplicateInto")

    def role_calls(self) -> tuple[Call, ...]:
        """The role: S3 may assume it for this source bucket only."""
        when = {
            "StringEquals": {"aws:SourceAccount": self.here.account},
            "ArnLike": {"aws:SourceArn": self.here.bucket(self.source)},
        }
        trust = policy(allow("sts:AssumeRole", "", to=service("s3"), when=when))
        return role(self.here, self.role_name, trust, {"replication": policy(*self._permissions())})

    def _permissions(self) -> tuple[Statement, ...]:
        read = ["GetObjectVersionForReplication", "GetObjectVersionAcl", "GetObjectVersionTagging"]
        locks = ["GetObjectRetention", "GetObjectLegalHold"]
        return (
            allow(["s3:GetReplicationConfiguration", "s3:ListBucket"], self.here.bucket(self.source)),
            allow([f"s3:{action}" for action in (*read, *locks)], self.here.bucket(f"{self.source}/*")),
            allow(self._write_actions, self.there.bucket(f"{self.copy}/*")),
            allow("kms:Decrypt", given(f"key/{self.source}"), when=_through_s3(self.here, self.source)),
            allow(self._write_key_actions, given(f"key/{self.copy}"), when=_through_s3(self.there, self.copy)),
        )

    def rule_call(self) -> Call:
        """The replication configuration of the source."""
        return replication(self.here, self.source, self.role_arn, self._rule())

    def _rule(self) -> dict[str, Any]:
        decided = {"Status": "Enabled" if self.both_ways else "Disabled"}
        criteria: dict[str, Any] = {"SseKmsEncryptedObjects": {"Status": "Enabled"}}
        if self.both_ways:
            criteria["ReplicaModifications"] = {"Status": "Enabled"}
        return {
            "ID": self.rule_id,
            "Priority": 1,
            "Status": "Enabled",
            "Filter": {"Prefix": ""},
            "DeleteMarkerReplication": decided,
            "SourceSelectionCriteria": criteria,
            "Destination": {
                "Bucket": self.there.bucket(self.copy),
                "Account": self.there.account,
                "AccessControlTranslation": {"Owner": "Destination"},
                "EncryptionConfiguration": {"ReplicaKmsKeyID": given(f"key/{self.copy}")},
                "ReplicationTime": {"Status": "Enabled", "Time": {"Minutes": 15}},
                "Metrics": {"Status": "Enabled", "EventThreshold": {"Minutes": 15}},
            },
        }


def _through_s3(place: Place, bucket_name: str) -> Mapping[str, Any]:
    # Both contexts: the bucket's for objects under a bucket key, the object's for those from before.
    return {
        "StringEquals": {"kms:ViaService": f"s3.{place.region}.amazonaws.com"},
        "StringLike": {
            "kms:EncryptionContext:aws:s3:arn": [place.bucket(bucket_name), place.bucket(f"{bucket_name}/*")]
        },
    }
