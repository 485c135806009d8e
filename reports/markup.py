"""GitHub's and GitLab's Markdown with text from elsewhere in it, which must stay text.

A template's author may be a stranger who opened a pull request, and the comment on it speaks with the voice of the
project: nobody may be called by an `@`, no link, image or issue reference may come about, no table may break. Names and
values are set as code, where Markdown has no meaning at all; prose is escaped.
"""

import re

from scanner.inert import inert, one_line

_ACTIVE = re.compile(r"([\\`*_{}\[\]<>()#|~$&!^])")
_LEADING = ((re.compile(r"^([-+=])"), r"\\\1"), (re.compile(r"^(\d+)\."), r"\1\\."))
_REFERENCES = (
    # A character that cannot be seen keeps these from being taken for a person, an issue or an address. An entity does
    # not: GitHub looks for them in the finished page.
    (re.compile(r"@"), "@&#8203;"),
    (re.compile(r"\\#"), r"\\#&#8203;"),
    (re.compile(r"://"), ":&#8203;//"),
    (re.compile(r"\b(www)\.", re.IGNORECASE), r"\1&#8203;."),
    (re.compile(r"\b(GH)-", re.IGNORECASE), r"\1&#8203;-"),
)
_PLAIN_CODE = re.compile(r"[^`|\\\s]([^`|\\]*[^`|\\\s])?")
_UNSAFE_IN_CODE = re.compile(r"[^A-Za-z0-9 ./,=-]")


def prose(text: str) -> str:
    """Text on one line that Markdown shows as it is."""
    escaped = _ACTIVE.sub(r"\\\1", one_line(text))
    for pattern, replacement in (*_LEADING, *_REFERENCES):
        escaped = pattern.sub(replacement, escaped)
    return escaped


def code(text: str) -> str:
    """A name or value as code, in a table or out of one. Empty text gives nothing."""
    shown = inert(text)
    if not shown.strip():
        return ""
    if _PLAIN_CODE.fullmatch(shown):
        return f"`{shown}`"
    # What a table does to bars and backslashes in a code span is one riddle too many.
    return "<code>" + _UNSAFE_IN_CODE.sub(lambda char: f"&#{ord(char[0])};", shown) + "</code>"
