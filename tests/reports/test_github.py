"""Workflow commands that say what is meant and cannot be made to say anything else."""

import io
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports import FORMATS, Options
from reports.github import MAX_ANNOTATIONS, command
from scanner.estate.estate import Unseen
from scanner.estate.resource import Location, Resource
from scanner.estate.verdict import Severity, Verdict
from scanner.findings.baseline import Baseline
from scanner.findings.scan import Scan


def lines_of(scan: Scan, **options: Any) -> list[str]:
    stream = io.StringIO()
    FORMATS["github"].write(scan, stream, Options(**options))
    return stream.getvalue().splitlines()


def parsed(line: str) -> tuple[str, dict[str, str], str]:
    """A command as the runner takes it apart: name, properties, message."""
    found = re.fullmatch(r"::([a-z]+) (.*?)::(.*)", line)
    assert found is not None
    pairs = dict(part.split("=", 1) for part in found[2].split(",") if part)
    return found[1], {key: unescaped(value) for key, value in pairs.items()}, unescaped(found[3])


def unescaped(text: str) -> str:
    for escape, char in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        text = text.replace(escape, char)
    return text


def levels_of(scan: Scan, **options: Any) -> list[str]:
    return [parsed(line)[0] for line in lines_of(scan, **options)[:-1]]


def test_a_failure_stands_beside_its_lines_with_the_next_step(scan: Scan) -> None:
    line = next(line for line in lines_of(scan) if "file=" in line)
    name, properties, message = parsed(line)
    assert name == "error"
    assert properties == {
        "file": "stacks/dr.yaml",
        "line": "42",
        "endLine": "57",
        "title": "high: bucket-versioning-enabled",
    }
    assert message.startswith("orders-data fails: ")
    assert message.endswith("\nNext step: Turn on versioning.")


def test_what_stands_in_no_file_is_told_without_one(scan: Scan) -> None:
    _, properties, message = parsed(lines_of(scan)[0])
    assert (properties, message[:9]) == ({"title": "critical: recovery-bucket-locked"}, "orders-dr")


def test_only_new_failures_that_break_the_build_are_errors(scan: Scan) -> None:
    assert levels_of(scan) == ["error", "error", "error"]
    assert levels_of(scan, fail_on=Severity.CRITICAL) == ["error", "warning", "warning"]
    known = Baseline(frozenset({scan.findings[0].fingerprint}))
    assert levels_of(scan, baseline=known) == ["error", "error", "notice"]
    assert levels_of(scan, only=[Verdict.UNKNOWN]) == ["notice"]


def test_the_last_line_sums_up_and_says_what_keeps_findings_undecided(scan: Scan) -> None:
    name, properties, message = parsed(lines_of(scan)[-1])
    assert (name, properties) == ("notice", {"title": "drscan"})
    assert message.startswith("3 failing (1 critical, 2 high), 1 unknown")
    assert "2 things not seen" in message
    assert "\nIn the way: grant s3:GetBucketVersioning in 222222222222" in message
    reasons = tuple(Unseen("1", "", "x", f"reason {number}") for number in range(9))
    (line,) = lines_of(replace(scan, findings=(), coverage=replace(scan.coverage, unseen=reasons)))
    assert "4 more reasons" in parsed(line)[2]


@pytest.mark.parametrize("verdict", [Verdict.FAIL, Verdict.UNKNOWN])
def test_github_shows_ten_of_a_level_so_the_tenth_counts_the_rest(scan: Scan, verdict: Verdict) -> None:
    usual = replace(scan.findings[2], verdict=verdict)
    assert len(levels_of(replace(scan, findings=(usual,) * 9), only=[verdict])) == 9
    lines = lines_of(replace(scan, findings=(usual,) * 30), only=[verdict])
    assert len(lines) == (MAX_ANNOTATIONS + 1 if verdict is Verdict.FAIL else MAX_ANNOTATIONS)
    shown = sum("orders-data" in line for line in lines)
    assert f"{30 - shown} findings more like these" in lines[-2]


@given(name=st.text(), file=st.text(min_size=1))
def test_no_name_can_begin_a_command_of_its_own_or_change_this_one(name: str, file: str) -> None:
    line = command("error", name, file=file, title="t")
    assert "\n" not in line
    assert "\r" not in line
    assert parsed(line) == ("error", {"file": file, "title": "t"}, name)


def test_a_hostile_file_name_stays_a_file_name(scan: Scan) -> None:
    place = Location("a.yaml,line=1::x\n::stop-commands::y", 3)
    finding = replace(scan.findings[2], resource=Resource("T", "", "", "", "n", location=place))
    lines = lines_of(replace(scan, findings=(finding,)))
    assert len(lines) == 2
    assert parsed(lines[0])[1]["file"] == r"a.yaml,line=1::x\n::stop-commands::y"
