"""Whom key policies let in: all the world, other accounts and what for, and whether the owner keeps the last word.

Whoever may administer a key can take everything under it; whoever may use it can read what it was meant to hide.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from scanner.analysis.access.callers import Caller, anybody_of, named_accounts, named_callers, shown, strangers_to
from scanner.analysis.access.policies import Pins, Policies
from scanner.analysis.access.questions import Example, Requests, allowed, beyond, enough, truth_of
from scanner.analysis.annotation import annotate
from scanner.analysis.arns import partition_of
from scanner.analysis.kinds import KEY
from scanner.analysis.reading import at, elements
from scanner.analysis.replication.documents import parsed
from scanner.estate.estate import Estate
from scanner.estate.intent import Intent
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value
from scanner.policy.compare import Prepared, prepare
from scanner.policy.document import Condition, parse_policy
from scanner.policy.patterns import compile_pattern, is_literal
from scanner.policy.statements import PolicyKind

FOREIGN_USE = (
    *("kms:Decrypt", "kms:DeriveSharedSecret", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*"),
    *("kms:GenerateMac", "kms:GetPublicKey", "kms:ReEncrypt*", "kms:RetireGrant", "kms:Sign", "kms:Verify*"),
)
"""What using a key takes."""

GRANTS_FOR_SERVICES = ("kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant")
"""What other accounts need so that AWS services can use the key for them, and only for those services."""

_STRANGE = "900000000000"
# What a stranger cannot choose: whose organization, network and resources these are. The value is one that no policy
# names; keys of which strangers' requests may also lack are tried both ways.
_BEYOND_CHOICE: Mapping[str, str | tuple[str, ...]] = {
    "aws:principalorgid": "o-zqnobody00",
    "aws:principalorgmasteraccountid": _STRANGE,
    "aws:principalorgpaths": ("o-zqnobody00/r-zqno/",),
    "aws:sourceaccount": _STRANGE,
    "aws:sourcearn": "arn:aws:s3:::zq-nobody-in-particular",
    "aws:sourceip": "203.0.113.77",
    "aws:sourceorgid": "o-zqnobody00",
    "aws:sourceorgpaths": ("o-zqnobody00/r-zqno/",),
    "aws:sourceowner": _STRANGE,
    "aws:sourcevpc": "vpc-0zqnobody00000000",
    "aws:sourcevpce": "vpce-0zqnobody00000000",
    "aws:vpceaccount": _STRANGE,
    "aws:vpceorgid": "o-zqnobody00",
    "aws:vpceorgpaths": ("o-zqnobody00/r-zqno/",),
    "aws:vpcsourceip": "203.0.113.77",
}
_MOST_TRIED = 5  # keys of these that one policy may name; beyond that, nothing is decided


@dataclass(frozen=True, slots=True)
class _Key:
    """A key with its policy."""

    arn: str
    account: str
    policies: Policies

    @property
    def partition(self) -> str:
        return partition_of(self.arn) or "aws"

    def requests(self, callers: Iterable[Caller], *actions: str, keys: Pins | None = None) -> Requests:
        return Requests(actions, (self.arn,), tuple(callers), self.partition, keys or {})


def derive_key_grants(estate: Estate, _: Intent) -> Estate:
    """Adds to keys what their policies grant.

    `PublicStatements` let in anybody of any account. `HasForeignPrincipals` says whether other accounts are let in, and
    `ForeignAdministration` lists what they may do beyond using the key (`Action`, `Principal`, `Statement`).
    `OwnerKeepsControl` says whether the key's account can still change the policy. An `Unknown` in a list stands for
    what cannot be told.
    """
    known: dict[tuple[str, str, str], Mapping[str, Value]] = {}

    def facts(key: Resource) -> Mapping[str, Value]:
        document = key.properties.get("KeyPolicy")
        place = (key.account, key.region, json.dumps(document, sort_keys=True, default=repr))
        if place not in known or not _is_general(document):
            known[place] = _facts(key, document)
        return known[place]

    return annotate(estate, KEY, facts)


def _is_general(document: Value) -> bool:
    """Whether the policy says `*` wherever it means its key, and so means the same for each key that has it."""
    statements = elements(at(document, "Statement")) if isinstance(document, Mapping) else [None]
    return all(isinstance(one, Mapping) and one.get("Resource") == "*" for one in statements)


def _facts(key: Resource, document: Value) -> Mapping[str, Value]:
    read = parsed(document, f"of key {key.name}")
    one = _Key(key.arn, key.account, Policies.of([read], PolicyKind.RESOURCE))
    foreign = tuple(_foreign(one))
    return {
        "PublicStatements": list(_public(one)),
        "HasForeignPrincipals": truth_of(allowed(one.policies, one.requests(foreign))),
        "ForeignAdministration": enough(_administration(one, foreign)),
        "OwnerKeepsControl": truth_of(allowed(one.policies, one.requests(_owners(one), "kms:PutKeyPolicy"))),
    }


def _owners(one: _Key) -> Iterable[Caller]:
    policy = one.policies.prepared()
    yield anybody_of(one.account, one.partition, policy)
    yield from (caller for caller in named_callers(policy, one.account) if caller.account == one.account)


def _foreign(one: _Key) -> Iterable[Caller]:
    """Everybody outside the key's account of whom the policy could speak."""
    policy = one.policies.prepared()
    accounts = [account for account in named_accounts(policy) if account != one.account]
    yield strangers_to(policy, one.partition, one.account)[0]
    yield from (anybody_of(account, one.partition, policy) for account in accounts)
    yield from (caller for caller in named_callers(policy, *accounts) if caller.account != one.account)


