"""A drill from the writing to the cleaning up, told as it goes: however it ends, what it wrote is deleted or named."""

from collections.abc import Callable

from scanner.drill.comparing import Comparison
from scanner.drill.running import CannotWriteError, Drill
from scanner.drill.telling import cleaned_line, comparison_lines, duration, ending_lines, left_lines, text
from scanner.drill.watching import Fate
from scanner.estate.unknown import Unknown
from scanner.estate.verdict import Verdict
from scanner.findings.exit_codes import ExitCode

Say = Callable[[str], None]


def conduct(drill: Drill, deadline: float, *, keep: bool, say: Say, note: Say) -> ExitCode:
    """Run the drill, `say` what it finds and `note` what is only for whoever waits; the exit code.

    An interruption (KeyboardInterrupt) comes out again after the cleaning up.
    """
    try:
        return _run(drill, deadline, say, note)
    except CannotWriteError as error:
        say(text([f"NOT WRITTEN: {error.message}"]))
        return ExitCode.INCOMPLETE
    finally:
        if keep:
            for spot in drill.left:
                say(text([f"kept     {spot}  version {drill.version}"]))
        else:
            _clean_up(drill, say)


def exit_code(compared: tuple[Comparison, ...] | Unknown) -> ExitCode:
    """What the comparisons come to: a difference counts more than what could not be read."""
    if isinstance(compared, Unknown):
        return ExitCode.INCOMPLETE
    if any(one.verdict is Verdict.FAIL for one in compared):
        return ExitCode.FAILING
    unread = any(one.verdict is Verdict.UNKNOWN and one.counts for one in compared)
    return ExitCode.INCOMPLETE if unread else ExitCode.CLEAN


def _run(drill: Drill, deadline: float, say: Say, note: Say) -> ExitCode:
    version = drill.write()
    say(text(["", f"written  {drill.plan.source}  version {version}"]))
    note(f"waiting for the replica, at most {duration(deadline)}; Ctrl-C ends it and cleans up")
    sighting = drill.watch(deadline)
    say(text(ending_lines(drill.plan, sighting, deadline)))
    if sighting.fate is not Fate.ARRIVED:
        return ExitCode.INCOMPLETE if sighting.fate is Fate.UNSEEN else ExitCode.FAILING
    compared = drill.compare()
    say(text(comparison_lines(compared)))
    return exit_code(compared)


def _clean_up(drill: Drill, say: Say) -> None:
    done = False
    try:
        for cleaned in drill.clean():
            say(cleaned_line(cleaned))
        done = True
    finally:
        if not done:  # interrupted once more
            say(text(left_lines(drill.left, drill.version)))
