"""Which lines of an HCL file its resource and data blocks take, and nothing else of it.

HCL is never evaluated here: braces are counted, and texts, comments and heredocs are stepped over so that the braces in
them do not count.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Lines:
    """The block with that address within its module (`data.<type>.<name>`): its first and last 1-based line."""

    address: str
    first: int
    last: int


def blocks_in(text: str) -> Iterator[Lines]:
    """The resource and data blocks at the top level of a file, in time linear in its length."""
    ends = [match.start() for match in _NEWLINE.finditer(text)]
    for address, start, end in _spans(text):
        yield Lines(address, bisect_right(ends, start - 1) + 1, bisect_right(ends, end - 1) + 1)


_NEWLINE = re.compile("\n")
_LONGEST_HEADER = 300
_HEADER = re.compile(r'[ \t]*(resource|data)[ \t]+"([\w-]{1,120})"[ \t]+"([\w-]{1,120})"[ \t]*')
_TOKEN = re.compile(
    r"""
    \\. | [$%]{2}\{ | (?P<open>[$%]?\{) | (?P<close>\}) | (?P<quote>") | (?P<end>\n)
    | (?P<line>\#|//) | (?P<comment>/\*) | <<-?(?P<heredoc>[A-Za-z_][\w-]*)[ \t]*\r?\n
    """,
    re.VERBOSE,
)


def _spans(text: str) -> Iterator[tuple[str, int, int]]:
    """Address, beginning and end of the blocks. `open_` holds the braces and quotes that are open."""
    open_: list[str] = []
    address, start, place = "", 0, 0
    while (token := _TOKEN.search(text, place)) is not None:
        place = token.end()
        in_text = bool(open_) and open_[-1] == '"'
        match token.lastgroup:
            case "quote" | "end" if in_text:
                # No text goes on over the end of its line; one that seems to was not understood.
                open_.pop()
            case "quote":
                open_.append('"')
            case "open" if not in_text or token[0] != "{":
                if not open_:
                    start = text.rfind("\n", max(0, token.start() - _LONGEST_HEADER), token.start()) + 1
                    address = _address(text[start : token.start()]) if token.start() - start < _LONGEST_HEADER else ""
                open_.append("{")
            case "close" if open_ and not in_text:
                open_.pop()
                if not open_ and address:
                    yield address, start, place
            case "line" | "comment" | "heredoc" as kind if not in_text:
                place = _end_of(kind, token, text)


def _address(header: str) -> str:
    found = _HEADER.fullmatch(header)
    if found is None:
        return ""
    return f"data.{found[2]}.{found[3]}" if found[1] == "data" else f"{found[2]}.{found[3]}"


def _end_of(kind: str, token: re.Match[str], text: str) -> int:
    """Where a comment or heredoc ends; at the end of the file when it does not."""
    if kind == "line":
        end = text.find("\n", token.end())
    elif kind == "comment":
        end = text.find("*/", token.end())
    else:
        end = _end_of_heredoc(token["heredoc"], token.end(), text)
    return len(text) if end < 0 else end


def _end_of_heredoc(name: str, start: int, text: str) -> int:
    """Where the line begins that holds nothing but the name, -1 without one."""
    while start < len(text):
        end = text.find("\n", start)
        if text[start : end if end >= 0 else len(text)].strip() == name:
            return start
        if end < 0:
            break
        start = end + 1
    return -1
