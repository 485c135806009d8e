"""Policies as questions want them: together with others that act alike, and narrowed to requests of a known kind."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from scanner.policy.clauses import NOTHING
from scanner.policy.compare import Prepared, prepare
from scanner.policy.conditions import compile_conditions
from scanner.policy.document import Condition, Policy, Statement
from scanner.policy.request import Context, context_of
from scanner.policy.statements import PolicyKind
from scanner.policy.truth import Unseen

Pins: TypeAlias = Mapping[str, str | tuple[str, ...] | None]
"""Condition keys in lower case whose value is known of all requests in question; None for a key that none carries."""

MAX_WORDS = 3000
"""Actions, resources, principals and condition values in one policy. AWS takes 32 KB at most (of a key policy), which
holds fewer: https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html (2026-11)."""

_CANONICAL = Unseen("whose canonical user id the policy names was not seen")


@dataclass(frozen=True, slots=True)
class Policies:
    """Parsed policies with their kinds. It remembers what it was prepared for; make one for each group of policies."""

    parts: tuple[tuple[Policy | Unseen, PolicyKind], ...] = ()
    _kept: dict[str, Prepared] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, policies: Iterable[Policy | Unseen], kind: PolicyKind) -> "Policies":
        """Policies of one kind."""
        return cls(tuple((_without_canonical_users(bounded(policy)), kind) for policy in policies))

    def __add__(self, other: "Policies") -> "Policies":
        return Policies(self.parts + other.parts)

    def prepared(self, pins: Pins | None = None) -> Prepared:
        """The policies ready for questions about requests of which the pinned keys are known."""
        place = repr(sorted(pins.items())) if pins else ""
        if place not in self._kept:
            self._kept[place] = _together(_prepared(policy, kind, pins) for policy, kind in self.parts)
        return self._kept[place]


NO_POLICIES = Policies()
"""No policy at all."""


def pinned(policy: Policy, pins: Pins) -> Policy:
    """What the policy comes to for requests of which some keys are known: no condition on those keys is left.

    A statement with a condition that such requests never meet is gone.
    """
    context = context_of(pins)
    statements = (_pinned(each, policy.version, pins, context) for each in policy.statements)
    return replace(policy, statements=tuple(each for each in statements if each is not None))


def bounded(policy: Policy | Unseen) -> Policy | Unseen:
    """The policy, or why it is not looked at: it holds more than AWS takes, so somebody wants it to run for ever."""
    if isinstance(policy, Unseen) or sum(map(_words, policy.statements)) <= MAX_WORDS:
        return policy
    return Unseen(f"policy {policy.name} holds more than {MAX_WORDS} names and patterns, more than AWS takes")


def statement_name(statement: Statement) -> str:
    """What a person finds a statement by: its Sid, or its number."""
    return statement.sid or f"statement {statement.index + 1}"


def _prepared(policy: Policy | Unseen, kind: PolicyKind, pins: Pins | None) -> Prepared:
    return prepare([pinned(policy, pins) if pins and isinstance(policy, Policy) else policy], kind)


def _together(policies: Iterable[Prepared]) -> Prepared:
    found = NOTHING
    for one in policies:
        found = Prepared(
            found.allows + one.allows,
            found.denies + one.denies,
            found.unread + one.unread,
            found.vocabulary | one.vocabulary,
        )
    return found


def _pinned(statement: Statement | Unseen, version: str, pins: Pins, context: Context) -> Statement | Unseen | None:
    if isinstance(statement, Unseen) or isinstance(statement.conditions, Unseen):
        return statement
    left: list[Condition] = []
    for condition in statement.conditions:
        if condition.key.lower() not in pins or _has_variables(condition, version):
            left.append(condition)
            continue
        [holds] = compile_conditions((condition,), version=version, denies=statement.effect == "Deny")
        held = holds(context)
        if held is False:
            return None
        if held is not True:
            left.append(condition)
    return replace(statement, conditions=tuple(left))


def _has_variables(condition: Condition, version: str) -> bool:
    """Whether its values hang on other keys of the request, which the pins do not say."""
    return version == "2012-10-17" and any("${" in value for value in condition.values)


def _words(statement: Statement | Unseen) -> int:
    if isinstance(statement, Unseen):
        return 1
    lists = (statement.actions, statement.resources, statement.principals)
    conditions = statement.conditions if isinstance(statement.conditions, tuple) else ()
    return sum(len(one) for one in lists if isinstance(one, tuple)) + sum(len(each.values) for each in conditions)


def _without_canonical_users(policy: Policy | Unseen) -> Policy | Unseen:
    """The policy with a gap wherever it names somebody by canonical user id, for whose id that is was not seen."""
    if isinstance(policy, Unseen):
        return policy
    statements = (part for statement in policy.statements for part in _split(statement))
    return replace(policy, statements=tuple(statements))


def _split(statement: Statement | Unseen) -> Iterable[Statement | Unseen]:
    principals = statement.principals if isinstance(statement, Statement) else None
    if isinstance(statement, Unseen) or not isinstance(principals, tuple):
        yield statement
        return
    others = tuple(one for one in principals if one.kind != "CanonicalUser")
    if others == principals:
        yield statement
        return
    yield replace(statement, principals=_CANONICAL)
    if others and not statement.negates_principals:
        yield replace(statement, principals=others)
