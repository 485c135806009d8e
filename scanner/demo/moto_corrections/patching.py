"""The one place where moto's classes are changed: replacing a method by one that is given the original."""

import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from scanner.errors import DrscanError

_MARK = "__drscan_corrects__"


@dataclass(frozen=True, slots=True)
class Correction:
    """One method, or function of a module, of moto that answers differently from AWS.

    `around(original, self, ...)` replaces `owner.name`; it may call the original or not.
    """

    owner: type | ModuleType
    name: str
    around: Callable[..., Any]


def install(corrections: Iterable[Correction]) -> None:
    """Put all corrections in, once. Raises `DrscanError`, with nothing changed, when moto lacks a method."""
    wanted = tuple(corrections)
    missing = [f"{c.owner.__name__}.{c.name}" for c in wanted if not hasattr(c.owner, c.name)]
    if missing:
        raise DrscanError(
            f"this moto has no {', '.join(missing)}, so the emulated AWS cannot be corrected",
            hint='install the moto that drscan was tested with: pip install "drscan[demo]"',
        )
    for correction in wanted:
        _install_one(correction)


def _install_one(correction: Correction) -> None:
    original = getattr(correction.owner, correction.name)
    installed = getattr(original, _MARK, ())
    if correction.around in installed:
        return

    @functools.wraps(original)
    def corrected(self: Any, *args: Any, **kwargs: Any) -> Any:
        return correction.around(original, self, *args, **kwargs)

    setattr(corrected, _MARK, (*installed, correction.around))
    setattr(correction.owner, correction.name, corrected)
