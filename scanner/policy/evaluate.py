"""Decides a request against all policies that have a say, as AWS documents its policy evaluation logic.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html with its pages on requests
within an account and across accounts, and the SCP and RCP pages of the Organizations user guide (all 2026-11).
Compile policies once with `compile_policy`, put those that have a say into a `PolicySet`, and ask `evaluate`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from scanner.policy.decision import MAX_REASONS, Decision, Part, Reason, Verdict, Vote, all_of, any_of
from scanner.policy.grants import Grant
from scanner.policy.guardrails import Level, Levels, survey_rcps, survey_scps
from scanner.policy.principals import Reach, read_caller
from scanner.policy.request import Request
from scanner.policy.statements import CompiledPolicy, PolicyKind, Question
from scanner.policy.survey import Policies, Survey, ceiling, silence, survey, survey_grants, survey_one, vote
from scanner.policy.truth import Truth, Unseen

__all__ = ["Level", "Levels", "Policies", "PolicySet", "evaluate", "needs_delegation"]


@dataclass(frozen=True, slots=True)
class PolicySet:
    """Every policy that has a say on one request.

    `identity`, `boundary`, `session` and `scps` are the caller's, `resource`, `rcps` and `grants` the resource's.
    None says that there is no such policy. In an SCP level without an Allow nothing is allowed, so FullAWSAccess
    must be listed where it is attached; RCPFullAWSAccess is implied. Principals of the management account are free
    of SCPs, its resources of RCPs.
    """

    identity: Policies = ()
    resource: CompiledPolicy | Unseen | None = None
    boundary: CompiledPolicy | Unseen | None = None
    session: Policies | None = None
    scps: Levels = ()
    rcps: Levels = ()
    grants: tuple[Grant | Unseen, ...] | Unseen = ()
    management_account: str | None = None


def evaluate(request: Request, policies: PolicySet) -> Decision:
    """Decide a request. PolicyError when its principal is nothing that could call."""
    caller = read_caller(request)
    bounded = caller.kind in ("user", "role", "session") and _is_bounded(policies.boundary)
    question = Question(request.action.lower(), request.resource, request.context, caller, bounded)
    asked = _ask(policies, question, request.resource_account)
    if caller.account is None:
        allowed = _outside(asked)
    else:
        # Every level of SCPs must allow; one that allows nothing denies all, even where no SCP is attached to it.
        allowed = all_of([_within_accounts(asked, request.resource_account), *map(vote, asked.scps)])
    return _decide(request.action, allowed, asked)


def needs_delegation(action: str, resource: str) -> bool:
    """Whether identity policies count only where the resource's own policy says so: KMS keys and role trust.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html and, on both, step 3 of
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html (2026-11). `action` is
    in lower case.
    """
    if not action.startswith(("kms:", "sts:")):
        return False
    parts = resource.split(":", 5)
    return len(parts) == 6 and (parts[2], parts[5].partition("/")[0]) in (("kms", "key"), ("iam", "role"))


@dataclass(frozen=True, slots=True)
class _Asked:
    """What every group of policies says to the question."""

    question: Question
    identity: Survey
    boundary: Survey
    session: Survey
    resource: Survey
    grants: Survey
    own_grants: Survey
    scps: tuple[Survey, ...]
    rcps: tuple[Survey, ...]

    def __iter__(self) -> Iterator[Survey]:
        yield from (self.identity, self.boundary, self.session, self.resource, *self.scps, *self.rcps)


def _is_bounded(boundary: CompiledPolicy | Unseen | None) -> Truth:
    return boundary if isinstance(boundary, Unseen) else boundary is not None


def _ask(policies: PolicySet, question: Question, resource_account: str | Unseen) -> _Asked:
    inside = question.caller.account is not None
    grants = policies.grants if question.action.startswith("kms:") else ()
    own = () if isinstance(grants, Unseen) else tuple(each for each in grants if _is_issued_by(each, question))
    return _Asked(
        question=question,
        identity=survey(policies.identity if inside else None, PolicyKind.IDENTITY, question),
        boundary=survey_one(policies.boundary if inside else None, PolicyKind.BOUNDARY, question),
        session=survey(policies.session if inside else None, PolicyKind.SESSION, question),
        resource=survey_one(policies.resource, PolicyKind.RESOURCE, question),
        grants=survey_grants(grants, question),
        own_grants=survey_grants(own, question),
        scps=survey_scps(policies.scps, question, policies.management_account) if inside else (),
        rcps=survey_rcps(policies.rcps, question, policies.management_account, resource_account),
    )


def _is_issued_by(grant: Grant | Unseen, question: Question) -> bool:
    return isinstance(grant, Grant) and grant.issuing_account == question.caller.account


def _outside(asked: _Asked) -> Vote:
    """AWS services, identity providers and anonymous callers have no policies of their own."""
    return _sought([vote(asked.resource, Reach.CALLER), vote(asked.grants, Reach.CALLER)], asked)


def _within_accounts(asked: _Asked, resource_account: str | Unseen) -> Vote:
    """Whether identity and resource side allow, by the rules for one account or for two."""
    if not isinstance(resource_account, Unseen):
        return _same_account(asked) if resource_account == asked.question.caller.account else _cross_account(asked)
    same, cross = _same_account(asked), _cross_account(asked)
    if same.truth is cross.truth:
        return cross
    doubt = Vote(resource_account, (Reason(Part.UNSEEN, "resource's account", note=resource_account.reason),))
    return any_of([all_of([doubt, same]), all_of([doubt, cross])])


def _same_account(asked: _Asked) -> Vote:
    """Either side is enough. What a resource policy grants to a role is limited by boundary and session policy;
    what it grants to a user, to a session, or to `*` is not.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html, "Resource-based
    policies", and, for `*`, reference_policies_elements_principal.html, "IAM role principals" (2026-11)
    """
    limits = all_of([ceiling(asked.boundary), ceiling(asked.session)])
    by_identity = all_of([_delegated(asked), _identity(asked), limits])
    direct = any_of([vote(asked.resource, Reach.CALLER), vote(asked.grants, Reach.CALLER)])
    by_role = any_of([vote(asked.resource, Reach.ROLE), vote(asked.grants, Reach.ROLE)])
    return any_of([by_identity, direct, all_of([by_role, limits])])


def _cross_account(asked: _Asked) -> Vote:
    """Both sides must allow; on the caller's side a KMS grant that its own account issued counts like a policy.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html, for the
    grant "key trust" in https://docs.aws.amazon.com/kms/latest/developerguide/policy-evaluation.html (2026-11)
    """
    by_resource = _sought([_by_anyone(asked.resource), _by_anyone(asked.grants)], asked)
    own_side = any_of([_identity(asked), _by_anyone(asked.own_grants)])
    return all_of([own_side, by_resource, ceiling(asked.boundary), ceiling(asked.session)])


def _sought(votes: list[Vote], asked: _Asked) -> Vote:
    """The votes of a side without which nothing is allowed, so that its absence is a reason too."""
    found = any_of(votes)
    return found if found.because else Vote(False, (silence(asked.resource),))


def _by_anyone(found: Survey) -> Vote:
    return vote(found, Reach.CALLER, Reach.ROLE, Reach.ACCOUNT)


def _identity(asked: _Asked) -> Vote:
    """The root user has full access to its account without any policy (same page, 2026-11)."""
    if asked.question.caller.kind == "root":
        return Vote(True, (Reason(Part.ALLOWS, "full access of the account's root user"),))
    return vote(asked.identity)


def _delegated(asked: _Asked) -> Vote:
    """Whether identity policies count at all on this resource."""
    if not needs_delegation(asked.question.action, asked.question.resource):
        return Vote(True)
    found = any_of([vote(asked.resource, Reach.ACCOUNT), vote(asked.grants, Reach.ACCOUNT)])
    if found.truth is not False:
        return found
    return Vote(False, (silence(asked.resource, "nor one for the account, so identity policies do not count"),))


def _decide(action: str, allowed: Vote, asked: _Asked) -> Decision:
    """An explicit Deny wins; a Deny that is in doubt matters only where the request would be allowed without it."""
    denies = tuple(reason for found in asked for reason in found.denies)
    if denies:
        return _decision(Verdict.EXPLICITLY_DENIED, denies, action)
    if allowed.truth is False:
        return _decision(Verdict.IMPLICITLY_DENIED, allowed.because, action)
    doubts = tuple(reason for found in asked for reason in found.may_deny)
    if allowed.truth is True and not doubts:
        return _decision(Verdict.ALLOWED, allowed.because, action)
    opened = allowed.because if allowed.truth is not True else ()
    return _decision(Verdict.UNKNOWN, (*opened, *doubts), action)


def _decision(verdict: Verdict, because: tuple[Reason, ...], action: str) -> Decision:
    """Each reason once; the silence of a policy counts once, in the words that say most, which come first."""
    distinct: dict[object, Reason] = {}
    for reason in because:
        key = (reason.kind, reason.policies, reason.place) if reason.part is Part.SILENT else id(reason)
        distinct.setdefault(key, reason)
    return Decision(verdict, tuple(distinct.values())[:MAX_REASONS], action)
