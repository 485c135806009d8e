"""Python's search for reference cycles, kept away from large estates: there are none in them.

Each search walks everything that is alive, so that building a large estate would take twice as long as it should.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def unsearched() -> Iterator[None]:
    """No search for cycles while the block runs; afterwards as before."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
