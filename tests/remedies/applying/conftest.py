"""The stage on which plans are done: one emulated AWS and one proxy for all tests of a process."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from fault_proxy import FaultProxy
from forking_drscan import Forks
from twelve_steps import Commands, Stage

from scanner.demo.emulation import empty


@pytest.fixture(scope="session")
def _everything(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with empty() as emulation, FaultProxy(emulation.endpoint_url) as proxy:
        yield Stage(emulation.endpoint_url, proxy, tmp_path_factory.mktemp("journals"))


@pytest.fixture
def stage(_everything: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """The stage, with boto3's own configuration pointing to its proxy."""
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {
        "AWS_ENDPOINT_URL": _everything.proxy.url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "NO_PROXY": "127.0.0.1",
    }.items():
        monkeypatch.setenv(name, value)
    _everything.folder = tmp_path
    return _everything


@pytest.fixture(scope="session")
def forks() -> Iterator[Forks]:
    """What starts processes of drscan soon."""
    made = Forks()
    yield made
    made.close()


@pytest.fixture
def commands(stage: Stage, forks: Forks) -> Commands:
    """A new world with its files, and the commands of drscan on them."""
    return Commands(stage, forks)
