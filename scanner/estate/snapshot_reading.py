"""Reading snapshots: a stream of lines from a file that may be damaged, or made to hurt.

Every bound is far above what real estates reach and far below what would exhaust a machine. What many resources have in
common (keys, enumerations, reasons) is kept once, which halves the memory of a large estate.
"""

import gzip
import json
import zlib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from sys import intern
from typing import IO, Any, NoReturn

from scanner.cycles import unsearched
from scanner.errors import InvalidInputError
from scanner.estate.estate import Account, Estate, Unseen
from scanner.estate.resource import Resource
from scanner.estate.unknown import UNKNOWN_KEY, Unknown

VERSION = 1
PLACE = ("type", "arn", "account", "region", "name")
"""The keys that say what a resource is and where, in the order in which they are written."""
MAX_BYTES = 1 << 30
"""How much a snapshot may hold once unpacked: some 400,000 buckets."""
MAX_RESOURCES = 2_000_000
"""How many resources, for the smallest lines would still add up."""
MAX_LINE = 4 << 20
"""How long the line of one resource may be: several times the largest that AWS's own limits allow."""
MAX_HEADER = 256 << 20
"""How long the header may be: it lists everything that was not seen."""
MAX_DEPTH = 64
"""How deeply a resource may be nested; real ones stay below 20."""

_GZIP_MAGIC = b"\x1f\x8b"
_HINT = "expected a snapshot written by `drscan scan --save FILE`"
_RESOURCE_KEYS = frozenset((*PLACE, "properties"))
_HEADER_KEYS = frozenset(("drscan_snapshot", "taken", "accounts", "unseen", "types", "complete"))


def read_snapshot(path: Path, *, max_bytes: int = MAX_BYTES) -> Estate:
    """The estate in a snapshot, gzipped or plain whatever its name.

    Raises `InvalidInputError` with the line for anything that is not as it should be: another format or version, a
    damaged or truncated file, a resource twice, more than `max_bytes` unpacked, a line too long, nesting too deep.
    """
    try:
        with path.open("rb") as raw, unsearched():
            packed = raw.read(2) == _GZIP_MAGIC
            raw.seek(0)
            if not packed:
                return _estate(_lines(raw, path, max_bytes), path)
            with gzip.open(raw, "rb") as stream:
                return _estate(_lines(stream, path, max_bytes), path)
    except OSError as error:
        raise InvalidInputError(f"cannot be read: {error.strerror or error}", file=path, hint=_HINT) from error
    except (EOFError, zlib.error) as error:
        raise InvalidInputError(f"damaged gzip data: {error}", file=path, hint=_HINT) from error


def _lines(stream: IO[bytes] | gzip.GzipFile, path: Path, max_bytes: int) -> Iterator[tuple[int, bytes]]:
    total, number, limit = 0, 1, MAX_HEADER
    while line := stream.readline(limit + 1):
        total += len(line)
        if len(line) > limit or total > max_bytes:
            what = f"line longer than {limit} bytes" if len(line) > limit else f"more than {max_bytes} bytes unpacked"
            raise _invalid(path, number, what)
        if number > MAX_RESOURCES:
            raise _invalid(path, number, f"more than {MAX_RESOURCES} resources")
        yield number, line
        number, limit = number + 1, MAX_LINE


def _estate(lines: Iterator[tuple[int, bytes]], path: Path) -> Estate:
    number, line = next(lines, (1, b""))
    header = _header(_document(line, path, number), path)
    types = header.get("types")
    return Estate(
        accounts=tuple(_account(account, path) for account in header["accounts"]),
        unseen=tuple(_unseen(gap, path) for gap in header["unseen"]),
        types=None if types is None else frozenset(types),
        taken=header["taken"],
        complete=header.get("complete", True),
        resources=tuple(_resources(lines, path)),
    )


