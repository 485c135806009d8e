"""GitLab's Code Quality report: every entry has the fields that GitLab shows nothing without."""

import io
import json
from typing import Any

import pytest

from reports import FORMATS, Options
from scanner.estate.verdict import Verdict
from scanner.findings.scan import Scan


def entries_of(scan: Scan, **options: Any) -> list[Any]:
    stream = io.StringIO()
    FORMATS["gitlab"].write(scan, stream, Options(**options))
    entries: list[Any] = json.loads(stream.getvalue())
    return entries


def test_every_entry_has_what_gitlab_asks_for(scan: Scan) -> None:
    entries = entries_of(scan)
    assert len({entry["fingerprint"] for entry in entries}) == len(entries) == 4
    for entry in entries:
        assert entry.keys() == {"description", "check_name", "fingerprint", "severity", "location"}
        assert entry["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert entry["location"]["path"]
        assert entry["location"]["lines"]["begin"] >= 1


def test_a_failure_stands_at_its_lines(scan: Scan) -> None:
    entry = next(entry for entry in entries_of(scan) if "orders-data" in entry["description"])
    assert entry["location"] == {"path": "stacks/dr.yaml", "lines": {"begin": 42, "end": 57}}
    assert (entry["check_name"], entry["severity"]) == ("bucket-versioning-enabled", "critical")
    assert entry["description"].endswith("Next step: Turn on versioning.")


def test_what_is_undecided_is_for_information_and_what_is_waived_is_not_there(scan: Scan) -> None:
    entries = {entry["location"]["path"].rpartition("/")[2]: entry["severity"] for entry in entries_of(scan)}
    assert entries["sealed"] == "info"
    assert entries["orders-dr"] == "blocker"
    assert "scratch-1" not in entries
    assert len(entries_of(scan, allow_unknown=True)) == 3


@pytest.mark.parametrize(("only", "number"), [([Verdict.WAIVED], 1), ([Verdict.PASS], 2), ([Verdict.FAIL], 3)])
def test_other_verdicts_can_be_asked_for(scan: Scan, only: list[Verdict], number: int) -> None:
    assert len(entries_of(scan, only=only)) == number
