"""Policy documents changed as little as possible: statements are added at the end, or lose actions where they stand.

Everything else stays as it is, and where it is. Documents are data here; who may do what is decided elsewhere.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TypeAlias

from scanner.estate.unknown import Value
from scanner.policy.synthesise import LANGUAGE
from scanner.remedies.drafting import CannotError, known

Statement: TypeAlias = dict[str, Value]
Named: TypeAlias = Callable[[str, str], bool]
"""Whether an entry of a Principal element is meant, by its kind (`AWS`, `Service`) and its value."""

MAX_INLINE = 10_240
"""Characters of all inline policies of a role together, white space not counted: IAM quotas, 2026-11."""
MAX_TRUST = 2_048
"""Characters of a trust policy, unless the quota was raised: IAM quotas, 2026-11."""
MAX_BUCKET = 20_480
"""Bytes of a bucket policy: S3 user guide, 2026-11."""
MAX_KEY = 32_768
"""Bytes of a key policy: KMS developer guide, 2026-11."""


def statements_in(document: Value, what: str) -> list[Statement]:
    """The statements of a document, none where it is absent. Raises `CannotError` for what was not seen of it."""
    if document is None:
        return []
    known(document, what)
    if not isinstance(document, Mapping):
        raise CannotError(f"{what} is not a policy document")
    found = document.get("Statement", [])
    statements = list(found) if isinstance(found, list | tuple) else [found]
    if not all(isinstance(one, Mapping) for one in statements):
        raise CannotError(f"{what} has a statement that is none")
    return [dict(one) for one in statements]


def statement_called(document: Value, name: Value, what: str) -> Statement:
    """The statement that findings call by its Sid, or by its number (`statement 2`). Raises `CannotError` for none."""
    for number, one in enumerate(statements_in(document, what), 1):
        if name == (one.get("Sid") or f"statement {number}"):
            return one
    raise CannotError(f"{what} has no statement that is called {name}")


def with_statements(document: Value, added: Iterable[Statement], what: str) -> dict[str, Value]:
    """The document with more statements at its end, each with a Sid of its own, but for those that say nothing new."""
    had = statements_in(document, what)
    said = [_without_sid(one) for one in had]
    return _rewritten(document, _distinct([*had, *(one for one in added if _without_sid(one) not in said)], had))


def without(
    document: Value, statement: Value, actions: Collection[str], what: str, concerned: Named | None = None
) -> Value:
    """The document in which one statement no longer names these actions, for those principals that are `concerned`.

    A statement that names no action any more goes. Other principals of it keep theirs in a statement of their own. A
    document without such a statement stays as it is.
    """
    had = statements_in(document, what)
    kept: list[Statement] = []
    for one in had:
        kept += _reduced(one, actions, concerned, what) if one == statement else [one]
    if kept == had:
        return document
    return _rewritten(document, _distinct(kept, had))


def by_statement(granted: Iterable[tuple[Statement, Iterable[str]]]) -> list[tuple[Statement, list[str]]]:
    """What is named statement by statement, each statement once: taking away one thing would hide it from the next."""
    found: list[tuple[Statement, list[str]]] = []
    for statement, actions in granted:
        same = next((named for one, named in found if one == statement), None)
        if same is None:
            found.append((statement, list(actions)))
        else:
            same += actions
    return found


def listed(value: Value) -> list[Value]:
    """What a policy writes as one or as a list, as a list."""
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def principals_of(statement: Statement) -> list[tuple[str, str]] | None:
    """The entries of the Principal element as kind and value; None where it is for everybody but some."""
    found = statement.get("Principal")
    if isinstance(found, str):
        return [("AWS", found)]
    if not isinstance(found, Mapping):
        return None
    return [(kind, value) for kind, values in found.items() for value in listed(values)]


def with_principals(statement: Statement, entries: Sequence[tuple[str, str]]) -> Statement:
    """The statement for just these principals."""
    grouped: dict[str, list[str]] = {}
    for kind, value in entries:
        grouped.setdefault(kind, []).append(value)
    return {**statement, "Principal": {kind: one_or_all(values) for kind, values in grouped.items()}}


def one_or_all(values: Sequence[Value]) -> Value:
    """One value alone, several as a list."""
    return values[0] if len(values) == 1 else list(values)


def _reduced(statement: Statement, actions: Collection[str], concerned: Named | None, what: str) -> list[Statement]:
    left = [] if "NotAction" in statement else [one for one in listed(statement["Action"]) if one not in actions]
    narrowed = [{**statement, "Action": one_or_all(left)}] if left else []
    if concerned is None:
        return narrowed
    entries = principals_of(statement)
    if entries is None or any(value == "*" for _, value in entries):
        sid = statement.get("Sid", "without a Sid")
        raise CannotError(f"statement {sid} of {what} is for everybody: decide whom it should be for")
    others = [entry for entry in entries if not concerned(*entry)]
    mine = [entry for entry in entries if concerned(*entry)]
    if not mine or not others:
        return narrowed if mine else [statement]
    return [with_principals(statement, others), *(with_principals(one, mine) for one in narrowed)]


def _without_sid(statement: Statement) -> Statement:
    return {name: part for name, part in statement.items() if name != "Sid"}


def _rewritten(document: Value, statements: list[Statement]) -> dict[str, Value]:
    return {**({"Version": LANGUAGE} if document is None else document), "Statement": statements}


def _distinct(statements: list[Statement], had: list[Statement]) -> list[Statement]:
    """Where two statements have one Sid, the one that was not there before gives way."""
    taken = {one.get("Sid") for one in statements if one in had}
    found: list[Statement] = []
    for one in statements:
        sid, number = one.get("Sid"), 1
        while one not in had and sid and sid in taken:
            number += 1
            sid = f"{one['Sid']}{number}"
        taken.add(sid)
        found.append({**one, "Sid": sid} if sid else one)
    return found
