"""Replication links: for each rule of each bucket, whether objects would arrive, decided from configuration alone."""

from scanner.analysis.replication.derivation import derive_links
from scanner.analysis.replication.description import LINK, links_of
from scanner.analysis.replication.needed_reads import GIVES, READS

__all__ = ["GIVES", "LINK", "READS", "derive_links", "links_of"]
