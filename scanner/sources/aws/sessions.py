"""Getting in: whose credentials these are, and other accounts' through their roles.

A role's credentials last an hour at most and are renewed on the way, a quarter of an hour before they end (botocore's
refreshable credentials).
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.credentials import RefreshableCredentials
from botocore.exceptions import BotoCoreError

from scanner.errors import DrscanError
from scanner.sources.aws.calls import Call, Place
from scanner.sources.aws.clients import Clients, config_for, session_with
from scanner.sources.aws.entry import ASSUME_ROLE, IDENTITY, LIST_REGIONS, assumed
from scanner.sources.aws.faults import CALL_ERRORS, Failure, Kind, failure_of
from scanner.sources.aws.fetch import Outcome, fetch
from scanner.sources.aws.patience import Patience

if TYPE_CHECKING:
    from scanner.sources.aws.targets import Target

SESSION_NAME = "drscan"
"""What CloudTrail shows for everything that drscan does with an assumed role."""

_RENEW = "renew them (aws sso login, for one) and try again"
_FIRST_REGIONS = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose the session's credentials are: account, partition, and the region that answered."""

    account: str
    partition: str
    region: str


@dataclass(frozen=True, slots=True)
class Entered:
    """An account that can be read: its clients, the regions to read, and the `home` where global calls go.

    `blind_regions` says why it could not be told which regions are enabled; then only the home region is read.
    """

    clients: Clients
    home: Place
    regions: tuple[str, ...]
    blind_regions: Failure | None = None


class Gate:
    """Lets into accounts, from the credentials of one boto3 session."""

    def __init__(self, session: Any, patience: Patience | None = None, workers: int = 1) -> None:
        self._session = session
        self._config = config_for(patience or Patience(), workers)
        self._lock = threading.Lock()
        self._own = Clients(session, self._config, self._lock)

    def require_credentials(self) -> None:
        """Raises `DrscanError` when boto3 finds no credentials, or cannot load those that it finds."""
        try:
            found = self._session.get_credentials() is not None
        except BotoCoreError as error:
            raise DrscanError(str(error), hint=_RENEW) from error
        if not found:
            raise _no_credentials()

    def region(self) -> str:
        """The session's region. Raises `DrscanError` when it has none."""
        region = self._session.region_name
        if not region:
            raise DrscanError(
                "no AWS region is set",
                hint="set AWS_DEFAULT_REGION or a region in the profile, or list regions in estate.yaml",
            )
        return str(region)

    def caller(self) -> Caller:
        """Whose credentials these are. Raises `DrscanError` when they are missing, expired or not accepted."""
        region = self._session.region_name or _FIRST_REGIONS["aws"]
        outcome = self._who_am_i((region,))
        if isinstance(outcome, Failure):
            raise _not_accepted(outcome)
        return outcome

    def ask(self, call: Call, caller: Caller) -> Outcome:
        """Make a call with the session's own credentials."""
        return fetch(call, self._own, Place(caller.account, caller.region, caller.partition))

    def enter(self, target: "Target") -> Entered | Failure:
        """Get into the account by its role, or by the session's own credentials when it has none."""
        entered = self._by_role(target) if target.role_arn else self._directly(target)
        if isinstance(entered, Failure) or entered.regions:
            return entered
        outcome = fetch(LIST_REGIONS, entered.clients, entered.home)
        found = outcome.properties.get("regions") or (entered.home.region,)
        return Entered(entered.clients, entered.home, found, outcome.failure)

    def _directly(self, target: "Target") -> Entered | Failure:
        caller = self._who_am_i(target.regions or (self._session.region_name or _FIRST_REGIONS["aws"],))
        if isinstance(caller, Failure):
            return caller
        if caller.account != target.account_id:
            return _elsewhere(f"the credentials belong to account {caller.account}", "a role for it is needed")
        home = Place(caller.account, caller.region, caller.partition)
        return Entered(self._own, home, target.regions)

    def _by_role(self, target: "Target") -> Entered | Failure:
        assert target.role_arn is not None
        partition = target.role_arn.split(":")[1]
        try:
            sts = self._own.client("sts", self._region_in(partition, target.regions))
            entry = assumed(_assume(sts, target))
            credentials = RefreshableCredentials.create_from_metadata(
                metadata=entry["credentials"],
                refresh_using=lambda: assumed(_assume(sts, target))["credentials"],
                method="sts-assume-role",
            )
            with self._lock:
                session = session_with(self._session, credentials)
        except CALL_ERRORS as error:
            return failure_of(error, ASSUME_ROLE)
        if entry["account"] != target.account_id:
            return _elsewhere(f"role {target.role_arn} is in account {entry['account']}", "not in this one")
        region = target.regions[0] if target.regions else self._region_in(partition)
        clients = Clients(session, self._config, self._lock)
        return Entered(clients, Place(target.account_id, region, partition), target.regions)

    def _who_am_i(self, regions: Sequence[str]) -> Caller | Failure:
        failure = Failure(Kind.FAILED, "no region to ask in")
        for region in regions:
            outcome = fetch(IDENTITY, self._own, Place("", region, ""))
            if outcome.failure is None:
                found = outcome.properties
                return Caller(found["account"], found["arn"].split(":")[1], region)
            failure = outcome.failure
            if failure.kind is not Kind.REGION:
                break
        return failure

    def _region_in(self, partition: str, regions: Sequence[str] = ()) -> str:
        own = self._session.region_name
        if own and self._partition_of(own) == partition:
            return str(own)
        return regions[0] if regions else _FIRST_REGIONS.get(partition, _FIRST_REGIONS["aws"])

    def _partition_of(self, region: str) -> str:
        try:
            with self._lock:
                return str(self._session.get_partition_for_region(region))
        except BotoCoreError:
            return ""


def _assume(sts: Any, target: "Target") -> Any:
    external = {"ExternalId": target.external_id} if target.external_id else {}
    return sts.assume_role(RoleArn=target.role_arn, RoleSessionName=SESSION_NAME, **external)


def _elsewhere(what: str, so: str) -> Failure:
    return Failure(Kind.FAILED, f"{what}, {so}")


def _not_accepted(failure: Failure) -> DrscanError:
    if failure.reason.endswith("NoCredentialsError"):
        return _no_credentials()
    return DrscanError(f"AWS does not accept the credentials: {failure.reason}", hint=_RENEW)


def _no_credentials() -> DrscanError:
    return DrscanError("no AWS credentials were found", hint="set AWS_PROFILE or AWS_ACCESS_KEY_ID, or: aws configure")
