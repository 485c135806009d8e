"""What an answer that is none means: no such thing, not allowed, not now, not here, or not any more.

A wrong guess here becomes a wrong verdict, so only codes that a table names mean "absent", and whatever is not
understood is a failure that leaves the value unknown.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError
from botocore.parsers import ResponseParserError

from scanner.sources.aws.calls import Call


class Kind(StrEnum):
    """What became of a call that gave no answer.

    ABSENT: there is none, says AWS. GONE: the resource itself has vanished. REFUSED: a permission is missing. FAILED:
    anything else. REGION: the account has not enabled the region. EXPIRED: the credentials have.
    """

    ABSENT = "absent"
    GONE = "gone"
    REFUSED = "refused"
    FAILED = "failed"
    REGION = "region"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a call gave nothing. `reason` is for the estate; `iam_action` would lift it, empty where none would."""

    kind: Kind
    reason: str
    iam_action: str = ""


class UnexpectedAnswerError(Exception):
    """An answer with status 200 that is not the documented one."""


CALL_ERRORS = (
    BotoCoreError,
    ClientError,
    ResponseParserError,
    UnexpectedAnswerError,
    # What botocore's parsers and our shapes raise on answers that are not as documented.
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    RecursionError,
    OSError,
)
"""All that making a call and reading its answer can raise, short of a bug in the tables."""

_EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
# By name, as not every botocore that we run on has all of them.
_EXPIRED_SESSIONS = frozenset(
    {"CredentialRetrievalError", "LoginError", "NoCredentialsError", "SSOError", "TokenRetrievalError"}
)
_REGION_OFF = frozenset(
    {
        "AuthFailure",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidToken",
        "OptInRequired",
        "RegionDisabledException",
        "UnrecognizedClientException",
    }
)
_REFUSED = frozenset(
    {
        "403",
        "AccessDenied",
        "AccessDeniedException",
        "AccessDeniedForDependencyException",
        "AllAccessDisabled",
        "AuthorizationError",
        "AuthorizationErrorException",
        "Forbidden",
        "NotAuthorized",
        "UnauthorizedOperation",
    }
)
_NOT_IN_A_CODE = re.compile(r"[^A-Za-z0-9._-]+")
_EXPLICIT_DENY = re.compile(r"explicit deny in an? ([a-z][a-z -]{2,40})")


def failure_of(error: Exception, call: Call) -> Failure:
    """What this error means for this call."""
    if isinstance(error, ClientError):
        # Credentials that are renewed on the way make a call of their own.
        renewal = error.operation_name == "AssumeRole"
        return _refusal(error.response, call, *(("sts:AssumeRole",) * 2 if renewal else (call.name, call.iam)))
    name = type(error).__name__
    if any(cls.__name__ in _EXPIRED_SESSIONS for cls in type(error).__mro__):
        return Failure(Kind.EXPIRED, f"{call.name} failed: {name}")
    if isinstance(error, UnexpectedAnswerError):
        return Failure(Kind.FAILED, f"{call.name} failed: {error}")
    if isinstance(error, BotoCoreError | OSError):
        return Failure(Kind.FAILED, f"{call.name} failed: {name}")
    return Failure(Kind.FAILED, f"{call.name} failed: the answer is not as documented ({name})")


def is_unresolvable(error: Exception) -> bool:
    """Whether the endpoint's host name does not exist (or there is no name service to ask)."""
    if not isinstance(error, EndpointConnectionError):
        return False
    cause = error.kwargs.get("error")
    return type(cause).__name__ in ("NameResolutionError", "gaierror")


def _refusal(response: Any, call: Call, operation: str, action: str) -> Failure:
    code = _NOT_IN_A_CODE.sub("", str(response.get("Error", {}).get("Code", "")))[:80]
    message = str(response.get("Error", {}).get("Message", ""))
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    if operation == call.name and code in call.absent and call.absent[code] in message:
        return Failure(Kind.ABSENT, "")
    if operation == call.name and code in call.gone:
        return Failure(Kind.GONE, "")
    if code in _EXPIRED:
        return Failure(Kind.EXPIRED, f"{operation} failed: {code}")
    if code in _REGION_OFF:
        return Failure(Kind.REGION, f"{operation} failed: {code}")
    if code in _REFUSED:
        deny = _EXPLICIT_DENY.search(message)
        why = f" (explicit deny in a {deny.group(1)})" if deny else ""
        return Failure(Kind.REFUSED, f"{operation} refused: {code}{why}; needs {action}", action)
    shown = code if code == str(status) else f"{code} (HTTP {status})"
    return Failure(Kind.FAILED, f"{operation} failed: {shown}")
