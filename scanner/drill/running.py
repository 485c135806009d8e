"""A drill that is under way: it knows at every moment what it has written, and so what has to be deleted again."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from scanner.drill import objects
from scanner.drill.comparing import Comparison, compare
from scanner.drill.objects import Access
from scanner.drill.planning import DrillPlan, Spot
from scanner.drill.watching import Glimpse, Sighting, Timing, watch
from scanner.errors import DrscanError
from scanner.estate.unknown import Unknown


class CannotWriteError(DrscanError):
    """The canary could not be written."""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What became of the canary at one spot. `why` says why it is still there, empty when it is not.

    `version` is the one that was, or would be, deleted; empty where none is known.
    """

    spot: Spot
    version: str
    why: str = ""


class Drill:
    """One drill. `version` is the canary's, empty before it is known; `left` are the spots that may still hold it."""

    def __init__(self, plan: DrillPlan, access: Access, timing: Timing | None = None) -> None:
        self.plan, self.version = plan, ""
        self.left: list[Spot] = []
        self._access, self._timing = access, timing or Timing()
        self._written = 0.0

    def write(self) -> str:
        """Write the canary; its version id. Raises `CannotWriteError`."""
        spot = self.plan.source
        client = self._access.s3(spot, once=True)
        if isinstance(client, Unknown):
            raise CannotWriteError(f"{spot} cannot be written: {client.reason}")
        # From here on something may be there, whatever becomes of the answer.
        self.left = [spot, self.plan.destination, *self.plan.others]
        answer = objects.put(client, spot, self.plan.canary)
        self._written = self._timing.now()
        if isinstance(answer, objects.Unwritten):
            found = None if answer.is_certain else objects.version_at(self._access.s3(spot), spot)
            if not isinstance(found, str):
                self.left = [] if found is None else self.left
                raise CannotWriteError(f"{spot} could not be written: {answer.reason}")
            answer = found  # its answer was lost on the way, the object was not
        self.version = answer
        return answer

    def watch(self, deadline: float) -> Sighting:
        """Wait for the replica, at most `deadline` seconds."""
        return watch(self._look, self._written, deadline, self._timing, alone=not self.plan.others)

    def compare(self) -> tuple[Comparison, ...] | Unknown:
        """The replica beside the source; unknown where one of them cannot be read at all."""
        source, destination = self.plan.source, self.plan.destination
        ends = self.plan.link.ends
        copy = objects.version_at(self._access.s3(destination), destination)
        if not isinstance(copy, str):
            return copy or Unknown(f"{destination} is gone")
        original = objects.seen(
            self._access.s3(source),
            source,
            self.version,
            reads_lock=ends.source.has_object_lock is not False,
            reads_checksum=False,
        )
        replica = objects.seen(
            self._access.s3(destination),
            destination,
            copy,
            reads_lock=ends.destination.has_object_lock is not False,
            reads_checksum=True,
        )
        for one in (original, replica):
            if isinstance(one, Unknown):
                return one
        assert not isinstance(original, Unknown)
        assert not isinstance(replica, Unknown)
        owner = objects.bucket_owner(self._access.s3(destination), destination)
        return compare(self.plan.link, self.plan.canary, original, replica, owner)

    def clean(self) -> Iterator[Cleaned]:
        """Delete the canary's version wherever it is, the source first: what is not there is copied no more.

        What is done, or need not be, is taken out of `left` at once, so that an interruption leaves the truth there.
        """
        for spot in tuple(self.left):
            told = self._cleaned(spot)
            if not told.why:
                self.left.remove(spot)
            yield told

    def _look(self) -> Glimpse:
        source, destination = self.plan.source, self.plan.destination
        # The status first: where S3 says COMPLETED, the copy can be seen by now.
        status = objects.status_of(self._access.s3(source), source, self.version)
        return Glimpse(status, objects.version_at(self._access.s3(destination), destination))

    def _cleaned(self, spot: Spot) -> Cleaned:
        client = self._access.s3(spot)
        there = objects.version_at(client, spot)
        if there is None:
            cut_off = "nothing is there, but its writing was cut off"
            return Cleaned(spot, "", "" if self.version or spot != self.plan.source else cut_off)
        if isinstance(there, Unknown):
            return self._blindly(client, spot, there)
        if not self.version and spot == self.plan.source:
            self.version = there  # of an answer that never came
        if there != self.version:
            return Cleaned(spot, self.version, f"version {there} is there, which this drill did not write")
        return self._deleted(client, spot)

    def _blindly(self, client: Any, spot: Spot, doubt: Unknown) -> Cleaned:
        """Delete the version where it cannot be looked for: deleting what is not there harms nothing."""
        if not self.version or isinstance(client, Unknown):
            return Cleaned(spot, self.version, doubt.reason)
        return self._deleted(client, spot)

    def _deleted(self, client: Any, spot: Spot) -> Cleaned:
        why = objects.delete(client, spot, self.version)
        if not why:
            return Cleaned(spot, self.version)
        retention = objects.retention_of(client, spot, self.version)
        locked = isinstance(retention, objects.Retention)
        return Cleaned(spot, self.version, f"locked in {retention}" if locked else why)
