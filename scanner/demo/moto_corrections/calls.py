"""Calls that moto does not implement are refused in one way, in the service's own protocol.

Moto itself answers some with a stack trace and status 500, which boto3 retries four times, and some with an empty 404.
"""

from collections.abc import Callable
from typing import Any

from moto.core.errors import COMMON_ERROR_CODES
from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult, BaseResponse

from scanner.demo.moto_corrections.patching import Correction


class _ServiceError(ServiceException):
    """Of this module, for moto takes the module of an exception for the name of the service."""


def error_answer(self: BaseResponse, status: int, code: str, message: str) -> tuple[int, dict[str, Any], Any]:
    """An error in the protocol of the service that was called, with this status."""
    if code not in COMMON_ERROR_CODES:
        COMMON_ERROR_CODES.append(code)  # or moto warns of each error that a service's model does not name
    _, headers, body = self.serialized(ActionResult(_ServiceError(code, message)))
    return status, dict(headers), body


def _call_action(original: Callable[..., Any], self: BaseResponse) -> Any:
    try:
        answer = original(self)
    except NotImplementedError as error:
        return error_answer(self, 501, "NotImplemented", str(error))
    if answer[0] == 404 and not self._get_action():
        return error_answer(self, 501, "NotImplemented", f"{self.service_name} has no such operation here")
    return answer


CORRECTIONS = (Correction(BaseResponse, "call_action", _call_action),)
