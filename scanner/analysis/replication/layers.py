"""Which statements act together on a request, as far as they tell objects apart.

An object is refused where a Deny hits it or where none of the Allows that act together covers it. Only Allows that
apply but for the object count there: one for somebody else, or on a condition that fails, must not hide what is left
out.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from scanner.analysis.replication.representatives import (
    Cut,
    Layer,
    cut_by_context,
    cut_by_resource,
    on_context,
)
from scanner.policy.document import PolicyError
from scanner.policy.evaluate import Level, Levels, Policies, PolicySet
from scanner.policy.principals import Reach, read_caller
from scanner.policy.request import Context, Request
from scanner.policy.statements import CompiledPolicy, CompiledStatement, Question, applies
from scanner.policy.truth import Truth, Unseen

_ANYONE = (Reach.CALLER, Reach.ROLE, Reach.ACCOUNT)


def rough_layers(policies: PolicySet, cut: Callable[[CompiledStatement], Cut]) -> Iterator[Layer]:
    """Every statement of each group, whether it applies or not: enough to see whether anything tells objects apart."""
    for group in _groups(policies):
        layer = tuple(map(cut, group))
        if any(one.within != (("*",),) for one in layer):
            yield layer


def exact_layers(asked: Iterable[tuple[PolicySet, Request]], *, by_context: bool) -> tuple[Layer, ...]:
    """The layers for requests of which any that is allowed will do; `by_context` for KMS policies."""
    each = [list(_layers(policies, request, by_context)) for policies, request in asked]
    # What one request is refused another may be allowed, so that Allows for both count together too.
    joint = [tuple(cut for layer in layers for cut in layer) for layers in zip(*each, strict=False)]
    return tuple(dict.fromkeys(layer for layers in (*each, joint) for layer in layers))


def _layers(policies: PolicySet, request: Request, by_context: bool) -> Iterator[Layer]:
    question = _question(request)
    if question is None:
        return
    identity, resource, boundary, *guardrails = (_judged(group, question, by_context) for group in _groups(policies))
    for certain in (True, False):
        for group in (identity, resource, boundary, *guardrails):
            yield _layer(group, _ANYONE, certain)
        # Within an account either side is enough, and a boundary does not limit what names the session itself.
        yield (*_layer(identity, _ANYONE, certain), *_layer(resource, (Reach.CALLER, Reach.ROLE), certain))
        yield (*_layer(boundary, _ANYONE, certain), *_layer(resource, (Reach.CALLER,), certain))


def _layer(group: Iterable[tuple[Cut, Reach | Unseen]], reaches: tuple[Reach, ...], certain: bool) -> Layer:
    """Every Deny, and the Allows that apply for certain, or that may."""
    return tuple(
        cut for cut, meant in group if not cut.allows or meant in reaches or (isinstance(meant, Unseen) and not certain)
    )


def _judged(
    group: Iterable[CompiledStatement], question: Question, by_context: bool
) -> list[tuple[Cut, Reach | Unseen]]:
    cut = cut_by_context if by_context else cut_by_resource
    apart = _apart_from_context if by_context else _apart_from_resource
    return [(cut(one), applies(apart(one), question)) for one in group]


def _apart_from_resource(statement: CompiledStatement) -> CompiledStatement:
    return replace(statement, resource=_everything)


def _apart_from_context(statement: CompiledStatement) -> CompiledStatement:
    parsed = statement.statement.conditions
    if not isinstance(parsed, tuple):
        return statement
    kept = (holds for one, holds in zip(parsed, statement.conditions, strict=True) if not on_context(one))
    return replace(statement, conditions=tuple(kept))


def _everything(resource: str, context: Context) -> Truth:
    return True


def _question(request: Request) -> Question | None:
    try:
        caller = read_caller(request)
    except PolicyError:
        return None
    return Question(request.action.lower(), request.resource, request.context, caller, False)


def _groups(policies: PolicySet) -> Iterator[list[CompiledStatement]]:
    """Statements by policies that act together: the role's own, the resource's, the boundary's, each level's."""
    for group in (policies.identity, (policies.resource,), (policies.boundary,), *_of(policies.scps, policies.rcps)):
        read = [one for one in ([] if isinstance(group, Unseen) else group) if isinstance(one, CompiledPolicy)]
        yield [statement for policy in read for statement in policy.statements]


def _of(*levels: Levels) -> Iterator[Policies]:
    for one in levels:
        for level in [] if isinstance(one, Unseen) else one:
            if isinstance(level, Level):
                yield level.policies
