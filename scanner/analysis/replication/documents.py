"""Policy documents of an estate made ready for the evaluator, each once.

What the estate holds as `Unknown` becomes the policy language's own `Unseen` at the same place, so that only what
depends on it is in doubt. No document, however hostile, raises.
"""

from collections.abc import Mapping

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


def translated(value: Value, depth: int = _MAX_DEPTH) -> Value:
    """The value with every `Unknown` in it, down to the depth of a policy, turned into `Unseen`."""
    match value:
        case Unknown():
            return unseen(value)
        case Mapping() if depth:
            return {key: translated(item, depth - 1) for key, item in value.items()}
        case list() | tuple() if depth:
            return [translated(item, depth - 1) for item in value]
        case _:
            return value


def untranslated(value: Value) -> Value:
    """A statement or context of the policy engine as a value of the estate."""
    match value:
        case Unseen():
            return Unknown(value.reason)
        case Mapping():
            return {key: untranslated(item) for key, item in value.items()}
        case list() | tuple():
            return [untranslated(item) for item in value]
        case _:
            return value
