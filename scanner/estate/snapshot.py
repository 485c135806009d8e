"""Snapshots: an estate on disk, so that a scan can be repeated, compared and judged where no account can be reached.

The format is JSON Lines, a header and then one resource a line, gzipped when the file's name says so. Writing is
deterministic (same estate, same bytes) and atomic; reading, in `snapshot_reading`, streams and trusts nothing.
"""

import gzip
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from scanner.errors import InvalidInputError
from scanner.estate.estate import Estate
from scanner.estate.replacing import replacing
from scanner.estate.snapshot_reading import PLACE, VERSION, read_snapshot
from scanner.estate.unknown import Unknown, to_json

__all__ = ["read_snapshot", "write_snapshot"]


def write_snapshot(estate: Estate, path: Path) -> None:
    """Write the estate to `path`, gzipped if the name ends in `.gz`, readable by its owner alone.

    The file appears at once and complete, or not at all: it is written beside the target, flushed to disk and renamed.
    Raises `InvalidInputError` when that cannot be done.
    """
    target = path.resolve()
    try:
        if target.exists() and not target.is_file():
            raise InvalidInputError("cannot be written: not a regular file", file=path)
        with replacing(target) as raw:
            if target.suffix == ".gz":
                # No name and no time in the gzip header: the bytes depend on the estate only.
                with gzip.GzipFile("", "wb", 6, raw, mtime=0) as packed:
                    _write_lines(estate, packed.write)
            else:
                _write_lines(estate, raw.write)
    except OSError as error:
        raise InvalidInputError(f"cannot be written: {error.strerror}", file=path) from error


def _write_lines(estate: Estate, write: Callable[[bytes], Any]) -> None:
    write(_dumped(_header(estate)) + b"\n")
    for resource in sorted(estate.resources, key=lambda r: (r.type, r.account, r.region, r.arn, r.name)):
        place = _dumped({key: getattr(resource, key) for key in PLACE})
        write(place[:-1] + b',"properties":' + _dumped(resource.properties, sort_keys=True) + b"}\n")


def _header(estate: Estate) -> Mapping[str, Any]:
    header: dict[str, Any] = {
        "drscan_snapshot": VERSION,
        "taken": estate.taken,
        "accounts": [asdict(account) for account in estate.accounts],
        "unseen": [asdict(unseen) for unseen in sorted(estate.unseen)],
    }
    if estate.types is not None:
        header["types"] = sorted(estate.types)
    if not estate.complete:
        header["complete"] = False
    return header


def _dumped(document: Any, *, sort_keys: bool = False) -> bytes:
    # ASCII throughout, so that no character of a name can break a line or a reader's terminal.
    text = json.dumps(document, separators=(",", ":"), allow_nan=False, sort_keys=sort_keys, default=_plain)
    return text.encode("ascii")


def _plain(value: Any) -> Any:
    if isinstance(value, Unknown | Mapping):
        return to_json(value)
    raise TypeError(f"{type(value).__name__} is not JSON: a source must give text or numbers")
