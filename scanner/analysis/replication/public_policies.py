"""Destinations whose policy is public while Block Public Access restricts such buckets: S3 then lets in nobody else.

"Enabling this setting doesn't affect previously stored bucket policies, except that public and cross-account access
within any public bucket policy, including non-public delegation to specific accounts, is blocked":
https://docs.aws.amazon.com/AmazonS3/latest/API/API_PublicAccessBlockConfiguration.html (2026-11). Whether that stops
the replication role too is documented in general only, so it is told as a doubt.
"""

from collections.abc import Iterator

from scanner.analysis.reading import flag
from scanner.analysis.replication.demands import Ends
from scanner.analysis.replication.faults import Doubt
from scanner.analysis.replication.places import End, Places
from scanner.analysis.replication.policy_book import PolicyBook
from scanner.analysis.replication.vocabulary import Hop
from scanner.analysis.truth import Truth, any_true
from scanner.estate.unknown import Unknown
from scanner.policy.document import Condition, Statement
from scanner.policy.statements import CompiledPolicy

_NARROWING = (
    *("aws:sourceip", "aws:sourcearn", "aws:sourcevpc", "aws:sourcevpce", "aws:sourceowner", "aws:sourceaccount"),
    *("aws:userid", "aws:principalarn", "aws:principalaccount", "aws:principalorgid", "aws:principalorgpaths"),
    *("s3:x-amz-server-side-encryption-aws-kms-key-id", "s3:dataaccesspointarn", "s3:dataaccesspointaccount"),
)
"""Condition keys whose fixed values make a statement non-public, in lower case.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html (2026-11)
"""


def doubts_of_public_policy(ends: Ends, book: PolicyBook) -> Iterator[Doubt]:
    """The doubt about a destination in another account that admits the role only as it would admit anybody."""
    destination = ends.destination
    if destination.bucket is None or destination.account == ends.source.account:
        return
    policy = book.bucket(destination)
    if not isinstance(policy, CompiledPolicy) or not any(
        one.allows and _is_public(one.statement) for one in policy.statements
    ):
        return
    restricts = _restricts(destination, book.places)
    if restricts is not False:
        what = (
            f"the policy of bucket {destination.name} is public, and S3 cuts access by other accounts to such buckets"
        )
        why = restricts.reason if isinstance(restricts, Unknown) else "RestrictPublicBuckets is on"
        yield Doubt(Hop.DESTINATION_OBJECT, f"{what} where RestrictPublicBuckets is on: {why}")


def _is_public(statement: Statement) -> bool:
    principals, conditions = statement.principals, statement.conditions
    if not isinstance(principals, tuple) or not isinstance(conditions, tuple):
        return False
    anyone = statement.negates_principals or any(one.value == "*" for one in principals)
    return anyone and not any(map(_narrows, conditions))


def _narrows(condition: Condition) -> bool:
    """Only fixed values count, neither wildcards nor variables, and nothing that merely leaves some out."""
    is_fixed = not any(mark in value for value in condition.values for mark in ("*", "?", "${"))
    excludes = "Not" in condition.operator or condition.operator == "Null"
    return condition.key.lower() in _NARROWING and is_fixed and not excludes


def _restricts(end: End, places: Places) -> Truth:
    own = end.look_up("PublicAccessBlockConfiguration")
    by_bucket = own if isinstance(own, Unknown) else flag(own, "RestrictPublicBuckets")
    return any_true((by_bucket, places.restricts_public_buckets(end)))
