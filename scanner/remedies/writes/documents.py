"""Policy documents as they are written, and how safe it is to write one instead of another."""

import json
from collections.abc import Mapping

from scanner.estate.unknown import Value
from scanner.remedies.step import Safety, Target


def document(policy: Value) -> str:
    """A policy document as text, in the order in which it is written."""
    return json.dumps(policy)


def statements(policy: Value) -> list[Mapping[str, Value]]:
    """The statements of a policy document that may be absent."""
    found = (policy or {}).get("Statement", [])
    return [found] if isinstance(found, Mapping) else list(found)


def policy_safety(_target: Target, before: Value, after: Value) -> Safety:
    """Adding permissions for somebody who is named can be taken back; anything else may stop or admit too many."""
    had, has = statements(before), statements(after)
    added = [one for one in has if one not in had]
    kept = all(one in has for one in had)
    return Safety.SAFE if kept and all(map(_is_narrow, added)) else Safety.REVIEW


def _is_narrow(statement: Mapping[str, Value]) -> bool:
    """Whether a statement allows something, and to nobody unless they are named, by themselves or in a condition."""
    is_open = statement.get("Principal") in ("*", {"AWS": "*"}) and not statement.get("Condition")
    return statement.get("Effect") == "Allow" and not is_open and "NotPrincipal" not in statement


def interrupted_by_policy(_target: Target, before: Value, after: Value) -> str:
    """Who may be stopped by a changed policy."""
    had, has = statements(before), statements(after)
    if any(one not in had and one.get("Effect") == "Deny" for one in has):
        return "requests that the new Deny statements match are refused from now on"
    if any(one not in has and one.get("Effect") == "Allow" for one in had):
        return "whoever uses a statement that goes, or is narrowed, loses that access"
    return ""
