"""What remedies make from nothing: buckets, roles and keys as AWS would answer about them once they are made."""

from collections.abc import Mapping
from hashlib import sha256

from scanner.analysis.kinds import ALIAS, BUCKET, BUCKET_POLICY, KEY
from scanner.analysis.replication.names import ROLE
from scanner.estate.resource import Resource
from scanner.estate.unknown import Value
from scanner.policy.synthesise import LANGUAGE
from scanner.remedies.denials import insecure_transport_denied
from scanner.sources.completion import completed
from scanner.sources.declared import stand_in

MAX_ROLE_NAME = 64
"""Characters of a role's name: IAM quotas, 2026-11."""

Place = tuple[str, str, str]
"""Partition, account and region."""


def new_role(arn: str, account: str, trust: Mapping[str, Value]) -> Resource:
    """A role with its trust policy and without permissions. Its path and name are those of the ARN."""
    path, _, name = arn.rpartition(":role")[2].rpartition("/")
    properties: dict[str, Value] = {"RoleName": name, "Path": f"{path}/", "AssumeRolePolicyDocument": dict(trust)}
    return completed(Resource(ROLE, arn, account, "", name, properties))


def role_name(start: str, end: str) -> str:
    """A name for a role, with a digest in place of what would make it too long."""
    if len(start) + len(end) <= MAX_ROLE_NAME:
        return start + end
    mark = "-" + sha256(start.encode()).hexdigest()[:8]
    return start[: MAX_ROLE_NAME - len(end) - len(mark)] + mark + end


def new_bucket(place: Place, name: str, *, locked: bool, versioned: bool = True) -> Resource:
    """A bucket with S3's defaults: no public access, no ACLs, encrypted. One that can be locked is always versioned."""
    partition, account, region = place
    created: dict[str, Value] = {"BucketName": name, **({"ObjectLockEnabled": True} if locked else {})}
    bucket = completed(Resource(BUCKET, f"arn:{partition}:s3:::{name}", account, region, name, created))
    return bucket.with_properties(VersioningConfiguration={"Status": "Enabled"}) if versioned else bucket


def tls_only_policy(bucket: Resource) -> Resource:
    """A bucket policy that refuses plain HTTP and allows nothing."""
    document = {"Version": LANGUAGE, "Statement": [insecure_transport_denied(bucket.arn)]}
    properties = {"Bucket": bucket.name, "PolicyDocument": document}
    return Resource(BUCKET_POLICY, bucket.arn, bucket.account, bucket.region, bucket.name, properties)


def new_key(place: Place, name: str, description: str) -> Resource:
    """A customer managed key that is rotated each year, with KMS's default policy. Its id is a stand-in until then."""
    partition, account, region = place
    id_ = stand_in("", name)
    arn = f"arn:{partition}:kms:{region}:{account}:key/{id_}"
    key = completed(Resource(KEY, arn, account, region, id_, {"Description": description}))
    return key.with_properties(EnableKeyRotation=True)


def alias_of(key: Resource, alias: str) -> Resource:
    """The alias `alias/...` of a key."""
    arn = f"{key.arn.partition(':key/')[0]}:{alias}"
    properties: dict[str, Value] = {"AliasName": alias, "TargetKeyId": key.name}
    return Resource(ALIAS, arn, key.account, key.region, alias, properties)


def alias_name(words: str) -> str:
    """A bucket's name with an end as an alias, which has no dots."""
    return f"alias/{words.replace('.', '-')}"
