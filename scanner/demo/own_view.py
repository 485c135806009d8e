"""The emulated AWS as it sees itself: the estate around a bucket, read over its own API, without being refused.

S3 knows both ends of a rule whoever owns them. So the accounts at both ends are read, those of the keys, and the ones
that manage their organizations, by the same tables that read real accounts.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from moto.organizations.models import organizations_backends
from moto.s3.models import FakeBucket

from scanner.analysis.kinds import ACCESS_POINT
from scanner.analysis.replication.needed_reads import READS
from scanner.demo import building
from scanner.demo.moto_corrections import s3_documents as documents
from scanner.demo.moto_corrections.s3_sub_resources import bucket_named
from scanner.demo.refusals import AWS_ITSELF
from scanner.demo.replication_rules import Rule
from scanner.estate.estate import Estate
from scanner.sources.aws.assembly import estate_of
from scanner.sources.aws.calls import Place
from scanner.sources.aws.clients import Clients
from scanner.sources.aws.run import Run
from scanner.sources.aws.sessions import Entered, Gate
from scanner.sources.aws.tables import plan
from scanner.sources.aws.targets import Target

# Access points say nothing of whether an object arrives.
_NEEDS = frozenset(need for need in READS if need.type != ACCESS_POINT)
_KEY = re.compile(r"arn:[a-z-]+:kms:([a-z0-9-]+):(\d{12}):")


class OwnView:
    """Reads estates from the emulated AWS at an endpoint. For one thread."""

    def __init__(self, endpoint_url: str) -> None:
        self._gate = _Gate(building.Clients(endpoint_url, AWS_ITSELF))

    def around(self, bucket: FakeBucket, rules: Iterable[Rule]) -> Estate:
        """Everything that decides what becomes of objects of this bucket that these rules take."""
        planned = plan(_NEEDS)
        targets = tuple(_targets(bucket, tuple(rules)))
        taken = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        run = Run(planned, targets, self._gate, 1, None)
        run.read()
        return estate_of(run.ledger, planned, run.stopped, targets, taken)


class _Gate(Gate):
    """Lets into every account, without roles of the estate."""

    def __init__(self, clients: building.Clients) -> None:
        self._clients = clients

    def enter(self, target: Target) -> Entered:
        place = building.Place(target.account_id, target.regions[0])
        home = Place(place.account, place.region, place.partition)
        return Entered(_AccountClients(self._clients, target.account_id), home, target.regions)


class _AccountClients(Clients):
    """The clients of one account."""

    def __init__(self, clients: building.Clients, account: str) -> None:
        self._all, self._account = clients, account

    def client(self, service: str, region: str) -> Any:
        return self._all.get(building.Place(self._account, region), service)

    def knows_endpoint(self, service: str, region: str) -> bool:
        return True


def _targets(bucket: FakeBucket, rules: tuple[Rule, ...]) -> Iterator[Target]:
    there = [end for end in (bucket_named(rule.bucket) for rule in rules) if end is not None]
    ends = (bucket, *there)
    written = " ".join((*(rule.mentions for rule in rules), *(str(documents.held(end, "encryption")) for end in ends)))
    keys = _KEY.findall(written)
    accounts = {*(end.account_id for end in ends), *(account for _, account in keys)}
    # Each name of a key is looked up in the account of one end and the region of another.
    regions = {*(end.region_name for end in ends), *(region for region, _ in keys)}
    home = bucket.region_name
    for account in sorted(accounts | {_manager(account) for account in accounts}):
        yield Target(account, account, None, None, (home, *sorted(regions - {home})))


def _manager(account: str) -> str:
    """The management account of an account's organization; itself where it is in none, or manages one."""
    manager, _partition = organizations_backends.master_accounts.get(account, (account, ""))
    return str(manager)
