"""Where statements go: into a role's inline policies, its trust policy, a bucket's policy, or a key's.

What is there already is kept, statement by statement. Each kind of policy has a size that AWS does not go beyond.
"""

import json
import re
from collections.abc import Sequence

from scanner.analysis.kinds import BUCKET_POLICY, KEY
from scanner.analysis.reading import elements
from scanner.analysis.replication.places import Places
from scanner.estate.estate import Estate
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value
from scanner.remedies.drafting import CannotError, known, with_list
from scanner.remedies.policy_edits import (
    MAX_BUCKET,
    MAX_INLINE,
    MAX_KEY,
    MAX_TRUST,
    Statement,
    with_statements,
)

INLINE = "replication"
"""What a role's inline policy is called that remedies add."""


def role_of(estate: Estate, arn: str) -> Resource:
    """The role with that ARN. Raises `CannotError` where it was not seen."""
    found = Places(estate).role(arn)
    if isinstance(found, Resource):
        return found
    raise CannotError(f"role {arn} is not known: {found.reason}" if found else f"there is no role {arn}")


def bucket_of(estate: Estate, arn: str) -> Resource:
    """The bucket with that ARN. Raises `CannotError` where it was not seen, with the reason."""
    end = Places(estate).destination(arn, None)
    if end.bucket is None:
        raise CannotError(f"bucket {end.name} was not seen: {end.doubt.reason if end.doubt else 'there is none'}")
    return end.bucket


def bucket_policy_of(estate: Estate, bucket: Resource) -> Resource:
    """The policy of a bucket, a new one without document where it has none. Raises `CannotError` where not known."""
    places = Places(estate)
    document = places.bucket_policy(places.source(bucket))
    if isinstance(document, Unknown):
        raise CannotError(f"the policy of bucket {bucket.name} is not known: {document.reason}")
    found = next((one for one in estate.of_type(BUCKET_POLICY) if _is_of(one, bucket)), None)
    return found or Resource(
        BUCKET_POLICY, bucket.arn, bucket.account, bucket.region, bucket.name, {"Bucket": bucket.name}
    )


def key_of(estate: Estate, arn: str) -> Resource:
    """The key with that ARN. Raises `CannotError` where it was not seen."""
    found = estate.get(KEY, arn)
    if found is None:
        raise CannotError(f"key {arn} was not seen, so that its policy cannot be changed")
    if found.properties.get("Observed", {}).get("KeyManager") == "AWS":
        raise CannotError(f"AWS manages key {arn}: nobody can change its policy; use a customer managed key")
    return found


def with_inline_statements(role: Resource, added: Sequence[Statement]) -> Resource:
    """The role with more statements: in an inline policy that is empty, the first one that takes more, or a new one."""
    what = f"an inline policy of role {role.name}"
    policies = list(known(elements(role.properties.get("Policies")), what))
    ready = [at for at, one in enumerate(policies) if _takes_more(one["PolicyDocument"])]
    ready.sort(key=lambda at: bool(policies[at]["PolicyDocument"]["Statement"]))
    if not ready:
        document = with_statements(None, added, what)
        return with_inline_policies(role, [*policies, {"PolicyName": _free_name(policies), "PolicyDocument": document}])
    document = with_statements(policies[ready[0]]["PolicyDocument"], added, what)
    policies[ready[0]] = {**policies[ready[0]], "PolicyDocument": document}
    return with_inline_policies(role, policies)


def with_inline_policies(role: Resource, policies: list[Value]) -> Resource:
    """The role with these inline policies. Raises `CannotError` where they are more than IAM takes."""
    size = sum(_characters(one["PolicyDocument"]) for one in policies)
    if size > MAX_INLINE:
        raise CannotError(
            f"the inline policies of role {role.name} would have {size} characters, and IAM takes {MAX_INLINE}; "
            "move some of them into a managed policy"
        )
    return with_list(role, "Policies", policies)


def with_trust(role: Resource, added: Sequence[Statement]) -> Resource:
    """The role with more statements in its trust policy."""
    what = f"the trust policy of role {role.name}"
    return with_trust_policy(role, with_statements(role.properties.get("AssumeRolePolicyDocument"), added, what))


def with_trust_policy(role: Resource, document: Value) -> Resource:
    """The role with this trust policy. Raises `CannotError` where it is longer than IAM takes."""
    size = _characters(document)
    if size > MAX_TRUST:
        raise CannotError(
            f"the trust policy of role {role.name} would have {size} characters, and IAM takes {MAX_TRUST}; "
            "use several roles"
        )
    return role.with_properties(AssumeRolePolicyDocument=document)


def with_bucket_statements(estate: Estate, arn: str, added: Sequence[Statement]) -> Resource:
    """The policy of the bucket with that ARN, with more statements."""
    policy = bucket_policy_of(estate, bucket_of(estate, arn))
    what = f"the policy of bucket {policy.name}"
    return with_bucket_policy(policy, with_statements(policy.properties.get("PolicyDocument"), added, what))


def with_bucket_policy(policy: Resource, document: Value) -> Resource:
    """The bucket policy with this document. Raises `CannotError` where nothing is left of it, or it is too long."""
    if not document["Statement"]:
        raise CannotError(f"nothing would be left of the policy of bucket {policy.name}: delete it")
    size = len(json.dumps(document).encode())
    if size > MAX_BUCKET:
        raise CannotError(
            f"the policy of bucket {policy.name} would have {size} bytes, and S3 takes {MAX_BUCKET}; shorten it first"
        )
    return policy.with_properties(PolicyDocument=document)


def with_key_statements(estate: Estate, arn: str, added: Sequence[Statement]) -> Resource:
    """The key with that ARN, with more statements in its policy."""
    key = key_of(estate, arn)
    what = f"the policy of key {arn}"
    return with_key_policy(key, with_statements(known(key.properties.get("KeyPolicy"), what), added, what))


def with_key_policy(key: Resource, document: Value) -> Resource:
    """The key with this policy. Raises `CannotError` where it is longer than KMS takes."""
    size = len(json.dumps(document).encode())
    if size > MAX_KEY:
        raise CannotError(f"the policy of key {key.arn} would have {size} bytes, and KMS takes {MAX_KEY}")
    return key.with_properties(KeyPolicy=document)


def _is_of(policy: Resource, bucket: Resource) -> bool:
    named = policy.properties.get("Bucket", policy.name)
    return policy.arn == bucket.arn or (named == bucket.name and policy.account == bucket.account)


def _takes_more(document: Value) -> bool:
    """Whether a document is of the version whose language synthesised statements are in."""
    return isinstance(document, dict) and document.get("Version") == "2012-10-17"


def _free_name(policies: Sequence[Value]) -> str:
    taken, number = {one["PolicyName"] for one in policies}, 1
    while (name := INLINE if number == 1 else f"{INLINE}-{number}") in taken:
        number += 1
    return name


def _characters(document: Value) -> int:
    """The characters that IAM counts: all but white space."""
    return len(re.sub(r"\s", "", json.dumps(document)))
