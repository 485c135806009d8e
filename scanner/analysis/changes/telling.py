"""How newly granted access is told: by one request, its caller as a person should see it, and no key too many."""

import re
from collections.abc import Collection
from typing import TypeAlias

from scanner.analysis.access.callers import shown
from scanner.analysis.arns import account_of, partition_of
from scanner.estate.changes import AccessChange
from scanner.estate.unknown import Value
from scanner.policy.request import Request
from scanner.policy.truth import Unseen

Told: TypeAlias = AccessChange | str
"""Access that is newly granted, or why that cannot be told."""

_EXAMPLE = re.compile(r":role/example\d*\Z")
_ABOUT_CALLERS = frozenset(
    {"aws:principalaccount", "aws:principalarn", "aws:principalisawsservice", "kms:calleraccount"}
)
"""Keys that follow from who calls."""


def access(policy: str, statement: str, witness: Request, known: Collection[str]) -> AccessChange:
    """Access that a statement newly grants. `known` are accounts, or the ARN of who calls, that are no examples."""
    context = {key: _plain(value) for key, value in witness.context.values.items() if _tells(key, value)}
    caller = _caller(witness.principal, known)
    return AccessChange(policy, statement, caller, witness.action, witness.resource, context)


def partitions_of(arn: str) -> tuple[str, ...]:
    """The partition of an ARN, none where it is not known."""
    partition = partition_of(arn)
    return (partition,) if partition else ()


def _caller(principal: str, known: Collection[str]) -> str:
    """Examples stand for anybody of their account, or of any account where that was made up, too."""
    if principal in known or not principal.startswith("arn:"):
        return principal
    account = account_of(principal)
    if not _EXAMPLE.search(principal):
        return shown(principal)
    return account if account in known else "*"


def _tells(key: str, value: object) -> bool:
    return key not in _ABOUT_CALLERS and not isinstance(value, Unseen)


def _plain(value: object) -> Value:
    return list(value) if isinstance(value, tuple) else value
