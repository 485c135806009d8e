"""Policies made ready for comparing: each statement as actions, callers and regions, beside its compiled form.

Comparing asks what a set of documents gives by itself: some Allow applies and no Deny does. How documents of
several kinds work together on a request is the evaluator's business, not this one's.
"""

import re
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from scanner.policy.actions import action_mask, exists, service_actions
from scanner.policy.constraints import regions_of
from scanner.policy.document import Policy, Statement
from scanner.policy.patterns import is_literal
from scanner.policy.principals import Caller, Meant, Reach, read_caller
from scanner.policy.regions import Region
from scanner.policy.request import Request
from scanner.policy.statements import CompiledStatement, PolicyKind, Question, applies, compile_policy
from scanner.policy.truth import Unseen

# Patterns keep signs of their own there; in a policy they mean nothing, and AWS refuses them in most.
_PRIVATE_USE = re.compile("[\ue000-\uf8ff]")
_STRANGE = "holds characters of the private use area"


class Strength(IntEnum):
    """What documents by themselves give to a caller."""

    NOTHING = 0
    """No access."""
    DELEGATION = 1
    """Access as far as the policies of the caller's account grant it too."""
    ACCESS = 2
    """Access."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One statement of a policy. `policy` is the policy's name, `patterns` the actions in lower case."""

    policy: str
    compiled: CompiledStatement
    regions: tuple[Region, ...]
    patterns: tuple[str, ...]
    masks: dict[str, int] = field(default_factory=dict, compare=False, repr=False)

    @property
    def statement(self) -> Statement:
        """The statement as it was parsed."""
        return self.compiled.statement

    def mask(self, service: str) -> int:
        """Which of the service's known actions the statement names, as bits in the order of `service_actions`."""
        if service not in self.masks:
            named = action_mask(service, self.patterns)
            negated = self.statement.negates_actions
            self.masks[service] = ((1 << len(service_actions(service))) - 1) & ~named if negated else named
        return self.masks[service]

    def names(self, action: str) -> bool:
        """Whether the statement names one action, known or not."""
        return self.compiled.action(action.lower())

    def gives(self, caller: Caller) -> Strength | Unseen:
        """What the statement means a caller to have, or to be denied, apart from everything but who calls."""
        return _strength(Reach.CALLER if self.compiled.means is None else self.compiled.means(caller))


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words by which statements tell requests apart.

    `services` are named by prefix, `wild` are action patterns without a literal prefix, `strangers` actions that
    AWS's tables do not know, all in lower case; `keys` are the condition keys that they look at.
    """

    services: frozenset[str] = frozenset()
    wild: frozenset[str] = frozenset()
    strangers: frozenset[str] = frozenset()
    keys: frozenset[str] = frozenset()
    partitions: frozenset[str] = frozenset()
    names_callers: bool = False

    def __or__(self, other: "Vocabulary") -> "Vocabulary":
        return Vocabulary(
            self.services | other.services,
            self.wild | other.wild,
            self.strangers | other.strangers,
            self.keys | other.keys,
            self.partitions | other.partitions,
            self.names_callers or other.names_callers,
        )


@dataclass(frozen=True, slots=True)
class Prepared:
    """Some policies of one kind, ready for comparing. `unread` is what of them could not be understood.

    `memory` is where comparisons keep what they found out about these policies alone.
    """

    allows: tuple[Clause, ...]
    denies: tuple[Clause, ...]
    unread: tuple[Unseen, ...] = ()
    vocabulary: Vocabulary = Vocabulary()
    memory: dict[Hashable, Any] = field(default_factory=dict, compare=False, repr=False)


NOTHING = Prepared((), ())
"""No policy at all."""


def prepare(policies: Iterable[Policy | Unseen], kind: PolicyKind = PolicyKind.IDENTITY) -> Prepared:
    """Make parsed policies of one kind ready, once, for any number of comparisons; never raises."""
    clauses: list[Clause] = []
    unread: list[Unseen] = []
    for policy in policies:
        if isinstance(policy, Unseen):
            unread.append(policy)
            continue
        compiled = compile_policy(policy, kind=kind, name=policy.name)
        unread += compiled.unread
        for each in compiled.statements:
            if _is_strange(each.statement):
                unread.append(Unseen(f"statement {each.statement.index + 1} of {policy.name} {_STRANGE}"))
            else:
                clauses.append(_clause(policy, each, kind))
    allows = tuple(clause for clause in clauses if clause.compiled.allows)
    denies = tuple(clause for clause in clauses if not clause.compiled.allows)
    return Prepared(allows, denies, tuple(unread), _vocabulary(clauses))


def question_of(request: Request, caller: Caller | None = None) -> Question:
    """The request as statements are asked; `caller` is its principal where that is already taken apart."""
    caller = caller or read_caller(request)
    return Question(request.action.lower(), request.resource, request.context, caller, False)


def allowance(clause: Clause, denies: Iterable[Clause], question: Question) -> Strength | Unseen:
    """What one statement gives to a request that none of `denies` denies; Unseen when that is not certain."""
    own = _strength(applies(clause.compiled, question))
    if own is Strength.NOTHING:
        return own
    doubt = own if isinstance(own, Unseen) else None
    for deny in denies:
        meant = applies(deny.compiled, question)
        if isinstance(meant, Unseen):
            doubt = doubt or meant
        elif meant is not Reach.NOBODY:
            return Strength.NOTHING
    return doubt or own


def given(prepared: Prepared, request: Request) -> Strength | Unseen:
    """What the documents by themselves give to a request; Unseen when that hangs on what was not seen."""
    return given_to(prepared, question_of(request))


def given_to(prepared: Prepared, question: Question) -> Strength | Unseen:
    """The same for a question."""
    doubt = prepared.unread[0] if prepared.unread else None
    for clause in prepared.denies:
        meant = applies(clause.compiled, question)
        if isinstance(meant, Unseen):
            doubt = doubt or meant
        elif meant is not Reach.NOBODY:
            return Strength.NOTHING
    best = _best([applies(clause.compiled, question) for clause in prepared.allows])
    return best if doubt is None else doubt


def _best(found: list[Meant]) -> Strength | Unseen:
    """The most that any statement gives; a doubtful one counts only where it could give more."""
    if not any(found):
        return Strength.NOTHING
    given_by = [_strength(meant) for meant in found]
    sure = max((each for each in given_by if isinstance(each, Strength)), default=Strength.NOTHING)
    doubts = (each for each in given_by if isinstance(each, Unseen))
    return sure if sure is Strength.ACCESS else next(doubts, sure)


def _strength(meant: Meant) -> Strength | Unseen:
    match meant:
        case Unseen():
            return meant
        case Reach.NOBODY:
            return Strength.NOTHING
        case Reach.ACCOUNT:
            return Strength.DELEGATION
        case _:
            return Strength.ACCESS


def _is_strange(statement: Statement) -> bool:
    resources = statement.resources if isinstance(statement.resources, tuple) else ()
    conditions = statement.conditions if isinstance(statement.conditions, tuple) else ()
    values = (value for condition in conditions for value in condition.values)
    return any(_PRIVATE_USE.search(text) for text in (*statement.actions, *resources, *values))


def _clause(policy: Policy, compiled: CompiledStatement, kind: PolicyKind) -> Clause:
    patterns = tuple(pattern.lower() for pattern in compiled.statement.actions)
    return Clause(policy.name, compiled, regions_of(compiled.statement, policy.version, kind), patterns)


def _vocabulary(clauses: Iterable[Clause]) -> Vocabulary:
    patterns = frozenset(pattern for clause in clauses for pattern in clause.patterns)
    wild = frozenset(pattern for pattern in patterns if not is_literal(pattern.partition(":")[0]))
    return Vocabulary(
        services=frozenset(pattern.partition(":")[0] for pattern in patterns - wild),
        wild=wild,
        strangers=frozenset(pattern for pattern in patterns if is_literal(pattern) and not exists(pattern)),
        keys=frozenset(key for clause in clauses for region in clause.regions for key in _keys(region)),
        partitions=frozenset(found for clause in clauses for found in _partitions(clause.statement)),
        names_callers=any(clause.compiled.means is not None for clause in clauses),
    )


def _keys(region: Region) -> Iterable[str]:
    """The condition keys that the region looks at; those of conditions kept whole, too, for a caller may fix them."""
    yield from region.keys
    yield from (atom.key for atom in region.atoms if atom.key)


def _partitions(statement: Statement) -> Iterable[str]:
    principals = statement.principals if isinstance(statement.principals, tuple) else ()
    resources = statement.resources if isinstance(statement.resources, tuple) else ()
    for arn in (*resources, *(principal.value for principal in principals)):
        head, _, rest = arn.partition(":")
        partition = rest.partition(":")[0]
        if head == "arn" and partition.startswith("aws") and is_literal(partition):
            yield partition
