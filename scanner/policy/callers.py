"""Who might call, for a comparison of policies: one caller for every way in which the policies tell callers apart.

A policy names callers by ARN, by account, or all of them. So it is enough to ask about each caller that is named,
one further role in each account that is named, and strangers from anywhere else.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain, count
from types import MappingProxyType

from scanner.policy.automata import FIELD
from scanner.policy.clauses import Clause
from scanner.policy.document import Principal
from scanner.policy.grammar import PolicyError
from scanner.policy.patterns import escape
from scanner.policy.principals import Caller, read_caller
from scanner.policy.regions import ABSENT_ONLY, Texts
from scanner.policy.request import Context, Request
from scanner.policy.truth import Unseen

_SPARE_ACCOUNTS = ("123456789012", "210987654321", "555555555555", "777777777777")
_ACCOUNT_KEYS = ("aws:principalaccount", "kms:calleraccount")


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who might call. `keys` are the values that the keys about the caller then have.

    `is_example` says that any other caller of whom the keys are true would do as well.
    """

    principal: str
    caller: Caller
    keys: Mapping[str, Texts]
    is_example: bool = False
    canonical_user: str | None = None


def named_candidates(principals: Iterable[str]) -> tuple[Candidate, ...]:
    """Candidates for given callers, in the spelling of `Request.principal`; those that cannot call are left out."""
    return tuple(found for one in principals if (found := _candidate(one)) is not None)


def candidates(clauses: Iterable[Clause], partitions: tuple[str, ...]) -> tuple[Candidate, ...]:
    """Candidates for every distinction that the Principal and NotPrincipal elements make; one if there are none."""
    elements = [(clause.statement.principals, clause.statement.negates_principals) for clause in clauses]
    listed = [entries for entries, _ in elements if isinstance(entries, tuple)]
    if not listed:
        return (_example(_SPARE_ACCOUNTS[0], partitions[0], MappingProxyType({})),)
    entries = dict.fromkeys(entry for group in listed for entry in group)
    known = [found for entry in entries for found in _by_entry(entry, partitions)]
    accounts = sorted({one.caller.account for one in known if one.caller.account is not None})
    open_to_all = any(negated for _, negated in elements) or Principal("*", "*") in entries
    taken: dict[str | None, list[str]] = {}
    for one in known:
        taken.setdefault(one.caller.account, []).append(one.principal)
    others = [_other_role(account, partition, taken[account]) for account in accounts for partition in partitions]
    strangers = _strangers(accounts, partitions, known) if open_to_all else []
    return (*known, *others, *strangers)


def _by_entry(entry: Principal, partitions: tuple[str, ...]) -> Iterable[Candidate]:
    if entry.kind == "CanonicalUser":
        keys: Mapping[str, Texts] = MappingProxyType({})
        return (_example(_SPARE_ACCOUNTS[0], partitions[0], keys, canonical_user=entry.value),)
    if entry.value.isdecimal():
        return named_candidates(f"arn:{partition}:iam::{entry.value}:root" for partition in partitions)
    return () if entry.kind == "*" else named_candidates((entry.value,))


def _candidate(principal: str) -> Candidate | None:
    caller = caller_of(principal)
    return None if caller is None else Candidate(principal, caller, MappingProxyType(_keys(principal, caller)))


def caller_of(principal: str, canonical_user: str | None = None) -> Caller | None:
    """The principal taken apart, or None for one that cannot call."""
    try:
        return read_caller(Request(principal, "", "", Unseen("not asked"), Context(), canonical_user))
    except PolicyError:
        return None


def _keys(principal: str, caller: Caller) -> dict[str, Texts]:
    """The keys that follow from who calls, as AWS sets them.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html (2026-11)
    """
    is_service = _only("true" if caller.kind == "service" else "false")
    keys = {"aws:principalisawsservice": is_service}
    if caller.account is None:
        return keys | dict.fromkeys(("aws:principalarn", *_ACCOUNT_KEYS), ABSENT_ONLY)
    keys |= dict.fromkeys(_ACCOUNT_KEYS, _only(caller.account))
    if principal.startswith("arn:") and caller.kind in ("user", "role", "root"):
        keys["aws:principalarn"] = _only(principal)
    return keys


def _only(text: str) -> Texts:
    return Texts(((escape(text),),))


def _example(
    account: str,
    partition: str,
    keys: Mapping[str, Texts],
    *,
    taken: Iterable[str] = (),
    canonical_user: str | None = None,
) -> Candidate:
    """A role of the account that is none of those taken."""
    names = (f"arn:{partition}:iam::{account}:role/example{number or ''}" for number in count())
    principal = next(name for name in names if name not in taken)
    caller = caller_of(principal, canonical_user)
    assert caller is not None
    return Candidate(principal, caller, keys, is_example=True, canonical_user=canonical_user)


def _arns_of(partition: str, account: str) -> tuple[str, ...]:
    """What aws:PrincipalArn can be for the principals of an account; a session has its role's ARN there."""
    iam, sts = f"arn:{partition}:iam::{account}", f"arn:{partition}:sts::{account}"
    return (f"{iam}:role/*", f"{iam}:user/*", f"{iam}:root", f"{sts}:federated-user/*")


def _other_role(account: str, partition: str, taken: list[str]) -> Candidate:
    """A role of an account, or a user or its root, that no policy names; a role is the example."""
    arns = Texts((_arns_of(partition, account),), tuple(map(escape, sorted(taken))))
    keys = {"aws:principalarn": arns, "aws:principalisawsservice": _only("false")}
    keys |= dict.fromkeys(_ACCOUNT_KEYS, _only(account))
    return _example(account, partition, MappingProxyType(keys), taken=taken)


def _strangers(accounts: list[str], partitions: tuple[str, ...], known: list[Candidate]) -> list[Candidate]:
    """Roles of an account that no policy names, a service that none names, and somebody without credentials."""
    names = (f"example{number or ''}.amazonaws.com" for number in count())
    taken = frozenset(one.principal for one in known)
    service = next(name for name in names if name not in taken)
    roles = [_stranger(accounts, partition) for partition in partitions]
    return [*roles, *named_candidates((service, "*"))]


def _stranger(accounts: list[str], partition: str) -> Candidate:
    account = next(one for one in chain(_SPARE_ACCOUNTS, map(str, count(10**11))) if one not in accounts)
    known_arns = tuple(f"arn:{partition}:{FIELD}::{one}:*" for one in accounts)
    keys = {
        "aws:principalarn": Texts((_arns_of(partition, "????????????"),), known_arns),
        "aws:principalisawsservice": _only("false"),
        **dict.fromkeys(_ACCOUNT_KEYS, Texts((("????????????",),), tuple(accounts))),
    }
    return _example(account, partition, MappingProxyType(keys))
