"""Whom key policies let in: all the world, other accounts and what for, and whether the owner keeps the last word.

Whoever may administer a key can take everything under it; whoever may use it can read what it was meant to hide.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from scanner.analysis.access.callers import Caller, anybody_of, named_accounts, named_callers, shown, strangers_to
from scanner.analysis.access.policies import Policies
from scanner.analysis.access.public import public_statements
from scanner.analysis.access.questions import Requests, allowed, beyond, enough, truth_of
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
from scanner.policy.document import parse_policy
from scanner.policy.statements import PolicyKind

FOREIGN_USE = (
    *("kms:Decrypt", "kms:DeriveSharedSecret", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*"),
    *("kms:GenerateMac", "kms:GetPublicKey", "kms:ReEncrypt*", "kms:RetireGrant", "kms:Sign", "kms:Verify*"),
)
"""What using a key takes."""

GRANTS_FOR_SERVICES = ("kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant")
"""What other accounts need so that AWS services can use the key for them, and only for those services."""


@dataclass(frozen=True, slots=True)
class _Key:
    """A key with its policy."""

    arn: str
    account: str
    policies: Policies

    @property
    def partition(self) -> str:
        return partition_of(self.arn) or "aws"

    def requests(self, callers: Iterable[Caller], *actions: str) -> Requests:
        return Requests(actions, (self.arn,), tuple(callers), self.partition)


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
        "PublicStatements": list(public_statements(one.policies, one.requests(_strangers(one)))),
        "HasForeignPrincipals": truth_of(allowed(one.policies, one.requests(foreign))),
        "ForeignAdministration": enough(_administration(one, foreign)),
        "OwnerKeepsControl": truth_of(allowed(one.policies, one.requests(_owners(one), "kms:PutKeyPolicy"))),
    }


def _strangers(one: _Key) -> Iterable[Caller]:
    return strangers_to(one.policies.prepared(), one.partition, one.account)


def _owners(one: _Key) -> Iterable[Caller]:
    policy = one.policies.prepared()
    yield anybody_of(one.account, one.partition, policy)
    yield from (caller for caller in named_callers(policy, one.account) if caller.account == one.account)


def _foreign(one: _Key) -> Iterable[Caller]:
    """Everybody outside the key's account of whom the policy could speak."""
    policy = one.policies.prepared()
    accounts = [account for account in named_accounts(policy) if account != one.account]
    yield from _strangers(one)
    yield from (anybody_of(account, one.partition, policy) for account in accounts)
    yield from (caller for caller in named_callers(policy, *accounts) if caller.account in accounts)


def _administration(one: _Key, foreign: tuple[Caller, ...]) -> Iterable[Value]:
    for found in beyond(one.policies, _use(), one.requests(foreign)):
        if isinstance(found, Unknown):
            yield found
        else:
            who = shown(found.request.principal)
            yield {"Action": found.request.action, "Principal": who, "Statement": found.statement}


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
