"""What the S3 console makes by itself when a replication rule is created there, for documents that only show clicks."""

from scanner.demo.building import Place
from scanner.demo.parts import allow, policy


def replication_role_policy(place: Place, source: str, copy: str) -> str:
    """The policy of the role that the console offers to make.

    Both buckets stand in both statements, so the role may replicate into the source, too. The document for China prints
    one in full.
    """
    buckets, objects = [source, copy], [f"{source}/*", f"{copy}/*"]
    return policy(
        allow(
            [
                "s3:ListBucket",
                "s3:GetReplicationConfiguration",
                "s3:GetObjectVersionForReplication",
                "s3:GetObjectVersionAcl",
                "s3:GetObjectVersionTagging",
                "s3:GetObjectRetention",
                "s3:GetObjectLegalHold",
            ],
            [place.bucket(name) for name in (*buckets, *objects)],
        ),
        allow(
            [
                "s3:ReplicateObject",
                "s3:ReplicateDelete",
                "s3:ReplicateTags",
                "s3:ObjectOwnerOverrideToBucketOwner",
            ],
            [place.bucket(name) for name in objects],
        ),
    )
