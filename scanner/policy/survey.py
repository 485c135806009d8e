"""Asks a group of policies that act together what they say to one question, and turns the answers into votes."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from scanner.policy.decision import Part, Reason, Vote
from scanner.policy.grants import Grant, grant_allows
from scanner.policy.principals import Meant, Reach
from scanner.policy.statements import CompiledPolicy, CompiledStatement, Question, applies
from scanner.policy.truth import Unseen

Policies: TypeAlias = tuple[CompiledPolicy | Unseen, ...] | Unseen
"""Policies that act together; Unseen for one that was not read, or for the list itself."""

GRANT = "KMS grant"


@dataclass(slots=True)
class Survey:
    """What a group of policies says: the first Allow for each reach, every Deny, and what might do either.

    `exists` is False where silence is not worth a word: no such policy, or KMS grants. The lists grow while the
    policies are read, and only then.
    """

    kind: str
    place: str = ""
    exists: bool = True
    names: list[str] = field(default_factory=list)
    allows: dict[Reach, Reason] = field(default_factory=dict)
    denies: list[Reason] = field(default_factory=list)
    may_allow: list[Reason] = field(default_factory=list)
    may_deny: list[Reason] = field(default_factory=list)


def survey(policies: Policies | None, kind: str, question: Question, place: str = "") -> Survey:
    """Ask every statement of every policy; None says that there is no such policy."""
    found = Survey(kind, place, exists=policies is not None)
    for policy in (policies,) if isinstance(policies, Unseen) else policies or ():
        if isinstance(policy, Unseen):
            _doubt(found, policy, ())
            continue
        found.names.append(policy.name)
        for unread in policy.unread:
            _doubt(found, unread, (policy.name,))
        for statement in policy.statements:
            meant = applies(statement, question)
            if meant is not Reach.NOBODY:
                _count(found, policy, statement, meant)
    return found


def survey_one(policy: CompiledPolicy | Unseen | None, kind: str, question: Question) -> Survey:
    """The same for a kind of which there is one policy at most."""
    return survey(None if policy is None else (policy,), kind, question)


def survey_grants(grants: Iterable[Grant | Unseen] | Unseen, question: Question) -> Survey:
    """What the grants of a key allow; they never deny."""
    found = Survey(GRANT, exists=False)
    for grant in (grants,) if isinstance(grants, Unseen) else grants:
        if isinstance(grant, Unseen):
            found.may_allow.append(Reason(Part.UNSEEN, GRANT, note=grant.reason))
            continue
        meant = grant_allows(grant, question.action, question.context, question.caller)
        if isinstance(meant, Unseen):
            found.may_allow.append(Reason(Part.UNSEEN, GRANT, (grant.grant_id,), note=meant.reason))
        elif meant is not Reach.NOBODY and meant not in found.allows:
            found.allows[meant] = Reason(Part.ALLOWS, GRANT, (grant.grant_id,))
    return found


def weakened(found: Survey, doubt: Unseen) -> Survey:
    """The survey of policies of which it is not certain that they apply at all."""
    unsure = [replace(reason, part=Part.UNSEEN, note=doubt.reason) for reason in found.denies]
    instead = Reason(Part.UNSEEN, found.kind, tuple(found.names), None, found.place, doubt.reason)
    may_allow, may_deny = [*found.may_allow, instead], [*unsure, *found.may_deny]
    return replace(found, denies=[], may_allow=may_allow, may_deny=may_deny)


def vote(found: Survey, *reaches: Reach) -> Vote:
    """Whether the policies allow, by a name of one of these reaches (all but by the account, when none is given)."""
    for reach in reaches or (Reach.CALLER, Reach.ROLE):
        if reach in found.allows:
            return Vote(True, (found.allows[reach],))
    if found.may_allow:
        return Vote(Unseen(found.may_allow[0].note), tuple(found.may_allow))
    return Vote(False, (silence(found),) if found.exists else ())


def ceiling(found: Survey) -> Vote:
    """The vote of a policy that limits: where there is none, nothing is limited."""
    return vote(found) if found.exists else Vote(True)


def silence(found: Survey, note: str = "") -> Reason:
    """The reason that none of these policies allows."""
    return Reason(Part.SILENT, found.kind, tuple(found.names), None, found.place, note)


def _doubt(found: Survey, unseen: Unseen, names: tuple[str, ...]) -> None:
    reason = Reason(Part.UNSEEN, found.kind, names, None, found.place, unseen.reason)
    found.may_allow.append(reason)
    found.may_deny.append(reason)


def _count(found: Survey, policy: CompiledPolicy, compiled: CompiledStatement, meant: Meant) -> None:
    names, statement = (policy.name,), compiled.statement
    if isinstance(meant, Unseen):
        reason = Reason(Part.UNSEEN, found.kind, names, statement, found.place, meant.reason)
        (found.may_allow if compiled.allows else found.may_deny).append(reason)
    elif not compiled.allows:
        found.denies.append(Reason(Part.DENIES, found.kind, names, statement, found.place))
    elif meant not in found.allows:
        found.allows[meant] = Reason(Part.ALLOWS, found.kind, names, statement, found.place)
