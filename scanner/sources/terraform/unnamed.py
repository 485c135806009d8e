"""Stand-ins for the accounts and regions that a plan distinguishes and does not name.

Two providers with different profiles work in two accounts, for all a plan tells, and nobody says which. Nothing certain
can be said of what lies between such accounts but that they are not named.
"""

import re
from hashlib import sha256

from scanner.sources.declared import UNNAMED_ACCOUNT

_ACCOUNT = re.compile(r"000000[0-9]{6}\Z")
_REGION = re.compile(r"unnamed-region-[0-9]{4,}\Z")


def unnamed_account(credentials: str) -> str:
    """Stands for an account that is known by its credentials only: the same number for the same credentials, in every
    plan. `UNNAMED_ACCOUNT` is none of these."""
    return f"{1 + _number(credentials) % 999_999:012}"


def is_unnamed_account(account: str) -> bool:
    """Whether `unnamed_account` made it up."""
    return _ACCOUNT.match(account) is not None and account != UNNAMED_ACCOUNT


def unnamed_region(expressed: str) -> str:
    """Stands for a region that a provider is given and the plan does not show: the same for the same expression."""
    return f"unnamed-region-{1000 + _number(expressed) % 999_000}"


def is_unnamed_region(region: str) -> bool:
    """Whether `unnamed_region` made it up."""
    return _REGION.match(region) is not None


def _number(text: str) -> int:
    return int.from_bytes(sha256(text.encode("utf-8", "surrogatepass")).digest()[:8])
