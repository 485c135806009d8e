"""Every remedy by the name that rule files give under `remedy`: a topic is a module with a tuple of them."""

from collections.abc import Mapping

from scanner.remedies.proposals import Remedy

_TOPICS: tuple[tuple[Remedy, ...], ...] = ()

REMEDIES: Mapping[str, Remedy] = {remedy.name: remedy for topic in _TOPICS for remedy in topic}
"""Remedies by name."""
