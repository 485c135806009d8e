"""GitLab's Code Quality report: what a merge request shows of failures that its branch adds or mends.

GitLab compares the reports of both branches by fingerprint itself, so a baseline changes nothing here. What stands in
no file gets a path that names the resource, for GitLab drops an entry without one. (docs.gitlab.com, Code Quality
report format, 2026-11)
"""

from collections.abc import Mapping
from typing import Any, TextIO

from reports.json_text import write_list
from reports.messages import pipeline_findings, sentences
from reports.options import Options
from reports.places import place_of
from scanner.estate.verdict import Severity, Verdict
from scanner.findings.finding import Finding
from scanner.findings.scan import Scan
from scanner.inert import inert

_SEVERITIES: Mapping[Severity, str] = {
    Severity.CRITICAL: "blocker",
    Severity.HIGH: "critical",
    Severity.MEDIUM: "major",
    Severity.LOW: "minor",
    Severity.INFO: "info",
}


def write(scan: Scan, stream: TextIO, options: Options) -> None:
    """Write the report. `only`, `allow_unknown` and `root` of the options matter."""
    write_list(stream, (_entry(finding, scan, options) for finding in pipeline_findings(scan, options)))
    stream.write("\n")


def _entry(finding: Finding, scan: Scan, options: Options) -> Mapping[str, Any]:
    place = place_of(finding, options.root)
    last = {"end": place.end_line} if place.end_line else {}
    return {
        "description": " ".join(sentences(finding, scan.rules[finding.rule])),
        "check_name": inert(finding.rule),
        "fingerprint": finding.fingerprint,
        "severity": _SEVERITIES[finding.severity] if finding.verdict is Verdict.FAIL else "info",
        "location": {"path": inert(place.path), "lines": {"begin": place.line, **last}},
    }
