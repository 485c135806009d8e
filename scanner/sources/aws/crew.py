"""A few threads that make calls, and one that decides.

Threads only wait for answers; what they find is handled by the thread that runs the crew, so that nothing else has
to be locked. They are daemons: a call that hangs keeps neither Ctrl-C nor the end of the program waiting.
"""

import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any, TypeAlias

_Work: TypeAlias = Callable[[], Any]
_Then: TypeAlias = Callable[[Any], None]
_TICK_SECONDS = 0.1


class Crew:
    """Runs work on up to `workers` threads, first come, first served; each result is handled in the caller's thread."""

    def __init__(self, workers: int) -> None:
        self._workers = max(1, workers)
        self._threads: list[threading.Thread] = []
        self._jobs: SimpleQueue[tuple[_Work, _Then] | None] = SimpleQueue()
        self._results: SimpleQueue[tuple[_Then, Any, BaseException | None]] = SimpleQueue()
        self._open = 0
        self._stopped = False

    def submit(self, work: _Work, then: _Then) -> None:
        """Have `work()` done by some thread, and `then(its result)` by the thread that runs the crew."""
        self._open += 1
        self._jobs.put((work, then))
        if len(self._threads) < min(self._workers, self._open):
            thread = threading.Thread(target=self._labour, name="drscan-call", daemon=True)
            self._threads.append(thread)
            thread.start()

    def run(self, tick: Callable[[], None]) -> None:
        """Handle results until nothing is left or `stop` was called; `tick()` is called after each and while waiting.

        Whatever escapes from a piece of work is raised here.
        """
        while self._open and not self._stopped:
            try:
                finished = self._results.get(timeout=_TICK_SECONDS)
            except Empty:
                tick()
                continue
            self._handle(*finished)
            tick()

    def stop(self) -> None:
        """Begin no more work. What is under way is not waited for."""
        self._stopped = True
        for _ in self._threads:
            self._jobs.put(None)

    def take_finished(self) -> None:
        """Handle the results that are there already, after an interruption."""
        while not self._results.empty():
            self._handle(*self._results.get())

    def _handle(self, then: _Then, result: Any, error: BaseException | None) -> None:
        self._open -= 1
        if error is not None:
            raise error
        then(result)

    def _labour(self) -> None:
        while (job := self._jobs.get()) is not None and not self._stopped:
            work, then = job
            result = None
            # An error goes to the thread that decides, like a result: it is raised again there, and would be lost here.
            with suppress(BaseException):
                try:
                    result = work()
                finally:
                    self._results.put((then, result, sys.exc_info()[1]))
