"""What bucket policies contribute to a bucket's protection.

Whether a policy denies something takes evaluating it, which this version does not do. So a policy that exists, or
might, leaves the answer open; only a bucket without any policy is certain to be denied nothing by one.
"""

from collections.abc import Mapping

from scanner.analysis.annotation import annotate
from scanner.analysis.kinds import BUCKET, BUCKET_POLICY
from scanner.analysis.reading import text
from scanner.analysis.truth import Truth
from scanner.estate.estate import Estate
from scanner.estate.intent import Intent
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value

NOT_EVALUATED = Unknown("the bucket has a policy, and whether that denies SSE-C is not evaluated yet")


def derive_policy_denials(estate: Estate, _: Intent) -> Estate:
    """Adds `PolicyDeniesSseC`: False where no bucket policy exists, otherwise an `Unknown`."""
    policies, doubt = _by_bucket(estate)

    def facts(bucket: Resource) -> Mapping[str, Value]:
        policy = policies.get((bucket.account, bucket.name))
        unseen = doubt or estate.blind(BUCKET_POLICY, bucket.account, bucket.region)
        return {"PolicyDeniesSseC": unseen or False if policy is None else _denies(policy)}

    return annotate(estate, BUCKET, facts)


def _by_bucket(estate: Estate) -> tuple[dict[tuple[str, str], Resource], Unknown | None]:
    policies: dict[tuple[str, str], Resource] = {}
    doubt: Unknown | None = None
    for policy in estate.of_type(BUCKET_POLICY):
        match text(policy.properties, "Bucket"):
            case str() as name:
                policies[policy.account, name] = policy
            case Unknown() as unknown:
                doubt = doubt or unknown
    return policies, doubt


def _denies(policy: Resource) -> Truth:
    document = policy.properties.get("PolicyDocument")
    if document is None:
        return False
    return document if isinstance(document, Unknown) else NOT_EVALUATED
