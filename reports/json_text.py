"""JSON that is safe to show anywhere, written as a stream: shared by every report that is JSON.

Every character beyond printable ASCII is escaped, and so is `<`: such a file is inert in a terminal and in a page.
"""

import json
from collections.abc import Iterable
from typing import TextIO

from scanner.estate.unknown import Value

_ENCODER = json.JSONEncoder(separators=(",", ":"), allow_nan=False)


def dumped(value: Value) -> str:
    """The value as JSON on one line."""
    # Both characters can only stand inside strings, so replacing them in the text is safe.
    text = _ENCODER.encode(value)
    return text.replace("\x7f", "\\u007f").replace("<", "\\u003c")


def write_list(stream: TextIO, elements: Iterable[Value]) -> None:
    """Write an array, one element a line, without ever holding more than one of them."""
    write_dumped(stream, (dumped(element) for element in elements))


def write_dumped(stream: TextIO, elements: Iterable[str]) -> int:
    """Write an array of elements that are JSON already, and tell how many there were."""
    written = 0
    stream.write("[")
    for element in elements:
        stream.write(",\n" if written else "\n")
        stream.write(element)
        written += 1
    stream.write("\n]")
    return written