def _header(value: Any, path: Path) -> dict[str, Any]:
    match value:
        case {"drscan_snapshot": int(version)} if version != VERSION:
            hint = "written by another drscan: scan again, or use the version that wrote it"
            raise InvalidInputError(f"snapshot of format {version}; this drscan reads {VERSION}", file=path, hint=hint)
        case {"drscan_snapshot": int(), "taken": str(), "accounts": list(), "unseen": list()}:
            header: dict[str, Any] = value
            if header.keys() <= _HEADER_KEYS and _all_text(header.get("types", [])) and _is_flag(header, "complete"):
                return header
            raise _invalid(path, 1, f"the header has the keys {', '.join(sorted(_HEADER_KEYS))}; types is a list")
    raise _invalid(path, 1, "not a drscan snapshot")


def _account(value: Any, path: Path) -> Account:
    match value:
        case {"id": str(id_), "name": str(name), "regions": list(regions)} if _all_text(regions):
            return Account(id_, name, tuple(regions))
    raise _invalid(path, 1, "an account in the header has no id, name and regions")


def _unseen(value: Any, path: Path) -> Unseen:
    match value:
        case {"account": account, "region": region, "what": what, "reason": reason, "iam_action": action}:
            if _all_text([account, region, what, reason, action]):
                return Unseen(intern(account), intern(region), what, intern(reason), intern(action))
    raise _invalid(path, 1, "an entry of unseen in the header has no account, region, what, reason and iam_action")


def _resources(lines: Iterator[tuple[int, bytes]], path: Path) -> Iterator[Resource]:
    seen: set[str] = set()
    for number, line in lines:
        resource = _resource(_document(line, path, number), path, number)
        if resource.identity in seen:
            raise _invalid(path, number, f"{resource.identity} is here twice")
        seen.add(resource.identity)
        yield resource


def _resource(value: Any, path: Path, number: int) -> Resource:
    if not isinstance(value, dict) or value.keys() != _RESOURCE_KEYS:
        raise _invalid(path, number, f"a resource has exactly the keys {', '.join((*PLACE, 'properties'))}")
    type_, arn, account, region, name = (value[key] for key in PLACE)
    if not _all_text([type_, arn, account, region, name]) or not isinstance(value["properties"], dict):
        raise _invalid(path, number, "a resource's properties are an object and its other keys are strings")
    return Resource(intern(type_), arn, intern(account), intern(region), name, value["properties"])


def _document(line: bytes, path: Path, number: int) -> Any:
    try:
        document = _DECODER.decode(line.decode("utf-8"))
        if line.count(b"[") + line.count(b"{") > MAX_DEPTH:
            _check_depth(document, MAX_DEPTH)
    except RecursionError:
        raise _invalid(path, number, f"nested more than {MAX_DEPTH} deep") from None
    except ValueError as error:
        raise _invalid(path, number, f"not JSON: {error}") from error
    return document


def _object(pairs: list[tuple[str, Any]]) -> Any:
    document = {intern(key): _shared(value) if isinstance(value, str) else value for key, value in pairs}
    if len(document) != len(pairs):
        raise ValueError("a key is there twice")
    if len(document) == 1 and isinstance(document.get(UNKNOWN_KEY), str):
        return _unknown(document[UNKNOWN_KEY])
    return document


@lru_cache(maxsize=65536)
def _shared(text: str) -> str:
    return text


@lru_cache(maxsize=65536)
def _unknown(reason: str) -> Unknown:
    return Unknown(reason)


def _check_depth(value: Any, left: int) -> None:
    if left == 0:
        raise RecursionError
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for item in items:
        _check_depth(item, left - 1)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_refuse_constant)


def _is_flag(document: dict[str, Any], key: str) -> bool:
    return isinstance(document.get(key, True), bool)


def _all_text(values: Any) -> bool:
    return isinstance(values, list) and all(isinstance(value, str) for value in values)


def _invalid(path: Path, line: int, problem: str) -> InvalidInputError:
    return InvalidInputError(problem, file=path, line=line, hint=_HINT)
