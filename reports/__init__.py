"""Reports: one module a format, and the published report schema.

`FORMATS` is the table of what can be written; a new format is one module with a `write` and one line here. The modules,
and the libraries behind them, are imported when a format is first written, so that listing them costs nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TextIO

from reports.options import Options
from scanner.findings.scan import Scan

__all__ = ["FORMATS", "Format", "Options"]


@dataclass(frozen=True, slots=True)
class Format:
    """A report format: its `name` on the command line, the file it is written to, and the module that writes it.

    `file_name` is empty for what people read where they are: it goes to the terminal even beside an `--out` folder.
    `is_usual` says that it is written into such a folder when nobody said which formats.
    """

    name: str
    file_name: str
    module: str
    is_usual: bool = False

    def write(self, scan: Scan, stream: TextIO, options: Options = Options()) -> None:  # noqa: B008 - frozen
        """Write the scan to a text stream (UTF-8, newline kept as written). The stream stays open."""
        write: Callable[[Scan, TextIO, Options], None] = import_module(self.module).write
        write(scan, stream, options)


FORMATS: Mapping[str, Format] = {
    each.name: each
    for each in (
        Format("table", "", "reports.table", is_usual=True),
        Format("json", "findings.json", "reports.json_report", is_usual=True),
        Format("html", "report.html", "reports.html_report", is_usual=True),
        Format("sarif", "drscan.sarif", "reports.sarif"),
        Format("junit", "junit.xml", "reports.junit"),
        Format("markdown", "report.md", "reports.markdown"),
        Format("github", "annotations.txt", "reports.github"),
        Format("gitlab", "gl-code-quality-report.json", "reports.gitlab"),
    )
}
"""All formats by name."""
