"""The policy that a data source `aws_iam_policy_document` will give, put together from what is known of it.

Terraform reads such a data source during the apply when anything in it is not known yet, and its JSON is then unknown
as a whole. Its blocks are in the plan, though, so the policy is built from them with an Unknown in each place that is
not known. How the provider builds it: its documentation, 2026-11.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from scanner.estate.unknown import Unknown, Value

_NO_STATEMENT = "known after apply"


def document_of(values: Mapping[str, Value]) -> Value:
    """The policy as an object, Unknown inside or, where documents of unknown content may replace any of it, as a whole.

    `values` are those of the data source, resolved: policies among them are texts, objects or Unknown.
    """
    statements: list[Value] = []
    version: Value = "2012-10-17"
    for source in _policies(values, "source_json", "source_policy_documents"):
        version = _merge(statements, source, version)
    own = values.get("statement")
    version = values.get("version") or version
    _add(statements, [_statement(one) for one in own] if isinstance(own, list) else [own] if own else [])
    for override in _policies(values, "override_policy_documents", "override_json"):
        if isinstance(override, Unknown):
            return override
        version = _merge(statements, override, version)
    document = {"Version": version, "Id": values.get("policy_id"), "Statement": statements}
    return {key: value for key, value in document.items() if value is not None}


def _policies(values: Mapping[str, Value], *names: str) -> Iterable[Value]:
    for name in names:
        value = values.get(name)
        for one in value if isinstance(value, list) else [value]:
            if one not in (None, ""):
                yield _parsed(one)


def _parsed(policy: Value) -> Value:
    if isinstance(policy, Unknown | dict):
        return policy
    try:
        found = json.loads(policy)
    except (ValueError, TypeError, RecursionError):
        return Unknown("a source document is not JSON")
    return found if isinstance(found, dict) else Unknown("a source document is not a policy")


def _merge(statements: list[Value], policy: Value, version: Value) -> Value:
    """Add a policy's statements, and give the version that the whole then has."""
    if isinstance(policy, Unknown):
        statements.append(policy)
        return version
    own = policy.get("Statement")
    _add(statements, own if isinstance(own, list) else [own] if own else [])
    return policy.get("Version") or version


def _add(statements: list[Value], own: Iterable[Value]) -> None:
    """Statements replace those of the same Sid, others come last."""
    places = {sid: place for place, one in enumerate(statements) if (sid := _sid(one))}
    for statement in own:
        place = places.get(_sid(statement))
        if place is None:
            statements.append(statement)
        else:
            statements[place] = statement


def _sid(statement: Value) -> str:
    sid = statement.get("Sid") if isinstance(statement, dict) else None
    return sid if isinstance(sid, str) else ""


def _statement(block: Value) -> Value:
    if not isinstance(block, dict):
        return block if isinstance(block, Unknown) else Unknown(_NO_STATEMENT)
    members = {
        "Sid": block.get("sid") or None,
        "Effect": block.get("effect") or "Allow",
        "Action": _listed(block.get("actions")),
        "NotAction": _listed(block.get("not_actions")),
        "Resource": _listed(block.get("resources")),
        "NotResource": _listed(block.get("not_resources")),
        "Principal": _principals(block.get("principals")),
        "NotPrincipal": _principals(block.get("not_principals")),
        "Condition": _conditions(block.get("condition")),
    }
    return {key: value for key, value in members.items() if value is not None}


def _listed(values: Value) -> Value:
    """A list of texts as policies have it: the one text of a single one, nothing for an empty list."""
    if not isinstance(values, list):
        return values
    found = [_variables(one) for one in values]
    return found[0] if len(found) == 1 else found or None


def _variables(text: Value) -> Value:
    """A policy variable is written `&{aws:username}` in Terraform, whose own templates use the dollar sign."""
    return text.replace("&{", "${") if isinstance(text, str) else text


def _principals(blocks: Value) -> Value:
    if not isinstance(blocks, list) or not blocks:
        return blocks if isinstance(blocks, Unknown) else None
    found: dict[str, list[Value]] = {}
    for block in blocks:
        type_, identifiers = _pair(block, "type", "identifiers")
        if not isinstance(type_, str):
            return Unknown(_NO_STATEMENT)
        if type_ == "*" and identifiers == ["*"]:
            return "*"
        found.setdefault(type_, []).extend(identifiers)
    return {type_: _listed(identifiers) for type_, identifiers in found.items()}


def _conditions(blocks: Value) -> Value:
    if not isinstance(blocks, list) or not blocks:
        return blocks if isinstance(blocks, Unknown) else None
    found: dict[str, dict[str, list[Value]]] = {}
    for block in blocks:
        test, values = _pair(block, "test", "values")
        variable = block.get("variable") if isinstance(block, dict) else None
        if not (isinstance(test, str) and isinstance(variable, str)):
            return Unknown(_NO_STATEMENT)
        found.setdefault(test, {}).setdefault(variable, []).extend(values)
    return {test: {key: _listed(values) for key, values in keys.items()} for test, keys in found.items()}


def _pair(block: Value, name: str, values: str) -> tuple[Any, list[Value]]:
    """A text of a block and a list of it; an unknown list is a list of something unknown."""
    if not isinstance(block, dict):
        return None, []
    found = block.get(values)
    return block.get(name), found if isinstance(found, list) else [Unknown(_NO_STATEMENT)] if found else []
