"""The table of formats is what the command line offers."""

import io
import subprocess
import sys

import pytest

from reports import FORMATS, Options
from scanner.findings.scan import Scan


def test_each_format_has_its_file() -> None:
    assert {name: each.file_name for name, each in FORMATS.items()} == {
        "table": "",
        "json": "findings.json",
        "html": "report.html",
        "sarif": "drscan.sarif",
        "junit": "junit.xml",
        "markdown": "report.md",
        "github": "annotations.txt",
        "gitlab": "gl-code-quality-report.json",
    }


def test_people_get_what_people_read_unless_they_name_formats() -> None:
    assert [name for name, each in FORMATS.items() if each.is_usual] == ["table", "json", "html"]


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_writes_and_leaves_the_stream_open(name: str, scan: Scan) -> None:
    stream = io.StringIO()
    FORMATS[name].write(scan, stream, Options())
    assert "orders-data" in stream.getvalue()


@pytest.mark.parametrize("name", FORMATS)
def test_an_empty_scan_can_be_reported(name: str, scan: Scan) -> None:
    empty = Scan(scan.tool, scan.run)
    stream = io.StringIO()
    FORMATS[name].write(empty, stream, Options())
    assert stream.getvalue()


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_scan_gives_the_same_report(name: str, scan: Scan) -> None:
    first, second = io.StringIO(), io.StringIO()
    for stream in (first, second):
        FORMATS[name].write(scan, stream, Options())
    assert first.getvalue() == second.getvalue()


def test_listing_the_formats_imports_none_of_their_libraries() -> None:
    code = "import sys, reports; sys.exit(any(name in sys.modules for name in ('jinja2', 'tabulate')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
