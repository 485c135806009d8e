"""Whom to ask about: those that a policy names, and somebody whom no policy names, in each account that matters.

Policies tell callers apart by name, by account, or not at all. So a role that nobody has named stands for every other
principal of its account, and one of an account that nobody has named for the rest of the world.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count

from scanner.analysis.access.policies import Pins
from scanner.analysis.arns import account_of
from scanner.policy.clauses import Prepared
from scanner.policy.document import Condition, Statement
from scanner.policy.pattern_sets import intersection
from scanner.policy.patterns import compile_pattern

_ACCOUNT = re.compile(r"\d{12}", re.ASCII)
_ACCOUNT_KEYS = ("aws:principalaccount", "kms:calleraccount")
_ARN_KEY, _USER_ID = "aws:principalarn", "aws:userid"
# A name that no pattern of a real policy matches by chance, as a shorter word might.
_NOBODY = "zq-nobody-in-particular"
_MADE_UP = "9000000000"


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who might call, as in `Request.principal`, and what is known of all requests that come from there."""

    name: str
    keys: Pins = field(default_factory=dict, hash=False)

    @property
    def account(self) -> str:
        """The twelve digits of the caller's account; empty for services."""
        return _account(self.name)


def named_callers(policy: Prepared, *accounts: str) -> tuple[Caller, ...]:
    """Everybody with an account whom the policy names: users, roles and roots of accounts, also by aws:PrincipalArn.

    Where it names them by a pattern, there is one for the pattern; one in each of these accounts, and in one that
    nobody speaks of, where the pattern leaves the account open.
    """
    return tuple(Caller(name, _keys_of(name)) for name in _names(policy, *accounts))


def named_services(policy: Prepared) -> tuple[Caller, ...]:
    """AWS services and identity providers that the policy names."""
    found = dict.fromkeys(
        principal.value
        for statement in _statements(policy)
        for principal in (statement.principals if isinstance(statement.principals, tuple) else ())
        if principal.kind in ("Service", "Federated")
    )
    return tuple(Caller(name) for name in found)


def named_accounts(policy: Prepared) -> tuple[str, ...]:
    """The accounts of all callers that the policy names, and those it names by themselves; sorted."""
    by_key = (value for statement in _statements(policy) for value in _account_values(statement))
    accounts = {*map(_account, _names(policy)), *by_key}
    return tuple(sorted(one for one in accounts if _ACCOUNT.fullmatch(one) and not one.startswith(_MADE_UP)))


def anybody_of(account: str, partition: str, policy: Prepared) -> Caller:
    """A role of the account that the policy does not name: what is true of it is true of nearly everybody there."""
    name = _unnamed(f"arn:{partition}:iam::{account}:role/", policy)
    known: Pins = {"aws:username": None, "aws:principaltype": "AssumedRole"}
    return Caller(name, {**_keys_of(name), **_id("AROAZQNOBODYINPARTICULA:nobody", policy), **known})


def any_user_of(account: str, partition: str, policy: Prepared) -> Caller:
    """The same as a user."""
    name = _unnamed(f"arn:{partition}:iam::{account}:user/", policy)
    known: Pins = {"aws:username": _NOBODY, "aws:principaltype": "User"}
    return Caller(name, {**_keys_of(name), **_id("AIDAZQNOBODYINPARTICULA", policy), **known})


def strangers_to(policy: Prepared, partition: str, *known: str) -> tuple[Caller, ...]:
    """Who stands for the rest of the world: a role of an account that neither the policy names nor `known` holds, which
    comes first, and whoever fits a pattern of the policy in an account of their own.
    """
    taken = {*map(_account, _names(policy)), *named_accounts(policy), *known}
    account = next(one for one in map(str, count(int(f"{_MADE_UP}01"))) if one not in taken)
    name = _unnamed(f"arn:{partition}:iam::{account}:role/", policy)
    # Names and tags are a stranger's to choose; ids are not.
    stranger = Caller(name, {**_keys_of(name), **_id("AROAZQNOBODYINPARTICULA:nobody", policy)})
    return (stranger, *(caller for caller in named_callers(policy) if caller.account.startswith(_MADE_UP)))