def _administration(one: _Key, foreign: tuple[Caller, ...]) -> Iterable[Value]:
    for found in beyond(one.policies, _use(), one.requests(foreign)):
        if isinstance(found, Unknown):
            yield found
        else:
            who = shown(found.request.principal)
            yield {"Action": found.request.action, "Principal": who, "Statement": found.statement}


def _public(one: _Key) -> Iterable[Value]:
    """The first statement that is found to let strangers in; they may be in an organization, a network, or in none."""
    policy = one.policies.prepared()
    strangers = strangers_to(policy, one.partition, one.account)
    if allowed(one.policies, one.requests(strangers)) is None:
        return
    named = [key for key in _BEYOND_CHOICE if key in _keys(policy)]
    if len(named) > _MOST_TRIED:
        yield Unknown(f"the policy's conditions look at more than {_MOST_TRIED} things that tell strangers apart")
        return
    doubt: Unknown | None = None
    for chosen in product(*(_values(key, policy) for key in named)):
        pins: Pins = dict(zip(named, chosen, strict=True))
        answer = allowed(one.policies, one.requests(strangers, keys=pins))
        if isinstance(answer, Example):
            yield answer.statement
            return
        doubt = doubt or answer
    if doubt is not None:
        yield doubt


def _values(key: str, policy: Prepared) -> tuple[str | tuple[str, ...] | None, ...]:
    """What the key may be in strangers' requests. A pattern for what services act for may fit something of theirs."""
    patterns = [value for each in _conditions(policy) if each.key.lower() == key for value in each.values]
    theirs = (_theirs(pattern) for pattern in patterns) if key == "aws:sourcearn" else ()
    return (_BEYOND_CHOICE[key], *(arn for arn in theirs if arn is not None), None)


def _theirs(pattern: str) -> str | None:
    """A resource of strangers that an ARN pattern fits: of their account, or by a name that they may choose."""
    parts = pattern.split(":", 5)
    if len(parts) < 6 or is_literal(pattern):
        return None
    account = _STRANGE if parts[4] and compile_pattern(parts[4])(_STRANGE) else parts[4]
    if account not in ("", _STRANGE) or (account == "" and is_literal(parts[5])):
        return None
    return ":".join((*parts[:4], account, parts[5])).replace("*", "zq-nobody").replace("?", "x")


def _keys(policy: Prepared) -> set[str]:
    return {each.key.lower() for each in _conditions(policy)}


def _conditions(policy: Prepared) -> Iterator[Condition]:
    for clause in (*policy.allows, *policy.denies):
        conditions = clause.statement.conditions
        yield from conditions if isinstance(conditions, tuple) else ()


@lru_cache(maxsize=1)
def _use() -> Prepared:
    statements = [
        {"Effect": "Allow", "Action": list(FOREIGN_USE), "Resource": "*"},
        {
            "Effect": "Allow",
            "Action": list(GRANTS_FOR_SERVICES),
            "Resource": "*",
            "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}},
        },
    ]
    return prepare([parse_policy({"Version": "2012-10-17", "Statement": statements}, name="use")])
