"""Where resources of a type may exist that nobody has seen, account by account."""

from scanner.analysis.kinds import BUCKET
from scanner.estate.estate import Estate
from scanner.estate.unknown import Unknown


def blind_accounts(estate: Estate, type_: str, region: str | None = None) -> dict[str, Unknown]:
    """The accounts in scope, and those of buckets, where the listing of a type is not complete, each with the reason.

    `region` is empty for types that an account lists all at once; without it, every region in scope counts.
    """
    accounts = {account.id for account in estate.accounts} | {bucket.account for bucket in estate.of_type(BUCKET)}
    doubts = ((account, estate.blind(type_, account, region)) for account in sorted(accounts))
    return {account: doubt for account, doubt in doubts if doubt is not None}
