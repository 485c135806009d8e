"""Real processes of drscan, many of them and soon: one that has everything loaded forks a child for each command.

Run as a program it takes a line of JSON for each (arguments, environment, files for both streams), and answers with the
child's process id, and with its exit status (negative: the signal) once it is asked to wait for it. `Forks` is the
other end.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Finished:
    """A command that has ended. A negative `code` is the signal that ended it."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Running:
    """A command that runs."""

    pid: int
    forks: "Forks"
    out: Path
    err: Path

    def kill(self, number: int = signal.SIGKILL) -> Finished:
        """Send it a signal, and wait for its end."""
        os.kill(self.pid, number)
        return self.wait()

    def wait(self) -> Finished:
        """Wait for its end."""
        code = self.forks.ask({"wait": self.pid})
        return Finished(code, self.out.read_text(), self.err.read_text())


class Forks:
    """Starts commands of drscan."""

    def __init__(self) -> None:
        self._number = 0
        self._process = _launched()

    def start(self, *arguments: object, folder: Path, environment: Mapping[str, str] | None = None) -> Running:
        """Start `drscan` with these arguments; nobody sits at its terminal."""
        self._number += 1
        out, err = folder / f"{self._number}.out", folder / f"{self._number}.err"
        asked = {"arguments": list(map(str, arguments)), "environment": {**os.environ, **(environment or {})}}
        return Running(self.ask({**asked, "out": str(out), "err": str(err)}), self, out, err)

    def ask(self, asked: Mapping[str, Any]) -> int:
        if self._process.poll() is not None and "wait" not in asked:
            # What a command did to its group, or a full machine, may have ended it between two tests.
            self._process = _launched()
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        return int(self._process.stdout.readline())

    def close(self) -> None:
        """End it; commands that still run are left alone."""
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.wait(10)


def _launched() -> "subprocess.Popen[str]":
    """A server in a session of its own: signals for the tests' terminal are not for it."""
    command = [sys.executable, "-P", __file__]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1, start_new_session=True
    )


def main() -> None:
    """Fork for each line until there is none any more."""
    _load()
    for line in sys.stdin:
        asked = json.loads(line)
        if "wait" in asked:
            print(os.waitstatus_to_exitcode(os.waitpid(asked["wait"], 0)[1]), flush=True)
            continue
        child = os.fork()
        if child == 0:
            _drscan(asked)
        print(child, flush=True)


def _load() -> None:
    """What every command needs, so that children find it loaded."""
    from botocore.session import Session

    import scanner.__main__
    import scanner.cli.fix
    import scanner.remedies.accounts
    import scanner.remedies.journal_file
    import scanner.remedies.undoing  # noqa: F401

    Session().create_client("sts", "us-east-1")


def _drscan(asked: Mapping[str, Any]) -> None:
    from scanner.__main__ import main as drscan

    os.environ.clear()
    os.environ.update(asked["environment"])
    for number, flags, name in ((0, os.O_RDONLY, os.devnull), (1, os.O_WRONLY, "out"), (2, os.O_WRONLY, "err")):
        handle = os.open(asked.get(name, name), flags | (os.O_CREAT if number else 0), 0o600)
        os.dup2(handle, number)
    sys.argv = ["drscan", *asked["arguments"]]
    try:
        drscan()
    except SystemExit as left:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(left.code if isinstance(left.code, int) else 1)


if __name__ == "__main__":
    main()
