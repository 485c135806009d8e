"""Macie is off until somebody enables it, and says so in its own way."""

from collections.abc import Callable
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.macie2.models import MacieBackend

from scanner.demo.moto_corrections.patching import Correction


def _init(original: Callable[..., Any], self: MacieBackend, *args: Any, **kwargs: Any) -> None:
    original(self, *args, **kwargs)
    self.macie_session = None


def _get_session(original: Callable[..., Any], self: MacieBackend) -> Any:
    """AWS refuses to describe a session that does not exist, with the same code as for a missing permission."""
    if not self.macie_session:
        error = JsonRESTError("AccessDeniedException", "Macie is not enabled")
        error.code = 403
        raise error
    session = original(self)
    return {**session, "serviceRole": session["serviceRole"].replace("arn:aws:", f"arn:{self.partition}:")}


CORRECTIONS = (
    Correction(MacieBackend, "__init__", _init),
    Correction(MacieBackend, "get_macie_session", _get_session),
)
