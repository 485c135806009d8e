"""Whether somebody who was not seen could have anything to do with a bucket: only if its policy may let them.

What was not seen in one account would cast doubt on every bucket everywhere. But nobody replicates, delivers or routes
into a bucket of another account whose policy does not admit them; so the doubt stays with the buckets that might.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scanner.analysis.access.bucket_statements import BucketStatements, Statements
from scanner.analysis.access.callers import Caller, anybody_of, named_accounts, named_callers
from scanner.analysis.access.policies import Policies
from scanner.analysis.access.questions import Requests, allowed
from scanner.estate.estate import Estate
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown
from scanner.policy.document import Principal, Statement, parse_policy
from scanner.policy.statements import PolicyKind

CLOUDTRAIL = "cloudtrail.amazonaws.com"


@dataclass(frozen=True)
class Reach:
    """Who could reach the buckets of an estate. A policy that was not read lets in everybody."""

    estate: Estate
    buckets: BucketStatements

    @classmethod
    def of(cls, estate: Estate) -> "Reach":
        """For the buckets of an estate."""
        return cls(estate, BucketStatements.of(estate))

    def doubt(self, bucket: Resource, doubts: Mapping[str, Unknown], action: str = "s3:*") -> Unknown | None:
        """The first of the doubts, by account, that concerns the bucket: why somebody there might do this to it.

        Its own account needs no admission.
        """
        if not doubts or bucket.account in doubts:
            return doubts.get(bucket.account)
        said = self.buckets.all(bucket)
        return next((doubts[one] for one in sorted(doubts) if self._account_may(said, one, action)), None)

    def trail_doubt(self, bucket: Resource, doubts: Mapping[str, Unknown]) -> Unknown | None:
        """The same for trails: why CloudTrail might deliver there for some account, the bucket's own included.

        https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html (2026-11)
        """
        if not doubts or (said := self.buckets.all(bucket)).document is None:
            return None
        return next((doubts[one] for one in sorted(doubts) if self._trail_may(said, one)), None)

    def _account_may(self, said: Statements, account: str, action: str) -> bool:
        if said.document is None:
            return False
        return self.buckets.once(said, ("account", account, action), lambda: _may(said, account, action))

    def _trail_may(self, said: Statements, account: str) -> bool:
        known = frozenset(one.id for one in self.estate.accounts)
        return self.buckets.once(said, ("trail", account), lambda: _trail_may(said, account, known))


def _may(said: Statements, account: str, action: str) -> bool:
    policies = said.policies
    known = policies.prepared()
    if _names_nobody_known(policies):
        return True
    callers = (
        anybody_of(account, said.partition, known),
        *(caller for caller in named_callers(known, account) if caller.account == account),
    )
    return allowed(policies, Requests((action,), said.resources, callers, said.partition)) is not None


def _trail_may(said: Statements, account: str, known: frozenset[str]) -> bool:
    policies = said.policies + _only_trails_of(account)
    callers = (Caller(CLOUDTRAIL, {"aws:sourceaccount": account}), *_older_than_service_names(policies, known))
    asked = Requests(("s3:PutObject",), said.resources, callers, said.partition)
    return _names_nobody_known(policies) or allowed(policies, asked) is not None


def _only_trails_of(account: str) -> Policies:
    """Nothing but the requests that CloudTrail makes for the trails of an account."""
    other = {"StringNotLikeIfExists": {"aws:SourceArn": f"arn:*:cloudtrail:*:{account}:trail/*"}}
    statement = {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*", "Condition": other}
    return Policies.of([parse_policy({"Version": "2012-10-17", "Statement": statement})], PolicyKind.RESOURCE)


def _older_than_service_names(policies: Policies, known: frozenset[str]) -> Iterable[Caller]:
    """Policies from before 2014 name CloudTrail by accounts of its own, so any account that is nobody's may be one."""
    prepared = policies.prepared()
    strange = set(named_accounts(prepared)) - known
    return (caller for caller in named_callers(prepared) if caller.account in strange)


def _names_nobody_known(policies: Policies) -> bool:
    """Whether some statement admits somebody by an id of whom the account cannot be told."""
    statements = (clause.statement for clause in policies.prepared().allows)
    return any(_is_id(one) for each in statements for one in _principals(each))


def _principals(statement: Statement) -> tuple[Principal, ...]:
    return statement.principals if isinstance(statement.principals, tuple) else ()


def _is_id(principal: Principal) -> bool:
    return principal.kind == "AWS" and not principal.value.startswith("arn:") and not principal.value.isdigit()
