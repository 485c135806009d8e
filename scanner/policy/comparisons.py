"""What each family of condition operators compares: from the value in a policy to a test of the value in a request.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html (2026-11).
A value that is not of the operator's type (a word under `NumericEquals`) matches nothing.
"""

import base64
import binascii
import ipaddress
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import TypeAlias

from scanner.policy.patterns import compile_pattern, escape
from scanner.policy.variables import Quote

Test: TypeAlias = Callable[[str], bool]
"""Whether a value in the request matches one value of the policy."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One operator. `quote` is how the operator's language writes a text that stands for itself; None: it has no
    policy variables. `negated` operators hold when no value of the policy matches.
    """

    test: Callable[[str], Test]
    quote: Quote | None = None
    negated: bool = False


def _equals(wanted: str) -> Test:
    return wanted.__eq__


def _equals_ignoring_case(wanted: str) -> Test:
    lower = wanted.lower()
    return lambda value: value.lower() == lower


def _bool(wanted: str) -> Test:
    lower = wanted.lower()
    return (lambda value: value.lower() == lower) if lower in ("true", "false") else _never


def _never(value: str) -> bool:
    return False


def _arn(pattern: str) -> Test:
    """Each of the six parts by itself, so no wildcard reaches over a colon; the last part may hold colons.

    AWS speaks of six parts only, whatever a shorter pattern means. A `*` that ends a segment may reach over colons
    in resources (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html,
    2026-11), so here a last part of nothing but stars stands for the rest; any other short pattern matches nothing.
    """
    *firsts, last = pattern.split(":", 5)
    if len(firsts) < 5 and (not last or last.strip("*")):
        return _never
    parts = tuple(compile_pattern(part) for part in (*firsts, last))

    def _test(value: str) -> bool:
        found = value.split(":", 5)
        return len(found) == 6 and all(match(part) for match, part in zip(parts, found, strict=False))

    return _test


# As JSON and Java write numbers; an exponent of more than three digits is no number that anybody means.
_NUMBER = re.compile(r"\s*[+-]?(\d{1,60}(\.\d{0,60})?|\.\d{1,60})([eE][+-]?\d{1,3})?\s*", re.ASCII)


def _number(text: str) -> Decimal | None:
    return Decimal(text.strip()) if _NUMBER.fullmatch(text) else None


_EPOCH = re.compile(r"\d{5,15}(\.\d{1,9})?", re.ASCII)
_YEAR_OR_MONTH = re.compile(r"\d{4}(-\d\d)?", re.ASCII)


def _date(text: str) -> float | None:
    """Seconds since 1970 of an ISO 8601 date (W3C's forms; UTC where no offset is given) or of epoch seconds."""
    text = text.strip()
    if _EPOCH.fullmatch(text):
        return float(text)
    if _YEAR_OR_MONTH.fullmatch(text):
        text += "-01-01"[len(text) - 10 :]
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def _ordered(
    read: Callable[[str], Decimal | None] | Callable[[str], float | None], compare: Callable[..., bool]
) -> Callable[[str], Test]:
    def _make(wanted_text: str) -> Test:
        wanted = read(wanted_text)
        if wanted is None:
            return _never

        def _test(value: str) -> bool:
            found = read(value)
            return found is not None and compare(found, wanted)

        return _test

    return _make


def _ip(wanted: str) -> Test:
    """A single address counts as its own range; an IPv4 range holds no IPv6 address."""
    try:
        network = ipaddress.ip_network(wanted.strip(), strict=False)
    except ValueError:
        return _never

    def _test(value: str) -> bool:
        address = _address(value)
        return address is not None and address in network

    return _test


@lru_cache(maxsize=1024)
def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text.strip())
    except ValueError:
        return None


def _binary(wanted: str) -> Test:
    """Byte for byte: the policy holds Base64, the request the same Base64 or the bytes' text."""
    decoded = _decode(wanted)
    return lambda value: value == wanted or (decoded is not None and decoded in (value.encode(), _decode(value)))


def _decode(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def _family(name: str, read: Callable[[str], Decimal | None] | Callable[[str], float | None]) -> dict[str, Comparison]:
    return {
        f"{name}Equals": Comparison(_ordered(read, operator.eq)),
        f"{name}NotEquals": Comparison(_ordered(read, operator.eq), negated=True),
        f"{name}LessThan": Comparison(_ordered(read, operator.lt)),
        f"{name}LessThanEquals": Comparison(_ordered(read, operator.le)),
        f"{name}GreaterThan": Comparison(_ordered(read, operator.gt)),
        f"{name}GreaterThanEquals": Comparison(_ordered(read, operator.ge)),
    }


# The page on variables says that Bool takes none, the page on operators that it does; a variable in it can only
# ever be compared with true and false, so it is filled in. (2026-11)
COMPARISONS: dict[str, Comparison] = {
    "StringEquals": Comparison(_equals, str),
    "StringNotEquals": Comparison(_equals, str, negated=True),
    "StringEqualsIgnoreCase": Comparison(_equals_ignoring_case, str),
    "StringNotEqualsIgnoreCase": Comparison(_equals_ignoring_case, str, negated=True),
    "StringLike": Comparison(compile_pattern, escape),
    "StringNotLike": Comparison(compile_pattern, escape, negated=True),
    **_family("Numeric", _number),
    **_family("Date", _date),
    "Bool": Comparison(_bool, str),
    "BinaryEquals": Comparison(_binary),
    "IpAddress": Comparison(_ip),
    "NotIpAddress": Comparison(_ip, negated=True),
    "ArnEquals": Comparison(_arn, escape),
    "ArnLike": Comparison(_arn, escape),
    "ArnNotEquals": Comparison(_arn, escape, negated=True),
    "ArnNotLike": Comparison(_arn, escape, negated=True),
}
"""Every operator of `document.OPERATORS` but `Null`, which looks at no value."""
