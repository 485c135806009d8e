"""Policy documents of an estate made ready for the evaluator, each once.

What the estate holds as `Unknown` becomes the policy language's own `Unseen` at the same place, so that only what
depends on it is in doubt. No document, however hostile, raises.
"""

from collections.abc import Callable, Mapping

from scanner.estate.unknown import Unknown, Value
from scanner.policy.document import Policy, read_policy
from scanner.policy.statements import CompiledPolicy, PolicyKind, compile_policy
from scanner.policy.truth import Unseen

_MAX_DEPTH = 8
"""How deep a policy document nests; below that nothing is a document's own any more."""


def unseen(doubt: Unknown) -> Unseen:
    """An estate's doubt as the policy engine's."""
    return Unseen(doubt.reason)


def parsed(document: Value, name: str) -> Policy | Unseen:
    """A document as parsed, or why it cannot be."""
    if document is None:
        return Unseen(f"policy {name} has no document")
    return unseen(document) if isinstance(document, Unknown) else read_policy(translated(document), name=name)


def compiled(document: Value, kind: PolicyKind, name: str) -> CompiledPolicy | Unseen:
    """A document ready for judging, or why it cannot be read."""
    return ready(parsed(document, name), kind)


def ready(policy: Policy | Unseen, kind: PolicyKind) -> CompiledPolicy | Unseen:
    """A parsed document ready for judging."""
    return policy if isinstance(policy, Unseen) else compile_policy(policy, kind=kind, name=policy.name)


def translated(value: Value) -> Value:
    """The value with every `Unknown` in it, down to the depth of a policy, turned into `Unseen`."""
    return _replaced(value, Unknown, unseen, _MAX_DEPTH)


def untranslated(value: Value) -> Value:
    """A statement or context of the policy engine as a value of the estate: the inverse of `translated`."""
    return _replaced(value, Unseen, lambda doubt: Unknown(doubt.reason), _MAX_DEPTH)


def _replaced(value: Value, wanted: type, replacement: Callable[[Value], Value], depth: int) -> Value:
    """The value itself where there is nothing to replace: estates hold many policies, and few doubts."""
    if isinstance(value, wanted):
        return replacement(value)
    if not depth or not isinstance(value, Mapping | list | tuple):
        return value
    items = value.values() if isinstance(value, Mapping) else value
    inner = [_replaced(item, wanted, replacement, depth - 1) for item in items]
    if all(new is old for new, old in zip(inner, items, strict=True)):
        return value
    return dict(zip(value, inner, strict=True)) if isinstance(value, Mapping) else inner
