"""Whether a policy lets in strangers: anybody, of an account of their own, whatever they may choose about themselves.

Names, tags and sessions are theirs to choose, so conditions on those confine nobody. Accounts, organizations, networks
and the resources that services act for are not; there a stranger has a value that no policy names, or none at all.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from ipaddress import IPv4Network, IPv6Network, ip_network
from itertools import product
from math import prod

from scanner.analysis.access.policies import Policies
from scanner.analysis.access.questions import Example, Requests, allowed
from scanner.estate.unknown import Unknown
from scanner.policy.compare import Prepared
from scanner.policy.document import Condition
from scanner.policy.patterns import compile_pattern, is_literal

_STRANGE = "900000000000"
_ADDRESS = "250.77.13.9"  # of a range that is reserved for the future, which no policy has a reason to name
_WIDE = {4: 8, 6: 32}
"""Networks wider than that are open to strangers by AWS's own measure, private ones apart (S3 guide, "The meaning of
public", read 2026-11-21)."""
_BEYOND_CHOICE: Mapping[str, str | tuple[str, ...]] = {
    "aws:principalorgid": "o-zqnobody00",
    "aws:principalorgmasteraccountid": _STRANGE,
    "aws:principalorgpaths": ("o-zqnobody00/r-zqno/",),
    "aws:sourceaccount": _STRANGE,
    "aws:sourcearn": "arn:aws:s3:::zq-nobody-in-particular",
    "aws:sourceip": _ADDRESS,
    "aws:sourceorgid": "o-zqnobody00",
    "aws:sourceorgpaths": ("o-zqnobody00/r-zqno/",),
    "aws:sourceowner": _STRANGE,
    "aws:sourcevpc": "vpc-0zqnobody00000000",
    "aws:sourcevpce": "vpce-0zqnobody00000000",
    "aws:vpceaccount": _STRANGE,
    "aws:vpceorgid": "o-zqnobody00",
    "aws:vpceorgpaths": ("o-zqnobody00/r-zqno/",),
    "aws:vpcsourceip": _ADDRESS,
}
_MOST_TRIED = 64  # combinations of these that are tried for one policy; beyond that, nothing is decided


def public_statements(policies: Policies, asked: Requests) -> Iterable[str | Unknown]:
    """The first statement that is found to let in the strangers who are the callers of `asked`.

    They may be in an organization, in a network, or in none. An `Unknown` says that it cannot be told.
    """
    if allowed(policies, asked) is None:
        return
    policy = policies.prepared()
    named = [key for key in _BEYOND_CHOICE if key in _keys(policy)]
    values = [_values(key, policy) for key in named]
    if prod(map(len, values)) > _MOST_TRIED:
        yield Unknown(f"the policy's conditions tell strangers apart in more than {_MOST_TRIED} ways")
        return
    doubt: Unknown | None = None
    for chosen in product(*values):
        answer = allowed(policies, replace(asked, keys=dict(zip(named, chosen, strict=True))))
        if isinstance(answer, Example):
            yield answer.statement
            return
        doubt = doubt or answer
    if doubt is not None:
        yield doubt


def _values(key: str, policy: Prepared) -> tuple[str | tuple[str, ...] | None, ...]:
    """What the key may be in strangers' requests. What a policy names of it may fit something of theirs."""
    named = [value for each in _conditions(policy) if each.key.lower() == key for value in each.values]
    of_key = {"aws:sourcearn": _theirs, "aws:sourceip": _their_address, "aws:vpcsourceip": _their_private_address}
    fit = of_key.get(key)
    theirs = () if fit is None else (fit(value) for value in named)
    return (_BEYOND_CHOICE[key], *(value for value in theirs if value is not None), None)


def _their_address(network: str) -> str | None:
    """A stranger's address in a network that is too wide to be anybody's own."""
    found = _network(network)
    is_wide = found is not None and found.prefixlen < _WIDE[found.version] and not found.is_private
    return str(found.broadcast_address - 1) if found is not None and is_wide else None


def _their_private_address(network: str) -> str | None:
    """Addresses within a VPC are given out by whoever makes it."""
    found = _network(network)
    return None if found is None else str(found.network_address)


def _network(text: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


def _theirs(pattern: str) -> str | None:
    """A resource of strangers that an ARN pattern fits: of their account, or by a name that they may choose."""
    parts = pattern.split(":", 5)
    if len(parts) < 6 or is_literal(pattern):
        return None
    account = _STRANGE if parts[4] and compile_pattern(parts[4])(_STRANGE) else parts[4]
    if account not in ("", _STRANGE) or (account == "" and is_literal(parts[5])):
        return None
    return ":".join((*parts[:4], account, parts[5])).replace("*", "zq-nobody").replace("?", "x")


def _keys(policy: Prepared) -> set[str]:
    return {each.key.lower() for each in _conditions(policy)}


def _conditions(policy: Prepared) -> Iterator[Condition]:
    for clause in (*policy.allows, *policy.denies):
        conditions = clause.statement.conditions
        yield from conditions if isinstance(conditions, tuple) else ()
