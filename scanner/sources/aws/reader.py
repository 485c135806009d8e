"""Reading live accounts: from what is needed to an estate. boto3 is loaded when this is called, not before."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from scanner.estate.estate import Account, Estate, Unseen
from scanner.estate.needs import Need
from scanner.sources.aws.patience import Patience
from scanner.sources.aws.progress import Progress
from scanner.sources.aws.tables import plan
from scanner.sources.aws.targets import Target, open_session


def read(
    targets: Sequence[Target],
    needs: Iterable[Need],
    *,
    progress: Progress | None = None,
    workers: int = 16,
    session: Any = None,
    patience: Patience | None = None,
    unseen: Iterable[Unseen] = (),
) -> Estate:
    """Read what the needs ask for, and nothing else, from these accounts.

    Never raises for what AWS refuses: that is `Unknown` in the estate, and listed in its `unseen` (beside those given).
    After Ctrl-C or when credentials expire, what was read until then comes back with `complete` False; `stop_of` in
    `stopping` tells which.
    `workers` calls are made at a time; `session` is a boto3 session, the default one if None.
    Raises `DrscanError` when there are no credentials at all.
    """
    planned = plan(needs)
    taken = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if not planned.calls or not targets:
        accounts = tuple(Account(target.account_id, target.name, target.regions) for target in targets)
        return Estate(accounts=accounts, unseen=tuple(unseen), types=planned.types, taken=taken)
    from scanner.sources.aws.assembly import estate_of
    from scanner.sources.aws.run import Run
    from scanner.sources.aws.sessions import Gate

    gate = Gate(session or open_session(), patience, workers)
    gate.require_credentials()
    run = Run(planned, targets, gate, workers, progress)
    run.ledger.places.extend(unseen)
    run.read()
    return estate_of(run.ledger, planned, run.stopped, targets, taken)
