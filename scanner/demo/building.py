"""Estates as tables of AWS calls, and the few lines that make the calls.

What a published document says, it says in API and CLI words, so that is how an estate is written down here. Values that
only AWS knows (a key's ARN) are named when they are given and referred to afterwards.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, reduce
from typing import Any

from scanner.demo.emulation import ACCESS_KEY

_GIVEN = re.compile(r"<<([^<>]+)>>")


@dataclass(frozen=True, slots=True)
class Place:
    """An account and a region. `role` is the name of the role that is assumed to build there."""

    account: str
    region: str

    @property
    def partition(self) -> str:
        """The partition that ARNs of this place carry."""
        return "aws-cn" if self.region.startswith("cn-") else "aws"

    def arn(self, service: str, resource: str) -> str:
        """The ARN of a regional resource here, `resource` being all behind the account."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"

    def iam(self, resource: str) -> str:
        """The ARN of an IAM resource of this account, as in `role/service-role/name`."""
        return f"arn:{self.partition}:iam::{self.account}:{resource}"

    def bucket(self, name: str) -> str:
        """The ARN of a bucket, or of objects (`name/*`), in this partition."""
        return f"arn:{self.partition}:s3:::{name}"


@dataclass(frozen=True, slots=True)
class Call:
    """One AWS call: boto3's service and method, and its arguments.

    `gives` names parts of the answer (`{"key/orders": "KeyMetadata.Arn"}`); the text `given("key/orders")` anywhere in
    the arguments of a later call stands for the value.
    """

    place: Place
    service: str
    operation: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    gives: Mapping[str, str] = field(default_factory=dict)


def given(name: str) -> str:
    """The text that stands for what an earlier call gave under this name."""
    return f"<<{name}>>"


def build(calls: Iterable[Call], endpoint_url: str) -> dict[str, str]:
    """Make the calls in order; what was given, by name.

    Raises botocore's errors: on the emulated AWS nothing is expected to fail. Raises KeyError for a name that no
    earlier call gave.
    """
    clients = Clients(endpoint_url)
    values: dict[str, str] = {}
    for call in calls:
        answer = getattr(clients.get(call.place, call.service), call.operation)(**_resolved(call.arguments, values))
        values.update({name: _at(answer, path) for name, path in call.gives.items()})
    return values


def _resolved(value: Any, values: Mapping[str, str]) -> Any:
    match value:
        case str():
            return _GIVEN.sub(lambda match: values[match[1]], value)
        case Mapping():
            return {key: _resolved(item, values) for key, item in value.items()}
        case list() | tuple():
            return [_resolved(item, values) for item in value]
    return value


def _at(answer: Any, path: str) -> str:
    """The value at a dotted path; a number is an index into a list."""
    return str(reduce(lambda value, step: value[int(step) if step.isdigit() else step], path.split("."), answer))


@cache
def _data_loader() -> Any:
    """Data models, which take longer to load than most estates to build."""
    from botocore.loaders import create_loader

    return create_loader()


class Clients:
    """One client an account, region and service, as the role `drscan-demo-builder` of the account.

    `agent` is how they name themselves in the header User-Agent.
    """

    def __init__(self, endpoint_url: str, agent: str = "drscan-demo") -> None:
        import botocore.session

        # The person's own profile and configuration must not reach the emulated AWS, nor break it.
        nowhere: dict[str, Any] = dict.fromkeys(("profile", "config_file"), (None, None, None, None))
        self._session = botocore.session.Session(session_vars=nowhere)
        self._session.register_component("data_loader", _data_loader())
        self._endpoint_url = endpoint_url
        self._agent = agent
        self._credentials: dict[tuple[str, str], dict[str, str]] = {}
        self._clients: dict[tuple[Place, str], Any] = {}

    def get(self, place: Place, service: str) -> Any:
        """The client for a service at a place."""
        if (place, service) not in self._clients:
            self._clients[place, service] = self._create(place.region, service, self._as_builder(place))
        return self._clients[place, service]

    def _create(self, region: str, service: str, credentials: Mapping[str, Any]) -> Any:
        from botocore.config import Config

        # A fixed user agent: making up botocore's own takes an eighth of the time of a call.
        config = Config(user_agent=self._agent, proxies={}, retries={"total_max_attempts": 1})
        client = self._session.create_client(
            service, region_name=region, endpoint_url=self._endpoint_url, config=config, **credentials
        )
        client.meta.events.register("before-sign.s3-control", _without_account_in_host)
        return client

    def _as_builder(self, place: Place) -> dict[str, str]:
        key = (place.account, place.partition)
        if key not in self._credentials:
            own = dict.fromkeys(("aws_access_key_id", "aws_secret_access_key"), ACCESS_KEY)
            sts = self._create(place.region, "sts", own)
            role = place.iam("role/drscan-demo-builder")
            answer = sts.assume_role(RoleArn=role, RoleSessionName="drscan-demo")["Credentials"]
            self._credentials[key] = {
                "aws_access_key_id": answer["AccessKeyId"],
                "aws_secret_access_key": answer["SecretAccessKey"],
                "aws_session_token": answer["SessionToken"],
            }
        return self._credentials[key]


def _without_account_in_host(request: Any, **_: Any) -> None:
    # S3 Control names the account in the host, and 123456789012.127.0.0.1 leads nowhere.
    request.url = re.sub(r"//[0-9]{12}\.", "//", request.url, count=1)
