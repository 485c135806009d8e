"""Remedies for what bucket policies have to deny: statements are added, and every other one stays as it is."""

from collections.abc import Iterator

from scanner.analysis.arns import account_of, partition_of, resource_of
from scanner.analysis.kinds import BUCKET_POLICY, needs
from scanner.analysis.replication.names import ROLE
from scanner.estate.resource import Resource
from scanner.findings.finding import Finding
from scanner.remedies.denials import destruction_denied, insecure_transport_denied
from scanner.remedies.drafting import CannotError, changed, proposing
from scanner.remedies.policy_holders import with_bucket_statements
from scanner.remedies.proposals import Remedy, Situation

USER = "AWS::IAM::User"

_POLICY = needs(BUCKET_POLICY, "Bucket", "PolicyDocument")


def _over_tls(situation: Situation, finding: Finding) -> Situation:
    arn = finding.resource.arn
    return changed(situation, with_bucket_statements(situation.working, arn, [insecure_transport_denied(arn)]))


def _undestroyed(situation: Situation, finding: Finding) -> Situation:
    bucket = finding.resource
    spared = tuple(_break_glass(situation, bucket))
    statement = destruction_denied(bucket.arn, spared)
    return changed(situation, with_bucket_statements(situation.working, bucket.arn, [statement]))


def _break_glass(situation: Situation, bucket: Resource) -> Iterator[str]:
    """Whom the denial spares: somebody of the bucket's account who is there, or nobody could ever lift it again."""
    named = [arn for arn in situation.choices.break_glass if partition_of(arn) == partition_of(bucket.arn)]
    own = [arn for arn in named if account_of(arn) == bucket.account]
    if not own:
        raise CannotError(
            f"somebody of account {bucket.account} has to be spared: name a role for emergencies with --break-glass ARN"
        )
    for arn in own:
        type_ = ROLE if resource_of(arn).startswith("role/") else USER
        if situation.working.get(type_, arn) is None:
            raise CannotError(
                f"{arn} was not seen: a denial that spares nobody but whom there is not locks everybody out"
            )
        yield arn


REMEDIES: tuple[Remedy, ...] = (
    Remedy("deny-insecure-transport", "denies requests without TLS", proposing(_over_tls), _POLICY),
    Remedy(
        "deny-destruction",
        "denies the destruction of the copy to all but break-glass principals",
        proposing(_undestroyed),
        _POLICY | needs(ROLE) | needs(USER),
    ),
)
"""The remedies of what bucket policies deny."""
