"""Whether somebody who was not seen could lie under a key: only in the key's account, or where the key admits them."""

from dataclasses import dataclass, field

from scanner.analysis.access.callers import Caller, anybody_of, named_callers, named_services
from scanner.analysis.access.policies import Policies
from scanner.analysis.access.questions import Requests, allowed
from scanner.analysis.arns import account_of, partition_of
from scanner.analysis.reading import at, elements, text
from scanner.analysis.replication.documents import parsed
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value
from scanner.policy.statements import PolicyKind


@dataclass(frozen=True, slots=True)
class KeyReach:
    """Which accounts keys admit. It remembers what it was asked; make one for each estate."""

    _kept: dict[tuple[str, str], bool] = field(default_factory=dict, repr=False)

    def admits(self, key: Resource, account: str) -> bool:
        """Whether anybody of the account, or a service that acts for it, may do anything with the key.

        True where that was not seen. A key admits by its policy and by grants:
        https://docs.aws.amazon.com/kms/latest/developerguide/control-access.html (2026-11)
        """
        if account == key.account:
            return True
        if (key.arn, account) not in self._kept:
            granted = any(_is_for(grant, account) for grant in elements(at(key.properties, "Observed.Grants")))
            self._kept[key.arn, account] = granted or _admits(key, account)
        return self._kept[key.arn, account]


def _admits(key: Resource, account: str) -> bool:
    policies = Policies.of([parsed(key.properties.get("KeyPolicy"), f"of key {key.name}")], PolicyKind.RESOURCE)
    known, partition = policies.prepared(), partition_of(key.arn) or "aws"
    callers = (
        anybody_of(account, partition, known),
        *(caller for caller in named_callers(known, account) if caller.account == account),
        *(Caller(service.name, {"aws:sourceaccount": account}) for service in named_services(known)),
    )
    return allowed(policies, Requests((), (key.arn,), callers, partition)) is not None


def _is_for(grant: Value, account: str) -> bool:
    if isinstance(grant, Unknown):
        return True
    grantee = text(grant, "GranteePrincipal")
    return not isinstance(grantee, str) or account_of(grantee) in ("", account)
