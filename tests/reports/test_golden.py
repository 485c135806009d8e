"""The whole of each report on the fixed scan, as a person or program would get it.

A change here is a change for users: read the difference, and when it is meant, refresh the files with

    DRSCAN_REFRESH_GOLDEN=1 pytest tests/reports/test_golden.py
"""

import io
import os
from pathlib import Path

import pytest

from reports import FORMATS, Options
from scanner.findings.exit_codes import ExitCode
from scanner.findings.scan import Scan

GOLDEN = Path(__file__).parent / "golden"
FILES = {"table": "table.txt", **{name: each.file_name for name, each in FORMATS.items() if each.file_name}}


@pytest.mark.parametrize("name", FORMATS)
def test_the_report_is_as_it_was(name: str, whole: Scan) -> None:
    stream = io.StringIO()
    FORMATS[name].write(whole, stream, Options(exit_code=ExitCode.FAILING))
    path = GOLDEN / FILES[name]
    if os.environ.get("DRSCAN_REFRESH_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(stream.getvalue(), encoding="utf-8", newline="\n")
    assert stream.getvalue() == path.read_text(encoding="utf-8")
