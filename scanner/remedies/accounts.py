"""The accounts that a plan changes, as they are: read by the tables of calls, written by the requests of the writes."""

import time
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError

from scanner.errors import DrscanError
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown
from scanner.remedies.state import WriteError
from scanner.remedies.step import Target
from scanner.remedies.writes.kms import KEY, MADE_FOR
from scanner.remedies.writing import Request
from scanner.sources.aws.faults import Failure
from scanner.sources.aws.patience import Patience
from scanner.sources.aws.rereading import reread
from scanner.sources.aws.sessions import Entered, Gate
from scanner.sources.aws.targets import Target as Account
from scanner.sources.aws.targets import open_session

PAUSES = (1.0, 2.0, 4.0, 8.0, 8.0)
"""Seconds between looks at what was just written: IAM tells its readers of a change within seconds, not at once.
https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html (2026-11)."""

_NOT_SEEN_YET = frozenset({"MalformedPolicy", "MalformedPolicyDocument", "MalformedPolicyDocumentException"})
"""What S3, IAM and KMS answer to a policy whose principal was made a moment ago."""


class Accounts:
    """Access to accounts by their roles, or by the session's own credentials. `pauses` can be shortened for tests."""

    def __init__(self, targets: Sequence[Account], session: Any = None, pauses: tuple[float, ...] = PAUSES) -> None:
        self._targets = {target.account_id: target for target in targets}
        self._session = session or open_session()
        self._entered: dict[tuple[str, bool], Entered] = {}
        self.pauses = pauses

    def read(self, resource: Resource, names: tuple[str, ...]) -> Resource | Unknown | None:
        """The resource as it is now (see `reread`)."""
        return reread(self._enter(resource.account), resource, names)

    def made_for(self, target: Target) -> str | None:
        """The ARN of the key that was made for a stand-in, found by its tag; None where none is in use."""
        if target.type != KEY:
            return None
        client = self._enter(target.account).clients.client("kms", target.region)
        mark = {"TagKey": MADE_FOR, "TagValue": target.name.strip("{}")}
        for page in client.get_paginator("list_keys").paginate():
            for key in page["Keys"]:
                if mark in _tags(client, key["KeyId"]) and _is_in_use(client, key["KeyId"]):
                    return str(key["KeyArn"])
        return None

    def send(self, target: Target, request: Request) -> Mapping[str, str]:
        """Make the call; what it made, by stand-in. Raises `WriteError`."""
        for pause in (*self.pauses, None):
            try:
                return self._sent(target, request)
            except ClientError as error:
                code = error.response.get("Error", {}).get("Code", "")
                if code in request.done:
                    return {}
                if pause is None or code not in _NOT_SEEN_YET:
                    raise WriteError(f"{request.name} refused: {_said(error)}; it needs {request.action}") from error
                time.sleep(pause)
            except BotoCoreError as error:
                raise WriteError(f"{request.name} failed: {error}") from error
        raise AssertionError("the last attempt returns or raises")

    def _sent(self, target: Target, request: Request) -> Mapping[str, str]:
        # What makes something new is never repeated by botocore itself: a lost answer would make a second one.
        entered = self._enter(target.account, patient=not request.gives)
        client = entered.clients.client(request.service, request.region or target.region or entered.home.region)
        answer = getattr(client, xform_name(request.operation))(**request.parameters)
        return {stand_in: str(_member(answer, key)) for stand_in, key in request.gives.items()}

    def _enter(self, account: str, *, patient: bool = True) -> Entered:
        known = self._entered.get((account, patient))
        if known is not None:
            return known
        target = self._targets.get(account)
        if target is None:
            raise DrscanError(
                f"there is no way into account {account}",
                hint="list it, with its role, under accounts in the estate file",
            )
        entered = (self._gate if patient else self._gate_once).enter(target)
        if isinstance(entered, Failure):
            raise DrscanError(f"account {account} cannot be entered: {entered.reason}")
        self._entered[account, patient] = entered
        return entered

    @cached_property
    def _gate(self) -> Gate:
        return Gate(self._session)

    @cached_property
    def _gate_once(self) -> Gate:
        return Gate(self._session, Patience(attempts=1, mode="standard"))


def _tags(client: Any, key: str) -> list[dict[str, str]]:
    try:
        return list(client.list_resource_tags(KeyId=key).get("Tags", ()))
    except ClientError:
        return []  # a key of somebody else, which nobody made for a plan


def _is_in_use(client: Any, key: str) -> bool:
    return bool(client.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] != "PendingDeletion")


def _member(answer: Mapping[str, Any], path: str) -> Any:
    value: Any = answer
    for name in path.split("."):
        value = value[name]
    return value


def _said(error: ClientError) -> str:
    found = error.response.get("Error", {})
    return f"{found.get('Code', 'an error')}: {found.get('Message', '')}".rstrip(": ")
