"""The small pieces a policy document is read with: its JSON, its objects, its texts, and the error for all else.

Documents are hostile input. Reading takes time linear in their size, follows no nesting beyond what the grammar of
the policy language has, and no error message repeats more than a few words of what it complains about.
"""

import json
from collections.abc import Iterable, Mapping
from typing import NoReturn

from scanner.errors import InvalidInputError
from scanner.policy.truth import Unseen

MAX_TEXT = 2 << 20
"""Characters of JSON text that are read; the largest policy that AWS stores has 32 KB."""

_WIDEST = 256  # bits of a number; longer ones take quadratic time to print


class PolicyError(InvalidInputError):
    """Input that is not what AWS would accept. `where` names policy and statement, `what` says what is wrong there.

    `is_unseen` says that nothing is wrong: the value was Unseen, and `what` is its reason.
    """

    def __init__(self, what: str, *, where: str, is_unseen: bool = False) -> None:
        super().__init__(f"{where}: {what}")
        self.where = where
        self.what = what
        self.is_unseen = is_unseen


def load(text: str, where: str) -> object:
    """The value of JSON text. PolicyError when it is too long, not JSON, nested too deeply or has a key twice."""
    if len(text) > MAX_TEXT:
        raise PolicyError(f"the text has {len(text)} characters; at most {MAX_TEXT} are read", where=where)
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except RecursionError:
        raise PolicyError("the text is nested too deeply", where=where) from None
    except ValueError as error:
        raise PolicyError(f"not JSON: {str(error)[:200]}", where=where) from None


def mapping(raw: object, what: str, where: str, known: Iterable[str] | None = None) -> Mapping[str, object]:
    """The object that `raw` must be, with no keys but the known ones."""
    if not isinstance(raw, Mapping) or not all(isinstance(key, str) for key in raw):
        raise refusal(f"{what} is {show(raw)}, not an object", where, raw)
    for key in raw if known is not None else ():
        if key not in known:  # type: ignore[operator]
            raise PolicyError(f"there is no element {show(key)} in {what}", where=where)
    return raw


def texts(raw: object, element: str, where: str, *, numbers: bool = False) -> tuple[str, ...]:
    """One text or a list of texts; `numbers` admits JSON numbers and booleans, as text."""
    items = raw if isinstance(raw, list | tuple) else [raw]
    return tuple(_text(item, element, where, numbers) for item in items)


def refusal(what: str, where: str, value: object = None) -> PolicyError:
    """The error for a value: its own reason where the value is Unseen."""
    if isinstance(value, Unseen):
        return PolicyError(value.reason, where=where, is_unseen=True)
    return PolicyError(what, where=where)


def show(value: object) -> str:
    """A value as an error names it: short, and never walking into a hostile structure."""
    match value:
        case None:
            return "absent"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value) if value.bit_length() < _WIDEST else "a huge number"
        case float():
            return repr(value)
        case str():
            return repr(value if len(value) <= 80 else value[:77] + "...")
        case Mapping():
            return "an object"
        case list() | tuple():
            return "a list"
        case _:
            return type(value).__name__


def _text(item: object, element: str, where: str, numbers: bool) -> str:
    if isinstance(item, str):
        return item
    if numbers and isinstance(item, int | float) and show(item) != "a huge number":
        return show(item)
    raise refusal(f"{element} holds {show(item)}, not text", where, item)


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """JSON leaves open which of two equal keys counts, so a policy that has them says nothing for certain."""
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {show(key)} occurs twice in one object")
        found[key] = value
    return found


def _no_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is not JSON")
