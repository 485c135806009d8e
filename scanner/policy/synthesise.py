"""The least policies that grant a set of needs: for a role, its trust, a destination bucket, the keys on both sides.

What is needed comes as data; what goes out are plain documents in one canonical form, so that the same needs
always give the same text and a difference between two of them means something.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, TypeAlias

Conditions: TypeAlias = Mapping[str, Mapping[str, Sequence[str]]]
"""Operator to key to values, as in a policy: all keys must hold, each by any one of its values."""

Document: TypeAlias = dict[str, Any]
"""A policy document, or a statement of one, ready for JSON."""

LANGUAGE = "2012-10-17"
"""The version of the policy language that every synthesised document names."""


@dataclass(frozen=True, slots=True)
class Need:
    """One action on one resource pattern, under conditions that every such request fulfils.

    `resource` is in the language of policies; a name that may hold `*`, `?` or `$` goes through `as_text` first.
    `hop` says what the need is for (`destination-object`) and becomes the statement's Sid.
    """

    action: str
    resource: str
    conditions: Conditions = field(default_factory=dict, hash=False)
    hop: str = ""


def as_text(name: str) -> str:
    """A name as a policy has to write it, where `*`, `?` and `${` would mean something else."""
    quoted = name.replace("${", "\0").replace("*", "${*}").replace("?", "${?}")
    return quoted.replace("\0", "${$}{")


def role_policy(needs: Iterable[Need]) -> Document:
    """The identity policy of the role that needs all this."""
    return _document(_statements(needs))


def trust_policy(service: str, *, account: str | None = None, arns: Iterable[str] = ()) -> Document:
    """A trust policy that lets a service principal assume the role, for these sources only.

    `account` is the account for which the service acts, `arns` patterns of the resources for which it does
    (for replication the bucket's ARN, never `/*`). Leaving either out leaves that condition out.
    """
    sources = sorted(set(arns))
    condition: dict[str, dict[str, Any]] = {}
    if sources:
        condition["ArnLike"] = {"aws:SourceArn": _one_or_all(sources)}
    if account is not None:
        condition["StringEquals"] = {"aws:SourceAccount": account}
    statement: Document = {"Sid": _sid(f"{service.split('.')[0]}-assumes-role"), "Effect": "Allow"}
    statement |= {"Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return _document([statement | ({"Condition": condition} if condition else {})])


def bucket_policy(needs: Iterable[Need], principals: Iterable[str]) -> Document:
    """The bucket policy that grants the needs, those of one bucket, to principals given by ARN."""
    return _document(_for_principals(_statements(needs), principals))


def key_policy(needs: Iterable[Need], principals: Iterable[str]) -> Document:
    """The statements of a key policy that grant the needs, those on this one key, to principals given by ARN.

    In a key policy the resource `*` is the key itself, so the needs' key ARN does not appear. To be merged into
    the key's policy: alone it would shut everyone else out of the key.
    """
    on_this_key = [Need(need.action, "*", need.conditions, need.hop) for need in needs]
    return _document(_for_principals(_statements(on_this_key), principals))


def _document(statements: list[Document]) -> Document:
    return {"Version": LANGUAGE, "Statement": _with_distinct_sids(statements)}


def _for_principals(statements: list[Document], principals: Iterable[str]) -> list[Document]:
    principal = {"AWS": _one_or_all(sorted(set(principals)))}
    return [
        {"Sid": one["Sid"], "Effect": "Allow", "Principal": principal}
        | {name: one[name] for name in one if name not in ("Sid", "Effect")}
        for one in statements
    ]


_Canonical = tuple[tuple[str, tuple[tuple[str, tuple[str, ...]], ...]], ...]  # conditions: operator, key, values


def _statements(needs: Iterable[Need]) -> list[Document]:
    """Needs joined twice: all actions on the same resource, then all resources with the same actions.

    Both keep the meaning, for a statement grants each of its actions on each of its resources.
    """
    actions: dict[tuple[_Canonical, str], set[str]] = {}
    hops: dict[tuple[_Canonical, str], set[str]] = {}
    for need in needs:
        place = (_canonical(need.conditions), need.resource)
        actions.setdefault(place, set()).add(need.action)
        hops.setdefault(place, set()).add(need.hop)
    rows = sorted((conditions, tuple(sorted(actions[conditions, on])), on) for conditions, on in actions)
    statements = []
    for (conditions, names), group in groupby(rows, key=lambda row: row[:2]):
        resources = [row[2] for row in group]
        hop = min(hop for resource in resources for hop in hops[conditions, resource])
        statements.append(_statement(hop, names, resources, conditions))
    return sorted(statements, key=lambda one: (one["Sid"], str(one["Resource"]), str(one)))


def _statement(hop: str, actions: Sequence[str], resources: Sequence[str], conditions: _Canonical) -> Document:
    statement: Document = {
        "Sid": _sid(hop or actions[0]),
        "Effect": "Allow",
        "Action": _one_or_all(actions),
        "Resource": _one_or_all(resources),
    }
    if conditions:
        statement["Condition"] = {
            operator: {key: _one_or_all(values) for key, values in keys} for operator, keys in conditions
        }
    return statement


def _canonical(conditions: Conditions) -> _Canonical:
    return tuple(
        (operator, tuple((key, tuple(sorted(set(keys[key])))) for key in sorted(keys)))
        for operator, keys in sorted(conditions.items())
    )


def _one_or_all(texts: Sequence[str]) -> str | list[str]:
    return texts[0] if len(texts) == 1 else list(texts)


def _sid(words: str) -> str:
    """Words as a Sid, which IAM limits to letters and digits."""
    parts = "".join(char if char.isascii() and char.isalnum() else " " for char in words).split()
    return "".join(part[0].upper() + part[1:] for part in parts)


def _with_distinct_sids(statements: list[Document]) -> list[Document]:
    seen: dict[str, int] = {}
    for statement in statements:
        sid = statement["Sid"]
        seen[sid] = seen.get(sid, 0) + 1
        if seen[sid] > 1:
            statement["Sid"] = f"{sid}{seen[sid]}"
    return statements