def shown(caller: str) -> str:
    """A caller as a person should see it: somebody made up is an account, or `*` where it stands for all the world."""
    account = _account(caller)
    if caller.endswith(":root") or caller.partition("/")[2].startswith(_NOBODY):
        return "*" if account.startswith(_MADE_UP) else account
    parts = caller.split(":", 5)
    if account.startswith(_MADE_UP) and len(parts) == 6:
        parts[4] = "*"
    return ":".join(parts).replace(_NOBODY, "*")


def _keys_of(name: str) -> Pins:
    """The keys that follow from who calls, as AWS sets them.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html (2026-11)
    """
    keys: dict[str, str | tuple[str, ...] | None] = dict.fromkeys(_ACCOUNT_KEYS, _account(name))
    keys["aws:principalisawsservice"] = "false"
    if name.startswith("arn:") and ":iam:" in name:
        keys[_ARN_KEY] = name
    return keys


def _id(user_id: str, policy: Prepared) -> Pins:
    """AWS gives ids out, so a policy that speaks of some speaks of nobody else; but sessions are named at will."""
    conditions = (each for statement in _statements(policy) for each in _conditions(statement))
    values = (value for each in conditions if each.key.lower() == _USER_ID for value in each.values)
    return {} if any(value.startswith(("*", "?", "$")) for value in values) else {_USER_ID: user_id}


def _unnamed(prefix: str, policy: Prepared) -> str:
    taken = set(_names(policy))
    names = (f"{prefix}{_NOBODY}{number or ''}" for number in count())
    return next(name for name in names if name not in taken)


def _names(policy: Prepared, *accounts: str) -> tuple[str, ...]:
    places = [
        (partition, account)
        for partition in sorted(policy.vocabulary.partitions) or ("aws",)
        for account in (f"{_MADE_UP}00", *accounts)
    ]
    found = dict.fromkeys(name for statement in _statements(policy) for name in _named(statement, places))
    partition = places[0][0]
    roots = (f"arn:{partition}:iam::{name}:root" if _ACCOUNT.fullmatch(name) else name for name in found)
    return tuple(dict.fromkeys(name for name in roots if _account(name)))


def _statements(policy: Prepared) -> Iterator[Statement]:
    for clause in (*policy.allows, *policy.denies):
        yield clause.statement


def _named(statement: Statement, places: Iterable[tuple[str, str]]) -> Iterable[str]:
    for principal in statement.principals if isinstance(statement.principals, tuple) else ():
        if principal.kind == "AWS":
            yield principal.value
    for condition in _conditions(statement):
        if condition.key.lower() == _ARN_KEY:
            for value in condition.values:
                yield from _instances(value, places)


def _account_values(statement: Statement) -> Iterable[str]:
    for condition in _conditions(statement):
        if condition.key.lower() in _ACCOUNT_KEYS:
            yield from condition.values


def _conditions(statement: Statement) -> tuple[Condition, ...]:
    return statement.conditions if isinstance(statement.conditions, tuple) else ()


def _instances(pattern: str, places: Iterable[tuple[str, str]]) -> Iterable[str]:
    """ARNs that the pattern matches: where it leaves partition or account open, one for each that fits."""
    parts = pattern.split(":", 5)
    for partition, account in places:
        if len(parts) == 6:
            named = account if compile_pattern(parts[4])(account) else parts[4]
            if compile_pattern(parts[1])(partition) and _ACCOUNT.fullmatch(named):
                found = ":".join((parts[0], partition, *parts[2:4], named, parts[5]))
                yield found.replace("*", _NOBODY).replace("?", "x")
        else:
            ends = (f"arn:{partition}:iam::{account}:{kind}/?*" for kind in ("role", "user"))
            for end in ends:
                text = intersection((pattern,), (end,))
                if isinstance(text, str):
                    yield text


def _account(caller: str) -> str:
    if _ACCOUNT.fullmatch(caller):
        return caller
    account = account_of(caller)
    return account if _ACCOUNT.fullmatch(account) else ""
