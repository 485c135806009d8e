"""What a deployment would change: which links it breaks, mends, adds or leaves, and who would be let in anew.

Both estates are compared as they were derived, so whatever analyses know of them counts. Nothing is said of what
cannot be told: it is a doubt, or an effect that is not clear.
"""

from scanner.analysis.changes.access import access_changes
from scanner.analysis.changes.links import link_changes
from scanner.estate.changes import Changes
from scanner.estate.estate import Estate

__all__ = ["changes_between"]


def changes_between(before: Estate, after: Estate) -> Changes:
    """What differs between two derived estates: as it is, and as it would be (see `scanner.estate.overlay`)."""
    access, doubts = access_changes(before, after)
    return Changes(links=link_changes(before, after), access=access, doubts=doubts)
