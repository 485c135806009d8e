"""Policies made ready for judging many requests: every pattern compiled, every element a function.

What AWS would not accept in a policy of a kind (a Principal in an identity policy, no Resource in an SCP) is Unseen
here, for such a policy cannot be what is in force.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TypeAlias

from scanner.policy.conditions import Holds, compile_conditions
from scanner.policy.document import Policy, Principal, Statement, read_policy
from scanner.policy.patterns import Matcher, compile_pattern, escape, is_literal, unescape
from scanner.policy.principals import Caller, Meant, Reach, compile_not_principals, compile_principals
from scanner.policy.request import Context
from scanner.policy.truth import Truth, Unseen, all_true, any_true, negate
from scanner.policy.variables import Template, Unresolved, fill, read_text


class PolicyKind(StrEnum):
    """What a policy is attached to, in the words for a person."""

    IDENTITY = "identity policy"
    RESOURCE = "resource policy"
    BOUNDARY = "permission boundary"
    SESSION = "session policy"
    SCP = "service control policy"
    RCP = "resource control policy"


_WITHOUT_PRINCIPAL = frozenset({PolicyKind.IDENTITY, PolicyKind.BOUNDARY, PolicyKind.SESSION, PolicyKind.SCP})
_COMPLETED = frozenset({PolicyKind.IDENTITY, PolicyKind.BOUNDARY, PolicyKind.SCP, PolicyKind.RCP})

_Place: TypeAlias = Callable[[str, Context], Truth]


@dataclass(frozen=True, slots=True)
class CompiledStatement:
    """A statement ready to be asked. `action` wants the action in lower case.

    `means` is None where the policy applies to whoever it is attached to. `spares` says that it is a NotPrincipal.
    """

    statement: Statement
    allows: bool
    action: Matcher
    resource: _Place
    conditions: tuple[Holds, ...]
    means: Callable[[Caller], Meant] | None
    spares: bool


@dataclass(frozen=True, slots=True)
class CompiledPolicy:
    """A policy ready for judging. `unread` are the statements, or the whole document, that could not be understood."""

    name: str
    kind: PolicyKind
    statements: tuple[CompiledStatement, ...]
    unread: tuple[Unseen, ...] = ()


def compile_policy(document: object, *, kind: PolicyKind, name: str) -> CompiledPolicy:
    """Compile a document (a mapping, JSON text, a `Policy` or `Unseen`) once, to judge many requests; never raises."""
    policy = document if isinstance(document, Policy) else read_policy(document, name=name)
    if isinstance(policy, Unseen):
        return CompiledPolicy(name, kind, (), (policy,))
    compiled = [_compile(each, policy.version, kind, name) for each in policy.statements]
    statements = tuple(each for each in compiled if isinstance(each, CompiledStatement))
    return CompiledPolicy(name, kind, statements, tuple(each for each in compiled if isinstance(each, Unseen)))


def _compile(statement: Statement | Unseen, version: str, kind: PolicyKind, name: str) -> CompiledStatement | Unseen:
    if isinstance(statement, Unseen):
        return statement
    amiss = _amiss(statement, kind)
    if amiss is not None:
        return Unseen(f"statement {statement.index + 1} of {kind} {name} {amiss}, which AWS refuses")
    denies = statement.effect == "Deny"
    return CompiledStatement(
        statement=statement,
        allows=not denies,
        action=_action(statement),
        resource=_resource(statement, version, completed=kind in _COMPLETED),
        conditions=compile_conditions(statement.conditions, version=version, denies=denies),
        means=_means(statement.principals, statement.negates_principals, denies),
        spares=statement.negates_principals,
    )


def _amiss(statement: Statement, kind: PolicyKind) -> str | None:
    if kind in _WITHOUT_PRINCIPAL and statement.principals is not None:
        return "names a principal"
    if kind is PolicyKind.RESOURCE and statement.principals is None:
        return "names no principal"
    if kind is not PolicyKind.RESOURCE and statement.resources is None:
        return "has neither Resource nor NotResource"
    return None


def _action(statement: Statement) -> Matcher:
    match = _any(tuple(pattern.lower() for pattern in statement.actions))
    return (lambda action: not match(action)) if statement.negates_actions else match


@lru_cache(maxsize=1 << 13)
def _any(patterns: tuple[str, ...]) -> Matcher:
    """Whether any of the patterns matches; those without wildcards are looked up."""
    exact = frozenset(unescape(pattern) for pattern in patterns if is_literal(pattern))
    wild = tuple(compile_pattern(pattern) for pattern in patterns if not is_literal(pattern))
    if not wild:
        return exact.__contains__
    if len(wild) == 1 and not exact:
        return wild[0]
    return lambda text: text in exact or any(match(text) for match in wild)


def _means(
    principals: tuple[Principal, ...] | Unseen | None, negated: bool, denies: bool
) -> Callable[[Caller], Meant] | None:
    if principals is None:
        return None
    if isinstance(principals, Unseen):
        doubt = principals
        return lambda caller: doubt
    return compile_not_principals(principals, denies=denies) if negated else compile_principals(principals)


def _resource(statement: Statement, version: str, *, completed: bool) -> _Place:
    """Whether the statement covers a resource. Trust policies name none: there the role itself is meant."""
    resources = statement.resources
    if resources is None:
        return lambda resource, context: True
    if isinstance(resources, Unseen):
        doubt = resources
        return lambda resource, context: doubt
    written = [each for text in resources for each in readings_of_arn(text)] if completed else resources
    texts = [read_text(text, version, escape) for text in written]
    matches = _any(tuple(text for text in texts if isinstance(text, str)))
    templates = tuple(text for text in texts if isinstance(text, Template))
    negated = statement.negates_resources
    if templates:
        return _with_variables(matches, templates, negated, statement.effect == "Deny")
    return lambda resource, context: matches(resource) is not negated


def _with_variables(matches: Matcher, templates: tuple[Template, ...], negated: bool, denies: bool) -> _Place:
    """As in conditions, a variable without a value makes NotResource hold in a Deny and fail in an Allow."""

    def _covers(resource: str, context: Context) -> Truth:
        filled = [fill(template, context) for template in templates]
        if negated and not denies and any(isinstance(text, Unresolved) for text in filled):
            return False
        found = any_true([matches(resource), *_tests(filled, resource)])
        return negate(found) if negated else found

    return _covers


def _tests(filled: Iterable[str | Unresolved | Unseen], resource: str) -> Iterable[Truth]:
    for text in filled:
        if isinstance(text, Unseen):
            yield text
        elif isinstance(text, str):
            yield compile_pattern(text)(resource)


def readings_of_arn(pattern: str) -> tuple[str, ...]:
    """What an ARN pattern of an identity policy stands for: itself, and with a `*` for each of the six fields that it
    lacks, as AWS completes it there. Either counts; only what can match is returned.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns (2026-11). Session
    policies do not support such patterns, and nothing is said of resource policies. A `*` that ends a segment may reach
    over colons (reference_policies_elements_resource.html of that guide, 2026-11); of others nothing is said.
    """
    missing = 5 - pattern.count(":") if pattern.startswith("arn:") else 0
    if missing <= 0 or pattern.endswith("*"):  # whatever a last star is completed with, it holds already
        return (pattern,)
    completed = pattern + ":*" * missing
    return (completed,) if is_literal(pattern) else (pattern, completed)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of every statement: a request with its caller taken apart. `action` is in lower case.

    `bounded` says whether the caller has a permission boundary.
    """

    action: str
    resource: str
    context: Context
    caller: Caller
    bounded: Truth


def applies(compiled: CompiledStatement, question: Question) -> Meant:
    """How the statement applies to the question: not at all (`NOBODY`), for certain, or Unseen."""
    if not compiled.action(question.action):
        return Reach.NOBODY
    covers = compiled.resource(question.resource, question.context)
    if covers is False:
        return Reach.NOBODY
    reach = Reach.CALLER if compiled.means is None else _meant(compiled, question)
    if reach is Reach.NOBODY:
        return Reach.NOBODY
    held = all_true(holds(question.context) for holds in compiled.conditions) if compiled.conditions else True
    if held is False:
        return Reach.NOBODY
    doubt = next((part for part in (covers, held) if isinstance(part, Unseen)), None)
    return reach if doubt is None else doubt


def _meant(compiled: CompiledStatement, question: Question) -> Meant:
    """A Deny with NotPrincipal hits whoever has a permission boundary, listed or not.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html (2026-11)
    """
    assert compiled.means is not None
    meant = compiled.means(question.caller)
    if meant is Reach.NOBODY and compiled.spares and not compiled.allows and question.bounded is not False:
        return Reach.CALLER if question.bounded is True else question.bounded
    return meant
