"""Reading a text that strangers may have written: never more of it than was asked for, and only if it is text."""

from pathlib import Path

from scanner.errors import InvalidInputError


def read_text(path: Path, *, max_bytes: int) -> str:
    """The text in a UTF-8 file, without its byte order mark. A file that is too large is not even opened.

    Raises `InvalidInputError` for what is no file, cannot be read, is larger than `max_bytes` or is not UTF-8.
    """
    too_large = InvalidInputError(f"is larger than the {max_bytes:,} bytes that are read", file=path)
    try:
        if not path.is_file():
            raise InvalidInputError("is not a file", file=path)
        if path.stat().st_size > max_bytes:
            raise too_large
        with path.open("rb") as stream:
            data = stream.read(max_bytes + 1)
    except OSError as error:
        raise InvalidInputError(f"cannot be read: {error.strerror}", file=path) from error
    if len(data) > max_bytes:
        raise too_large
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InvalidInputError("is not UTF-8 text", file=path, line=line) from error
