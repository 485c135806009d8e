"""The corrected emulated AWS as both kinds of user meet it: over HTTP, and in-process with moto's own mock."""

import functools
import os
import re
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.core.base_backend import BackendDict
from moto.moto_server.threaded_moto_server import ThreadedMotoServer

from scanner.demo import moto_corrections
from scanner.demo.emulation import empty

ACCOUNT, OTHER_ACCOUNT = "123456789012", "222222222222"

Client = Callable[..., Any]


class Aws:
    """Makes clients for an account and a region; without an endpoint, for the mock of this process."""

    account, other_account = ACCOUNT, OTHER_ACCOUNT

    def __init__(self, endpoint_url: str | None) -> None:
        self.endpoint_url = endpoint_url

    def __call__(self, service: str, region: str = "us-east-1", account: str = ACCOUNT) -> Any:
        if account == ACCOUNT:
            return client_for(self.endpoint_url, service, region, "test", "test")
        role = f"arn:aws:iam::{account}:role/test"
        answer = self("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
        keys = (answer["AccessKeyId"], answer["SecretAccessKey"], answer["SessionToken"])
        return client_for(self.endpoint_url, service, region, *keys)


@functools.cache
def client_for(endpoint_url: str | None, service: str, region: str, *keys: str) -> Any:
    """A client; making one takes longer than most calls."""
    client = boto3.client(service, region, None, True, None, endpoint_url, *keys)
    if endpoint_url:
        client.meta.events.register("before-sign.s3-control", _without_account_in_host)
    return client


def _without_account_in_host(request: Any, **_: Any) -> None:
    request.url = re.sub(r"//[0-9]{12}\.", "//", request.url)


@pytest.fixture(params=["http", "in-process"])
def aws(request: pytest.FixtureRequest) -> Iterator[Aws]:
    """An empty AWS. With PLAIN_MOTO set it is moto as it comes, to show what the corrections are for."""
    if os.environ.get("PLAIN_MOTO"):
        BackendDict.reset()
        yield Aws(plain_moto())
    elif request.param == "http":
        with empty() as emulation:
            yield Aws(emulation.endpoint_url)
    else:
        moto_corrections.apply()
        with mock_aws():
            yield Aws(None)


@functools.cache
def plain_moto() -> str:
    """The endpoint of moto's own server, which lasts as long as the process."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    return f"http://127.0.0.1:{server.get_host_and_port()[1]}"
