"""boto3 clients: one for each account, region and service, made when first used and shared by all threads.

A client costs 2 to 60 ms and 0.2 to 8 MB, most of it for the service's data model, which all sessions here share
(measured with botocore 1.44, 2026-11). Endpoint, profile, proxies and certificates follow boto3's own configuration.
"""

import json
import re
import threading
from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError

from scanner import __version__
from scanner.sources.aws.faults import UnexpectedAnswerError
from scanner.sources.aws.patience import Patience
from scanner.sources.aws.tables import CALLS


class Clients:
    """The clients of one account's credentials. Thread-safe.

    `lock` guards what sessions share, so all sessions that share data models have to share it.
    """

    def __init__(self, session: Any, config: Config, lock: threading.Lock) -> None:
        self._session = session
        self._config = config
        self._clients: dict[tuple[str, str], Any] = {}
        self._lock = lock

    def client(self, service: str, region: str) -> Any:
        """The client; raises what boto3 raises for a service or region that it cannot make one for."""
        client = self._clients.get((service, region))
        if client is None:
            with self._lock:
                client = self._clients.get((service, region))
                if client is None:
                    client = self._clients[service, region] = self._new(service, region)
        return client

    def knows_endpoint(self, service: str, region: str) -> bool:
        """Whether botocore's own list of endpoints has this service in this region; True when it cannot tell."""
        with self._lock:
            try:
                partition = self._session.get_partition_for_region(region)
            except BotoCoreError:
                return True
            return region in self._session.get_available_regions(service, partition)

    def _new(self, service: str, region: str) -> Any:
        client = self._session.client(service, region_name=region, config=self._config)
        client.meta.events.register("before-parse", check_body)
        if service == "s3control":
            strip = partial(_strip_account, aws_suffixes(self._session))
            client.meta.events.register("before-sign.s3-control", strip)
        return client


def config_for(patience: Patience, workers: int) -> Config:
    """The configuration of all clients. A fixed user agent spares botocore an eighth of its work on each call."""
    return Config(
        user_agent=f"drscan/{__version__}",
        retries={"mode": patience.mode, "total_max_attempts": patience.attempts},
        connect_timeout=patience.connect_timeout,
        read_timeout=patience.read_timeout,
        max_pool_connections=workers,
    )


def session_with(base: Any, credentials: Any) -> Any:
    """A session like `base` (a boto3 session) that uses other credentials, sharing the data models it has loaded."""
    source = base._session
    core = botocore.session.Session(profile=source.profile)
    core.register_component("data_loader", source.get_component("data_loader"))
    core.register_component("credential_provider", _Given(credentials))
    return boto3.Session(botocore_session=core, region_name=base.region_name)


class _Given:
    """Stands where botocore looks for a chain of credential providers."""

    def __init__(self, credentials: Any) -> None:
        self._credentials = credentials

    def load_credentials(self) -> Any:
        return self._credentials


_ROOTS: Mapping[tuple[str, str], str] = {(call.service, call.operation): call.root for call in CALLS if call.root}
_ROOT = re.compile(rb"\s*(?:<\?[^>]{0,200}>\s*)?<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")


def check_body(operation_model: Any, response_dict: Mapping[str, Any], **_event: Any) -> None:
    """Refuse an answer with status 200 whose body is not a whole document of its kind (an event handler of botocore).

    botocore does not mind a body that is shorter than announced, and takes an empty one, and in JSON any garbage, for
    an answer without content, which would pass for "there is none". Raises `UnexpectedAnswerError`.
    """
    if response_dict["status_code"] >= 300 or not _has_body(operation_model.output_shape):
        return
    body = response_dict["body"]
    announced = response_dict["headers"].get("content-length", "")
    if announced.isdigit() and int(announced) != len(body):
        raise UnexpectedAnswerError("the answer was cut off")
    service = operation_model.service_model
    if not body.strip():
        raise UnexpectedAnswerError("an empty answer")
    if service.resolved_protocol in ("json", "rest-json"):
        _check_json(body)
    root = _ROOTS.get((service.service_name, operation_model.name))
    if root:
        found = _ROOT.match(body)
        if found is None or root not in found.group(1).decode():
            raise UnexpectedAnswerError(f"the answer is not about {root}")


def _has_body(output: Any) -> bool:
    """Whether an answer of this shape says anything in its body; CreateBucket's has nothing but a header."""
    members = output.members.values() if output is not None else ()
    return any(member.serialization.get("location") not in ("header", "headers", "statusCode") for member in members)


def _check_json(body: bytes) -> None:
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UnexpectedAnswerError("the answer is not JSON") from error
    if not isinstance(parsed, dict):
        raise UnexpectedAnswerError("the answer is not a JSON object")


def aws_suffixes(session: Any) -> tuple[str, ...]:
    """What the names of AWS's own hosts end in, in all partitions: `.amazonaws.com`, `.amazonaws.com.cn`, ..."""
    partitions = session._session.get_component("data_loader").load_data("partitions")["partitions"]
    outputs = (partition["outputs"] for partition in partitions)
    return tuple(sorted({f".{each[key]}" for each in outputs for key in ("dnsSuffix", "dualStackDnsSuffix")}))


def _strip_account(suffixes: tuple[str, ...], request: Any, **_event: Any) -> None:
    request.url = without_account(request.url, suffixes)


def without_account(url: str, suffixes: tuple[str, ...]) -> str:
    """The URL without the account id that S3 Control puts before the host, where that is none of AWS's own.

    An endpoint of one's own, be it 127.0.0.1, need not have a subdomain for every account, and a header tells the
    account as well.
    """
    parts = urlsplit(url)
    account, _, rest = parts.netloc.partition(".")
    if not re.fullmatch(r"\d{12}", account) or (parts.hostname or "").endswith(suffixes):
        return url
    return urlunsplit(parts._replace(netloc=rest))
