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
    """Adding permissions can be taken back; a new Deny or a statement less may stop somebody."""
    had, has = statements(before), statements(after)
    added = [one for one in has if one not in had]
    kept = all(one in has for one in had)
    return Safety.SAFE if kept and all(one.get("Effect") == "Allow" for one in added) else Safety.REVIEW


def interrupted_by_policy(_target: Target, before: Value, after: Value) -> str:
    """Who may be stopped by a changed policy."""
    had, has = statements(before), statements(after)
    if any(one not in had and one.get("Effect") == "Deny" for one in has):
        return "requests that the new Deny statements match are refused from now on"
    if any(one not in has and one.get("Effect") == "Allow" for one in had):
        return "whoever uses a statement that goes, or is narrowed, loses that access"
    return ""
