"""An emulated AWS on a loopback address: moto in this process, corrected, behind real HTTP.

`empty()` is what tests build on; `running()` holds the demo's estates. Moto keeps its state in the process, so there is
one emulated AWS a process: starting another one starts it afresh.
"""

import os
import re
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scanner.errors import DrscanError

if TYPE_CHECKING:
    from werkzeug.serving import BaseWSGIServer

DEFAULT_ACCOUNT = "123456789012"
"""The account that credentials belong to which the emulated AWS has not issued itself."""

ACCESS_KEY = "drscan-demo"
"""Key and secret that belong to `DEFAULT_ACCOUNT`; any that the emulated AWS has not issued would do."""

_LOOPBACK = "127.0.0.1"
_POLL = 0.02  # seconds until a stopped server notices


@dataclass(frozen=True, slots=True)
class Emulation:
    """A running emulated AWS.

    `endpoint_url` serves every service. `environment` holds the variables with which boto3 and the AWS CLI find it and
    are let in, as the account `account`.
    """

    endpoint_url: str
    account: str = DEFAULT_ACCOUNT
    environment: Mapping[str, str] = field(default_factory=dict)


@contextmanager
def empty(port: int = 0) -> Iterator[Emulation]:
    """A corrected emulated AWS with nothing in it; port 0 takes a free one.

    While it runs, the process does without AWS profiles, configuration files and endpoints of its environment.
    Raises `DrscanError` when the port is taken, or when moto is not installed or not one that can be corrected.
    """
    from scanner.demo import moto_corrections

    moto_corrections.apply()
    with _without_personal_configuration(), _serving(port) as endpoint_url:
        _forget_everything()
        yield Emulation(endpoint_url, environment=environment_for(endpoint_url))


@dataclass(frozen=True, slots=True)
class Demo(Emulation):
    """A running emulated AWS with the demo's estates; `estate_yaml` is the text of the estate file for it."""

    estate_yaml: str = ""


@contextmanager
def running(port: int = 0) -> Iterator[Demo]:
    """The emulated AWS with the published architectures on it; ready after about three seconds. Raises as `empty` does.

    Objects written into it are replicated where AWS would (see `replicator`). The default credentials belong to the
    organization's management account, which may assume the role of each account in the estate file.
    """
    with empty(port) as emulation:
        # Here, so that those who want it empty need not load what fills it.
        from scanner.demo import content, estate_file, refusals, replicator

        refused = content.fill(emulation.endpoint_url)
        with refusals.refusing(refused), replicator.playing(emulation.endpoint_url):
            yield Demo(emulation.endpoint_url, emulation.account, emulation.environment, estate_file.estate_yaml())


def environment_for(endpoint_url: str) -> dict[str, str]:
    """The variables that lead boto3 and the AWS CLI to an emulated AWS, and nowhere else."""
    return {
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": ACCESS_KEY,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": _LOOPBACK,
    }


_PERSONAL = re.compile(
    "AWS_((DEFAULT_)?PROFILE|CONFIG_FILE|SHARED_CREDENTIALS_FILE|SESSION_TOKEN|(IGNORE_CONFIGURED_)?ENDPOINT_URLS?.*)"
)


@contextmanager
def _without_personal_configuration() -> Iterator[None]:
    """Hide what a person set up for real accounts: moto opens boto3 sessions, too, and a profile may be missing."""
    hidden = {name: os.environ.pop(name) for name in tuple(os.environ) if _PERSONAL.fullmatch(name)}
    try:
        yield
    finally:
        os.environ.update(hidden)


def _forget_everything() -> None:
    from moto.core.base_backend import BackendDict
    from moto.moto_api._internal import mock_random
    from moto.organizations.models import organizations_backends

    BackendDict.reset()
    organizations_backends.master_accounts.clear()  # moto forgets to
    mock_random.seed(20261121)  # the same ids each time, so that output can be compared


@contextmanager
def _serving(port: int) -> Iterator[str]:
    listener = _listen(port)
    server = _server(listener)
    thread = threading.Thread(target=server.serve_forever, args=(_POLL,), name="emulated-aws", daemon=True)
    thread.start()
    try:
        yield f"http://{_LOOPBACK}:{listener.getsockname()[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        listener.close()


def _listen(port: int) -> socket.socket:
    try:
        return socket.create_server((_LOOPBACK, port), backlog=128)
    except OSError as error:
        raise DrscanError(
            f"the emulated AWS cannot listen on {_LOOPBACK}:{port}: {error.strerror}",
            hint="choose another port, or 0 for any that is free",
        ) from error


def _server(listener: socket.socket) -> "BaseWSGIServer":
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
    from werkzeug.serving import make_server

    class QuietHandler(MotoRequestHandler):
        disable_nagle_algorithm = True

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            """Say nothing: a scan makes a thousand requests."""

    return make_server(
        _LOOPBACK,
        0,
        DomainDispatcherApplication(create_backend_app),
        threaded=True,
        request_handler=QuietHandler,
        fd=listener.fileno(),
    )
