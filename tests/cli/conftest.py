"""Runs the program as its user would, in this process: arguments in, exit code and both streams out."""

import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from scanner.__main__ import main


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str


Drscan = Callable[..., Outcome]


@pytest.fixture
def drscan(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Drscan:
    def run(*arguments: object) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["drscan", *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            main()
        streams = capsys.readouterr()
        assert isinstance(left.value.code, int)
        return Outcome(left.value.code, streams.out, streams.err)

    return run
