"""Policy documents as frozen data, read by the grammar of the IAM policy language.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html (2026-11). Whatever AWS would
refuse is refused here too, or becomes Unseen, so that nobody judges by a guess at what was meant.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, Protocol, TypeAlias, TypeVar, cast

from scanner.policy.grammar import PolicyError, load, mapping, refusal, show, texts
from scanner.policy.truth import Unseen

__all__ = ["Condition", "Policy", "PolicyError", "Principal", "Statement", "Unseen", "parse_policy", "read_policy"]

Effect: TypeAlias = Literal["Allow", "Deny"]
PrincipalKind: TypeAlias = Literal["*", "AWS", "Service", "Federated", "CanonicalUser"]
Qualifier: TypeAlias = Literal["", "ForAllValues", "ForAnyValue"]

OPERATORS = (
    *("StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"),
    *("StringLike", "StringNotLike"),
    *("NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals"),
    *("NumericGreaterThan", "NumericGreaterThanEquals"),
    *("DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals"),
    *("DateGreaterThan", "DateGreaterThanEquals"),
    *("Bool", "BinaryEquals", "IpAddress", "NotIpAddress"),
    *("ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike", "Null"),
)
"""Condition operators without qualifier and IfExists.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html (2026-11)
"""

_T = TypeVar("_T")
_BY_LOWER = {name.lower(): name for name in OPERATORS}
_QUALIFIERS: dict[str, Qualifier] = {"": "", "forallvalues:": "ForAllValues", "foranyvalue:": "ForAnyValue"}
_PRINCIPAL_KINDS = ("AWS", "Service", "Federated", "CanonicalUser")
_POLICY = ("Version", "Id", "Statement")
_STATEMENT = (
    *("Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"),
)


@dataclass(frozen=True, slots=True)
class Principal:
    """One entry of a Principal or NotPrincipal element; `{"AWS": "*"}` and `"*"` both read as kind `*`."""

    kind: PrincipalKind
    value: str


@dataclass(frozen=True, slots=True)
class Condition:
    """One key under one operator. `operator` is spelled as in `OPERATORS`; `values` are alternatives, as text."""

    operator: str
    qualifier: Qualifier
    if_exists: bool
    key: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement. `negates_...` says that the Not form was used; None means that the element is absent.

    `index` counts from 0 in the document. `source` is the statement as it was written, for quoting. What could not
    be understood of resources, principals or conditions is Unseen (only `read_policy` leaves such statements).
    """

    index: int
    sid: str | None
    effect: Effect
    actions: tuple[str, ...]
    negates_actions: bool
    resources: tuple[str, ...] | Unseen | None
    negates_resources: bool
    principals: tuple[Principal, ...] | Unseen | None
    negates_principals: bool
    conditions: tuple[Condition, ...] | Unseen
    source: Mapping[str, object] = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy document. `version` is the language version, "2008-10-17" where the document names none.

    A statement of which not even effect and actions are known is Unseen (only `read_policy` leaves those).
    """

    name: str
    version: str
    statements: tuple[Statement | Unseen, ...]


def parse_policy(document: object, *, name: str = "policy") -> Policy:
    """Read a document (a mapping from JSON, or JSON text) strictly; PolicyError at the first thing amiss."""
    version, raw = _frame(document, name)
    return Policy(name, version, tuple(_statement(item, index, name, _strictly) for index, item in enumerate(raw)))


def read_policy(document: object, *, name: str = "policy") -> Policy | Unseen:
    """Read a document as far as it goes: what cannot be understood becomes Unseen with the reason; never raises.

    An `Unseen` anywhere in the document stays what it is: only what depends on it is unseen.
    """
    if isinstance(document, Unseen):
        return document
    try:
        version, raw = _frame(document, name)
    except PolicyError as error:
        return Unseen(error.message)
    return Policy(name, version, tuple(_read_statement(item, index, name) for index, item in enumerate(raw)))


def _read_statement(raw: object, index: int, name: str) -> Statement | Unseen:
    try:
        return _statement(raw, index, name, _leniently)
    except PolicyError as error:
        return _unread(error)


def _frame(document: object, name: str) -> tuple[str, list[object]]:
    """The language version and the raw statements."""
    where = f"policy {show(name)}"
    policy = mapping(load(document, where) if isinstance(document, str) else document, "the document", where, _POLICY)
    version = policy.get("Version", "2008-10-17")
    if isinstance(version, date):  # YAML reads an unquoted 2012-10-17 as a date
        version = version.isoformat()
    if version not in ("2008-10-17", "2012-10-17"):
        raise refusal(f"Version is {show(version)}; AWS knows 2012-10-17 and 2008-10-17", where, version)
    if "Statement" not in policy:
        raise PolicyError("Statement is missing", where=where)
    statements = policy["Statement"]
    if isinstance(statements, Unseen):
        raise refusal("", where, statements)
    return str(version), list(statements) if isinstance(statements, list | tuple) else [statements]


class _Guard(Protocol):
    """How a part of a statement is read: either errors pass through, or they make that part Unseen."""

    def __call__(self, read: Callable[[], _T]) -> _T | Unseen: ...


def _strictly(read: Callable[[], _T]) -> _T | Unseen:
    return read()


def _leniently(read: Callable[[], _T]) -> _T | Unseen:
    try:
        return read()
    except PolicyError as error:
        return _unread(error)


def _unread(error: PolicyError) -> Unseen:
    """The error as a reason: a policy that AWS would have refused is not the one in force, whatever else it says."""
    is_refused = (
        "" if error.is_unseen else "; AWS accepts no policy with such a statement, so what is in force is not known"
    )
    return Unseen(error.message + is_refused)


def _statement(raw: object, index: int, name: str, guard: _Guard) -> Statement:
    where = f"policy {show(name)}, statement {index + 1}"
    statement = mapping(raw, "the statement", where, _STATEMENT)
    sid = _sid(statement.get("Sid"), where)
    where += f" (Sid {show(sid)})" if sid else ""
    effect = statement.get("Effect")
    if effect != "Allow" and effect != "Deny":
        raise refusal(f"Effect is {show(effect)}; it must be Allow or Deny", where, effect)
    action, resource, principal = (_which(statement, part, where) for part in ("Action", "Resource", "Principal"))
    if action is None:
        raise PolicyError("neither Action nor NotAction", where=where)
    return Statement(
        index=index,
        sid=sid,
        effect=effect,
        actions=tuple(_action(text, where) for text in texts(statement[action], action, where)),
        negates_actions=action == "NotAction",
        resources=None if resource is None else guard(lambda: texts(statement[resource], resource, where)),
        negates_resources=resource == "NotResource",
        principals=None if principal is None else guard(lambda: _principals(statement[principal], principal, where)),
        negates_principals=principal == "NotPrincipal",
        conditions=guard(lambda: _conditions(statement.get("Condition"), where)),
        source=statement,
    )


def _sid(raw: object, where: str) -> str | None:
    if raw is None or isinstance(raw, str):
        return raw
    if isinstance(raw, int):  # YAML reads an unquoted 1 as a number
        return show(raw)
    raise refusal(f"Sid is {show(raw)}, not text", where, raw)


def _which(statement: Mapping[str, object], element: str, where: str) -> str | None:
    """Whether the element or its Not form is there."""
    present = [name for name in (element, f"Not{element}") if name in statement]
    if len(present) == 2:
        raise PolicyError(f"both {element} and Not{element}", where=where)
    return present[0] if present else None


def _action(action: str, where: str) -> str:
    if ":" not in action and action.strip("*"):
        raise PolicyError(f"the action {show(action)} has no service prefix", where=where)
    return action


def _principals(raw: object, element: str, where: str) -> tuple[Principal, ...]:
    if raw == "*":
        return (Principal("*", "*"),)
    found: list[Principal] = []
    for kind, values in mapping(raw, f"{element}, unless it is *,", where, _PRINCIPAL_KINDS).items():
        of_kind = cast(PrincipalKind, kind)
        found += (_principal(of_kind, value) for value in texts(values, element, where, numbers=True))
    return tuple(found)


def _principal(kind: PrincipalKind, value: str) -> Principal:
    return Principal("*", "*") if kind == "AWS" and value == "*" else Principal(kind, value)


def _conditions(raw: object, where: str) -> tuple[Condition, ...]:
    """None where there are none; null is how templates and serialisers write an element that is absent."""
    return tuple(
        condition
        for operator, keys in mapping({} if raw is None else raw, "Condition", where).items()
        for condition in _operator(operator, keys, where)
    )


def _operator(written: str, keys: object, where: str) -> list[Condition]:
    """The conditions under one operator; AWS takes its letters in any case."""
    lower = written.lower()
    rest = lower[lower.rfind(":") + 1 :]
    qualifier = _QUALIFIERS.get(lower.removesuffix(rest))
    if_exists = rest.endswith("ifexists")
    operator = _BY_LOWER.get(rest.removesuffix("ifexists"))
    if qualifier is None or operator is None or (operator == "Null" and (if_exists or qualifier)):
        raise PolicyError(f"there is no condition operator {show(written)}", where=where)
    found = mapping(keys, f"what stands under {operator}", where)
    return [Condition(operator, qualifier, if_exists, key, _values(found[key], key, where)) for key in found]


def _values(raw: object, key: str, where: str) -> tuple[str, ...]:
    return texts(raw, f"the value of {show(key)}", where, numbers=True)
