"""Keeps one of each piece of evidence: a hundred thousand buckets with versioning enabled need a single `Enabled`.

Evaluation makes evidence anew for every resource. Most of it is equal, and kept apart it would take as much memory as
the estate itself.
"""

from collections.abc import Iterable
from sys import intern
from typing import Any

from scanner.estate.unknown import Unknown
from scanner.estate.verdict import Evidence

MAX_KEPT = 100_000
"""How many different pieces are remembered: beyond it, what is new is most likely the only one of its kind."""

_PLAIN = (str, int, float, bool, type(None), Unknown)


class EvidenceStore:
    """Exchanges evidence for equal evidence seen before."""

    def __init__(self) -> None:
        self._pieces: dict[tuple[Any, ...], Evidence] = {}
        self._groups: dict[tuple[int, ...], tuple[Evidence, ...]] = {}

    def shared(self, evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
        """Equal evidence, the very same objects as before wherever possible."""
        group = tuple(self._piece(piece) for piece in evidence)
        key = tuple(id(piece) for piece in group)
        known = self._groups.get(key)
        if known is None and len(self._groups) < MAX_KEPT:
            # The group keeps its pieces alive, so no other piece can ever get one of these ids.
            self._groups[key] = known = group
        return known or group

    def _piece(self, piece: Evidence) -> Evidence:
        observed = piece.observed
        if not isinstance(observed, _PLAIN):
            return Evidence(intern(piece.path), piece.expected, observed, piece.source)
        # The type is part of the key: 1, 1.0 and True are equal for Python, not for a reader.
        key = (piece.path, piece.expected, piece.source, type(observed), observed)
        known = self._pieces.get(key)
        if known is None:
            known = Evidence(intern(piece.path), piece.expected, observed, piece.source)
            if len(self._pieces) < MAX_KEPT:
                self._pieces[key] = known
        return known
