"""Facts that follow from several resources, added to the estate so that rules can judge them one resource at a time.

Pure functions from an estate to an estate. `close` says what has to be read for what is wanted, `derive` adds it.
"""

from scanner.analysis.table import ANALYSES, Analysis, close, derive

__all__ = ["ANALYSES", "Analysis", "close", "derive"]
