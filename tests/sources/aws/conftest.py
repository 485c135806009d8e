"""An emulated AWS for the reader: every test reads accounts of its own, so that tests do not see each other's things.

`aws` builds and reads without faults; `aws.behind(Fault(...))` puts a faulty proxy in between.
"""

import functools
import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from fault_proxy import Fault, FaultProxy

from scanner.demo.emulation import empty
from scanner.estate.estate import Estate
from scanner.estate.needs import Need
from scanner.sources.aws.patience import Patience
from scanner.sources.aws.reader import read
from scanner.sources.aws.targets import Target

HASTE = Patience(attempts=2, mode="standard", connect_timeout=2, read_timeout=2)
_NUMBERS = itertools.count(100_000_000_000 + 1_000_000 * (os.getpid() % 100_000))


@dataclass(frozen=True)
class Aws:
    """One account of the emulated AWS, and the way to read it; with `haste`, unless a test says otherwise."""

    haste = HASTE
    account: str
    session: Any
    endpoint_url: str
    monkeypatch: pytest.MonkeyPatch

    def client(self, service: str, region: str = "us-east-1", account: str | None = None) -> Any:
        """A plain boto3 client in the account (or another), past any proxy."""
        keys = keys_of(self.session, self.endpoint_url, account or self.account)
        client = self.session.client(service, region_name=region, endpoint_url=self.endpoint_url, **keys)
        if service == "s3control":
            client.meta.events.register("before-sign.s3-control", _strip_account)
        return client

    def target(self, *regions: str, account: str | None = None, partition: str = "aws") -> Target:
        """The account as a target, entered by a role."""
        number = account or self.account
        return Target(number, f"name-{number}", f"arn:{partition}:iam::{number}:role/drscan", None, regions)

    def read(self, *needs: str, regions: tuple[str, ...] = ("us-east-1",), **options: Any) -> Estate:
        """Read the account for needs such as `AWS::S3::Bucket.VersioningConfiguration` or `AWS::KMS::Key`."""
        defaults = {"targets": (self.target(*regions),), "patience": HASTE, "session": self.session}
        return read(**{**defaults, "needs": frozenset(map(need, needs)), **options})

    @contextmanager
    def behind(self, *faults: Fault) -> Iterator[FaultProxy]:
        """All reading in the block goes through a proxy with these faults."""
        with FaultProxy(self.endpoint_url, *faults) as proxy:
            self.monkeypatch.setenv("AWS_ENDPOINT_URL", proxy.url)
            yield proxy
        self.monkeypatch.setenv("AWS_ENDPOINT_URL", self.endpoint_url)


@functools.cache
def keys_of(session: Any, endpoint_url: str, account: str) -> dict[str, str]:
    """Credentials of an account, by a role in it."""
    sts = session.client("sts", endpoint_url=endpoint_url)
    answer = sts.assume_role(RoleArn=f"arn:aws:iam::{account}:role/setup", RoleSessionName="setup")["Credentials"]
    return {
        "aws_access_key_id": answer["AccessKeyId"],
        "aws_secret_access_key": answer["SecretAccessKey"],
        "aws_session_token": answer["SessionToken"],
    }


def need(text: str) -> Need:
    """`AWS::S3::Bucket.Observed.OwnerId` as a need; a type alone is the need for its resources."""
    type_, _, path = text.partition(".")
    return Need(type_, path)


@pytest.fixture(scope="session")
def endpoint_url() -> Iterator[str]:
    """The endpoint of the emulated AWS of this test process."""
    with empty() as emulation:
        yield emulation.endpoint_url


@pytest.fixture(scope="session")
def session() -> Any:
    """One boto3 session for all tests, as loading its data models takes longer than any test."""
    return boto3.Session(region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test")


@pytest.fixture
def account() -> str:
    """An account id that no other test uses."""
    return f"{next(_NUMBERS):012d}"


@pytest.fixture
def aws(endpoint_url: str, session: Any, account: str, monkeypatch: pytest.MonkeyPatch) -> Aws:
    """A fresh account of the emulated AWS, with boto3's configuration pointing there."""
    for name, value in {
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    return Aws(account, session, endpoint_url, monkeypatch)


@pytest.fixture
def new_account() -> Callable[[], str]:
    """Makes further account ids."""
    return lambda: f"{next(_NUMBERS):012d}"


def _strip_account(request: Any, **_: Any) -> None:
    head, _, rest = request.url.partition("//")
    first, _, host = rest.partition(".")
    request.url = f"{head}//{host}" if first.isdigit() and len(first) == 12 else request.url
