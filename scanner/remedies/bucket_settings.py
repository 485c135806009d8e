"""Remedies for single settings of a bucket: that it keeps versions, is not public, and takes no keys of the writers."""

from scanner.analysis.kinds import BUCKET, needs
from scanner.analysis.public_access import SETTINGS
from scanner.analysis.reading import at
from scanner.estate.unknown import Unknown
from scanner.findings.finding import Finding
from scanner.remedies.asked_copies import BLOCKED, encryption, versioned
from scanner.remedies.drafting import CannotError, changed, known, proposing
from scanner.remedies.proposals import Remedy, Situation


def _versioning(situation: Situation, finding: Finding) -> Situation:
    bucket = situation.current(finding.resource)
    guarded = at(bucket.properties, "Observed.MFADelete")
    if isinstance(guarded, Unknown):
        raise CannotError(
            f"whether MFA Delete guards the versions of bucket {bucket.name} is not known: {guarded.reason}"
        )
    if guarded == "Enabled":
        raise CannotError(
            f"MFA Delete guards the versions of bucket {bucket.name}: only the root user can switch them on, by "
            f"aws s3api put-bucket-versioning --bucket {bucket.name} --mfa ..."
        )
    return versioned(situation, bucket)


def _blocked_in_public(situation: Situation, finding: Finding) -> Situation:
    bucket = situation.current(finding.resource)
    had = known(bucket.properties.get("PublicAccessBlockConfiguration"), f"the public access block of {bucket.name}")
    block = {**(had or {}), **dict.fromkeys(SETTINGS, True)}
    return changed(situation, bucket.with_properties(PublicAccessBlockConfiguration=block))


def _without_foreign_keys(situation: Situation, finding: Finding) -> Situation:
    bucket = situation.current(finding.resource)
    had = known(bucket.properties.get("BucketEncryption"), f"the default encryption of bucket {bucket.name}")
    if had is None:
        return changed(situation, bucket.with_properties(BucketEncryption=encryption()))
    rules = [{**rule, "BlockedEncryptionTypes": BLOCKED} for rule in had["ServerSideEncryptionConfiguration"]]
    return changed(situation, bucket.with_properties(BucketEncryption={"ServerSideEncryptionConfiguration": rules}))


REMEDIES: tuple[Remedy, ...] = (
    Remedy(
        "enable-versioning",
        "switches versioning on",
        proposing(_versioning),
        needs(BUCKET, "VersioningConfiguration", "Observed.MFADelete"),
    ),
    Remedy("block-public-access", "blocks all public access to the bucket", proposing(_blocked_in_public)),
    Remedy("block-sse-c", "refuses objects under keys that only their writer has", proposing(_without_foreign_keys)),
)
"""The remedies of single settings."""
