"""Whom bucket policies might let in.

Whether a request is allowed takes evaluating policies. A cheaper fact holds without it: nobody from outside writes to a
bucket whose policy allows them nothing at all. That keeps a refused call in one account from casting doubt on the
buckets of all others.
"""

from collections.abc import Callable
from dataclasses import dataclass

from scanner.analysis.arns import account_of
from scanner.analysis.kinds import BUCKET_POLICY
from scanner.analysis.reading import text
from scanner.estate.estate import Estate
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value
from scanner.policy.document import Policy, Principal, Statement, read_policy


@dataclass(frozen=True, slots=True)
class Admitted:
    """Whom a bucket policy allows anything: account ids and service principals, or, as far as one can tell, anyone.

    Someone who is not admitted has no access; someone who is may still be stopped by a condition or a Deny.
    """

    accounts: frozenset[str] = frozenset()
    services: frozenset[str] = frozenset()
    anyone: bool = False

    def has_service(self, name: str) -> bool:
        """Whether that service may be let in, by its name without the suffix of the partition."""
        return self.anyone or any(service.split(".", 1)[0] == name for service in self.services)


NOBODY = Admitted()
ANYONE = Admitted(anyone=True)


def admitted_by(estate: Estate) -> Callable[[Resource], Admitted]:
    """A look-up of whom the policy of a bucket admits; anyone, where that was not seen."""
    policies, doubt = _by_bucket(estate)

    def admitted(bucket: Resource) -> Admitted:
        policy = policies.get((bucket.account, bucket.name))
        if policy is not None:
            return _admitted(policy.properties.get("PolicyDocument"))
        unseen = doubt or estate.blind(BUCKET_POLICY, bucket.account, bucket.region)
        return ANYONE if unseen else NOBODY

    return admitted


def _by_bucket(estate: Estate) -> tuple[dict[tuple[str, str], Resource], Unknown | None]:
    policies: dict[tuple[str, str], Resource] = {}
    doubt: Unknown | None = None
    for policy in estate.of_type(BUCKET_POLICY):
        match text(policy.properties, "Bucket"):
            case str() as name:
                policies[policy.account, name] = policy
            case Unknown() as unknown:
                doubt = doubt or unknown
    return policies, doubt


def _admitted(document: Value) -> Admitted:
    if document is None:
        return NOBODY
    policy = None if isinstance(document, Unknown) else read_policy(document)
    if not isinstance(policy, Policy):
        return ANYONE
    principals: set[Principal] = set()
    for statement in policy.statements:
        if not isinstance(statement, Statement):
            return ANYONE
        if statement.effect == "Allow":
            if statement.negates_principals or not isinstance(statement.principals, tuple):
                return ANYONE
            principals.update(statement.principals)
    return _named(principals)


def _named(principals: set[Principal]) -> Admitted:
    accounts: set[str] = set()
    services: set[str] = set()
    for principal in principals:
        match principal.kind:
            case "Service":
                services.add(principal.value)
            case "AWS" if principal.value.isdigit() or account_of(principal.value):
                accounts.add(account_of(principal.value) or principal.value)
            case _:
                return ANYONE
    return Admitted(frozenset(accounts), frozenset(services))
