"""Makes text from elsewhere harmless to look at.

File names, tags, policy Sids and error messages come from accounts and files that an attacker may own. A terminal obeys
escape sequences, a reader believes text that a bidirectional mark has turned round, and a newline forges a row. Every
error and every report passes such text through here, and escapes for its own syntax (HTML, JSON) on top of it.
"""


def inert(text: str) -> str:
    """The text with everything invisible or active made visible: ESC becomes `\\x1b`, a newline `\\n`.

    That is every control, format, separator, surrogate, private or unassigned character of Unicode (whatever
    `str.isprintable` says no to); letters of all scripts stay as they are. Doing it twice changes nothing.
    """
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _visible(char) for char in text)


def inert_lines(text: str) -> str:
    """The same for text whose line breaks are our own: the lines stay, whatever is in them is made inert."""
    return "\n".join(inert(line) for line in text.split("\n"))


def one_line(text: str) -> str:
    """Prose of ours on one line: runs of white space become one space; the rest is made inert."""
    return inert(" ".join(text.split()))


def shortened(text: str, limit: int) -> str:
    """The text in at most `limit` characters, its end cut off and marked by an ellipsis."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def _visible(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")
