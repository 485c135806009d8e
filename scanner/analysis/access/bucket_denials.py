"""What bucket policies keep everybody from: plain HTTP, encryption under a key that only the writer holds, destruction.

Whether something is allowed plays no part here. A denial protects against whoever holds, or steals, any permission at
all; one that lets somebody through by a condition protects against everybody else only, and does not count.
"""

from collections.abc import Mapping

from scanner.analysis.access.bucket_statements import BucketStatements, Statements
from scanner.analysis.access.callers import any_user_of, anybody_of
from scanner.analysis.access.guardrails import Guardrails
from scanner.analysis.access.policies import Pins
from scanner.analysis.access.questions import Answer, Requests, truth_of, undenied
from scanner.analysis.annotation import annotate
from scanner.analysis.kinds import BUCKET
from scanner.analysis.truth import Truth, negate
from scanner.estate.estate import Estate
from scanner.estate.intent import Intent
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value
from scanner.policy.statements import PolicyKind

DESTRUCTIVE_ACTIONS = (
    "s3:BypassGovernanceRetention",
    "s3:DeleteBucketPolicy",
    "s3:DeleteObjectVersion",
    "s3:PutBucketObjectLockConfiguration",
    "s3:PutBucketPolicy",
    "s3:PutBucketVersioning",
    "s3:PutLifecycleConfiguration",
)
"""What takes versions away, or the settings that keep them."""

# TLS has a version; a request without TLS has none ("Condition keys for Amazon S3", service authorization reference,
# read 2026-11-21).
_PLAIN_HTTP: Pins = {"aws:securetransport": "false", "s3:tlsversion": None}

# S3 takes no other encryption beside a key of the caller's own ("Using server-side encryption with customer-provided
# keys", S3 guide, read 2026-11-21), so the headers that ask for one are not there.
_CALLERS_KEY: Pins = {
    "s3:x-amz-server-side-encryption-customer-algorithm": "AES256",
    "s3:x-amz-server-side-encryption": None,
    "s3:x-amz-server-side-encryption-aws-kms-key-id": None,
}


def derive_plain_http(estate: Estate, _: Intent) -> Estate:
    """Adds `AllowsPlainHttp`: whether the bucket's policy lets any request without TLS through, of anybody at all."""
    policies = BucketStatements.of(estate)

    def allows(bucket: Resource) -> Truth:
        return truth_of(_undenied(policies, policies.denials(bucket), "s3:*", _PLAIN_HTTP))

    return annotate(estate, BUCKET, lambda bucket: {"AllowsPlainHttp": allows(bucket)})


def derive_sse_c(estate: Estate, _: Intent) -> Estate:
    """Adds `PolicyDeniesSseC`: whether the policy denies everybody to write under a key that they bring along."""
    policies = BucketStatements.of(estate)

    def denies(bucket: Resource) -> Truth:
        return negate(truth_of(_undenied(policies, policies.denials(bucket), "s3:PutObject", _CALLERS_KEY)))

    return annotate(estate, BUCKET, lambda bucket: {"PolicyDeniesSseC": denies(bucket)})


def derive_destruction(estate: Estate, _: Intent) -> Estate:
    """Adds `DestructionNotDenied`: the actions by which principals of the bucket's account that no policy names could
    undo its protection, as far as its policy and those of the organization are concerned.

    An `Unknown` in the list stands for an action of which it cannot be told. Whoever a denial spares by name is taken
    for the break-glass access that is meant to be spared.
    """
    policies, guardrails = BucketStatements.of(estate), Guardrails.of(estate)

    def facts(bucket: Resource) -> Mapping[str, Value]:
        said = policies.denials(bucket)
        question = ("destruction", bucket.account)
        found = policies.once(said, question, lambda: _not_denied(said, bucket.account, guardrails))
        return {"DestructionNotDenied": found}

    return annotate(estate, BUCKET, facts)


def _undenied(policies: BucketStatements, said: Statements, action: str, pins: Pins) -> Answer:
    asked = Requests((action,), said.resources, partition=said.partition, keys=pins)
    return policies.once(said, action, lambda: undenied(said.policies, asked))


def _not_denied(said: Statements, account: str, guardrails: Guardrails) -> list[Value]:
    """Both a role and a user are asked about: denials may tell them apart."""
    policies = said.policies + guardrails.policies(account, PolicyKind.SCP, PolicyKind.RCP)
    known = policies.prepared()
    callers = (anybody_of(account, said.partition, known), any_user_of(account, said.partition, known))
    found: list[Value] = []
    for action in DESTRUCTIVE_ACTIONS:
        answer = undenied(policies, Requests((action,), said.resources, callers, said.partition))
        if answer is not None and not guardrails.never_allow(account, action):
            found.append(answer if isinstance(answer, Unknown) else action)
    return found
