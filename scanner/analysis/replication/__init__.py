"""Replication links: for each rule of each bucket, whether objects would arrive, decided from configuration alone.

The policy engine is imported only when links are derived, so that commands which need none start quickly.
"""

from scanner.analysis.replication.names import LINK
from scanner.analysis.replication.needed_reads import GIVES, READS
from scanner.estate.estate import Estate
from scanner.estate.intent import Intent
from scanner.estate.unknown import Value

__all__ = ["GIVES", "LINK", "READS", "derive_links", "links_of"]


def derive_links(estate: Estate, intent: Intent) -> Estate:
    """The estate with a `DR::Replication::Link` for every rule, and for every copy that the intent asks for in vain."""
    from scanner.analysis.replication.derivation import derive_links as derive

    return derive(estate, intent)


def links_of(estate: Estate) -> tuple[dict[str, Value], ...]:
    """The derived links of an estate in the shape of the JSON report."""
    from scanner.analysis.replication.report import links_of as report

    return report(estate)
