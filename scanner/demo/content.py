"""Everything that the demo holds, in the order in which it is built."""

from collections.abc import Iterator

from scanner.demo.building import Call, build
from scanner.demo.estates import (
    batch,
    china,
    cli,
    guarded,
    harbor,
    harbor_watch,
    multi_account,
    organization,
    secure_mrap,
)
from scanner.demo.estates.accounts import scanner_roles
from scanner.demo.refusals import Refusal


def calls() -> Iterator[Call]:
    """The AWS calls that make the organization and all estates."""
    yield from organization.calls()
    yield from scanner_roles()
    for published in (multi_account, batch, cli, secure_mrap, china):
        yield from published.CALLS
    yield from harbor.calls()
    yield from harbor_watch.calls()
    yield from guarded.CALLS


def fill(endpoint_url: str) -> tuple[Refusal, ...]:
    """Build it all on an emulated AWS of this process; what it shall refuse to be asked afterwards."""
    with organization.known_account_ids():
        given = build(calls(), endpoint_url)
    return guarded.refusals(given)
