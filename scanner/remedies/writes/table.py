"""All writes: which properties of which types can be changed, and how."""

from collections.abc import Mapping

from scanner.remedies.writes import alerts, iam, kms, s3
from scanner.remedies.writing import Write

WRITES: tuple[Write, ...] = (*kms.WRITES, *s3.WRITES, *iam.WRITES, *alerts.WRITES)
"""Every write, one for each type and property."""

_BY_PLACE: Mapping[tuple[str, str], Write] = {(write.type, write.property): write for write in WRITES}


def write_of(type_: str, property_: str) -> Write | None:
    """How a property of a type is written; None where drscan does not write it."""
    return _BY_PLACE.get((type_, property_))
