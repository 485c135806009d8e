"""A reading that ended before all was read says so in its estate, where reports and snapshots keep it."""

from enum import StrEnum

from scanner.estate.estate import Estate

RUN = "run"
"""The `what` of the `Unseen` entry that tells why a reading ended early."""


class Stop(StrEnum):
    """Why a reading ended early: how its `Unseen` entry's reason begins."""

    INTERRUPTED = "the run was interrupted"
    EXPIRED = "the credentials expired during the run"


def stop_of(estate: Estate) -> tuple[Stop, str] | None:
    """Why the reading of this estate ended early, and the words to tell it in; None when it did not."""
    reasons = (gap.reason for gap in estate.unseen if gap.what == RUN)
    return next(((stop, reason) for reason in reasons for stop in Stop if reason.startswith(stop)), None)
