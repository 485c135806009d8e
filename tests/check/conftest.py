"""The program as its user would run it, for whole templates."""

from tests.cli.conftest import drscan

__all__ = ["drscan"]
