"""Reads that the emulated AWS refuses, so that a scan meets what it may not see.

Real accounts refuse by missing permissions, by policies that deny and by regions that are switched off. Moto's own IAM
enforcement ignores resources and conditions, so refusals are said outright: who, what, and on which resource.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from moto.core.responses import BaseResponse
    from moto.s3.responses import S3Response


AWS_ITSELF = "aws-internal"
"""The User-Agent of what the emulated AWS asks itself: its own services are not refused what they work with."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Calls that are refused to everybody in an account.

    `service` and `operation` are boto3's (`s3`, `GetBucketReplication`); `action` is the IAM action that is missing;
    `resource` is a pattern (`*`, `?`) for the bucket's name, or for any part of the request elsewhere. `code` is empty
    for the code with which the service refuses; a region that is switched off has one of its own.
    """

    account: str
    service: str = "*"
    operation: str = "*"
    action: str = ""
    resource: str = "*"
    region: str = "*"
    code: str = ""


def region_is_off(account: str, region: str) -> Refusal:
    """Every call to a region that the account has not opted in to is refused: tokens are not valid there."""
    return Refusal(account, region=region, code="UnrecognizedClientException")


@contextmanager
def refusing(refusals: Iterable[Refusal]) -> Iterator[None]:
    """Refuse these calls inside the `with` block, beside those of an enclosing one. Corrects moto first if need be."""
    global _active
    _install()
    before = _active
    _active = (*before, *refusals)
    try:
        yield
    finally:
        _active = before


_active: tuple[Refusal, ...] = ()

# How a service says no. Most speak JSON and say AccessDeniedException.
_CODES = {"s3": "AccessDenied", "s3control": "AccessDenied", "sns": "AuthorizationError"}
_QUERY_PROTOCOL = frozenset({"autoscaling", "cloudformation", "cloudwatch", "iam", "rds", "sts"})


def _install() -> None:
    from moto.core.responses import BaseResponse
    from moto.s3.responses import S3Response

    from scanner.demo import moto_corrections
    from scanner.demo.moto_corrections.patching import Correction, install

    moto_corrections.apply()
    install(
        (
            Correction(S3Response, "_bucket_response", _bucket_response),
            Correction(BaseResponse, "call_action", _call_action),
        )
    )


def _bucket_response(original: Any, self: "S3Response", request: Any, full_url: str) -> Any:
    from scanner.demo.moto_corrections.s3_answers import error
    from scanner.demo.moto_corrections.s3_sub_resources import operations

    bucket = self.parse_bucket_name_from_url(request, full_url) or ""
    names = operations(request.method, self._get_querystring(request, full_url), bool(bucket))
    refusal = _matching(self, "s3", names, (bucket,))
    if refusal is None:
        return original(self, request, full_url)
    return error(403, _code(refusal, "s3"), _message(self, refusal, f"s3:{min(names, default='')}"))


def _call_action(original: Any, self: "BaseResponse") -> Any:
    from scanner.demo.moto_corrections.calls import error_answer

    service, operation = self.boto3_service_name, self._get_action() or ""
    refusal = _matching(self, service, {operation}, (f"{self.path} {self.body}",)) if _active else None
    if refusal is None:
        return original(self)
    return error_answer(self, 403, _code(refusal, service), _message(self, refusal, f"{service}:{operation}"))


def _matching(self: "BaseResponse", service: str, names: Iterable[str], texts: Iterable[str]) -> Refusal | None:
    if not _active or self.headers.get("User-Agent") == AWS_ITSELF:
        return None
    here, said, asked = self.current_account, tuple(texts), tuple(names)
    return next(
        (
            refusal
            for refusal in _active
            if refusal.account == here
            and refusal.service in ("*", service)
            and refusal.region in ("*", self.region)
            and (refusal.operation == "*" or refusal.operation in asked)
            and any(_about(text, refusal.resource, whole=service == "s3") for text in said)
        ),
        None,
    )


def _about(text: str, resource: str, *, whole: bool) -> bool:
    return fnmatchcase(text, resource if whole else f"*{resource}*")


def _code(refusal: Refusal, service: str) -> str:
    query = service in _QUERY_PROTOCOL or service == "sns"
    if refusal.code == "UnrecognizedClientException" and service == "s3":
        return "InvalidToken"
    if refusal.code == "UnrecognizedClientException" and query:
        return "InvalidClientTokenId"
    return refusal.code or _CODES.get(service) or ("AccessDenied" if query else "AccessDeniedException")


def _message(self: "BaseResponse", refusal: Refusal, operation: str) -> str:
    if refusal.code:
        return "The security token included in the request is invalid."
    action = refusal.action or operation
    user = f"arn:{self.partition}:sts::{self.current_account}:assumed-role/drscan/drscan"
    why = f"because no identity-based policy allows the {action} action"
    return f"User: {user} is not authorized to perform: {action} {why}"
