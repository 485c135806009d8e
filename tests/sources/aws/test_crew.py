"""The threads that make calls: all work is done, results are handled in one thread, and nothing hangs."""

import threading
import time

import pytest

from scanner.sources.aws.crew import Crew


def nothing() -> None:
    pass


@pytest.mark.parametrize("workers", [1, 4])
def test_all_work_is_done_and_handled_in_the_callers_thread(workers: int) -> None:
    crew, results, threads = Crew(workers), [], set()
    for number in range(50):
        crew.submit(
            lambda number=number: number * 2,
            lambda result: (results.append(result), threads.add(threading.get_ident())),
        )
    crew.run(nothing)
    assert sorted(results) == list(range(0, 100, 2))
    assert threads == {threading.get_ident()}


def test_results_may_bring_more_work() -> None:
    crew, depths = Crew(2), []

    def deeper(depth: int) -> None:
        depths.append(depth)
        if depth < 5:
            crew.submit(lambda: depth + 1, deeper)

    crew.submit(lambda: 0, deeper)
    crew.run(nothing)
    assert depths == [0, 1, 2, 3, 4, 5]


def test_as_many_threads_as_there_are_workers_and_no_more() -> None:
    crew, together, barrier = Crew(3), [], threading.Barrier(3, timeout=5)

    def meet() -> int:
        barrier.wait()
        return threading.active_count()

    for _ in range(9):
        crew.submit(meet, together.append)
    crew.run(nothing)
    assert len(together) == 9


def test_a_bug_in_the_work_comes_out() -> None:
    crew = Crew(2)
    crew.submit(lambda: 1 / 0, print)
    with pytest.raises(ZeroDivisionError):
        crew.run(nothing)


def test_after_a_stop_nothing_new_begins_and_what_hangs_is_left() -> None:
    crew, done, release = Crew(1), [], threading.Event()

    def stop(_: None) -> None:
        crew.stop()

    crew.submit(nothing, stop)
    crew.submit(lambda: release.wait(30), done.append)
    crew.submit(nothing, done.append)
    began = time.monotonic()
    crew.run(nothing)
    crew.take_finished()
    assert time.monotonic() - began < 5
    assert done == []
    release.set()


def test_the_caller_is_called_while_it_waits() -> None:
    crew, ticks = Crew(1), []
    crew.submit(lambda: time.sleep(0.35), lambda _: None)
    crew.run(lambda: ticks.append(time.monotonic()))
    assert len(ticks) >= 3
