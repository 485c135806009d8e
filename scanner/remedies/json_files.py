"""JSON of files that nobody vouches for: bounded in size and depth, and with one meaning only."""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from scanner.errors import InvalidInputError

MAX_DEPTH = 64
"""How deeply a document may be nested; real ones stay below 20."""


def read_bounded(handle: int, limit: int, file: Path) -> bytes:
    """All that an open file gives, from where it stands. Raises `InvalidInputError` when that is more than `limit`."""
    parts, left = [], limit + 1
    try:
        while left and (part := os.read(handle, min(left, 1 << 20))):
            parts.append(part)
            left -= len(part)
    except OSError as error:
        raise InvalidInputError(f"cannot be read: {error.strerror}", file=file) from error
    if not left:
        raise InvalidInputError(f"is larger than {limit >> 20} MiB", file=file)
    return b"".join(parts)


def parsed(data: bytes, file: Path, *, line: int | None = None, hint: str = "", depth: int = MAX_DEPTH) -> Any:
    """The document. Raises `InvalidInputError` for anything but JSON whose keys stand once, not nested too deeply."""
    try:
        document = json.loads(data.decode(), object_pairs_hook=_once, parse_constant=_refuse)
        _check_depth(document, depth)
    except RecursionError as error:
        raise InvalidInputError(f"is nested more than {depth} deep", file=file, line=line, hint=hint) from error
    except ValueError as error:
        raise InvalidInputError("is not JSON as drscan writes it", file=file, line=line, hint=hint) from error
    return document


def _once(pairs: Sequence[tuple[str, Any]]) -> Mapping[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise ValueError("a key is there twice")
    return document


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def _check_depth(value: Any, left: int) -> None:
    if left == 0:
        raise RecursionError
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for item in items:
        _check_depth(item, left - 1)
