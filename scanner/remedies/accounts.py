"""The accounts that a plan changes, as they are: read by the tables of calls, written by the requests of the writes."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from botocore import xform_name
from botocore.exceptions import ClientError

from scanner.errors import DrscanError
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown
from scanner.remedies.state import WriteError
from scanner.remedies.step import Target
from scanner.remedies.writes.kms import KEY, MADE_FOR
from scanner.remedies.writing import Request
from scanner.sources.aws.faults import CALL_ERRORS, Failure
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

_NOT_NOW = frozenset({"SlowDown", "Throttling", "ThrottlingException", "TooManyRequestsException"})
"""Refusals that say nothing but to come back later: no call that got one was done."""

_REFUSED = frozenset({"AccessDenied", "AccessDeniedException"})


class Accounts:
    """Access to accounts by their roles, or by the session's own credentials.

    `pauses` and `patience` can be shortened for tests.
    """

    def __init__(
        self,
        targets: Sequence[Account],
        session: Any = None,
        pauses: tuple[float, ...] = PAUSES,
        patience: Patience | None = None,
    ) -> None:
        self._targets = {target.account_id: target for target in targets}
        self._session = session or open_session()
        self._entered: dict[tuple[str, bool], Entered] = {}
        self._patience = patience or Patience()
        self.pauses = pauses

    def reach(self, account: str) -> None:
        """Get into the account. Raises `DrscanError` where there is no way into it."""
        for patient in (True, False):
            self._enter(account, patient=patient)

    def read(self, resource: Resource, names: tuple[str, ...]) -> Resource | Unknown | None:
        """The resource as it is now (see `reread`)."""
        return reread(self._enter(resource.account), resource, names)

    def made_for(self, target: Target) -> str | None:
        """The ARN of the key that was made for a stand-in, found by its tag; None where none is in use.

        Raises `DrscanError` where that cannot be told.
        """
        if target.type != KEY:
            return None
        client = self._enter(target.account).clients.client("kms", target.region)
        try:
            return _marked(client, {"TagKey": MADE_FOR, "TagValue": target.name.strip("{}")})
        except CALL_ERRORS as error:
            raise DrscanError(
                f"whether a key was made for {target.name} cannot be told: {_said(error)}",
                hint="it takes kms:ListKeys, kms:ListResourceTags and kms:DescribeKey",
            ) from error

    def send(self, target: Target, request: Request) -> Mapping[str, str]:
        """Make the call; what it made, by stand-in. Raises `WriteError`."""
        for pause in (*self.pauses, None):
            try:
                return self._sent(target, request)
            except CALL_ERRORS as error:
                code = _code(error)
                if code in request.done:
                    return {}
                # Where botocore is patient itself, it has tried again before.
                if pause is None or code not in (_NOT_SEEN_YET | _NOT_NOW if request.gives else _NOT_SEEN_YET):
                    raise _failed(request, error) from error
                time.sleep(pause)
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
                hint="list it, with its role, under accounts in the estate file (--estate)",
            )
        entered = (self._gate if patient else self._gate_once).enter(target)
        if isinstance(entered, Failure):
            raise DrscanError(f"account {account} cannot be entered: {entered.reason}")
        self._entered[account, patient] = entered
        return entered

    @cached_property
    def _gate(self) -> Gate:
        return Gate(self._session, self._patience)

    @cached_property
    def _gate_once(self) -> Gate:
        return Gate(self._session, replace(self._patience, attempts=1, mode="standard"))


def _marked(client: Any, mark: Mapping[str, str]) -> str | None:
    """The key with that tag that is in use.

    Keys of which the tags are refused are somebody else's, as a new key's policy leaves everything to its account; but
    where the tags of every key are, nothing can be told.
    """
    refusals: list[ClientError] = []
    is_readable = False
    for page in client.get_paginator("list_keys").paginate():
        for key in page["Keys"]:
            try:
                tags = client.list_resource_tags(KeyId=key["KeyArn"])["Tags"]
            except ClientError as error:
                if _code(error) not in _REFUSED:
                    raise
                refusals.append(error)
                continue
            is_readable = True
            if mark in tags and _is_in_use(client, key["KeyArn"]):
                return str(key["KeyArn"])
    if refusals and not is_readable:
        raise refusals[0]
    return None


def _is_in_use(client: Any, key: str) -> bool:
    return bool(client.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] != "PendingDeletion")


def _member(answer: Mapping[str, Any], path: str) -> Any:
    value: Any = answer
    for name in path.split("."):
        value = value[name]
    return value


def _failed(request: Request, error: Exception) -> WriteError:
    status = (
        error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) if isinstance(error, ClientError) else 0
    )
    code = _code(error)
    # A refusal is an answer; a server that fails may have done its work before.
    if 400 <= status < 500 or code in _NOT_NOW:
        needs = f"; it needs {request.action}" if code in _REFUSED else ""
        return WriteError(f"{request.name} refused: {_said(error)}{needs}", code=code, is_certain=True)
    return WriteError(f"{request.name} failed: {_said(error)}", code=code)


def _code(error: Exception) -> str:
    return str(error.response.get("Error", {}).get("Code", "")) if isinstance(error, ClientError) else ""


def _said(error: Exception) -> str:
    if not isinstance(error, ClientError):
        return str(error) or type(error).__name__
    found = error.response.get("Error", {})
    return f"{found.get('Code', 'an error')}: {found.get('Message', '')}".rstrip(": ")
