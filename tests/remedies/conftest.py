"""An emulated AWS that remedies may change: every test has accounts of its own, so that tests do not see each other."""

import functools
import itertools
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import boto3
import pytest

from scanner.demo.emulation import empty
from scanner.remedies.accounts import Accounts
from scanner.sources.aws.targets import Target

_NUMBERS = itertools.count(200_000_000_000 + 1_000_000 * (os.getpid() % 100_000))


@dataclass(frozen=True)
class Aws:
    """Accounts of the emulated AWS, `account` above all, with boto3's own configuration pointing there."""

    account: str
    session: Any
    endpoint_url: str

    def client(self, service: str, region: str = "us-east-1", account: str = "") -> Any:
        """A plain boto3 client in the account (or another)."""
        return _client(self.session, self.endpoint_url, account or self.account, service, region)

    def accounts(self, *others: str) -> Accounts:
        """The way by which plans are applied: by a role in each account, without waiting for anything."""
        return Accounts([self.target(one) for one in (self.account, *others)], self.session, pauses=())

    def target(self, account: str) -> Target:
        """An account that is entered by a role."""
        return Target(account, f"name-{account}", f"arn:aws:iam::{account}:role/drscan")

    def bucket(self, name: str, region: str = "us-east-1", account: str = "") -> str:
        """Make a bucket as AWS makes them today; its ARN."""
        placed = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        self.client("s3", region, account).create_bucket(Bucket=name, **placed)
        return f"arn:aws:s3:::{name}"


@functools.cache
def _client(session: Any, endpoint_url: str, account: str, service: str, region: str) -> Any:
    sts = session.client("sts", endpoint_url=endpoint_url)
    role = f"arn:aws:iam::{account}:role/setup"
    answer = sts.assume_role(RoleArn=role, RoleSessionName="setup")["Credentials"]
    client = session.client(
        service,
        region_name=region,
        endpoint_url=endpoint_url,
        aws_access_key_id=answer["AccessKeyId"],
        aws_secret_access_key=answer["SecretAccessKey"],
        aws_session_token=answer["SessionToken"],
    )
    client.meta.events.register("before-sign.s3-control", _without_account_in_host)
    return client


def _without_account_in_host(request: Any, **_: Any) -> None:
    head, _, rest = request.url.partition("//")
    first, _, host = rest.partition(".")
    request.url = f"{head}//{host}" if first.isdigit() and len(first) == 12 else request.url


@pytest.fixture(scope="session")
def emulated() -> Iterator[tuple[str, Mapping[str, str]]]:
    """The emulated AWS of this test process: its endpoint, and the environment that leads there."""
    with empty() as emulation:
        yield emulation.endpoint_url, emulation.environment


@pytest.fixture(scope="session")
def session() -> Any:
    """One boto3 session for all tests, as loading its data models takes longer than any test."""
    return boto3.Session(region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test")


@pytest.fixture
def new_account() -> Callable[[], str]:
    """Makes account ids that no other test uses."""
    return lambda: f"{next(_NUMBERS):012d}"


@pytest.fixture
def aws(
    emulated: tuple[str, Mapping[str, str]],
    session: Any,
    new_account: Callable[[], str],
    monkeypatch: pytest.MonkeyPatch,
) -> Aws:
    """A fresh account of the emulated AWS."""
    endpoint_url, environment = emulated
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, os.devnull)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return Aws(new_account(), session, endpoint_url)
