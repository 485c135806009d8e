"""A baseline is an earlier JSON report; only what failed in it is known."""

import json
from pathlib import Path

import pytest

from scanner.errors import InvalidInputError
from scanner.findings import baseline
from scanner.findings.baseline import Baseline, read_baseline

REPORT = {
    "schema_version": "1.4",
    "findings": [
        {"fingerprint": "f", "verdict": "FAIL"},
        {"fingerprint": "u", "verdict": "UNKNOWN"},
        {"fingerprint": "p", "verdict": "PASS"},
        {"fingerprint": "w", "verdict": "WAIVED"},
    ],
}


def test_failures_and_unknowns_are_kept_apart_and_nothing_else_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "findings.json"
    path.write_text(json.dumps(REPORT))
    assert read_baseline(path) == Baseline(frozenset({"f"}), frozenset({"u"}))


WRONG = {
    "not JSON": (b"{\n'", 2, "not JSON"),
    "not text": (b"\xff\xfe\xfa", None, "not JSON"),
    "nested without end": (b"[" * 200_000, None, "nested too deeply"),
    "another document": (b'{"findings": {}}', None, "not a drscan report"),
    "a newer report": (b'{"schema_version": "2.0", "findings": []}', None, "schema_version is '2.0'"),
    "no version": (b'{"findings": []}', None, "schema_version is None"),
    "findings of another shape": (b'{"schema_version": "1.0", "findings": [1]}', None, "finding 0 has no fingerprint"),
}


@pytest.mark.parametrize(("content", "line", "message"), WRONG.values(), ids=WRONG)
def test_refused(tmp_path: Path, content: bytes, line: int | None, message: str) -> None:
    path = tmp_path / "findings.json"
    path.write_bytes(content)
    with pytest.raises(InvalidInputError, match=message) as caught:
        read_baseline(path)
    assert (caught.value.file, caught.value.line) == (str(path), line)


def test_a_file_that_is_not_there_or_too_large_is_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidInputError, match="No such file"):
        read_baseline(tmp_path / "absent")
    path = tmp_path / "findings.json"
    path.write_text(json.dumps(REPORT))
    monkeypatch.setattr(baseline, "MAX_BYTES", 10)
    with pytest.raises(InvalidInputError, match="larger than"):
        read_baseline(path)
